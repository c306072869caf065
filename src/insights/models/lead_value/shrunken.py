"""Amounts and durations by the same binned columns, shrunk hard: a regression of the logarithm.

Deals are skewed and few, so that the mean of ten of them says little: level effects are held to zero `HARDER` times as
firmly as the variance of the effects would ask for (that variance by restricted likelihood, as Harville 1977), and the
whole is scaled so that fitted and observed totals agree, which makes a mean of what the logarithm would make a median
(Duan 1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.lead_value.levels import Levels

HARDER = 3.0
LEAST_CASES = 20


@dataclass(frozen=True)
class Shrunken:
    """exp(intercept + sum of table entries) times `scale`; `error` is the relative standard error of the level of
    all."""

    intercept: float
    tables: tuple[np.ndarray, ...]
    scale: float
    error: float
    n: int

    def values(self, codes: np.ndarray) -> np.ndarray:
        """The expected amount of each case (with `scale` 1: the typical one)."""
        total = np.full(codes.shape[1], self.intercept)
        for table, code in zip(self.tables, codes, strict=True):
            total += table[code]
        return self.scale * np.exp(total)


def fit(codes: np.ndarray, sizes: np.ndarray, ordered: np.ndarray, amounts: np.ndarray, w: np.ndarray | None = None,
        *, mean: bool = True) -> Shrunken | None:
    """Fit to the positive amounts; others count in the total to which the fit is scaled (`mean`). None for fewer than
    `LEAST_CASES` positive amounts."""
    positive = amounts > 0
    if positive.sum() < LEAST_CASES:
        return None
    w = np.ones(len(amounts)) if w is None else w
    used, y, weight = codes[:, positive], np.log(amounts[positive]), w[positive]
    levels = Levels(sizes, ordered)
    gram, sums = levels.gram(used, weight), levels.sums(used, weight * y)
    penalty, noise = 10.0, float(np.var(y)) or 1e-6
    for _ in range(50):
        inverse = np.linalg.inv(gram + penalty * levels.form + 1e-8 * np.eye(levels.total))
        beta = inverse @ sums
        residual = y - levels.logits(used, beta)
        used_up = levels.total - 1 - penalty * np.sum(inverse * levels.form)
        noise = float(weight @ residual**2) / max(weight.sum() - used_up - 1, 1.0)
        variance = float(beta @ levels.form @ beta) / max(used_up, 1e-3)
        new = float(np.clip(noise / max(variance, 1e-9), 1e-1, 1e7))
        if abs(np.log(new / penalty)) < 0.01:
            break
        penalty = new
    inverse = np.linalg.inv(gram + HARDER * penalty * levels.form + 1e-8 * np.eye(levels.total))
    beta = inverse @ sums
    fitted = np.exp(levels.logits(codes, beta))
    total = float(w @ amounts)
    scale = max(total, 0.0) / float(w @ fitted) if mean else 1.0
    spread = np.std(amounts) / max(abs(np.mean(amounts)), 1e-9) / np.sqrt(len(amounts))
    return Shrunken(float(beta[0]), tuple(levels.split(beta)), scale, float(spread), int(positive.sum()))
