"""The lists as tables: who works whom against the rule, orders due within a month, whom to win back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Days, Money, Points, Share, Text
from insights.models.repeat_orders.history import REGULAR, SEASONAL
from insights.models.repeat_orders.states import ACTIVE, LAPSED, LATE, RETURNED
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_words as words
from insights.topics.customer_base_view import OF_KIND, WORKED, amount, last_day, money_column, withheld

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

_DUE, _MOST_LISTED = 30, 15
_ = Text
LISTS = {plans.REPEAT: _("repeat-order list"), plans.WIN_BACK: _("win-back list"), plans.LEAVE: _("leave alone")}


def ownership(base: Base) -> Table | Note | None:
    """Each list with its owner by the strategy's rule, and who really works its customers."""
    if not base.told:
        return None
    plan = plans.plan(base)
    known = base.sales is not None
    late = np.isin(np.arange(len(base.state)), base.rows(LATE))
    parts = [(LISTS[number], plan.list == number, plan.rule.get(number)) for number in (plans.REPEAT, plans.WIN_BACK)]
    parts.insert(1, (_("of these late"), (plan.list == plans.REPEAT) & late, plan.rule[plans.REPEAT]))
    parts.append((LISTS[plans.LEAVE], plan.list == plans.LEAVE, None))
    rows = []
    for name, inside, owner in parts:
        counts = [Count(int((plan.worked[inside] == w).sum())) if owner else None for w in (
            plans.RIGHT, plans.WRONG, plans.BOTH, plans.NEITHER)]
        rows.append((name, words.department(owner) if owner else _("nobody"), Count(int(inside.sum())),
                     amount(base, base.worth.value[inside].sum()), *(counts if known else ())))
    worked = [Column(WORKED[w]) for w in (plans.RIGHT, plans.WRONG, plans.BOTH, plans.NEITHER)] if known else []
    rule = _("The strategy file says who works which list.") if base.firm.strategy and (
        base.firm.strategy.repeat_orders or base.firm.strategy.win_back) else _(
        "No strategy file says who works which list, so sales has repeat orders and marketing win-back.")
    return Table(
        caption=_("Each customer on one list with one owner, and who contacted it in the last three months"),
        columns=(Column(_("list"), "left"), Column(_("owner"), "left"), Column(_("customers")),
                 money_column(base, _("margin, next 12 months"), _("revenue, next 12 months")), *worked),
        rows=tuple(rows), notes=(rule, _(
            "Win-back: more likely gone than not, silent for less than three years, and worth the contacts. Leave "
            "alone: the other lapsed ones, those that closed, and one-time buyers more likely gone than not. All "
            "others: repeat orders. The hand-over is the day a customer lapses; the file below has each customer's "
            "reason, due date, and the day and number of contacts after which to stop.")))


def due(base: Base) -> Table | Note | None:
    """Customers whose next order is due within a month, the largest order first."""
    if not base.told:
        return None
    if not base.names_shown:
        return Note(withheld())
    plan, view = plans.plan(base), base.outlook
    in_days = view.usual - base.history.silence
    told = np.isin(base.history.kind, (REGULAR, SEASONAL)) | (in_days >= 0)
    rows = np.flatnonzero((plan.list == plans.REPEAT) & np.isin(base.state, (ACTIVE, RETURNED))
                          & (base.history.gaps_n > 0) & (in_days <= _DUE) & told)
    if not len(rows):
        return Note(_("No customer's next order is due within a month by its own rhythm."))
    each = base.value.expected(base.history)
    first = rows[np.lexsort((base.history.customer[rows], -each[rows]))][:_MOST_LISTED]
    known = base.sales is not None
    lines = []
    for row, name in zip(first, base.names(first), strict=True):
        days = max(round(float(in_days[row])), 0)
        line = (name, OF_KIND[int(base.history.kind[row])], Day(last_day(base, row)), Days(float(view.usual[row])),
                Day(base.firm.as_of + dt.timedelta(days=days)), amount(base, each[row]),
                words.department(plan.owner(row)))
        lines.append((*line, WORKED[int(plan.worked[row])]) if known else line)
    return Table(
        caption=_("Orders due within a month ({n} customers), the largest first", n=len(rows)),
        columns=(Column(_("customer"), "left"), Column(_("buys"), "left"), Column(_("last order"), "left"),
                 Column(_("usual interval"), "left"), Column(_("due"), "left"),
                 money_column(base, _("margin expected of that order"), _("revenue expected of that order")),
                 Column(_("who"), "left"), *([Column(_("worked by"), "left")] if known else [])),
        rows=tuple(lines), notes=(_("Due: half of the customer's own intervals have ended by then. A day that has "
                                    "passed stands as today and is not late yet; those who order irregularly are left "
                                    "out once it has passed."),))


def win_back(base: Base) -> Table | Note | None:
    """Lapsed customers worth the contacts, the most promising first."""
    if not base.told or not len(base.rows(LAPSED)):
        return None
    plan = plans.plan(base)
    rows, back = plan.now[:_MOST_LISTED], plan.back
    if not len(rows):
        return Note(_("No lapsed customer is worth the contacts: even a third more returns than come unasked would not "
                      "pay for them."))
    if not base.names_shown:
        return Note(withheld())
    profit = back.profit
    reasons = base.register.array("left_reason", base.history.customer[rows])
    lines = [(name, Day(last_day(base, row)), reason, Share(float(back.chance[row]), 0), amount(base, back.value[row]),
              amount(base, back.unasked[row]), Points(float(back.pays_from[row])) if back.cost else None,
              *((amount(base, profit[row]),) if profit is not None else ()))
             for row, name, reason in zip(rows, base.names(rows), reasons, strict=True)]
    return Table(
        caption=_("Whom to win back ({n} customers), the most promising first", n=len(plan.sought)),
        columns=(Column(_("customer"), "left"), Column(_("last order"), "left"), Column(_("reason of leaving"), "left"),
                 Column(_("orders within a year unasked"), unit=_("%")),
                 money_column(base, _("margin of a year if it comes back"), _("revenue of a year if it comes back")),
                 money_column(base, _("expected without action"), _("expected without action")),
                 Column(_("contacts pay from a gain of")),
                 *((money_column(base, _("expected profit of the contacts"), _("expected gain of the contacts")),)
                   if profit is not None else ())),
        rows=tuple(lines), notes=_notes(base, plan))


def _notes(base: Base, plan: plans.Plan) -> tuple[Text, ...]:
    notes = []
    if plan.back.cost:
        alone = len(base.rows(LAPSED)) - len(plan.sought)
        notes.append(_("Worth it: {n} contacts of an hour each ({cost}) pay if a third more come back than unasked; "
                       "lapsed customers left alone: {alone}.", n=plans.CONTACTS, cost=Money(
                           plan.back.cost, base.firm.currency), alone=alone)
                     if plan.back.gain is None else
                     _("Worth it: {n} contacts of an hour each ({cost}) cost less than what the gain seen by lot "
                       "brings; lapsed customers left alone: {alone}.", n=plans.CONTACTS, cost=Money(
                           plan.back.cost, base.firm.currency), alone=alone))
    else:
        notes.append(_("What a contact costs is not known: add hourly_cost to sellers."))
    if base.capacity and base.capacity < len(plan.sought):
        notes.append(_("The first {n} can be sought in this quarter, the others wait.", n=base.capacity))
    return tuple(notes)
