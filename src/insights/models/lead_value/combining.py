"""Log-odds of one or several models put together and set right on later cases.

On cases that lie after those a model was fitted to, its log-odds are corrected by an intercept (the base rate moves),
if such corrections would have helped on earlier blocks by more than their uncertainty: quarters differ anyhow, and a
model that is fitted again has already learned most of what it had missed. From `SLOPE_BLOCKS` blocks of time on there
is also a factor for each model: how well a ranking holds is learned from
blocks, not from cases, since all cases of a block share what the time brought. Later blocks count more: half as much
every `HALF_LIFE` blocks. Normal priors hold the intercept near 0 and the factors near equal shares that add to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIFE = 5.0
SLOPE_BLOCKS = 8
PRIOR_INTERCEPT, PRIOR_FACTOR = 1.0, 50.0
USUAL = 0.1
"""Standard deviation of the log-odds by which blocks of time differ at least."""
_SURE = 1.6448536269514722


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
        beta = beta * _lasting(offset, y, w, block)
    factors = beta[1:] if free else prior[1:]
    spread = _spread(offset + beta @ x, y, w, block)
    return Combination(float(beta[0]), factors, spread)


def _lasting(logits, y, w, block) -> float:
    """The part of a block's shift that has lasted: the slope of the shifts that blocks showed on those that the blocks
    before them foretold, none unless it is beyond chance."""
    shift, information = _shifts(logits, y, w, block)
    noise = 1 / np.maximum(information, 1e-12) + max(_between(shift, information), USUAL**2)
    up, down = 0.0, 0.0
    for k in range(1, len(shift)):
        own = information[:k] * 0.5 ** ((k - 1 - np.arange(k)) / HALF_LIFE)
        foretold = float(own @ shift[:k]) / (own.sum() + PRIOR_INTERCEPT)
        up, down = up + foretold * shift[k] / noise[k], down + foretold**2 / noise[k]
    return float(min(up / down, 1.0)) if up > _SURE * np.sqrt(down) else 0.0


def _shifts(logits, y, w, block) -> tuple[np.ndarray, np.ndarray]:
    """Each block's own intercept beside the log-odds given, and its information."""
    found = []
    for b in np.unique(block):
        own, shift, information = block == b, 0.0, 0.0
        for _ in range(8):
            p = 1 / (1 + np.exp(-(logits[own] + shift)))
            information = float((w[own] * p * (1 - p)).sum())
            shift += float(np.clip((w[own] * (y[own] - p)).sum() / max(information, 1e-12), -1, 1))
        if information > 1:
            found.append((shift, information))
    return tuple(np.array(found).T) if found else (np.zeros(0), np.zeros(0))


def _between(shift: np.ndarray, information: np.ndarray) -> float:
    """Variance of the intercept from block to block beyond chance (DerSimonian and Laird 1986, on the log-odds)."""
    if len(shift) < 3:
        return 0.0
    mean = (information @ shift) / information.sum()
    q = float(information @ (shift - mean) ** 2)
    scale = information.sum() - (information @ information) / information.sum()
    return max((q - (len(shift) - 1)) / scale, 0.0)


def _spread(logits, y, w, block) -> float:
    """Standard deviation of the intercept from block to block as it bears on a block to come."""
    shift, information = _shifts(logits, y, w, block)
    return float(np.sqrt(_between(shift, information) * (1 + 1 / max(len(shift), 1))))
