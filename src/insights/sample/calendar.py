"""The synthetic firm's three years: days, quarters, how many leads each day brings, and time stamps as text."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from insights.sample.plan import BROUGHT, BUDGETS, FAIR_QUARTER, PUSH_QUARTERS, PUSH_VOLUME, SOURCES
from insights.sample.rng import below, stream, uniform

ZERO = date(2008, 1, 1)
"""Days are counted from here."""
FIRST, LAST = date(2023, 10, 1), date(2026, 9, 30)
START, END = (FIRST - ZERO).days, (LAST - ZERO).days + 1
DAYS = END - START
MINUTES = 1440
QUARTER_STARTS = tuple(
    (date(2023 + (9 + 3 * k) // 12, (9 + 3 * k) % 12 + 1, 1) - ZERO).days for k in range(13)
)
MONTH_STARTS = tuple(
    (date(2023 + (9 + k) // 12, (9 + k) % 12 + 1, 1) - ZERO).days for k in range(37)
)
MONTHS = tuple((ZERO + timedelta(days=k)).isoformat()[:7] for k in MONTH_STARTS[:36])
MIGRATION = (date(2024, 2, 1) - ZERO).days
MIGRATION_WINDOW = 55
YEAR_THREE = (date(2025, 10, 1) - ZERO).days
_WEEKDAYS = (100, 112, 112, 105, 85, 12, 8)


def quarter_of(days: np.ndarray) -> np.ndarray:
    """The quarter (0 to 11) in which each day lies; days before or after count to the first or last."""
    return np.clip(np.searchsorted(QUARTER_STARTS, days, side="right") - 1, 0, 11)


@cache
def quarter_end_quarter() -> np.ndarray:
    """For each day of the three years the quarter whose last seven days it belongs to, or -1."""
    quarters = np.full(DAYS, -1, dtype=np.int64)
    for number in range(12):
        after = QUARTER_STARTS[number + 1] - START
        quarters[after - 7:after] = number
    return quarters


def month_of(days: np.ndarray) -> np.ndarray:
    """The month (0 to 35) in which each day lies."""
    return np.clip(np.searchsorted(MONTH_STARTS, days, side="right") - 1, 0, 35)


@cache
def source_volumes() -> np.ndarray:
    """Thousandths of their usual frequency at which sources (columns) bring leads in each month (rows): as many as the
    month's budget brings."""
    volumes = np.full((36, len(SOURCES)), 1000, dtype=np.int64)
    for code, source in enumerate(SOURCES):
        levels, elasticity, _ = BUDGETS.get(source.name, ("", 0, ()))
        if elasticity:
            volumes[:, code] = [BROUGHT[elasticity][level] for level in levels]
    return volumes


@cache
def month_volumes() -> np.ndarray:
    """Thousandths of a usual month's leads that each month brings, over all sources."""
    usual = np.array([[source.early] * 24 + [source.late] * 12 for source in SOURCES], dtype=np.int64).T
    return (usual * source_volumes()).sum(axis=1) // usual.sum(axis=1)


@cache
def lead_days(seed: int, pushed: bool) -> np.ndarray:
    """Running total of the weights of the three years' days: weekday, chance, quarter-end pushes and one fair."""
    noise = 700 + below(uniform(stream(seed, "day weight"), np.arange(DAYS)), 601)
    weekday = np.array([_WEEKDAYS[(FIRST.weekday() + k) % 7] for k in range(DAYS)], dtype=np.int64)
    weights = noise * weekday
    if pushed:
        busy = np.isin(quarter_end_quarter(), (*PUSH_QUARTERS, FAIR_QUARTER))
        weights = np.where(busy, weights * PUSH_VOLUME // 1000, weights)
        weights = weights * month_volumes()[month_of(START + np.arange(DAYS))] // 1000
    return np.cumsum(weights)


def to_office_hours(raw: np.ndarray) -> np.ndarray:
    """Minutes of round days squeezed into 07:00 to 20:00 of the same day; keeps their order."""
    days, minute = np.divmod(raw, MINUTES)
    return days * MINUTES + 420 + minute * 780 // MINUTES


def off_weekends(raw: np.ndarray, from_: np.ndarray) -> np.ndarray:
    """Minutes moved from a weekend to the Friday before, where that is not earlier than `from_`."""
    weekday = (raw // MINUTES + ZERO.weekday()) % 7
    earlier = raw - np.maximum(weekday - 4, 0) * MINUTES
    return np.where(earlier >= from_, earlier, raw)


@cache
def _date_bytes() -> np.ndarray:
    text = "".join((ZERO + timedelta(days=k)).isoformat() for k in range(END + 800))
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(-1, 10)


@cache
def _minute_bytes() -> np.ndarray:
    text = "".join(f"T{k // 60:02d}:{k % 60:02d}" for k in range(MINUTES))
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8).reshape(-1, 6)


def date_text(days: np.ndarray) -> np.ndarray:
    """ISO dates as rows of ten bytes."""
    return _date_bytes()[days]


def stamp_text(minutes: np.ndarray) -> np.ndarray:
    """ISO minutes ("2024-03-05T09:14") as rows of sixteen bytes."""
    days, minute = np.divmod(minutes, MINUTES)
    return np.concatenate([_date_bytes()[days], _minute_bytes()[minute]], axis=1)
