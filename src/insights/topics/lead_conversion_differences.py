"""The findings about groups: which are won more often in the end, which at another pace, which cannot be told yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Finding, Impact, Interval, Verdict
from insights.language import Capital, Count, Day, Days, ListOf, Share, Text
from insights.models import conversion_lag as lags
from insights.topics import lead_conversion_words as words
from insights.topics.lead_conversion_groups import NAMES, PLURALS, Dimension, mean_of_groups

if TYPE_CHECKING:
    from insights.topics.lead_conversion import Conversion

TOPIC = words.TOPIC
MOVED, AS_GOOD = 0.2, 0.6
MOST_SAID = 3
DIFFERENT_DAYS = 2.0
DECIDED = (Verdict.HIGHER, Verdict.LOWER)
_ = Text


def of_groups(result: Conversion, dimension: Dimension) -> list[Finding]:
    """Groups that are clearly higher or lower; else that none is; then the sources' days."""
    known = dimension.known()
    early = too_early(result, dimension)
    if len(known) < 2:
        return early
    decided = [g for g in known if dimension.compared[g].verdict in DECIDED and g not in dimension.over]
    decided.sort(key=lambda g: -abs(dimension.compared[g].difference.value) * dimension.finals[g].n)
    found = [differs(result, dimension, g) for g in decided[:MOST_SAID]]
    if not any(dimension.compared[g].verdict in DECIDED for g in known):
        found.append(nothing_stands_out(result, dimension, known))
    if dimension.key == "source" and (pace := different_days(result, dimension, known)) is not None:
        found.append(pace)
    return [*found, *early]


def differs(result: Conversion, dimension: Dimension, group: str) -> Finding:
    """A group whose final conversion is clearly higher or lower than the rest's."""
    compared, key = dimension.compared[group], dimension.key
    higher = compared.verdict is Verdict.HIGHER
    values = {
        "dimension": NAMES[key], "group": dimension.label(group), "own": words.said(compared.own.value),
        "rest": words.said(compared.rest.value), "range": words.spread(compared.own), "day": words.deadline(result),
        "leads": words.things(result, compared.n), "measure": words.measure(result.opportunities)}
    values["Dimension"] = Capital(values["dimension"])
    statement = _(
        "{Dimension} {group}: clearly more leads are won in the end, {own} against {rest} elsewhere ({range}; "
        "{leads}).", **values) if higher else _(
        "{Dimension} {group}: clearly fewer leads are won in the end, {own} against {rest} elsewhere ({range}; "
        "{leads}).", **values)
    impact = _impact(result, dimension, group, compared)
    return Finding(
        function=f"{TOPIC}.final_conversion", subject={key: group}, statement=statement,
        action=_group_action(key, higher, values), unit="share", n=compared.n, estimate=compared.own,
        baseline=compared.rest, difference=compared.difference, verdict=compared.verdict, impact=impact,
        owner=_owner(key, higher), method=words.COMPARED,
        rank=impact.value if impact else abs(compared.difference.value) * compared.n * (result.value or 1.0) / 10,
        rival=_("It may be another mix of countries, industries, sizes or products; the table of what goes with "
                "conversion sets like beside like."))


def _owner(key: str, higher: bool) -> str:
    return {"source": "marketing", "campaign": "marketing", "team": "sales"}.get(key, "both")


def _group_action(key: str, higher: bool, values: dict) -> Text:
    if key == "team":
        return _("Let the teams compare, by {day}, how they work the same kinds of leads; look at the team, not at "
                 "people. It worked if the share won in the end moves towards the better one.", **values)
    if key == "product":
        return _("Find out together, by {day}, what the product {group} does differently: price, preparation of "
                 "sellers or the leads that ask for it. It worked if the share won moves towards {rest}.", **values)
    if higher:
        return _("Try, by {day}, to get a fifth more leads of {dimension} {group}, within the present budget. It "
                 "worked if they still end well above {rest}.", **values)
    return _("Move a fifth of the effort for {dimension} {group} to leads that are won more often, by {day}. It worked "
             "if the others' share stays near {rest}.", **values)


def _impact(result: Conversion, dimension: Dimension, group: str, compared: Comparison) -> Impact | None:
    """Margin a year, if a fifth of the group's leads were got (higher: a fifth more, six tenths as good) or were such
    as the rest are (lower); the difference is shrunk towards none by what groups differ in truth."""
    if result.value is None or result.value <= 0 or dimension.key not in ("source", "campaign"):
        return None
    years = max((result.firm.as_of - result.found.first_day).days / 365.25, 0.5)
    good = AS_GOOD if compared.verdict is Verdict.HIGHER else 1.0
    kept = _kept(dimension, compared)
    scale = MOVED * good * dimension.finals[group].n / years * result.value
    ends = sorted((abs(compared.difference.low) * scale, abs(compared.difference.high) * scale))
    value = abs(compared.difference.value) * kept * scale
    low = min(min(ends), value) * (1 if compared.difference.low * compared.difference.high > 0 else 0)
    return Impact(value, low * kept, max(ends), result.firm.currency, f"leads by {dimension.key}")


