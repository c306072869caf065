"""The sentences about the customers we have, each filled by its estimates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Impact, Interval
from insights.language import Day, ListOf, Money, MoneyRange, Per100, Share, Text
from insights.models.proportions import share
from insights.models.repeat_orders.fitting import Z90
from insights.models.repeat_orders.states import LAPSED, LATE, RETURNED
from insights.period import add_months
from insights.topics import customer_base_plan as plans

if TYPE_CHECKING:
    from insights.topics.customer_base import Base
    from insights.topics.customer_base_plan import Plan

TOPIC = "customer_base"
MOST_CALLED, MOST_NAMED = 14, 3
_WORTH_SAYING = 0.02
_ = Text

STATE_NAMES = {
    "active": _("active"), "late": _("late by their own rhythm"), "lapsed": _("lapsed"), "one_time": _("one-time "
                                                                                                       "buyers"),
    "closed": _("closed or left"), "returned": _("returned"),
}
OF_ONE = {
    "active": _("orders as usual"), "late": _("late by its own rhythm"), "lapsed": _("has lapsed"),
    "one_time": _("bought once"), "closed": _("closed or left by its own word"), "returned": _("has returned"),
}
COUNTED = _("Counted, not estimated.")
METHOD = _(
    "Own rhythm of each customer (lognormal intervals in up to three classes, the unfinished silence counted, a chance "
    "to leave after each order), seasons looked for first; MBG/NBD or Pareto/NBD where they forecast past years "
    "better; value of an order by Gamma-Gamma, or by credibility where value goes with frequency; interval from the "
    "errors of forecasts of past years.")


def nothing_delivered() -> Text:
    """Why there is no page."""
    return _("Without orders, or leads and their stages, nothing can be said of existing customers: add the table "
             "orders.")


def no_order_yet() -> Text:
    """Why there is no page."""
    return _("No order lies before the as-of day, so there is no customer to speak of.")


def customers(n: int) -> Text:
    """So many customers."""
    return _("{n} customer", plural="{n} customers", n=int(n))


def money(base: Base, value: float) -> Text:
    """An amount of what is counted: margin, or revenue where costs are not known."""
    amount = Money(value, base.firm.currency)
    return _("{amount} of margin", amount=amount) if base.money == "margin" else _("{amount} of revenue", amount=amount)


def spread(base: Base, interval: Interval) -> MoneyRange:
    """The range of an amount."""
    return MoneyRange(interval.low, interval.high, base.firm.currency)


def deadline(base: Base, months: int = 1) -> Day:
    """A day so many months after the as-of date, at the end of its month."""
    return Day(add_months(base.firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1))


def department(name: str) -> Text:
    """Who owns a list."""
    return {"sales": _("Sales"), "marketing": _("Marketing"), "both": _("Marketing and sales")}[name]


def findings(base: Base) -> list[Finding]:
    """Every finding of the topic."""
    found = [records(base)]
    if not base.told:
        return found
    from insights.topics import customer_base_clauses as clauses
    from insights.topics import customer_base_doubles as doubles
    from insights.topics import customer_base_few as few
    from insights.topics import customer_base_leads as leads
    from insights.topics import customer_base_products as products
    from insights.topics import customer_base_winback as win_back

    plan = plans.plan(base)
    found += [expected(base), late(base, plan), lapsed(base, plan), few.concentration(base, plan), returned(base)]
    found += clauses.findings(base, plan)
    for part in (win_back, products, leads, doubles):
        found += part.findings(base)
    return [f for f in found if f is not None]


def records(base: Base) -> Finding:
    """What the records hold, counted."""
    t = base.totals
    values = {
        "day": Day(base.firm.as_of), "customers": customers(len(base.history)),
        "orders": _("{n} order day", plural="{n} order days", n=t["order_days"]),
        "cancelled": _("{n} order line cancelled in full", plural="{n} order lines cancelled in full",
                       n=t["cancelled"]),
        "returned": _("{n} line taken back", plural="{n} lines taken back", n=t["returned"]),
        "later": _("{n} order after the as-of day", plural="{n} orders after the as-of day", n=t["after_as_of"]),
        "alone": _("{n} order line has no lead of its own", plural="{n} order lines have no lead of their own",
                   n=t["without_lead"])}
    if base.from_deals:
        statement = _("No table of orders was delivered, so won deals stand for orders: {customers}, {orders} up to "
                      "{day}.",
                      **values)
    else:
        statement = _("In the records up to {day}: {customers}, {orders}. Left out: {cancelled}, which never happened, "
                      "and {later}. Netted: {returned}. Counted like the others: {alone}.", **values)
    return Finding(function=f"{TOPIC}.records", owner="both", unit="count", n=max(len(base.history), 1), method=COUNTED,
                   estimate=Interval(len(base.history)), statement=statement)


def half(base: Base) -> int:
    """The smallest number of customers of whom half of the money is expected."""
    ordered = np.sort(np.maximum(base.worth.value, 0))[::-1]
    return int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2) + 1) if ordered.sum() > 0 else 0


def expected(base: Base) -> Finding:
    """What the base will bring in twelve months: the page's first sentence."""
    total = Interval(base.total.value, base.total.low, base.total.high)
    values = {"money": money(base, total.value), "range": spread(base, total), "few": customers(half(base)),
              "late": customers(len(base.rows(LATE)))}
    return Finding(
        function=f"{TOPIC}.expected", owner="both", unit=base.firm.currency, n=len(base.history), method=METHOD,
        estimate=total, rank=0.0, statement=_(
            "Present customers will bring {money} within 12 months ({range}). Half of it comes from {few}; ordering "
            "less often than usual: {late}.", **values),
        rival=_not_in_it(base))


