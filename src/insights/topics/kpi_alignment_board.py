"""The scoreboard: what was reached against what was agreed, by month and quarter, and exact totals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from insights import kpis
from insights.evidence import Estimate, Finding, Interval, Verdict
from insights.evidence.words import LEVEL
from insights.kpis import KPIS, Kpi
from insights.language import Capital, Count, Money, Share, Text
from insights.metrics import kpis as kpi_metrics
from insights.models.kpi_board import Value
from insights.period import add_months
from insights.topics.kpi_alignment_targets import for_span
from insights.topics.kpi_alignment_words import METHOD, amount, quarter, range_of, span_name

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

SHOWN = {
    "marketing": ("leads", "mql", "spend", "cost_per_lead", "cost_per_won", "romi", "lead_velocity",
                  "win_back_rate"),
    "sales": ("opportunities", "won", "win_rate", "win_rate_by_value", "sales_cycle", "average_deal",
              "price_realisation", "revenue", "sales_velocity", "pipeline_coverage", "speed_to_lead", "repeat_orders"),
    "shared": ("accepted", "acceptance_rate", "return_rate", "conversion", "margin", "margin_per_lead",
               "cac", "repeat_rate", "repeat_revenue"),
}
MIN_SELLERS = 4
MIN_CASES = 30
_ = Text


def value(result: Alignment, kpi: str, span: tuple[dt.date, dt.date]) -> Value:
    """A KPI over a range of whole months."""
    lo, hi = result.board.span(*span)
    if kpi == "pipeline_coverage":
        following = (span[1], add_months(span[1], hi - lo))
        plan = for_span(list(result.targets), "revenue", "sales", *following)
        return result.board.coverage(min(hi, result.board.months), plan or 0.0)
    return result.board.value(kpi, lo, hi)


def complete(result: Alignment, span: tuple[dt.date, dt.date]) -> bool:
    """Whether the range lies before or ends on the as-of date."""
    return span[1] <= result.firm.as_of + dt.timedelta(days=1)


def findings(result: Alignment) -> list[Finding]:
    """What each department reached of its plan in the period, and what the records hold."""
    found = [_totals(result)]
    start, end = result.period
    for department in ("marketing", "sales", "shared"):
        chosen = _planned(result, department, start, end)
        if chosen is not None:
            found.append(_attained(result, department, *chosen))
    return [*found, *_other_clauses(result, {f.clause_id for f in found})]


def _other_clauses(result: Alignment, said: set[str | None]) -> list[Finding]:
    """The targets of the strategy that are no department's first measure: each is a clause and gets its verdict, but
    leads no page."""
    found = []
    agreed = {t.clause: t for t in result.targets if t.clause and t.clause not in said and t.whole}
    for target in agreed.values():
        whole = for_span(list(result.targets), target.kpi.name, target.department, *result.period)
        if whole and target.kpi.name in KPIS and value(result, target.kpi.name, result.period).known:
            one = _attained(result, target.department, target.kpi, whole)
            found.append(replace(one, function=f"{one.function}_{target.kpi.name}", rank=0.0))
    return found


def _planned(result: Alignment, department: str, start: dt.date, end: dt.date) -> tuple[Kpi, float] | None:
    """The measure by which a department is judged on the first screen: of its targets that cover the period the one in
    money, else the first of the glossary."""
    planned = []
    for name in SHOWN[department]:
        target = for_span(list(result.targets), name, department, start, end)
        if target and value(result, name, (start, end)).known:
            planned.append((KPIS[name], target))
    planned.sort(key=lambda entry: (entry[0].name not in ("revenue", "margin"), not entry[0].money))
    return planned[0] if planned else None


def attainment(result: Alignment, department: str) -> tuple[Kpi, float, float] | None:
    """A department's first measure, what was reached and what was agreed, over the period."""
    chosen = _planned(result, department, *result.period)
    if chosen is None:
        return None
    kpi, target = chosen
    return kpi, value(result, kpi.name, result.period).figure.value, target


def _attained(result: Alignment, department: str, kpi: Kpi, target: float) -> Finding:
    from insights.topics.kpi_alignment import COUNTED, deadline

    reached = value(result, kpi.name, result.period)
    own = reached.figure.value
    kept = own >= target if kpi.more else own <= target
    early = not complete(result, result.period) or not reached.mature
    verdict = Verdict.TOO_EARLY if early and not kept else Verdict.KEPT if kept else Verdict.NOT_KEPT
    values = {
        "kpi": kpi.title, "Kpi": Capital(kpi.title), "own": amount(result, kpi, own),
        "target": amount(result, kpi, target), "share": Share(own / target, 0), "day": deadline(result),
        "span": span_name(result.period), "gap": amount(result, kpi, abs(target - own))}
    if verdict is Verdict.KEPT:
        statement = _("{Kpi}: {own} against a plan of {target}, so the plan was kept ({share}; {span}).", **values)
        action = _("Keep the plan for {kpi}; look again when the next period ends.", **values)
    elif verdict is Verdict.NOT_KEPT:
        statement = _("{Kpi}: {own} against a plan of {target}, {share} of the plan ({span}).", **values)
        action = _("Agree by {day} whether the plan for {kpi} or the means for it change: {gap} are missing, and the "
                   "sections below say what moved. It worked if the next quarter reaches its plan.", **values)
    else:
        statement = _("{Kpi}: {own} so far against a plan of {target}; too early to judge ({span}).", **values)
        action = _("Wait until the period is over and its leads are old enough before judging {kpi}.", **values)
    clause = next((t.clause for t in result.targets if t.clause and t.kpi == kpi), None)
    return Finding(
        function=f"kpi_alignment.attained_{department}", statement=statement, action=action, verdict=verdict,
        estimate=reached.figure, unit=unit(result, kpi), n=max(reached.n, 1),
        owner={"shared": "both"}.get(department, department), method=COUNTED if reached.figure.low is None else METHOD,
        clause_id=clause, clause=_("Target: {kpi}", kpi=kpi.title) if clause else None, agreed=values["target"],
        rank=_rank(result, kpi, target - own))


