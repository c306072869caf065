"""How well each company fits: a score from 0 to 100, a tier, and the rules it meets, for every company there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from insights.evidence import Comparison, Verdict, compare_with_rest, decide
from insights.figures.model import Column, Export, Note, Table
from insights.language import Count, Day, Number, Share, Text
from insights.metrics import scores as score_metrics
from insights.models.profiles import estimates
from insights.models.scorecard import UNKNOWN, Scorecard, scorecard
from insights.topics import key_customer_words as words
from insights.topics.key_customer_segments import named
from insights.topics.key_customer_windows import Windows, leaves

if TYPE_CHECKING:
    from insights.models.leaves import Leaves, Segment
    from insights.topics.key_customer_profile import Profile

ATTRIBUTES = ("industry", "size", "country")
MOST_LISTED = 40
HIGHEST = 100.0
_ = Text


@dataclass(frozen=True)
class Scored:
    """The card made of all leads; how the tiers of a card made of earlier leads did on those held back; and the rules
    of the profile with their support and lift, as the export names them."""

    windows: Windows
    card: Scorecard
    tiers: tuple[tuple[str, Comparison], ...]
    rules: tuple[tuple[Segment, str], ...]


def judge(profile: Profile, found: Windows) -> Scored | None:
    """Score on everything known; judge the same steps on held-back leads."""
    everything = leaves(profile, found, found.first, found.end)
    card = scorecard(everything, _confirmed(profile, everything))
    if card is None:
        return None
    earlier = leaves(profile, found, found.first, found.split)
    later = leaves(profile, found, found.split, found.end, earlier.vocabulary)
    before = scorecard(earlier, {})
    return Scored(found, card, _judged(before, later) if before else (), tuple(_rules(profile)))


def _confirmed(profile: Profile, everything: Leaves) -> dict[Segment, float]:
    """Confirmed combinations, with how much they bring beyond their main effects (shrunk)."""
    combined = profile.combined
    chosen = [segment for verdict in (Verdict.HIGHER, Verdict.LOWER)
              for segment, _compared in (combined.confirmed(verdict) if combined else ())
              if set(dict(segment.parts)) <= set(ATTRIBUTES)]
    if not chosen:
        return {}
    shrunk, out = estimates(everything), {}
    for segment in chosen:
        inside = everything.mask(segment)
        n = everything.sums["n"][inside]
        expected = float((n * shrunk.fitted.rate[inside]).sum() / max(n.sum(), 1e-9))
        out[segment] = shrunk.of(everything, inside, segment.depth)[0] / max(expected, 1e-12)
    return out


def _judged(card: Scorecard, later: Leaves) -> tuple[tuple[str, Comparison], ...]:
    """Each tier's held-back leads against those of the others."""
    columns = {attribute: later.cells.values(attribute) for attribute in ATTRIBUTES}
    tier = np.array([card.tier(card.score({a: values[i] for a, values in columns.items()}))
                     for i in range(len(later.sums["n"]))])
    names = [name for name, _cut in card.cuts if (tier == name).any()]
    if len(names) < 2:
        return ()
    compared = compare_with_rest(
        later.total([tier == name for name in names]), share=later.share,
        total=later.total([np.ones(len(tier), dtype=bool)]))
    return tuple(zip(names, decide(compared), strict=True))


def _rules(profile: Profile) -> list[tuple[Segment, str]]:
    """The rules of the profile and of its opposite in the export's own words."""
    refined = profile.refined
    out = []
    for judged in (refined.profile, refined.opposite) if refined else ():
        for rule in judged.rules:
            parts = " & ".join(f"{key} = {' or '.join(values)}" for key, values in rule.segment.parts)
            out.append((rule.segment, f"{parts} ({round(rule.cases)} leads, x{rule.lift:.1f})"))
    return out


def export(profile: Profile, scored: Scored | None) -> Export | Note:
    """Every company with its score, tier and the rules that it meets; scored in the engine."""
    if scored is None:
        return Note(_("Companies have no fit score: there are too few leads, or nothing was won."))
    table = profile.firm.query(score_metrics.scored(scored.card, scored.rules, profile.firm.eur_rate))
    return Export("companies", _("Companies with their fit score, tier and rules"), table.cast(pa.schema([
        ("company_id", pa.string()), ("name", pa.string()), ("industry", pa.string()), ("size", pa.string()),
        ("country", pa.string()), ("fit_score", pa.int64()), ("tier", pa.string()), ("rules", pa.string())])))


def tables(profile: Profile, scored: Scored | None) -> list[Table]:
    """The points, and how the tiers did on leads held back."""
    if scored is None:
        return []
    return [*_tiers(profile, scored), _points(scored)]


def _tiers(profile: Profile, scored: Scored) -> list[Table]:
    kind = scored.windows.kind
    if not scored.tiers:
        return []
    total = sum(compared.n for _name, compared in scored.tiers)
    rows = []
    for name, compared in scored.tiers:
        average = (compared.own.value * compared.n + compared.rest.value * (total - compared.n)) / total
        shown = (None, None, None) if compared.withheld else (
            kind.value(compared.own.value), kind.range(compared.own),
            _("×{lift}", lift=Number(compared.own.value / average, 1)) if average else None)
        rows.append((name, Count(compared.n), Share(compared.n / total), *shown, words.judged_in_words(compared)))
    return [Table(
        caption=_("Tiers on leads held back"),
        columns=(Column(_("tier"), "left"), Column(_("leads")), Column(_("support")), Column(kind.name),
                 Column(_("probably between"), "left"), Column(_("against the average")),
                 Column(_("against the rest"), "left")),
        rows=tuple(rows), notes=(_(
            "Points from leads created before {split}, judged on those from then to {end}. Tier A is expected to bring "
            "at least one and a half times the average, tier C less than three quarters of it.",
            split=Day(scored.windows.split), end=Day(scored.windows.end)),))]


def _points(scored: Scored) -> Table:
    card, rows = scored.card, []
    for attribute in card.points:
        ranked = sorted(card.points[attribute].items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_LISTED]
        for word, points in ranked:
            name = _("{dimension} unknown, or too small to tell", dimension=words.DIMENSION[attribute]) \
                if word == UNKNOWN else words.label(attribute, word)
            rows.append((name, Number(points, 0)))
    rows += [(named(segment), Number(points, 0)) for segment, points in card.bonus]
    notes = [_("A company's score is the sum of its points: 0 is the worst combination possible, 100 the best.")]
    if card.start:
        notes.append(_("Every company begins with {points} points.", points=Number(card.start, 0)))
    cuts = {name: Number(max(cut, 0.0), 0) for name, cut in card.cuts}
    if dict(card.cuts)["A"] <= HIGHEST:
        notes.append(_("Tier A from {a} points, tier B from {b}, else C.", a=cuts["A"], b=cuts["B"]))
    elif dict(card.cuts)["B"] <= HIGHEST:
        notes.append(_("No kind of company is expected to bring enough for tier A; tier B from {b} points, else C.",
                       b=cuts["B"]))
    else:
        notes.append(_("No kind of company is expected to bring enough for tier A or B."))
    return Table(caption=_("Points of the fit score"), columns=(Column(_("attribute"), "left"), Column(_("points"))),
                 rows=tuple(rows), notes=tuple(notes), collapsed=True)
