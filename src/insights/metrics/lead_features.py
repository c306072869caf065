"""What was known of a lead on a day: one row per lead and day on which it was looked at while open.

For learning, each lead is looked at when it was so many days old (`AGES`); for scoring, each open lead on the as-of
day. What carries a date (stages, contacts, people added, earlier leads and orders of the company) is taken as it
stood at the end of that day; attributes without history (seller, size, source) are as in the records, and the leak
guard watches them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.contract import STAGES
from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

AGES = (0, 14, 30, 60, 120, 240, 480)
"""Days of age at which leads are looked at to learn from."""

PACE_WEEKS = 12

UNDATED = ("source", "origin", "lead_type", "channel", "product", "family", "seller", "team", "industry", "size",
           "country")
DATED = ("age", "stage", "stage_days", "touches", "touch_days", "first_touch_hours", "amount", "people", "decider",
         "company_won", "company_orders", "company_leads", "seller_load", "inflow", "quarter_end")
FEATURES = (*UNDATED, *DATED)
"""Attributes without history, and figures taken as they stood on the day. Leads of a rush to reach a figure are not
like others: `inflow` compares what the source brought in the seven days up to the lead's creation with a usual week of
the twelve before them ("low": under two thirds, "usual", "high": one and a half times or more); `quarter_end`: whether
the lead came in in the last seven days of a calendar quarter."""

LOW, HIGH = 2 / 3, 3 / 2
LEAST_INFLOW, LEAST_WEEKS = 24, 9
"""Leads of a source in twelve weeks, and weeks with one of them, from which on there is a usual week."""

DERIVED = {"source": ("inflow",), "seller": ("seller_load",)}
"""Features that are counted by an attribute without history, and know what it knows."""


@dataclass(frozen=True)
class Delivered:
    """Which tables there are beside leads and their stages."""

    touches: bool = False
    lead_contacts: bool = False
    orders: bool = False
    campaigns: bool = False
    products: bool = False
    sellers: bool = False


def learned(as_of: dt.date, delivered: Delivered, *, one_in: int = 1, since: dt.date | None = None) -> exp.Expression:
    """One row per lead and age at which it was open and known, with what became of it by `as_of`.

    Beside the features: `lead_id`, `company`, `age_group`, `at` (days from the first day of the calendar), `ends` (days
    from then to its result, missing while open), `won` (whether that result is a win), `margin`, `revenue`. `one_in`
    keeps every so-manieth lead only, chosen by its identifier; `since` leaves out looks before a day (results from
    before it were not recorded, so that a lead looked at then seems to win too often).
    """
    ages = ", ".join(str(age) for age in AGES)
    moments = f"""
        select lead_id, age as age_group, created_on + age as seen_on
        from {LEAD_GRAIN}, (select unnest([{ages}]) as age)
        where created_on is not null and created_on + age < :as_of and created_on + age >= :since
          and (closed_on is null or closed_on > created_on + age)
          and hash(lead_id) % {int(one_in)} = 0"""
    return select(_query(moments, delivered, """
        g.margin, g.revenue, g.closed_on - m.seen_on as ends, g.outcome = 'won' as won,
        m.age_group, m.seen_on - date '1970-01-01' as at"""), as_of=as_of, since=since or dt.date(1, 1, 1))


def current(as_of: dt.date, delivered: Delivered) -> exp.Expression:
    """One row per lead that is open on `as_of`, with what is known of it that day."""
    moments = f"""
        select lead_id, as_of - created_on as age_group, as_of as seen_on
        from {LEAD_GRAIN}, (select cast(:as_of as date) as as_of)
        where outcome = 'open' and created_on is not null and created_on <= as_of"""
    return select(_query(moments, delivered, "m.age_group, m.seen_on - date '1970-01-01' as at"), as_of=as_of)


def left_out(as_of: dt.date) -> exp.Expression:
    """Open leads that cannot be scored, and why: no date of creation; and leads closed before they were created."""
    return select(f"""
        select count(*) filter (where outcome = 'open' and created_on is null) as open_undated,
               count(*) filter (where outcome <> 'open' and created_on is null) as closed_undated,
               count(*) filter (where closed_on < created_on) as closed_before_created,
               count(*) as leads, count(*) filter (where outcome = 'open') as open,
               count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost,
               count(*) filter (where outcome = 'returned') as returned,
               count(*) filter (where outcome = 'won' and coalesce(revenue, 0) = 0) as won_without_amount,
               count(*) filter (where won_on > :as_of - 365) as won_last_year
        from {LEAD_GRAIN}""", as_of=as_of)


def pace(as_of: dt.date, *, touches: bool) -> exp.Expression:
    """Leads that sales worked in the twelve weeks up to `as_of`: those with a contact, else (no table of contacts)
    those that came in. Column `leads`."""
    start = as_of - dt.timedelta(days=PACE_WEEKS * 7)
    if touches:
        return select("""
            select count(distinct lead_id) as leads from touches
            where touched_at >= :start and touched_at < :until""", start=start, until=as_of + dt.timedelta(days=1))
    return select(f"""
        select count(*) as leads from {LEAD_GRAIN}
        where created_on > :start and created_on <= :as_of""", start=start, as_of=as_of)


def _query(moments: str, has: Delivered, last: str) -> str:
    """Moments with everything known at them. Each part is a relation by lead and moment; a table not delivered leaves
    its features empty."""
    joins, columns = [], []
    for there, sql, features in (
            (True, _STAGES, "stage stage_days amount"), (has.touches, _TOUCHES, "touches touch_days first_touch_hours"),
            (has.lead_contacts, _PEOPLE, "people decider")):
        name = features.split()[0]
        if there:
            joins.append(f"left join ({sql}) {name}_part on {name}_part.lead_id = m.lead_id "
                         f"and {name}_part.seen_on = m.seen_on")
        columns += [f"{name}_part.{f}" if there else f"cast(null as double) as {f}" for f in features.split()]
    attributes = (
        ("product", "g.product_id"), ("seller", "g.seller_id"),
        ("channel", "campaigns.channel" if has.campaigns else None),
        ("family", "products.family" if has.products else None), ("team", "sellers.team" if has.sellers else None))
    columns += [f"{sql or 'cast(null as varchar)'} as {name}" for name, sql in attributes]
    for there, table, key in ((has.campaigns, "campaigns", "campaign_id"), (has.products, "products", "product_id"),
                              (has.sellers, "sellers", "seller_id")):
        if there:
            joins.append(f"left join {table} on {table}.{key} = g.{key}")
    history = _HISTORY.format(
        orders=_BOUGHT if has.orders else "", company_orders="company_orders" if has.orders else "cast(null as double)")
    return f"""
        with moment as ({moments}),
        own as (select lead_id as own_id, coalesce(duplicate_of, lead_id) as lead_id from leads),
        history as ({history})
        select m.lead_id, g.company_id as company, g.source, g.origin, g.lead_type, g.industry, g.size, g.country,
               m.seen_on - g.created_on as age, {", ".join(columns)},
               history.company_leads, history.company_won, history.company_orders, history.seller_load, inflow.inflow,
               {_QUARTER_END} as quarter_end, {last}
        from moment m
        join {LEAD_GRAIN} g on g.lead_id = m.lead_id
        left join history on history.lead_id = m.lead_id
        left join ({_INFLOW}) inflow on inflow.source is not distinct from g.source and inflow.day = g.created_on
        {" ".join(joins)}
        order by m.lead_id, m.seen_on"""


# Of stages entered in one moment the later one counts, so that the order of rows does not decide.
_PLACE = " ".join(f"when '{stage}' then {place}" for place, stage in enumerate(STAGES))
_STAGES = f"""
    select m.lead_id, m.seen_on, max_by(s.stage, s.place) as stage,
           m.seen_on - cast(max(s.at) as date) as stage_days, max_by(s.amount, s.place) as amount
    from moment m join (
        select own.lead_id, stage, coalesce(recorded_at, entered_at) as at, cast(amount_rc as double) as amount,
               16 * epoch(coalesce(recorded_at, entered_at)) + case stage {_PLACE} else 0 end as place
        from lead_stages join own on own.own_id = lead_stages.lead_id
        where stage not in ('won', 'lost', 'returned')
    ) s on s.lead_id = m.lead_id and s.at < m.seen_on + 1
    group by 1, 2"""

_TOUCHES = """
    select m.lead_id, m.seen_on, count(*) as touches, m.seen_on - cast(max(t.touched_at) as date) as touch_days,
           greatest(epoch(min(t.touched_at) - any_value(l.created_at)) / 3600, 0) as first_touch_hours
    from moment m
    join (select own.lead_id, touched_at from touches join own on own.own_id = touches.lead_id) t
      on t.lead_id = m.lead_id and t.touched_at < m.seen_on + 1
    join leads l on l.lead_id = m.lead_id
    group by 1, 2"""

_PEOPLE = """
    select m.lead_id, m.seen_on, count(distinct p.contact_id) as people,
           case when bool_or(p.role in ('decision_maker', 'economic_buyer')) then 'yes' else 'no' end as decider
    from moment m
    join (select own.lead_id, contact_id, role, added_at from lead_contacts
          join own on own.own_id = lead_contacts.lead_id) p
      on p.lead_id = m.lead_id and p.added_at < m.seen_on + 1
    group by 1, 2"""

_HISTORY = f"""
    select lead_id, company_leads, company_won, {{company_orders}} as company_orders, seller_load
    from (
        select lead_id,
            case when company_id is not null then count(lead_id) over before end as company_leads,
            case when company_id is not null then cast(coalesce(sum(win) over before, 0) as integer) end as company_won,
            case when company_id is not null then cast(coalesce(sum(bought) over before, 0) as integer) end as
            company_orders, case when seller_id is not null then count(lead_id) over month end as seller_load
        from (
            select lead_id, company_id, seller_id, created_on as day, 0 as win, 0 as bought from {LEAD_GRAIN}
            union all
            select null, company_id, null, won_on, 1, 0 from {LEAD_GRAIN} where won_on is not null
            {{orders}}
        ) where day is not null
        window before as (partition by company_id order by day range between unbounded preceding
                          and interval 1 day preceding),
               month as (partition by seller_id order by day range between interval 30 day preceding and current row)
    ) where lead_id is not null"""

_QUARTER_END = """case when date_trunc('quarter', g.created_on + 7) > date_trunc('quarter', g.created_on)
               then 'yes' else 'no' end"""

# Days without a lead have no row, so weeks are counted by the calendar. A source that begins, comes back or is quiet
# most of the time (a fair) has no usual week.
_INFLOW = f"""
    select source, day,
           case when since > day - 90 or weeks < {LEAST_WEEKS} or usual < {LEAST_INFLOW} then null
                when now < {LOW} * usual / 12 then 'low' when now < {HIGH} * usual / 12 then 'usual' else 'high'
           end as inflow
    from (
        select source, day, min(day) over (partition by source) as since,
               sum(leads) over week as now, sum(leads) over earlier as usual,
               count(distinct date_trunc('week', day)) over earlier as weeks
        from (select source, created_on as day, count(*) as leads from {LEAD_GRAIN}
              where created_on is not null group by 1, 2)
        window week as (partition by source order by day range between interval 6 day preceding and current row),
               earlier as (partition by source order by day range between interval 90 day preceding
                           and interval 7 day preceding)
    )"""

_BOUGHT = "union all select null, company_id, null, cast(ordered_at as date), 0, 1 from orders"
