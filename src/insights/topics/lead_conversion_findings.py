"""The findings of the page on conversion: each is chosen by a verdict and filled by its estimates."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Interval, Verdict
from insights.language import Count, Day, Days, Month, Per100, Points, Share, Text
from insights.models import conversion_lag as lags
from insights.period import add_months
from insights.topics import lead_conversion_waiting as waiting
from insights.topics import lead_conversion_words as words
from insights.topics import lead_conversion_work_said as work_said
from insights.topics.lead_conversion_cohorts import PARTLY
from insights.topics.lead_conversion_differences import DECIDED, of_groups
from insights.topics.lead_conversion_groups import Dimension

if TYPE_CHECKING:
    from insights.topics.lead_conversion import Conversion

TOPIC = words.TOPIC
SAID = ("source", "campaign", "product", "team")
_ = Text


def findings(result: Conversion) -> list[Finding]:
    """All of them, in no order."""
    found: list[Finding | None] = [quarter(result), change(result), look_back(result), waiting.finding(result)]
    found += work_said.findings(result)
    for dimension in result.dimensions.values():
        if dimension.key in SAID:
            found += of_groups(result, dimension)
    return [f for f in found if f is not None]


def quarter(result: Conversion) -> Finding | None:
    """The last quarter that is old enough: what becomes of a hundred leads, and how fast."""
    cohort = result.months and result.months.quarter
    if not cohort:
        return None
    median = result.overall.median(())
    start = cohort.key
    values = {
        "n": Per100(cohort.expected.value), "range": words.spread(cohort.expected), "first": Month(start),
        "last": Month(add_months(start, 2)), "leads": words.things(result, cohort.n)}
    values |= {"days": Days(median.value)} if median else {}
    if result.opportunities:
        statement = _("Of 100 opportunities of the last quarter that is old enough ({first} to {last}), {n} are won in "
                      "the end ({range}), half of those within {days}.", **values) if median else _(
            "Of 100 opportunities of the last quarter that is old enough ({first} to {last}), {n} are won in the end "
            "({range}).", **values)
    else:
        statement = _("Of 100 leads of the last quarter that is old enough ({first} to {last}), {n} become sales in "
                      "the end ({range}), half of those within {days}.", **values) if median else _(
            "Of 100 leads of the last quarter that is old enough ({first} to {last}), {n} become sales in the end "
            "({range}).", **values)
    return Finding(function=f"{TOPIC}.last_quarter", statement=statement, unit="share", n=cohort.n, owner="both",
                   method=words.COHORT, estimate=cohort.expected)


def change(result: Conversion) -> Finding | None:
    """Whether the latest months, set right for their age, differ from the year before them."""
    months = result.months
    if months is None or months.recent is None:
        return None
    recent, before, young = months.recent, months.before, [
        m for m in months.months if not m.mature and m.status != PARTLY]
    values = {
        "leads": words.things(result, recent.n), "naive": words.said(recent.naive), "ready": Day(_mature_on(result)),
        "share": Share(recent.matured, 0), "first": Month(young[-min(len(young), 6)].key)}
    common = {"function": f"{TOPIC}.recent_change", "unit": "share", "n": recent.n, "owner": "both",
              "method": words.COHORT}
    if months.change is None:
        statement = _(
            "How leads since {first} will convert cannot be told yet: they close at another pace than older ones did, "
            "so the share won so far ({naive}) is neither a rise nor a fall.", **values,
        ) if recent.reason == "pace" else _(
            "How leads since {first} will convert cannot be told yet: {naive} are won so far, and hardly any had the "
            "time.", **values)
        return Finding(statement=statement, verdict=Verdict.TOO_EARLY, action=_(
            "Judge neither department by these months before {ready}.", **values), **common)
    values |= {"expected": words.said(recent.expected.value), "range": words.spread(recent.expected),
               "before": words.said(before.expected.value), "difference": Points(months.change.difference.value)}
    verdict = months.change.verdict
    more = {"estimate": recent.expected, "baseline": before.expected, "difference": months.change.difference,
            "rival": _("Months differ by chance and season anyhow; their usual spread is in the range.")}
    if verdict in DECIDED:
        statement = _(
            "Leads since {first} are heading for {expected} ({range}; {leads}), clearly less than the {before} of the "
            "twelve months before, their youth allowed for.", **values) if verdict is Verdict.LOWER else _(
            "Leads since {first} are heading for {expected} ({range}; {leads}), clearly more than the {before} of the "
            "twelve months before, their youth allowed for.", **values)
        action = _("Look together, by {day}, at which sources and teams it comes from before anyone is held to it; "
                   "judge again on {ready}, when nine tenths of their wins are in.",
                   day=words.deadline(result, 1), **values)
        weight = abs(months.change.difference.value) * recent.n * (result.value or 0.0)
        return Finding(statement=statement, verdict=verdict, action=action, rank=weight, **common, **more)
    statement = _(
        "No change: only {naive} of the leads since {first} are won so far, but just {share} of their wins can be in "
        "by now. They are heading for {expected} ({range}; {leads}), against {before} in the twelve months before.",
        **values) if verdict is Verdict.NO_CLEAR_DIFFERENCE else _(
        "The low rate of the latest months is no fall: only {naive} of the leads since {first} are won so far, but "
        "just {share} of their wins can be in by now. They are heading for {expected} ({range}; {leads}), against "
        "{before} in the twelve months before; no change can be seen.", **values)
    return Finding(statement=statement, verdict=verdict, action=_(
        "Judge neither department by these months before {ready}.", **values),
        rank=(recent.expected.value - recent.naive) * recent.n * (result.value or 1.0) / 10, **common, **more)


def _mature_on(result: Conversion) -> dt.date:
    """The day on which nine tenths of the wins of the latest month are in."""
    lag = result.overall
    ages = np.arange(0, 1500, 5)
    reached = np.flatnonzero(lag.matured_share(ages, ()) >= 0.9)
    days = int(ages[reached[0]]) if len(reached) else 365
    return add_months(result.firm.as_of.replace(day=1), 1) + dt.timedelta(days=days)


def look_back(result: Conversion) -> Finding | None:
    """How what would have been said on past days compares with what happened."""
    past = result.months.past if result.months else ()
    if not past:
        return None
    held = sum(then.held for then in past)
    naive = float(np.mean([then.naive for then in past]))
    said = float(np.mean([then.said.value for then in past]))
    happened = float(np.mean([then.happened for then in past]))
    return Finding(
        function=f"{TOPIC}.look_back", unit="share", n=len(past), owner="both", method=_(
            "On the last day of each past month the counts, the lag and the ranges are made again from what was dated "
            "up to then, for the leads of the three months before; neighbouring months share leads."),
        estimate=Interval(held / len(past)), statement=_(
            "Said at the time of the newest three months, {n} times: {naive} by plain division, {said} with the lag "
            "allowed for; {happened} were won in the end. The range held what happened {held} times of {n}.",
            n=Count(len(past)), naive=words.said(naive), said=words.said(said), happened=words.said(happened),
            held=Count(held)))


def estimates(result: Conversion) -> list[Estimate]:
    """Every group's final conversion and days to a win, in the form of `estimates.json`."""
    made = []
    for dimension in result.dimensions.values():
        for group, final in dimension.finals.items():
            made += _group_estimates(result, dimension, group, final)
    return [*made, *work_said.estimates(result)]


def _group_estimates(result: Conversion, dimension: Dimension, group: str, final: lags.Final) -> list[Estimate]:
    compared = dimension.compared.get(group)
    verdict = {lags.TOO_EARLY: Verdict.TOO_EARLY, lags.TOO_FEW: Verdict.TOO_FEW}.get(final.status)
    companies = int(dimension.lag.counts.companies[dimension.lag.place(group)])
    common = {"subject": {dimension.key: group}, "topic": TOPIC, "companies": companies}
    shown = [Estimate(
        measure="final_conversion", estimate=final.interval or Interval(None), unit="share", n=final.n,
        method=words.METHOD.render("en"), verdict=compared.verdict if compared else verdict,
        baseline=compared.rest if compared else None, difference=compared.difference if compared else None, **common)]
    median = dimension.lag.median(group)
    if median is not None:
        shown.append(Estimate(measure="days_to_win_median", estimate=median, unit="days", n=max(final.wins, 1),
                              method=words.METHOD.render("en"), **common))
    return shown
