"""The customers we have as tables, figures and lists."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Days, Money, MoneyRange, Number, Share, Text
from insights.models.repeat_orders import states as of_states
from insights.models.repeat_orders import validation
from insights.topics import customer_base_doubles as of_doubles
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_words as words
from insights.topics.headlines import Headlines, choose

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

MOST_LISTED = 20
_ = Text

WORKED = {
    plans.RIGHT: _("the right one"), plans.WRONG: _("the other one"), plans.BOTH: _("both"), plans.NEITHER: _("nobody"),
    plans.UNKNOWN: _("not known"),
}

OF_KIND = {0: _("once"), 1: _("like clockwork"), 2: _("in a season"), 3: _("irregularly")}


def headlines(base: Base) -> Headlines:
    """The first screen of the page."""
    found = next((f for f in base.findings if f.function.endswith(".expected")), None)
    return choose(found.statement if found else base.missing[0], base.findings)


def of(base: Base, *functions: str) -> list[Finding]:
    """The findings of these functions."""
    return [f for name in functions for f in base.findings if f.function == f"{words.TOPIC}.{name}"]


def money_column(base: Base, margin: Text, revenue: Text) -> Column:
    """A column of amounts in the reporting currency."""
    return Column(margin if base.money == "margin" else revenue, unit=Text(base.firm.currency))


def amount(base: Base, value: float) -> Money:
    """An amount of a table."""
    return Money(float(value), base.firm.currency, exact=True)


def states(base: Base) -> Table | Note:
    """How many customers are in each state, what they bring, and what is expected of them."""
    if not base.told:
        return Note(base.missing[0])
    rows = []
    for number, name in enumerate(of_states.STATES):
        inside = np.flatnonzero(base.state == number)
        if len(inside):
            expected = base.expected_of(inside)
            rows.append((words.STATE_NAMES[name], Count(len(inside)), Share(len(inside) / len(base.state)),
                         amount(base, base.history.year[inside].sum()), amount(base, expected.value),
                         MoneyRange(expected.low, expected.high, base.firm.currency)))
    return Table(
        caption=_("State of the base on {day}", day=Day(base.firm.as_of)),
        columns=(Column(_("state"), "left"), Column(_("customers")), Column(_("share"), unit=_("%")),
                 money_column(base, _("margin, last 12 months"), _("revenue, last 12 months")),
                 money_column(base, _("margin, next 12 months"), _("revenue, next 12 months")),
                 Column(_("probably between"), "left")),
        rows=tuple(rows),
        notes=(_("Late: silent for longer than nine in ten of the customer's own intervals last. Lapsed: more "
                 "likely gone than not. Returned: active, and lapsed at some quarter's end of the last year. One-time "
                 "buyers have ordered on one day only and are in no other state. Seasonal buyers are not called late "
                 "out of season."),))


def decisive(base: Base) -> Table | Note:
    """The few customers of whom half of the money is expected."""
    if not base.told:
        return Note(base.missing[0])
    if not base.names_shown:
        return Note(withheld())
    rows = np.lexsort((base.history.customer, -base.worth.value))[:min(max(words.half(base), 5), MOST_LISTED)]
    plan = plans.plan(base)
    return _customers(base, rows, _("The few customers who decide"), plan)


def calls(base: Base) -> Table | Note:
    """Customers that are late."""
    if not base.told:
        return Note(base.missing[0])
    plan = plans.plan(base)
    rows = plan.calls()
    if not len(rows):
        return Note(_("No customer is late by its own rhythm: there is nobody to call."))
    if not base.names_shown:
        return Note(withheld())
    return _customers(base, rows[:MOST_LISTED], _("Who is to be called, the largest first"), plan)


def withheld() -> Text:
    """Why no customer is named."""
    return _("Customers are not named in this disclosure profile; the internal report has the list.")


def _customers(base: Base, rows: np.ndarray, caption: Text, plan: plans.Plan) -> Table:
    known = base.sales is not None
    owners = base.register.array("owner", base.history.customer[rows])
    owned = any(owners)
    columns = [Column(_("customer"), "left"), Column(_("state"), "left"), Column(_("last order"), "left"),
               Column(_("usual at most"), "left"), Column(_("days late")), Column(_("expected orders")),
               money_column(base, _("margin, next 12 months"), _("revenue, next 12 months")),
               Column(_("probably between"), "left"), Column(_("who"), "left")]
    if known:
        columns.append(Column(_("worked by"), "left"))
    if owned:
        columns.append(Column(_("account owner"), "left"))
    lines = []
    for row, name, owner in zip(rows, base.names(rows), owners, strict=True):
        late = float(base.outlook.late[row])
        line = [name, words.OF_ONE[plans.state_name(base, row)], Day(last_day(base, row)),
                Days(float(base.outlook.limit[row])), Count(round(late)) if late > 0 else None,
                Number(float(base.outlook.expected[row]), 1), amount(base, base.worth.value[row]),
                MoneyRange(float(base.worth.low[row]), float(base.worth.high[row]), base.firm.currency),
                words.department(plan.owner(row)) if plan.owner(row) else _("leave alone")]
        lines.append((*line, *((WORKED[int(plan.worked[row])],) if known else ()), *((owner,) if owned else ())))
    return Table(caption=caption, columns=tuple(columns), rows=tuple(lines))


def last_day(base: Base, row: int) -> dt.date:
    """The day of a customer's last order."""
    return base.firm.as_of - dt.timedelta(days=int(base.history.silence[row]))


