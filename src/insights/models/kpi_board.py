"""The scoreboard's arithmetic: events by month, added up to any run of months, and the KPIs made of the sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Interval
from insights.evidence.words import LEVEL
from insights.models.kpi_months import employed, month_number, month_start, stock

if TYPE_CHECKING:
    import pyarrow as pa

BY_CREATION = ("leads", "bought", "bought_mql", "in_time", "in_time_margin")
BY_CLOSING = ("won", "lost", "returned", "revenue", "margin", "costed", "bought_margin", "bought_won", "listed",
              "at_list", "revenue_2", "days", "timed", "offered_closed")
CUSTOMERS = ("new", "repeat_due", "repeat", "lapsed", "won_back")
COSTED = 0.95


@dataclass(frozen=True)
class Value:
    """A KPI's figure for a run of months: its interval (none for an exact total), the cases behind it, and whether all
    of them are old enough to tell."""

    figure: Interval
    n: int
    mature: bool = True

    @property
    def known(self) -> bool:
        return self.figure.value is not None


NOTHING = Value(Interval(None), 0)


@dataclass(frozen=True)
class Board:
    """Sums by month. `first` is the number of the first month; `flows` has an array for each event, one entry for each
    month; `triangle` wins by month of creation and month of the win; `open_` leads never closed by month of creation.

    `design` is the design effect of companies on shares, `horizon` the days of a cohort's conversion, `as_of` the last
    visible day. Months without any lead are there, with zeros.
    """

    first: int
    as_of: dt.date
    horizon: int
    flows: dict[str, np.ndarray]
    triangle: np.ndarray
    design: float = 1.0
    margin_known: bool = True
    opportunities: bool = False
    undated: dict[str, float] = field(default_factory=dict)

    @property
    def months(self) -> int:
        return len(self.flows["leads"])

    @property
    def last(self) -> int:
        return self.first + self.months - 1

    def span(self, start: dt.date, end: dt.date) -> tuple[int, int]:
        """The months (positions, half-open) of a range of days that begins and ends with a month, end excluded."""
        return month_number(start) - self.first, month_number(end) - self.first

    def total(self, event: str, lo: int, hi: int) -> float:
        """How many, or how much, of an event in the months lo (included) to hi (not); zero outside the records."""
        series = self.flows.get(event)
        if series is None:
            return 0.0
        return float(series[max(lo, 0):max(hi, 0)].sum())

    def has(self, event: str) -> bool:
        """Whether the event occurs at all."""
        return event in self.flows and bool(np.any(self.flows[event]))

    def mature(self, hi: int) -> bool:
        """Whether every lead created before month hi is at least a horizon old."""
        return month_start(self.first + hi) + dt.timedelta(days=self.horizon - 1) <= self.as_of

    def coverage(self, hi: int, plan: float) -> Value:
        """Pipeline coverage at the end of month hi (not included): what is on offer over a plan for revenue."""
        if not self.has("open_value") or not 0 < hi <= self.months or plan <= 0:
            return NOTHING
        return Value(Interval(float(self.flows["open_value"][hi - 1]) / plan), 1)

    def value(self, kpi: str, lo: int, hi: int) -> Value:
        """A KPI over the months lo to hi; nothing where what it is made of is not recorded."""
        if hi <= 0 or lo >= self.months:
            return NOTHING
        return _FORMULAS[kpi](self, lo, hi) if kpi in _FORMULAS else NOTHING


def board(outcomes: pa.Table, stages: pa.Table, as_of: dt.date, horizon: int, *, spend: pa.Table | None = None,
          repeats: pa.Table | None = None, hand_over: pa.Table | None = None, design: float = 1.0,
          opportunities: bool = False, customers: pa.Table | None = None, pipeline: pa.Table | None = None,
          seller_time: pa.Table | None = None) -> Board:
    """The sums of the queries of `metrics.kpis` and `metrics.kpi_customers` on one axis of months, from the first event
    to the month of as_of. `open_value` is no sum: it is what is on offer at each month's end."""
    rows, last = outcomes.to_pylist(), month_number(as_of)
    dates = [month_number(row[name]) for row in rows for name in ("created", "ended") if row[name] is not None]
    first = min([*dates, last])
    size = last - first + 1
    flows = {name: np.zeros(size) for name in (*BY_CREATION, *BY_CLOSING, "closed")}
    triangle, undated = np.zeros((size, size)), {"leads": 0.0, "won": 0.0}
    for row in rows:
        created = None if row["created"] is None else month_number(row["created"]) - first
        ended = None if row["ended"] is None else month_number(row["ended"]) - first
        if created is None:
            undated["leads"] += row["leads"]
        else:
            for name in BY_CREATION:
                flows[name][created] += row[name] or 0
        if row["outcome"] == "open":
            continue
        if ended is None:
            undated["won"] += row["leads"] * (row["outcome"] == "won")
            continue
        flows[row["outcome"]][ended] += row["leads"]
        if row["outcome"] in ("won", "lost"):
            flows["offered_closed"][ended] += row["offered"] or row["revenue"] or 0
        if row["outcome"] == "won":
            flows["bought_won"][ended] += row["bought"]
            for name in BY_CLOSING[3:-1]:
                if name != "bought_won":
                    flows[name][ended] += float(row[name] or 0)
            if created is not None:
                triangle[created, ended] += row["leads"]
    for table, name, column in ((spend, "spend", "spend"), (repeats, "repeat_orders", "orders"),
                                (repeats, "repeat_revenue", "revenue")):
        if table is not None:
            flows[name] = _series(table.to_pylist(), column, first, size)
    for row in stages.to_pylist():
        _add(flows.setdefault(row["stage"], np.zeros(size)), month_number(row["month"]) - first, row["leads"])
    for name in ("old", "touched_in_time", "due", "accepted_in_time", "returned_of_due"):
        if hand_over is not None:
            column = {"touched_in_time": "in_time", "accepted_in_time": "accepted", "returned_of_due": "returned"}
            flows[name] = _series(hand_over.to_pylist(), column.get(name, name), first, size)
    for name in CUSTOMERS if customers is not None else ():
        flows[name] = _series(customers.to_pylist(), name, first, size)
    if pipeline is not None:
        flows["open_value"] = stock(pipeline.to_pylist(), first, size)
    if seller_time is not None:
        flows["seller_cost"] = employed(seller_time.to_pylist(), first, size, as_of)
    revenue = flows["revenue"].sum()
    return Board(first, as_of, max(horizon, 1), flows, triangle, design, opportunities=opportunities, undated=undated,
                 margin_known=bool(revenue) and flows["costed"].sum() >= COSTED * revenue)


