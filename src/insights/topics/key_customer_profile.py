"""Who are our key customers: by industry, size and country, and against what the strategy declares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Interval, Verdict
from insights.firm import Firm
from insights.language import Text
from insights.metrics import repeats as repeat_metrics
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import text as sql_text
from insights.models.segments import Cells, Group, groups, judged_together
from insights.topics import (
    key_customer_deciders,
    key_customer_drift,
    key_customer_refined,
    key_customer_roles,
    key_customer_score,
    key_customer_segments,
)
from insights.topics import key_customer_words as words
from insights.topics.key_customer_drift import Drift
from insights.topics.key_customer_refined import Refined
from insights.topics.key_customer_roles import Roles
from insights.topics.key_customer_score import Scored
from insights.topics.key_customer_segments import Combined
from insights.topics.key_customer_windows import windows
from insights.topics.measures import Measure, measure

if TYPE_CHECKING:
    from sqlglot import exp

TOPIC = "key_customer_profile"
DIMENSIONS = segment_metrics.DIMENSIONS
_COVERED = 0.95
_MISSING_GAP = 0.05
_MIN_CLOSED_FROM_START = 0.5
_ = Text


@dataclass(frozen=True)
class Dimension:
    """A dimension judged: its groups, the measures shown (rates first, money last), and why others are refused."""

    key: str
    groups: list[Group]
    measures: tuple[Measure, ...]
    refused: tuple[Text, ...] = ()
    unknown_leads: int = 0

    @property
    def money(self) -> Measure | None:
        return next((m for m in self.measures if not m.share), None)

    @property
    def rate(self) -> Measure | None:
        return next((m for m in self.measures if m.share), None)


@dataclass(frozen=True)
class Profile:
    """The topic's result: exact totals, the dimensions, the findings in order of rank, and the estimates shown."""

    firm: Firm
    totals: dict
    days: int
    opportunities: bool
    dimensions: dict[str, Dimension]
    cells: dict[str, Cells]
    addressed: list[dict]
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    missing: tuple[Text, ...] = ()
    sql: str = field(default="", repr=False)
    combined: Combined | None = None
    refined: Refined | None = None
    roles: Roles | None = None
    scored: Scored | None = None
    drift: Drift | None = None


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, the weightiest first."""
    return list(judge(firm).findings)


def judge(firm: Firm) -> Profile:
    """Measure, compare and say.

    Comparisons rest on all leads created up to the end of the period (on those of the period alone where one was asked
    for by name), shares of customers, margin and spend on the period. Without leads and their stages there is nothing
    to compare: the profile then says so.
    """
    if not firm.has("leads", "lead_stages"):
        return Profile(firm, {}, 0, False, {}, {}, [], missing=(_(
            "Without leads and their stages nothing can be said of conversion: add the tables leads and "
            "lead_stages."),))
    start, end = firm.period.start, firm.period.end
    totals = firm.row(segment_metrics.totals(start, end))
    opportunities = _from_opportunity(totals)
    days = 0 if _refused(firm, "entered_afterwards") else firm.query(
        segment_metrics.horizon())["days"][0].as_py() or 0
    profile = Profile(firm, totals, days, opportunities, {}, {}, _addressed(firm))
    if not totals["won"] + totals["lost"]:
        return replace(profile, missing=(_(
            "No lead has been won or lost yet, so no group can be compared with another."),))
    money = "margin_per_lead" if _costs_covered(totals) and not _refused(firm, "vat_included") else "revenue_per_lead"
    repeats = _repeats(firm) if money == "margin_per_lead" else None
    expression = segment_metrics.cells(
        ("win_rate", "conversion", money, "revenue_per_closed"), days=max(days, 1), as_of=firm.as_of, repeats=repeats,
        across=bulk_day(firm))
    joined = (segment_metrics.EXPECTED,) if repeats is not None else ()
    cells = Cells(firm.query(expression), ("win_rate", "conversion", money, "revenue_per_closed", *joined))
    in_period = Cells(firm.query(segment_metrics.cells((), days=days, as_of=firm.as_of, start=start, end=end)), ())
    profile = Profile(
        firm, totals, days, opportunities, _dimensions(firm, cells, money, profile),
        {"all": cells, "period": in_period}, profile.addressed, sql=sql_text(expression))
    profile = replace(_searched(profile), roles=key_customer_roles.judge(profile),
                      drift=key_customer_drift.judge(profile))
    return replace(profile, findings=tuple(_findings(profile)), estimates=tuple(_estimates(profile)))


def _searched(profile: Profile) -> Profile:
    """The same with what a search on earlier leads, judged on later ones, adds; without where there are too few."""
    found = windows(profile)
    if found is None:
        return profile
    profile = replace(profile, combined=key_customer_segments.judge(profile, found),
                      refined=key_customer_refined.judge(profile, found))
    return replace(profile, scored=key_customer_score.judge(profile, found))


def _from_opportunity(totals: dict) -> bool:
    """Whether the records begin with the opportunity: most closed leads have no earlier stage."""
    closed = totals["won"] + totals["lost"]
    return bool(closed) and totals["closed_from_start"] < _MIN_CLOSED_FROM_START * closed


def _costs_covered(totals: dict) -> bool:
    return bool(totals["revenue"]) and float(totals["costed_revenue"]) >= _COVERED * float(totals["revenue"])


def _refused(firm: Firm, rule: str) -> bool:
    """Whether the detectors found that the records cannot carry what the rule speaks of."""
    return any(problem.rule == rule for problem in firm.problems)


def bulk_day(firm: Firm) -> dt.date | None:
    """The day on which so many stages were changed that durations across it mean nothing."""
    found = next((problem for problem in firm.problems if problem.rule == "stages_in_bulk"), None)
    return found.values["day"].day if found else None


def _repeats(firm: Firm) -> exp.Expression | None:
    """The repeat orders of won leads, where there are any and their cost is known."""
    products = firm.has("products")
    found = firm.row(repeat_metrics.totals(firm.as_of, products=products))
    if not found["revenue"] or (found["costed"] or 0.0) < _COVERED * found["revenue"]:
        return None
    return repeat_metrics.repeats(firm.as_of, products=products)


def _addressed(firm: Firm) -> list[dict]:
    if not firm.has("spend", "campaigns"):
        return []
    return firm.query(segment_metrics.addressed(firm.period.start, firm.period.end)).to_pylist()


def _dimensions(firm: Firm, cells: Cells, money: str, profile: Profile) -> dict[str, Dimension]:
    """Every dimension, its groups judged in one search over all of them."""
    totals = firm.query(segment_metrics.leaf_totals()).to_pylist()
    found = {key: _dimension(firm, key, cells, money, profile, _missing(totals, key)) for key in DIMENSIONS}
    judged = judged_together(
        {key: d.groups for key, d in found.items()},
        {key: tuple(m.key for m in d.measures) for key, d in found.items()})
    return {key: replace(d, groups=judged[key]) for key, d in found.items()}


def _missing(totals: list[dict], key: str) -> dict[str, int]:
    """Leads without a value of the dimension, among closed and among open leads."""
    def leads(outcomes: tuple[str, ...], *, unknown: bool = False) -> int:
        return sum(row["leads"] for row in totals
                   if row["outcome"] in outcomes and (row[key] is None or not unknown))

    return {"closed": leads(("won", "lost")), "closed_missing": leads(("won", "lost"), unknown=True),
            "open": leads(("open",)), "open_missing": leads(("open",), unknown=True)}


def _dimension(
    firm: Firm, key: str, cells: Cells, money: str, profile: Profile, missing: dict[str, int],
) -> Dimension:
    """Choose the measures that the records of this dimension carry, and judge its groups by them."""
    refused, keys = [], ["conversion", money]
    if not profile.totals["lost"]:
        refused.append(words.no_losses())
    else:
        keys.insert(0, "win_rate")
    if _depends_on_outcome(missing):
        refused.append(words.missing_depends_on_outcome(key, missing))
        keys = ["win_rate", "revenue_per_closed"] if profile.totals["lost"] else []
    elif not profile.days:
        if not _refused(firm, "entered_afterwards"):
            refused.append(words.no_durations())
        keys = [k for k in keys if k == "win_rate"] + (["revenue_per_closed"] if profile.totals["lost"] else [])
    if _refused(firm, "entered_afterwards"):
        refused.append(words.entered_afterwards())
    if bulk_day(firm) and profile.days:
        refused.append(words.in_bulk(bulk_day(firm)))
    if _refused(firm, "vat_included"):
        refused.append(words.vat_included())
        keys = [k for k in keys if k in ("win_rate", "conversion")]
    if segment_metrics.EXPECTED in cells.measures and "margin_per_lead" in keys:
        keys.append(segment_metrics.EXPECTED)
    measures = tuple(
        measure(k, days=profile.days, currency=firm.currency, opportunities=profile.opportunities) for k in keys)
    unknown = int(cells.count("leads") - cells.count("leads", cells.mask(key)))
    return Dimension(key, groups(cells, key), measures, tuple(refused), unknown)


def _depends_on_outcome(missing: dict) -> bool:
    """Whether the dimension is known much more often for closed leads than for open ones, or the reverse: then a rate
    over all leads with a known group is biased."""
    if not missing["closed"] or not missing["open"]:
        return False
    gap = missing["open_missing"] / missing["open"] - missing["closed_missing"] / missing["closed"]
    return abs(gap) > _MISSING_GAP


def _findings(profile: Profile) -> list[Finding]:
    from insights.topics import key_customer_clauses as clauses

    found = [words.totals(profile)]
    found += [words.most_best_addressed(profile, dimension) for dimension in profile.dimensions.values()]
    for dimension in profile.dimensions.values():
        found += _group_findings(profile, dimension)
    found += clauses.findings(profile)
    if profile.combined:
        found += key_customer_segments.findings(profile, profile.combined)
    if profile.refined:
        found += key_customer_refined.findings(profile, profile.refined)
    if profile.drift:
        found += key_customer_drift.findings(profile, profile.drift)
    if profile.roles:
        found += key_customer_deciders.findings(profile, profile.roles)
    places = {"sql": profile.sql, "read_from": profile.firm.read_from}
    return sorted((f.at(**places) for f in found if f), key=lambda f: (-f.rank, f.id))


def _group_findings(profile: Profile, dimension: Dimension) -> list[Finding]:
    """A finding for each group that is clearly higher or lower, and one for a dimension whose groups are not."""
    if sum(not group.small for group in dimension.groups) < 2:
        return [words.nothing_to_compare(profile, dimension)] if dimension.groups else []
    found = []
    for kind in dimension.measures:
        judged = [(g, g.compared[kind.key]) for g in dimension.groups if not g.withheld(kind.key)]
        decided = [(g, c) for g, c in judged if c.verdict in (Verdict.HIGHER, Verdict.LOWER)]
        found += [words.differs(profile, dimension, kind, group, compared) for group, compared in decided]
        if not decided and len(judged) > 1:
            found.append(words.nothing_stands_out(profile, dimension, kind, judged))
    return found


def _estimates(profile: Profile) -> list[Estimate]:
    return [
        estimate(kind, dimension.key, group)
        for dimension in profile.dimensions.values() for kind in dimension.measures for group in dimension.groups]


def estimate(kind: Measure, dimension: str, group: Group) -> Estimate:
    """A group's figure with its comparison, in the form of `estimates.json`."""
    compared = group.compared[kind.key]
    return Estimate(
        measure=kind.key, subject={dimension: group.label}, estimate=compared.own, unit=kind.unit, n=compared.n,
        method=words.METHOD.render("en"), verdict=compared.verdict, baseline=compared.rest,
        difference=compared.difference, companies=compared.companies, topic=TOPIC, withheld=compared.withheld)


def no_interval() -> Interval:
    """The estimate of a finding that claims no figure."""
    return Interval(None)
