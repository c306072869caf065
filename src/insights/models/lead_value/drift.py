"""Whether leads to be scored still look like those a model learned from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.lead_value.bins import Bins

MOVED, CHANGED = 0.10, 0.25
SMOOTH = 0.5


@dataclass(frozen=True)
class Drift:
    """A column's population stability index: sum over levels of (share now - share then) · ln(share now / share then);
    from 0.10 on it has moved, from 0.25 on it is another population (Siddiqi 2006). `expected` is what chance alone
    gives with so many cases; `unseen` the share of values that were not there when the model learned."""

    column: str
    index: float
    expected: float
    unseen: float

    @property
    def moved(self) -> bool:
        return self.index - self.expected >= MOVED

    @property
    def changed(self) -> bool:
        return self.index - self.expected >= CHANGED


def stability(
    bins: Bins, then: np.ndarray, now: np.ndarray, then_group: np.ndarray, now_group: np.ndarray,
) -> list[Drift]:
    """Every column, the largest index first. Cases of then are weighted so that their groups (ages) have the shares of
    now: open leads are older than leads on average, and that is no drift."""
    groups = np.union1d(then_group, now_group)
    place_then, place_now = np.searchsorted(groups, then_group), np.searchsorted(groups, now_group)
    n_then = np.bincount(place_then, minlength=len(groups)).astype(float)
    n_now = np.bincount(place_now, minlength=len(groups)).astype(float)
    w = np.divide(n_now, n_then, out=np.zeros_like(n_now), where=n_then > 0)[place_then]
    kept = n_then[place_now] > 0
    effective = w.sum() ** 2 / max((w**2).sum(), 1e-12)
    found = []
    for i, column in enumerate(bins.columns):
        a = np.bincount(then[i], w, column.size) / max(w.sum(), 1e-12)
        counts = np.bincount(now[i][kept], minlength=column.size).astype(float)
        b = counts / max(counts.sum(), 1.0)
        used = (a > 0) | (b > 0)
        level = SMOOTH / max(min(effective, counts.sum()), 1.0)
        x, z = a[used] + level, b[used] + level
        index = float(((z - x) * np.log(z / x)).sum())
        expected = (used.sum() - 1) * (1 / max(effective, 1.0) + 1 / max(counts.sum(), 1.0))
        found.append(Drift(column.name, index, float(expected), float((now[i] == 0).mean())))
    return sorted(found, key=lambda d: (-d.index, d.column))
