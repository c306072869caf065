"""The hand-over: rules of the strategy kept or not, by team and campaign, real or noise; and price, speed and
conversion of each team in one view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Interval, Verdict
from insights.figures.model import Column, Table
from insights.language import Capital, Count, Money, Number, Share, ShareRange, Text
from insights.metrics import kpis as kpi_metrics
from insights.metrics.sql import select
from insights.models.kpi_board import month_number, share
from insights.topics.kpi_alignment_value import called, thing

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.kpi_alignment import Alignment

AGREED_SHARE = 0.9
MIN_LEADS, MIN_SELLERS = 30, 4
_ = Text
METHOD = _(
    "Share of leads handed over in the period and old enough, with Wilson's interval over the design effect of "
    "companies. A rule is kept if the interval lies above nine in ten, broken if below, else it cannot be told.")
RULES = {"touched": _("first touch in time"), "accepted": _("accepted in time")}


@dataclass(frozen=True)
class Kept:
    """A rule for some leads: how many were old enough, how many kept it, and the judgement."""

    rule: str
    n: int
    kept: int
    interval: Interval
    verdict: Verdict


def judged(rule: str, kept: float, n: float, design: float) -> Kept:
    """Real or noise: kept or broken only where the interval says so."""
    interval = share(kept, n, design)
    if n < MIN_LEADS:
        verdict = Verdict.NOT_ENOUGH_DATA
    elif interval.low >= AGREED_SHARE:
        verdict = Verdict.KEPT
    else:
        verdict = Verdict.NOT_KEPT if interval.high < AGREED_SHARE else Verdict.NOT_ENOUGH_DATA
    return Kept(rule, int(n), int(kept), interval, verdict)


def rows_of(result: Alignment) -> list[dict]:
    """The hand-over of the leads created in the period, by month, team and campaign."""
    start, end = (month_number(day) for day in result.period)
    return [row for row in result.parts["hand_over"].to_pylist() if start <= month_number(row["month"]) < end]


def total(rows: Iterable[dict], *names: str) -> tuple[float, ...]:
    """Sums of columns."""
    rows = list(rows)
    return tuple(float(sum(row[name] or 0 for row in rows)) for name in names)


def _sizes(firm: Firm) -> dict[str, int]:
    """Sellers of each team who worked in the period: a team that lost its people shows what the few left do."""
    sizes = {row["team"]: row["sellers"] for row in firm.query(kpi_metrics.team_sizes()).to_pylist()}
    for row in firm.query(select("""
            select team, count(*) as gone from sellers where team is not null and active_to < :start group by all
            order by all""", start=firm.period.start)).to_pylist():
        sizes[row["team"]] -= row["gone"]
    return sizes


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """The rules of the hand-over for the whole firm; teams and campaigns go into the tables."""
    result.parts["teams"] = _sizes(result.firm) if result.firm.has("sellers") else {}
    rows = rows_of(result)
    old, in_time, untouched, due, accepted, returned = total(
        rows, "old", "in_time", "untouched", "due", "accepted", "returned")
    design, found = result.board.design, []
    recorded = {"touched": in_time > 0 or result.board.has("touched_in_time"), "accepted": result.board.has("accepted")}
    for rule, kept, n, clause in (("touched", in_time, old, "first_touch_hours"), ("accepted", accepted, due,
                                                                                   "accepted_days")):
        if n and recorded[rule]:
            found.append(_finding(result, judged(rule, kept, n, design), clause, int(untouched), int(returned), rows))
    return found, _estimates(result, rows)


def _finding(result: Alignment, kept: Kept, clause: str, untouched: int, returned: int, rows: list[dict]) -> Finding:
    from insights.topics.kpi_alignment import deadline

    limit = result.sla[clause]
    agreed = result.firm.strategy is not None and clause in result.firm.strategy.sla
    worst = _worst(result, kept.rule, rows)
    values = {
        "limit": Number(limit, 0), "share": Share(kept.interval.value, 0), "n": Count(kept.n),
        "range": ShareRange(kept.interval.low, kept.interval.high, 0), "untouched": Count(untouched),
        "returned": Count(returned), "day": deadline(result), "worst": worst or _("no team stands out"),
        "agreed": Share(AGREED_SHARE, 0)}
    if kept.rule == "touched":
        statement = _("{share} of the leads were first touched within {limit} hours ({range}; {n} leads); {untouched} "
                      "were never touched.", **values)
        action = _("Agree by {day} who calls leads that wait, and count them each week; lowest: {worst}. It worked if "
                   "{agreed} are touched within {limit} hours.", **values)
    else:
        statement = _("{share} of the leads were accepted by sales within {limit} days ({range}; {n} leads); "
                      "{returned} were sent back.", **values)
        action = _("Go through the reasons of the leads sent back together by {day}, and write down which leads are to "
                   "be handed over; lowest: {worst}. It worked if {agreed} are accepted within {limit} days.", **values)
    if kept.verdict is Verdict.KEPT:
        action = _("Keep the rule; look again in a quarter.")
    if kept.verdict is Verdict.NOT_ENOUGH_DATA:
        action = _("Decide nothing on this rule until more leads have been handed over.")
    return Finding(
        function=f"kpi_alignment.hand_over_{kept.rule}", statement=statement, action=action, verdict=kept.verdict,
        owner="sales" if kept.rule == "touched" else "both", unit="share", n=kept.n, method=METHOD,
        estimate=kept.interval, clause_id=f"sla.{clause}={limit:g}" if agreed else None,
        clause=_("How leads are handed over: {rule}", rule=RULES[kept.rule]) if agreed else None,
        agreed=_("{share} within {limit} hours", share=values["agreed"], limit=values["limit"])
        if kept.rule == "touched" else _("{share} within {limit} days", share=values["agreed"], limit=values["limit"]),
        rival=_("Sellers touch the leads that look best first: that early leads close more often does not show what "
                "speed brings."), rank=(AGREED_SHARE - kept.interval.value) * kept.n)


def _worst(result: Alignment, rule: str, rows: list[dict]) -> Text | None:
    """The team that keeps the rule least, where it differs from the others beyond noise."""
    teams = [(team, k) for team, k, sellers in by_team(result, rows, rule)
             if sellers >= MIN_SELLERS and k.n >= MIN_LEADS]
    if len(teams) < 2:
        return None
    team, low = min(teams, key=lambda entry: entry[1].interval.value)
    others = [k for name, k in teams if name != team]
    rest = share(sum(k.kept for k in others), sum(k.n for k in others), result.board.design)
    if low.interval.high >= rest.low:
        return None
    return _("team {team} with {share}", team=team, share=Share(low.interval.value, 0))


def by_team(result: Alignment, rows: list[dict], rule: str) -> list[tuple[str, Kept, int]]:
    """Each team with its rule and how many sellers it has."""
    part, whole = {"touched": ("in_time", "old"), "accepted": ("accepted", "due")}[rule]
    found = []
    for team in sorted({row["team"] for row in rows if row["team"]}):
        own = [row for row in rows if row["team"] == team]
        kept, n = total(own, part, whole)
        found.append((team, judged(rule, kept, n, result.board.design), result.parts["teams"].get(team, 0)))
    return found


def _estimates(result: Alignment, rows: list[dict]) -> list[Estimate]:
    listed = []
    for rule in RULES:
        for team, kept, sellers in by_team(result, rows, rule):
            if sellers >= MIN_SELLERS and kept.n:
                listed.append(Estimate(
                    measure=f"hand_over_{rule}", subject={"team": team}, estimate=kept.interval, unit="share",
                    n=kept.n, method=METHOD.render("en"), verdict=None if kept.n >= MIN_LEADS else Verdict.TOO_FEW,
                    topic="kpi_alignment"))
    return listed


VERDICTS = {Verdict.KEPT: _("kept"), Verdict.NOT_KEPT: _("not kept"), Verdict.NOT_ENOUGH_DATA: _("cannot be told")}


def of_hand_over(result: Alignment) -> list[Finding]:
    """What is said of the hand-over."""
    return [f for f in result.findings if f.function.startswith("kpi_alignment.hand_over_")]


def tables(result: Alignment) -> list[object]:
    """The rules by team and by campaign, the reasons of returns, and the teams' price, speed and conversion."""
    if result.board is None or not result.findings:
        return []
    rows = rows_of(result)
    if not rows:
        return []
    found = []
    for key, head in (("team", _("team")), ("campaign_id", _("campaign"))):
        table = _table(result, rows, key, head)
        if table is not None:
            found.append(table)
    return [*found, *_reasons(result), *_teams(result, rows)]


