"""Log-odds of one or several models put together and set right on later cases.

On cases that lie after those a model was fitted to, its log-odds are corrected by an intercept: the base rate moves.
Cases still too young to be known count by the share of their chance that has had its time, so that a change is seen
months before the last of them is settled. With few settled blocks of time the intercept is the level that these blocks
lead to expect of the one to come. From `SLOPE_BLOCKS` of them on there is also a factor for each model: how well a
ranking holds is learned from blocks, not from cases, since all cases of a block share what the time brought. Later
blocks then count more, half as much every `HALF_LIFE` blocks; normal priors hold the intercept near 0 and the factors
near equal shares that add to 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIFE = 5.0
SLOPE_BLOCKS = 8
PRIOR_INTERCEPT, PRIOR_FACTOR = 1.0, 50.0
USUAL = 0.1
"""Standard deviation of the log-odds by which blocks of time may be believed to differ before any is seen."""
_DEVIATIONS = np.array([0.0, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4])


@dataclass(frozen=True)
class Combination:
    """log-odds = intercept + factors · log-odds of the models; `spread`: the standard deviation of what single blocks
    of time add to the intercept beyond chance."""

    intercept: float
    spread: float
    factors: np.ndarray

    def logits(self, models: np.ndarray) -> np.ndarray:
        """One row of log-odds per model in, the combined ones out."""
        return self.intercept + self.factors @ models


def combine(models: np.ndarray, y: np.ndarray, seen: np.ndarray, block: np.ndarray) -> Combination:
    """Learn from later cases: `models` has a row of log-odds per model, `seen` says which share of a case's chance had
    had its time when `y` was looked up (1: all of it, 0: not to be used), `block` numbers the blocks of time in order.

    A case whose chance is p is seen won with chance p times `seen`.
    """
    count = len(models)
    prior = np.concatenate([[0.0], np.full(count, 1 / count)])
    used = seen > 0
    if not used.any():
        return Combination(0.0, 0.0, prior[1:])
    models, y, seen, block = models[:, used], y[used], seen[used], block[used]
    if len(np.unique(block[seen >= 1])) < SLOPE_BLOCKS:
        found = _shifts(prior[1:] @ models, y, seen, block)
        return Combination(_level(*found), _spread(*found), prior[1:])
    late = 0.5 ** ((block.max() - block) / HALF_LIFE)
    x = np.vstack([np.ones(len(y)), models])
    precision, beta = np.diag([PRIOR_INTERCEPT, *[PRIOR_FACTOR] * count]), prior.copy()
    for _ in range(12):
        pull, weight = _pull(beta @ x, y, seen)
        hessian = (x * (late * weight)) @ x.T + precision
        step = np.linalg.solve(hessian, x @ (late * pull) - precision @ (beta - prior))
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    spread = _spread(*_shifts(beta @ x, y, seen, block))
    return Combination(float(beta[0]), spread, beta[1:])


def _level(shift: np.ndarray, information: np.ndarray) -> float:
    """The level that is expected of the block to come, from the shifts of the blocks so far (Kalman filter of the local
    level model: Harvey 1989, section 2.2).

    The level was right before the first block, and wanders from block to block; single blocks differ from it beyond
    that. How much it wanders and they differ is averaged over what the shifts make likely, each held to zero by an
    exponential prior with the median `USUAL` (Simpson et al. 2017).
    """
    if not len(shift):
        return 0.0
    wander, differ = (grid.ravel() for grid in np.meshgrid(_DEVIATIONS, _DEVIATIONS))
    level, variance = np.zeros(len(wander)), np.zeros(len(wander))
    told = -np.log(2) / USUAL * (wander + differ)
    for own, known in zip(shift, information, strict=True):
        variance = variance + wander**2
        total = variance + differ**2 + 1 / known
        told -= (np.log(total) + (own - level) ** 2 / total) / 2
        level, variance = level + variance / total * (own - level), variance - variance**2 / total
    likely = np.exp(told - told.max())
    return float(likely @ level / likely.sum())


def _pull(logits, y, seen) -> tuple[np.ndarray, np.ndarray]:
    """Slope of the log-likelihood of each case by its log-odds, and its information."""
    p = 1 / (1 + np.exp(-logits))
    slope = (1 - p) / np.maximum(1 - seen * p, 1e-12)
    return (y - seen * p) * slope, seen * p * (1 - p) * slope


def _shifts(logits, y, seen, block) -> tuple[np.ndarray, np.ndarray]:
    """Each block's own intercept beside the log-odds given, and its information."""
    found = []
    for b in np.unique(block):
        own, shift, information = block == b, 0.0, 0.0
        for _ in range(8):
            pull, weight = _pull(logits[own] + shift, y[own], seen[own])
            information = float(weight.sum())
            shift += float(np.clip(pull.sum() / max(information, 1e-12), -1, 1))
        if information > 1:
            found.append((shift, information))
    return tuple(np.array(found).T) if found else (np.zeros(0), np.zeros(0))


def _spread(shift: np.ndarray, information: np.ndarray) -> float:
    """Standard deviation of the intercept from block to block beyond chance (DerSimonian and Laird 1986, on the
    log-odds) as it bears on a block to come."""
    if len(shift) < 3:
        return 0.0
    mean = (information @ shift) / information.sum()
    q = float(information @ (shift - mean) ** 2)
    scale = information.sum() - (information @ information) / information.sum()
    return float(np.sqrt(max((q - (len(shift) - 1)) / scale, 0.0) * (1 + 1 / len(shift))))
