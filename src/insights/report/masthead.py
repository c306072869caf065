"""The line that opens every page: whose figures, for which period, as at which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from insights.language import Day, Month, Text, render
from insights.report.each import label
from insights.report.templates import shortened

_ = Text


def masthead(run: Mapping, language: str) -> list[str]:
    """Firm, part of it, period and as-of date, each where the run knows it."""
    parts: list[object] = [shortened(run["firm"])] if run.get("firm") else []
    if run.get("part"):
        parts.append(shortened(render(label(run["part"]), language)))
    if run.get("period"):
        parts.append(_period(run["period"]))
    if run.get("as_of"):
        parts.append(_("as at {day}", day=Day(dt.date.fromisoformat(run["as_of"]))))
    return [render(part, language) for part in parts]


def _period(period: Sequence[str]) -> Text:
    """A period, given by its first and last day: as months where it consists of whole ones, else as days."""
    first, last = (dt.date.fromisoformat(day) for day in period)
    unit = Month if first.day == (last + dt.timedelta(days=1)).day == 1 else Day
    return _("{first} – {last}", first=unit(first), last=unit(last))
