"""How long a lead takes to be won or lost: tables of 1,024 equally likely numbers of days."""

from __future__ import annotations

from functools import cache
from math import isqrt

import numpy as np

from insights.sample.lognormal import LOGNORMAL

ENTRIES = 1024


def _lognormal(median: int) -> list[int]:
    return [max(1, (median * milli + 500) // 1000) for milli in LOGNORMAL]


def _tenders() -> list[int]:
    """Two in five are quick (median 40 days), three in five follow a tender's calendar: a triangle around 180 days."""
    quick, slow = 410, ENTRIES - 410
    days = [max(1, (40 * LOGNORMAL[(2 * k + 1) * ENTRIES // (2 * quick)] + 500) // 1000) for k in range(quick)]
    half = slow // 2
    rise = [120 + isqrt(60 * 60 * (2 * k + 1) // (2 * half)) for k in range(half)]
    return sorted(days + rise + [360 - day for day in rise])


@cache
def table(name: str) -> np.ndarray:
    """The table of that name: fast (median 25 days), middle (60), slow (120), delayed (tenders) or lost (70)."""
    if name == "delayed":
        days = _tenders()
    else:
        days = _lognormal({"fast": 25, "middle": 60, "slow": 120, "lost": 70}[name])
    return np.array(days, dtype=np.int64)


@cache
def within(name: str) -> np.ndarray:
    """How many of the 1,024 entries are at most k days, for k = 0, 1, 2, ... until all are."""
    days = table(name)
    return np.searchsorted(np.sort(days), np.arange(days.max() + 1), side="right").astype(np.int64)


def share_within(name: str, days: np.ndarray) -> np.ndarray:
    """Number of entries (of 1,024) that are at most `days`; none for negative numbers."""
    counts = within(name)
    return np.where(days < 0, 0, counts[np.clip(days, 0, len(counts) - 1)])


def median(name: str) -> int:
    """The planted median in days."""
    return int(np.sort(table(name))[ENTRIES // 2])
