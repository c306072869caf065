"""Leads that fit a declared key customer, and what they brought, as sums over companies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from insights.metrics.leads import LEAD_GRAIN
from insights.metrics.segments import lead_terms

if TYPE_CHECKING:
    from sqlglot import exp

Groups = Mapping[str, Sequence[str]]


def two_fits(one: Groups, other: Groups, measure: str, *, days: int, as_of: dt.date,
             start: dt.date | None = None) -> exp.Expression:
    """Sums over companies of a measure (numerator y, denominator n, as in `segments`) for the leads that fit `one` (a)
    and those that fit `other` (b); a lead may fit both. A lead fits where each dimension that a key customer names
    holds one of its values. Columns: `companies`, `paying_a`, `paying_b` (companies
    that brought something), `leads_a`, `leads_b` (leads created in the last twelve months),
    totals `n_a`, `y_a`, `n_b`, `y_b` and products such as `n_a_y_b`. With `start` only leads created since then count.
    """
    from sqlglot import exp, parse_one

    mature = "(created_on is not null and created_on + :days <= :as_of)"
    number = {"days": exp.Literal.number(days), "as_of": exp.cast(exp.Literal.string(as_of.isoformat()), "DATE")}
    y, n = (exp.replace_placeholders(parse_one(part, dialect="duckdb"), **number)
            for part in lead_terms(measure, mature))
    year_ago = exp.cast(exp.Literal.string((as_of - dt.timedelta(days=364)).isoformat()), "DATE")
    inner = [exp.column("company_id")]
    for name, groups in (("a", one), ("b", other)):
        fits = _fits(groups)
        inner += [
            exp.alias_(_sum(fits, n), f"n_{name}"), exp.alias_(exp.cast(_sum(fits, y), "DOUBLE"), f"y_{name}"),
            exp.alias_(_sum(exp.and_(fits, exp.column("created_on") >= year_ago), exp.Literal.number(1)),
                       f"leads_{name}")]
    per_company = exp.select(*inner).from_(LEAD_GRAIN).group_by("company_id")
    if start:
        per_company = per_company.where(
            exp.column("created_on") >= exp.cast(exp.Literal.string(start.isoformat()), "DATE"))
    names = ("n_a", "y_a", "n_b", "y_b")
    outer = [exp.alias_(parse_one("sum(case when n_a > 0 or n_b > 0 then 1 else 0 end)"), "companies"),
             *(exp.alias_(exp.Sum(this=exp.column(x)), x) for x in (*names, "leads_a", "leads_b"))]
    outer += [exp.alias_(parse_one(f"sum(case when y_{x} > 0 then 1 else 0 end)"), f"paying_{x}") for x in "ab"]
    outer += [exp.alias_(exp.Sum(this=exp.column(x) * exp.column(z)), f"{x}_{z}")
              for i, x in enumerate(names) for z in names[i:]]
    return exp.select(*outer).from_(per_company.subquery("by_company"))


def _fits(groups: Groups) -> exp.Expression:
    from sqlglot import exp

    tests = [exp.column(dimension).isin(*(exp.Literal.string(v) for v in values))
             for dimension, values in sorted(groups.items()) if values]
    return exp.func("coalesce", exp.and_(*tests), exp.false()) if tests else exp.true()


def _sum(condition: exp.Expression, what: exp.Expression) -> exp.Expression:
    from sqlglot import exp

    return exp.Sum(this=exp.Case().when(condition.copy(), what.copy()).else_(exp.Literal.number(0)))
