"""How the records were kept, as far as it touches durations: since when closings are known, which were made in bulk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.metrics import lags as metrics

if TYPE_CHECKING:
    from insights.firm import Firm

BULK_LEAST, BULK_TIMES = 20, 6
EXPECTED_BEFORE = 10
_WEEK = 7


@dataclass(frozen=True)
class Practice:
    """What was found about recording.

    `bulk_days`: days on which many times more losses were closed than on others (`bulk_losses` of `losses` in all);
    `known_from`: the first day whose closings the records hold, where leads were created well before it and
    `expected_before` of them should have closed by then; `correlation`: of the fates of two leads of one company;
    `undated`: leads without a date of creation; `won`, `lost`, `returned`: leads closed so; `early_rate` and
    `later_rate`: the share won of what was closed in the calendar quarter of `known_from`, and after it.
    """

    as_of: dt.date
    bulk_days: tuple[dt.date, ...] = ()
    bulk_losses: int = 0
    known_from: dt.date | None = None
    expected_before: float = 0.0
    correlation: float = 0.0
    undated: int = 0
    won: int = 0
    lost: int = 0
    returned: int = 0
    first_day: dt.date | None = None
    early_rate: float | None = None
    later_rate: float | None = None

    @property
    def losses(self) -> int:
        """Leads known to have ended without a win."""
        return self.lost + self.returned


def practice(firm: Firm, as_of: dt.date | None = None) -> Practice:
    """What the lead-grain relation shows about recording up to a day."""
    as_of = as_of or firm.as_of
    closed = firm.query(metrics.closings(as_of)).to_pylist()
    created = firm.query(metrics.creations(as_of)).to_pylist()
    numbers = {name: sum(row["n"] for row in closed if row["outcome"] == name) for name in ("won", "lost", "returned")}
    bulk = _bulk([row for row in closed if row["outcome"] != "won"])
    days = [row["day"] for row in created if row["day"] is not None]
    known_from, expected = _known_from(firm, as_of, closed, created)
    return Practice(
        as_of, tuple(sorted(bulk)), sum(bulk.values()), known_from, expected, _correlation(firm, as_of, known_from),
        sum(row["n"] for row in created if row["day"] is None), **numbers, first_day=min(days, default=None),
        **_rates(closed, known_from))


def _rates(closed: list[dict], known_from: dt.date | None) -> dict[str, float]:
    """The share won among what was won or lost in the quarter of that day, and after it."""
    if known_from is None:
        return {}
    quarter = (known_from.year, (known_from.month - 1) // 3)
    parts = {"early_rate": [], "later_rate": []}
    for row in closed:
        if row["day"] is not None and row["outcome"] != "returned":
            early = (row["day"].year, (row["day"].month - 1) // 3) == quarter
            parts["early_rate" if early else "later_rate"].append(row)
    return {name: sum(r["n"] for r in rows if r["outcome"] == "won") / sum(r["n"] for r in rows)
            for name, rows in parts.items() if rows}


def _bulk(losses: list[dict]) -> dict[dt.date, int]:
    """Days on which at least six times the usual day's number of losses, and twenty, were closed."""
    by_day: dict[dt.date, int] = {}
    for row in losses:
        by_day[row["day"]] = by_day.get(row["day"], 0) + row["n"]
    usual = float(np.median(list(by_day.values()))) if by_day else 0.0
    return {day: n for day, n in by_day.items() if n >= max(BULK_LEAST, BULK_TIMES * usual)}


def _known_from(firm, as_of, closed, created) -> tuple[dt.date | None, float]:
    """The first day with a closing, if leads created before it should have brought at least ten earlier ones by the
    pace of those created after it."""
    from insights.models.conversion_lag.curves import aalen_johansen
    from insights.models.conversion_lag.reading import table

    first = min((row["day"] for row in closed if row["day"] is not None), default=None)
    early = [(row["day"], row["n"]) for row in created if row["day"] is not None and first and row["day"] < first]
    if not early or (first - min(day for day, _ in early)).days < _WEEK:
        return None, 0.0
    later = table(firm, (), as_of, since=first)
    if not later.groups:
        return None, 0.0
    curve = aalen_johansen(later)
    staying = curve.staying[0]

    def share(days: int) -> float:
        place = int(np.searchsorted(curve.days, days, side="left")) - 1
        return 1 - float(staying[place]) if place >= 0 else 0.0

    expected = sum(n * share((first - day).days) for day, n in early)
    return (first, expected) if expected >= EXPECTED_BEFORE else (None, 0.0)


def _correlation(firm, as_of, known_from) -> float:
    """Moment estimate of the correlation of two leads of one company in having been won."""
    row = firm.query(metrics.company_sums((), as_of, known_from=known_from)).to_pylist()[0]
    n = row["n"] or 0.0
    if not n or row["nn"] <= n:
        return 0.0
    p = row["w"] / n
    if not 0 < p < 1:
        return 0.0
    squares = row["ww"] - 2 * p * row["nw"] + p * p * row["nn"]
    return float(np.clip((squares / (p * (1 - p)) - n) / (row["nn"] - n), 0.0, 1.0))
