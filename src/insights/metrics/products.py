"""What each product sells, earns, is promoted by and is complained of: one query for each kind of record.

Sums for comparisons are taken over pairs of company and product: `companies` (pairs), `n`, `y`, their sums of squares
and products, and the pair with the largest y, as `evidence.Sums` wants them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.segments import lead_terms
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

SALES = "('order', 'call_off')"
EVERYTHING = 0.8
"""A campaign that names at least this share of the launched products, and more than two, promotes none of them in
particular."""


def of_sums(name: str, n: str, y: str) -> str:
    """The columns of `evidence.Sums` for a ratio y / n, over the rows of a group."""
    return f"""
            count(*) filter (where {n} > 0) as {name}_companies, sum({n}) as {name}_n, sum({y}) as {name}_y,
            sum({n} * {n}) as {name}_nn, sum({y} * {y}) as {name}_yy, sum({n} * {y}) as {name}_ny,
            count(*) filter (where {y} > 0) as {name}_paying, max({y}) as {name}_top_y,
            max_by({n}, row({y}, {n})) filter (where {y} is not null) as {name}_top_n"""


def catalogue() -> exp.Expression:
    """One row per product: `product_id`, `name`, `status`, `family`, `launched_on`."""
    return select("select product_id, name, status, family, launched_on from products order by product_id")


def asked_for(as_of: dt.date, start: dt.date, end: dt.date, *, days: int) -> exp.Expression:
    """One row per product that leads ask for: `leads`, `won`, `lost`, `open`, `returned`, `revenue`, `margin`,
    `costed_revenue`; of the leads created in the period `recent` and `recent_with_campaign`; of those won in it
    `won_in_period`, `margin_in_period`, `revenue_in_period`; and the sums of win_rate, conversion, margin_per_lead,
    revenue_per_lead, and `per_win` and `value_per_win` (margin and revenue over wins)."""
    mature = "(created_on is not null and created_on + :days <= :as_of)"
    measures = {name: lead_terms(name, mature)
                for name in ("win_rate", "conversion", "margin_per_lead", "revenue_per_lead")}
    won = "case when outcome = 'won' then 1 else 0 end"
    costed = "case when outcome = 'won' and costed_revenue > 0 then 1 else 0 end"
    measures |= {"per_win": ("margin", costed), "value_per_win": ("revenue", won)}
    columns = ", ".join(f"cast(sum({y}) as double) as {m}_y, sum({n}) as {m}_n" for m, (y, n) in measures.items())
    sums = ", ".join(of_sums(m, f"{m}_n", f"{m}_y") for m in measures)
    return select(f"""
        with pairs as (
            select product_id, company_id, count(*) as leads,
                count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost,
                count(*) filter (where outcome = 'open') as open,
                count(*) filter (where outcome = 'returned') as returned,
                sum(revenue) as revenue, sum(margin) as margin, sum(costed_revenue) as costed_revenue,
                count(*) filter (where created_on >= :start and created_on < :end) as recent,
                count(*) filter (where created_on >= :start and created_on < :end and campaign_id is not null)
                    as recent_with_campaign,
                count(*) filter (where won_on >= :start and won_on < :end) as won_in_period,
                sum(case when won_on >= :start and won_on < :end then margin else 0 end) as margin_in_period,
                sum(case when won_on >= :start and won_on < :end then revenue else 0 end) as revenue_in_period,
                {columns}
            from {LEAD_GRAIN} group by 1, 2
        )
        select product_id, sum(leads) as leads, sum(won) as won, sum(lost) as lost, sum(open) as open,
            sum(returned) as returned, sum(revenue) as revenue, sum(margin) as margin,
            sum(costed_revenue) as costed_revenue, sum(recent) as recent,
            sum(recent_with_campaign) as recent_with_campaign, sum(won_in_period) as won_in_period,
            sum(margin_in_period) as margin_in_period, sum(revenue_in_period) as revenue_in_period, {sums}
        from pairs group by 1 order by 1""", as_of=as_of, start=start, end=end, days=max(days, 1))


def likeness(as_of: dt.date, *, days: int) -> exp.Expression:
    """One row for the firm: leads at least `days` days old (`n`) and won (`y`), with the sums of their squares over
    companies (`nn`, `yy`): how much the leads of one company are alike."""
    return select(f"""
        select sum(n) as n, sum(y) as y, sum(n * n) as nn, sum(y * y) as yy
        from (
            select company_id, count(*) as n, count(*) filter (where outcome = 'won') as y
            from {LEAD_GRAIN} where company_id is not null and created_on + :days <= :as_of group by 1
        ) companies""", as_of=as_of, days=max(days, 1))


def sold(as_of: dt.date, start: dt.date, end: dt.date, *, products: bool) -> exp.Expression:
    """One row per product ordered up to `as_of`: `lines` (orders and call-offs), `returns` (lines sent back),
    `revenue`, `costed_revenue`, `margin` (revenue of lines with a known cost less rebate less cost), `listed` (list
    revenue where known) and `listed_revenue` (what was paid for these), the same of the period (`lines_in_period`,
    `margin_in_period`, `revenue_in_period`), and the sums of `margin_share` (margin over costed revenue)."""
    until = as_of + dt.timedelta(days=1)
    cost = "coalesce(o.cost_rc, cast(o.quantity * p.unit_cost_rc as decimal(18, 2)))" if products else "o.cost_rc"
    join = "left join products p on p.product_id = o.product_id" if products else ""
    return select(f"""
        with lines as (
            select o.product_id, o.company_id, coalesce(o.kind, 'order') as kind, o.revenue_rc as revenue,
                {cost} as cost, o.revenue_rc - coalesce(o.rebate_rc, 0) - {cost} as margin, o.list_revenue_rc as listed,
                o.ordered_at >= :start and o.ordered_at < :end as recent
            from orders o {join}
            where o.product_id is not null and o.ordered_at < :until
        ),
        pairs as (
            select product_id, company_id, count(*) filter (where kind in {SALES}) as lines,
                count(*) filter (where kind = 'return') as returns,
                count(*) filter (where kind in {SALES} and recent) as lines_in_period,
                sum(revenue) as revenue, sum(case when cost is not null then revenue else 0 end) as costed_revenue,
                sum(coalesce(margin, 0)) as margin,
                sum(case when recent then coalesce(margin, 0) else 0 end) as margin_in_period,
                sum(case when recent then revenue else 0 end) as revenue_in_period,
                sum(case when listed > 0 and kind in {SALES} then listed else 0 end) as listed,
                sum(case when listed > 0 and kind in {SALES} then revenue else 0 end) as listed_revenue,
                cast(sum(case when cost is not null then revenue else 0 end) as double) as margin_share_n,
                cast(sum(coalesce(margin, 0)) as double) as margin_share_y
            from lines group by 1, 2
        )
        select product_id, sum(lines) as lines, sum(returns) as returns, sum(lines_in_period) as lines_in_period,
            sum(revenue) as revenue, sum(costed_revenue) as costed_revenue, sum(margin) as margin,
            sum(margin_in_period) as margin_in_period, sum(revenue_in_period) as revenue_in_period,
            sum(listed) as listed, sum(listed_revenue) as listed_revenue,
            {of_sums('margin_share', 'margin_share_n', 'margin_share_y')}
        from pairs group by 1 order by 1""", until=until, start=start, end=end)


def promotion(as_of: dt.date, start: dt.date, end: dt.date, *, products: bool, spend: bool) -> exp.Expression:
    """One row per product, and one for no product in particular (missing): the campaigns that ran in the period and
    promote it (`campaigns`), their `spend` in the period (a campaign's money divided equally between the products it
    names) and the `leads` they brought. Campaigns without products, or with (nearly) all, stand in the last row."""
    launched = "(select count(*) from products where status = 'launched')" if products else "0"
    money = "select campaign_id, cast(sum(amount_rc) as double) as amount from spend where spent_on >= :start " \
            "and spent_on < :end group by 1" if spend else "select null as campaign_id, 0.0 as amount where false"
    return select(f"""
        with named as (
            select c.campaign_id, count(cp.product_id) as products
            from campaigns c left join campaign_products cp on cp.campaign_id = c.campaign_id
            where c.started_on < :end and (c.ended_on is null or c.ended_on >= :start) and c.started_on <= :as_of
            group by 1
        ),
        money as ({money}),
        brought as (
            select campaign_id, count(*) as leads from {LEAD_GRAIN}
            where created_on >= :start and created_on < :end and campaign_id is not null group by 1
        ),
        known as (
            select n.campaign_id,
                case when n.products = 0 or (n.products > 2 and n.products >= {EVERYTHING} * {launched}) then 0
                     else n.products end as products
            from named n
        )
        select cp.product_id, count(distinct k.campaign_id) as campaigns,
            coalesce(sum(m.amount / greatest(k.products, 1)), 0) as spend, coalesce(sum(b.leads), 0) as leads
        from known k
        left join campaign_products cp on cp.campaign_id = k.campaign_id and k.products > 0
        left join money m on m.campaign_id = k.campaign_id
        left join brought b on b.campaign_id = k.campaign_id
        group by 1 order by 1""", as_of=as_of, start=start, end=end)


def complaints(as_of: dt.date) -> exp.Expression:
    """One row per product: `complaints` up to `as_of`, `customers` who complained, and the sums of `complaint_rate`
    (complaints over order lines, by company)."""
    until = as_of + dt.timedelta(days=1)
    return select(f"""
        with said as (
            select product_id, company_id, count(*) as complaints from feedback
            where kind = 'complaint' and product_id is not null and recorded_at < :until group by 1, 2
        ),
        lines as (
            select product_id, company_id, count(*) as lines from orders
            where coalesce(kind, 'order') in {SALES} and product_id is not null and ordered_at < :until group by 1, 2
        ),
        pairs as (
            select product_id, company_id, cast(sum(complaints) as double) as y, cast(sum(lines) as double) as n
            from (
                select product_id, company_id, complaints, 0 as lines from said
                union all select product_id, company_id, 0, lines from lines
            ) as both_kinds
            group by 1, 2
        )
        select product_id, sum(y) as complaints, count(*) filter (where y > 0) as customers,
            {of_sums('complaint_rate', 'n', 'y')}
        from pairs group by 1 order by 1""", until=until)


def wins_by_quarter() -> exp.Expression:
    """One row per calendar quarter with its `won` leads: what the sellers have shown they can close."""
    return select(f"""
        select cast(date_trunc('quarter', won_on) as date) as quarter, count(*) as won
        from {LEAD_GRAIN} where won_on is not null group by 1 order by 1""")


def hours(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per product with the recorded `contacts` of sellers with its leads in the period, and in every row the
    sellers' `hours` in it (weekly hours over its weeks, active days only): hours are shared out by contacts."""
    return select("""
        with time as (
            select sum(hours_per_week * greatest(
                least(coalesce(active_to, :end), :end) - greatest(coalesce(active_from, :start), :start), 0) / 7.0)
                as hours
            from sellers where hours_per_week is not null
        )
        select l.product_id, count(*) as contacts, max(cast(t.hours as double)) as hours
        from touches c join leads l on l.lead_id = c.lead_id cross join time t
        where c.seller_id is not null and c.touched_at >= :start and c.touched_at < :end
        group by 1 order by 1""", start=start, end=end)
