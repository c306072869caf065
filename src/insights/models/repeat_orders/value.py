"""What an order brings: Gamma-Gamma where value does not go with frequency, else a regression with credibility.

Fader and Hardie 2013 ("The Gamma-Gamma model of monetary value"): order values of a customer are gamma (p, nu), nu
gamma (q, gamma) over customers. Both ways give each customer a weighted mean of its own orders and of its like.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.fitting import Fitted, maximise

NAMES = ("p", "q", "gamma")
_STRONG, _SURE = 0.1, 0.05


@dataclass(frozen=True)
class GammaGamma:
    """A fitted Gamma-Gamma model of the mean value of an order."""

    fitted: Fitted

    def expected(self, orders: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """Expected value of an order of a customer who placed `orders` with that mean value."""
        p, q, gamma = (self.fitted.values[name] for name in NAMES)
        return p * (gamma + orders * mean) / (p * orders + q - 1)


def fit_gamma_gamma(orders: np.ndarray, mean: np.ndarray, n: np.ndarray | None = None) -> GammaGamma:
    """Maximum likelihood from the number of orders and their mean value (both positive) of each customer."""
    from scipy.special import gammaln, psi

    orders, mean = np.asarray(orders, dtype=float), np.asarray(mean, dtype=float)
    if not len(orders) or np.any(orders <= 0) or np.any(mean <= 0):
        raise ValueError("Gamma-Gamma needs customers with orders of a positive mean value")
    n = np.ones(len(orders)) if n is None else np.asarray(n, dtype=float)
    total = orders * mean

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, gamma = parameters
        shape = p * orders
        below = np.log(gamma + total)
        score = n @ (gammaln(shape + q) - gammaln(shape) - gammaln(q) + q * np.log(gamma)
                     + shape * np.log(total) - np.log(mean) - (shape + q) * below)
        both = psi(shape + q)
        return float(score), np.array([
            n @ (orders * (both - psi(shape) + np.log(total) - below)),
            n @ (both - psi(q) + np.log(gamma) - below),
            n @ (q / gamma - (shape + q) / (gamma + total))])

    middle = float(np.average(mean, weights=n))
    return GammaGamma(maximise(objective, NAMES, np.array([2.0, 3.0, middle])))


@dataclass(frozen=True)
class Credibility:
    """Expected order value as a weighted mean of the customer's own and that of its like: ln value = level + slopes
    times traits; the own mean counts for n / (n + ratio). `spread` is the variance of ln value around that line."""

    level: float
    slopes: np.ndarray
    ratio: float
    spread: float

    def expected(self, orders: np.ndarray, mean: np.ndarray, traits: np.ndarray) -> np.ndarray:
        """Expected value of an order of customers with these traits, who placed `orders` with that mean value."""
        like = np.exp(self.level + traits @ self.slopes + self.spread / 2)
        own = orders / (orders + self.ratio)
        return own * mean + (1 - own) * like


def goes_with_frequency(orders: np.ndarray, mean: np.ndarray) -> tuple[float, bool]:
    """Rank correlation of the number of orders with their mean value, and whether it is clear enough (p < .05 and
    above .1 in size) that Gamma-Gamma's assumption fails."""
    from scipy.stats import spearmanr

    if len(orders) < 10 or len(np.unique(orders)) < 2 or len(np.unique(mean)) < 2:
        return 0.0, False
    found = spearmanr(orders, mean)
    return float(found.statistic), bool(found.pvalue < _SURE and abs(found.statistic) > _STRONG)


def fit_credibility(orders: np.ndarray, mean: np.ndarray, traits: np.ndarray, within: float) -> Credibility:
    """Least squares of ln mean value on the traits (columns), and the variances by moments. `within` is the variance of
    the logarithm of one order's value within a customer; all means are positive."""
    logs = np.log(mean)
    weight = orders / (orders + 1.0)
    middle = np.average(traits, axis=0, weights=weight)
    root = np.sqrt(weight)[:, None]
    slopes, *_ = np.linalg.lstsq((traits - middle) * root, (logs - np.average(logs, weights=weight)) * root[:, 0],
                                 rcond=1e-6)
    level = float(np.average(logs, weights=weight) - middle @ slopes)
    left = logs - level - traits @ slopes
    between = float(np.average(left**2 - within / orders, weights=weight))
    between = max(between, 0.05 * max(float(np.var(left)), 1e-6))
    return Credibility(level, slopes, max(within, 1e-9) / between, between + within)