def doubles(base: Base) -> Table | Note | None:
    """Customers that are likely one firm."""
    return of_doubles.table(base)


def forecasts(base: Base) -> Table | Note:
    """Forecasts that would have been made on earlier days, and what came."""
    if not base.scored:
        return Note(_("The orders reach back less than two years, so no forecast of an earlier year can be checked: "
                      "the range rests on earlier quarters (so far {n}) and on how unsure a young model is.",
                      n=base.quarters))
    rows = [(Day(s.day), Count(s.customers), Number(s.expected[base.choice], 0), Count(int(s.orders)),
             amount(base, s.money[base.choice].forecast), amount(base, s.money[base.choice].came),
             amount(base, s.repeated))
            for s in base.scored]
    return Table(
        caption=_("Earlier forecasts for 12 months, and what came"),
        columns=(Column(_("made on"), "left"), Column(_("customers then")), Column(_("orders expected")),
                 Column(_("orders placed")), money_column(base, _("margin expected"), _("revenue expected")),
                 money_column(base, _("margin received"), _("revenue received")),
                 money_column(base, _("the year before, repeated"), _("the year before, repeated"))),
        rows=tuple(rows), notes=(*_pooled(base), _("Each forecast is made from what was known on its day, for the "
                                   "customers of that day."),))


def _pooled(base: Base) -> tuple[Text, ...]:
    """Whether segments take part in the forecast of today."""
    names = {"industry": _("industry"), "size": _("size"), "country": _("country")}
    found = base.parts.get("segment")
    if found is None:
        return (_("By industry, size or country customers did not order more or less than their own orders say, so no "
                  "segment takes part in the forecast."),)
    return (_("Today's forecast also rests on how often customers of the same {dimension} order, drawn towards all: it "
              "would have been better in the latest year.", dimension=names[found.dimension]),)


def calibration(base: Base) -> Table | Note | None:
    """Promised chance of a silent year against what came."""
    if not base.scored:
        return None
    rows = [(_("{low} to {high}", low=Share(low, 0), high=Share(high, 0)), Count(n), Share(promised, 0), Share(seen, 0))
            for low, high, n, promised, seen in validation.calibration(list(base.scored))]
    return Table(
        caption=_("Does the promise hold? Customers by their promised chance of a year without an order"),
        columns=(Column(_("promised chance"), "left"), Column(_("customers")), Column(_("promised, mean"), unit=_("%")),
                 Column(_("stayed silent"), unit=_("%"))),
        rows=tuple(rows), collapsed=True)


def missing(base: Base) -> list[Note]:
    """What the page could not tell, and why."""
    texts, firm = list(base.missing), base.firm
    if not firm.has("touches"):
        texts.append(_("Who works which customer is not known: the table touches is missing."))
    if base.money == "revenue":
        texts.append(_("Cost is known for less than 95% of revenue, so money is revenue, not margin."))
    if firm.strategy is None:
        texts.append(_("There is no strategy file that says who works repeat orders and who win-back; here sales does "
                       "the one and marketing the other."))
    if base.told and not base.scored:
        texts.append(_("The orders reach back less than two years: no forecast of a past year can be checked, and no "
                       "season can be told from a rhythm, so more of those called lapsed may come back than is said."))
    return [Note(text) for text in texts] or [Note(_("Nothing that this page asks for is missing."))]
