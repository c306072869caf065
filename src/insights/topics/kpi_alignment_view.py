"""The first screen and the scoreboard of the page as tables and figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Verdict
from insights.figures.model import Column, Figure, Note, Table
from insights.figures.panels import Panel, panels
from insights.kpis import KPIS
from insights.language import Capital, ListOf, Money, Share, Text
from insights.topics.headlines import Headlines, choose
from insights.topics.kpi_alignment_board import (
    MIN_SELLERS,
    SHOWN,
    attainment,
    complete,
    exact,
    glossary_rows,
    level_words,
    say,
    top_seller,
    value,
)
from insights.topics.kpi_alignment_targets import for_span
from insights.topics.kpi_alignment_words import Quarter, amount, range_of

if TYPE_CHECKING:
    from insights.evidence import Finding
    from insights.topics.kpi_alignment import Alignment

DRAWN = ("leads", "won", "win_rate", "conversion", "revenue", "margin", "margin_per_lead", "speed_to_lead")
LATEST = 5
_ = Text


def headlines(result: Alignment) -> Headlines:
    """The first screen."""
    return choose(_top_line(result), result.findings)


def _top_line(result: Alignment) -> Text:
    if result.board is None:
        return result.missing[0]
    reached = {d: attainment(result, d) for d in ("marketing", "sales")}
    per_lead = value(result, "margin_per_lead", result.period)
    said = []
    if reached["marketing"]:
        said.append(_("marketing reached {share} of its plan", share=Share(
            reached["marketing"][1] / reached["marketing"][2], 0)))
    if reached["sales"]:
        said.append(_("sales reached {share} of its plan", share=Share(reached["sales"][1] / reached["sales"][2], 0)))
    if per_lead.known:
        values = {"money": Money(per_lead.figure.value, result.firm.currency),
                  "range": range_of(result, KPIS["margin_per_lead"], per_lead.figure)}
        said.append(_("the joint result is {money} of margin a lead ({range})", **values) if per_lead.mature else
                    _("the joint result is {money} of margin a lead so far ({range})", **values))
    if not said:
        totals = next(f for f in result.findings if f.function.endswith(".totals"))
        return totals.statement
    return _("{parts}.", parts=Capital(ListOf(said)))


def of_board(result: Alignment) -> list[Finding]:
    """What the records hold, and what was reached of the plans."""
    return [f for f in result.findings if f.function.startswith("kpi_alignment.attained_")
            or f.function == "kpi_alignment.totals"]


def scoreboard(result: Alignment) -> list[object]:
    """Small multiples by quarter, then a table for each department with month, quarter, target and year on year."""
    if result.board is None:
        return [Note(text) for text in result.missing]
    drawn = _figure(result)
    return [*([drawn] if drawn else []), *(_table(result, d) for d in SHOWN)]


def _figure(result: Alignment) -> Figure | None:
    spans = [s for s in result.spans if s[1] > result.spans[0][0]][-12:]
    found = []
    for name in DRAWN:
        kpi, figures = KPIS[name], [value(result, name, s) for s in spans]
        if sum(f.known for f in figures) < 2:
            continue
        points = [(f.figure.value, f.figure.low, f.figure.high, f.mature and complete(result, s)) if f.known else None
                  for f, s in zip(figures, spans, strict=True)]
        targets = [for_span(list(result.targets), name, kpi.owner, *s) for s in spans]
        last = next(f for f in reversed(figures) if f.known)
        found.append(Panel(Capital(kpi.title), tuple(points), tuple(targets), amount(result, kpi, last.figure.value)))
    if not found:
        return None
    quarters = tuple(Quarter(s[0]) for s in spans)
    return Figure(
        title=_("Both departments' measures, quarter by quarter"),
        subtitle=_("{first} to {last}; every scale begins at zero. The band shows where the true value probably lies, "
                   "a dash is the plan, grey are quarters whose leads are too young or that are not over.",
                   first=quarters[0], last=quarters[-1]),
        svg=panels(found, quarters[0], quarters[-1]),
        alt=ListOf([_("{measure}: {value} in {quarter}", measure=p.title, value=p.last, quarter=quarters[-1])
                    for p in found]))


def _table(result: Alignment, department: str) -> Table:
    spans = result.spans[-LATEST:]
    names = [n for n in SHOWN[department] if any(value(result, n, s).known for s in spans)]
    columns = [Column(_("measure"), "left")]
    columns += [Column(Quarter(s[0])) for s in spans]
    columns += [Column(_("range"), "left"), Column(_("plan")), Column(_("of plan")), Column(_("year on year"))]
    rows, early = [], False
    now = spans[-1]
    for name in names:
        kpi, figures = KPIS[name], [value(result, name, s) for s in spans]
        last = figures[-1]
        shown = []
        for f, s in zip(figures, spans, strict=True):
            cell = say(result, kpi, f)[0]
            young = f.known and not (f.mature and complete(result, s))
            early |= young
            shown.append(_("{value} (too early)", value=cell) if young else cell)
        target = for_span(list(result.targets), name, kpi.owner, *now)
        before = value(result, name, (_year_before(now[0]), _year_before(now[1])))
        change = (last.figure.value / before.figure.value - 1 if last.known and last.mature and before.known
                  and before.mature and before.figure.value and kpi.unit not in ("share", "ratio") else None)
        rows.append((Capital(kpi.title), *shown, say(result, kpi, last)[1],
                     None if target is None else amount(result, kpi, target, exact=True),
                     Share(last.figure.value / target, 0) if target and last.known else None,
                     None if change is None else Share(change, 0)))
    titles = {"marketing": _("Marketing's measures"), "sales": _("Sales' measures"),
              "shared": _("Measures of both departments")}
    notes = [level_words()]
    if early:
        notes.append(_("Too early: leads younger than {n} days are among them, or the quarter is not over; the figure "
                       "will still change.", n=result.days))
    return Table(caption=titles[department], columns=tuple(columns), rows=tuple(rows), notes=tuple(notes),
                 collapsed=True, estimates=tuple(e for e in result.estimates if _belongs(e.measure, names)))


def _belongs(measure: str, names: list[str]) -> bool:
    return any(measure == n or measure.startswith((f"{n}_20", f"{n}_19")) for n in names)


def _year_before(day):
    from insights.period import add_months

    return add_months(day, -12)


def exact_tables(result: Alignment) -> list[object]:
    """Exact totals by quarter, region and team; beside the teams the largest total of one seller, who is not named."""
    if result.board is None:
        return []
    money = result.firm.currency
    by_quarter = [(Quarter(s[0]), value(result, "won", s), value(result, "revenue", s)) for s in result.spans]
    rows = tuple((q, int(w.figure.value), Money(r.figure.value or 0.0, money, exact=True))
                 for q, w, r in by_quarter if w.known)
    columns = (Column(_("won")), Column(_("revenue"), unit=Text(money)))
    tables = [Table(_("Won leads and revenue by quarter of closing"), (Column(_("quarter"), "left"), *columns), rows,
                    collapsed=True)]
    for column, caption, head in (("region", _("Won leads and revenue by region"), _("region")),
                                  ("team", _("Won leads and revenue by team"), _("team"))):
        found = [r for r in exact(result, column) if column != "team" or r["sellers"] >= MIN_SELLERS]
        top = top_seller(result) if column == "team" else None
        if len(found) > 1:
            named = [*((str(r["key"]), r) for r in found), *([(_("largest total of one seller"), top)] if top else [])]
            tables.append(Table(caption, (Column(head, "left"), *columns), tuple(
                (name, r["won"], Money(r["revenue"], money, exact=True)) for name, r in named), collapsed=True,
                estimates=tuple(e for e in result.estimates if e.measure.startswith("exact_") and (
                    column in e.subject or (column == "team" and not e.subject)))))
    return tables


def glossary(result: Alignment) -> Table:
    """The dictionary of KPIs."""
    heads = (_("measure"), _("formula"), _("unit"), _("better"), _("basis"), _("owner"))
    return Table(_("The KPIs, each defined once"), tuple(Column(h, "left") for h in heads),
                 tuple(glossary_rows(result)), collapsed=True)


def missing(result: Alignment) -> list[Note]:
    """What the page could not tell, and why."""
    early = [f.statement for f in result.findings if f.verdict is Verdict.TOO_EARLY]
    return [Note(text) for text in dict.fromkeys([*result.missing, *early])] or [
        Note(_("Nothing that this page asks for is missing."))]
