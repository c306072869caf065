"""Sums over companies for the cells of a segmentation, from which every rate of a segment is made.

Cells are combinations of industry, size band and country (and region at home); companies belong to one cell each, so
that the sums add up to any coarser group.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN, SEGMENT_CELLS
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

DIMENSIONS = ("industry", "size", "country")


def horizon() -> exp.Expression:
    """Days within which nine in ten wins came: the 90th percentile of days to win, rounded up to full 30 days."""
    return select(f"""
        select cast(ceil(greatest(quantile_disc(days_to_win, 0.9), 1) / 30.0) * 30 as integer) as days
        from {LEAD_GRAIN} where days_to_win is not null""")


def totals(start: dt.date, end: dt.date) -> exp.Expression:
    """Exact totals of the leads: all, and those created in the period (start included, end not)."""
    return select(f"""
        select
            count(*) as leads,
            count(*) filter (where outcome = 'won') as won,
            count(*) filter (where outcome = 'lost') as lost,
            count(*) filter (where outcome = 'returned') as returned,
            count(*) filter (where outcome = 'open') as open,
            sum(revenue) as revenue, sum(margin) as margin, sum(costed_revenue) as costed_revenue,
            count(*) filter (where company_id is null) as without_company,
            count(*) filter (where company_id is null and outcome in ('won', 'lost')) as closed_without_company,
            count(*) filter (where created_on is null) as without_date,
            count(*) filter (where outcome = 'won' and days_to_win is null and created_on is not null)
                as won_before_created,
            count(*) filter (where outcome in ('won', 'lost') and from_start) as closed_from_start,
            count(*) filter (where created_on >= :start and created_on < :end) as leads_in_period,
            count(*) filter (where won_on >= :start and won_on < :end) as won_in_period,
            min(created_on) as first_day,
            count(distinct company_id) filter (where outcome = 'won') as customers
        from {LEAD_GRAIN}""", start=start, end=end)


def missing_by_outcome(dimension: str) -> exp.Expression:
    """Leads without a value of the dimension, among closed and among open leads: whether missingness depends on the
    outcome."""
    return select(f"""
        select
            count(*) filter (where outcome in ('won', 'lost')) as closed,
            count(*) filter (where outcome in ('won', 'lost') and {dimension} is null) as closed_missing,
            count(*) filter (where outcome = 'open') as open,
            count(*) filter (where outcome = 'open' and {dimension} is null) as open_missing
        from {LEAD_GRAIN}""")


_MATURE = "{mature}"
_CLOSED = "outcome in ('won', 'lost')"
_IN_TIME = "{mature} and days_to_win <= :days"

# measure: what a lead counts (1, or an amount) and under which condition; which leads are in the denominator
PARTS = {
    "win_rate": ("1", "outcome = 'won'", _CLOSED),
    "conversion": ("1", _IN_TIME, _MATURE),
    "margin_per_lead": ("margin", _IN_TIME, _MATURE),
    "revenue_per_lead": ("revenue", _IN_TIME, _MATURE),
    "capped_margin_per_lead": ("least(margin, {cap})", _IN_TIME, _MATURE),
    "revenue_per_closed": ("revenue", _CLOSED, _CLOSED),
}


# measure: numerator and denominator of a lead, both zero for a lead that the measure leaves out
MEASURES = {name: (f"case when {counted} then {what} else 0 end", f"case when {among} then 1 else 0 end")
            for name, (what, counted, among) in PARTS.items()}


def lead_terms(measure: str, mature: str) -> tuple[str, str]:
    """A lead's part in numerator and denominator of the measure, both zero for a lead that it leaves out."""
    numerator, denominator = MEASURES[measure]
    return numerator.format(mature=mature), denominator.format(mature=mature)


# Expected margin per lead joins two ratios: the deal's margin per lead that is old enough to have closed (n, y), and
# the margin of repeat orders within twelve months per lead that is old enough for those too (n2, y2).
EXPECTED = "expected_margin"
_OLD = "created_on is not null and created_on + :days + 365 <= :as_of"


