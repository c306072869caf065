"""What is to come: the next quarter's forecast and how past ones did; what a goal takes, by which date and with which
odds; targets that cannot both be met."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Money, Number, Share, Text
from insights.models.kpi_board import month_start
from insights.models.kpi_forecast import MIN_SCORED, Forecasts, forecasts
from insights.models.replicates import curve
from insights.period import add_months
from insights.topics.kpi_alignment_board import value
from insights.topics.kpi_alignment_goal import REACH
from insights.topics.kpi_alignment_goal import words as goal_words
from insights.topics.kpi_alignment_targets import Target
from insights.topics.kpi_alignment_words import Quarter

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

_ = Text
METHOD = _(
    "Leads not yet won, by age, times the chance with which leads of that age were won in the last two years, and "
    "leads to come as in the last year. The range adds how far past forecasts missed beyond chance.")


@dataclass(frozen=True)
class Goal:
    """What a money goal for the next quarter takes: leads at the present mix for the chance asked for, by which day
    they must be there, what comes without them, and whether it lies within what was ever seen."""

    target: float
    without: float
    leads: float | None
    by: dt.date
    most: float
    start: dt.date


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """The forecast, the goal and the conflicts of targets; kept under `forecasts` and `goal`."""
    board = result.board
    over = _months_over(result)
    starts = [board.span(*s)[0] for s in result.spans]
    following = result.spans[-1][1] if result.spans[-1][1] <= result.firm.as_of + dt.timedelta(days=1) else None
    if following:
        starts.append(board.span(following, add_months(following, 3))[0])
    found = forecasts(board.flows["leads"], board.triangle, starts, over)
    result.parts["forecasts"] = found
    said, listed = [], []
    if found.coming is not None and found.coming.figure.low is not None and found.coming.leads > 0:
        said.append(_forecast(result, found))
        listed.append(Estimate(
            measure="won_forecast", subject={}, estimate=found.coming.figure, unit="count",
            n=max(int(found.coming.leads), 1), method=METHOD.render("en"), topic="kpi_alignment"))
    said += _fights(result)
    result.parts["goal"] = _goal(result, found)
    return said, listed


def _months_over(result: Alignment) -> int:
    """Months of the records that are over."""
    last = result.firm.as_of + dt.timedelta(days=1)
    return result.board.span(last.replace(day=1), last)[0]


def worth_of_win(result: Alignment) -> float:
    """Margin (or revenue) of a win over the last year."""
    lo, hi = result.board.months - 12, result.board.months
    won = result.board.total("won", lo, hi)
    return result.board.total("margin" if result.margin else "revenue", lo, hi) / won if won else 0.0


def _forecast(result: Alignment, found: Forecasts) -> Finding:
    coming, money = found.coming, worth_of_win(result)
    start = month_start(result.board.first + coming.start)
    scored = found.scored
    target = next((t for t in result.targets if t.kpi.name == "won" and t.start == start and t.months == 3 and t.whole),
                  None)
    held = sum(bool(f.held) for f in scored)
    values = {
        "quarter": Quarter(start), "wins": Number(coming.figure.value, 0), "low": Number(coming.figure.low, 0),
        "high": Number(coming.figure.high, 0), "money": Money(coming.figure.value * money, result.firm.currency),
        "held": Count(held), "scored": Count(len(scored)), "target": Count(round(target.value)) if target else ""}
    if not scored:
        statement = _("{quarter} is likely to bring {wins} wins ({low} to {high}), about {money}.", **values)
    else:
        statement = _("{quarter} is likely to bring {wins} wins ({low} to {high}), about {money}. Of {scored} past "
                      "quarters forecast in this way, {held} came within their range.", **values)
    return Finding(function="kpi_alignment.forecast", statement=statement, unit="count", n=max(int(coming.leads), 1),
                   owner="sales", method=METHOD, estimate=coming.figure)


def _fights(result: Alignment) -> list[Finding]:
    """Targets of one period for leads and for wins that ask for a conversion that was never seen."""
    from insights.topics.kpi_alignment import deadline

    ahead = [t for t in result.targets if t.whole and t.end > result.firm.as_of]
    ahead = ahead or [t for t in result.targets if t.whole and t.end > result.firm.as_of - dt.timedelta(days=92)]
    pairs: dict[tuple, dict[str, Target]] = {}
    for target in ahead:
        pairs.setdefault((target.start, target.end), {})[target.kpi.name] = target
    said = []
    for (start, end), both in sorted(pairs.items()):
        if not {"leads", "won"} <= set(both):
            continue
        asked = both["won"].value / both["leads"].value if both["leads"].value else 0.0
        seen = [v for s in result.spans if (v := value(result, "conversion", s)).known and v.mature]
        if len(seen) < MIN_SCORED or not asked:
            return []
        low, high = _usual(seen)
        usual = Interval((low + high) / 2, low, high)
        values = {"start": Day(start), "end": Day(end - dt.timedelta(days=1)), "leads": Count(round(
            both["leads"].value)), "won": Count(round(both["won"].value)), "asked": Share(asked, 1),
            "low": Share(low, 1), "high": Share(high, 1), "n": len(seen), "day": deadline(result),
            "enough": Count(round(both["won"].value / usual.value))}
        if low <= asked <= high:
            continue
        if asked > high:
            statement = _("The targets from {start} to {end} can hardly both be met: {won} wins from {leads} leads ask "
                          "for a conversion of {asked}, but it was {low} to {high} in the last {n} quarters.", **values)
            action = _("Agree by {day} on one of them: fewer wins, about {enough} leads, or better leads. It worked if "
                       "the next plan states the conversion that it assumes.", **values)
        else:
            statement = _("The targets from {start} to {end} do not fit: {leads} leads bring more than {won} wins at "
                          "the conversion of the last {n} quarters ({low} to {high}; asked: {asked}).", **values)
            action = _("Raise the target for wins or lower that for leads by {day}: as they stand, leads are left "
                       "unworked. It worked if the next plan states the conversion that it assumes.", **values)
        said.append(Finding(
            function="kpi_alignment.targets_that_fight", statement=statement, action=action, unit="share",
            verdict=Verdict.HIGHER if asked > high else Verdict.LOWER, n=sum(v.n for v in seen), owner="board",
            method=_("The conversion that both targets ask for, beside that of past quarters whose leads are old "
                     "enough; the range holds nine in ten of such quarters."), estimate=usual, difference=None,
            rank=abs(asked - usual.value) * both["leads"].value * worth_of_win(result), rival=_(
                "A better mix of leads or a new product may lift conversion beyond what was seen.")))
        break
    return said


def _usual(seen: list) -> tuple[float, float]:
    """The range of conversion in which nine in ten quarters lie, the next one included."""
    from scipy.special import stdtrit

    rates = np.array([v.figure.value for v in seen])
    spread = rates.std(ddof=1) * float(stdtrit(len(rates) - 1, 0.95)) * np.sqrt(1 + 1 / len(rates))
    return float(max(rates.mean() - spread, 0.0)), float(rates.mean() + spread)


def _goal(result: Alignment, found: Forecasts) -> Goal | None:
    """The next quarter's money target, or four quarters' of the last year raised by a tenth where there is none."""
    coming, worths = found.coming, result.parts.get("worths", {})
    if coming is None or coming.figure.low is None or not worths or not worth_of_win(result):
        return None
    start = month_start(result.board.first + coming.start)
    name = "margin" if result.margin else "revenue"
    stated = next((t.value for t in result.targets if t.kpi.name == name and t.whole and t.months == 3
                   and t.start == start), None)
    over = [s for s in result.spans if s[1] <= result.firm.as_of + dt.timedelta(days=1)]
    last = [value(result, name, s).figure.value or 0.0 for s in over[-4:]]
    target = stated or (1.1 * float(np.mean(last)) if last else 0.0)
    if target <= 0:
        return None
    win = worth_of_win(result)
    most = max((value(result, "leads", s).figure.value or 0.0 for s in result.spans), default=0.0)
    without = coming.figure.value * win
    leads = _leads_for(result, target, coming.figure, win, most * REACH)
    return Goal(target, without, leads, _latest(result, add_months(start, 3)), most, start)


def _leads_for(result: Alignment, target: float, wins: Interval, win: float, most: float) -> float | None:
    """Leads beyond those expected so that the goal is reached with the certainty asked for; None beyond what was seen.

    Each further lead is won within the quarter with the firm's share for leads that come at its beginning."""
    from scipy.special import ndtri

    soon = _won_within(result, 90)
    scatter = max((np.log(wins.high) - np.log(wins.low)) / (2 * 1.645), 0.05)
    deals = np.sqrt(1 + _variation(result))
    z = float(ndtri(result.certainty))
    for extra in np.arange(0, most + 1, max(most / 300, 1.0)):
        mean = (wins.value + extra * soon) * win
        spread = np.sqrt((mean * scatter) ** 2 + (wins.value + extra * soon) * (win * deals) ** 2)
        if mean - z * spread >= target:
            return float(extra)
    return None


