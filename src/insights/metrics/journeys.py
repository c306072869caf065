"""Contacts with campaigns before a lead was won, and what customers cost and bring: the queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

GROUPS = 32
MOST = 6


def journeys(as_of: dt.date, days: int, *, campaigns: bool) -> exp.Expression:
    """One row per group of companies and journey: the channels of campaigns, events and ads that touched the company,
    the person or the lead in the year before it was won (before `as_of` if it was not), in order, repeats in a row
    once, the first six; `leads` at least `days` old with that journey and those `won`."""
    channel = "coalesce(c.channel, t.channel)" if campaigns else "t.channel"
    join = "left join campaigns c on c.campaign_id = t.campaign_id" if campaigns else ""
    return select(f"""
        with lead as (
            select g.lead_id, g.company_id, l.contact_id, g.created_at,
                coalesce(cast(g.won_on as timestamp) + interval 1 day, cast(:until as timestamp)) as ended,
                g.outcome = 'won' as won
            from {LEAD_GRAIN} g join leads l on l.lead_id = g.lead_id
            where g.created_on + :days <= :as_of
        ),
        contact as (
            select t.touched_at, t.lead_id, t.contact_id, t.company_id, {channel} as channel
            from touches t {join}
            where {channel} is not null and t.touched_at < :until
        ),
        met as (
            select l.lead_id, l.company_id, l.won, c.channel, c.touched_at
            from lead l join contact c on c.lead_id = l.lead_id
            where c.touched_at <= l.ended and c.touched_at > l.created_at - interval 365 day
            union
            select l.lead_id, l.company_id, l.won, c.channel, c.touched_at
            from lead l join contact c on c.contact_id = l.contact_id
            where c.touched_at <= l.ended and c.touched_at > l.created_at - interval 365 day
        ),
        numbered as (
            select lead_id, company_id, won, channel, touched_at,
                lag(channel) over (partition by lead_id order by touched_at, channel) as before
            from met
        ),
        kept as (
            select lead_id, company_id, won, channel,
                row_number() over (partition by lead_id order by touched_at, channel) as nth
            from numbered where before is null or before <> channel
        ),
        path as (
            select lead_id, any_value(company_id) as company_id, bool_or(won) as won,
                string_agg(channel, chr(31) order by nth) as path
            from kept where nth <= {MOST} group by 1
        )
        select cast(hash(coalesce(company_id, lead_id)) % {GROUPS} as integer) as grp, path, count(*) as leads,
            count(*) filter (where won) as won
        from path group by all order by all""", as_of=as_of, until=as_of + dt.timedelta(days=1), days=days)


KEYS = ("source", "channel", "industry", "country", "size")


def customers(as_of: dt.date, key: str = "source", *, orders: bool, products: bool) -> exp.Expression:
    """One row per `segment` (value of a key; `channel` is the campaign's) of the first win of companies: `customers`,
    their margin in the year after (`year_margin`) of those won at least a year ago (`old`), and of those won two years
    ago (`older`) how many ordered in the second year (`stayed`)."""
    if key not in KEYS:
        raise ValueError(f"customers are not counted by {key}")
    channel = key == "channel"
    cost = "coalesce(o.cost_rc, o.quantity * p.unit_cost_rc)" if products else "o.cost_rc"
    join = "left join products p on p.product_id = o.product_id" if products else ""
    bought = f"""
        select f.company_id,
            sum(case when o.ordered_at < cast(f.first_on as timestamp) + interval 365 day
                then o.revenue_rc - coalesce(o.rebate_rc, 0) - coalesce({cost}, 0) end) as margin,
            bool_or(o.ordered_at >= cast(f.first_on as timestamp) + interval 365 day
                and o.ordered_at < cast(f.first_on as timestamp) + interval 730 day) as stayed
        from first_win f join orders o on o.company_id = f.company_id
            and o.ordered_at >= cast(f.first_on as timestamp) {join}
        where o.ordered_at < :until and (o.kind is null or o.kind <> 'cancellation')
        group by 1""" if orders else """
        select company_id, cast(null as decimal(18, 2)) as margin, false as stayed from first_win where false"""
    return select(f"""
        with first_win as (
            select g.company_id, min(g.won_on) as first_on,
                arg_min({'c.channel' if channel else f'g.{key}'}, g.won_on) as segment
            from {LEAD_GRAIN} g {'left join campaigns c on c.campaign_id = g.campaign_id' if channel else ''}
            where g.outcome = 'won' and g.company_id is not null and g.won_on is not null group by 1
        ),
        bought as ({bought})
        select f.segment, count(*) as customers,
            count(*) filter (where f.first_on + 365 <= :as_of) as old,
            cast(sum(b.margin) filter (where f.first_on + 365 <= :as_of) as double) as year_margin,
            count(*) filter (where f.first_on + 730 <= :as_of) as older,
            count(*) filter (where f.first_on + 730 <= :as_of and b.stayed) as stayed
        from first_win f left join bought b on b.company_id = f.company_id
        group by all order by all""", as_of=as_of, until=as_of + dt.timedelta(days=1))
