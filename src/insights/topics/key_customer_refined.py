"""The profile that the data support: few rules found on earlier leads, judged on those held back; what it would have
been one and two years ago; and its opposite, the leads that bring little."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Finding, Impact, Verdict, compare_with_rest
from insights.language import Count, Day, Number, Share, Text
from insights.models.leaves import Leaves, Segment
from insights.models.profiles import Rule, propose
from insights.topics import key_customer_clauses as clauses
from insights.topics import key_customer_words as words
from insights.topics.key_customer_segments import named
from insights.topics.key_customer_windows import Windows, leaves

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

TOPIC = words.TOPIC
SHIFTED, AS_GOOD = 0.10, 0.6
LEAST_CASES = 200
_ = Text

METHOD = _(
    "Rules found on earlier leads by how far they lie from the average of all, judged on later leads that were held "
    "back; interval of the difference clustered by company. What fitting leads earned is observed, not what a campaign "
    "to them would bring.")


@dataclass(frozen=True)
class Judged:
    """Rules, where they were found and judged, and what later leads that fit any of them brought against the others."""

    rules: tuple[Rule, ...]
    searched_until: dt.date
    start: dt.date
    end: dt.date
    compared: Comparison | None
    share: float = 0.0


@dataclass(frozen=True)
class Refined:
    """The refined profile, the declared one on the same held-back leads, the opposite, and the look-back by years."""

    windows: Windows
    profile: Judged
    opposite: Judged
    declared: Comparison | None
    back: tuple[tuple[int, Judged], ...]
    opposite_money: float = 0.0

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the profile."""
        return self.profile.rules


def judge(profile: Profile, found: Windows) -> Refined:
    """Find the rules on the earlier leads, judge them on the later ones; the same as of one and two years ago."""
    earlier = leaves(profile, found, found.first, found.split)
    later = leaves(profile, found, found.split, found.end, earlier.vocabulary)
    best = _judged(found, propose(earlier), later)
    worst = _judged(found, propose(earlier, worse=True), later)
    money = later.sums["y"]
    inside = later.any_of([rule.segment for rule in worst.rules])
    return Refined(found, best, worst, _declared(profile, later), tuple(_back(profile, found)),
                   float(money[inside].sum() / money.sum()) if money.sum() > 0 else 0.0)


def _judged(found: Windows, rules: list[Rule], later: Leaves, until: dt.date | None = None,
            start: dt.date | None = None) -> Judged:
    compared = _compared(later, [rule.segment for rule in rules]) if rules else None
    share = compared.n / max(later.sums["n"].sum(), 1.0) if compared else 0.0
    return Judged(tuple(rules), until or found.split, start or found.split, found.end, compared, float(share))


def _compared(later: Leaves, segments: list[Segment]) -> Comparison | None:
    inside = later.any_of(segments)
    if not inside.any() or later.sums["n"][inside].sum() <= 0:
        return None
    everything = later.total([np.ones(len(inside), dtype=bool)])
    return compare_with_rest(later.total([inside]), share=later.share, total=everything)[0]


def _declared(profile: Profile, later: Leaves) -> Comparison | None:
    """The declared key customer as one rule: every declared dimension must fit."""
    parts = [(key, values) for key in clauses.DECLARED if (values := clauses.declared(profile, key))]
    return _compared(later, [Segment(tuple(parts))]) if parts else None


def _back(profile: Profile, found: Windows) -> list[tuple[int, Judged]]:
    """As of one and two years ago: rules from the leads that could be judged then, and what leads created since
    brought."""
    out = []
    for years in (1, 2):
        day = profile.firm.as_of - dt.timedelta(days=365 * years) + dt.timedelta(days=1)
        known = day - found.lag
        if known <= found.first or day >= found.end:
            continue
        before = leaves(profile, found, found.first, known)
        since = leaves(profile, found, day, found.end, before.vocabulary)
        if before.sums["n"].sum() >= LEAST_CASES and since.sums["n"].sum() > 0:
            out.append((years, _judged(found, propose(before), since, known, day)))
    return out


def findings(profile: Profile, refined: Refined) -> list[Finding]:
    """The profile, its opposite, and the look-back, each as one finding."""
    found = [_profile(profile, refined)]
    if refined.opposite.rules and refined.opposite.compared:
        found.append(_opposite(profile, refined))
    return [*found, *(_looked_back(profile, refined, years, one) for years, one in refined.back if one.compared)]


def said(rules: tuple[Rule, ...]) -> Text | object:
    """The rules in a row, as a person says them."""
    whole = named(rules[0].segment)
    for rule in rules[1:]:
        whole = _("{first}; or {second}", first=whole, second=named(rule.segment))
    return whole


