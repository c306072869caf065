"""Any choice of leads: their sums over companies by group, and the leads themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.products import of_sums
from insights.metrics.segments import MEASURES
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

COLUMNS = {"industry": "industry", "size": "size", "country": "country", "region": "region", "source": "source",
           "origin": "origin", "lead_type": "lead_type", "campaign": "campaign_id", "product": "product_id",
           "team": "team", "outcome": "outcome"}
"""What leads may be chosen and cut by, and the column that holds it."""
Chosen = Mapping[str, Sequence[str]]


def relation(*, teams: bool) -> str:
    """Leads with the team of their seller (empty where sellers are not delivered)."""
    if not teams:
        return f"(select *, cast(null as varchar) as team from {LEAD_GRAIN})"
    return f"(select g.*, s.team from {LEAD_GRAIN} g left join sellers s on s.seller_id = g.seller_id)"


def condition(chosen: Chosen) -> str:
    """The condition that a lead is one of those chosen: each dimension named holds one of its values."""
    from sqlglot import exp

    tests = [f"{COLUMNS[name]} in ({', '.join(exp.convert(v).sql(dialect='duckdb') for v in values)})"
             for name, values in sorted(chosen.items())]
    return f"coalesce({' and '.join(tests)}, false)" if tests else "true"


def values(dimension: str, *, teams: bool) -> exp.Expression:
    """One row per value of a dimension: `value`, `leads`."""
    column = COLUMNS[dimension]
    return select(f"""select cast({column} as varchar) as value, count(*) as leads from {relation(teams=teams)}
                      where {column} is not null group by 1 order by 2 desc, 1""")


def sums(chosen: Chosen, by: str, measures: Sequence[str], *, days: int, as_of: dt.date,
         teams: bool) -> exp.Expression:
    """One row per group with leads by outcome, money, and for each measure (see `segments.MEASURES`) the sums over
    companies of numerator y and denominator n. `by`: a dimension, of whose values only the chosen leads are counted; or
    "chosen", which sets the chosen leads ("yes") against all others ("no"). A lead of unknown company counts as a
    company of its own."""
    mature = "(created_on is not null and created_on + :days <= :as_of)"
    test = condition(chosen)
    group = f"case when {test} then 'yes' else 'no' end" if by == "chosen" else f"cast({COLUMNS[by]} as varchar)"
    where = "" if by == "chosen" else f"where {test}"
    per_company = []
    for name in measures:
        y, n = (part.format(mature=mature) for part in MEASURES[name])
        per_company += [f"coalesce(cast(sum({y}) as double), 0) as {name}_y", f"coalesce(sum({n}), 0) as {name}_n"]
    per_group = [of_sums(name, f"{name}_n", f"{name}_y") for name in measures]
    return select(f"""
        with company as (
            select {group} as value, coalesce(company_id, lead_id) as company_id, count(*) as leads,
                   count(*) filter (where outcome = 'won') as won, count(*) filter (where outcome = 'lost') as lost,
                   count(*) filter (where outcome = 'open') as open,
                   count(*) filter (where outcome = 'returned') as returned,
                   sum(revenue) as revenue, sum(margin) as margin
                   {''.join(f', {column}' for column in per_company)}
            from {relation(teams=teams)} {where} group by 1, 2
        )
        select value, sum(leads) as leads, count(*) as companies, sum(won) as won, sum(lost) as lost,
               sum(open) as open, sum(returned) as returned,
               cast(sum(revenue) as double) as revenue, cast(sum(margin) as double) as margin
               {''.join(f', {column}' for column in per_group)}
        from company group by 1 order by 2 desc, 1""", days=days, as_of=as_of)


def rows(chosen: Chosen, *, teams: bool) -> exp.Expression:
    """One row per chosen lead, the youngest first: identifiers, attributes, dates, outcome, revenue and margin."""
    return select(f"""
        select g.lead_id, g.company_id, c.name, g.industry, g.size, g.country, g.source, g.campaign_id, g.product_id,
               g.team, g.created_on, g.outcome, g.closed_on, cast(g.revenue as double) as revenue,
               cast(g.margin as double) as margin
        from (select * from {relation(teams=teams)} where {condition(chosen)}) g
        left join companies c on c.company_id = g.company_id
        order by g.created_on desc nulls last, g.lead_id""")
