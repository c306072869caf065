"""The lead-grain relation: one row per lead with its segment, dates, outcome and money, built once a run.

Every measure of leads is an aggregate of it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

LEAD_GRAIN = "lead_grain"
SEGMENT_CELLS = "segment_cells"

# Recommendation 2003/361/EC, article 2 of its annex: people, turnover and balance total in euros.
_BANDS = (("micro", 10, 2_000_000, 2_000_000), ("small", 50, 10_000_000, 10_000_000),
          ("medium", 250, 50_000_000, 43_000_000))


def company_grain(eur_rate: float | None) -> exp.Expression:
    """One row per company with the groupings of a segment.

    `size` is the band of Recommendation 2003/361/EC: head-count must be under the limit, and turnover or balance not
    above it; from head-count alone where neither amount is known or the reporting currency has no rate for the euro
    (`eur_rate`: units of the reporting currency for one euro). `industry` is the NACE code, or the firm's own label
    where none was mapped.
    """
    by_people = _band("employees", [(name, f"< {people}") for name, people, _, _ in _BANDS])
    bands = {name: i for i, (name, *_) in enumerate(_BANDS)}
    turnover = _band_number("annual_turnover_rc", [(t * (eur_rate or 0), i) for i, (_, _, t, _) in enumerate(_BANDS)])
    balance = _band_number("balance_total_rc", [(b * (eur_rate or 0), i) for i, (_, _, _, b) in enumerate(_BANDS)])
    money = f"least(coalesce({turnover}, {balance}), coalesce({balance}, {turnover}))" if eur_rate else "null"
    people = f"case {by_people} " + " ".join(f"when '{name}' then {i}" for name, i in bands.items()) + " else 3 end"
    number = f"greatest({people}, coalesce({money}, 0))"
    return select(f"""
        select
            company_id, name,
            coalesce(industry, industry_given) as industry,
            case when employees is not null then
                case {number} when 0 then 'micro' when 1 then 'small' when 2 then 'medium' else 'large' end
            end as size,
            country, region
        from companies""")


def _band(column: str, limits: list[tuple[str, str]]) -> str:
    return "case " + " ".join(f"when {column} {limit} then '{name}'" for name, limit in limits) + " else 'large' end"


def _band_number(column: str, limits: list[tuple[float, int]]) -> str:
    tests = " ".join(f"when {column} <= {limit:.0f} then {i}" for limit, i in limits)
    return f"(case when {column} is null then null {tests} else 3 end)"


def lead_grain(
    as_of: dt.date, *, orders: bool, products: bool, contacts: bool, eur_rate: float | None,
) -> exp.Expression:
    """One row per lead that was known on `as_of`, duplicates folded into their original.

    `outcome`: won (the first win ends a lead), lost, returned, or open; a terminal stage followed by a later open one
    is open again. `created_on`, `won_on`, `closed_on`: local dates. `days_to_win`: days from creation to the win,
    missing where the win is dated before the creation. `revenue`: the lead's orders, else the amount at won; `cost`:
    the orders' cost, else quantity times the product's unit cost; `margin`: revenue less rebate less cost;
    `costed_revenue`: the revenue whose cost is known; `list_revenue` and `listed_revenue`: at list prices, and the
    revenue of the orders that have one. `mql_on`, `accepted_on`, `opportunity_on`, `touched_at`: when the lead first
    entered that stage; `offered`: the largest amount of an offer. Money is in the reporting currency. A lead's company
    is the one named, else that of its contact; `cell` is the number of its industry, size and country in the relation
    `segment_cells`. What was recorded or entered after `as_of` is not seen.
    """
    until = as_of + dt.timedelta(days=1)
    by_product = "cast(o.quantity * p.unit_cost_rc as decimal(18, 2))"
    order_cost = f"coalesce(o.cost_rc, {by_product})" if products else "o.cost_rc"
    join_products = "left join products p on p.product_id = o.product_id" if products else ""
    deals = f"""
        select coalesce(l.lead_id, o.lead_id) as lead_id, sum(o.revenue_rc) as revenue,
               sum(coalesce(o.rebate_rc, 0)) as rebate,
               sum({order_cost}) as cost,
               sum(case when {order_cost} is not null then o.revenue_rc else 0 end) as costed_revenue,
               sum(o.list_revenue_rc) as list_revenue,
               sum(case when o.list_revenue_rc is not null then o.revenue_rc else 0 end) as listed_revenue
        from orders o left join folded l on l.own_id = o.lead_id {join_products}
        where o.ordered_at < :until and o.lead_id is not null
        group by 1""" if orders else """
        select cast(null as varchar) as lead_id, cast(null as decimal(18, 2)) as revenue,
               cast(null as decimal(18, 2)) as rebate, cast(null as decimal(18, 2)) as cost,
               cast(null as decimal(18, 2)) as costed_revenue,
               cast(null as decimal(18, 2)) as list_revenue, cast(null as decimal(18, 2)) as listed_revenue
        where false"""
    contact_company = "k.company_id" if contacts else "null"
    join_contacts = "left join contacts k on k.contact_id = l.contact_id" if contacts else ""
    return select(f"""
        with folded as (
            select lead_id as own_id, duplicate_of as lead_id from leads where duplicate_of is not null
        ),
        fate as (
            select
                coalesce(f.lead_id, s.lead_id) as lead_id,
                bit_or(cast(case s.stage when 'won' then 1 when 'lost' then 2 when 'returned' then 4
                    when 'new' then 8 when 'mql' then 8 when 'accepted' then 8 when 'touched' then 8 else 0 end
                    as utinyint)) as seen,
                min(case when s.stage = 'won' then s.entered_at end) as won_at,
                max(case when s.stage = 'lost' then s.entered_at end) as lost_at,
                max(case when s.stage = 'returned' then s.entered_at end) as returned_at,
                max(case when s.stage not in ('won', 'lost', 'returned') then s.entered_at end) as open_at,
                max(case when s.stage = 'won' then s.amount_rc end) as amount,
                min(case when s.stage = 'mql' then cast(s.entered_at as date) end) as mql_on,
                min(case when s.stage = 'accepted' then cast(s.entered_at as date) end) as accepted_on,
                min(case when s.stage = 'touched' then s.entered_at end) as touched_at,
                min(case when s.stage = 'opportunity' then cast(s.entered_at as date) end) as opportunity_on,
                max(case when s.stage in ('opportunity', 'proposal') then s.amount_rc end) as offered
            from lead_stages s left join folded f on f.own_id = s.lead_id
            where coalesce(s.recorded_at, s.entered_at) < :until
               or coalesce(s.recorded_at, s.entered_at) is null
            group by 1
        ),
        deals as ({deals}),
        known as ({company_grain(eur_rate).sql(dialect='duckdb')}),
        cells as (
            select industry, size, country, cast(row_number() over (order by industry, size, country) - 1 as integer)
                as cell
            from (select distinct industry, size, country from known)
        ),
        company as (
            select known.*, cells.cell from known join cells
            on cells.industry is not distinct from known.industry and cells.size is not distinct from known.size
            and cells.country is not distinct from known.country
        ),
        judged as (
            select
                l.lead_id, coalesce(l.company_id, {contact_company}) as company_id, l.created_at, l.source, l.origin,
                l.lead_type, l.campaign_id, l.product_id, l.seller_id,
                case
                    when f.seen & 1 > 0 then 'won'
                    when coalesce(f.seen & 7, 0) = 0 then 'open'
                    when f.open_at > greatest(coalesce(f.lost_at, f.returned_at), coalesce(f.returned_at, f.lost_at))
                        then 'open'
                    when f.seen & 4 > 0 and (f.lost_at is null or f.returned_at >= f.lost_at) then 'returned'
                    else 'lost'
                end as outcome,
                f.open_at, f.won_at, coalesce(f.won_at, f.lost_at, f.returned_at) as ended_at,
                coalesce(f.seen & 8, 0) > 0 as from_start,
                d.lead_id is not null as has_orders,
                coalesce(d.revenue, f.amount) as revenue, d.rebate, d.cost, d.costed_revenue,
                d.list_revenue, d.listed_revenue, f.mql_on, f.accepted_on, f.touched_at, f.opportunity_on, f.offered
            from leads l
            left join fate f on f.lead_id = l.lead_id
            left join deals d on d.lead_id = l.lead_id
            {join_contacts}
            where l.duplicate_of is null and (l.created_at < :until or l.created_at is null)
        )
        select
            j.lead_id, j.company_id, c.cell, c.industry, c.size, c.country, c.region, j.source, j.origin, j.lead_type,
            j.campaign_id, j.product_id, j.seller_id, j.outcome, j.from_start,
            cast(j.created_at as date) as created_on,
            case when j.outcome = 'won' then cast(j.won_at as date) end as won_on,
            case when j.outcome <> 'open' then cast(j.ended_at as date) end as closed_on,
            cast(j.open_at as date) as active_on,
            case when j.outcome = 'won' and j.won_at >= j.created_at
                then cast(j.won_at as date) - cast(j.created_at as date) end as days_to_win,
            case when j.outcome = 'won' then coalesce(j.revenue, 0) else 0 end as revenue,
            case when j.outcome = 'won' and j.has_orders then j.costed_revenue else 0 end as costed_revenue,
            case when j.outcome = 'won' and j.has_orders
                then coalesce(j.revenue, 0) - coalesce(j.rebate, 0) - coalesce(j.cost, 0) else 0 end as margin,
            case when j.outcome = 'won' then j.list_revenue end as list_revenue,
            case when j.outcome = 'won' then j.listed_revenue end as listed_revenue,
            j.mql_on, j.accepted_on, j.opportunity_on, j.offered, j.created_at, j.touched_at
        from judged j left join company c on c.company_id = j.company_id""", until=until)


def segment_cells() -> exp.Expression:
    """The combinations of industry, size and country that leads have, by their number: whoever groups leads by the
    number reads one column of small integers in the place of three of words."""
    return select(f"""
        select cell, any_value(industry) as industry, any_value(size) as size, any_value(country) as country
        from {LEAD_GRAIN} where cell is not null group by cell order by cell""")
