"""What each cell of a segmentation is expected to bring if its attributes do not interact: the null of every search for
combinations.

Main effects are added on the scale of the measure's link: log odds for shares, logarithms for money per case. One
strong industry then does not make a winner of each of its combinations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_STEPS = 60
_SPREAD = 1.0


@dataclass(frozen=True)
class Additive:
    """The fitted main effects.

    `rate`: the expected ratio of every cell, also of those left out of the fit; `scale`: variance of a company's total
    in units of the model's own (design effect of a share, squared amount per amount of money); `effects` and
    `covariance` belong to the columns of `design` (the first is the level of all).
    """

    rate: np.ndarray
    scale: float
    effects: np.ndarray
    covariance: np.ndarray
    design: np.ndarray
    share: bool

    def variance(self, n: np.ndarray) -> np.ndarray:
        """Variance of each cell's total of n cases around its expectation."""
        return self.scale * self.unit(n)

    def unit(self, n: np.ndarray) -> np.ndarray:
        """Each cell's weight in the fit: the variance of its total at scale one."""
        return n * (self.rate * (1 - self.rate) if self.share else self.rate)

    def expected(self, n: np.ndarray) -> tuple[float, float]:
        """The ratio expected of cells taken together, n cases in each, and its standard error (delta method)."""
        if n.sum() <= 0:
            return 0.0, 0.0
        value = float((n * self.rate).sum() / n.sum())
        slope = self.rate * (1 - self.rate) if self.share else self.rate
        gradient = (n * slope) @ self.design / n.sum()
        return value, float(np.sqrt(max(gradient @ self.covariance @ gradient, 0.0)))


def fit(
    levels: list[np.ndarray], sums: dict[str, np.ndarray], *, share: bool, use: np.ndarray | None = None,
    spread: float = _SPREAD,
) -> Additive:
    """Fit main effects by penalised quasi-likelihood.

    `levels` holds, for each attribute, the level of every cell (a whole number from 0 on; unknown is a level of its
    own); `sums` the cells' sums over companies (n, y, nn, yy, ny); `use` the cells to fit on. A weak penalty (a level's
    effect has the standard deviation `spread` on the link's scale) keeps levels without a win finite.
    """
    use = np.ones(len(sums["n"]), dtype=bool) if use is None else use
    design = _design(levels)
    x, n, y = design[use], sums["n"][use], np.maximum(sums["y"][use], 0.0)
    total, cases = float(y.sum()), float(n.sum())
    base = min(max(total / cases if cases > 0 else 0.0, 1e-9), 1 - 1e-9 if share else np.inf)
    effects = np.zeros(design.shape[1])
    effects[0] = np.log(base / (1 - base)) if share else np.log(base)
    penalty = np.full(design.shape[1], 1 / spread**2)
    penalty[0] = 0.0
    scale, information = _scale(sums, np.full(len(use), base), use, share), np.eye(design.shape[1])
    for step in range(_STEPS):
        rate = _rate(x @ effects, share)
        weight = n * (rate * (1 - rate) if share else rate) / scale
        gradient = x.T @ ((y - n * rate) / scale) - penalty * effects
        information = (x * weight[:, None]).T @ x + np.diag(penalty + 1e-9)
        move = np.linalg.solve(information, gradient)
        effects = effects + np.clip(move, -2.0, 2.0)
        if step in (2, 5):
            scale = _scale(sums, _rate(design @ effects, share), use, share)
        elif np.abs(move).max() < 1e-9:
            break
    return Additive(_rate(design @ effects, share), scale, effects, np.linalg.inv(information), design, share)


def _design(levels: list[np.ndarray]) -> np.ndarray:
    columns = [np.ones((len(levels[0]), 1))]
    columns += [(level[:, None] == np.arange(level.max(initial=0) + 1)).astype(float) for level in levels]
    return np.concatenate(columns, axis=1)


def _rate(linear: np.ndarray, share: bool) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(linear, -30, 30))) if share else np.exp(np.clip(linear, -40, 40))


def _scale(sums: dict[str, np.ndarray], rate: np.ndarray, use: np.ndarray, share: bool) -> float:
    """Squared departures of companies from their expectation, over what the model's variance would be at scale one."""
    squares = (sums["yy"] - 2 * rate * sums["ny"] + rate**2 * sums["nn"])[use]
    unit = (sums["n"] * (rate * (1 - rate) if share else rate))[use]
    if unit.sum() <= 0:
        return 1.0
    return max(float(np.maximum(squares, 0).sum() / unit.sum()), 1e-9)
