"""The leak guard: columns that know the outcome.

Two signatures. A column that is *filled in afterwards* is known much more often for ended leads than for open ones of
the same time. A column that *separates too well* tells winners from others better, alone, than all columns of no
suspicion together, by more than chance. Both are measured within blocks of time, so that a drift of the base rate is no
sign. Columns that carry a date and are read as they stood on the day are not watched; what is counted by a column that
is kept out is kept out with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.lead_value import logistic
from insights.models.lead_value.bins import MISSING, Bins

STRATA = 8
GAP, SURE_GAP = 0.05, 4.0
ALONE, CERTAIN = 0.75, 0.95
SMOOTH = 10.0


@dataclass(frozen=True)
class Leak:
    """A column kept out: `kind` is "filled_afterwards" (`of_ended`, `of_open`: the shares filled in) or "separates"
    (`alone`: its area under the curve, `others`: that of all columns of no suspicion)."""

    column: str
    kind: str
    of_ended: float = 0.0
    of_open: float = 0.0
    alone: float = 0.0
    others: float = 0.0


def filled_afterwards(bins: Bins, codes: np.ndarray, ended: np.ndarray, time: np.ndarray) -> list[Leak]:
    """Columns known for ended leads much more often than for open leads of the same time."""
    stratum = _strata(time)
    found = []
    for name, code in zip(bins.names, codes, strict=True):
        known = code != MISSING
        gap = weight = variance = 0.0
        for s in range(STRATA):
            one, other = known[(stratum == s) & ended], known[(stratum == s) & ~ended]
            if len(one) < 10 or len(other) < 10:
                continue
            size = len(one) * len(other) / (len(one) + len(other))
            gap += size * (one.mean() - other.mean())
            pooled = np.concatenate([one, other]).mean()
            variance += size * pooled * (1 - pooled)
            weight += size
        if weight and gap / weight > GAP and gap > SURE_GAP * np.sqrt(max(variance, 1e-9)):
            found.append(Leak(name, "filled_afterwards", float(known[ended].mean()), float(known[~ended].mean())))
    return found


def separates(bins: Bins, codes: np.ndarray, y: np.ndarray, time: np.ndarray, watched: set[str],
              cluster: np.ndarray | None = None) -> list[Leak]:
    """Watched columns that tell winners from others too well."""
    stratum = _strata(time)
    fold = (np.arange(len(y)) if cluster is None else cluster) * 2654435761 % 4294967296 % 2
    alone = [_alone(code, size, y, stratum, fold) for code, size in zip(codes, bins.sizes, strict=True)]
    suspects = [i for i, name in enumerate(bins.names) if name in watched and alone[i][0] >= ALONE]
    if not suspects:
        return []
    rest = [i for i in range(len(bins.columns)) if i not in suspects]
    others, error = _together(bins, codes, rest, y, stratum, fold) if rest else (0.5, 0.0)
    found = []
    for i in suspects:
        area, own_error = alone[i]
        if area >= CERTAIN or area - others > 2 * np.hypot(error, own_error):
            found.append(Leak(bins.names[i], "separates", alone=float(area), others=float(others)))
    return found


def area_under_curve(score: np.ndarray, y: np.ndarray, w: np.ndarray | None = None) -> float:
    """The chance that a winner scores above another case (ties count half); 0.5 with one class only."""
    w = np.ones(len(y)) if w is None else w
    order = np.argsort(score, kind="stable")
    score, y, w = score[order], y[order], w[order]
    new = np.concatenate([[True], score[1:] > score[:-1]])
    group = np.cumsum(new) - 1
    won, other = np.bincount(group, w * y), np.bincount(group, w * (1 - y))
    pairs = won.sum() * other.sum()
    return float(won @ (np.cumsum(other) - other / 2) / pairs) if pairs else 0.5


def _strata(time: np.ndarray) -> np.ndarray:
    edges = np.unique(np.quantile(time, np.arange(1, STRATA) / STRATA))
    return np.searchsorted(edges, time, side="right")


def _alone(code, size, y, stratum, fold) -> tuple[float, float]:
    """Area under the curve of a column's own rates, learned on one half and judged on the other within strata."""
    score = np.zeros(len(y))
    for half in (0, 1):
        learn, judge = fold != half, fold == half
        n, won = np.bincount(code[learn], minlength=size), np.bincount(code[learn], y[learn], size)
        base = y[learn].mean() if learn.any() else 0.0
        score[judge] = ((won + SMOOTH * base) / (n + SMOOTH))[code[judge]]
    return _within(score, y, stratum)


def _together(bins, codes, rest, y, stratum, fold) -> tuple[float, float]:
    score = np.zeros(len(y))
    ordered = np.array([bins.columns[i].ordered for i in rest], dtype=bool)
    for half in (0, 1):
        learn, judge = fold != half, fold == half
        model = logistic.fit(codes[rest][:, learn], bins.sizes[rest], ordered, y[learn], np.ones(int(learn.sum())))
        score[judge] = model.logits(codes[rest][:, judge])
    return _within(score, y, stratum)


def _within(score, y, stratum) -> tuple[float, float]:
    """The mean area within strata, weighted by pairs, and its standard error (Hanley and McNeil 1982)."""
    areas, weights, variances = [], [], []
    for s in np.unique(stratum):
        own = stratum == s
        won, other = float(y[own].sum()), float((1 - y[own]).sum())
        if min(won, other) < 5:
            continue
        a = area_under_curve(score[own], y[own])
        q1, q2 = a / (2 - a), 2 * a * a / (1 + a)
        variances.append((a * (1 - a) + (won - 1) * (q1 - a * a) + (other - 1) * (q2 - a * a)) / (won * other))
        areas.append(a)
        weights.append(min(won, other))
    if not areas:
        return 0.5, 0.0
    w = np.array(weights) / sum(weights)
    return float(w @ areas), float(np.sqrt(w**2 @ variances))


