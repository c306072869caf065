"""A logistic regression with many categorical effects, fitted to counts by cell, with a sandwich variance.

The effects of sellers and products absorb whatever is lasting about either, so that the effect of a treatment is a
contrast within both (two-way effects; for a binary outcome the logistic form keeps rates between 0 and 1). Every
effect but the intercept has a weak normal prior of standard deviation 2.5 on log-odds (Gelman et al. 2008), which
settles which of collinear effects takes the level and keeps a seller without a win finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PRIOR_SD = 2.5
_STEPS = 40
_ENOUGH = 1e-9


@dataclass(frozen=True)
class Fit:
    """Coefficients, their model variance (inverse information) and the design that belongs to them.

    `columns` holds for each cell the coefficients that add up to its log-odds, one column of it per factor; the last
    coefficient is a zero that cells without a treatment point to.
    """

    coefficients: np.ndarray
    inverse: np.ndarray
    columns: np.ndarray
    n: np.ndarray
    y: np.ndarray

    @property
    def log_odds(self) -> np.ndarray:
        """The log-odds of each cell."""
        return self.coefficients[self.columns].sum(axis=1)

    def sandwich(self, clusters: np.ndarray) -> np.ndarray:
        """Variance of the coefficients with scores summed over clusters (Liang and Zeger 1986), with the factor
        G / (G - 1)."""
        size, count = len(self.coefficients), int(clusters.max()) + 1
        residual = self.y - self.n * _rate(self.log_odds)
        scores = np.zeros(count * size)
        for column in self.columns.T:
            scores += np.bincount(clusters * size + column, residual, count * size)
        scores = scores.reshape(count, size)
        scores[:, -1] = 0.0
        meat = scores.T @ scores * (count / max(count - 1, 1))
        return self.inverse @ meat @ self.inverse

    def expected(self, weights: np.ndarray, without: np.ndarray | None = None) -> tuple[float, np.ndarray]:
        """Expected successes among `weights` cases of each cell, and their gradient by the coefficients; `without`
        names coefficients that are taken out first (a treatment that is lifted)."""
        coefficients = self.coefficients.copy()
        if without is not None:
            coefficients[without] = 0.0
        rate = _rate(coefficients[self.columns].sum(axis=1))
        slope = weights * rate * (1 - rate)
        gradient = np.zeros(len(coefficients))
        for column in self.columns.T:
            gradient += np.bincount(column, slope, len(coefficients))
        if without is not None:
            gradient[without] = 0.0
        gradient[-1] = 0.0
        return float(weights @ rate), gradient


def fit(factors: list[np.ndarray], treatments: list[np.ndarray], n: np.ndarray, y: np.ndarray) -> Fit:
    """Fit y successes of n cases per cell. `factors` are codes from 0 (one array each), `treatments` masks of cells;
    the treatments' coefficients are the last before the zero, in their order. A cell has at most one treatment."""
    sizes = [int(f.max()) + 1 for f in factors]
    starts = 1 + np.cumsum([0, *sizes])
    last = int(starts[-1]) + len(treatments)
    treated = np.full(len(n), last)
    for place, mask in enumerate(treatments):
        treated[mask] = starts[-1] + place
    columns = np.stack([np.zeros(len(n), dtype=np.int64), *(f + s for f, s in zip(factors, starts, strict=False)),
                        treated], axis=1)
    precision = np.full(last + 1, PRIOR_SD**-2)
    precision[0], precision[-1] = 1e-9, 1e12
    coefficients = np.zeros(last + 1)
    coefficients[0] = _logit((y.sum() + 0.5) / (n.sum() + 1))
    for _ in range(_STEPS):
        rate = _rate(coefficients[columns].sum(axis=1))
        gradient = _sums(columns, y - n * rate, last + 1) - precision * coefficients
        information = _crossed(columns, n * rate * (1 - rate), last + 1) + np.diag(precision)
        step = np.linalg.solve(information, gradient)
        coefficients += np.clip(step, -2.0, 2.0)
        coefficients[-1] = 0.0
        if np.abs(step).max() < _ENOUGH:
            break
    return Fit(coefficients, np.linalg.inv(information), columns, n, y)


def _rate(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -35, 35)))


def _logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _sums(columns: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    return sum(np.bincount(column, values, size) for column in columns.T)


def _crossed(columns: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
    """The information matrix of indicator columns: weights summed for each pair of coefficients that meet in a cell."""
    total = np.zeros((size, size))
    for i, one in enumerate(columns.T):
        for j, other in enumerate(columns.T[: i + 1]):
            block = np.bincount(one * size + other, weights, size * size).reshape(size, size)
            total += block if i == j else block + block.T
    return total
