"""Leads that were lost or fell silent, and how often such leads came to something before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

BACK, REST = 730, 90


def patience() -> exp.Expression:
    """Days within which nine in ten won leads were won: `days`; missing where no win has a duration."""
    return select(f"select cast(quantile_disc(days_to_win, 0.9) as integer) as days from {LEAD_GRAIN} "
                  "where outcome = 'won' and days_to_win > 0")


def experience(as_of: dt.date, days: int) -> exp.Expression:
    """One row per outcome and reason of a loss (missing for silent leads), with how often such leads came to something
    late: of `n` leads `won`. Silent (`open`): not closed within `days` and created at least twice that long ago; won
    after all. Lost: closed at least a year ago; their companies won another lead within a year after."""
    return select(f"""
        with why as (select s.lead_id, max(s.reason) filter (where s.stage = 'lost') as reason from lead_stages s
                     group by 1)
        select 'open' as outcome, cast(null as varchar) as reason, count(*) as n,
               count(*) filter (where l.outcome = 'won' and l.won_on > l.created_on + {days}) as won
        from {LEAD_GRAIN} l
        where l.created_on + {2 * days} <= :as_of and (l.closed_on is null or l.closed_on > l.created_on + {days})
        union all
        select 'lost', y.reason, count(*), count(*) filter (where exists (
                select 1 from {LEAD_GRAIN} w where w.company_id = l.company_id and w.outcome = 'won'
                and w.created_on > l.closed_on and w.won_on <= l.closed_on + 365))
        from {LEAD_GRAIN} l left join why y on y.lead_id = l.lead_id
        where l.outcome = 'lost' and l.closed_on + 365 <= :as_of and l.created_on is not null
        group by 2 order by 1, 2""", as_of=as_of)


def worth_another_try(as_of: dt.date, days: int, money: str, *, touches: bool, reasons: bool) -> exp.Expression:
    """One row per company (its latest such lead) that is no customer and has no younger lead: open with nothing entered
    or recorded for `days` but something within two years, or lost within two years and
    at least three months ago.

    `last_day`: of the last stage or contact; `worth`: mean money of a won lead with the same product where ten were
    won, else of all (`money`: margin or revenue); `reason`: of the loss.
    """
    contacts = ("union all select t.lead_id, cast(max(t.touched_at) as date) from touches t "
                "where t.touched_at < :until group by 1" if touches else "")
    reason = "max(s.reason) filter (where s.stage = 'lost')" if reasons else "cast(null as varchar)"
    return select(f"""
        with event as (
            select s.lead_id, cast(max(s.entered_at) as date) as day from lead_stages s where s.entered_at < :until
            group by 1 {contacts}
        ),
        last as (select lead_id, max(day) as last_day from event group by 1),
        why as (select s.lead_id, {reason} as reason from lead_stages s group by 1),
        worth as (
            select product_id, avg({money}) as mean, count(*) as n from {LEAD_GRAIN} where outcome = 'won' group by 1
        ),
        young as (
            select company_id, max(created_on) as created_on, count(*) filter (where outcome = 'won') as won
            from {LEAD_GRAIN} where company_id is not null group by 1
        )
        select l.lead_id, l.company_id, c.name, l.outcome, l.product_id, l.seller_id,
               coalesce(a.last_day, l.created_on) as last_day, y.reason,
               cast(coalesce(case when w.n >= 10 then w.mean end,
                             (select avg({money}) from {LEAD_GRAIN} where outcome = 'won')) as double) as worth
        from {LEAD_GRAIN} l
        join young on young.company_id = l.company_id and young.created_on = l.created_on and young.won = 0
        join companies c on c.company_id = l.company_id
        left join last a on a.lead_id = l.lead_id
        left join why y on y.lead_id = l.lead_id
        left join worth w on w.product_id is not distinct from l.product_id
        where coalesce(a.last_day, l.created_on) + {BACK} >= :as_of and (
            (l.outcome = 'open' and coalesce(a.last_day, l.created_on) + {days} < :as_of)
            or (l.outcome = 'lost' and l.closed_on + {BACK} >= :as_of and l.closed_on + {REST} <= :as_of))
        qualify row_number() over (partition by l.company_id order by l.lead_id desc) = 1
        order by worth desc, last_day desc, l.lead_id""", as_of=as_of, until=as_of + dt.timedelta(days=1))


def margin_known() -> exp.Expression:
    """Whether the cost of at least 95% of won revenue is known: `known`."""
    return select(f"select coalesce(sum(costed_revenue) >= 0.95 * sum(revenue), false) and sum(revenue) > 0 as known "
                  f"from {LEAD_GRAIN} where outcome = 'won'")
