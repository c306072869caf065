"""What a won lead's company ordered again, within twelve months."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

MONTHS = 12


def repeats(as_of: dt.date, *, products: bool) -> exp.Expression:
    """One row per won lead whose company ordered again: `repeat_margin`, `repeat_revenue` and `repeat_costed` (the
    revenue whose cost is known) of orders without a lead of their own within twelve months after the win, in the
    reporting currency. An order counts for the latest win before it."""
    cost = "coalesce(o.cost_rc, cast(o.quantity * p.unit_cost_rc as decimal(18, 2)))" if products else "o.cost_rc"
    join = "left join products p on p.product_id = o.product_id" if products else ""
    return select(f"""
        select w.lead_id, cast(sum(o.revenue_rc - coalesce(o.rebate_rc, 0) - coalesce({cost}, 0)) as double)
                as repeat_margin,
            cast(sum(o.revenue_rc) as double) as repeat_revenue,
            cast(sum(case when {cost} is not null then o.revenue_rc else 0 end) as double) as repeat_costed
        from (select * from orders where lead_id is null and ordered_at < :until) o
        asof join (select company_id, lead_id, cast(won_on as timestamp) as won_at from {LEAD_GRAIN}
                   where outcome = 'won' and won_on is not null and company_id is not null) w
            on o.company_id = w.company_id and o.ordered_at >= w.won_at
        {join}
        where o.ordered_at < w.won_at + interval {MONTHS} month
        group by 1""", until=as_of + dt.timedelta(days=1))


def totals(as_of: dt.date, *, products: bool) -> exp.Expression:
    """Revenue of all repeat orders, and that whose cost is known."""
    rows = repeats(as_of, products=products).sql(dialect="duckdb")
    return select(f"""select count(*) as leads, sum(repeat_revenue) as revenue, sum(repeat_costed) as costed
                      from ({rows})""")
