"""The few customers who decide the next year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Interval
from insights.language import ListOf, Share, Text
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base
    from insights.topics.customer_base_plan import Plan

TOP = 10
_ = Text


def concentration(base: Base, plan: Plan) -> Finding | None:
    """The few customers who decide the next year: who they are, who should call them, what losing one would cost."""
    whole = float(base.history.year.sum())
    if whole <= 0 or len(base.history) < 2 * TOP:
        return None
    top = np.sort(base.history.year)[::-1][:TOP]
    decisive = np.lexsort((base.history.customer, -base.worth.value))[:words.half(base)]
    row, part = int(decisive[0]), float(top.sum()) / whole
    one = Interval(base.worth.value[row], base.worth.low[row], base.worth.high[row])
    alone = decisive[plan.worked[decisive] == plans.NEITHER]
    values = {
        "share": Share(part, 0), "n": TOP, "cost": words.money(base, one.value), "range": words.spread(base, one),
        "first": _first_of_all(base, decisive), "few": words.customers(len(decisive)),
        "alone": words.customers(len(alone)), "call": words.names_in_brackets(base, alone),
        "day": words.deadline(base), "later": words.deadline(base, 2)}
    if base.sales is not None and len(alone):
        statement = _("Half of next year's amount comes from {few}{first}; contacted by nobody for three months: "
                      "{alone}. Losing the largest would cost {cost} a year ({range}); the {n} largest brought {share} "
                      "of the last 12 months.", **values)
        action = _("Call those whom nobody has contacted ({alone}) by {day}, the largest first{call}, and name for "
                   "each of the {few} who looks after it and who stands in. It worked if by {later} none of them is "
                   "without a contact.", **values)
    else:
        statement = _("Half of next year's amount comes from {few}{first}. Losing the largest would cost {cost} a year "
                      "({range}); the {n} largest brought {share} of the last 12 months.", **values)
        action = _("Name for each of the {few} who looks after it and who stands in, by {later}. It worked if none of "
                   "them turns late without a visit before.", **values)
    return Finding(
        function=f"{words.TOPIC}.concentration", owner=plan.rule[plans.REPEAT], unit="share", n=len(base.history),
        method=words.COUNTED, estimate=Interval(part), rank=base.total.value / 2 * base.lost_in_a_year(),
        statement=statement, action=action, rival=_(
            "A large customer may be looked after in ways that the records of contacts do not show."))


def _first_of_all(base: Base, rows: np.ndarray) -> Text | str:
    """The first few names as the end of a clause, where the profile lets them be shown."""
    if not base.names_shown:
        return ""
    return _(", first of all {names}", names=ListOf(base.names(rows[:words.MOST_NAMED])))
