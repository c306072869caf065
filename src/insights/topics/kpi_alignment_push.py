"""Where a target is met with leads of little worth: pushes of leads and of wins at quarter ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, ListOf, Money, Number, Per100, Share, ShareRange, Text
from insights.metrics import kpis as kpi_metrics
from insights.metrics.sql import text as sql_text
from insights.models.kpi_board import share
from insights.models.period_ends import LEVEL, MIN_USUAL, WINDOW, Pushes, pushes
from insights.topics.kpi_alignment_prices import of_prices
from insights.topics.kpi_alignment_words import Quarter

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

EVENTS = {"leads": Text("leads"), "mql": Text("leads qualified by marketing (MQL)"), "won": Text("won leads")}
_ = Text
METHOD = _(
    "The last {n} days of each quarter against the weeks around it that end no quarter, leads of fairs left out; a "
    "week is busy if chance and the firm's usual restlessness explain it in fewer than one of twenty firms (Holm over "
    "all quarters), and a push only if the leads are also worth clearly less.", n=WINDOW)


@dataclass(frozen=True)
class Ends:
    """What was found for an event, with the daily sums behind it."""

    found: Pushes
    margin: float
    usual_margin: float
    sql: str


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """Quarter ends by leads; and by qualified and won leads, which go into the table. Kept under `ends`."""
    lasts = [s[1] - dt.timedelta(days=1) for s in result.spans if s[1] <= result.firm.as_of + dt.timedelta(days=1)]
    ends = {event: found for event in ("leads", "mql", "won") if (found := _ends(result, event, lasts))}
    result.parts["ends"] = ends
    if "leads" not in ends:
        return [], []
    return [_finding(result, ends["leads"])], []


def _ends(result: Alignment, event: str, lasts: list[dt.date]) -> Ends | None:
    query = kpi_metrics.daily(event, result.days, result.firm.as_of, campaigns=result.firm.has("campaigns"))
    rows = result.firm.query(query).to_pylist()
    if not rows or not lasts:
        return None
    first = rows[0]["day"]
    size = (result.firm.as_of - first).days + 1
    series = {name: np.zeros(size) for name in ("n", "old", "in_time", "margin")}
    for row in rows:
        at = (row["day"] - first).days
        if 0 <= at < size:
            series["n"][at] += row["n"] - row["at_fairs"]
            for name in ("old", "in_time", "margin"):
                series[name][at] += row[name] or 0
    if event == "won":
        series["old"], series["in_time"] = series["n"] * 0, series["n"] * 0
    found = pushes(first, series["n"], series["old"], series["in_time"], lasts, result.board.design)
    if not any(e.expected >= MIN_USUAL for e in found.ends):
        return None
    inside = np.zeros(size, dtype=bool)
    for end in found.ends:
        if end.pushed:
            at = (end.last - first).days
            inside[at - WINDOW + 1:at + 1] = True
    old, margin = series["old"], series["margin"]
    return Ends(found, float(margin[inside].sum() / max(old[inside].sum(), 1)),
                float(margin[~inside].sum() / max(old[~inside].sum(), 1)), sql_text(query))


def mean_ratio(ratios: np.ndarray) -> Interval:
    """The mean of two or more quarters' ratios of leads seen to leads expected, with the range of Student's t over
    quarters; never below none."""
    from scipy.special import stdtrit

    mean = float(ratios.mean())
    reach = float(stdtrit(len(ratios) - 1, 0.95) * ratios.std(ddof=1) / np.sqrt(len(ratios)))
    return Interval(mean, max(mean - reach, 0.0), mean + reach)


def _finding(result: Alignment, ends: Ends) -> Finding:
    from insights.topics.kpi_alignment import deadline

    found = ends.found
    pushed = [e for e in found.ends if e.pushed]
    judged = [e for e in found.ends if e.pushed is not None and e.expected >= MIN_USUAL]
    cases = int(sum(e.old for e in pushed)) if pushed else int(sum(e.seen for e in found.ends))
    places = {"sql": ends.sql, "read_from": result.firm.read_from}
    if not pushed:
        early = [e for e in found.ends if e.pushed is None]
        if len(judged) < 2:
            return Finding(
                function="kpi_alignment.quarter_end_push", unit="share", n=0, owner="both", method=METHOD,
                verdict=Verdict.TOO_EARLY if early else Verdict.TOO_FEW, statement=_(
                    "Too few quarters are over and old enough to say whether leads are pushed at their ends."),
                action=_("Look again when two more quarters have closed.")).at(**places)
        ratio = mean_ratio(np.array([e.ratio for e in judged]))
        return Finding(
            function="kpi_alignment.quarter_end_push", unit="share", n=max(cases, 1), owner="both", method=METHOD,
            verdict=Verdict.NO_CLEAR_DIFFERENCE, estimate=ratio, statement=_(
                "No quarter end shows a push of poor leads: the last weeks of {n} quarters brought {own} of the leads "
                "that the weeks around them lead to expect ({range}).",
                n=len(judged), own=Share(ratio.value), range=ShareRange(ratio.low, ratio.high)),
            action=_("Leave the way leads are counted at quarter ends as it is.")).at(**places)
    ratio = sum(e.seen for e in pushed) / sum(e.expected for e in pushed)
    quality = share(sum(e.won for e in pushed), sum(e.old for e in pushed), result.board.design)
    values = {
        "ratio": Number(ratio, 1), "own": Money(ends.margin, result.firm.currency),
        "rest": Money(ends.usual_margin, result.firm.currency), "won": Per100(quality.value),
        "usual": Per100(found.usual), "n": len(pushed), "of": len(found.ends), "day": deadline(result),
        "quarters": ListOf([Quarter(_quarter(e.last)) for e in pushed])}
    if result.margin:
        statement = _(
            "At the end of {n} of the last {of} quarters {ratio} times as many leads arrive, and they are worth less: "
            "{own} of margin each against {rest}, {won} of 100 won against {usual} ({quarters}).", **values)
    else:
        statement = _(
            "At the end of {n} of the last {of} quarters {ratio} times as many leads arrive, and they are worth less: "
            "{won} of 100 won against {usual} ({quarters}).", **values)
    return Finding(
        function="kpi_alignment.quarter_end_push", statement=statement, action=_(
            "Replace by {day} the target “number of leads” by the expected margin of the leads handed over. It worked "
            "if the last week of a quarter brings no more leads than others.", **values),
        verdict=Verdict.LOWER, unit="share", n=max(cases, 1), owner="both", method=METHOD, estimate=quality,
        baseline=Interval(found.usual), impact=_impact(result, pushed), rank=_hours(result, pushed)[1], rival=_(
            "A deadline of customers at the same time, such as the end of their budgets, may stand behind it.")).at(
                **places)


def _quarter(last: dt.date) -> dt.date:
    from insights.period import add_months

    return add_months(last.replace(day=1), -2)


def _hours(result: Alignment, pushed: list) -> tuple[float, float]:
    """Seller hours and their cost a year that go into the leads beyond the usual number of pushed weeks."""
    from insights.topics.kpi_alignment_capacity import capacity

    worked = capacity(result)
    years = max(len(result.spans) / 4, 0.25)
    extra = sum(e.seen - e.expected for e in pushed) / years
    return (extra * worked.hours_per_lead, extra * worked.cost_per_lead) if worked else (0.0, 0.0)


def _impact(result: Alignment, pushed: list) -> Impact | None:
    """The sellers' time for the leads beyond the usual number, a year: from nothing (they would have idled) to all of
    it."""
    cost = _hours(result, pushed)[1]
    if cost <= 0:
        return None
    return Impact(cost / 2, 0.0, cost, result.firm.currency, "seller time")


def of_push(result: Alignment) -> list[Finding]:
    """What is said of quarter ends."""
    return [f for f in result.findings if ".quarter_end_" in f.function]


def table(result: Alignment) -> list[object]:
    """Every quarter end with leads, qualified and won leads against the usual week."""
    ends: dict[str, Ends] = result.parts.get("ends", {})
    if not ends:
        return [Note(_("Quarter ends cannot be looked at: there are too few leads with a date.")), *of_prices(result)]
    columns, rows = [Column(_("quarter"), "left")], {}
    for event, found in ends.items():
        columns += [Column(Capital(EVENTS[event])), Column(_("usual week"))]
        for end in found.found.ends:
            rows.setdefault(end.last, {})[event] = end
    if "leads" in ends:
        columns += [Column(_("won")), Column(_("usually")), Column(_("judgement"), "left")]
    shown = []
    for last in sorted(rows):
        cells: list[object] = [Quarter(_quarter(last))]
        for event in ends:
            end = rows[last].get(event)
            cells += [None, None] if end is None else [Count(round(end.seen)), Number(end.expected, 0)]
        if "leads" in ends:
            end = rows[last].get("leads")
            told = end is not None and end.old >= 0.9 * end.seen > 0
            cells += [Share(end.won / end.old, 1) if told else None, Share(end.usual, 1) if told else None,
                      _judgement(end)]
        shown.append(tuple(cells))
    return [Table(
        _("The last {n} days of each quarter", n=WINDOW), tuple(columns), tuple(shown), collapsed=True, notes=(
            _("Without leads of fairs. In a firm that pushes nothing, a quarter is accused wrongly in at most {n} of "
              "100 reports.", n=round(100 * LEVEL)),
            )), *of_prices(result)]


def _judgement(end) -> Text | None:
    if end is None:
        return None
    if end.pushed is None:
        return _("busy; its leads are too young to judge")
    if end.pushed:
        return _("pushed")
    return _("busy, its leads no worse") if end.busy else _("as usual")
