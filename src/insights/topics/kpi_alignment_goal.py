"""What the goal of the next quarter takes, in words, and source by source."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Money, Number, Share, Text
from insights.models.kpi_board import month_start
from insights.models.replicates import curve
from insights.period import add_months
from insights.topics.kpi_alignment_value import called
from insights.topics.kpi_alignment_words import Quarter

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment
    from insights.topics.kpi_alignment_plan import Goal

REACH = 1.5
"""How many times the most leads ever seen a plan may ask for."""
_ = Text


def words(result: Alignment) -> list[object]:
    """The goal as a sentence, with a table of what it takes from each source alone."""
    goal: Goal | None = result.parts.get("goal")
    if goal is None:
        return []
    currency = result.firm.currency
    values = {
        "target": Money(goal.target, currency), "quarter": Quarter(goal.start), "odds": Share(result.certainty, 0),
        "without": Money(goal.without, currency), "by": Day(goal.by), "hours": Number(
            result.sla["first_touch_hours"], 0), "most": Count(round(goal.most * REACH))}
    if goal.leads == 0:
        text = _("For {target} in {quarter} at {odds} certainty no leads beyond the usual are needed: {without} are "
                 "expected.", **values)
    elif goal.leads is None:
        text = _("For {target} in {quarter} at {odds} certainty even {most} further leads would not be enough, more "
                 "than was ever seen: {without} are expected. The goal needs better leads, larger deals or more time.",
                 **values)
    else:
        best = _best(result)
        values |= {"leads": Count(round(goal.leads)), "best": best or _("no source stands out")}
        text = _("For {target} in {quarter} at {odds} certainty {leads} leads beyond the usual are needed, there by "
                 "{by} at the latest and first touched within {hours} hours; {without} are expected without them. Best "
                 "from: {best}.", **values)
    by_source = _goal_by_source(result, goal) if goal.leads else None
    return [Note(text), *([by_source] if by_source else [])]


def _goal_by_source(result: Alignment, goal: Goal) -> Table | None:
    """How many further leads the goal takes if all came from one source, by which day, and how many it brought."""
    worths = result.parts.get("worths", {}).get("source")
    if worths is None or worths.overall.value <= 0:
        return None
    start, end = goal.start, add_months(goal.start, 3)
    first = month_start(result.board.first + max(result.board.months - 12, 0))
    kept = result.replicates("source", (first,), result.firm.as_of + dt.timedelta(days=1))
    rows = []
    for worth in sorted(worths.segments, key=lambda w: (-w.value.value, w.name)):
        if worth.compared.withheld or worth.name not in kept.segments or worth.value.value <= 0:
            continue
        place = kept.segments.index(worth.name)
        own = curve(kept.leads[:, place].sum((0, 1)), kept.wins[:, place].sum((0, 1)))
        together = curve(kept.leads.sum((0, 1, 2)), kept.wins.sum((0, 1, 2)))
        soon, usual = _soon(own), _soon(together)
        # Worth within the quarter: what a lead is worth in the end times the share of its wins that come in time.
        ratio = worth.value.value * soon / max(worths.overall.value * usual, 1e-9)
        low, high = (max(v, 0.05 * worths.overall.value) * soon / max(worths.overall.value * usual, 1e-9)
                     for v in (worth.value.low, worth.value.high))
        if not soon:
            continue
        day = end - dt.timedelta(days=15 * int(np.argmax(own >= own[-1] / 2)))
        per_quarter = float(kept.leads[:, place].sum()) * 91 / max((result.firm.as_of - first).days, 91)
        rows.append((called(result, "source", worth.name), Count(round(goal.leads / ratio)),
                     _("{low} to {high}", low=Count(round(goal.leads / high)), high=Count(round(goal.leads / low))),
                     Day(max(day, start)), Count(round(per_quarter)),
                     _("out of reach: over half its usual number on top")
                     if goal.leads / ratio > (REACH - 1) * per_quarter else _("within reach")))
    if not rows:
        return None
    return Table(_("The further leads that the goal takes, if all came from one source"), (
        Column(_("source"), "left"), Column(_("further leads")), Column(_("probably between"), "left"),
        Column(_("there by")), Column(_("usual leads of a quarter")), Column(_("judgement"), "left")), tuple(rows),
        collapsed=True, notes=(
            _("Each source's leads at their own expected worth and their own lag; of leads that come later than the "
              "day named, more than half of the wins come after the quarter. Sources can be mixed in proportion."),))


def _soon(one: np.ndarray) -> float:
    """The share of a horizon's wins that come within ninety days."""
    return float(one[min(90 // 15, len(one) - 1)] / one[-1]) if one[-1] > 0 else 0.0


def _best(result: Alignment) -> object | None:
    worths = result.parts.get("worths", {}).get("source")
    if worths is None:
        return None
    high = [w for w in worths.segments if w.compared.verdict is Verdict.HIGHER]
    return called(result, "source", max(high, key=lambda w: w.value.value).name) if high else None