def _table(result: Alignment, rows: list[dict], key: str, head: Text) -> Table | None:
    shown, design = [], result.board.design
    for name in sorted({row[key] for row in rows if row[key]}):
        own = [row for row in rows if row[key] == name]
        leads, old, in_time, untouched, due, accepted, returned = total(
            own, "leads", "old", "in_time", "untouched", "due", "accepted", "returned")
        if leads < MIN_LEADS or (key == "team" and result.parts["teams"].get(name, 0) < MIN_SELLERS):
            continue
        cells: list[object] = [called(result, key, name), Count(int(leads))]
        for rule, k, n in (("touched", in_time, old), ("accepted", accepted, due)):
            one = judged(rule, k, n, design)
            cells += [Share(one.interval.value, 0) if n else None, VERDICTS[one.verdict]]
        cells += [Share(untouched / old, 0) if old else None, Share(returned / due, 1) if due else None]
        shown.append(tuple(cells))
    if not shown:
        return None
    return Table(
        _("The hand-over by {key}", key=head), (
            Column(Capital(head), "left"), Column(_("leads")), Column(_("touched in time")), Column(_("rule"), "left"),
            Column(_("accepted in time")), Column(_("rule"), "left"), Column(_("never touched")),
            Column(_("sent back"))), tuple(shown), collapsed=True, notes=(
            _("Kept or not kept only where nine in ten lies outside the range of the share; hours are real hours, "
              "nights and weekends included."),),
        estimates=tuple(e for e in result.estimates if e.measure.startswith("hand_over_") and key in e.subject))


