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
PRIOR_ERROR, PRIOR_YEARS = 0.2, 4
"""Before any year has been scored a forecast of the base is believed to be a fifth wrong, as firmly as after four."""


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
    """Money expected of the whole base within a year, with its interval; `error` is the typical relative error of such
    forecasts, from the years scored (and what was believed before)."""

    value: float
    low: float
    high: float
    error: float


def total(found: Worth, past: list[tuple[float, float]], years: float) -> Total:
    """The base's money. `past`: earlier forecasts (made in the same way, of the base as it then was) and what came;
    `years`: how many separate years they cover. The interval takes the larger of what customers' chance alone and what
    past errors say, with the heavy tails of few years."""
    from scipy.stats import t

    middle = float(found.value.sum())
    errors = [np.log(max(actual, 1e-9) / forecast) for forecast, actual in past if forecast > 0 and actual > 0]
    square = float(np.mean(np.square(errors))) if errors else 0.0
    scored = min(years, len(errors)) if errors else 0.0
    believed = (PRIOR_YEARS * PRIOR_ERROR**2 + scored * square) / (PRIOR_YEARS + scored)
    of_chance = float(found.variance.sum()) / middle**2 if middle > 0 else 0.0
    error = float(np.sqrt(max(believed, of_chance)))
    reach = float(t.ppf(0.95, PRIOR_YEARS + scored)) * error
    if middle <= 0:
        spread = Z90 * float(np.sqrt(found.variance.sum()))
        return Total(middle, middle - spread, middle + spread, error)
    return Total(middle, middle * float(np.exp(-reach)), middle * float(np.exp(reach)), error)
