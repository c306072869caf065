"""Months as consecutive numbers; what stands open at their ends, and what sellers cost in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np

STALE = 12
"""Months after which an offer that nobody closed is no pipeline any more."""
LEADS_SHARE = 0.5
"""How much of sellers' time goes to leads; the rest to customers and travel."""


def month_number(day: dt.date) -> int:
    """Months since year zero: consecutive whole numbers."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> dt.date:
    """The first day of a month by its number."""
    return dt.date(number // 12, number % 12 + 1, 1)


def stock(rows: Iterable[dict], first: int, size: int) -> np.ndarray:
    """Value of the opportunities open at the end of each month, those of the last twelve months."""
    stock = np.zeros(size)
    for row in rows:
        start = month_number(row["opened"]) - first
        end = size if row["ended"] is None else month_number(row["ended"]) - first
        stock[max(start, 0):max(min(end, start + STALE, size), 0)] += float(row["value"] or 0)
    return stock


def employed(rows: Iterable[dict], first: int, size: int, as_of: dt.date) -> np.ndarray:
    """Cost of each month's sellers, as far as their time goes to leads."""
    cost = np.zeros(size)
    for i in range(size):
        start, end = month_start(first + i), min(month_start(first + i + 1), as_of + dt.timedelta(days=1))
        for row in rows:
            since = max(start, row["since"] or start)
            until = min(end, row["until"] + dt.timedelta(days=1)) if row["until"] else end
            cost[i] += LEADS_SHARE * float(row["weekly"] or 0) * max((until - since).days, 0) / 7
    return cost
