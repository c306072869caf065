"""What the orders of each customer are expected to bring, and the base as a whole, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.fitting import Z90
from insights.models.repeat_orders.history import History
from insights.models.repeat_orders.outlook import Outlook
from insights.models.repeat_orders.value import (
    Credibility,
    GammaGamma,
    fit_credibility,
    fit_gamma_gamma,
    goes_with_frequency,
)

_DAYS, _FEWEST = 365.0, 10
PRIOR_COMMON, PRIOR_FORECASTS = 0.1, 4
"""Before any forecast has been scored all customers together are believed to be a tenth off beyond their chance, as
firmly as after four forecasts."""


@dataclass(frozen=True)
class Value:
    """What an order brings: `model` (Gamma-Gamma where value does not go with frequency), the rank correlation of the
    two, and the variance of one order's value around the customer's mean, relative to the mean squared."""

    model: GammaGamma | Credibility | None
    correlation: float
    scatter: float

    def expected(self, history: History) -> np.ndarray:
        """Expected money of one further order of each customer; a customer whose repeat orders brought nothing on
        balance keeps its own mean."""
        orders, mean = repeats(history)
        if self.model is None:
            return np.where(orders > 0, mean, history.first_money)
        good = (mean > 0) | (orders == 0)
        safe = np.where(mean > 0, mean, 1.0)
        if isinstance(self.model, GammaGamma):
            found = self.model.expected(orders, safe)
        else:
            found = self.model.expected(orders, safe, _traits(history))
        return np.where(good, found, mean)


@dataclass(frozen=True)
class Worth:
    """Money expected of each customer within a year, with its range, and its variance."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    variance: np.ndarray


def repeats(history: History) -> tuple[np.ndarray, np.ndarray]:
    """Number of repeat orders and their mean money: first orders are often of another size. Goods taken back count
    against it."""
    orders = history.orders - 1
    return orders, (history.total - history.first_money) / np.maximum(orders, 1)


def _traits(history: History) -> np.ndarray:
    """What goes with the value of an order, one column each: logarithms of orders a year (an age under half a year
    counted as half a year) and of the first order's money."""
    per_year = history.orders * _DAYS / np.maximum(history.age, _DAYS / 2)
    first = np.where(history.first_money > 0, history.first_money, np.nan)
    known = np.log(first[~np.isnan(first)])
    middle = float(np.median(known)) if len(known) else 0.0
    return np.column_stack([np.log(per_year), np.nan_to_num(np.log(first), nan=middle)])


def fit_value(history: History) -> Value:
    """The model of a further order's value that the correlation of frequency and value allows."""
    orders, mean = repeats(history)
    many = history.log_n > 1
    free = float(np.sum(history.log_n[many] - 1))
    left = history.log_squares - history.log_sum**2 / np.maximum(history.log_n, 1)
    within = float(np.clip(np.sum(np.maximum(left[many], 0)) / free, 1e-4, 2.0)) if free else 0.5
    good = (mean > 0) & (orders > 0)
    scatter = float(np.expm1(within))
    if good.sum() < _FEWEST:
        return Value(None, 0.0, scatter)
    correlation, goes = goes_with_frequency(orders[good], mean[good])
    if goes:
        traits = _traits(history)[good]
        return Value(fit_credibility(orders[good], mean[good], traits, within), correlation, scatter)
    return Value(fit_gamma_gamma(orders[good], mean[good]), correlation, scatter)


def worth(history: History, outlook: Outlook, value: Value) -> Worth:
    """Expected orders times expected value. The range of a customer is that of its number of orders times their mean
    value; the variance adds the scatter of values and the ignorance of the customer's mean."""
    each = value.expected(history)
    known = outlook.expected + 0.0
    of_values = value.scatter * (known + (outlook.variance + known**2) / np.maximum(history.orders - 1, 1))
    variance = each**2 * (outlook.variance + of_values)
    bounds = np.sort([each * outlook.low, each * outlook.high], axis=0)
    middle = each * known
    wide = Z90 * np.abs(each) * np.sqrt(of_values)
    low = np.where(outlook.low > 0, np.minimum(bounds[0], middle - wide), np.minimum(bounds[0], 0.0))
    return Worth(middle, np.where(each >= 0, np.maximum(low, 0.0), low), np.maximum(bounds[1], middle + wide), variance)


@dataclass(frozen=True)
class Total:
    """Money expected of the whole base within a year, with its interval; `common` is the relative error that all
    customers of such a forecast share beyond their chance."""

    value: float
    low: float
    high: float
    common: float


@dataclass(frozen=True)
class Past:
    """An earlier forecast of the base as it then was, what came, and the relative error (standard deviation) that
    customers' own chance alone lets expect."""

    forecast: float
    came: float
    chance: float

    @property
    def known(self) -> bool:
        """Whether an error can be told."""
        return self.forecast > 0 and self.came > 0 and self.chance > 0

    @property
    def square(self) -> float:
        """The squared relative error."""
        return float(np.log(self.came / self.forecast) ** 2)


def total(found: Worth, years: list[Past], quarters: list[Past], ignorance: float = 0.0) -> Total:
    """The base's money. `years`: forecasts for a year made in the same way, a quarter apart; `quarters`: forecasts for
    a quarter that do not overlap; `ignorance`: relative error that the parameters' uncertainty leaves.

    The squared error of a year is a weighted mean of what was believed before (customers' chance, an error common to
    all, and ignorance), what years missed by beyond their own chance, and by how much quarters missed more than theirs;
    the weights are how many separate forecasts each covers. The interval has the heavy tails of few forecasts.
    """
    from scipy.stats import t

    middle = float(found.value.sum())
    if middle <= 0:
        spread = Z90 * float(np.sqrt(found.variance.sum()))
        return Total(middle, middle - spread, middle + spread, PRIOR_COMMON)
    chance = float(found.variance.sum()) / middle**2
    of_years = [max(p.square - p.chance**2, -chance) for p in years if p.known]
    of_quarters = [p.square / p.chance**2 - 1 for p in quarters if p.known]
    n_years = 1 + (len(of_years) - 1) / 4 if of_years else 0.0
    weights = np.array([PRIOR_FORECASTS, n_years, len(of_quarters)])
    excess = np.array([PRIOR_COMMON**2 + ignorance**2, np.mean(of_years) if of_years else 0.0,
                       chance * np.mean(of_quarters) if of_quarters else 0.0])
    common = max(float(weights @ excess / weights.sum()), 0.0)
    reach = float(t.ppf(0.95, weights.sum())) * float(np.sqrt(chance + common))
    return Total(middle, middle * float(np.exp(-reach)), middle * float(np.exp(reach)), float(np.sqrt(common)))
