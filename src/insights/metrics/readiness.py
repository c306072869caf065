"""How ready sellers were, at the time of each lead: cells of leads by seller, product and readiness.

A seller counts as prepared for a product from a knowledge of `prepared` on. A lead is judged by the latest assessment
of its seller and product on or before the day of its creation, never by a later one.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

STATES = ("prepared", "unprepared", "later", "never")
"""Of a lead: its seller was prepared, was not, was assessed only after the lead, or never for this product."""
CONTROLS = ("source", "moment", "size", "country", "industry")
"""What leads are compared alike in, besides seller and product."""

_NO_ASSESSMENTS = """select null as product_id, null as seller_id, cast(null as date) as assessed_on,
               cast(null as double) as knowledge, cast(null as boolean) as willing, null as assessed_by where false"""
_CONTACTED = "'touched', 'opportunity', 'proposal', 'won'"


def lead_cells(as_of: dt.date, start: dt.date, end: dt.date, *, days: int, prepared: float, readiness: bool,
               touches: bool) -> exp.Expression:
    """One row per combination of product, seller, state of readiness and what leads are compared alike in.

    `state`: one of `STATES`; `willing`: whether the seller wanted to sell the product at that time; `self_assessed`:
    whether the seller judged it. `leads`; `old`: created at least `days` days before `as_of`; `old_won`: of these won
    by `as_of`; `old_touched`: of these contacted by a seller (a stage from touched on, or a recorded contact);
    `fair`, `fair_won`: created at least half as many days before, and won by `as_of`; `recent`: created in the period.
    `moment`: the quarter of creation, for leads that are not old the month, so that leads of about the same age meet.
    Leads of unknown product are left out.
    """
    until = as_of + dt.timedelta(days=1)
    assessments = """
        select product_id, seller_id, assessed_on, cast(knowledge as double) as knowledge, willing, assessed_by
        from readiness where assessed_on < :until""" if readiness else _NO_ASSESSMENTS
    contacts = """
            union select coalesce(l.duplicate_of, l.lead_id) from touches t join leads l on l.lead_id = t.lead_id
            where t.seller_id is not null and t.touched_at < :until""" if touches else ""
    return select(f"""
        with assessments as ({assessments}),
        spans as (
            select *, lead(assessed_on) over (partition by product_id, seller_id order by assessed_on) as until_on
            from assessments
        ),
        firsts as (
            select product_id, seller_id, min(assessed_on) as first_on from assessments group by 1, 2
        ),
        contacted as (
            select coalesce(l.duplicate_of, l.lead_id) as lead_id
            from lead_stages s join leads l on l.lead_id = s.lead_id
            where s.stage in ({_CONTACTED}) and (coalesce(s.recorded_at, s.entered_at) < :until
                or coalesce(s.recorded_at, s.entered_at) is null)
            {contacts}
        ),
        contacted_once as (select distinct lead_id from contacted),
        asked as (
            select
                g.product_id, g.seller_id,
                case when s.knowledge >= :prepared then 'prepared' when s.knowledge is not null then 'unprepared'
                     when f.first_on is not null then 'later' else 'never' end as state,
                s.willing, coalesce(s.assessed_by = 'self', false) as self_assessed,
                g.source, cast(case when g.created_on + :days <= :as_of then date_trunc('quarter', g.created_on)
                                    else date_trunc('month', g.created_on) end as date) as moment,
                g.size, g.country, g.industry, coalesce(g.created_on + :days <= :as_of, false) as is_old,
                coalesce(g.created_on + :half <= :as_of, false) as is_fair, g.outcome = 'won' as is_won,
                c.lead_id is not null as is_touched,
                coalesce(g.created_on >= :start and g.created_on < :end, false) as is_recent
            from {LEAD_GRAIN} g
            left join spans s on s.product_id = g.product_id and s.seller_id = g.seller_id
                and g.created_on >= s.assessed_on and (s.until_on is null or g.created_on < s.until_on)
            left join firsts f on f.product_id = g.product_id and f.seller_id = g.seller_id
            left join contacted_once c on c.lead_id = g.lead_id
            where g.product_id is not null
        )
        select product_id, seller_id, state, willing, self_assessed, source, moment, size, country, industry,
            count(*) as leads, count(*) filter (where is_old) as old,
            count(*) filter (where is_old and is_won) as old_won,
            count(*) filter (where is_old and is_touched) as old_touched,
            count(*) filter (where is_fair) as fair, count(*) filter (where is_fair and is_won) as fair_won,
            count(*) filter (where is_recent) as recent
        from asked
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
        order by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10""", until=until, as_of=as_of, start=start, end=end,
                  days=days, half=days // 2, prepared=prepared)


def latest(as_of: dt.date, prepared: float) -> exp.Expression:
    """One row per product and seller active on `as_of` with the latest assessment: `team`, `prepared`, `willing`,
    `assessed_by`, `assessments` (how many), `trained_on` (the first one at which a seller unprepared before was
    prepared)."""
    until = as_of + dt.timedelta(days=1)
    return select("""
        with ordered as (
            select product_id, seller_id, assessed_on, knowledge >= :prepared as prepared, willing, assessed_by,
                lag(knowledge >= :prepared) over (partition by product_id, seller_id order by assessed_on) as before,
                row_number() over (partition by product_id, seller_id order by assessed_on desc) as place
            from readiness where assessed_on < :until
        ),
        per_pair as (
            select product_id, seller_id, count(*) as assessments,
                min(case when prepared and not before then assessed_on end) as trained_on
            from ordered group by 1, 2
        )
        select o.product_id, o.seller_id, s.team, o.prepared, o.willing, o.assessed_by, p.assessments, p.trained_on
        from ordered o
        join per_pair p on p.product_id = o.product_id and p.seller_id = o.seller_id
        left join sellers s on s.seller_id = o.seller_id
        where o.place = 1 and (s.active_to is null or s.active_to >= :as_of)
        order by 1, 2""", until=until, as_of=as_of, prepared=prepared)


def around_training(as_of: dt.date, *, days: int, prepared: float) -> exp.Expression:
    """One row per product, seller, calendar quarter and phase around the training, of the leads old enough (`old`,
    `won`), for products of which some seller was assessed as unprepared first and as prepared later.

    `phase`: `early` (more than half a year before the assessment that found the seller prepared), `before`, `soon` (up
    to half a year after), `later`; missing for sellers of the product who never changed.
    """
    until = as_of + dt.timedelta(days=1)
    return select(f"""
        with ordered as (
            select product_id, seller_id, assessed_on, knowledge >= :prepared as prepared,
                lag(knowledge >= :prepared) over (partition by product_id, seller_id order by assessed_on) as before
            from readiness where assessed_on < :until
        ),
        trained as (
            select product_id, seller_id, min(assessed_on) as trained_on
            from ordered where prepared and not before group by 1, 2
        )
        select g.product_id, g.seller_id, cast(date_trunc('quarter', g.created_on) as date) as quarter,
            case when t.trained_on is null then null
                 when g.created_on < t.trained_on - 182 then 'early' when g.created_on < t.trained_on then 'before'
                 when g.created_on < t.trained_on + 182 then 'soon' else 'later' end as phase,
            count(*) as old, count(*) filter (where g.outcome = 'won') as won
        from {LEAD_GRAIN} g
        left join trained t on t.product_id = g.product_id and t.seller_id = g.seller_id
        where g.product_id in (select product_id from trained) and g.seller_id is not null
          and g.created_on + :days <= :as_of
        group by 1, 2, 3, 4 order by 1, 2, 3, 4""", until=until, as_of=as_of, days=days, prepared=prepared)
