"""What follows a first purchase, and what is sold where another product was promoted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.products import SALES, of_sums
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

NEW_AFTER = 365
"""Days from the first order of the data after which a company's first order counts as its first ever, unless a lead
stands behind it."""


def repeat_orders(as_of: dt.date, start: dt.date, *, products: bool) -> exp.Expression:
    """One row per product that customers bought first: the sums of `repeat_rate` (orders and call-offs after the first
    order's day that belong to no lead, over years since then), `customers`, `years_in_period` (customer-years since
    `start`), and of the repeat orders since then `repeats_in_period` and `margin_in_period`.

    Only new customers: the first order belongs to a lead, or lies a year after the data begin; companies with an
    earlier `first_order_on` are left out.
    """
    until = as_of + dt.timedelta(days=1)
    cost = "coalesce(o.cost_rc, cast(o.quantity * p.unit_cost_rc as decimal(18, 2)))" if products else "o.cost_rc"
    join = "left join products p on p.product_id = o.product_id" if products else ""
    return select(f"""
        with lines as (
            select o.company_id, o.product_id, o.lead_id, o.order_id, cast(o.ordered_at as date) as ordered_on,
                o.revenue_rc - coalesce(o.rebate_rc, 0) - {cost} as margin
            from orders o {join}
            where coalesce(o.kind, 'order') in {SALES} and o.ordered_at < :until
        ),
        ranked as (
            select *, row_number() over (partition by company_id order by ordered_on, order_id) as place,
                min(ordered_on) over () as begun_on
            from lines
        ),
        firsts as (
            select r.company_id, r.product_id, r.ordered_on
            from ranked r join companies c on c.company_id = r.company_id
            where r.place = 1 and r.product_id is not null
              and (c.first_order_on is null or c.first_order_on >= r.ordered_on)
              and (r.lead_id is not null or r.ordered_on > r.begun_on + {NEW_AFTER}) and r.ordered_on < :as_of
        ),
        customers as (
            select f.product_id, f.company_id, cast(:as_of - f.ordered_on as double) / 365.25 as span,
                cast(:as_of - greatest(f.ordered_on, :start) as double) / 365.25 as span_in_period,
                cast(count(l.order_id) as double) as repeats, coalesce(sum(l.margin), 0) as margin,
                coalesce(sum(case when l.ordered_on >= :start then l.margin else 0 end), 0) as margin_in_period,
                count(case when l.ordered_on >= :start then 1 end) as repeats_in_period
            from firsts f left join lines l on l.company_id = f.company_id and l.ordered_on > f.ordered_on
                and l.lead_id is null
            group by 1, 2, f.ordered_on
        )
        select product_id, count(*) as customers, sum(span_in_period) as years_in_period,
            sum(margin_in_period) as margin_in_period, sum(repeats_in_period) as repeats_in_period,
            {of_sums('repeat_rate', 'span', 'repeats')}
        from customers group by 1 order by 1""", until=until, as_of=as_of, start=start)


_BOUGHT = """
            select coalesce(l.duplicate_of, l.lead_id) as lead_id,
                max_by(o.product_id, row(o.revenue_rc, o.product_id))
                    filter (where o.revenue_rc is not null) as product_id
            from orders o join leads l on l.lead_id = o.lead_id
            where o.product_id is not null and o.ordered_at < :until group by 1"""


def sold_for(as_of: dt.date) -> exp.Expression:
    """One row per product that won leads asked for: `instead`, the other product that they most often ended with and
    `instead_won` how often; and the sums of `switched` (won leads whose order, by its largest line, is for another
    product, over won leads with an order)."""
    until = as_of + dt.timedelta(days=1)
    return select(f"""
        with bought as ({_BOUGHT}),
        deals as (
            select g.product_id as asked, b.product_id as sold, coalesce(g.company_id, g.lead_id) as company_id
            from {LEAD_GRAIN} g join bought b on b.lead_id = g.lead_id
            where g.outcome = 'won' and g.product_id is not null
        ),
        others as (
            select asked, sold, count(*) as won, row_number() over (partition by asked order by count(*) desc, sold)
                as place
            from deals where sold <> asked group by 1, 2
        ),
        pairs as (
            select asked, company_id, cast(count(*) as double) as n,
                cast(count(*) filter (where sold <> asked) as double) as y
            from deals group by 1, 2
        )
        select p.asked as product_id, any_value(o.sold) as instead, coalesce(any_value(o.won), 0) as instead_won,
            {of_sums('switched', 'n', 'y')}
        from pairs p left join others o on o.asked = p.asked and o.place = 1
        group by 1 order by 1""", until=until)


def sold_instead(as_of: dt.date, *, orders: bool) -> exp.Expression:
    """One row per product promoted and product bought: the leads of campaigns that promote the first (`leads`), how
    many of them were `won`, by the product of their order (the largest line), else the one asked for; a lead of
    unknown product has none."""
    until = as_of + dt.timedelta(days=1)
    bought = _BOUGHT if orders else "select null as lead_id, null as product_id where false"
    return select(f"""
        with bought as ({bought})
        select cp.product_id as promoted, coalesce(b.product_id, g.product_id) as bought, count(*) as leads,
            count(*) filter (where g.outcome = 'won') as won
        from {LEAD_GRAIN} g
        join campaign_products cp on cp.campaign_id = g.campaign_id
        left join bought b on b.lead_id = g.lead_id
        group by 1, 2 order by 1, 2""", until=until)
