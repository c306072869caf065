"""The common unit as a figure and tables: worth of a lead by segment, marketing's return, the next lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Verdict
from insights.figures.dots import Dot, dots
from insights.figures.model import Column, Figure, Note, Table
from insights.language import Capital, Count, ListOf, Money, MoneyRange, Number, Share, Text
from insights.topics.kpi_alignment_value import called, thing
from insights.topics.kpi_alignment_words import SEGMENTATION, SUBJECT

if TYPE_CHECKING:
    from insights.evidence import Finding
    from insights.models.kpi_value import Worths
    from insights.topics.kpi_alignment import Alignment

VERDICTS = {Verdict.HIGHER: Text("higher"), Verdict.LOWER: Text("lower"),
            Verdict.NO_CLEAR_DIFFERENCE: Text("no clear difference"), Verdict.TOO_FEW: Text("too few to say")}
MOST = 9
_ = Text


def of_value(result: Alignment) -> list[Finding]:
    """What is said of the worth of leads."""
    names = ("worth_of_source", "worth_of_campaign", "worth_by_source", "worth_by_campaign", "lead_target_in_money",
             "next_unit_of_spend")
    return [f for f in result.findings if f.function.split(".")[1] in names]


def value(result: Alignment) -> list[object]:
    """Each source on one scale, then every segmentation, return and slope as tables."""
    found: dict[str, Worths] = result.parts.get("worths", {})
    if not found:
        return [Note(_("What a lead is worth cannot be told: too few leads were won, or their dates are missing."))]
    main = "source" if "source" in found else next(iter(found))
    return [_figure(result, main, found[main]), *(_table(result, key, worths) for key, worths in found.items()),
            *_returns(result), *_slopes(result)]


def _figure(result: Alignment, key: str, worths: Worths) -> Figure:
    currency = result.firm.currency
    shown = sorted((w for w in worths.segments if not w.compared.withheld), key=lambda w: -w.value.value)[:MOST]
    rows = [Dot(_("{group}, {n}", group=called(result, key, w.name), n=Count(w.leads)), w.value, w.compared.verdict,
                _("{value} ({range})", value=Money(w.value.value, currency),
                  range=MoneyRange(w.value.low, w.value.high, currency)), Money(w.value.value, currency))
            for w in shown]
    if not rows:
        rows = [Dot(_("all leads"), worths.overall, None, Money(worths.overall.value, currency),
                    Money(worths.overall.value, currency))]
    return Figure(
        title=_("What a lead is worth {by}: many poor leads and few good ones on one scale", by=SEGMENTATION[key]),
        subtitle=_("Expected {thing} per lead in {currency}, with the number of leads; all leads since the records "
                   "begin. The bar shows where the true value probably lies; a triangle is clearly above or below the "
                   "rest, an open dot undecided.", thing=thing(result), currency=currency),
        svg=dots(rows, worths.overall.value, _("all: {value}", value=Money(worths.overall.value, currency))),
        alt=ListOf([_("{label}: {words}", label=r.label, words=r.words) for r in rows]))


def _table(result: Alignment, key: str, worths: Worths) -> Table:
    currency = result.firm.currency
    rows, hidden = [], []
    for w in sorted(worths.segments, key=lambda w: (-w.value.value, w.name)):
        if w.compared.withheld:
            hidden.append(called(result, key, w.name))
            continue
        rows.append((called(result, key, w.name), Count(w.leads), Count(w.wins), Money(w.value.value, currency),
                     MoneyRange(w.value.low, w.value.high, currency), VERDICTS[w.compared.verdict]))
    notes = [_("Not shown or not compared, too few leads, companies or wins: {groups}.", groups=ListOf(hidden[:20]))
             ] if hidden else []
    measure = "expected_margin_per_lead" if result.margin else "expected_revenue_per_lead"
    return Table(
        _("Worth of a lead {by}", by=SEGMENTATION[key]), (
            Column(_("segment"), "left"), Column(_("leads")), Column(_("won")),
            Column(_("expected {thing} per lead", thing=thing(result)), unit=Text(currency)),
            Column(_("probably between"), "left"), Column(_("against the rest"), "left")), tuple(rows),
        notes=tuple(notes), collapsed=True, estimates=tuple(
            e for e in result.estimates if e.measure == measure and SUBJECT.get(key, key) in e.subject))


def _returns(result: Alignment) -> list[Table]:
    returns = result.parts.get("returns", {})
    if not returns:
        return []
    currency = result.firm.currency
    rows = tuple(
        (called(result, "campaign_id", r.name), Money(r.spend, currency, exact=True), Count(r.leads),
         Money(r.spend / max(r.leads, 1), currency), Money(r.margin, currency), Number(r.per_unit, 1))
        for r in sorted(returns.values(), key=lambda r: (-r.per_unit, r.name)))
    return [Table(
        _("What each campaign's money brings"), (
            Column(_("campaign"), "left"), Column(_("spend"), unit=Text(currency)), Column(_("leads")),
            Column(_("cost per lead"), unit=Text(currency)),
            Column(_("expected {thing}", thing=thing(result)), unit=Text(currency)),
            Column(_("for each unit spent"))), rows, collapsed=True, notes=(
            _("Expected {thing} of all its leads, young ones included, over what was spent; sellers' time is not in "
              "it.", thing=thing(result)),))]


def _slopes(result: Alignment) -> list[Table]:
    slopes = result.parts.get("slopes", {})
    if not slopes:
        return []
    rows = tuple((Capital(called(result, "source", name)), Share(max(s.value, 0.0), 0),
                  _("{low} to {high}", low=Share(max(s.low, 0.0), 0), high=Share(s.high, 0)), Count(n))
                 for name, (s, n) in slopes.items())
    return [Table(
        _("What the next unit of spend brings, against the average one"), (
            Column(_("source"), "left"), Column(_("leads of the next unit")), Column(_("probably between"), "left"),
            Column(_("months of campaigns"))), rows, collapsed=True, notes=(
            _("A description of months with more and with less spend, not the effect of a budget; the last week of "
              "each month is left out."),), estimates=tuple(
            e for e in result.estimates if e.measure == "marginal_to_average"))]
