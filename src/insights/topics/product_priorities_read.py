"""Everything that the records hold about each product, brought together: a row for each product, one for the firm."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Interval, Sums, Verdict, compare_with_rest, decide, summarise
from insights.evidence.comparison import DELTA
from insights.metrics import products as metrics
from insights.metrics import purchases
from insights.metrics import readiness as readiness_metrics
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import text as sql_text
from insights.models.losses import Repeats, Unlike, repeats, steadied, unlike, untouched
from insights.models.readiness import Gap, LeadCells, gaps

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.firm import Firm

COVERED = 0.95
MUCH_LESS = 1 / 3
"""A product does not pay if its share of margin is clearly more than a third below that of the others."""
MANY_MORE = 0.5
"""Quality is poor if complaints per order are clearly more than half as many again as those of the others."""
MIN_DEALS = 10
YEAR = 365.25


@dataclass(frozen=True)
class Promotion:
    """What a product was promoted by in the period: campaigns that name it, their money (shared out equally among the
    products of a campaign), its share of all such money, the leads they brought."""

    campaigns: int = 0
    spend: float = 0.0
    voice: float | None = None
    leads: int = 0


@dataclass(frozen=True)
class Readiness:
    """The sellers of today and a product: assessed, prepared, willing; by team (team: assessed, prepared)."""

    sellers: int = 0
    prepared: int = 0
    unwilling: int = 0
    teams: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Product:
    """One product. Counts and money as `metrics.products` defines them; comparisons against all other products are None
    where the records do not carry them."""

    id: str
    name: str
    status: str = ""
    leads: int = 0
    recent: int = 0
    from_campaigns: int = 0
    won: int = 0
    lost: int = 0
    revenue: float = 0.0
    margin: float | None = None
    margin_in_period: float = 0.0
    sold_in_period: float = 0.0
    per_win: Interval | None = None
    lines: int = 0
    returns: int = 0
    discount: float | None = None
    contacts: int = 0
    hours: float | None = None
    complaints: int = 0
    promotion: Promotion = Promotion()
    readiness: Readiness | None = None
    gap: Gap | None = None
    compared: dict[str, Comparison] = field(default_factory=dict)
    repeats: Repeats | None = None
    repeat_margin: float = 0.0
    repeat_orders: int = 0

    @property
    def launched(self) -> bool:
        """Whether it can be sold: launched, or of a status nobody wrote down."""
        return self.status in ("launched", "")

    def cases(self, measure: str) -> int:
        """What a comparison rests on, counted: orders for a share of margin, whose sums count money; else its cases."""
        return self.lines if "margin_share" in measure else self.compared[measure].n

    def verdict(self, measure: str) -> Verdict | None:
        """The verdict on a measure; None where it was not compared."""
        return self.compared[measure].verdict if measure in self.compared else None


@dataclass(frozen=True)
class Assortment:
    """All products, and what holds for the firm: `days` until a lead is old enough, `money` (margin or revenue),
    `per_year` (periods in a year), `headroom` (wins a year that sellers have shown they could add), `spend` on
    campaigns for products, `unspecific` (money and leads of campaigns for none in particular), `promoted` (whether it
    is known what campaigns promote), `pairs` (today's sellers and products, `metrics.readiness.latest`), `recent_leads`
    (of a product and seller in the period), `unlike` (how much leads differ)."""

    products: dict[str, Product]
    days: int
    opportunities: bool
    money: str
    per_year: float
    headroom: float
    spend: float
    campaign_leads: int
    unspecific: Promotion
    promoted: bool
    totals: dict
    bought_instead: list[dict]
    pairs: list[dict]
    recent_leads: dict[tuple[str, str], int] = field(default_factory=dict)
    unlike: Unlike = field(default_factory=Unlike)
    sql: str = ""


def read(firm: Firm, prepared: float) -> Assortment:
    """Ask the engine once for each kind of record and bring the answers together by product."""
    start, end, as_of = firm.period.start, firm.period.end, firm.as_of
    leads = firm.has("leads", "lead_stages")
    totals = firm.row(segment_metrics.totals(start, end)) if leads else {}
    days = (firm.query(segment_metrics.horizon())["days"][0].as_py() or 0) if totals.get("won") else 0
    rows: dict[str, dict] = {}
    if firm.has("products"):
        for row in firm.query(metrics.catalogue()).to_pylist():
            rows[row["product_id"]] = {"name": row["name"], "status": row["status"]}
    compared: dict[str, dict[str, Comparison]] = {}
    covered = _covered(totals)
    differ = _add_leads(firm, rows, compared, days, covered, totals) if leads else Unlike()
    if firm.has("orders"):
        _add_orders(firm, rows, compared)
    spend, campaign_leads, unspecific = _add_promotion(firm, rows)
    sql, pairs, recent = _add_readiness(firm, rows, compared, days, prepared) if leads else ("", [], {})
    instead = []
    if leads and firm.has("campaign_products"):
        instead = firm.query(purchases.sold_instead(as_of, orders=firm.has("orders"))).to_pylist()
    products = {
        key: Product(id=key, **{"name": key, **values}, compared=compared.get(key, {}))
        for key, values in sorted(rows.items())}
    closed = totals.get("won", 0) + totals.get("lost", 0)
    return Assortment(
        products=products, days=days, opportunities=bool(closed) and totals["closed_from_start"] < 0.5 * closed,
        money="margin" if covered else "revenue", per_year=YEAR / max((end - start).days, 1),
        headroom=_headroom(firm) if leads else 0.0, spend=spend, campaign_leads=campaign_leads, unspecific=unspecific,
        promoted=firm.has("campaigns", "campaign_products"), totals=totals, bought_instead=instead, pairs=pairs,
        recent_leads=recent, unlike=differ, sql=sql)


def _covered(totals: dict) -> bool:
    return bool(totals.get("revenue")) and float(totals["costed_revenue"] or 0) >= COVERED * float(totals["revenue"])


def _add_leads(firm: Firm, rows: dict, compared: dict, days: int, covered: bool, totals: dict) -> Unlike:
    """What leads ask for, by product; how much leads differ."""
    table = firm.query(metrics.asked_for(firm.as_of, firm.period.start, firm.period.end, days=days))
    known = [i for i, key in enumerate(table["product_id"].to_pylist()) if key is not None]
    table = _only(table, known)
    value = "per_win" if covered else "value_per_win"
    money = "margin" if covered else "revenue"
    deals = sums_of(table, value)
    everything = summarise(deals.total(), share=False) if table.num_rows else []
    for i, (row, own) in enumerate(zip(table.to_pylist(), steadied(deals), strict=True)):
        rows.setdefault(row["product_id"], {}).update(
            leads=int(row["leads"]), recent=int(row["recent"]), from_campaigns=int(row["recent_with_campaign"]),
            won=int(row["won"]), lost=int(row["lost"]), revenue=float(row["revenue"] or 0),
            margin=float(row["margin"] or 0) if covered else None,
            margin_in_period=float(row[f"{money}_in_period"] or 0),
            per_win=own if deals.n[i] >= MIN_DEALS else everything[0] if deals.n.sum() else None)
    measures = ["win_rate"] if totals["lost"] else []
    measures += ["conversion", "margin_per_lead" if covered else "revenue_per_lead"] if days else []
    _compare(compared, table, {name: (name in ("win_rate", "conversion"), DELTA) for name in measures})
    return unlike(firm.row(metrics.likeness(firm.as_of, days=days)), deals)


def _add_orders(firm: Firm, rows: dict, compared: dict) -> None:
    with_products = firm.has("products")
    table = firm.query(metrics.sold(firm.as_of, firm.period.start, firm.period.end, products=with_products))
    for row in table.to_pylist():
        listed, revenue = float(row["listed"] or 0), float(row["revenue"] or 0)
        rows.setdefault(row["product_id"], {}).update(
            lines=int(row["lines"]), returns=int(row["returns"]), sold_in_period=float(row["revenue_in_period"] or 0),
            discount=1 - float(row["listed_revenue"]) / listed if listed else None)
        if "leads" not in rows[row["product_id"]]:
            rows[row["product_id"]]["revenue"] = revenue
    costed = [i for i, row in enumerate(table.to_pylist())
              if float(row["costed_revenue"] or 0) >= COVERED * float(row["revenue"] or 0) > 0]
    _compare(compared, _only(table, costed), {"margin_share": (False, DELTA)})
    _compare(compared, _only(table, costed), {"margin_share": (False, MUCH_LESS)}, prefix="far_")
    if firm.has("feedback"):
        _add_complaints(firm, rows, compared)
    again = firm.query(purchases.repeat_orders(firm.as_of, firm.period.start, products=with_products))
    names = again["product_id"].to_pylist()
    if names:
        by_product = repeats(sums_of(again, "repeat_rate"), names)
        for row in again.to_pylist():
            rows.setdefault(row["product_id"], {}).update(
                repeats=by_product[row["product_id"]], repeat_margin=float(row["margin_in_period"] or 0),
                repeat_orders=int(row["repeats_in_period"]))


def _add_complaints(firm: Firm, rows: dict, compared: dict) -> None:
    table = firm.query(metrics.complaints(firm.as_of))
    for row in table.to_pylist():
        rows.setdefault(row["product_id"], {}).update(complaints=int(row["complaints"] or 0))
    sold = [i for i, n in enumerate(table["complaint_rate_n"].to_pylist()) if n]
    _compare(compared, _only(table, sold), {"complaint_rate": (False, MANY_MORE)})


def _add_promotion(firm: Firm, rows: dict) -> tuple[float, int, Promotion]:
    """What campaigns promote in the period: the sum of money and leads of those for products, and the others."""
    if not firm.has("campaigns", "campaign_products") or not firm.has("leads", "lead_stages"):
        return 0.0, 0, Promotion()
    found = firm.query(metrics.promotion(
        firm.as_of, firm.period.start, firm.period.end, products=firm.has("products"), spend=firm.has("spend")),
    ).to_pylist()
    named = [row for row in found if row["product_id"] is not None]
    total = sum(row["spend"] for row in named)
    for row in named:
        rows.setdefault(row["product_id"], {})["promotion"] = Promotion(
            row["campaigns"], row["spend"], row["spend"] / total if total else None, int(row["leads"]))
    rest = next((row for row in found if row["product_id"] is None), None)
    unspecific = Promotion(rest["campaigns"], rest["spend"], None, int(rest["leads"])) if rest else Promotion()
    return total, int(max((row["leads"] for row in named), default=0)), unspecific


def _add_readiness(firm: Firm, rows: dict, compared: dict, days: int, prepared: float) -> tuple[str, list[dict], dict]:
    known = firm.has("readiness")
    expression = readiness_metrics.lead_cells(
        firm.as_of, firm.period.start, firm.period.end, days=max(days, 1), prepared=prepared, readiness=known,
        touches=firm.has("touches"))
    cells = LeadCells(firm.query(expression))
    for key, gap in gaps(cells).items():
        rows.setdefault(key, {})["gap"] = gap if known else None
    seen = untouched(cells)
    if sum(c.own.value * c.n for c in seen.values()) > 0:
        for key, comparison in seen.items():
            if not comparison.withheld:
                compared.setdefault(key, {})["touched"] = comparison
    if firm.has("touches", "sellers"):
        worked = firm.query(metrics.hours(firm.period.start, firm.period.end)).to_pylist()
        contacts = [row for row in worked if row["product_id"] is not None]
        every = sum(row["contacts"] for row in contacts)
        for row in contacts:
            rows.setdefault(row["product_id"], {}).update(
                contacts=int(row["contacts"]), hours=row["hours"] and row["hours"] * row["contacts"] / every)
    pairs = []
    if known and firm.has("sellers"):
        pairs = firm.query(readiness_metrics.latest(firm.as_of, prepared)).to_pylist()
        for key in {row["product_id"] for row in pairs}:
            rows.setdefault(key, {})["readiness"] = _readiness([row for row in pairs if row["product_id"] == key])
    return sql_text(expression), pairs, cells.recent_by_seller()


def _readiness(pairs: list[dict]) -> Readiness:
    teams: dict[str, tuple[int, int]] = {}
    for row in pairs:
        assessed, prepared = teams.get(row["team"] or "", (0, 0))
        teams[row["team"] or ""] = (assessed + 1, prepared + bool(row["prepared"]))
    return Readiness(len(pairs), sum(bool(r["prepared"]) for r in pairs), sum(r["willing"] is False for r in pairs),
                     teams)


def _compare(compared: dict, table: pa.Table, measures: dict[str, tuple[bool, float]], prefix: str = "") -> None:
    """Each product against all others in these measures, one search over all of them."""
    names = table["product_id"].to_pylist()
    if len(names) < 2:
        return
    places, found = [], []
    for measure, (share, delta) in measures.items():
        sums = sums_of(table, measure)
        if measure == "margin_share":
            # A customer counts whatever the margin: sales at a loss are sales.
            sums = replace(sums, paying=sums.companies)
        judged = compare_with_rest(sums, share=share, delta=delta)
        places += [(name, measure) for name in names]
        found += judged
    for (name, measure), comparison in zip(places, decide(found), strict=True):
        compared.setdefault(name, {})[prefix + measure] = comparison


def _only(table: pa.Table, rows: list[int]) -> pa.Table:
    """These rows of a table, none as well."""
    return table.take(np.array(rows, dtype=np.int64))


def sums_of(table: pa.Table, measure: str) -> Sums:
    """The columns of a measure as `Sums`; missing sums are zero."""
    return Sums.of(**{name: np.nan_to_num(table[f"{measure}_{name}"].cast("double").to_numpy(zero_copy_only=False))
                      for name in Sums.__dataclass_fields__})


def _headroom(firm: Firm) -> float:
    """Wins a year that sellers could add: four times their best quarter less the wins of the year (of the last twelve
    full quarters)."""
    quarters = [row["won"] for row in firm.query(metrics.wins_by_quarter()).to_pylist()][-12:]
    if len(quarters) < 5:
        return 0.0
    return max(4.0 * max(quarters[:-1]) - sum(quarters[-5:-1]), 0.0)