def _series(rows: Iterable[dict], column: str, first: int, size: int) -> np.ndarray:
    series = np.zeros(size)
    for row in rows:
        _add(series, month_number(row["month"]) - first, row[column] or 0)
    return series


def _add(series: np.ndarray, place: int, amount: float) -> None:
    if 0 <= place < len(series):
        series[place] += float(amount)


def share(k: float, n: float, design: float = 1.0) -> Interval:
    """A share with Wilson's interval on the effective number of cases."""
    from scipy.special import ndtri

    if n <= 0:
        return Interval(None)
    p, z, m = k / n, float(ndtri((1 + LEVEL) / 2)), n / max(design, 1.0)
    centre, half = (p + z * z / (2 * m)) / (1 + z * z / m), z / (1 + z * z / m) * np.sqrt(
        p * (1 - p) / m + z * z / (4 * m * m))
    return Interval(p, float(np.clip(min(centre - half, p), 0, 1)), float(np.clip(max(centre + half, p), 0, 1)))


def _count(event: str):
    def formula(b: Board, lo: int, hi: int) -> Value:
        if event not in ("leads", "won") and not b.has(event):
            return NOTHING
        total = b.total(event, lo, hi)
        return Value(Interval(total), round(total))
    return formula


def _money(event: str, behind: str = "won"):
    def formula(b: Board, lo: int, hi: int) -> Value:
        if not b.has(event) or (event == "margin" and not b.margin_known):
            return NOTHING
        return Value(Interval(round(b.total(event, lo, hi), 2)), round(b.total(behind, lo, hi)))
    return formula


def _per(money: str, number: str):
    def formula(b: Board, lo: int, hi: int) -> Value:
        n = b.total(number, lo, hi)
        return Value(Interval(b.total(money, lo, hi) / n), round(n)) if n and b.has(money) else NOTHING
    return formula


def _share(part: str, whole: tuple[str, ...]):
    def formula(b: Board, lo: int, hi: int) -> Value:
        n = sum(b.total(name, lo, hi) for name in whole)
        if not n or not all(b.has(name) for name in whole):
            return NOTHING
        return Value(share(b.total(part, lo, hi), n, b.design), round(n))
    return formula


def _ratio(part: str, whole: str):
    def formula(b: Board, lo: int, hi: int) -> Value:
        n = b.total(whole, lo, hi)
        return Value(Interval(b.total(part, lo, hi) / n), round(b.total("won", lo, hi))) if n else NOTHING
    return formula


