"""The base over time: states and the flows between them, repeat orders by age, segments, and RFM beside the model."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.figures.model import Column, Note, Table
from insights.language import Count, Country, Day, Industry, Money, MoneyRange, Month, Share, ShareRange, SizeBand, Text
from insights.metrics import customers as customer_metrics
from insights.models.proportions import share
from insights.models.repeat_orders.states import (
    ACTIVE,
    CLOSED,
    LAPSED,
    LATE,
    ONE_TIME,
    RETURNED,
    STATES,
    flows,
)
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

MARKS = (90, 180, 365, 730)
SEGMENTS = ("industry", "size", "country")
MIN_CUSTOMERS = 5
_FEWEST_RFM, _MOST_ROWS = 25, 12
_ = Text

RFM = {
    "best": _("best (recent and frequent)"), "loyal": _("loyal (frequent)"), "new": _("new or rare (recent, seldom)"),
    "at_risk": _("at risk (frequent, not recent)"), "lost": _("lost (seldom, not recent)"), "middle": _("in between"),
}
_NAMES = {"industry": Industry, "size": SizeBand, "country": Country}


def over_time(base: Base) -> Table | Note:
    """Customers in each state at the quarters' ends."""
    if len(base.over_time) < 2:
        return Note(_("The orders reach back too short for states over time."))
    closed = any((state == CLOSED).any() for _day, state in base.over_time)
    shown = [ACTIVE, LATE, LAPSED, ONE_TIME, *([CLOSED] if closed else [])]
    rows = []
    for day, state in base.over_time:
        counts = np.bincount(state[state >= 0], minlength=len(STATES))
        rows.append((Day(day), *(Count(int(counts[s])) for s in shown), Count(int(counts.sum()))))
    return Table(
        caption=_("States of the base over time"),
        columns=(Column(_("day"), "left"), *(Column(words.STATE_NAMES[STATES[s]]) for s in shown), Column(_("all"))),
        rows=tuple(rows), notes=(
            _("All days are judged with today's models; customers who came back count as active."),))


def flow_table(base: Base) -> Table | Note | None:
    """Where the customers of a year ago are now."""
    before = [(day, state) for day, state in base.over_time if (base.firm.as_of - day).days in (364, 365)]
    if not before:
        return None
    now = np.full(len(base.register), -1)
    now[base.history.customer] = np.where(base.state == RETURNED, ACTIVE, base.state)
    table = flows(before[0][1], now)
    shown = [s for s in (ACTIVE, LATE, LAPSED, ONE_TIME, CLOSED) if table[s].any() or table[:, s].any()]
    names = {s: words.STATE_NAMES[STATES[s]] for s in shown}
    rows = [(names[s], *(Count(int(table[s, t])) for t in shown), Count(int(table[s].sum()))) for s in shown]
    rows.append((_("not yet a customer"), *(Count(int(table[-1, t])) for t in shown), Count(int(table[-1].sum()))))
    return Table(
        caption=_("From their state on {day} (rows) to that of today (columns)", day=Day(before[0][0])),
        columns=(Column(_("a year ago"), "left"), *(Column(names[s]) for s in shown), Column(_("all"))),
        rows=tuple(rows))


def cohorts(base: Base) -> Table | Note:
    """Share of new customers that ordered again, by half-year of the first order and age; mature cells only."""
    as_of = base.firm.as_of
    first = base.totals["first_day"] or as_of
    marks = tuple(m for m in MARKS if m <= (as_of - first).days)
    if not marks:
        return Note(_("The orders reach back less than three months: no share of repeat orders is mature."))
    rows, sums = [], {mark: [0, 0] for mark in marks}
    for row in base.firm.query(customer_metrics.repeat_by_age(as_of, marks)).to_pylist():
        line: list[object] = [Month(row["half"]), Count(row["customers"])]
        for mark in marks:
            mature = row["youngest"] + dt.timedelta(days=mark) <= as_of
            if mature:
                sums[mark][0] += row[f"within_{mark}"]
                sums[mark][1] += row["customers"]
            line.append(_interval(row[f"within_{mark}"], row["customers"]) if mature and row[
                "customers"] >= MIN_CUSTOMERS else None)
        rows.append(tuple(line))
    rows.append((_("all mature ones"), None, *(_interval(*sums[mark]) if sums[mark][1] else None for mark in marks)))
    return Table(
        caption=_("Ordered again within so many days of the first order"),
        columns=(Column(_("half-year from"), "left"), Column(_("new customers")),
                 *(Column(_("{n} days", n=mark), "left") for mark in marks)),
        rows=tuple(rows), notes=(_("A cell is empty until its youngest customer is old enough, and where there are "
                                   "fewer than five."),))


def _interval(k: int, n: int) -> Text:
    found = share(k, n)
    return _("{value} ({range})", value=Share(found.value, 0), range=ShareRange(found.low, found.high, 0))


