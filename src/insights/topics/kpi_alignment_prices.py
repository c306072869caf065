"""Whether quarters are met with deals that were bought with discounts or pulled forward."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Verdict
from insights.figures.model import Note
from insights.language import Count, Money, Number, Points, Text
from insights.metrics import kpis as kpi_metrics
from insights.metrics.sql import text as sql_text
from insights.models.period_ends import WINDOW
from insights.models.pulled_deals import AFTER, Dearer, Pulled, dearer, pulled

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

_ = Text
METHOD = _(
    "The discount against list prices in the last {n} days of quarters less that of all other days, weeks being the "
    "cases; deals pulled forward are those of a last week that the {after} weeks after it lack. A clean firm is "
    "accused in at most one of twenty reports.", n=WINDOW, after=AFTER)


@dataclass(frozen=True)
class EndPrices:
    """What was found of discounts and of deals pulled forward at quarter ends (None: too few deals)."""

    dearer: Dearer | None
    pulled: Pulled | None
    sql: str


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """A finding only where quarter ends depart clearly; the difference is an estimate always. Kept under `prices`."""
    query = kpi_metrics.daily("won", result.days, result.firm.as_of, campaigns=result.firm.has("campaigns"))
    rows = result.firm.query(query).to_pylist()
    lasts = [s[1] - dt.timedelta(days=1) for s in result.spans if s[1] <= result.firm.as_of + dt.timedelta(days=1)]
    if not rows or not lasts:
        return [], []
    first = rows[0]["day"]
    size = (result.firm.as_of - first).days + 1
    n, listed, at_list = np.zeros(size), np.zeros(size), np.zeros(size)
    for row in rows:
        at = (row["day"] - first).days
        if 0 <= at < size:
            n[at] = row["n"]
            listed[at], at_list[at] = row["listed"] or 0.0, row["at_list"] or 0.0
    found = EndPrices(dearer(first, n, listed, at_list, lasts), pulled(first, n, lasts), sql_text(query))
    result.parts["prices"] = found
    listed_ = [] if found.dearer is None else [Estimate(
        measure="discount_at_quarter_ends", subject={}, estimate=found.dearer.more, unit="share",
        n=found.dearer.deals, method=METHOD.render("en"), topic="kpi_alignment")]
    said = [*([_dearer(result, found.dearer)] if found.dearer and found.dearer.clear else []),
            *([_pulled(result, found.pulled)] if found.pulled and found.pulled.clear else [])]
    return [f.at(sql=found.sql, read_from=result.firm.read_from) for f in said], listed_


def _dearer(result: Alignment, found: Dearer) -> Finding:
    from insights.topics.kpi_alignment import deadline

    years = max(len(result.spans) / 4, 0.25)
    cost = found.at_list / years
    values = {
        "more": Points(found.more.value), "low": Number(100 * found.more.low, 1),
        "high": Number(100 * found.more.high, 1),
        "money": Money(found.more.value * cost, result.firm.currency), "n": Count(found.deals),
        "day": deadline(result), "days": WINDOW}
    return Finding(
        function="kpi_alignment.quarter_end_discounts", unit="share", n=found.deals, owner="sales", method=METHOD,
        verdict=Verdict.HIGHER, estimate=found.more, statement=_(
            "Deals of a quarter's last {days} days are sold {more} further below list price than others "
            "({low} to {high}; {n} deals): about {money} a year.", **values),
        action=_("Agree by {day} that discounts of a quarter's last week need the same approval as all others. It "
                 "worked if they are no larger in the next two quarters.", **values),
        impact=Impact(found.more.value * cost / 2, 0.0, max(found.more.high, 0.0) * cost, result.firm.currency,
                      "discounts"),
        rank=found.more.value * cost, rival=_("Larger customers with better terms may buy at the end of quarters."))


def _pulled(result: Alignment, found: Pulled) -> Finding:
    from insights.topics.kpi_alignment import deadline

    values = {
        "ratio": Number(found.ends.value, 1), "after": Number(found.after.value, 1), "weeks": AFTER,
        "n": found.number, "day": deadline(result), "days": WINDOW, "excess": Count(round(found.excess))}
    return Finding(
        function="kpi_alignment.quarter_end_pulled", unit="share", n=found.number, owner="sales", method=METHOD,
        verdict=Verdict.HIGHER, estimate=found.ends, statement=_(
            "Deals are pulled forward to quarter ends: the last {days} days bring {ratio} times the usual number and "
            "the {weeks} weeks after only {after} times it ({n} quarters, {excess} deals more than usual).", **values),
        action=_("Judge sales from {day} on by two quarters together: a deal moved by a week is no gain. It worked if "
                 "the weeks after a quarter's end are as full as others.", **values), rank=0.0,
        rival=_("Customers' own budgets may end with the quarter."))


def of_prices(result: Alignment) -> list[Note]:
    """What could be told of discounts and of deals pulled forward, where nothing was found."""
    found: EndPrices | None = result.parts.get("prices")
    if found is None or (found.dearer is None and found.pulled is None):
        return [Note(_("Whether deals are bought with discounts or pulled forward at quarter ends cannot be told: too "
                       "few deals, or no list prices."))]
    notes = []
    if found.dearer is None:
        notes.append(Note(_("Whether discounts are larger at quarter ends cannot be told: too few deals have a list "
                            "price.")))
    elif not found.dearer.clear:
        more = found.dearer.more
        notes.append(Note(_("Discounts are not clearly larger at quarter ends: {more} against other days ({low} to "
                            "{high}; {n} deals).", more=Points(more.value), low=Number(100 * more.low, 1),
                            high=Number(100 * more.high, 1), n=Count(found.dearer.deals))))
    if found.pulled is not None and not found.pulled.clear:
        notes.append(Note(_("No deals seem to be pulled forward: the weeks after a quarter's end are not clearly "
                            "emptier than others.")))
    return notes
