"""Net sales and margin of a firm, exact, and the ledger of its past months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp


def _order_cost(products: bool) -> tuple[str, str]:
    by_product = "cast(o.quantity * p.unit_cost_rc as decimal(18, 2))"
    return (f"coalesce(o.cost_rc, {by_product})", "left join products p on p.product_id = o.product_id") \
        if products else ("o.cost_rc", "")


def sales(start: dt.date, end: dt.date, *, products: bool) -> exp.Expression:
    """Net sales of the orders in [start, end): revenue net of VAT, returns and cancellations as they are booked, before
    rebates; `margin`: revenue less rebates less cost (the order's, else quantity times the product's unit cost);
    `costed`: the revenue whose cost is known; `from_leads`: the margin of orders that a lead became. Reporting
    currency."""
    cost, join = _order_cost(products)
    margin = f"o.revenue_rc - coalesce(o.rebate_rc, 0) - coalesce({cost}, 0)"
    return select(f"""
        select count(*) as orders, sum(o.revenue_rc) as revenue,
               sum(case when {cost} is not null then o.revenue_rc else 0 end) as costed,
               sum({margin}) as margin,
               sum(case when o.lead_id is not null then {margin} else 0 end) as from_leads
        from orders o {join}
        where o.ordered_at >= :start and o.ordered_at < :end""", start=start, end=end)


def won(start: dt.date, end: dt.date) -> exp.Expression:
    """Revenue and margin of the leads won in [start, end), reporting currency."""
    return select(f"""
        select count(*) as leads, sum(revenue) as revenue, sum(margin) as margin, sum(costed_revenue) as costed
        from {LEAD_GRAIN} where won_on >= :start and won_on < :end""", start=start, end=end)


def won_by_quarter(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per quarter in [start, end) with the leads won in it."""
    return select(f"""
        select date_trunc('quarter', won_on) as quarter, count(*) as won
        from {LEAD_GRAIN} where won_on >= :start and won_on < :end group by 1 order by 1""", start=start, end=end)


def leads_by_subject(subjects: tuple[dict[str, str], ...], start: dt.date, end: dt.date) -> exp.Expression:
    """How many leads created in [start, end) belong to which of the subjects: one row per combination, with a column
    `in_0`, `in_1`, ... for each subject."""
    from sqlglot import exp

    flags = []
    for i, subject in enumerate(subjects):
        tests = [exp.EQ(this=exp.column(LEAD_COLUMNS[key]), expression=exp.Literal.string(value))
                 for key, value in sorted(subject.items())]
        condition = exp.func("coalesce", exp.and_(*tests), exp.false()) if tests else exp.true()
        flags.append(exp.alias_(condition, f"in_{i}"))
    names = [exp.column(f"in_{i}") for i in range(len(subjects))]
    inner = exp.select(*flags).from_(LEAD_GRAIN).where(
        exp.column("created_on") >= exp.cast(exp.Literal.string(start.isoformat()), "DATE"),
        exp.column("created_on") < exp.cast(exp.Literal.string(end.isoformat()), "DATE"))
    return exp.select(*names, exp.alias_(exp.func("count", exp.Star()), "leads")).from_(
        inner.subquery("flagged")).group_by(*names).order_by(*names)


# The column of the lead-grain relation that holds a subject's key.
LEAD_COLUMNS = {"industry": "industry", "size": "size", "country": "country", "region": "region", "source": "source",
                "campaign": "campaign_id", "product": "product_id", "seller": "seller_id"}


def months_of_leads(until: dt.date) -> exp.Expression:
    """One row per month before `until`: leads created in it, and leads won in it (in the rows of `won`)."""
    return select(f"""
        select month, sum(created) as created, sum(won) as won from (
            select date_trunc('month', created_on) as month, count(*) as created, 0 as won
            from {LEAD_GRAIN} where created_on < :until group by 1
            union all
            select date_trunc('month', won_on) as month, 0 as created, count(*) as won
            from {LEAD_GRAIN} where won_on < :until group by 1) both_kinds
        group by 1 order by 1""", until=until)


def months_of_orders(until: dt.date) -> exp.Expression:
    """One row per month before `until`: orders in it and their net revenue in the reporting currency."""
    return select("""
        select date_trunc('month', ordered_at) as month, count(*) as orders, sum(revenue_rc) as revenue
        from orders where ordered_at < :until group by 1 order by 1""", until=until)
