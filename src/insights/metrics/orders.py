"""What customers ordered: lines netted of what was taken back, days with an order, and each customer's counts.

Three relations, built once a run, each an aggregate of the one before: order_lines, order_days, and (a query for any
day) one row per customer.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

LINES, DAYS, CUSTOMERS = "order_lines", "order_days", "customers"
YEAR, QUARTER = 365, 91
APART = 60
"""Orders closer than so many days belong to one burst of a season."""


def order_lines(as_of: dt.date, *, orders: bool, products: bool, keys: bool) -> exp.Expression:
    """One row per order line up to `as_of`, or per won lead where no orders were delivered, with its `fate`.

    `bought`: an order or call-off with a positive amount; `returned`: goods or money taken back, netted on its day;
    `cancelled` and `cancellation`: an order and what took it back in full (same customer, product and amount, the
    latest order before it), which never happened; `free`: an amount of zero. A line without a kind and below zero is a
    credit note: it cancels what it matches, else it is a return. `revenue` (net of VAT, less rebate) and `margin` (less
    cost; empty where no cost is known) in the reporting currency. Companies that `company_keys` maps to another one
    count as that one (`keys`).
    """
    if not orders:
        return select(f"""
            select company_id, won_on as day, product_id, seller_id, lead_id, 'bought' as fate,
                   cast(revenue as double) as revenue, cast(null as double) as margin
            from {LEAD_GRAIN}
            where outcome = 'won' and won_on is not null and company_id is not null and revenue > 0""")
    until = as_of + dt.timedelta(days=1)
    by_product = "o.quantity * p.unit_cost_rc" if products else "null"
    join_products = "left join products p on p.product_id = o.product_id" if products else ""
    company = "coalesce(k.company_id, o.company_id)" if keys else "o.company_id"
    join_keys = "left join company_keys k on k.key = o.company_id" if keys else ""
    return select(f"""
        with line as (
            select
                o._row as line, {company} as company_id, cast(o.ordered_at as date) as day, o.ordered_at as at,
                o.product_id, o.seller_id, o.lead_id, coalesce(o.kind, '') as kind, o.revenue_rc as amount,
                coalesce(o.rebate_rc, 0) as rebate, abs(coalesce(o.cost_rc, {by_product})) as cost,
                coalesce(o.kind, '') in ('return', 'cancellation') or o.revenue_rc < 0 as back,
                coalesce(o.kind, '') = 'cancellation' or (o.kind is null and o.revenue_rc < 0) as voids
            from orders o {join_products} {join_keys}
            where o.ordered_at < :until
        ),
        level as (
            select *, sum(case when voids then -1 when back then 0 else 1 end) over (
                partition by company_id, product_id, abs(amount) order by at, back, line
                rows between unbounded preceding and current row) as depth
            from line
            where (company_id, coalesce(product_id, ''), abs(amount)) in (
                select (company_id, coalesce(product_id, ''), abs(amount)) from line where voids)
                and (voids or not back)
        ),
        pair as (
            select line, case
                when not voids and lead(voids) over by_depth then 'cancelled'
                when voids and not lag(voids) over by_depth then 'cancellation' end as fate
            from level
            window by_depth as (
                partition by company_id, product_id, abs(amount), depth + case when voids then 1 else 0 end
                order by at, back, line)
        )
        select
            l.company_id, l.day, l.product_id, l.seller_id, l.lead_id,
            coalesce(p.fate, case when l.back then 'returned' when l.amount > 0 then 'bought' else 'free' end) as fate,
            cast(case when l.back then -1 else 1 end * (abs(l.amount) - abs(l.rebate)) as double) as revenue,
            cast(case when l.back then -1 else 1 end * (abs(l.amount) - abs(l.rebate) - l.cost) as double) as margin
        from line l left join pair p on p.line = l.line""", until=until)


def order_days() -> exp.Expression:
    """One row per customer and day with anything bought or taken back, netted.

    `ordered`: something was bought and the day's net amount is above zero; many lines of one day are one order. For
    such days `gap` is the days since the customer's order day before, `burst` whether it begins a burst (more than 60
    days after the one before). `costed`: the revenue whose cost is known.
    """
    return select(f"""
        with day as (
            select company_id, day, count(*) filter (where fate = 'bought') > 0 and sum(revenue) > 0 as ordered,
                   sum(revenue) as revenue, sum(margin) as margin,
                   sum(case when margin is not null then abs(revenue) else 0 end) as costed,
                   sum(abs(revenue)) as turned
            from {LINES} where fate in ('bought', 'returned')
            group by 1, 2
        ),
        spaced as (
            select *, case when ordered then day - lag(day) over (partition by company_id, ordered order by day) end
                as gap
            from day
        )
        select *, ordered and (gap is null or gap > {APART}) as burst from spaced""")


def customers(companies: exp.Expression) -> exp.Expression:
    """One row per company with at least one order day, numbered from 0 in the order of its identifier, with its name,
    segment, owner and dates of its own. `companies`: the company grain."""
    return select(f"""
        select row_number() over (order by d.company_id) - 1 as customer, d.company_id, c.name, c.industry, c.size,
               c.country, f.owner_seller_id as owner, f.first_order_on, f.closed_on, f.left_reason, f.tax_id,
               coalesce(f.strategic, false) as strategic, d.first_day
        from (select company_id, min(day) as first_day from {DAYS} where ordered group by 1) d
        left join ({companies.sql(dialect='duckdb')}) c on c.company_id = d.company_id
        left join companies f on f.company_id = d.company_id
        order by 1""")


def register() -> exp.Expression:
    """One row per customer ever, by number."""
    return select(f"select * from {CUSTOMERS} order by customer")


def counts(day: dt.date, money: str) -> exp.Expression:
    """One row per customer that had ordered by the end of `day`, with what repeat-order models need.

    `orders`: order days; `age`, `silence`: days since the first and the last; `gaps_*`: number, sum, sum of logarithms
    and of their squares of the intervals between order days, `pause_days` the sum of those between bursts; `bursts`,
    `cosine`, `sine`, `season_days`, `since_burst`:
    beginnings of bursts, their place in the year as sums over a circle, days from the first to the last, days since
    the last; `total`, `year`, `year_before`, `first_money`: money (`money`: margin or revenue) net of what was taken
    back, of all time, of the last 365 days and the 365 before, of the first order day; `recent`: order days of the
    last 365; `log_*`: of later order days with a positive amount; `later_orders`, `later_money`: of the 365 days after
    `day`; `soon_money`: of the 91 days after it.
    """
    return select(f"""
        select
            c.customer,
            count(*) filter (where before) as orders,
            cast(:day as date) - min(d.day) filter (where before) as age,
            cast(:day as date) - max(d.day) filter (where before) as silence,
            count(d.gap) filter (where before) as gaps_n,
            coalesce(sum(d.gap) filter (where before), 0) as gaps_days,
            coalesce(sum(ln(d.gap)) filter (where before), 0) as gaps_logs,
            coalesce(sum(ln(d.gap) * ln(d.gap)) filter (where before), 0) as gaps_squares,
            coalesce(sum(d.gap) filter (where before and d.burst), 0) as pause_days,
            count(*) filter (where before and d.burst) as bursts,
            coalesce(sum(cos(2 * pi() * dayofyear(d.day) / 365.25)) filter (where before and d.burst), 0) as cosine,
            coalesce(sum(sin(2 * pi() * dayofyear(d.day) / 365.25)) filter (where before and d.burst), 0) as sine,
            max(d.day) filter (where before and d.burst) - min(d.day) filter (where before and d.burst)
                as season_days,
            cast(:day as date) - max(d.day) filter (where before and d.burst) as since_burst,
            coalesce(sum(d.money) filter (where d.day <= :day), 0) as total,
            coalesce(sum(d.money) filter (where d.day <= :day and d.day > :year_ago), 0) as year,
            coalesce(sum(d.money) filter (where d.day <= :year_ago and d.day > :two_years_ago), 0) as year_before,
            count(*) filter (where before and d.day > :year_ago) as recent,
            coalesce(min(d.money) filter (where before and d.gap is null), 0) as first_money,
            count(d.logarithm) filter (where before and d.gap is not null) as log_n,
            coalesce(sum(d.logarithm) filter (where before and d.gap is not null), 0) as log_sum,
            coalesce(sum(d.logarithm * d.logarithm) filter (where before and d.gap is not null), 0) as log_squares,
            count(*) filter (where d.ordered and d.day > :day and d.day <= :year_on) as later_orders,
            coalesce(sum(d.money) filter (where d.day > :day and d.day <= :year_on), 0) as later_money,
            coalesce(sum(d.money) filter (where d.day > :day and d.day <= :quarter_on), 0) as soon_money
        from (select *, coalesce({money}, 0) as money, ordered and day <= :day as before,
                     ln(case when {money} > 0 then {money} end) as logarithm from {DAYS}) d
        join {CUSTOMERS} c on c.company_id = d.company_id
        where c.first_day <= :day
        group by 1 order by 1""", day=day, year_ago=day - dt.timedelta(days=YEAR),
        two_years_ago=day - dt.timedelta(days=2 * YEAR), year_on=day + dt.timedelta(days=YEAR),
        quarter_on=day + dt.timedelta(days=QUARTER))


def order_totals(as_of: dt.date, orders: bool) -> exp.Expression:
    """What became of the lines: how many were cancelled in full, returned, free of charge, or lie after `as_of`; first
    and last order day; money in all; `costed_share`: part of the money moved whose cost is known."""
    later = (f"(select count(*) from orders where ordered_at >= cast('{as_of + dt.timedelta(days=1)}' as date))"
             if orders else "0")
    return select(f"""
        select
            count(*) as lines, count(*) filter (where fate = 'bought') as bought,
            count(*) filter (where fate = 'cancelled') as cancelled, count(*) filter (where fate = 'returned')
                as returned,
            count(*) filter (where fate = 'cancellation') as cancellations, count(*) filter (where fate = 'free')
                as free,
            -sum(revenue) filter (where fate = 'returned') as returned_revenue,
            count(*) filter (where fate = 'bought' and lead_id is null) as without_lead,
            {later} as after_as_of,
            (select count(*) from {DAYS} where ordered) as order_days,
            (select min(day) from {DAYS} where ordered) as first_day,
            (select max(day) from {DAYS} where ordered) as last_day,
            (select sum(costed) / nullif(sum(turned), 0) from {DAYS}) as costed_share
        from {LINES}""")


def through_leads(as_of: dt.date, money: str) -> exp.Expression:
    """`share` of the last 365 days' money (`money`: margin or revenue) of those who were customers before that came
    with a lead of its own; missing where they brought nothing."""
    return select(f"""
        select greatest(coalesce(sum({money}) filter (where l.lead_id is not null), 0), 0)
               / nullif(greatest(sum({money}), 0), 0) as share
        from {LINES} l join {CUSTOMERS} c on c.company_id = l.company_id
        where l.fate in ('bought', 'returned') and l.day > :year_ago and c.first_day <= :year_ago""",
        year_ago=as_of - dt.timedelta(days=YEAR))
