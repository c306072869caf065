"""Customers after their first order: who works them, who orders again, by age."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.orders import CUSTOMERS, DAYS
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

HELD_OUT = ("hold-out", "holdout", "hold_out", "control")
"""Channels of touches that name customers drawn at random and not addressed."""


def held_out() -> str:
    """The condition on a touch t that it is none: the customer was drawn for a hold-out."""
    return "coalesce(lower(t.channel), '') in ({})".format(", ".join(f"'{word}'" for word in HELD_OUT))


def touch_company(leads: bool, contacts: bool) -> tuple[str, str]:
    """The company of a touch t as an expression, and the joins that it needs."""
    parts, joins = ["t.company_id"], ""
    if leads:
        parts.append("tl.company_id")
        joins += f" left join {LEAD_GRAIN} tl on tl.lead_id = t.lead_id"
    if contacts:
        parts.append("tk.company_id")
        joins += " left join contacts tk on tk.contact_id = t.contact_id"
    return f"coalesce({', '.join(parts)})", joins


def worked(as_of: dt.date, days: int, *, leads: bool, contacts: bool) -> exp.Expression:
    """One row per customer that either department contacted in the last `days`: `sales` and `marketing`, outgoing
    contacts of each. A contact with a campaign is marketing's, any other one sales'; incoming ones, and those that only
    record a hold-out, are nobody's work."""
    company, joins = touch_company(leads, contacts)
    return select(f"""
        select c.customer, count(*) filter (where t.campaign_id is null) as sales,
               count(*) filter (where t.campaign_id is not null) as marketing,
               max(cast(t.touched_at as date)) as last_day
        from touches t{joins} join {CUSTOMERS} c on c.company_id = {company}
        where t.touched_at >= :since and t.touched_at < :until and coalesce(t.direction, 'outbound') = 'outbound'
          and not {held_out()}
        group by 1 order by 1""", since=as_of - dt.timedelta(days=days), until=as_of + dt.timedelta(days=1))


def repeat_by_age(as_of: dt.date, marks: tuple[int, ...]) -> exp.Expression:
    """One row per half-year of the first order: `customers`, the day of the `youngest` one's first order, and for each
    mark (days) how many had ordered again within so many days. Customers known to have ordered before the orders
    delivered are left out: their first order is not theirs."""
    again = ",\n".join(
        f"count(*) filter (where second_day - first_day <= {mark}) as within_{mark}" for mark in marks)
    return select(f"""
        with each_customer as (
            select c.first_day, min(d.day) filter (where d.ordered and d.day > c.first_day and d.day <= :as_of)
                as second_day
            from {CUSTOMERS} c join {DAYS} d on d.company_id = c.company_id
            where c.first_day <= :as_of and (c.first_order_on is null or c.first_order_on >= c.first_day)
            group by c.customer, c.first_day
        )
        select make_date(year(first_day), case when month(first_day) <= 6 then 1 else 7 end, 1) as half,
               count(*) as customers, max(first_day) as youngest, {again}
        from each_customer group by 1 order by 1""", as_of=as_of)


def seller_hour() -> exp.Expression:
    """What an hour of a seller costs, the median: `cost` in the reporting currency, missing where no cost is known."""
    return select("select cast(median(hourly_cost) as double) as cost from sellers")
