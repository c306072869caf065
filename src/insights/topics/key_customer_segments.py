"""Combinations of industry, size, country and region that bring more, or less, than their parts lead to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Finding, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, Day, ListOf, OneOf, Share, Text
from insights.metrics import segments as segment_metrics
from insights.models.combinations import Candidate, Searched, confirm, search, shuffled_bests
from insights.topics import key_customer_words as words
from insights.topics.key_customer_windows import Windows, leaves

if TYPE_CHECKING:
    from insights.models.leaves import Leaves, Segment
    from insights.topics.key_customer_profile import Profile

TOPIC = words.TOPIC
SHUFFLES = 100
WORK = 4_000_000
_ = Text

METHOD = _(
    "Combinations of up to three attributes, found on earlier leads as departures from additive main effects, and "
    "confirmed on later leads that the search had not seen; interval clustered by company; the chance of even one "
    "false confirmation is at most one in twenty (Holm).")


@dataclass(frozen=True)
class Combined:
    """The search: its windows, the candidates and how each did on the leads held back (one comparison each), and how
    often shuffled companies gave as good a best segment."""

    windows: Windows
    searched: Searched
    judged: tuple[Comparison, ...]
    as_good: float | None
    shuffles: int

    @property
    def pairs(self) -> list[tuple[Candidate, Comparison]]:
        """Each candidate with its judgement."""
        return list(zip(self.searched.candidates, self.judged, strict=True))

    def confirmed(self, verdict: Verdict) -> list[tuple[Segment, Comparison]]:
        """The segments that the held-back leads confirm on that side."""
        return [(c.segment, j) for c, j in self.pairs if j.verdict is verdict and c.higher == (j.difference.value > 0)]


def judge(profile: Profile, found: Windows) -> Combined:
    """Search on the earlier leads, confirm on the later, and shuffle whole companies."""
    earlier = leaves(profile, found, found.first, found.split, region=True)
    searched = search(earlier)
    later = leaves(profile, found, found.split, found.end, earlier.vocabulary, region=True)
    judged = confirm(later, searched.candidates)
    as_good, times = _as_good(profile, found, searched) if searched.segments else (None, 0)
    return Combined(found, searched, tuple(judged), as_good, times)


def _as_good(profile: Profile, found: Windows, searched: Searched) -> tuple[float | None, int]:
    """The share of shuffles whose best segment stands out at least as far as ours, and how many were made."""
    firm, plain = profile.firm, leaves(profile, found, found.first, found.split)
    table = firm.query(segment_metrics.companies_of(
        found.kind.key, days=max(found.days, 1), as_of=firm.as_of, start=found.first, end=found.split))
    place = {key: i for i, key in enumerate(_keys(plain))}
    names = zip(*(table[name].to_pylist() for name in segment_metrics.DIMENSIONS), strict=True)
    cell = np.array([place.get(key, -1) for key in names], dtype=np.int64)
    known, n, y = cell >= 0, *(np.array(table[name].to_pylist()) for name in ("n", "y"))
    if not known.any() or searched.best <= 0:
        return None, 0
    own = search(plain).best
    times = int(min(max(WORK // max(known.sum(), 1), 20), SHUFFLES))
    bests = shuffled_bests(plain, cell[known], n[known], y[known], times=times, seed=firm.seed)
    return (1 + sum(best >= own for best in bests)) / (1 + times), times


def _keys(plain: Leaves) -> list[tuple]:
    return list(zip(*(plain.cells.values(name) for name in segment_metrics.DIMENSIONS), strict=True))


def named(segment: Segment) -> ListOf | Text:
    """A segment as a person says it: "Manufacture of machinery (C28), medium-sized companies, Czechia or Germany"."""
    parts = [OneOf([words.label(attribute, value) for value in values]) if len(values) > 1
             else words.label(attribute, values[0]) for attribute, values in segment.parts]
    return words.joined(parts)


def subject(segment: Segment) -> dict[str, str]:
    """The segment as the subject of a finding."""
    return {attribute: "|".join(values) for attribute, values in segment.parts}


def findings(profile: Profile, combined: Combined) -> list[Finding]:
    """A finding for each combination that the held-back leads confirm, else one that none was."""
    found = [_differs(profile, combined, segment, compared)
             for verdict in (Verdict.HIGHER, Verdict.LOWER) for segment, compared in combined.confirmed(verdict)]
    return found or [_nothing(profile, combined)]


def _differs(profile: Profile, combined: Combined, segment: Segment, compared: Comparison) -> Finding:
    kind, higher = combined.windows.kind, compared.verdict is Verdict.HIGHER
    values = {
        "segment": named(segment), "Segment": Capital(named(segment)), "measure": kind.name,
        "own": kind.said(compared.own.value), "expected": kind.said(compared.rest.value),
        "range": kind.range(compared.own), "basis": words.basis(profile, compared), "day": words.deadline(profile)}
    statement = _(
        "{Segment}: {measure} is {own}, while the parts of this combination alone lead to expect {expected} ({range}; "
        "{basis}, held back from the search).", **values)
    action = _(
        "By {day}, name this combination in the plan of the next quarter: {segment}. It worked if {measure} of these "
        "new leads stays above {expected}.", **values,
    ) if higher else _(
        "Agree by {day} whether leads of this combination are worth a seller's time: {segment}. It worked if {measure} "
        "of those still taken rises towards {expected}.", **values)
    return Finding(
        function=f"{TOPIC}.combination", subject=subject(segment), statement=statement, action=action,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference, unit=kind.unit, n=compared.n,
        verdict=compared.verdict, owner="marketing" if higher else "both", method=METHOD,
        rival=_("Another trait that these leads share may stand behind it, such as a seller, a fair or a product."),
        rank=words.weight(profile, kind, compared))


def _nothing(profile: Profile, combined: Combined) -> Finding:
    kind, n = combined.windows.kind, combined.searched.segments
    cases = int(profile.cells["all"].columns(kind.key)["n"].sum())
    return Finding(
        function=f"{TOPIC}.combinations", verdict=Verdict.TOO_FEW, unit="count", n=cases, owner="both", method=METHOD,
        statement=_("No combination of industry, size and country is proved to bring more than its parts: {n} were "
                    "searched, {candidates} tried on the leads held back, none confirmed.", n=Count(n),
                    candidates=Count(len(combined.judged))),
        action=_("Plan by industry, size and country one by one, not by their combinations."))


def table(profile: Profile, combined: Combined | None) -> list[Table | Note]:
    """The candidates, how they did on the leads held back, and how much chance finds."""
    if combined is None:
        return [Note(_("Combinations are not searched: there are too few leads, or too short a time, to search on "
                       "earlier ones and to judge on later ones."))]
    kind, found = combined.windows.kind, combined.windows
    rows = [(named(c.segment), Count(j.n), kind.value(j.own.value), kind.range(j.own), kind.value(j.rest.value),
             words.judged_in_words(j)) if not j.withheld else (
                 named(c.segment), Count(j.n), None, None, None, words.judged_in_words(j))
            for c, j in combined.pairs]
    notes = [_("Searched on leads created before {split}, judged on those from then to {end}, which the search had not "
               "seen.", split=Day(found.split), end=Day(found.end))]
    chance = _chance(combined)
    shown: list[Table | Note] = [Note(chance)] if chance else []
    if rows:
        shown.append(Table(
            caption=_("Combinations tried on the leads held back"),
            columns=(Column(_("combination"), "left"), Column(_("leads held back")), Column(kind.name),
                     Column(_("probably between"), "left"), Column(_("expected from its parts")),
                     Column(_("against the expectation"), "left")),
            rows=tuple(rows), notes=tuple(notes), collapsed=True))
    return shown


def _chance(combined: Combined) -> Text | None:
    if combined.as_good is None:
        return None
    values = {"n": Count(combined.searched.segments), "share": Share(combined.as_good, 0),
              "times": Count(combined.shuffles)}
    return _("{n} combinations were searched. When whole companies are shuffled over them ({times} times), so that "
             "nothing but chance is left, the best one stands out as far as ours in {share} of the cases.", **values)
