"""Leads counted by group, by how they stand and by days: what every model of conversion lag is fitted on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

# What leads can be grouped by, as expressions of the lead-grain relation (l) and of the sellers (s).
GROUPINGS = {
    "month": "cast(date_trunc('month', l.created_on) as date)",
    "quarter": "cast(date_trunc('quarter', l.created_on) as date)",
    "source": "l.source", "origin": "l.origin", "campaign": "l.campaign_id", "industry": "l.industry",
    "size": "l.size", "country": "l.country", "region": "l.region", "product": "l.product_id",
    "lead_type": "l.lead_type", "team": "s.team", "seller": "l.seller_id",
}
COARSE = 7


def leads(by: tuple[str, ...], as_of: dt.date, *, since: dt.date | None = None, until: dt.date | None = None,
          known_from: dt.date | None = None) -> str:
    """One row per lead created by `as_of` (and from `since`, before `until`), as it stood on that day.

    Columns: the groupings `g0`, `g1`, ...; `company_id`; `created_on`; `state` (won, ended, open); `age`, days from
    creation to `as_of`; `days` from creation to the end; `active`, days to the last stage that was no end; `entry`, the
    age at `known_from` of leads created before it (0 for others): those that ended before that day are left out.
    """
    keys = "".join(f"{GROUPINGS[name]} as g{i}, " for i, name in enumerate(by))
    join = "left join sellers s on s.seller_id = l.seller_id" if "team" in by else ""
    entry = ("case when l.created_on < :known_from then cast(:known_from as date) - l.created_on else 0 end"
             if known_from else "0")
    tests = ["l.created_on <= :as_of"]
    tests += ["l.created_on >= :since"] if since else []
    tests += ["l.created_on < :until"] if until else []
    tests += ["(l.closed_on is null or l.closed_on >= :known_from)"] if known_from else []
    return f"""
        select {keys}l.company_id, l.created_on, l.closed_on,
            case when l.outcome = 'open' or l.closed_on > :as_of then 'open' when l.outcome = 'won' then 'won'
                else 'ended' end as state,
            cast(:as_of as date) - l.created_on as age, l.closed_on - l.created_on as days,
            greatest(l.active_on - l.created_on, 0) as active, {entry} as entry
        from {LEAD_GRAIN} l {join}
        where {' and '.join(tests)}"""


def lag_counts(
    by: tuple[str, ...], as_of: dt.date, *, bulk_days: tuple[dt.date, ...] = (), known_from: dt.date | None = None,
    since: dt.date | None = None, until: dt.date | None = None,
) -> exp.Expression:
    """Number of leads by group, kind and days.

    Kinds: `won`, `ended` (lost or returned) by days from creation; `open` by age; `won_at_once`, `ended_at_once` (on
    the day of creation, or without a date), `won_before`, `ended_before` (dated before the creation): their days are
    no duration; `within`: losses closed on one of `bulk_days`, by the days of the last stage before (`start`, whole
    weeks) and of the closing; `followed` and `unwon`: all leads, and those not won, by age; `entered`: leads known
    only from an age on, by that age. `oldest` is the first creation among them.
    """
    keys = "".join(f"g{i}, " for i in range(len(by)))
    bulk = ", ".join(f"date '{day.isoformat()}'" for day in bulk_days)
    in_bulk = f"when state = 'ended' and closed_on in ({bulk}) then 'within'" if bulk else ""
    group = "group by " + ", ".join(str(i + 1) for i in range(len(by) + 3))
    return select(f"""
        with l as ({leads(by, as_of, since=since, until=until, known_from=known_from)}),
        kinds as (
            select *, case when state = 'open' then 'open' when days is null or days = 0 then state || '_at_once'
                when days < 0 then state || '_before' {in_bulk} else state end as kind
            from l
        ),
        placed as (
            select *, kind = 'within' as inside, kind in ('open', 'won', 'ended', 'within') as timed,
                case when kind = 'open' then age when kind in ('won', 'ended', 'within') then days end as day
            from kinds
        )
        select {keys}kind, day, case when inside then active - active % {COARSE} end as start,
            count(*) as n, min(created_on) as oldest
        from placed {group}
        union all
        select {keys}'followed' as kind, age as day, null as start, count(*) as n, min(created_on) as oldest
        from placed where timed {group}
        union all
        select {keys}'unwon' as kind, age as day, null as start, count(*) as n, min(created_on) as oldest
        from placed where timed and kind <> 'won' {group}
        union all
        select {keys}'entered' as kind, entry as day, null as start, count(*) as n, min(created_on) as oldest
        from placed where timed and entry > 0 {group}""",
        as_of=as_of, **{k: v for k, v in {"since": since, "until": until, "known_from": known_from}.items() if v})


def company_sums(by: tuple[str, ...], as_of: dt.date, *, known_from: dt.date | None = None) -> exp.Expression:
    """Each group's companies and, over them, the sums of squares and products of leads (n) and won leads (w). Leads of
    unknown company are companies of their own."""
    keys = "".join(f"g{i}, " for i in range(len(by)))
    group = f"group by {keys.rstrip(', ')}" if by else ""
    return select(f"""
        with l as ({leads(by, as_of, known_from=known_from)}),
        company as (
            select {keys}company_id, count(*) as n, count(*) filter (where state = 'won') as w
            from l group by {keys}company_id
        )
        select {keys}cast(sum(n) as double) as n, cast(sum(w) as double) as w,
            cast(sum(case when company_id is null then n else 1 end) as double) as companies,
            cast(sum(case when company_id is null then n else n * n end) as double) as nn,
            cast(sum(case when company_id is null then w else w * w end) as double) as ww,
            cast(sum(case when company_id is null then w else n * w end) as double) as nw
        from company {group}""", as_of=as_of, **({"known_from": known_from} if known_from else {}))


def closings(as_of: dt.date) -> exp.Expression:
    """Leads closed by day and outcome, from creation on a day before or the same day."""
    return select(f"""
        select closed_on as day, outcome, count(*) as n from {LEAD_GRAIN}
        where closed_on <= :as_of and created_on is not null and outcome <> 'open'
        group by 1, 2 order by 1, 2""", as_of=as_of)


def creations(as_of: dt.date) -> exp.Expression:
    """Leads by day of creation, those without one in a row without a day."""
    return select(f"""
        select created_on as day, count(*) as n from {LEAD_GRAIN}
        where created_on <= :as_of or created_on is null group by 1 order by 1 nulls last""", as_of=as_of)