def _rank(result: Alignment, kpi: Kpi, gap: float) -> float:
    """The money behind a gap: itself, or at what a lead or a win of the period is worth."""
    if kpi.money:
        return abs(gap)
    money = value(result, "margin" if result.margin else "revenue", result.period).figure.value or 0.0
    cases = value(result, kpi.name, result.period).figure.value if kpi.unit == "count" else 0
    return abs(gap) * money / cases if cases else 0.0


def _totals(result: Alignment) -> Finding:
    from insights.topics.kpi_alignment import COUNTED

    start, end = result.period
    lo, hi = result.board.span(start, end)
    won, lost = result.board.total("won", lo, hi), result.board.total("lost", lo, hi)
    leads, revenue = result.board.total("leads", lo, hi), result.board.total("revenue", lo, hi)
    return Finding(
        function="kpi_alignment.totals", unit=result.firm.currency, n=max(int(leads + won + lost), 1), owner="both",
        method=COUNTED, estimate=Interval(revenue), statement=_(
            "{Span}: {n} new leads, {won} won, {lost} lost, revenue of the won ones {revenue}.",
            Span=Capital(span_name(result.period)), n=Count(int(leads)), won=Count(int(won)), lost=Count(int(lost)),
            revenue=Money(revenue, result.firm.currency, exact=True)))


def unit(result: Alignment, kpi: Kpi) -> str:
    """The unit of a KPI as findings write it."""
    if kpi.money:
        return result.firm.currency
    return {"ratio": "share", "hours": "days"}.get(kpi.unit, kpi.unit)


def estimates(result: Alignment) -> list[Estimate]:
    """Every KPI of every quarter and month shown, and the exact totals by region, team and seller."""
    found = []
    for span in result.spans:
        for name in (n for names in SHOWN.values() for n in names):
            kpi, figure = KPIS[name], value(result, name, span)
            if figure.known and figure.n > 0:
                found.append(_estimate(result, f"{name}_{quarter(span[0])}", kpi, figure, {}))
    for i in range(result.board.months):
        month = result.board.value("leads", i, i + 1)
        for name in ("leads", "won", "revenue", "margin", "conversion", "win_rate"):
            figure = result.board.value(name, i, i + 1)
            if figure.known and figure.n > 0 and month.known:
                subject = {"month": _month(result, i)}
                found.append(_estimate(result, name, KPIS[name], figure, subject))
    return [*found, *_exact(result)]


def _month(result: Alignment, i: int) -> str:
    from insights.models.kpi_board import month_start

    return month_start(result.board.first + i).strftime("%Y-%m")


def _estimate(result: Alignment, measure: str, kpi: Kpi, figure: Value, subject: dict) -> Estimate:
    from insights.topics.kpi_alignment import COUNTED

    method = COUNTED if figure.figure.low is None else METHOD
    return Estimate(measure=measure, subject=subject, estimate=figure.figure, unit=unit(result, kpi), n=figure.n,
                    method=method.render("en"), verdict=None if figure.mature else Verdict.TOO_EARLY,
                    topic="kpi_alignment")


def exact(result: Alignment, column: str) -> list[dict]:
    """Won leads, revenue and margin of all the records by region, team or seller, the largest first: exact totals."""
    from insights.models.kpi_board import month_start

    start, end = month_start(result.board.first), result.firm.as_of + dt.timedelta(days=1)
    if column == "team" and not result.firm.has("sellers"):
        return []
    rows = result.firm.query(kpi_metrics.exact_totals(
        "" if column == "team" else column, start, end, team=column == "team")).to_pylist()
    return sorted((r for r in rows if r["key"] is not None), key=lambda r: (-r["revenue"], str(r["key"])))


def _exact(result: Alignment) -> list[Estimate]:
    """Sellers only where the profile is internal and only among the estimates: no page ranks people."""
    found, columns = [], {"region": "region", "team": "team"}
    if result.firm.profile == "internal":
        columns["seller"] = "seller_id"
    for subject, column in columns.items():
        for row in exact(result, column):
            if subject == "team" and row["sellers"] < MIN_SELLERS:
                continue
            for measure, unit_ in (("won", "count"), ("revenue", result.firm.currency)):
                found.append(Estimate(
                    measure=f"exact_{measure}", subject={subject: str(row["key"])}, unit=unit_, n=row["won"],
                    estimate=Interval(float(row[measure])), method="Counted, not estimated.", topic="kpi_alignment"))
    return found


def level_words() -> Text:
    """What the interval of a table means."""
    return _("Where a range is given, the true value lies in it in {n} of 100 such reports.", n=round(100 * LEVEL))


def say(result: Alignment, kpi: Kpi, figure: Value) -> tuple[object, object]:
    """A figure and its range as a table has them; both empty where there is nothing to say."""
    if not figure.known:
        return None, None
    shown = amount(result, kpi, figure.figure.value, exact=True)
    return shown, None if figure.figure.low is None else range_of(result, kpi, figure.figure)


def glossary_rows(result: Alignment) -> list[tuple[object, ...]]:
    """The glossary of the KPIs shown."""
    return [(Capital(k.title), k.formula, kpis.unit_words(k), kpis.direction(k), kpis.basis_words(k),
             kpis.owner_words(k)) for k in KPIS.values()]