def _not_in_it(base: Base) -> Text:
    """What the forecast leaves out, and what other pages count as well."""
    part = base.parts.get("through_leads")
    if part is None or part < _WORTH_SAYING:
        return _("New customers are not in it, nor what a price change or a lost contract would do.")
    return _("New customers are not in it, nor what a price change or a lost contract would do. In the last year "
             "{share} came through new leads of theirs, which the pages on leads count as well.", share=Share(part, 0))


def late(base: Base, plan: Plan) -> Finding | None:
    """Customers silent for longer than is usual for them."""
    rows = base.rows(LATE)
    if not len(rows):
        return None
    called = rows[:MOST_CALLED]
    usual = float(base.usual[rows].sum())
    values = {
        "late": customers(len(rows)), "usual": money(base, usual), "expected": Money(
            base.expected_of(rows).value, base.firm.currency), "range": spread(base, base.expected_of(rows)),
        "alone": customers(plan.count(plans.NEITHER, LATE)), "called": customers(len(called)),
        "first": names_in_brackets(base, called), "who": department(plan.rule[plans.REPEAT]), "day": deadline(base),
        "later": deadline(base, 3), "contacts": plans.CONTACTS}
    if base.sales is None:
        statement = _("Not ordered for longer than is usual for them: {late}. They bring {usual} in a usual year; of "
                      "the next one {expected} is expected ({range}).", **values)
    else:
        statement = _("Not ordered for longer than is usual for them: {late}; contacted by nobody for three months: "
                      "{alone}. They bring {usual} in a usual year; of the next one {expected} is expected ({range}).",
                      **values)
    return Finding(
        function=f"{TOPIC}.late", owner=plan.rule[plans.REPEAT], unit="count", n=len(rows), method=METHOD,
        estimate=Interval(len(rows)), statement=statement, impact=_missing_money(base, rows),
        rank=_missing_money(base, rows).value, action=_(
            "Call {called} by {day}, the largest first{first}; stop after {contacts} contacts without an "
            "answer. It worked if they have ordered by {later}; what the calls themselves gain cannot be told without "
            "a random hold-out.", **values),
        rival=_("One in ten silences of a customer that is still there lasts so long by chance."))


def names_in_brackets(base: Base, rows: np.ndarray) -> Text | str:
    """The first few names in brackets, where the profile lets them be shown."""
    if not base.names_shown:
        return ""
    return _(" ({names})", names=ListOf(base.names(rows[:MOST_NAMED])))


def _missing_money(base: Base, rows: np.ndarray) -> Impact:
    """Money of a usual year that is not expected of these customers any more."""
    usual, expected = float(base.usual[rows].sum()), base.expected_of(rows)
    low, middle, high = (float(np.clip(usual - x, 0, max(usual, 0.0))) for x in
                         (expected.high, expected.value, expected.low))
    return Impact(middle, low, high, base.firm.currency, "orders of customers who are late or have lapsed")


