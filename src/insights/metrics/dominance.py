"""Groups that outsiders must not see by themselves: of few companies, or with nearly all their money from one."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN, company_grain
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

COMPANY_KEYS = ("industry", "size", "country", "region")
# Subject keys of findings, and the columns of the lead-grain relation and of orders that hold them.
LEAD_KEYS = {"source": "source", "campaign": "campaign_id", "product": "product_id"}


def confidential(has: Collection[str], eur_rate: float | None, fewest: int, dominant: float) -> exp.Expression:
    """One row per group (`key`, `value`) of fewer than `fewest` companies with a lead or an order, or whose money (the
    larger of what leads won and what was ordered) comes from one company by the share `dominant` or more. Unit of that
    share: 0 to 1."""
    company = company_grain(eur_rate).sql(dialect="duckdb")
    events = []
    if "leads" in has:
        lead_columns = ", ".join(f"{column} as {key}" for key, column in LEAD_KEYS.items())
        events.append(f"select 'leads' as kind, company_id, revenue as money, {lead_columns} from {LEAD_GRAIN}")
    if "orders" in has:
        events.append("""select 'orders' as kind, company_id, revenue_rc as money, null as source, null as campaign,
                         product_id as product from orders""")
    keys = (*COMPANY_KEYS, *LEAD_KEYS)
    every = " union all ".join(f"""
        select '{key}' as key, {('c.' if key in COMPANY_KEYS else 'e.') + key} as value, e.kind, e.company_id,
               sum(greatest(e.money, 0)) as money
        from events e left join companies_of c on c.company_id = e.company_id
        where e.company_id is not null group by 1, 2, 3, 4""" for key in keys)
    return select(f"""
        with events as ({' union all '.join(events)}), companies_of as ({company}),
        by_company as ({every}),
        by_kind as (
            select key, value, kind, count(distinct company_id) as companies, sum(money) as money,
                   max(money) as largest
            from by_company where value is not null group by 1, 2, 3)
        select key, value from by_kind group by 1, 2
        having max(companies) < :fewest or bool_or(money > 0 and largest >= :dominant * money)
        order by 1, 2""", fewest=fewest, dominant=dominant)
