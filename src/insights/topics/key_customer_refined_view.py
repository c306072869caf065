"""The refined profile, its opposite and the look-back as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Share, Text
from insights.topics import key_customer_words as words
from insights.topics.key_customer_refined import Judged, lift, said
from insights.topics.key_customer_segments import named

if TYPE_CHECKING:
    from insights.models.profiles import Rule
    from insights.topics.key_customer_profile import Profile

_ = Text


def findings(profile: Profile, name: str) -> list[Finding]:
    """The topic's findings whose function begins with that name."""
    return [f for f in profile.findings if f.function.startswith(f"{words.TOPIC}.{name}")]


def rules(profile: Profile) -> list[Table | Note]:
    """The rules of the profile with their support and lift on the leads they were found on."""
    if profile.refined is None:
        return [Note(_("A profile is not refined: there are too few leads, or too short a time, to find it on earlier "
                       "ones and to judge it on later ones."))]
    return _rules(profile, profile.refined.profile, _("Rules of the profile, on the leads they were found on"))


def opposite(profile: Profile) -> list[Table | Note]:
    """The same for leads that bring little."""
    if profile.refined is None:
        return []
    if not profile.refined.opposite.rules:
        return [Note(_("No kind of lead stands out for bringing little."))]
    return _rules(profile, profile.refined.opposite, _("Leads that bring little, on the leads they were found on"))


def _rules(profile: Profile, judged: Judged, caption: Text) -> list[Table | Note]:
    if not judged.rules:
        return []
    columns = (Column(_("rule"), "left"), Column(_("leads")), Column(_("support"), unit=_("%")),
               Column(_("lift: {measure} against the average", measure=profile.refined.windows.kind.name)))
    return [Table(caption=caption, columns=columns, rows=tuple(_rule(rule) for rule in judged.rules), collapsed=True,
                  notes=(_("Leads created before {day}. The lift is shrunk: a small group is pulled towards what its "
                           "parts lead to expect.", day=Day(judged.searched_until)),))]


def _rule(rule: Rule) -> tuple[object, ...]:
    return named(rule.segment), Count(round(rule.cases)), Share(rule.support), lift(rule)


def looked_back(profile: Profile) -> list[Table | Note]:
    """What would have been proposed one and two years ago, and what leads since then brought inside and outside."""
    refined = profile.refined
    if refined is None or not refined.back:
        return [Note(_("There is no look-back: the records do not reach far enough before the last year."))]
    kind = refined.windows.kind
    columns = (Column(_("as of"), "left"), Column(_("profile proposed then"), "left"), Column(_("leads since, inside")),
               Column(_("{measure} inside", measure=kind.name)), Column(_("probably between"), "left"),
               Column(_("outside")), Column(_("against the rest"), "left"))
    rows = []
    for _years, judged in refined.back:
        compared = judged.compared
        if compared is None or compared.withheld:
            verdict = words.judged_in_words(compared) if compared else _("no profile stood out")
            rows.append((Day(judged.start), said(judged.rules) if judged.rules else None, None, None, None, None,
                         verdict))
        else:
            rows.append((Day(judged.start), said(judged.rules), Count(compared.n), kind.value(compared.own.value),
                         kind.range(compared.own), kind.value(compared.rest.value), words.judged_in_words(compared)))
    return [Table(caption=_("What earlier profiles would have been worth"), columns=columns, rows=tuple(rows),
                  notes=(_("Each profile rests on leads old enough to be judged on its day; margin of their orders as "
                           "recorded today."),))]
