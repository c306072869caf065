"""Words that the sections of the page share: quarters, amounts of a KPI, names of segments, the method."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Interval
from insights.kpis import Kpi
from insights.language import (
    Country,
    Day,
    Days,
    Industry,
    Money,
    MoneyRange,
    Number,
    Share,
    ShareRange,
    SizeBand,
    Text,
)
from insights.period import add_months

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

_ = Text
METHOD = _(
    "Shares by Wilson's interval on the number of leads over the design effect of companies; amounts by the spread of "
    "the deals. Companies are the clusters.")
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Quarter:
    """A quarter of the calendar by its first day; other runs of three months are named by their months."""

    start: dt.date

    def render(self, language: str) -> str:
        """Q3 2026, or III kw. 2026 r."""
        if self.start.month % 3 != 1:
            last = add_months(self.start, 2)
            return f"{self.start.month:02d}/{self.start.year}–{last.month:02d}/{last.year}"
        number = self.start.month // 3
        if language == "pl":
            return f"{_ROMAN[number]} kw. {self.start.year} r."
        return f"Q{number + 1} {self.start.year}"


def quarter(start: dt.date) -> str:
    """A quarter in ids: 2026q3; runs of three months that are no calendar quarter by their first month."""
    if start.month % 3 == 1:
        return f"{start.year}q{start.month // 3 + 1}"
    return f"{start.year}m{start.month:02d}"


def span_name(span: tuple[dt.date, dt.date]) -> Text:
    """A range of days in words."""
    return _("{low} to {high}", low=Day(span[0]), high=Day(span[1] - dt.timedelta(days=1)))


def amount(result: Alignment, kpi: Kpi, x: float, *, exact: bool = False) -> object:
    """A KPI's figure as a reader says it."""
    if kpi.money:
        whole = exact and kpi.unit == "money" and abs(x) >= 1000
        return Money(x, result.firm.currency, exact=whole)
    if kpi.unit == "share":
        return Share(x, 1 if abs(x) < 0.2 else 0)
    if kpi.unit == "days":
        return Days(x)
    return Number(x, 0 if kpi.unit == "count" else 2)


def range_of(result: Alignment, kpi: Kpi, interval: Interval) -> object:
    """The interval of a KPI in words."""
    if kpi.money:
        return MoneyRange(interval.low, interval.high, result.firm.currency)
    if kpi.unit == "share":
        return ShareRange(interval.low, interval.high, 1 if interval.high < 0.2 else 0)
    return _("{low} to {high}", low=Number(interval.low, 0), high=Number(interval.high, 0))


def segment(key: str, label: str) -> object:
    """A segment's name as a person says it."""
    if label == "other":
        return _("all others")
    if label == "unknown":
        return _("not recorded")
    named = {"industry": Industry, "size": SizeBand, "country": Country}.get(key)
    return named(label) if named else label


SEGMENTATION = {
    "source": _("by source"), "industry": _("by industry"), "country": _("by country"), "product_id": _("by product"),
    "team": _("by team"), "size": _("by size of company"), "origin": _("by origin"), "campaign_id": _("by campaign"),
}
SUBJECT = {"product_id": "product", "campaign_id": "campaign", "seller_id": "seller", "origin": "source"}