def _profile(profile: Profile, refined: Refined) -> Finding:
    kind, judged = refined.windows.kind, refined.profile
    place = {"function": f"{TOPIC}.refined_profile", "unit": kind.unit, "owner": "both", "method": METHOD}
    cases = int(profile.cells["all"].columns(kind.key)["n"].sum())
    compared = judged.compared
    if not judged.rules or compared is None or compared.withheld:
        return Finding(
            **place, verdict=Verdict.TOO_FEW, n=cases, statement=_(
                "The data support no narrower profile of the key customer: no rule stands out among the earlier leads "
                "and can be judged on the later ones."),
            action=_("Keep the declared key customer until more leads have closed."))
    values = _values(profile, refined, judged, compared)
    if compared.verdict is not Verdict.HIGHER:
        return Finding(
            **place, verdict=compared.verdict, n=compared.n, estimate=compared.own, baseline=compared.rest,
            difference=compared.difference, statement=_(
                "A profile found on earlier leads is not proved on later ones: {rules}. On held-back leads those that "
                "fit earned {own} against {rest} for the others ({measure}; {range}; {basis}).", **values),
            action=_("Do not change the declared key customer for it; look again when more leads have closed."))
    return Finding(
        **place, verdict=Verdict.HIGHER, n=compared.n, estimate=compared.own, baseline=compared.rest,
        difference=compared.difference, statement=_statement(refined, values), rival=_(
            "Sellers may have given these leads more attention, and new leads of the kind may be worse than those that "
            "came so far."),
        action=_("By {day}, move a tenth of what is spent on other leads to this profile, and judge again after "
                 "{days} days. It worked if {measure} of the added leads stays above {rest}.", **values,
                 days=refined.windows.days),
        impact=_impact(profile, refined, compared), rank=3 * words.weight(profile, kind, compared) * cases / max(
            compared.n / max(judged.share, 1e-9), 1.0))


def _statement(refined: Refined, values: dict) -> Text:
    declared, kind = refined.declared, refined.windows.kind
    if declared is None or declared.withheld:
        return _("The profile that the data support: {rules}. On held-back leads those that fit earned {own} against "
                 "{rest} for the others ({measure}; {range}; {basis}).", **values)
    return _("The profile that the data support: {rules}. On held-back leads those that fit earned {own} against "
             "{rest} for the others and {declared} for the declared key customer ({measure}; {range}; {basis}).",
             **values, declared=kind.said(declared.own.value))


def _values(profile: Profile, refined: Refined, judged: Judged, compared: Comparison) -> dict:
    kind = refined.windows.kind
    return {"rules": said(judged.rules), "own": kind.said(compared.own.value), "rest": kind.said(compared.rest.value),
            "measure": kind.name, "range": kind.range(compared.own), "basis": words.basis(profile, compared),
            "day": words.deadline(profile), "share": Share(judged.share, 0)}


def _impact(profile: Profile, refined: Refined, compared: Comparison) -> Impact | None:
    """A tenth of the year's other leads replaced by leads of the profile that are six tenths as good as those so far;
    never more leads than the profile has, never more money than the held-back leads brought."""
    if refined.windows.kind.share:
        return None
    span = (refined.windows.end - refined.windows.split).days / 365
    inside, everything = compared.n / span, compared.n / refined.profile.share / span
    moved = min(SHIFTED * (everything - inside), inside)
    earned = max(inside * compared.own.value + (everything - inside) * compared.rest.value, 0.0)
    low, value, high = (
        float(np.clip(moved * (AS_GOOD * own - compared.rest.value), -earned, earned))
        for own in (compared.own.low, compared.own.value, compared.own.high))
    return Impact(value, low, high, refined.windows.kind.unit, "leads of a year")


def _opposite(profile: Profile, refined: Refined) -> Finding:
    kind, judged = refined.windows.kind, refined.opposite
    compared = judged.compared
    values = _values(profile, refined, judged, compared) | {"money": Share(refined.opposite_money, 0)}
    proved = compared.verdict is Verdict.LOWER
    if proved:
        statement = _(
            "{share} of the leads go where little is earned: {rules}. On held-back leads those that fit brought "
            "{own} against {rest} for the others ({measure}; {range}; {basis}), {money} of all.", **values)
        action = _("Agree by {day} which of these leads are still worth a call and leave the rest to self-service. It "
                   "worked if sellers spend fewer hours on them and no margin is missed.", **values)
    else:
        statement = _(
            "Leads that brought little earlier are not proved to bring little later: {rules}. On held-back leads those "
            "that fit brought {own} against {rest} for the others ({measure}; {range}; {basis}).", **values)
        action = _("Turn no lead away for fitting this description.")
    return Finding(
        function=f"{TOPIC}.opposite_profile", unit=kind.unit, owner="both", method=METHOD, statement=statement,
        action=action, verdict=compared.verdict, n=compared.n, estimate=compared.own, baseline=compared.rest,
        difference=compared.difference, rank=words.weight(profile, kind, compared) if proved else 0.0)


def _looked_back(profile: Profile, refined: Refined, years: int, judged: Judged) -> Finding:
    kind, compared = refined.windows.kind, judged.compared
    values = _values(profile, refined, judged, compared) | {"known": Day(judged.start), "years": Count(years)}
    statement = {
        Verdict.HIGHER: _(
            "The profile that these data would have proposed on {known} held: {rules}. Leads since then that fit "
            "earned {own} against {rest} outside it ({measure}; {range}; {basis}).", **values),
        Verdict.LOWER: _(
            "The profile that these data would have proposed on {known} failed: {rules}. Leads since then that fit "
            "earned {own} against {rest} outside it ({measure}; {range}; {basis}).", **values),
    }.get(compared.verdict, _(
        "Whether the profile that these data would have proposed on {known} held cannot be told: {rules}. Leads since "
        "then that fit earned {own} against {rest} outside it ({measure}; {range}; {basis}).", **values))
    return Finding(
        function=f"{TOPIC}.looked_back_{years}", unit=kind.unit, owner="both", method=METHOD, statement=statement,
        action=_("Read the refined profile with this record in mind: it was made by the same steps."),
        verdict=compared.verdict, n=compared.n, estimate=compared.own, baseline=compared.rest,
        difference=compared.difference)


def lift(rule: Rule) -> Text:
    """How many times the average of all."""
    return _("×{lift}", lift=Number(rule.lift, 1))
