"""Sums of leads by segment and period over random groups of companies, from which intervals of anything are made.

Companies are put into a fixed number of groups by a hash of their id. Groups of whole companies are alike and
independent, so that the spread of a figure between resampled groups is its sampling error with companies as clusters
(random groups: Wolter 2007, Introduction to Variance Estimation, chapter 2), at the price of one pass and a small table
however many companies there are.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.kpis import SEGMENTS
from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

GROUPS = 128
BUCKET = 15
"""Days of a bucket of ages and lags."""


def replicates(key: str, starts: tuple[dt.date, ...], end: dt.date, *, days: int, as_of: dt.date,
               groups: int = GROUPS) -> exp.Expression:
    """One row per value of `key`, group of companies, period, age and lag of a win, of the leads with a date.

    `starts` are the first days of consecutive periods, the last of which ends before `end`. `age`: whole buckets of 15
    days since creation, at most those of `days`; `lag`: the bucket in which the lead was won, -1 for leads not won
    within `days`. Columns: `leads`, `own` (brought by the firm itself, a referral, a partner or inbound, not by
    marketing), and of wins within `days` the sums `revenue`, `listed`, `at_list`, `cost` (revenue less margin) and
    `margin`. Leads of unknown company are a group member each.
    """
    if key not in SEGMENTS and key != "team":
        raise ValueError(f"leads are not counted by {key}")
    period = " ".join(f"when g.created_on >= date '{start.isoformat()}' then {i}"
                      for i, start in reversed(list(enumerate(starts))))
    join = "left join sellers s on s.seller_id = g.seller_id" if key == "team" else ""
    column = "s.team" if key == "team" else f"g.{key}"
    won = "(g.days_to_win is not null and g.days_to_win <= :days)"
    return select(f"""
        select {column} as segment, cast(hash(coalesce(g.company_id, g.lead_id)) % {int(groups)} as integer) as grp,
            case {period} end as period,
            cast(least(floor((cast(:as_of as date) - g.created_on) / {BUCKET}), ceil(:days / {BUCKET}.0)) as integer)
                as age,
            case when {won} then cast(greatest(g.days_to_win - 1, 0) // {BUCKET} as integer) else -1 end as lag,
            count(*) as leads,
            count(*) filter (where g.origin is not null and g.origin <> 'marketing') as own,
            cast(sum(case when {won} then g.revenue else 0 end) as double) as revenue,
            cast(sum(case when {won} then g.listed_revenue end) as double) as listed,
            cast(sum(case when {won} then g.list_revenue end) as double) as at_list,
            cast(sum(case when {won} then g.margin else 0 end) as double) as margin
        from {LEAD_GRAIN} g {join}
        where g.created_on >= :first and g.created_on < :end
        group by all order by all""", days=days, as_of=as_of, first=starts[0], end=end)
