"""The customers we have: who orders again, who is late, who has left, what they will bring, and who works them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np

from insights.evidence import Finding, Interval
from insights.firm import Firm
from insights.language import Text
from insights.metrics import bought_products as product_metrics
from insights.metrics import customers as customer_metrics
from insights.metrics import orders as order_metrics
from insights.metrics.sql import text as sql_text
from insights.models.repeat_orders import ignorance, pooling, validation
from insights.models.repeat_orders import outlook as outlooks
from insights.models.repeat_orders import states as of_states
from insights.models.repeat_orders import worth as worths
from insights.models.repeat_orders.fitting import Z90
from insights.models.repeat_orders.history import ONCE, SEASONAL, History

TOPIC = "customer_base"
COVERED = 0.95
QUARTERS = 8
WORKED_DAYS = 90
SEGMENTS = ("industry", "size", "country")
_MANY = 200_000
_ = Text


@dataclass(frozen=True)
class Register:
    """One row per customer ever, by number: what is written of it in the company register."""

    columns: dict[str, list]

    def __len__(self) -> int:
        return len(self.columns["company_id"])

    def array(self, name: str, rows: np.ndarray) -> list:
        """The values of a column for these customers."""
        values = self.columns[name]
        return [values[row] for row in rows]

    def before(self, name: str, day: dt.date) -> np.ndarray:
        """Whether the date of a column lies on or before the day (empty: no)."""
        return np.array([value is not None and value <= day for value in self.columns[name]], dtype=bool)

    def bought_before(self) -> np.ndarray:
        """Whether the customer is known to have ordered before the orders delivered."""
        pairs = zip(self.columns["first_order_on"], self.columns["first_day"], strict=True)
        return np.array([known is not None and known < first for known, first in pairs], dtype=bool)


@dataclass(frozen=True)
class Base:
    """The topic's result. Arrays have one row per customer that had ordered by the as-of day, `history.customer` being
    its number in the register; `money` says what is counted, margin or revenue; `quarters` how many earlier
    quarters its interval rests on; `capacity` how many lapsed customers can be sought in a quarter (0: as many as are
    worth it)."""

    firm: Firm
    totals: dict
    money: str = "margin"
    register: Register | None = None
    history: History | None = None
    models: outlooks.Models | None = None
    choice: str = ""
    outlook: outlooks.Outlook | None = None
    value: worths.Value | None = None
    worth: worths.Worth | None = None
    total: worths.Total | None = None
    scored: tuple[validation.Scored, ...] = ()
    state: np.ndarray | None = None
    over_time: tuple[tuple[dt.date, np.ndarray], ...] = ()
    sales: np.ndarray | None = None
    marketing: np.ndarray | None = None
    findings: tuple[Finding, ...] = ()
    missing: tuple[Text, ...] = ()
    quarters: int = 0
    capacity: int = 0
    parts: dict[str, object] = field(default_factory=dict)
    sql: str = field(default="", repr=False)

    @property
    def told(self) -> bool:
        """Whether anything can be said of repeat orders."""
        return self.total is not None

    @property
    def from_deals(self) -> bool:
        """Whether won deals stand for orders."""
        return not self.firm.has("orders")

    @property
    def names_shown(self) -> bool:
        """Whether the disclosure profile lets customers be named."""
        return self.firm.profile == "internal"

    def rows(self, *states: int) -> np.ndarray:
        """Customers in these states, the most valuable a year first."""
        found = np.flatnonzero(np.isin(self.state, states))
        return found[np.lexsort((self.history.customer[found], -self.usual[found]))]

    def back_within_year(self, *states: int) -> tuple[int, int]:
        """Of the customers in these states a year ago: how many there were, and how many have ordered since."""
        day, then = next(((d, s) for d, s in self.over_time if (self.firm.as_of - d).days in (364, 365)), (None, None))
        if then is None:
            return 0, 0
        there = np.isin(then[self.history.customer], states)
        return int(there.sum()), int((there & (self.history.silence < (self.firm.as_of - day).days)).sum())

    def lost_in_a_year(self) -> float:
        """Share of the customers active a year ago who are late or have lapsed by now; a twentieth where unknown."""
        back = next((then for day, then in self.over_time if (self.firm.as_of - day).days in (364, 365)), None)
        before = back[self.history.customer] == of_states.ACTIVE if back is not None else np.zeros(0, dtype=bool)
        if not before.any():
            return 0.05
        return float(np.isin(self.state[before], (of_states.LATE, of_states.LAPSED)).mean())

    def expected_of(self, rows: np.ndarray) -> Interval:
        """Money expected of these customers together within a year."""
        middle = float(self.worth.value[rows].sum())
        spread = Z90 * float(np.sqrt(self.worth.variance[rows].sum() + (self.total.common * middle) ** 2))
        return Interval(middle, max(middle - spread, min(middle, 0.0)), middle + spread)

    @property
    def usual(self) -> np.ndarray:
        """Money of a usual year of each customer: the larger of the last 365 days' and the mean of its years."""
        years = np.maximum(self.history.age, 365.0) / 365.0
        return np.maximum(self.history.year, self.history.total / years)

    def names(self, rows: np.ndarray) -> list[str]:
        """Names of customers."""
        return self.register.array("name", self.history.customer[rows])


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, the weightiest first."""
    return list(judge(firm).findings)


def judge(firm: Firm, capacity: int = 0) -> Base:
    """Count, fit, check against past years, and say.

    Orders are those up to the as-of day; where no table of orders was delivered, won deals stand for them. Without
    either, or without any customer, the result says so.
    """
    from insights.topics import customer_base_words as words

    if not firm.has("orders") and not firm.has("leads", "lead_stages"):
        return Base(firm, {}, missing=(words.nothing_delivered(),))
    prepare(firm)
    totals = firm.row(order_metrics.order_totals(firm.as_of, firm.has("orders")))
    if not totals["order_days"]:
        return Base(firm, totals, missing=(words.no_order_yet(),))
    money = "margin" if (totals["costed_share"] or 0) >= COVERED else "revenue"
    base = _measured(Base(firm, totals, money, capacity=int(capacity)))
    found = words.findings(base)
    places = {"sql": base.sql, "read_from": f"{order_metrics.DAYS}@{firm.data_hash[:12]}"}
    return replace(base, findings=tuple(sorted((f.at(**places) for f in found), key=lambda f: (-f.rank, f.id))))


def prepare(firm: Firm) -> None:
    """Build the relations of orders once."""
    firm.relation(order_metrics.LINES, order_metrics.order_lines(
        firm.as_of, orders=firm.has("orders"), products=firm.has("products"), keys=firm.has("company_keys")))
    firm.relation(order_metrics.DAYS, order_metrics.order_days())
    firm.relation(order_metrics.CUSTOMERS, order_metrics.customers(firm.company_grain))


def _measured(base: Base) -> Base:
    firm = base.firm
    expression = order_metrics.counts(firm.as_of, base.money)
    base = replace(base, register=Register(firm.query(order_metrics.register()).to_pydict()), sql=sql_text(expression))
    older = base.register.bought_before()

    def history(day: dt.date) -> History:
        return History.of(day, firm.query(order_metrics.counts(day, base.money)), older)

    now = history(firm.as_of)
    models = outlooks.fit(now)
    base = replace(base, history=now, models=models, **_contacts(base, now))
    if models.rhythm is None:
        return replace(base, missing=(_only_one_order(),), state=_states(base, now, None))
    scored = validation.score(history, validation.days(base.totals["first_day"], firm.as_of), models)
    choice = validation.choose(scored, models)
    view, value = outlooks.outlook(now, models, choice), worths.fit_value(now)
    segment = pooling.pooled(scored, base.register.columns, SEGMENTS)
    if segment is not None:
        view = view.paced(segment.of(base.register.array(segment.dimension, now.customer)))
    worth = worths.worth(now, view, value)
    later = validation.quarters(history, validation.later_days(base.totals["first_day"], firm.as_of), scored)
    quarters = [quarter[choice] for quarter in (*later, *(s.quarter for s in scored)) if choice in quarter]
    unsure = 0.0 if scored else ignorance.of_parameters(now, models, choice, value)
    total = worths.total(worth, [s.money[choice] for s in scored], quarters, unsure)
    base = replace(
        base, choice=choice, outlook=view, value=value, worth=worth, total=total, scored=tuple(scored),
        quarters=len(quarters))
    series = _over_time(base, history)
    base = replace(base, over_time=tuple(series), state=_returned(_states(base, now, view), now, series))
    return replace(base, parts={"segment": segment, **_parts(base, history)})


def _parts(base: Base, history) -> dict[str, object]:
    """What the sections of the page add, each on its own."""
    from insights.topics import customer_base_doubles as doubles
    from insights.topics import customer_base_leads as leads
    from insights.topics import customer_base_products as products
    from insights.topics import customer_base_winback as win_back

    firm = base.firm
    names = firm.query(product_metrics.product_names()).to_pylist() if firm.has("products") else []
    through = order_metrics.through_leads(firm.as_of, base.money)
    hour = firm.row(customer_metrics.seller_hour())["cost"] if firm.has("sellers") else None
    return {
        "through_leads": None if base.from_deals else firm.row(through)["share"], "hour": hour,
        "doubles": doubles.measure(base.register), "leads": leads.measure(firm, hour),
        "product_names": {row["product_id"]: row["name"] for row in names}, **products.measure(base),
        "win_back": win_back.measure(base, lambda day: _knowing(history(day), base.history))}


def _only_one_order() -> Text:
    return _("No customer has ordered on more than one day, so nothing can be said of repeat orders, of lateness or of "
             "who has lapsed.")


def _states(base: Base, history: History, view: outlooks.Outlook | None) -> np.ndarray:
    before = base.register.bought_before()[history.customer]
    closed = base.register.before("closed_on", history.day)[history.customer]
    if view is None:
        found = np.full(len(history), of_states.ONE_TIME)
        found[before] = of_states.ACTIVE
        found[closed] = of_states.CLOSED
        return found
    return of_states.states(history, view, bought_before=before, closed=closed)


def _over_time(base: Base, history) -> list[tuple[dt.date, np.ndarray]]:
    """States on the as-of day and the quarters before it, judged with today's models and what is known today of who
    buys in a season; -1 where a customer had not ordered yet. Very large bases are looked at once a year."""
    step = 365 if len(base.register) > _MANY else 91
    day, series = base.firm.as_of, []
    while day >= base.totals["first_day"] + dt.timedelta(days=180) and len(series) <= QUARTERS:
        then = base.history if day == base.firm.as_of else _knowing(history(day), base.history)
        view = base.outlook if day == base.firm.as_of else outlooks.outlook(then, base.models, base.choice)
        found = np.full(len(base.register), -1)
        found[then.customer] = _states(base, then, view)
        series.append((day, found))
        day -= dt.timedelta(days=step)
    return series[::-1]


def _knowing(then: History, now: History) -> History:
    """The history of an earlier day, with the seasons that were recognised later."""
    season = np.isin(then.customer, now.customer[now.kind == SEASONAL]) & (then.kind != ONCE)
    return replace(then, kind=np.where(season, SEASONAL, then.kind))


def _returned(state: np.ndarray, now: History, series: list[tuple[dt.date, np.ndarray]]) -> np.ndarray:
    """Active customers that had lapsed at some quarter's end of the last year are called returned."""
    lapsed = np.zeros(len(state), dtype=bool)
    for day, then in series:
        if (now.day - day).days <= 370:
            lapsed |= then[now.customer] == of_states.LAPSED
    return np.where((state == of_states.ACTIVE) & lapsed, of_states.RETURNED, state)


def _contacts(base: Base, now: History) -> dict[str, np.ndarray | None]:
    """Whether sales and marketing have contacted each customer lately; None where no contacts were delivered."""
    firm = base.firm
    if not firm.has("touches"):
        return {"sales": None, "marketing": None}
    rows = firm.query(customer_metrics.worked(
        firm.as_of, WORKED_DAYS, leads=firm.has("leads", "lead_stages"), contacts=firm.has("contacts"))).to_pydict()
    found = {}
    for department in ("sales", "marketing"):
        all_customers = np.zeros(len(base.register), dtype=bool)
        all_customers[rows["customer"]] = np.array(rows[department]) > 0
        found[department] = all_customers[now.customer]
    return found
