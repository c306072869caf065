"""Pareto/NBD: orders at a rate of the customer's own until it leaves, at a moment that no order announces.

Schmittlein, Morrison and Colombo 1987; the likelihood as in Fader and Hardie 2005. Rates of ordering are gamma
distributed over customers (r, alpha), rates of leaving gamma (s, beta). The integral over the moment of leaving is
taken by Gauss and Legendre in a variable in which its integrand is smooth and bounded, so that value and gradient come
from one set of nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.counts import Counts
from insights.models.repeat_orders.fitting import Fitted, maximise

NAMES = ("r", "alpha", "s", "beta")
_AT, _WEIGHT = np.polynomial.legendre.leggauss(24)
_SHARE = ((1 + _AT) / 2) ** 2
_SHARE_WEIGHT = _WEIGHT * (1 + _AT) / 2


@dataclass(frozen=True)
class ParetoNBD:
    """A fitted Pareto/NBD."""

    fitted: Fitted

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        return tuple(self.fitted.values[name] for name in NAMES)

    def active(self, counts: Counts) -> np.ndarray:
        """Probability that the customer still is one, for each row of the counts."""
        r, alpha, s, beta = self.parameters
        there, gone, _ = _parts(counts, r, alpha, s, beta)
        return 1 / (1 + np.exp(np.clip(gone - there, -700, 700)))

    def expected(self, counts: Counts, horizon: float) -> np.ndarray:
        """Expected orders within `horizon` (in the counts' unit of time) after the end of observation."""
        return self.active(counts) * self.if_active(counts, horizon)

    def if_active(self, counts: Counts, horizon: float) -> np.ndarray:
        """The same for a customer known to be active: its rate times the time that it is expected to stay."""
        r, alpha, s, beta = self.parameters
        stretch = np.log((beta + counts.T + horizon) / (beta + counts.T))
        stay = stretch if abs(s - 1) < 1e-9 else -np.expm1(-(s - 1) * stretch) / (s - 1)
        return (r + counts.x) * (beta + counts.T) / (alpha + counts.T) * stay

    def limit(self, counts: Counts, level: float) -> np.ndarray:
        """The silence after the last order that an active customer exceeds with probability 1 - level."""
        r, alpha, _s, _beta = self.parameters
        return (alpha + counts.t_x) * np.expm1(-np.log1p(-level) / (r + counts.x))

    def none_within(self, counts: Counts, horizon: float) -> np.ndarray:
        """Probability of no order at all within the horizon: gone, or gone before an order, or silent so long."""
        r, alpha, s, beta = self.parameters
        at = counts.T[:, None] + horizon * (1 + _AT) / 2
        power = (r + counts.x)[:, None]
        quiet = power * np.log((alpha + counts.T)[:, None] / (alpha + at))
        stays = s * np.log((beta + counts.T)[:, None] / (beta + at))
        leaves = s / (beta + at) * np.exp(quiet + stays) @ (_WEIGHT * horizon / 2)
        end = np.exp((r + counts.x) * np.log((alpha + counts.T) / (alpha + counts.T + horizon))
                     + s * np.log((beta + counts.T) / (beta + counts.T + horizon)))
        return 1 - self.active(counts) * (1 - np.minimum(leaves + end, 1.0))

    def from_first(self, times: np.ndarray) -> np.ndarray:
        """Expected repeat orders of a new customer by each of these times since its first order."""
        counts = Counts.of(np.zeros(1), np.zeros(1), np.zeros(1))
        return np.array([self.if_active(counts, float(t))[0] for t in times])


def fit(counts: Counts, start: np.ndarray | None = None) -> ParetoNBD:
    """Maximum likelihood. ValueError without a single customer who could have ordered again."""
    if not counts.customers or not np.any(counts.T > 0):
        raise ValueError("no customer has been observed after its first order")
    age = max(float(np.average(counts.T, weights=counts.n)), 1e-3)
    begin = np.array([1.0, age / 4, 1.0, age / 2]) if start is None else start
    groups = np.unique(counts.x, return_inverse=True)
    weight = np.bincount(groups[1], counts.n, len(groups[0]))

    def objective(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        return _score(counts, groups, weight, parameters)

    return ParetoNBD(maximise(objective, NAMES, begin))


def log_likelihood(counts: Counts, r: float, alpha: float, s: float, beta: float) -> float:
    """The log-likelihood at these parameters."""
    groups = np.unique(counts.x, return_inverse=True)
    weight = np.bincount(groups[1], counts.n, len(groups[0]))
    return _score(counts, groups, weight, np.array([r, alpha, s, beta]))[0]


def _parts(counts: Counts, r: float, alpha: float, s: float, beta: float):
    """Logarithms of the two parts of the likelihood, still there and gone, and what the gradient needs of the nodes.

    With m = r + x + s and z = ((alpha + t_x) / (alpha + y))^m the integral over the moment of leaving y is
    (alpha + t_x)^-m / m times the integral of ((alpha + y) / (beta + y))^(s + 1) over z from z(T) to 1. The nodes lie
    closer at z(T), where the integrand bends.
    """
    x, last, age = counts.x, counts.t_x, counts.T
    power = r + x + s
    there = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    low = np.exp(power * np.log((alpha + last) / (alpha + age)))
    z = low[:, None] + (1 - low)[:, None] * _SHARE
    moved = np.exp(np.log(alpha + last)[:, None] - np.log(z) / power[:, None])
    other = np.maximum(moved + (beta - alpha), 1e-300)
    logs = np.log(moved), np.log(other)
    ratio = (s + 1) * (logs[0] - logs[1])
    largest = ratio.max(axis=1)
    weights = np.exp(ratio - largest[:, None]) * _SHARE_WEIGHT
    mass = weights.sum(axis=1)
    with np.errstate(divide="ignore"):
        gone = np.log(s) - power * np.log(alpha + last) - np.log(power) + np.log(1 - low) + np.log(mass)
    gone += largest
    return there, gone, (weights / mass[:, None], moved, other, *logs)


def _score(counts: Counts, groups, weight: np.ndarray, parameters: np.ndarray) -> tuple[float, np.ndarray]:
    from scipy.special import gammaln, psi

    r, alpha, s, beta = parameters
    there, gone, (share, moved, other, log_moved, log_other) = _parts(counts, r, alpha, s, beta)
    w = 1 / (1 + np.exp(np.clip(there - gone, -700, 700)))
    total, x = counts.customers, groups[0]
    score = (weight @ (gammaln(r + x) - gammaln(r)) + total * (r * np.log(alpha) + s * np.log(beta))
             + counts.n @ np.logaddexp(there, gone))
    stays, leaves = counts.n * (1 - w), counts.n * w
    late, away = np.log(alpha + counts.T), np.log(beta + counts.T)

    def mean(values: np.ndarray) -> np.ndarray:
        return np.einsum("ij,ij->i", share, values)

    gradient = np.array([
        weight @ (psi(r + x) - psi(r)) + total * np.log(alpha) - stays @ late - leaves @ mean(log_moved),
        total * r / alpha - (stays * (r + counts.x)) @ (1 / (alpha + counts.T))
        - (leaves * (r + counts.x)) @ mean(1 / moved),
        total * np.log(beta) - stays @ away + leaves.sum() / s - leaves @ mean(log_other),
        total * s / beta - s * stays @ (1 / (beta + counts.T)) - (s + 1) * leaves @ mean(1 / other),
    ])
    return float(score), gradient