def segments(base: Base, key: str) -> Table | None:
    """States and expected money by segment; groups under five customers stand together."""
    if not base.told:
        return None
    values = base.register.array(key, base.history.customer)
    groups: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        groups.setdefault(value or "", []).append(row)
    large = {name: rows for name, rows in groups.items() if name and len(rows) >= MIN_CUSTOMERS}
    if len(large) < 2:
        return None
    ordered = sorted(large, key=lambda name: (-base.worth.value[large[name]].sum(), name))
    rest = [r for name, rows in groups.items() if name and name not in ordered[:_MOST_ROWS] for r in rows]
    lines = [(_NAMES[key](name), large[name]) for name in ordered[:_MOST_ROWS]]
    lines += [(_("all others"), rest)] if len(rest) >= MIN_CUSTOMERS else []
    rows = []
    for name, inside in lines:
        of, expected = np.array(inside), base.expected_of(np.array(inside))
        repeat = share(int((base.history.orders[of] > 1).sum()), len(of))
        rows.append((name, Count(len(of)), _("{value} ({range})", value=Share(repeat.value, 0), range=ShareRange(
            repeat.low, repeat.high, 0)), Count(int((base.state[of] == LATE).sum())),
            Count(int((base.state[of] == LAPSED).sum())),
            Money(expected.value, base.firm.currency, exact=True), MoneyRange(
                expected.low, expected.high, base.firm.currency)))
    titles = {"industry": _("industry"), "size": _("size"), "country": _("country")}
    from insights.topics.customer_base_view import money_column

    return Table(
        caption=_("The base by {dimension}", dimension=titles[key]),
        columns=(Column(titles[key], "left"), Column(_("customers")), Column(_("ordered again"), "left"),
                 Column(words.STATE_NAMES["late"]), Column(words.STATE_NAMES["lapsed"]),
                 money_column(base, _("margin, next 12 months"), _("revenue, next 12 months")),
                 Column(_("probably between"), "left")),
        rows=tuple(rows), collapsed=True)


def scores(base: Base) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Recency, frequency and money of each customer, 1 to 5 (5 best) by fifths; equal customers get equal scores."""
    def fifths(values: np.ndarray) -> np.ndarray:
        _distinct, place, count = np.unique(values, return_inverse=True, return_counts=True)
        middle = (np.cumsum(count) - count / 2) / len(values)
        return np.minimum(np.floor(middle[place] * 5) + 1, 5).astype(int)

    return fifths(-base.history.silence), fifths(base.history.orders), fifths(base.history.total)


def rfm_group(recency: np.ndarray, frequency: np.ndarray) -> np.ndarray:
    """The groups people know, by name."""
    group = np.full(len(recency), "middle", dtype=object)
    group[(recency >= 4) & (frequency <= 2)] = "new"
    group[frequency >= 4] = "loyal"
    group[(recency >= 4) & (frequency >= 4)] = "best"
    group[(recency <= 2) & (frequency >= 3)] = "at_risk"
    group[(recency <= 2) & (frequency <= 2)] = "lost"
    return group


def rfm(base: Base) -> Table | Note:
    """RFM beside the model, and where they disagree."""
    if not base.told or len(base.history) < _FEWEST_RFM:
        return Note(_("Fewer than twenty-five customers cannot be cut into fifths."))
    recency, frequency, _money = scores(base)
    group = rfm_group(recency, frequency)
    good, gone = np.isin(base.state, (ACTIVE, RETURNED)), np.isin(base.state, (LATE, LAPSED, CLOSED))
    rows = []
    for name, title in RFM.items():
        inside = group == name
        if inside.any():
            wrong = inside & (good if name in ("at_risk", "lost") else gone)
            rows.append((title, Count(int(inside.sum())), Count(int((inside & good).sum())),
                         Count(int((inside & gone).sum())), Count(int((inside & (base.state == ONE_TIME)).sum())),
                         Money(float(base.worth.value[inside].sum()), base.firm.currency, exact=True),
                         Count(int(wrong.sum())) if name != "middle" else None))
    from insights.topics.customer_base_view import money_column

    return Table(
        caption=_("Recency, frequency and money (RFM) beside the customers' own rhythm"),
        columns=(Column(_("RFM group"), "left"), Column(_("customers")), Column(_("active by rhythm")),
                 Column(_("late or lapsed by rhythm")), Column(_("one-time buyers")),
                 money_column(base, _("margin, next 12 months"), _("revenue, next 12 months")),
                 Column(_("where the two disagree"))),
        rows=tuple(rows), notes=(_(
            "Fifths of all customers, five is best. RFM measures every customer with one clock: it calls slow and "
            "seasonal ones at risk or lost while they order as always, and frequent ones the best while they are late "
            "already."),))


def repeat_orders(base: Base) -> Table | Note:
    """First and later orders: how many, and what they brought in the last twelve months and the twelve before."""
    if not base.told:
        return Note(base.missing[0])
    h = base.history
    again = h.orders > 1
    found = share(int(again.sum()), len(again))
    gaps = h.gaps_days[again] / h.gaps_n[again]
    rows = (
        (_("customers who ordered again, of all"), _("{value} ({range})", value=Share(found.value, 0), range=ShareRange(
            found.low, found.high, 0))),
        (_("usual interval between orders, the middle half of customers"), _("{low} to {high} days", low=Count(
            round(float(np.quantile(gaps, 0.25)))), high=Count(round(float(np.quantile(gaps, 0.75))))) if len(gaps)
         else None),
        (_("order days of the last 12 months"), Count(int(h.recent.sum()))),
        (_("share of the last 12 months brought by customers older than a year"), Share(float(
            h.year[h.age > 365].sum() / h.year.sum()), 0) if h.year.sum() > 0 else None),
        (_("buy like clockwork, in a season, irregularly, once"), _("{a}, {b}, {c}, {d}", **dict(zip("abcd", (
            Count(int((h.kind == k).sum())) for k in (1, 2, 3, 0)), strict=True)))),
    )
    return Table(caption=_("Repeat orders in figures"), columns=(Column(_("measure"), "left"), Column(_("figure"))),
                 rows=rows)
