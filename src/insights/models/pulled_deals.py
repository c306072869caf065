"""Deals bought or pulled forward at period ends: dearer discounts in the last week, and a hole in the weeks after it.

Weeks are the cases: a discount is a ratio of sums, its error comes from weeks as clusters (Cochran 1977, section 6).
Deals count as pulled forward where the last weeks are busier than the weeks around them and the three weeks after are
emptier, over all period ends together (one-sided t-tests of the logarithms); each of the two questions is asked at half
the level, so that a clean firm is accused in at most one of twenty reports.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.models.period_ends import AROUND, LEVEL, WINDOW

AFTER = 3
MIN_ENDS, MIN_DEALS = 4, 20
LEAST = 0.005
"""Half a point of discount: less is no matter."""


@dataclass(frozen=True)
class Dearer:
    """Discount of the last weeks less that of the others, the list value sold in the last weeks, their deals and how
    many they are, and whether the difference is clear."""

    more: Interval
    usual: float
    at_list: float
    deals: int
    ends: int
    clear: bool


@dataclass(frozen=True)
class Pulled:
    """Deals in the last weeks and in the three weeks after them, each over what the weeks around let expect, with the
    excess in deals, and whether both depart clearly."""

    ends: Interval
    after: Interval
    excess: float
    number: int
    clear: bool


def dearer(first: dt.date, deals: np.ndarray, listed: np.ndarray, at_list: np.ndarray, lasts: list[dt.date]) -> \
        Dearer | None:
    """Judge the last weeks' discounts on daily series that begin on `first`; None with too few deals with a list
    price."""
    from scipy.special import stdtr, stdtrit

    weeks = np.array([end for last in lasts if WINDOW - 1 <= (end := (last - first).days) < len(deals)], dtype=int)
    inside = np.zeros(len(deals), dtype=bool)
    for end in weeks:
        inside[end - WINDOW + 1:end + 1] = True
    sold = [_sums(x, end) for end in weeks for x in (at_list,)]
    number = int(deals[inside].sum())
    if sum(s > 0 for s in sold) < MIN_ENDS or number < MIN_DEALS or at_list[~inside].sum() <= 0:
        return None
    own = [(_sums(at_list, end), _sums(at_list - listed, end)) for end in weeks]
    rest = [(float(at_list[a:a + WINDOW][~inside[a:a + WINDOW]].sum()),
             float((at_list - listed)[a:a + WINDOW][~inside[a:a + WINDOW]].sum()))
            for a in range(0, len(deals), WINDOW)]
    (one, one_error), (other, other_error) = _ratio(own), _ratio(rest)
    error = float(np.hypot(one_error, other_error))
    freedom = max(sum(s > 0 for s in sold) - 1, 1)
    half = float(stdtrit(freedom, 0.95)) * error
    p = float(stdtr(freedom, -(one - other) / error)) if error > 0 else 1.0
    return Dearer(Interval(one - other, one - other - half, one - other + half), other,
                  float(at_list[inside].sum()), number, len(weeks), p < LEVEL / 2 and one - other >= LEAST)


def pulled(first: dt.date, deals: np.ndarray, lasts: list[dt.date]) -> Pulled | None:
    """Judge whether the last weeks took deals from the weeks after them; None with too few period ends or deals."""
    from scipy.special import stdtr

    places = [(last - first).days for last in lasts]
    seen, after, expected = [], [], []
    for end in places:
        around = [_sums(deals, end + WINDOW * k) for k in range(-AROUND, AROUND + 1)
                  if (k < 0 or k > AFTER) and WINDOW - 1 <= end + WINDOW * k < len(deals)
                  and not any(abs(end + WINDOW * k - other) < WINDOW for other in places)]
        if len(around) < 4 or end < WINDOW - 1 or end + AFTER * WINDOW >= len(deals):
            continue
        expected.append(float(np.mean(around)))
        seen.append(_sums(deals, end))
        after.append(float(deals[end + 1:end + 1 + AFTER * WINDOW].sum()))
    if len(seen) < MIN_ENDS or sum(expected) < MIN_DEALS:
        return None
    usual = np.array(expected)
    more = np.log((np.array(seen) + 0.5) / (usual + 0.5))
    less = np.log((np.array(after) + 0.5) / (AFTER * usual + 0.5))
    sides = []
    for logs, sign in ((more, -1), (less, 1)):
        error = float(logs.std(ddof=1)) / np.sqrt(len(logs))
        sides.append(float(stdtr(len(logs) - 1, sign * logs.mean() / error)) if error > 0 else 1.0)
    return Pulled(_around(more), _around(less), float(sum(seen) - usual.sum()), len(seen),
                  all(p < LEVEL / 2 for p in sides))


def _sums(series: np.ndarray, end: int) -> float:
    return float(series[end - WINDOW + 1:end + 1].sum())


def _ratio(weeks: list[tuple[float, float]]) -> tuple[float, float]:
    """A ratio of sums over weeks and its standard error."""
    n, y = np.array(weeks, dtype=float).T
    there = n > 0
    n, y = n[there], y[there]
    ratio = float(y.sum() / n.sum())
    scale = len(n) / max(len(n) - 1, 1)
    return ratio, float(np.sqrt(scale * ((y - ratio * n) ** 2).sum()) / n.sum())


def _around(logs: np.ndarray) -> Interval:
    from scipy.special import stdtrit

    half = float(stdtrit(len(logs) - 1, 0.95)) * float(logs.std(ddof=1)) / np.sqrt(len(logs))
    mean = float(logs.mean())
    return Interval(float(np.exp(mean)), float(np.exp(mean - half)), float(np.exp(mean + half)))
