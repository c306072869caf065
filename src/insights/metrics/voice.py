"""What customers say, and the money of those who say it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

YEAR = 365


def _speaker(leads: bool) -> tuple[str, str]:
    """The customer of an entry of feedback `f`: its own, else that of its lead; and the join that this takes."""
    if leads:
        return "coalesce(f.company_id, l.company_id)", "left join leads l on l.lead_id = f.lead_id"
    return "f.company_id", ""


def entries(as_of: dt.date, *, leads: bool) -> exp.Expression:
    """One row per entry of feedback that was known on `as_of`, oldest first.

    `company` is the customer, else that of the lead. `marketing_days`, `management_days`, `answer_days`: days from the
    record to the day on which marketing and management were told and the customer was answered; missing where that had
    not happened by `as_of`, zero where it is dated before the record.
    """
    until = as_of + dt.timedelta(days=1)
    company, join = _speaker(leads)

    def days(column: str) -> str:
        return (f"case when f.{column} < :until then greatest(cast(f.{column} as date) - cast(f.recorded_at as date), "
                "0) end")

    return select(f"""
        select f.feedback_id as id, f.kind, cast(f.recorded_at as date) as recorded_on,
               {company} as company, f.product_id as product, f.lead_id as lead, f.topic,
               f.text, f.recorded_by, f.roadmap_item_id as item, f.outcome,
               {days('marketing_told_at')} as marketing_days, {days('management_told_at')} as management_days,
               {days('answered_at')} as answer_days
        from feedback f {join}
        where f.recorded_at < :until
        order by f.recorded_at, f.feedback_id""", until=until)


def lost_reasons(start: dt.date, end: dt.date) -> exp.Expression:
    """Leads lost in the period by the reason written down, with the leads' customers and products; one row per lead
    whose last loss has a reason."""
    return select(f"""
        select g.lead_id as lead, g.company_id as company, g.product_id as product, g.closed_on,
               max_by(s.reason, row(s.entered_at, s.reason)) filter (where s.entered_at is not null) as reason
        from {LEAD_GRAIN} g join lead_stages s on s.lead_id = g.lead_id and s.stage = 'lost' and s.reason is not null
        where g.outcome = 'lost' and g.closed_on >= :start and g.closed_on < :end
        group by 1, 2, 3, 4 order by 1""", start=start, end=end)


def revenue_of_speakers(as_of: dt.date, *, leads: bool) -> exp.Expression:
    """Revenue of the twelve months that end with `as_of`, for each company that said something."""
    company, join = _speaker(leads)
    return select(f"""
        select o.company_id as company, cast(sum(o.revenue_rc) as double) as revenue
        from orders o
        where o.ordered_at >= :start and o.ordered_at < :until
          and o.company_id in (select {company} from feedback f {join})
        group by 1 order by 1""", start=as_of - dt.timedelta(days=YEAR - 1), until=as_of + dt.timedelta(days=1))


def leads_of_speakers(as_of: dt.date) -> exp.Expression:
    """Open leads and leads lost within twelve months of companies that said something, by company and product, with the
    last value written down for them (`priced`: how many have one)."""
    return select(f"""
        with valued as (
            select lead_id, cast(max_by(amount_rc, row(entered_at, amount_rc)) as double) as amount
            from lead_stages where amount_rc is not null and entered_at < :until group by 1
        )
        select g.company_id as company, g.product_id as product,
               count(*) filter (where g.outcome = 'open') as open_leads,
               sum(v.amount) filter (where g.outcome = 'open') as open_amount,
               count(v.amount) filter (where g.outcome = 'open') as open_priced,
               count(*) filter (where g.outcome = 'lost' and g.closed_on >= :start) as lost_leads,
               sum(v.amount) filter (where g.outcome = 'lost' and g.closed_on >= :start) as lost_amount,
               count(v.amount) filter (where g.outcome = 'lost' and g.closed_on >= :start) as lost_priced
        from {LEAD_GRAIN} g left join valued v on v.lead_id = g.lead_id
        where g.company_id in (
            select coalesce(f.company_id, l.company_id) from feedback f left join leads l on l.lead_id = f.lead_id)
          and (g.outcome = 'open' or g.outcome = 'lost' and g.closed_on >= :start)
        group by 1, 2 order by 1, 2""",
        until=as_of + dt.timedelta(days=1), start=as_of - dt.timedelta(days=YEAR - 1))


def lost_leads_of_speakers(as_of: dt.date) -> exp.Expression:
    """Leads lost up to `as_of` of companies that said something: one row each."""
    return select(f"""
        select lead_id as lead, company_id as company, product_id as product, closed_on
        from {LEAD_GRAIN}
        where outcome = 'lost' and closed_on <= :as_of and company_id in (
            select coalesce(f.company_id, l.company_id) from feedback f left join leads l on l.lead_id = f.lead_id)
        order by 1""", as_of=as_of)


_SUMS = """cast(sum(n) as double) as n, cast(sum(y) as double) as y, cast(sum(n * n) as double) as nn,
               cast(sum(y * y) as double) as yy, cast(sum(n * y) as double) as ny,
               count(*) filter (where y > 0) as paying, cast(max(y) as double) as top_y,
               cast(max_by(n, row(y, n)) as double) as top_n"""
"""The columns of `evidence.Sums` for complaints y per order n over companies."""


def _pairs(leads: bool) -> str:
    """Orders and complaints of each product and company."""
    company, join = _speaker(leads)
    return f"""
            select product_id as product, company_id as company, 0 as complaints, count(*) as orders
            from orders
            where product_id is not null and ordered_at < :until and revenue > 0
              and coalesce(kind, 'order') in ('order', 'call_off')
            group by 1, 2
            union all
            select f.product_id, {company}, count(*), 0
            from feedback f {join}
            where f.kind = 'complaint' and f.product_id is not null and f.recorded_at < :until
            group by 1, 2"""


def complaints_by_product(as_of: dt.date, *, leads: bool) -> exp.Expression:
    """One row per product with the sums over companies of complaints (y) and orders (n): complaints per order.

    Orders are order lines and call-offs with a positive revenue; companies count with all their orders of the product.
    """
    return select(f"""
        with pairs as ({_pairs(leads)}),
        each as (
            select product, company, sum(complaints) as y, sum(orders) as n from pairs group by 1, 2
        )
        select product, count(*) filter (where n > 0) as companies, {_SUMS},
               cast(sum(y) filter (where n = 0) as double) as without_order
        from each group by 1 having sum(n) > 0 order by 1""", until=as_of + dt.timedelta(days=1))


def complaints_by_segment(as_of: dt.date, company_grain: exp.Expression, *, leads: bool) -> exp.Expression:
    """One row per dimension (industry, size, country) and value with the sums over companies of complaints (y) and
    orders (n), as in `complaints_by_product`; complaints of customers without an order, and those that name a product
    they never ordered, count to no segment."""
    return select(f"""
        with pairs as ({_pairs(leads)}),
        bought as (
            select product, company, sum(complaints) as y, sum(orders) as n
            from pairs group by 1, 2 having sum(orders) > 0
        ),
        each as (select company, sum(y) as y, sum(n) as n from bought group by 1),
        placed as (
            select unnest(['industry', 'size', 'country']) as dimension,
                   unnest([cast(g.industry as varchar), g.size, g.country]) as name, e.y, e.n
            from each e join ({company_grain.sql(dialect='duckdb')}) g on g.company_id = e.company
        )
        select dimension, name, count(*) as companies, {_SUMS}
        from placed where name is not null group by 1, 2 order by 1, 2""", until=as_of + dt.timedelta(days=1))


def repeat_after_complaint(as_of: dt.date, *, leads: bool) -> exp.Expression:
    """Customers seen once each, at the start of a quarter that lies at least a year back: did they order within the
    year after it, by whether they had complained in the half-year before it.

    Rows are strata: orders so far (1, 2 to 3, 4 and more), days since the last one (up to 90, 180, 365, longer) and
    whether the customer had complained; `n` customers, `again` of them that ordered again. A customer with complaints
    is seen at the first quarter start after its first complaint, any other at a quarter start drawn by its number.
    """
    company, join = _speaker(leads)
    return select(f"""
        with bought as (
            select company_id as company, cast(ordered_at as date) as day from orders
            where ordered_at < :until and revenue > 0 and coalesce(kind, 'order') in ('order', 'call_off')
        ),
        starts as (
            select cast(day as date) as start
            from unnest(generate_series(
                date_trunc('quarter', (select min(day) from bought)), cast(:latest as timestamp), interval 3 month))
                as u(day)
        ),
        complained as (
            select {company} as company, min(cast(f.recorded_at as date)) as day
            from feedback f {join}
            where f.kind = 'complaint' and f.recorded_at < :until group by 1
        ),
        seen as (
            select b.company, s.start, c.day as complaint, count(*) as orders, s.start - max(b.day) as since
            from starts s join bought b on b.day < s.start left join complained c on c.company = b.company
            where c.day is null or (c.day < s.start and s.start - c.day <= 183)
            group by 1, 2, 3
        ),
        once as (
            select *, row_number() over (
                partition by company
                order by case when complaint is null then md5(company || cast(start as varchar)) end, start) as turn
            from seen where since <= 730
        )
        select
            case when orders = 1 then '1' when orders <= 3 then '2-3' else '4+' end as orders,
            case when since <= 90 then '90' when since <= 180 then '180' when since <= 365 then '365' else 'more' end
                as since,
            complaint is not null as complained, count(*) as n,
            count(*) filter (where exists (
                select 1 from bought b where b.company = o.company and b.day >= o.start and b.day < o.start + 365))
                as again
        from once o where turn = 1
        group by 1, 2, 3 order by 1, 2, 3""",
        until=as_of + dt.timedelta(days=1), latest=as_of - dt.timedelta(days=YEAR))


def product_names() -> exp.Expression:
    """The name of every product."""
    return select("select product_id as product, name from products order by 1")