def _reasons(result: Alignment) -> list[Table]:
    rows = result.firm.query(kpi_metrics.return_reasons(*result.period)).to_pylist()
    n = sum(row["leads"] for row in rows)
    if n < MIN_LEADS:
        return []
    return [Table(_("Why leads were sent back"), (
        Column(_("reason"), "left"), Column(_("leads")), Column(_("share"))), tuple(
            (row["reason"] or _("not recorded"), Count(row["leads"]), Share(row["leads"] / n, 0)) for row in rows[:12]),
        collapsed=True, notes=(_("Stated reasons are opinions of those who sent the leads back, not causes."),))]


def _teams(result: Alignment, rows: list[dict]) -> list[Table]:
    """Price, speed and conversion of each team, in money."""
    if not result.firm.has("sellers"):
        return []
    found = result.firm.query(kpi_metrics.teams(result.firm.period.start, result.firm.period.end)).to_pylist()
    by = {row["team"]: row for row in found}
    shown = []
    for team, kept, sellers in by_team(result, rows, "touched"):
        row = by.get(team)
        if row is None or sellers < MIN_SELLERS or row["won"] + row["lost"] < MIN_LEADS:
            continue
        price = row["listed"] / row["at_list"] if row["at_list"] else None
        win = share(row["won"], row["won"] + row["lost"], result.board.design)
        money = float(row["margin"] if result.margin else row["revenue"])
        shown.append((team, Share(price, 1) if price else None, Share(kept.interval.value, 0) if kept.n else None,
                      Share(win.value, 1), ShareRange(win.low, win.high), Money(money / max(row["won"], 1),
                                                                               result.firm.currency),
                      Money(money / max(row["won"] + row["lost"], 1), result.firm.currency)))
    if len(shown) < 2:
        return []
    currency = Text(result.firm.currency)
    return [Table(
        _("Price, speed and conversion of each team"), (
            Column(_("team"), "left"), Column(_("of list price")), Column(_("touched in time")), Column(_("win rate")),
            Column(_("probably between"), "left"), Column(_("{thing} per win", thing=thing(result)), unit=currency),
            Column(_("{thing} per closed lead", thing=thing(result)), unit=currency)), tuple(shown), collapsed=True,
        notes=(_("A discount can buy wins and lose money: read the last column. Teams have different leads, so this "
                 "table does not rank them."),))]
