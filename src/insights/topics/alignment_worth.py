"""What all decisions are worth together: one what-if in which every lead is won once and sellers' time is limited.

The worth of a decision is spread evenly over the leads it speaks of. Where several decisions speak of the same lead,
the lead counts once, with the largest of them; decisions that speak of no leads (existing customers, a whole
department) count once for each pool, with the largest. The result is limited by what the firm earned in the year
before, and by what sellers could win: four times their best quarter. Its interval comes from draws of all amounts
within their own intervals, pushed through the same what-if.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Interval
from insights.evidence.words import Impact
from insights.language import Count, Money, MoneyRange, Text
from insights.metrics import money as metrics
from insights.period import add_months

if TYPE_CHECKING:
    from insights.firm import Firm

TOPIC = "alignment_report"
DRAWS = 4000
_Z = 1.6448536269514722
_ = Text


@dataclass(frozen=True)
class Yields:
    """What a firm earned in the year before `as_of`: margin (revenue where cost is not known), and how much of it came
    with won leads; `wins` in that year and `most_wins` in four times the best quarter of two years."""

    margin: float
    from_leads: float
    wins: int
    most_wins: int


def joint_worth(firm: Firm, decisions: Sequence[Finding]) -> Finding | None:
    """One amount for all decisions that have one; None where fewer than two have, or nothing was earned. What a count
    says is at stake is no gain, and stays out."""
    priced = [f for f in decisions if f.gain and f.gain.currency == firm.currency and f.gain.value > 0]
    earned = yields(firm)
    if len(priced) < 2 or earned is None or earned.margin <= 0:
        return None
    populations = _populations(firm, priced)
    point = _what_if(np.array([[f.impact.value] for f in priced]), populations, earned)[0]
    draws = _what_if(_draws([f.impact for f in priced], firm.seed), populations, earned)
    low, high = (float(q) for q in np.quantile(draws, [0.05, 0.95]))
    low, high = min(low, point), max(high, point)
    values = {"value": Money(point, firm.currency), "range": MoneyRange(low, high, firm.currency),
              "n": len(priced), "sum": Money(sum(f.impact.value for f in priced), firm.currency),
              "pool": Money(earned.margin, firm.currency)}
    return Finding(
        function=f"{TOPIC}.joint_worth", unit=firm.currency, n=len(priced), owner="board",
        estimate=Interval(point, low, high),
        statement=_overlap(point, priced, values),
        method=_("One what-if with {n} decisions at once: the worth of each is spread over the leads it speaks of, a "
                 "lead counts once, with the largest; the whole stays within last year's {pool} and within four times "
                 "the wins of the best quarter. The range comes from draws within the range of each.", **values),
        impact=Impact(point, low, high, firm.currency, "all decisions"))


def _overlap(point: float, priced: Sequence[Finding], values: dict) -> Text:
    if overlap(point, priced):
        return _("The {n} decisions with an amount, taken together: about {value} a year ({range}), within what "
                 "sellers can handle. Added up, their amounts would come to {sum}, because they overlap.", **values)
    return _("The {n} decisions with an amount, taken together: about {value} a year ({range}), within what sellers "
             "can handle; they hardly draw on the same leads and customers.", **values)


def overlap(worth: float, priced: Sequence[Finding]) -> bool:
    """Whether decisions with an amount are together worth less than the sum of their amounts, by as much as shows."""
    return worth < 0.9 * sum(f.gain.value for f in priced if f.gain)


def yields(firm: Firm) -> Yields | None:
    """What the firm earned in the year before `as_of`; None where neither orders nor won leads are recorded."""
    end = firm.as_of + dt.timedelta(days=1)
    start = add_months(end, -12)
    margin = from_leads = 0.0
    wins = most = 0
    if firm.has("orders"):
        row = firm.row(metrics.sales(start, end, products=firm.has("products")))
        known = float(row["costed"] or 0) >= 0.95 * float(row["revenue"] or 0) > 0
        margin = float((row["margin"] if known else row["revenue"]) or 0)
        from_leads = float(row["from_leads"] or 0) if known else 0.0
    if firm.has("leads", "lead_stages"):
        row = firm.row(metrics.won(start, end))
        wins = row["leads"]
        known = float(row["costed"] or 0) >= 0.95 * float(row["revenue"] or 0) > 0
        own = float((row["margin"] if known else row["revenue"]) or 0)
        from_leads = from_leads or own
        margin = max(margin, own)
        quarters = firm.query(metrics.won_by_quarter(add_months(end, -24), end)).to_pylist()
        most = 4 * max((q["won"] for q in quarters), default=0)
    return Yields(margin, from_leads, wins, most) if margin else None


def _populations(firm: Firm, priced: Sequence[Finding]) -> list[tuple[tuple[int, ...], float]]:
    """Who the decisions draw on: for each group of leads the decisions that speak of it and how many leads there are of
    a year; decisions that speak of no leads form a group of weight 0 for each pool."""
    keys = set(metrics.LEAD_COLUMNS)
    on_leads = [i for i, f in enumerate(priced) if f.subject and set(f.subject) <= keys]
    groups: list[tuple[tuple[int, ...], float]] = []
    if on_leads and firm.has("leads", "lead_stages"):
        end = firm.as_of + dt.timedelta(days=1)
        subjects = tuple(dict(priced[i].subject) for i in on_leads)
        for row in firm.query(metrics.leads_by_subject(subjects, add_months(end, -12), end)).to_pylist():
            members = tuple(i for place, i in enumerate(on_leads) if row[f"in_{place}"])
            if members:
                groups.append((members, float(row["leads"])))
    reached = {i for members, _n in groups for i in members}
    pools: dict[str, list[int]] = {}
    for i, finding in enumerate(priced):
        if i not in reached:
            pools.setdefault(finding.impact.pool, []).append(i)
    return groups + [(tuple(members), 0.0) for members in pools.values()]


def _what_if(amounts: np.ndarray, populations: list[tuple[tuple[int, ...], float]], earned: Yields) -> np.ndarray:
    """The joint worth for each column of amounts (one row per decision)."""
    leads = np.zeros(len(amounts))
    for members, n in populations:
        leads[list(members)] += n
    on_leads, elsewhere = np.zeros(amounts.shape[1]), np.zeros(amounts.shape[1])
    for members, n in populations:
        rows = list(members)
        if n:
            per_lead = amounts[rows] / leads[rows][:, None]
            on_leads += n * per_lead.max(axis=0)
        else:
            elsewhere += amounts[rows].max(axis=0)
    limit = _headroom(earned)
    on_leads = np.minimum(on_leads, limit) if limit is not None else on_leads
    return np.minimum(np.maximum(on_leads, 0) + np.maximum(elsewhere, 0), earned.margin)


def _headroom(earned: Yields) -> float | None:
    """What sellers could win on top of last year's: their best quarter four times over, at last year's margin a win."""
    if not earned.wins or earned.most_wins < 4:
        return None
    return max(earned.most_wins - earned.wins, 0) * earned.from_leads / earned.wins


def _draws(impacts: Sequence[Impact], seed: int) -> np.ndarray:
    """Draws of each amount: half a normal distribution to either side of its value, as wide as its 90% interval."""
    standard = np.random.default_rng(seed).standard_normal((len(impacts), DRAWS))
    value, low, high = (np.array([[getattr(i, name)] for i in impacts]) for name in ("value", "low", "high"))
    spread = np.where(standard < 0, value - low, high - value) / _Z
    return value + standard * spread


def net_sales(firm: Firm) -> Finding | None:
    """Sales of the period net of VAT, counted; None without orders."""
    if not firm.has("orders"):
        return None
    expression = metrics.sales(firm.period.start, firm.period.end, products=firm.has("products"))
    row = firm.row(expression)
    if not row["orders"]:
        return None
    from insights.metrics.sql import text

    own = firm.checked.settings.control.get(str(firm.period))
    return Finding(
        function=f"{TOPIC}.net_sales", unit=firm.currency, n=row["orders"], owner="board", rank=0.0,
        estimate=Interval(float(row["revenue"])), method=_("Counted, not estimated."),
        statement=_reconciled(firm, float(row["revenue"]), row["orders"], own)).at(
            sql=text(expression), read_from=f"orders@{firm.data_hash[:12]}")


def _reconciled(firm: Firm, revenue: float, orders: int, own: float | None) -> Text:
    values = {"sales": Money(revenue, firm.currency, exact=True), "orders": Count(orders),
              "own": own and Money(own, firm.currency, exact=True)}
    if own is None:
        return _("Net sales of the period (without VAT, before rebates): {sales} in {orders} order lines. Compare it "
                 "with your books before you rely on any amount of this report.", **values)
    if abs(revenue - own) <= 0.005 * abs(own):
        return _("Net sales of the period (without VAT, before rebates): {sales} in {orders} order lines; the firm's "
                 "own total is {own}, so the two agree.", **values)
    return _("Net sales of the period (without VAT, before rebates): {sales} in {orders} order lines; the firm's own "
             "total is {own}. Explain the difference before you rely on any amount of this report.", **values)
