"""What is in development, when, and who knows of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp


def sellers(as_of: dt.date) -> exp.Expression:
    """Sellers who are active on `as_of`, with their teams."""
    return select("""
        select seller_id as seller, team from sellers
        where coalesce(active_from, :as_of) <= :as_of and coalesce(active_to, :as_of) >= :as_of
        order by 1""", as_of=as_of)


def items(as_of: dt.date, *, leads: bool, products: bool) -> exp.Expression:
    """One row per item of the roadmap: its dates, its product, and the open leads that ask for that product already
    (where it is not on sale yet)."""
    known = """(
            select product_id, name,
                   status in ('launched', 'retired') and coalesce(launched_on, :as_of) <= :as_of as on_sale
            from products)""" if products else """(
            select cast(null as varchar) as product_id, cast(null as varchar) as name, false as on_sale)"""
    asked = f"""left join (
            select product_id, count(*) filter (where outcome = 'open') as open_leads,
                   count(*) as leads, count(distinct company_id) as companies
            from {LEAD_GRAIN} group by 1) g on g.product_id = r.product_id and not p.on_sale""" if leads else ""
    counts = ("coalesce(g.open_leads, 0) as open_leads, coalesce(g.leads, 0) as leads, "
              "coalesce(g.companies, 0) as companies") if leads else "0 as open_leads, 0 as leads, 0 as companies"
    return select(f"""
        select r.item_id as item, r.product_id as product, r.title, r.stage, r.planned_on, r.first_planned_on,
               case when r.announced_at < :until then cast(r.announced_at as date) end as announced_on,
               case when r.launched_on < :until then r.launched_on end as launched_on,
               p.name, p.on_sale, {counts}
        from roadmap r
        left join {known} p on p.product_id = r.product_id
        {asked}
        order by coalesce(r.launched_on, r.planned_on), r.item_id""", as_of=as_of, until=as_of + dt.timedelta(days=1))


def notices(as_of: dt.date) -> exp.Expression:
    """One row per item and active seller who had been told or trained by `as_of`: the first day of each. A notice to a
    team counts for every active seller of it."""
    return select("""
        select n.item_id as item, s.seller_id as seller,
               min(case when n.told_at < :until then cast(n.told_at as date) end) as told_on,
               min(case when n.trained_at < :until then cast(n.trained_at as date) end) as trained_on
        from roadmap_notices n join sellers s on s.seller_id = n.seller_id or (n.seller_id is null and s.team = n.team)
        where coalesce(s.active_from, :as_of) <= :as_of and coalesce(s.active_to, :as_of) >= :as_of
        group by 1, 2 having min(case when n.told_at < :until or n.trained_at < :until then 1 end) = 1
        order by 1, 2""", as_of=as_of, until=as_of + dt.timedelta(days=1))


def sold_by_notice(as_of: dt.date, days: int, notice: int) -> exp.Expression:
    """Leads for the products of launched items in the year after the launch, `early` if their seller had been told (or
    trained) at least `notice` days before it: sums over sellers (who are told, each or with their team) of leads at
    least `days` old (n) won within `days` (y), and the leads still `young`, with the day on which the last of them will
    be old enough."""
    return select(f"""
        with told as (
            select n.item_id, s.seller_id, min(cast(coalesce(n.told_at, n.trained_at) as date)) as told_on
            from roadmap_notices n
            join sellers s on s.seller_id = n.seller_id or (n.seller_id is null and s.team = n.team)
            where coalesce(n.told_at, n.trained_at) < :until
            group by 1, 2
        ),
        launched as (
            select r.product_id, g.seller_id, min(r.launched_on) as launched_on,
                   coalesce(bool_or(t.told_on <= r.launched_on - cast(:notice as integer)), false) as early
            from roadmap r cross join (select seller_id from sellers) g
            left join told t on t.item_id = r.item_id and t.seller_id = g.seller_id
            where r.launched_on < :until
            group by 1, 2
        ),
        sold as (
            select l.early, g.seller_id,
                   count(*) filter (where g.created_on + :days <= :as_of) as n,
                   count(*) filter (where g.created_on + :days <= :as_of and g.days_to_win <= :days) as y,
                   count(*) filter (where g.created_on + :days > :as_of) as young,
                   max(g.created_on) as last_on
            from launched l join {LEAD_GRAIN} g on g.product_id = l.product_id and g.seller_id = l.seller_id
                and g.created_on >= l.launched_on and g.created_on < l.launched_on + 365
            group by 1, 2
        )
        select early, count(*) filter (where n > 0) as sellers, cast(sum(n) as double) as n,
               cast(sum(y) as double) as y, cast(sum(n * n) as double) as nn, cast(sum(y * y) as double) as yy,
               cast(sum(n * y) as double) as ny, count(*) filter (where y > 0) as paying,
               cast(sum(young) as integer) as young, max(last_on) + cast(:days as integer) as known_on
        from sold group by 1 order by 1""",
        as_of=as_of, until=as_of + dt.timedelta(days=1), days=days, notice=notice)


def lapsed_customers(as_of: dt.date) -> exp.Expression:
    """Customers of at least three orders (days with an order) whose last order lies more than twice their own median
    gap back: one row each, with the days since and the revenue of their last twelve active months."""
    return select("""
        with days as (
            select distinct company_id as company, cast(ordered_at as date) as day from orders
            where ordered_at < :until and revenue > 0 and coalesce(kind, 'order') in ('order', 'call_off')
        ),
        gaps as (
            select company, day, day - lag(day) over (partition by company order by day) as gap from days
        ),
        rhythm as (
            select company, count(*) as orders, max(day) as last_on, median(gap) as gap from gaps group by 1
        )
        select r.company, r.orders, r.last_on, cast(:as_of - r.last_on as integer) as since,
               cast(r.gap as double) as gap, cast(sum(o.revenue_rc) as double) as revenue
        from rhythm r join orders o on o.company_id = r.company
            and o.ordered_at >= r.last_on - interval 365 day and o.ordered_at < :until
        where r.orders >= 3 and r.gap > 0 and :as_of - r.last_on > 2 * r.gap
        group by 1, 2, 3, 4, 5 order by 1""", as_of=as_of, until=as_of + dt.timedelta(days=1))


def deal_size(*, leads: bool) -> exp.Expression:
    """Mean revenue of a won lead, or of an order line where there are no leads: the scale of what hangs on a sale."""
    if leads:
        return select(f"select cast(avg(revenue) as double) as size from {LEAD_GRAIN} where outcome = 'won'")
    return select("select cast(avg(revenue_rc) as double) as size from orders where revenue > 0")
