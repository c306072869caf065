"""Forecasts of earlier reports against what happened: each run notes its own, and a later one scores those whose time
has come, by what the records say now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval
from insights.figures.model import Column, Table
from insights.language import Count, Day, Text
from insights.metrics import money, orders
from insights.metrics.sql import text
from insights.period import add_months
from insights.topics.measures import of_unit, range_of_unit

if TYPE_CHECKING:
    from insights.firm import Firm

TOPIC = "alignment_report"
MOST_ROWS = 12
YEAR = dt.timedelta(days=365)
_ = Text
WORDS = {"won": _("leads won"), "base": _("margin of the customers of that day")}
# The findings that forecast, and what each forecasts.
_FORECASTS = {"kpi_alignment.forecast": "won", "customer_base.expected": "base"}


@dataclass(frozen=True)
class Scored:
    """A forecast and what came of it: `measure` a key of WORDS, from `start` on and before `end`."""

    measure: str
    made_on: dt.date
    start: dt.date
    end: dt.date
    expected: Interval
    unit: str
    came: float

    @property
    def held(self) -> bool:
        """Whether what came lies within the range."""
        return self.expected.low <= self.came <= self.expected.high


def made(as_of: dt.date, findings: Iterable[Mapping], year_starts_in: int = 1) -> list[dict]:
    """The forecasts among the findings of a run (entries of findings.json), as run.json keeps them."""
    noted = []
    for entry in findings:
        measure = _FORECASTS.get(entry["id"])
        if measure is None or entry.get("value") is None or not entry.get("interval"):
            continue
        tomorrow = as_of + dt.timedelta(days=1)
        start, end = _quarter(tomorrow, year_starts_in) if measure == "won" else (tomorrow, tomorrow + YEAR)
        noted.append({"measure": measure, "made_on": as_of.isoformat(), "start": start.isoformat(),
                      "end": end.isoformat(), "value": entry["value"], "interval": entry["interval"],
                      "unit": entry["unit"]})
    return noted


def _quarter(day: dt.date, year_starts_in: int) -> tuple[dt.date, dt.date]:
    start = day.replace(day=1)
    start = add_months(start, -((start.month - year_starts_in) % 3))
    return start, add_months(start, 3)


def scored(firm: Firm, noted: Sequence[Mapping]) -> list[Scored]:
    """The forecasts that were made before and whose time is over, the latest first."""
    due = [entry for entry in noted if dt.date.fromisoformat(entry["made_on"]) < firm.as_of
           and dt.date.fromisoformat(entry["end"]) <= firm.as_of + dt.timedelta(days=1)]
    found = []
    for entry in sorted(due, key=lambda e: (e["made_on"], e["measure"]), reverse=True):
        made_on, start, end = (dt.date.fromisoformat(entry[key]) for key in ("made_on", "start", "end"))
        came = _came(firm, entry["measure"], made_on, start, end)
        if came is not None:
            found.append(Scored(entry["measure"], made_on, start, end, Interval(entry["value"], *entry["interval"]),
                                entry["unit"], came))
    return found


def _came(firm: Firm, measure: str, made_on: dt.date, start: dt.date, end: dt.date) -> float | None:
    if measure == "won":
        return float(firm.row(money.won(start, end))["leads"]) if firm.has("leads", "lead_stages") else None
    from insights.topics.customer_base import COVERED, prepare

    if not firm.has("orders") and not firm.has("leads", "lead_stages"):
        return None
    prepare(firm)
    totals = firm.row(orders.order_totals(firm.as_of, firm.has("orders")))
    counted = "margin" if (totals["costed_share"] or 0) >= COVERED else "revenue"
    return float(sum(firm.query(orders.counts(made_on, counted))["later_money"].to_pylist()))


def shown(firm: Firm, found: Sequence[Scored]) -> list[object]:
    """The score and the forecasts behind it; nothing where none is due."""
    if not found:
        return []
    held = sum(entry.held for entry in found)
    finding = Finding(
        function=f"{TOPIC}.forecasts_scored", unit="count", n=len(found), owner="board", rank=0.0,
        estimate=Interval(held), method=_("Counted, not estimated."), statement=_(
            "{n} forecast of earlier reports can be set against what happened; within its range: {held}.",
            plural="{n} forecasts of earlier reports can be set against what happened; within their ranges: {held}.",
            n=len(found), held=Count(held)))
    if any(entry.measure == "won" for entry in found):
        finding = finding.at(sql=text(money.won(found[0].start, found[0].end)), read_from=firm.read_from)
    rows = tuple((_("{what}, {start} to {last}", what=WORDS[e.measure], start=Day(e.start),
                    last=Day(e.end - dt.timedelta(days=1))), Day(e.made_on), _amount(e.expected.value, e.unit),
                  _range(e), _amount(e.came, e.unit), _place(e)) for e in found[:MOST_ROWS])
    columns = (Column(_("Forecast of"), "left"), Column(_("Made on"), "left"), Column(_("Forecast")),
               Column(_("Range")), Column(_("Came")), Column(_("So it was"), "left"))
    return [finding, Table(_("Forecasts of earlier reports, and what happened"), columns, rows, notes=(_(
        "What came is counted in the records of today; the forecast stands as the earlier report printed it."),))]


def _amount(value: float, unit: str) -> object:
    return Count(round(value)) if unit == "count" else of_unit(value, unit)


def _range(entry: Scored) -> object:
    low, high = entry.expected.low, entry.expected.high
    if entry.unit == "count":
        return _("{low} to {high}", low=Count(round(low)), high=Count(round(high)))
    return range_of_unit(entry.expected, entry.unit)


def _place(entry: Scored) -> Text:
    if entry.held:
        return _("within the range")
    return _("below the range") if entry.came < entry.expected.low else _("above the range")