def lapsed(base: Base, plan: Plan) -> Finding | None:
    """Customers more likely gone than not, and those among them worth a letter."""
    rows = base.rows(LAPSED)
    if not len(rows):
        return None
    worth, back = plan.now, plan.back
    then, returned_since = base.back_within_year(LAPSED)
    low, high = _unasked(base, rows, then, returned_since)
    values = {
        "lapsed": customers(len(rows)), "low": low, "high": high, "usual": money(base, float(base.usual[rows].sum())),
        "then": then, "back": returned_since, "worth": customers(len(worth)), "first": names_in_brackets(base, worth),
        "expected": Money(float(back.unasked[rows].sum()), base.firm.currency),
        "day": deadline(base), "contacts": plans.CONTACTS, "alone": customers(len(rows) - len(worth)),
        "cost": Money(back.cost, base.firm.currency)}
    if then:
        statement = _("More likely gone than not: {lapsed}, who brought {usual} in a usual year. Between {low} and "
                      "{high} of them will order within a year unasked (of those who had lapsed a year ago {back} of "
                      "{then} have); their rhythm lets {expected} be expected.", **values)
    else:
        statement = _("More likely gone than not: {lapsed}, who brought {usual} in a usual year. Between {low} and "
                      "{high} of them will order within a year unasked; their rhythm lets {expected} be expected.",
                      **values)
    impact = _missing_money(base, rows)
    return Finding(
        function=f"{TOPIC}.lapsed", owner=plan.rule[plans.WIN_BACK], unit="count", n=len(rows), method=METHOD,
        estimate=Interval(len(rows)), statement=statement, impact=impact, rank=impact.value,
        action=_letters(plan, values, len(rows)),
        rival=_("Some come back unasked; they must not be credited to the letter."))


def _unasked(base: Base, rows: np.ndarray, then: int, back: int) -> tuple[int, int]:
    """How many of these customers will order within a year unasked: the widest of what their outlook and what became of
    such customers a year ago say."""
    chance = 1 - base.outlook.none[rows]
    middle, half_width = float(chance.sum()), Z90 * float(np.sqrt((chance * (1 - chance)).sum()))
    low, high = middle - half_width, middle + half_width
    if then:
        seen = share(back, then)
        low, high = min(low, seen.low * len(rows)), max(high, seen.high * len(rows))
    return max(round(low), 0), min(round(high), len(rows))


def _letters(plan: Plan, values: dict, lapsed: int) -> Text:
    if not len(plan.now):
        return _("Write to none of them: even a third more returns would not pay for {contacts} contacts ({cost}). "
                 "Look again by {day}.", **values)
    if plan.back.cost and len(plan.now) < lapsed:
        pays = float(plan.back.cost / plan.back.value[plan.now].mean())
        return _("Write to {worth} by {day}, the most promising first{first}, and leave the others alone ({alone}); "
                 "stop after {contacts} contacts without an answer. Those cost {cost} a customer and pay if of 100 "
                 "sought {more} more come back than come unasked.", **values, more=Per100(min(pays, 1.0)))
    if len(plan.now) < lapsed:
        return _("Write to {worth} by {day}, the most promising first{first}, and leave the others alone ({alone}); "
                 "stop after {contacts} contacts without an answer. It worked if more of them order within a year than "
                 "came back unasked before.", **values)
    return _("Write to {worth} by {day}, the most promising first{first}; stop after {contacts} contacts without an "
             "answer. It worked if more of them order within a year than came back unasked before.", **values)


def returned(base: Base) -> Finding | None:
    """Customers that had lapsed and came back, counted."""
    rows = base.rows(RETURNED)
    if not len(rows):
        return None
    return Finding(
        function=f"{TOPIC}.returned", owner="marketing", unit="count", n=len(rows), method=COUNTED,
        estimate=Interval(len(rows)), statement=_(
            "Counted as lapsed at some quarter's end of the last year and ordering again: {customers}; they brought "
            "{money} in the last 12 months.", customers=customers(len(rows)),
            money=money(base, float(base.history.year[rows].sum()))))
