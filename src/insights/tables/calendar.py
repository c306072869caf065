"""The snapshot's date: the day of the latest event that the data hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from insights.tables import sql
from insights.tables.conditions import EARLIEST, EVENTS, LATEST

if TYPE_CHECKING:
    from insights.sources import Engine

GAP = dt.timedelta(days=60)
STRAGGLERS = 0.01


def snapshot(engine: Engine, tables: Iterable[str]) -> dt.date | None:
    """The day of the latest event in the typed copies; None without events."""
    days: Counter[dt.date] = Counter()
    for table in tables:
        if table in EVENTS:
            column = sql.name(EVENTS[table])
            rows = engine.query(
                f"select {column}::DATE as day, count(*) as n from {sql.work(table)} "
                f"where {column} >= DATE '{EARLIEST}' and {column} < DATE '{LATEST}' group by 1").to_pylist()
            days.update({row["day"]: row["n"] for row in rows})
    return latest_day(days)


def latest_day(days: Mapping[dt.date, int]) -> dt.date | None:
    """The latest day with events, unless the last few lie far behind all others: at most one event in a hundred behind
    a gap of more than 60 days is a slip of the keyboard, not the firm's present."""
    if not days:
        return None
    order = sorted(days)
    total, trailing, last = sum(days.values()), 0, order[-1]
    for earlier, later in zip(reversed(order[:-1]), reversed(order[1:]), strict=True):
        trailing += days[later]
        if trailing > STRAGGLERS * total:
            break
        if later - earlier > GAP:
            last = earlier
    return last
