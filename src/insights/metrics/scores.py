"""The fit score of every company, computed where the companies are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from insights.metrics.leads import company_grain
from insights.metrics.sql import select

if TYPE_CHECKING:
    from sqlglot import exp

UNKNOWN = "unknown"


def scored(card, rules: Iterable[tuple], eur_rate: float | None) -> exp.Expression:
    """One row per company: its attributes, `fit_score` (0 to 100, whole points), `tier`, and the `rules` that it meets.

    `card` gives the points of each attribute's values, the rules that add to them, and where tiers begin; `rules` pairs
    segments with their text.
    """
    values: dict[str, object] = {}

    def held(value: object) -> str:
        values[f"v{len(values)}"] = value
        return f":v{len(values) - 1}"

    terms = [held(round(card.start, 6))]
    for attribute, points in card.points.items():
        cases = " ".join(f"when {held(word)} then {held(round(x, 6))}" for word, x in points.items() if word != UNKNOWN)
        unknown = held(round(points[UNKNOWN], 6))
        terms.append(f"(case {attribute} {cases} else {unknown} end)" if cases else unknown)
    terms += [f"(case when {_fits(segment, held)} then {held(round(x, 6))} else 0.0 end)" for segment, x in card.bonus]
    total = " + ".join(terms)
    tiers = " ".join(f"when total >= {held(round(cut, 6))} then {held(name)}" for name, cut in card.cuts[:-1])
    told = ", ".join(f"case when {_fits(segment, held)} then {held(text)} end" for segment, text in rules)
    said = f"coalesce(concat_ws('; ', {told}), '')" if told else "''"
    last = held(card.cuts[-1][0])
    company = company_grain(eur_rate).sql(dialect="duckdb")
    return select(f"""
        select company_id, name, industry, size, country,
            cast(round(least(greatest(total, 0.0), 100.0)) as bigint) as fit_score,
            case {tiers} else {last} end as tier, rules
        from (select company_id, name, industry, size, country, {total} as total, {said} as rules from ({company}))
        order by fit_score desc, company_id""", **values)


def _fits(segment, held) -> str:
    tests = []
    for attribute, wanted in segment.parts:
        listed = ", ".join(held(value) for value in wanted)
        tests.append(f"coalesce({attribute} in ({listed}), false)")
    return " and ".join(tests)
