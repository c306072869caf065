"""How long leads wait for their first touch by a seller, those that still wait among them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select
from insights.metrics.touch import first_touch

if TYPE_CHECKING:
    from sqlglot import exp


def _clock(touches: bool, since: str) -> str:
    """One row per lead created from `since` on: hours from its creation to the first touch, or to the day on which it
    closed or the records end (`ended`: touched, closed or open), none of them negative."""
    return f"""
        {first_touch(touches)},
        clock as (
            select l.lead_id, l.outcome, l.source, r.created_at, l.seller_id, l.product_id,
                case when t.at is not null or coalesce(p.advanced, 0) > 0 then 'touched'
                    when l.outcome <> 'open' then 'closed' else 'open' end as ended,
                case when t.at is null and coalesce(p.advanced, 0) > 0 then null else greatest(date_diff('minute',
                    r.created_at, coalesce(t.at, l.closed_on + interval 1 day, :until)) / 60.0, 0) end as hours
            from {LEAD_GRAIN} l join leads r on r.lead_id = l.lead_id left join touch t on t.lead_id = l.lead_id
            left join passed p on p.lead_id = l.lead_id
            where r.created_at >= {since} and r.created_at < :until
        )"""


def waits(since: dt.date, as_of: dt.date, hours: float, *, touches: bool) -> exp.Expression:
    """Leads created from `since` on by whole hours to their first touch (`ended` touched), to a closing without one
    (closed) or to the end of `as_of` (open); all beyond `hours` as one. A lead known to have been worked without a
    time of the first touch has no hours. Columns: hour, ended, n."""
    return select(f"""
        with {_clock(touches, "cast(:since as timestamp)")}
        select case when hours is not null then cast(least(floor(hours), ceil(cast(:hours as double))) as integer) end
                as hour, ended, count(*) as n
        from clock group by 1, 2 order by 1, 2""", since=since, hours=hours, until=as_of + dt.timedelta(days=1))


def waiting(since: dt.date, as_of: dt.date, *, touches: bool) -> exp.Expression:
    """One row per open lead created from `since` on that no seller has touched: lead_id, created_at, hours waited by
    the end of `as_of`, source, product_id, seller_id; the longest wait first."""
    return select(f"""
        with {_clock(touches, "cast(:since as timestamp)")}
        select lead_id, created_at, hours, source, product_id, seller_id from clock where ended = 'open'
        order by hours desc, lead_id""", since=since, until=as_of + dt.timedelta(days=1))
