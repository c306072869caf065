"""Logistic regression on binned columns, shrunk as much as the data ask for.

Every level of a column has a coefficient. Levels of texts are shrunk to zero (the average), bins of figures to their
neighbours. How much is estimated as the variance of the level effects, by the update of Wood and Fasiolo (2017, "A
generalized Fellner-Schall method for smoothing parameter optimization", Biometrics 73), so that one won lead of a rare
value moves its next lead by little. All columns share one penalty: a penalty for each column picks one of several
columns that say the same, and a drift of that one then misleads. Newton's method; rows are read in blocks, the level
columns never exist as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.lead_value.levels import Levels

FIRST_PENALTY = 1.0
LEAST, MOST = 1e-2, 1e5
SMALL = 8_000


@dataclass(frozen=True)
class Logistic:
    """A fitted model: `tables` hold for each column the coefficient of each code, `intercept` the rest; `covariance` is
    that of (intercept, all coefficients), robust to cases of one cluster that share their fate."""

    intercept: float
    tables: tuple[np.ndarray, ...]
    penalty: float
    covariance: np.ndarray | None = None

    def logits(self, codes: np.ndarray) -> np.ndarray:
        """The log-odds of each case."""
        total = np.full(codes.shape[1], self.intercept)
        for table, code in zip(self.tables, codes, strict=True):
            total += table[code]
        return total

    def errors(self, codes: np.ndarray) -> np.ndarray:
        """The standard error of each case's log-odds: the root of x'Vx, column by column."""
        sizes = [len(table) for table in self.tables]
        starts = 1 + np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(int)
        v = self.covariance.astype(np.float32)
        total = np.full(codes.shape[1], v[0, 0], dtype=float)
        for j, (start, size) in enumerate(zip(starts, sizes, strict=True)):
            own = np.diagonal(v)[start:start + size] + 2 * v[0, start:start + size]
            total += own[codes[j]]
            for k in range(j):
                pair = 2 * v[start:start + size, starts[k]:starts[k] + sizes[k]]
                total += pair.ravel()[codes[j].astype(np.int32) * sizes[k] + codes[k]]
        return np.sqrt(np.maximum(total, 0))


def fit(codes: np.ndarray, sizes: np.ndarray, ordered: np.ndarray, y: np.ndarray, w: np.ndarray,
        cluster: np.ndarray | None = None, *, covariance: bool = False) -> Logistic:
    """Fit to outcomes `y` (0 or 1) with weights `w`; `codes` has a row per column. `cluster` numbers the cases that
    share their fate."""
    parts = Levels(sizes, ordered)
    beta, penalty = parts.start(y, w), FIRST_PENALTY
    n = codes.shape[1]
    if n > 2 * SMALL:
        # A fair part of the rows finds the penalty and a start; all rows then take the last steps.
        chosen = np.arange(0, n, n // SMALL)
        beta, penalty, _before = _converge(parts, codes[:, chosen], y[chosen], w[chosen], beta, penalty)
    beta, penalty, inverse = _converge(parts, codes, y, w, beta, penalty)
    v = _covariance(parts, codes, y, w, beta, inverse, cluster) if covariance else None
    return Logistic(float(beta[0]), tuple(parts.split(beta)), penalty, v)


def _converge(parts: Levels, codes, y, w, beta, penalty: float) -> tuple[np.ndarray, float, np.ndarray]:
    """Newton steps, halved while they make the penalised likelihood worse, each followed by a step of the penalty,
    until both settle; then steps with the last matrix to the very end."""
    logits, inverse, settled = parts.logits(codes, beta), None, False
    for _ in range(40):
        p = 1 / (1 + np.exp(-logits))
        gradient = parts.sums(codes, w * (y - p)) - penalty * (parts.form @ beta)
        if not settled:
            inverse = _inverse(parts.gram(codes, w * p * (1 - p)) + penalty * parts.form)
        step = inverse @ gradient
        before, length = _loss(logits, y, w) + penalty * (beta @ parts.form @ beta) / 2, 1.0
        for _halving in range(8):
            trial = beta + length * step
            logits = parts.logits(codes, trial)
            after = _loss(logits, y, w) + penalty * (trial @ parts.form @ trial) / 2
            if after <= before:
                break
            length /= 2
        beta = trial
        if settled and before - after < 1e-11 * abs(before):
            break
        if not settled:
            used = parts.total - 1 - penalty * np.sum(inverse * parts.form)
            new = float(np.clip(max(used, 1e-3) / max(beta @ parts.form @ beta, 1e-9), LEAST, MOST))
            settled = abs(np.log(new / penalty)) < 0.03 and before - after < 1e-5 * abs(before)
            penalty = penalty if settled else new
    return beta, penalty, inverse


def _loss(logits: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
    return float(w @ (np.logaddexp(0, logits) - y * logits))


def _inverse(hessian: np.ndarray) -> np.ndarray:
    hessian[np.diag_indices_from(hessian)] += 1e-8
    return np.linalg.inv(hessian)


def _covariance(parts: Levels, codes, y, w, beta, inverse, cluster) -> np.ndarray:
    """The Bayesian covariance (inverse of the penalised information), times a design effect where cases of a cluster
    share their fate: the sum of squared cluster totals of the residuals over the information, at least 1."""
    if cluster is None:
        return inverse
    p = 1 / (1 + np.exp(-parts.logits(codes, beta)))
    totals = np.bincount(cluster, w * (y - p))
    return inverse * max(float(totals @ totals) / max(float((w * p * (1 - p)).sum()), 1e-12), 1.0)