def _kept(dimension: Dimension, compared: Comparison) -> float:
    """The part of a difference that is left after shrinking: true variance of the groups over true plus error."""
    others = [c for c in dimension.compared.values() if not c.withheld]
    d = np.array([c.difference.value for c in others])
    error = np.array([(c.difference.high - c.difference.low) / 3.29 for c in others])
    true = max(float(np.mean(d**2 - error**2)), 0.0)
    own = ((compared.difference.high - compared.difference.low) / 3.29) ** 2
    return true / (true + own) if true + own > 0 else 0.0


def nothing_stands_out(result: Conversion, dimension: Dimension, known: list[str]) -> Finding:
    """No group is clearly higher or lower."""
    compared = [dimension.compared[g] for g in known]
    n = sum(c.n for c in compared)
    alike = sum(c.n for c in compared if c.verdict is Verdict.NO_CLEAR_DIFFERENCE)
    verdict = Verdict.NO_CLEAR_DIFFERENCE if 2 * alike >= n else Verdict.TOO_FEW
    ordered = sorted(c.own.value for c in compared)
    values = {"dimensions": PLURALS[dimension.key], "dimension": NAMES[dimension.key], "low": Share(ordered[0]),
              "high": Share(ordered[-1]), "k": Count(len(known)), "leads": words.things(result, n)}
    if verdict is Verdict.NO_CLEAR_DIFFERENCE:
        statement = _("No clear difference between {dimensions} in the share won in the end: {low} to {high} over {k} "
                      "groups ({leads}).", **values)
        action = _("Do not choose or turn down leads by {dimension} for the share won.", **values)
    else:
        statement = _("Too few to say which {dimensions} win more leads in the end: what separates {low} from {high} "
                      "may be chance ({leads}).", **values)
        action = _("Decide nothing by {dimension} on the share won until more leads have closed.", **values)
    of_all = mean_of_groups(np.array([c.n for c in compared]), *(
        np.array([getattr(c.own, end) for c in compared]) for end in ("value", "low", "high")))
    return Finding(
        function=f"{TOPIC}.final_conversion_by_{dimension.key}", statement=statement, action=action, unit="share", n=n,
        verdict=verdict, owner="both", method=words.COMPARED,
        estimate=of_all if verdict is Verdict.NO_CLEAR_DIFFERENCE else Interval(None))


def different_days(result: Conversion, dimension: Dimension, known: list[str]) -> Finding | None:
    """Sources that are won at quite another pace: the fastest and the slowest whose ranges don't touch."""
    medians = {g: m for g in known if (m := dimension.lag.median(g)) is not None and m.value > 0}
    if len(medians) < 2 or dimension.lag.shared:
        return None
    fast, slow = min(medians, key=lambda g: medians[g].value), max(medians, key=lambda g: medians[g].value)
    if medians[slow].value < DIFFERENT_DAYS * medians[fast].value or medians[slow].low <= medians[fast].high:
        return None
    return Finding(
        function=f"{TOPIC}.days_to_win_by_source", unit="days", n=dimension.finals[slow].wins, owner="both",
        method=words.METHOD, estimate=medians[slow], statement=_(
            "Sources are not won at one pace: half of the wins of {fast} are in within {few}, of {slow} within {many}. "
            "Compared month by month before that, {slow} looks worse than it is.",
            fast=dimension.label(fast), slow=dimension.label(slow), few=Days(medians[fast].value),
            many=Days(medians[slow].value)))


def too_early(result: Conversion, dimension: Dimension) -> list[Finding]:
    """Groups whose final share cannot be told yet, with the day on which it can."""
    early = {g: f for g, f in dimension.finals.items() if f.status == lags.TOO_EARLY and f.known_on}
    if not early:
        return []
    names = [dimension.label(g) for g in sorted(early, key=lambda g: -early[g].n)[:5]]
    days = sorted(f.known_on for f in early.values())
    values = {"groups": ListOf(names), "dimensions": PLURALS[dimension.key], "first": Day(days[0]), "n": len(early)}
    return [Finding(
        function=f"{TOPIC}.too_early_by_{dimension.key}", unit="share", n=sum(f.n for f in early.values()),
        owner="both", method=words.METHOD, verdict=Verdict.TOO_EARLY, statement=_(
            "Too early to tell the share won in the end for {n} of the {dimensions} ({groups}): their leads have not "
            "been watched for long enough; the first of them can be judged on {first}.", **values),
        action=_("Judge them by the share won within a fixed number of days until then.", **values))]