def _variation(result: Alignment) -> float:
    n, total = result.board.total("won", 0, result.board.months), result.board.total("revenue", 0, result.board.months)
    squares = result.board.total("revenue_2", 0, result.board.months)
    return max(n * squares / total**2 - 1, 0.0) if n and total else 0.0


def _won_within(result: Alignment, days: int) -> float:
    """Share of leads won within so many days, all segments together."""
    kept = next(iter(result.parts.get("replicates", {}).values()))
    one = curve(kept.leads.sum((0, 1, 2)), kept.wins.sum((0, 1, 2)))
    return float(one[min(days // 15, len(one) - 1)])


def _latest(result: Alignment, end: dt.date) -> dt.date:
    """The last day on which half of a lead's wins still come before the end."""
    kept = next(iter(result.parts.get("replicates", {}).values()))
    one = curve(kept.leads.sum((0, 1, 2)), kept.wins.sum((0, 1, 2)))
    half = int(np.argmax(one >= one[-1] / 2)) * 15 if one[-1] > 0 else 0
    return end - dt.timedelta(days=half)


def of_plan(result: Alignment) -> list[Finding]:
    """What is said of what is to come."""
    return [f for f in result.findings if f.function.split(".")[1] in ("forecast", "targets_that_fight")]


def plan(result: Alignment) -> list[object]:
    """The scorecard of past forecasts and the goal."""
    found: Forecasts | None = result.parts.get("forecasts")
    if found is None:
        return []
    return [*_scorecard(result, found), *goal_words(result)]


def _scorecard(result: Alignment, found: Forecasts) -> list[object]:
    if found.coming is None or found.coming.figure.low is None:
        return [Note(_("The next quarter is not forecast: fewer than {n} past quarters could be forecast from a year "
                       "of records each.", n=MIN_SCORED))]
    rows = [(Quarter(month_start(result.board.first + f.start)), Number(f.figure.value, 0),
             None if f.figure.low is None else _("{low} to {high}", low=Number(f.figure.low, 0), high=Number(
                 f.figure.high, 0)),
             None if f.came is None else Count(round(f.came)),
             None if f.held is None else (_("yes") if f.held else _("no"))) for f in (*found.past, found.coming)]
    return [Table(_("Forecasts of wins, and what came"), (
        Column(_("quarter"), "left"), Column(_("forecast")), Column(_("probably between"), "left"), Column(_("came")),
        Column(_("within the range"), "left")), tuple(rows), collapsed=True, notes=(
        _("Each past quarter as it would have been forecast on the day before it began; its range uses only the "
          "quarters before it."),),
        estimates=tuple(e for e in result.estimates if e.measure == "won_forecast"))]