def _summed(what: str, condition: str) -> str:
    """A company's total of what its leads under the condition count."""
    if what == "1":
        return f"cast(count(*) filter (where {condition}) as double)"
    return f"coalesce(cast(sum({what}) filter (where {condition}) as double), 0)"


class _PerCompany:
    """Columns of the rows of companies; a sum that several measures need stands there once."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __call__(self, name: str, what: str, condition: str) -> str:
        return self.names.setdefault(_summed(what, condition), name)


def _mature(across: dt.date | None) -> str:
    mature = "(created_on is not null and created_on + :days <= :as_of)"
    if across is None:
        return mature
    return f"({mature} and not (created_on <= :across and created_on + :days >= :across))"


def cells(measures: tuple[str, ...], *, days: int, as_of: dt.date, start: dt.date | None = None,
          end: dt.date | None = None, home: str | None = None, cap: float = 0.0,
          repeats: exp.Expression | None = None, across: dt.date | None = None) -> exp.Expression:
    """One row per cell of industry, size and country with, for each measure, the sums over companies.

    Columns: the dimensions (with `home`, also the region of companies in that country), `leads`, `companies`,
    `customers`, `won`, `revenue`, `margin`, and per measure `<measure>_{companies,n,y,nn,yy,ny,top_n,top_y}`. Leads at
    least `days` old are mature. With start and end only leads created in that range count; leads of unknown company
    stand in a cell of their own (company missing). With `repeats` (the query of `metrics.repeats`) the measure
    `expected_margin` is counted too, with `_{n2,y2,yy2,y1y2,ny2}` of its second part. `across`: a day of bulk changes;
    leads whose span of `days` holds it are not mature, since their durations mean nothing.
    """
    mature, company, per_cell = _mature(across), _PerCompany(), []
    for name in measures:
        what, counted, among = (part.format(mature=mature, cap=cap) for part in PARTS[name])
        n, y = company(f"{name}_n", "1", among), company(f"{name}_y", what, counted)
        per_cell += [
            f"count(*) filter (where {n} > 0) as {name}_companies", f"sum({n}) as {name}_n", f"sum({y}) as {name}_y",
            f"sum({n} * {n}) as {name}_nn", f"sum({y} * {y}) as {name}_yy", f"sum({n} * {y}) as {name}_ny",
            f"count(*) filter (where {y} > 0) as {name}_paying", f"max({y}) as {name}_top_y",
            f"max_by({n}, row({y}, {n})) filter (where {y} is not null) as {name}_top_n"]
    relation = LEAD_GRAIN
    if repeats is not None:
        relation = f"(select g.*, r.repeat_margin from {LEAD_GRAIN} g left join ({repeats.sql(dialect='duckdb')}) r " \
                   f"on r.lead_id = g.lead_id)"
        what, counted, among = (part.format(mature=mature) for part in PARTS["margin_per_lead"])
        n, y = company("deal_n", "1", among), company("deal_y", what, counted)
        n2, y2 = company("repeat_n", "1", _OLD), company("repeat_y", "repeat_margin", _OLD)
        shown = {"companies": f"count(*) filter (where {n} > 0)", "n": f"sum({n})", "y": f"sum({y})",
                 "nn": f"sum({n} * {n})", "yy": f"sum({y} * {y})", "ny": f"sum({n} * {y})",
                 "paying": f"count(*) filter (where {y} + {y2} > 0)", "top_y": f"max({y} + {y2})",
                 "top_n": f"max_by({n}, row({y} + {y2}, {n})) filter (where {y} + {y2} is not null)",
                 "n2": f"sum({n2})", "y2": f"sum({y2})",
                 "yy2": f"sum({y2} * {y2})", "y1y2": f"sum({y} * {y2})", "ny2": f"sum({n} * {y2})"}
        per_cell += [f"{formula} as {EXPECTED}_{name}" for name, formula in shown.items()]
    created = "where created_on >= :start and created_on < :end" if start else ""
    bounds = {"start": start, "end": end} if start else {}
    if home:
        bounds |= {"home": home}
    if across is not None:
        bounds |= {"across": across}
    region = "any_value(case when country = :home then region end)" if home else "cast(null as varchar)"
    return select(f"""
        with company as (
            select any_value(cell) as cell, {region} as region,
            count(*) as leads, count(*) filter (where outcome = 'won') as won,
            sum(revenue) as revenue, sum(margin) as margin
            {"".join(f", {sums} as {name}" for sums, name in company.names.items())}
            from {relation} {created}
            group by company_id
        ),
        counted as (
            select cell, region,
                sum(leads) as leads, count(*) as companies, count(*) filter (where won > 0) as customers,
                sum(won) as won, sum(revenue) as revenue, sum(margin) as margin
                {"".join(f", {aggregate}" for aggregate in per_cell)}
            from company
            group by cell, region
        )
        select s.industry, s.size, s.country, c.* exclude (cell)
        from counted c left join {SEGMENT_CELLS} s on s.cell = c.cell
        order by 1, 2, 3, c.region""", days=days, as_of=as_of, **bounds)


def addressed(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per target of the campaigns with the money spent on it in the period, in the reporting currency."""
    return select("""
        select c.target_industry as industry, c.target_size as size, c.target_country as country, c.target_role as role,
               cast(sum(s.amount_rc) as double) as spend, count(distinct c.campaign_id) as campaigns
        from spend s join campaigns c on c.campaign_id = s.campaign_id
        where s.spent_on >= :start and s.spent_on < :end
        group by 1, 2, 3, 4 order by 1, 2, 3, 4""", start=start, end=end)


