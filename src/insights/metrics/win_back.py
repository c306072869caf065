"""Customers whom a campaign sought to win back, those held out by lot, and what came of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.customers import held_out
from insights.metrics.orders import CUSTOMERS, DAYS, YEAR
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp


def addressed(as_of: dt.date, money: str, *, contacts: bool) -> exp.Expression:
    """One row per customer and campaign that addressed it apart from any lead, or drew it for the hold-out.

    `day`: of the first such contact; `silence`: days since the last order before it; `held_out`: drawn and not
    addressed; `mature`: a year has passed since; `back`: an order within 365 days after it; `brought`: money of those
    days (`money`: margin or revenue). Customers without an order before the contact are left out.
    """
    company = "coalesce(t.company_id, tk.company_id)" if contacts else "t.company_id"
    join = " left join contacts tk on tk.contact_id = t.contact_id" if contacts else ""
    return select(f"""
        with sought as (
            select c.customer, c.company_id, t.campaign_id, min(cast(t.touched_at as date)) as day,
                   bool_or({held_out()}) as held_out
            from touches t{join} join {CUSTOMERS} c on c.company_id = {company}
            where t.campaign_id is not null and t.lead_id is null and t.touched_at < :until
              and coalesce(t.direction, 'outbound') = 'outbound'
            group by 1, 2, 3
        )
        select s.customer, s.campaign_id, s.day, s.held_out,
               s.day - max(d.day) filter (where d.day <= s.day) as silence,
               s.day + {YEAR} <= :as_of as mature,
               count(*) filter (where d.day > s.day and d.day <= s.day + {YEAR}) > 0 as back,
               coalesce(sum(d.{money}) filter (where d.day > s.day and d.day <= s.day + {YEAR}), 0) as brought
        from sought s join {DAYS} d on d.company_id = s.company_id and d.ordered
        group by 1, 2, 3, 4
        having max(d.day) filter (where d.day <= s.day) is not null
        order by 2, 1""", until=as_of + dt.timedelta(days=1), as_of=as_of)


def campaign_names() -> exp.Expression:
    """One row per campaign: name, channel."""
    return select("select campaign_id, name, channel from campaigns order by 1")
