"""The scoreboard's measures of customers and of open offers, by month: the queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

YEAR, HALF = 365, 183
"""Days within which a second order makes a repeat customer and after which a silent one is lapsed, and within which a
lapsed one counts as won back."""


def customers(as_of: dt.date, *, companies: bool) -> exp.Expression:
    """One row per month with `new` customers (first order; none of those known to have ordered before the records), and
    the customers whose first order became a year old in it (`repeat_due`) with those of them that ordered a second time
    within that year (`repeat`), and those for whom a year and a half passed in it since an order that a year of silence
    followed (`lapsed`) with those of them that ordered in the last half year (`won_back`). One pass over the orders.

    Returns and cancellations are no orders.
    """
    old = "left join companies c on c.company_id = o.company_id" if companies else ""
    known = "coalesce(c.first_order_on < o.day, false)" if companies else "false"
    return select(f"""
        with placed as (
            select company_id, cast(ordered_at as date) as day,
                row_number() over w as nth, lead(cast(ordered_at as date)) over w as next
            from orders
            where company_id is not null and ordered_at < :until and (kind is null or kind in ('order', 'call_off'))
            window w as (partition by company_id order by ordered_at)
        ),
        told as (
            select o.day, o.nth, o.next, {known} as known from placed o {old}
        ),
        events as (
            select unnest([case when nth = 1 and not known then day end,
                    case when nth = 1 and not known and day + {YEAR} <= :as_of then day + {YEAR} end,
                    case when coalesce(next - day > {YEAR}, true) and day + {YEAR + HALF} <= :as_of
                        then day + {YEAR + HALF} end]) as at,
                unnest(['new', 'repeat', 'lapsed']) as event,
                unnest([false, coalesce(next - day <= {YEAR}, false), coalesce(next - day <= {YEAR + HALF}, false)])
                    as came
            from told
        )
        select date_trunc('month', at) as month, count(*) filter (where event = 'new') as new,
            count(*) filter (where event = 'repeat') as repeat_due,
            count(*) filter (where event = 'repeat' and came) as repeat,
            count(*) filter (where event = 'lapsed') as lapsed,
            count(*) filter (where event = 'lapsed' and came) as won_back
        from events where at is not null group by all order by all""", as_of=as_of, until=as_of + dt.timedelta(days=1))


def pipeline() -> exp.Expression:
    """One row per month in which leads became opportunities and month of their end (null: open), with the `value`
    offered. One pass over the leads."""
    return select(f"""
        select date_trunc('month', opportunity_on) as opened, date_trunc('month', closed_on) as ended,
            cast(sum(offered) as double) as value
        from {LEAD_GRAIN} where opportunity_on is not null and offered is not null
        group by all order by all""")


def seller_time() -> exp.Expression:
    """Sellers' cost a week by the days between which they worked (null: since ever, or still)."""
    return select("""
        select active_from as since, active_to as until, cast(sum(hours_per_week * hourly_cost) as double) as weekly
        from sellers where hours_per_week > 0 and hourly_cost is not null group by all order by all""")


def leads_and_spend(key: str, as_of: dt.date) -> exp.Expression:
    """One row per segment of leads that campaigns brought (a key of `journeys.KEYS`) with their number and the spend of
    their campaigns, each campaign's shared out by its leads; leads of no campaign count without spend."""
    column = "c.channel" if key == "channel" else f"g.{key}"
    join = "left join campaigns c on c.campaign_id = g.campaign_id" if key == "channel" else ""
    return select(f"""
        with spent as (
            select campaign_id, cast(sum(amount_rc) as double) as spend from spend where spent_on <= :as_of group by 1
        ),
        brought as (
            select campaign_id, count(*) as n from {LEAD_GRAIN} where campaign_id is not null group by 1
        ),
        each as (
            select {column} as segment, g.campaign_id, count(*) as leads from {LEAD_GRAIN} g {join} group by 1, 2
        )
        select e.segment, cast(sum(e.leads) as bigint) as leads,
            coalesce(sum(s.spend * e.leads / b.n), 0) as spend
        from each e left join spent s on s.campaign_id = e.campaign_id
        left join brought b on b.campaign_id = e.campaign_id
        group by 1 order by 1""", as_of=as_of)


def fates(start: dt.date, end: dt.date, days: int, as_of: dt.date) -> exp.Expression:
    """One row per lead created in the range of days: whether it was sent back (`returned`), and whether it is at least
    `days` old and was worked and not sent back (`worked`), and of these `won` within `days`."""
    old = "created_on + :days <= :as_of and outcome <> 'returned' and (touched_at is not null or outcome = 'won')"
    return select(f"""
        select lead_id, outcome = 'returned' as returned, {old} as worked,
            coalesce({old} and days_to_win <= :days, false) as won
        from {LEAD_GRAIN} where created_on >= :start and created_on < :end order by lead_id""",
                  start=start, end=end, days=days, as_of=as_of)
