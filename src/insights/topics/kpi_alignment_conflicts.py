"""The conflict meter: segments where marketing's measure improved and sales' fell, or the reverse, beyond noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Interval, Verdict
from insights.evidence.comparison import MIN_LEADS, benjamini_hochberg
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, Money, MoneyRange, Text
from insights.topics.kpi_alignment_moves import PART, points, points_range, segmentation
from insights.topics.kpi_alignment_value import called
from insights.topics.kpi_alignment_words import SUBJECT

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment
    from insights.topics.kpi_alignment_moves import Moves

CAUSES = ("rate", "speed", "deal", "price", "cost")
_ = Text
METHOD = _(
    "Leads of the period against the period before (Poisson), and the like-for-like part of the change of conversion "
    "with its range over companies; both must be beyond chance, false discoveries held to one in ten over all segments "
    "of three segmentations.")


@dataclass(frozen=True)
class Conflict:
    """A segment whose leads went one way and whose conversion the other: in money, with the part that made most of
    it."""

    key: str
    name: str
    before: int
    after: int
    rate: Interval
    money: Interval
    cause: str


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """Every conflict beyond noise (kept under `conflicts`); the costliest becomes a finding."""
    moves: Moves | None = result.parts.get("moves")
    if moves is None:
        return [], []
    found = conflicts(moves)
    result.parts["conflicts"] = found
    up = [c for c in found if c.after > c.before and c.rate.value < 0]
    return [_finding(result, c).at(sql=moves.sql, read_from=result.firm.read_from) for c in up[:1]], []


def conflicts(moves: Moves) -> list[Conflict]:
    """The conflicts of all segmentations, the costliest first."""
    from scipy.special import ndtr

    places, p = [], []
    for key, (conversion, money) in moves.by.items():
        scale = conversion.leads.sum(0)
        for i, name in enumerate(conversion.segments):
            before, after = conversion.leads[i]
            error = conversion.draws_by_segment["rate"][:, i].std(ddof=1)
            if name in ("unknown", "other") or min(before, after) < MIN_LEADS or not error or not scale.all():
                continue
            rate = conversion.by_segment["rate"][i]
            if (after - before) * rate >= 0:
                continue
            p_leads = 2 * ndtr(-abs(after - before) / np.sqrt(before + after))
            p_rate = 2 * ndtr(-abs(rate) / error)
            places.append((key, i, conversion, money))
            p.append(max(p_leads, p_rate))
    rejected = benjamini_hochberg(np.array(p)) if p else []
    found = []
    for (key, i, conversion, money), yes in zip(places, rejected, strict=True):
        if not yes:
            continue
        mask = np.arange(len(conversion.segments)) == i
        parts = {name: abs(float(money.by_segment[name][i])) for name in CAUSES if name in money.parts}
        found.append(Conflict(
            key, conversion.segments[i], int(conversion.leads[i, 0]), int(conversion.leads[i, 1]),
            conversion.interval("rate", where=mask), money.interval("rate", where=mask), max(parts, key=parts.get)))
    return sorted(found, key=lambda c: (-abs(c.money.value), c.key, c.name))


def _finding(result: Alignment, c: Conflict) -> Finding:
    from insights.topics.kpi_alignment import deadline

    currency = result.firm.currency
    values = {"name": called(result, c.key, c.name), "kind": segmentation(c.key), "before": Count(c.before),
              "after": Count(c.after), "rate": points(c.rate.value), "range": points_range(c.rate),
              "money": Money(abs(c.money.value), currency), "cause": PART[c.cause], "day": deadline(result)}
    low, high = sorted((abs(c.money.low), abs(c.money.high)))
    low = 0.0 if c.money.low <= 0 <= c.money.high else low
    money = max(result.parts["moves"].money.before, result.parts["moves"].money.after)
    high = min(max(high, abs(c.money.value)), max(money, abs(c.money.value)))
    subject = {SUBJECT.get(c.key, c.key): c.name} if SUBJECT.get(c.key, c.key) != "lead_type" else {}
    return Finding(
        function="kpi_alignment.conflict", subject=subject, unit="share", n=c.before + c.after, owner="both",
        method=METHOD, verdict=Verdict.LOWER, estimate=c.rate, difference=c.rate, statement=_(
            "Marketing's and sales' measures part ways for “{name}”: leads went from {before} to {after}, but fewer of "
            "them are won (this moved the firm's conversion by {rate}, {range}). Behind most of it: {cause}.",
            **values),
        action=_("Look at twenty lost leads of “{name}” together by {day}, and decide whether their number or the work "
                 "on them changes. It worked if both measures move the same way next quarter.", **values),
        impact=Impact(abs(c.money.value), low, high, currency, "leads"), rank=abs(c.money.value), rival=_(
            "More leads may have reached further down to weaker ones, without a fault of anybody."))


def of_conflicts(result: Alignment) -> list[Finding]:
    """What is said of conflicts."""
    return [f for f in result.findings if f.function == "kpi_alignment.conflict"]


def meter(result: Alignment) -> list[object]:
    """Every conflict as a row."""
    found: list[Conflict] | None = result.parts.get("conflicts")
    if not found:
        return [Note(_("No segment is known in which marketing's measure improved and sales' fell, or the reverse, "
                       "beyond chance."))]
    currency = result.firm.currency
    rows = tuple((called(result, c.key, c.name), Capital(segmentation(c.key)), Count(c.before), Count(c.after),
                  points(c.rate.value), points_range(c.rate), Money(c.money.value, currency), MoneyRange(
                      c.money.low, c.money.high, currency), PART[c.cause]) for c in found)
    return [Table(_("Where the two departments' measures part ways"), (
        Column(_("segment"), "left"), Column(_("kind"), "left"), Column(_("leads before")), Column(_("leads now")),
        Column(_("like leads")), Column(_("probably between"), "left"), Column(_("in money"), unit=Text(currency)),
        Column(_("probably between"), "left"), Column(_("behind most of it"), "left")), rows, collapsed=True)]
