"""Log-odds of one or several models put together and set right on later cases.

On cases that lie after those a model was fitted to, its log-odds are corrected by an intercept (the base rate moves)
and, from `SLOPE_BLOCKS` blocks of time on, by a factor for each model: how well a ranking holds is learned from
blocks, not from cases, since all cases of a block share what the time brought. Later blocks count more: half as much
every `HALF_LIFE` blocks. Normal priors hold the intercept near 0 and the factors near equal shares that add to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIFE = 5.0
SLOPE_BLOCKS = 8
PRIOR_INTERCEPT, PRIOR_FACTOR = 1.0, 50.0


@dataclass(frozen=True)
class Combination:
    """log-odds = intercept + factors · log-odds of the models; `spread`: the standard deviation of what single blocks
    of time add to the intercept beyond chance."""

    intercept: float
    factors: np.ndarray
    spread: float

    def logits(self, models: np.ndarray) -> np.ndarray:
        """One row of log-odds per model in, the combined ones out."""
        return self.intercept + self.factors @ models


def combine(models: np.ndarray, y: np.ndarray, w: np.ndarray, block: np.ndarray) -> Combination:
    """Learn from later cases: `models` has a row of log-odds per model, `block` numbers the blocks of time in order."""
    count = len(models)
    prior = np.concatenate([[0.0], np.full(count, 1 / count)])
    used = w > 0
    if not used.any():
        return Combination(0.0, prior[1:], 0.0)
    models, y, w, block = models[:, used], y[used], w[used], block[used]
    weight = w * 0.5 ** ((block.max() - block) / HALF_LIFE)
    free = len(np.unique(block)) >= SLOPE_BLOCKS
    x = np.vstack([np.ones(len(y)), models]) if free else np.ones((1, len(y)))
    offset = np.zeros(len(y)) if free else prior[1:] @ models
    centre = prior if free else prior[:1]
    precision = np.diag([PRIOR_INTERCEPT, *([PRIOR_FACTOR] * count if free else [])])
    beta = centre.copy()
    for _ in range(12):
        p = 1 / (1 + np.exp(-(offset + beta @ x)))
        hessian = (x * (weight * p * (1 - p))) @ x.T + precision
        step = np.linalg.solve(hessian, x @ (weight * (y - p)) - precision @ (beta - centre))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    if not free:
        # A shift no larger than its own error is chance (James and Stein 1961, positive part).
        beta = beta * max(0.0, 1 - 1 / (hessian[0, 0] * max(float(beta[0]) ** 2, 1e-12)))
    factors = beta[1:] if free else prior[1:]
    spread = _spread(offset + beta @ x, y, w, block, weight)
    return Combination(float(beta[0]), factors, spread)


def _spread(logits, y, w, block, weight) -> float:
    """Between-block standard deviation of the intercept (DerSimonian and Laird 1986, on the log-odds), as it bears on a
    block to come."""
    p = 1 / (1 + np.exp(-logits))
    found = []
    for b in np.unique(block):
        own = block == b
        information = float((w[own] * p[own] * (1 - p[own])).sum())
        if information > 1:
            found.append((float((w[own] * (y[own] - p[own])).sum()) / information, information))
    if len(found) < 3:
        return 0.0
    shift, information = np.array(found).T
    mean = (information @ shift) / information.sum()
    q = float(information @ (shift - mean) ** 2)
    scale = information.sum() - (information @ information) / information.sum()
    between = max((q - (len(found) - 1)) / scale, 0.0)
    return float(np.sqrt(between * (1 + 1 / len(found))))
