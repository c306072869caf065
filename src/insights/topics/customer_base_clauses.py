"""Who works repeat orders and who win-back: what the strategy says against the contacts of the last three months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.language import Share, ShareRange, Text
from insights.models.proportions import share
from insights.models.repeat_orders.states import LAPSED, LATE
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base
    from insights.topics.customer_base_plan import Plan

_FEWEST = 5
_MOST_OF_THEM = 0.5
_ = Text


def findings(base: Base, plan: Plan) -> list[Finding]:
    """One finding for each clause of [customers] in the strategy: kept where the department named contacted more than
    half of the customers that need it (late ones for repeat orders, lapsed ones for win-back) in the last 90 days."""
    strategy = base.firm.strategy
    if strategy is None:
        return []
    found = []
    for key, number, state in (("repeat_orders", plans.REPEAT, LATE), ("win_back", plans.WIN_BACK, LAPSED)):
        if getattr(strategy, key):
            found.append(_clause(base, plan, key, number, state))
    return found


def _clause(base: Base, plan: Plan, key: str, number: int, state: int) -> Finding:
    rows = base.rows(state)
    rows = rows[plan.list[rows] == number]
    n, owner = len(rows), plan.rule[number]
    names = {"repeat_orders": _("Repeat orders"), "win_back": _("Win-back")}
    counts = {word: int((plan.worked[rows] == word).sum()) for word in
              (plans.RIGHT, plans.WRONG, plans.BOTH, plans.NEITHER, plans.UNKNOWN)}
    right = counts[plans.RIGHT] + counts[plans.BOTH]
    estimate = share(right, n) if n and not counts[plans.UNKNOWN] else Interval(None)
    values = {
        "subject": names[key], "who": words.department(owner), "n": words.customers(n), "right": right,
        "wrong": counts[plans.WRONG], "neither": counts[plans.NEITHER], "both": counts[plans.BOTH],
        "day": words.deadline(base)}
    verdict = _verdict(base, estimate, n)
    if verdict in (Verdict.KEPT, Verdict.NOT_KEPT):
        values |= {"share": Share(estimate.value, 0), "range": ShareRange(estimate.low, estimate.high, 0)}
    return Finding(
        function=f"{words.TOPIC}.clause_{key}", unit="share", n=n, owner=owner, method=words.COUNTED, verdict=verdict,
        estimate=estimate if verdict in (Verdict.KEPT, Verdict.NOT_KEPT) else Interval(None),
        clause=names[key], agreed=_("worked by: {who}", **values),
        clause_id=f"customers.{key}={getattr(base.firm.strategy, key)}",
        statement=_statement(verdict, key, values), action=_action(verdict, values),
        rank=_money(base, rows) if verdict is Verdict.NOT_KEPT else 0.0)


def _money(base: Base, rows) -> float:
    return 0.5 * float(max(base.usual[rows].sum() - base.worth.value[rows].sum(), 0.0))


def _verdict(base: Base, estimate: Interval, n: int) -> Verdict:
    valid = base.firm.strategy.valid_from
    if valid is not None and valid > base.firm.as_of - dt.timedelta(days=90):
        return Verdict.TOO_EARLY
    if estimate.value is None or n < _FEWEST:
        return Verdict.NOT_ENOUGH_DATA
    if estimate.low > _MOST_OF_THEM:
        return Verdict.KEPT
    return Verdict.NOT_KEPT if estimate.high < _MOST_OF_THEM else Verdict.NOT_ENOUGH_DATA


def _statement(verdict: Verdict, key: str, values: dict) -> Text:
    if verdict is Verdict.TOO_EARLY:
        return _("{subject}: agreed less than three months ago, too early to see who works them.", **values)
    if verdict is Verdict.NOT_ENOUGH_DATA:
        return _("{subject}: who works them cannot be told ({n} to be contacted, {right} contacted by the department "
                 "agreed on: {who}).", **values)
    if verdict is Verdict.KEPT:
        return _("{subject} are worked by the department agreed on ({who}): {right} of {n} contacted in three months "
                 "({share}; {range}).", **values)
    if key == "repeat_orders":
        return _("Late customers are not worked by the department agreed on ({who}): {right} of {n} contacted in three "
                 "months ({share}; {range}); by the other department only: {wrong}; by nobody: {neither}.", **values)
    return _("Lapsed customers are not worked by the department agreed on ({who}): {right} of {n} contacted in three "
             "months ({share}; {range}); by the other department only: {wrong}; by nobody: {neither}.", **values)


def _action(verdict: Verdict, values: dict) -> Text:
    if verdict is Verdict.KEPT:
        return _("Keep the clause; look again in a year.", **values)
    if verdict is Verdict.NOT_KEPT:
        return _("Take over the list of this page by {day}, or change the clause. It worked if more than half "
                 "are contacted within three months, and none by both departments (now {both}).", **values)
    return _("Record who contacts which customer, then look again by {day}.", **values)
