"""When leads are first touched by a seller, which never are, and what they pass on their way."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

STAGES = ("new", "mql", "accepted", "touched", "opportunity", "proposal", "won")
STRATUM = "coalesce(l.source, '?') || '|' || coalesce(l.size, '?')"
# What a lead's conversion may go with, as expressions of the lead (l), its facts (f).
FACTORS = {"source": "l.source", "campaign": "l.campaign_id", "product": "l.product_id",
           "load": "case f.third when 1 then 'low' when 3 then 'high' end"}
ROLE_DAYS = 14
DECIDERS = ("decision_maker", "economic_buyer")


def first_touch(touches: bool) -> str:
    """One row per lead with the first touch by a seller and the furthest stage."""
    also = """union all
            select lead_id, touched_at as at from touches
            where lead_id is not null and touched_at < :until and coalesce(direction, 'outbound') = 'outbound'
        """ if touches else ""
    return f"""
        touch as (
            select coalesce(d.duplicate_of, d.lead_id) as lead_id, min(t.at) as at from (
                select lead_id, entered_at as at from lead_stages where stage = 'touched' and entered_at < :until
                {also}) t join leads d on d.lead_id = t.lead_id
            group by 1
        ),
        passed as (
            select coalesce(d.duplicate_of, d.lead_id) as lead_id,
                count(*) filter (where s.stage in ('opportunity', 'proposal', 'won')) as advanced
            from lead_stages s join leads d on d.lead_id = s.lead_id
            where s.entered_at < :until or s.entered_at is null group by 1
        )"""


def speed(days: int, as_of: dt.date, *, touches: bool) -> exp.Expression:
    """Leads old enough to have been won within `days`, not closed by the day after their creation, by stratum (source
    and size), month of creation, by whether a seller touched them within 24 hours (`fast`), and by whether they came in
    late (after 17:00 or at a weekend): number, won within `days`, those whose time of creation is midnight, those ever
    touched, and of these the won."""
    return select(f"""
        with {first_touch(touches)}
        select {STRATUM} as stratum, strftime(r.created_at, '%Y-%m') as month,
            coalesce(date_diff('minute', r.created_at, t.at) <= 1440, false) as fast,
            extract('hour' from r.created_at) >= 17 or extract('dow' from r.created_at) in (0, 6) as late,
            count(*) as n, count(*) filter (where l.days_to_win <= :days) as won,
            count(*) filter (where extract('hour' from r.created_at) = 0 and extract('minute' from r.created_at) = 0)
                as midnight,
            count(t.at) as touched, count(*) filter (where t.at is not null and l.days_to_win <= :days) as touched_won
        from {LEAD_GRAIN} l join leads r on r.lead_id = l.lead_id left join touch t on t.lead_id = l.lead_id
        where l.created_on + :days <= :as_of and (l.closed_on is null or l.closed_on > l.created_on + 1)
        group by 1, 2, 3, 4 order by 1, 2, 3, 4""", days=days, as_of=as_of, until=as_of + dt.timedelta(days=1))


def unworked(days: int, as_of: dt.date, *, touches: bool) -> exp.Expression:
    """Leads at least `days` old by stratum and by whether a seller ever touched them or they got as far as an
    opportunity (`worked`): number, won, still open, created in the last year, and worked without a touch on record
    (`silent`)."""
    return select(f"""
        with {first_touch(touches)}
        select {STRATUM} as stratum, t.at is not null or coalesce(p.advanced, 0) > 0 as worked, count(*) as n,
            count(*) filter (where l.outcome = 'won') as won, count(*) filter (where l.outcome = 'open') as open,
            count(*) filter (where l.created_on >= :since) as lately,
            count(*) filter (where t.at is null and coalesce(p.advanced, 0) > 0) as silent
        from {LEAD_GRAIN} l left join touch t on t.lead_id = l.lead_id left join passed p on p.lead_id = l.lead_id
        where l.created_on + :days <= :as_of
        group by 1, 2 order by 1, 2""", days=days, as_of=as_of, until=as_of + dt.timedelta(days=1),
        since=as_of - dt.timedelta(days=365))


def factor(name: str, days: int, as_of: dt.date) -> exp.Expression:
    """Leads old enough to have been won within `days` by the value of a factor and by stratum: number, and won within
    `days`. Where the factor is the source the stratum is industry and size. `load`: a seller's leads are put in thirds
    by how many came to the same seller in the four weeks before; the lowest and the highest third are counted, and the
    stratum is the seller."""
    stratum = {"source": "coalesce(l.industry, '?') || '|' || coalesce(l.size, '?')",
               "load": "l.seller_id"}.get(name, STRATUM)
    return select(f"""
        with counted as (
            select lead_id, seller_id, created_on, count(*) over (
                partition by seller_id order by created_on
                range between interval 28 days preceding and interval 1 day preceding) as before
            from {LEAD_GRAIN} where created_on is not null
        ),
        f as (select lead_id, ntile(3) over (partition by seller_id order by before, lead_id) as third from counted)
        select {FACTORS[name]} as value, {stratum} as stratum, count(*) as n,
            count(*) filter (where l.days_to_win <= :days) as won
        from {LEAD_GRAIN} l join f on f.lead_id = l.lead_id
        where l.created_on + :days <= :as_of and {FACTORS[name]} is not null and {stratum} is not null
        group by 1, 2 order by 1, 2""", days=days, as_of=as_of)


def role(days: int, as_of: dt.date, *, lead_contacts: bool, contacts: bool) -> exp.Expression:
    """Leads old enough to have been won within `days` and not closed by day 14, by what was known on that day of the
    people in them (`value`: a person who decides, others only, or none whose role is known) and by stratum: number, and
    won within `days`. People added later, and their roles, follow success and are not read. A role is that in the lead,
    else that of the contact."""
    deciders = ", ".join(f"'{name}'" for name in DECIDERS)
    people = (["""select lead_id, contact_id, cast(null as varchar) as role, cast(null as date) as added_on from leads
                  where contact_id is not null"""] if contacts else []) + (
        ["select lead_id, contact_id, role, cast(added_at as date) as added_on from lead_contacts "
         "where added_at is not null"] if lead_contacts else [])
    of_contact = ("coalesce(p.role, k.buying_role)", "left join contacts k on k.contact_id = p.contact_id"
                  ) if contacts else ("p.role", "")
    return select(f"""
        with known as (
            select l.lead_id, bool_or({of_contact[0]} in ({deciders})) as decides
            from ({" union all ".join(people)}) p join leads d on d.lead_id = p.lead_id
            join {LEAD_GRAIN} l on l.lead_id = coalesce(d.duplicate_of, d.lead_id) {of_contact[1]}
            where {of_contact[0]} is not null and coalesce(p.added_on <= l.created_on + {ROLE_DAYS}, true)
            group by 1
        )
        select case when k.decides then 'decider' when k.lead_id is not null then 'others' else 'unknown' end as value,
            {STRATUM} || '|' || coalesce(l.opportunity_on <= l.created_on + {ROLE_DAYS}, false)
                || coalesce(cast(l.touched_at as date) <= l.created_on + {ROLE_DAYS}, false) as stratum,
            count(*) as n, count(*) filter (where l.days_to_win <= :days) as won
        from {LEAD_GRAIN} l left join known k on k.lead_id = l.lead_id
        where l.created_on + :days <= :as_of and (l.closed_on is null or l.closed_on > l.created_on + {ROLE_DAYS})
        group by 1, 2 order by 1, 2""", days=days, as_of=as_of)


def funnel(start: dt.date, end: dt.date, as_of: dt.date) -> exp.Expression:
    """Of the leads created in the period, for each stage: `reached`, those that entered it or any later one (a stage
    that was skipped counts as reached), and `recorded`, those whose record has it; all leads count as new."""
    ranks = " ".join(f"when '{stage}' then {i}" for i, stage in enumerate(STAGES))
    recorded = ", ".join(f"count(*) filter (where {stage}_seen) as recorded_{stage}" for stage in STAGES)
    reached = ", ".join(f"count(*) filter (where furthest >= {i}) as reached_{stage}" for i, stage in enumerate(STAGES))
    seen = ", ".join(f"coalesce(bool_or(s.stage = '{stage}'), false) as {stage}_seen" for stage in STAGES)
    return select(f"""
        with way as (
            select l.lead_id, l.outcome, coalesce(max(case s.stage {ranks} end), 0) as furthest, {seen}
            from {LEAD_GRAIN} l left join leads d on coalesce(d.duplicate_of, d.lead_id) = l.lead_id
            left join lead_stages s on s.lead_id = d.lead_id and (s.entered_at < :until or s.entered_at is null)
            where l.created_on >= :start and l.created_on < :end
            group by 1, 2
        )
        select count(*) as n, count(*) filter (where outcome = 'open') as open, {reached}, {recorded} from way""",
        start=start, end=end, until=as_of + dt.timedelta(days=1))
