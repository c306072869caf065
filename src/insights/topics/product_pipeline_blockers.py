"""Solved blockers: lost leads and lapsed customers who named something that a launch removes.

The list is ready the week an item ships. What is written down as the reason is a story, not a proved cause.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval
from insights.figures.model import Export
from insights.language import Count, Money, Text
from insights.metrics import launches as metrics
from insights.metrics import voice as voice_metrics
from insights.topics import product_pipeline_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_pipeline_launches import Item
    from insights.topics.product_pipeline_voice import Voice

_ = Text


@dataclass(frozen=True)
class Blocked:
    """A customer who asked for what an item brings and has a lost lead for it, or has not ordered for twice its own
    rhythm: `kind` is lost_lead or lapsed, `since` the day of the loss or of the last order."""

    company: str
    kind: str
    item: Item
    said: str
    since: dt.date
    lead: str | None = None
    revenue: float = 0.0


def read(firm: Firm, items: Sequence[Item], voice: Voice | None) -> tuple[Blocked, ...]:
    """Every such customer, those whose item has been launched first."""
    if voice is None or not items:
        return ()
    wanted: dict[str, dict[str, str]] = {}
    for theme in voice.themes:
        if theme.item:
            for company in theme.customers:
                wanted.setdefault(company, {}).setdefault(theme.item, theme.name)
    for entry in voice.entries:
        if entry.item and entry.company and entry.kind != "complaint":
            wanted.setdefault(entry.company, {}).setdefault(entry.item, entry.topic or entry.text[:60])
    by_item = {item.item: item for item in items}
    found = [*_lost(firm, wanted, by_item), *_lapsed(firm, wanted, by_item)]
    return tuple(sorted(found, key=lambda b: (b.item.launched_on is None, b.item.due_on, -b.revenue, b.company, b.kind,
                                              b.lead or "")))


def _lost(firm: Firm, wanted: dict[str, dict[str, str]], items: dict[str, Item]) -> list[Blocked]:
    if not firm.has("leads", "lead_stages", "feedback"):
        return []
    rows = firm.query(voice_metrics.lost_leads_of_speakers(firm.as_of)).to_pylist()
    return [
        Blocked(row["company"], "lost_lead", items[item], said, row["closed_on"], row["lead"])
        for row in rows for item, said in wanted.get(row["company"], {}).items()
        if item in items and row["product"] in (None, items[item].product)
        and (items[item].launched_on is None or row["closed_on"] < items[item].launched_on)]


def _lapsed(firm: Firm, wanted: dict[str, dict[str, str]], items: dict[str, Item]) -> list[Blocked]:
    if not firm.has("orders"):
        return []
    rows = firm.query(metrics.lapsed_customers(firm.as_of)).to_pylist()
    return [Blocked(row["company"], "lapsed", items[item], said, row["last_on"], revenue=row["revenue"] or 0.0)
            for row in rows for item, said in wanted.get(row["company"], {}).items() if item in items]


def findings(firm: Firm, blocked: Sequence[Blocked], voice: Voice | None) -> list[Finding]:
    """How many such customers there are for items that have been launched, and for those to come."""
    found = []
    for launched in (True, False):
        some = [b for b in blocked if (b.item.launched_on is not None) is launched]
        if not some:
            continue
        values = {
            "customers": words.customers(len({b.company for b in some})),
            "lost": Count(sum(b.kind == "lost_lead" for b in some)),
            "lapsed": Count(len({b.company for b in some if b.kind == "lapsed"})),
            "items": words.items(len({b.item.item for b in some})), "day": words.deadline(firm, 1),
            "revenue": Money(voice.sales_to(b.company for b in some) if voice else 0.0, firm.currency)}
        buying = bool(voice and voice.sales_to(b.company for b in some))
        statement = _(
            "{customers} asked for something that has been launched since ({items}): {lost} of their leads for it were "
            "lost before, {lapsed} of them stopped ordering.", **values) if launched else _(
            "{customers} wait for something that is on the roadmap ({items}): {lost} of their leads for it were lost, "
            "{lapsed} of them stopped ordering.", **values)
        if buying:
            statement = _("{first} {second}", first=statement, second=_(
                "Their sales of the last twelve months: {revenue}.", **values))
        action = _("Marketing writes to them by {day}, from the list solved_blockers. It worked if one in ten takes up "
                   "the talk again.", **values) if launched else _(
            "Keep the list solved_blockers and write to them in the week of the launch.", **values)
        found.append(Finding(
            function=f"{words.TOPIC}.solved_blockers_{'launched' if launched else 'planned'}", unit="count",
            n=len(some), owner="marketing", method=words.COUNTED, rival=words.CAUTION, statement=statement,
            action=action, estimate=Interval(len({b.company for b in some})),
            rank=len(some) * words.deal_size(firm) / (10 if launched else 40)))
    return found


def export(blocked: Sequence[Blocked]) -> Export | None:
    """The list for marketing's CRM: one row per customer, item and lost lead or lapse."""
    if not blocked:
        return None
    import pyarrow as pa

    columns = {
        "company_id": [b.company for b in blocked], "kind": [b.kind for b in blocked],
        "lead_id": [b.lead for b in blocked], "since": [b.since for b in blocked],
        "asked_for": [b.said for b in blocked], "roadmap_item_id": [b.item.item for b in blocked],
        "item": [b.item.title for b in blocked], "launch_on": [b.item.due_on for b in blocked],
        "launched": [b.item.launched_on is not None for b in blocked],
        "revenue_last_active_year": [round(b.revenue, 2) for b in blocked]}
    return Export("solved_blockers", _(
        "Lost leads and lapsed customers who asked for what a launch brings, one row each"), pa.table(columns))