def _conversion(b: Board, lo: int, hi: int) -> Value:
    n = b.total("leads", lo, hi)
    if not n or (b.opportunities and not b.has("in_time")):
        return NOTHING
    return Value(share(b.total("in_time", lo, hi), n, b.design), round(n), b.mature(hi))


def _margin_per_lead(b: Board, lo: int, hi: int) -> Value:
    n, wins = b.total("leads", lo, hi), b.total("in_time", lo, hi)
    if not n or not b.margin_known:
        return NOTHING
    figure = b.total("in_time_margin", lo, hi) / n
    # The spread of a sum of deals: the number won, and deals about as unequal as the firm's.
    unequal = 1 + _variation(b, 0, b.months)
    error = abs(figure) * np.sqrt(b.design * unequal / max(wins, 1.0)) * 1.645
    return Value(Interval(figure, figure - error, figure + error), round(n), b.mature(hi))


def _variation(b: Board, lo: int, hi: int) -> float:
    """The squared coefficient of variation of the deals."""
    n, total = b.total("won", lo, hi), b.total("revenue", lo, hi)
    return max(n * b.total("revenue_2", lo, hi) / total**2 - 1, 0.0) if n and total else 0.0


def _average_deal(b: Board, lo: int, hi: int) -> Value:
    n = b.total("won", lo, hi)
    if not n or not b.total("revenue", lo, hi):
        return NOTHING
    mean = b.total("revenue", lo, hi) / n
    error = 1.645 * mean * np.sqrt(max(_variation(b, lo, hi), _variation(b, 0, b.months)) / n)
    return Value(Interval(mean, max(mean - error, 0.0), mean + error), round(n))


def _growth(b: Board, lo: int, hi: int) -> Value:
    before = b.total("mql", lo - (hi - lo), lo)
    if lo - (hi - lo) < 0 or not before:
        return NOTHING
    return Value(Interval(b.total("mql", lo, hi) / before - 1), round(before))


def _romi(b: Board, lo: int, hi: int) -> Value:
    spend = b.total("spend", lo, hi)
    if not spend or not b.margin_known:
        return NOTHING
    return Value(Interval((b.total("bought_margin", lo, hi) - spend) / spend), round(b.total("bought_won", lo, hi)))


def _cac(b: Board, lo: int, hi: int) -> Value:
    n = b.total("new", lo, hi)
    if not n or not b.has("spend") or not b.has("seller_cost"):
        return NOTHING
    return Value(Interval((b.total("spend", lo, hi) + b.total("seller_cost", lo, hi)) / n), round(n))


def _velocity(b: Board, lo: int, hi: int) -> Value:
    """Money a day: opportunities times win rate times average deal over the days to a win."""
    won, closed = b.total("won", lo, hi), b.total("won", lo, hi) + b.total("lost", lo, hi)
    days, timed = b.total("days", lo, hi), b.total("timed", lo, hi)
    if not won or not days or not b.has("opportunity"):
        return NOTHING
    cycle = days / timed
    return Value(Interval(b.total("opportunity", lo, hi) * won / closed * b.total("revenue", lo, hi) / won / cycle),
                 round(closed))


_FORMULAS = {
    "leads": _count("leads"), "mql": _count("mql"), "accepted": _count("accepted"),
    "opportunities": _count("opportunity"), "won": _count("won"), "spend": _money("spend", "leads"),
    "cost_per_lead": _per("spend", "bought"), "cost_per_mql": _per("spend", "bought_mql"),
    "cost_per_won": _per("spend", "bought_won"), "romi": _romi, "margin_per_lead": _margin_per_lead,
    "lead_velocity": _growth, "speed_to_lead": _share("touched_in_time", ("old",)),
    "acceptance_rate": _share("accepted_in_time", ("due",)), "return_rate": _share("returned_of_due", ("due",)),
    "win_rate": _share("won", ("won", "lost")), "win_rate_by_value": _ratio("revenue", "offered_closed"),
    "conversion": _conversion, "sales_cycle": _per("days", "timed"), "average_deal": _average_deal,
    "price_realisation": _ratio("listed", "at_list"), "revenue": _money("revenue"), "margin": _money("margin"),
    "repeat_revenue": _money("repeat_revenue", "repeat_orders"), "repeat_orders": _count("repeat_orders"),
    "sales_velocity": _velocity, "cac": _cac, "repeat_rate": _share("repeat", ("repeat_due",)),
    "win_back_rate": _share("won_back", ("lapsed",)),
}