def home_country() -> exp.Expression:
    """The country in which most of the companies with leads sit, if regions are known there."""
    return select(f"""
        select country, count(distinct company_id) as companies, count(distinct region) as regions
        from {LEAD_GRAIN} where country is not null group by 1 order by companies desc, country limit 1""")


def companies_of(measure: str, *, days: int, as_of: dt.date, start: dt.date, end: dt.date,
                 cap: float = 0.0) -> exp.Expression:
    """One row per company with its cell and its totals of the measure (n, y), of leads created in the range: what a
    shuffle of whole companies draws from."""
    what, counted, among = (part.format(mature=_mature(None), cap=cap) for part in PARTS[measure])
    return select(f"""
        select s.industry, s.size, s.country, n, y from (
            select any_value(cell) as cell, {_summed("1", among)} as n, {_summed(what, counted)} as y
            from {LEAD_GRAIN}
            where created_on >= :start and created_on < :end and company_id is not null
            group by company_id) c
        left join {SEGMENT_CELLS} s on s.cell = c.cell
        where n > 0 order by 1, 2, 3, n, y""", days=days, as_of=as_of, start=start, end=end)


def won_deals(start: dt.date, end: dt.date) -> exp.Expression:
    """One row per cell of industry, size and country with the deals won in [start, end): companies, deals (n), and
    the sum of their squares over companies (nn)."""
    return select(f"""
        select industry, size, country, count(*) as companies, sum(n) as n, sum(n * n) as nn from (
            select industry, size, country, coalesce(company_id, lead_id) as company_id, count(*) as n
            from {LEAD_GRAIN} where outcome = 'won' and won_on >= :start and won_on < :end group by 1, 2, 3, 4)
        group by 1, 2, 3 order by 1, 2, 3""", start=start, end=end)


def leaf_totals() -> exp.Expression:
    """One row per cell of industry, size and country and outcome with its exact totals (leads, revenue, margin), from
    which every coarser group is added up. (Intervals clustered by company need the sums of `cells`.)"""
    return select(f"""
        with counted as (
            select cell, outcome, count(*) as leads, sum(revenue) as revenue, sum(margin) as margin
            from {LEAD_GRAIN} group by cell, outcome
        )
        select s.industry, s.size, s.country, c.* exclude (cell)
        from counted c left join {SEGMENT_CELLS} s on s.cell = c.cell order by 1, 2, 3, c.outcome""")
