"""Why leads are lost, as it was written down."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp


def by_product(as_of: dt.date) -> exp.Expression:
    """One row per product, company and reason with the leads lost for it (`leads`); the reason is the last one written
    down with a loss up to `as_of`, missing where none was."""
    until = as_of + dt.timedelta(days=1)
    return select(f"""
        with said as (
            select coalesce(l.duplicate_of, l.lead_id) as lead_id,
                max_by(s.reason, row(s.entered_at, s.reason)) filter (where s.entered_at is not null) as reason
            from lead_stages s join leads l on l.lead_id = s.lead_id
            where s.stage = 'lost' and s.reason is not null and (coalesce(s.recorded_at, s.entered_at) < :until
                or coalesce(s.recorded_at, s.entered_at) is null)
            group by 1
        )
        select g.product_id, g.company_id, s.reason, count(*) as leads
        from {LEAD_GRAIN} g left join said s on s.lead_id = g.lead_id
        where g.outcome = 'lost' and g.product_id is not null
        group by 1, 2, 3 order by 1, 2, 3""", until=until)
