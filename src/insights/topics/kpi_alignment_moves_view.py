"""The parts of the change as a figure and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Verdict
from insights.figures.dots import Dot, dots
from insights.figures.model import Column, Figure, Note, Table
from insights.language import Capital, Count, ListOf, Money, Number, Points, Share, Text
from insights.models.change import MONEY_PARTS, RATE_PARTS
from insights.models.decomposition import in_units
from insights.topics.kpi_alignment_moves import (
    PART,
    attribution,
    money_range,
    points,
    points_range,
    segmentation,
)
from insights.topics.kpi_alignment_words import SEGMENTATION, segment, span_name

if TYPE_CHECKING:
    from insights.evidence import Finding
    from insights.topics.kpi_alignment import Alignment
    from insights.topics.kpi_alignment_moves import Moves

_ = Text


def of_moves(result: Alignment) -> list[Finding]:
    """What is said of the change."""
    return [f for f in result.findings if f.function.split(".")[1] in ("conversion_change", "mix_change")]


def moves(result: Alignment) -> list[object]:
    """The parts as a figure, in points and in money, under three segmentations, and down to segments."""
    found: Moves | None = result.parts.get("moves")
    if found is None:
        return []
    return [_figure(result, found), Note(attribution(found)), _parts(found), _money(result, found),
            _segments(result, found)]


def _figure(result: Alignment, found: Moves) -> Figure:
    change = found.conversion
    rows = []
    for part in RATE_PARTS:
        interval = change.interval(part)
        verdict = None if interval.low <= 0 <= interval.high else (
            Verdict.LOWER if interval.value < 0 else Verdict.HIGHER)
        rows.append(Dot(PART[part], interval, verdict, _("{value} ({range})", value=Points(interval.value),
                                                         range=points_range(interval)), Points(interval.value)))
    before = result.firm.period.before()
    return Figure(
        title=_("What the change of conversion from {before} to {after} is made of", before=Share(change.before, 1),
                after=Share(change.after, 1)),
        subtitle=_("Leads won so far within {n} days of creation; {now} against {then}, segments {segmentation}. The "
                   "parts add up to {total}; the bar shows where each probably lies, an open dot may be chance.",
                   n=result.days, now=span_name((result.firm.period.start, result.firm.period.end)),
                   then=span_name((before.start, before.end)), segmentation=SEGMENTATION[found.main],
                   total=points(change.total)),
        svg=dots(rows, 0.0, _("no change")),
        alt=ListOf([_("{label}: {words}", label=r.label, words=r.words) for r in rows]))


def _parts(found: Moves) -> Table:
    columns = [Column(_("part"), "left")]
    for key in found.by:
        columns += [Column(SEGMENTATION[key], unit=_("points")), Column(_("probably between"), "left")]
    rows = []
    shown = {key: in_units({p: 100 * v for p, v in c.parts.items()}, 100 * c.total)
             for key, (c, _m) in found.by.items()}
    for part in RATE_PARTS:
        cells: list[object] = [Capital(PART[part])]
        for key, (change, _m) in found.by.items():
            cells += [_two(shown[key][part]), points_range(change.interval(part))]
        rows.append(tuple(cells))
    rows.append((_("All parts: the change"), *(x for key, (c, _m) in found.by.items() for x in (
        _two(sum(shown[key].values())), None))))
    change = found.conversion
    return Table(
        _("Parts of the change of conversion under three segmentations"), tuple(columns), tuple(rows), notes=(
            _("The errors of the parts go together: correlation {x} between rate and young leads.",
              x=_two(change.correlation("rate", "maturity"))),), collapsed=True)


def _two(x: float) -> object:
    return Number(x + 0.0, 2)


def _money(result: Alignment, found: Moves) -> Table:
    change, currency = found.money, result.firm.currency
    shown = in_units(change.parts, change.total, 1)
    rows = [(Capital(PART[p]), Money(shown[p], currency, exact=True), money_range(result, change.interval(p)))
            for p in MONEY_PARTS if p in shown]
    rows.append((_("All parts: the change"), Money(sum(shown.values()), currency, exact=True), None))
    caption = _("Parts of the change of margin") if result.margin else _("Parts of the change of revenue")
    return Table(caption, (Column(_("part"), "left"), Column(_("change"), unit=Text(currency)),
                           Column(_("probably between"), "left")), tuple(rows), collapsed=True, notes=(
        _("From {before} to {after}, of leads created in the period and won so far within {n} days. The parts add up "
          "to the last unit.", before=Money(change.before, currency, exact=True),
          after=Money(change.after, currency, exact=True), n=result.days),),
        estimates=tuple(e for e in result.estimates if "_change_" in e.measure))


def _segments(result: Alignment, found: Moves) -> Table:
    moved = {(key, i) for key, i, _interval in found.moved}
    rows = []
    for key, (change, _m) in found.by.items():
        order = sorted(range(len(change.segments)), key=lambda i: (
            -abs(change.by_segment["rate"][i]) - abs(change.by_segment["mix"][i]), change.segments[i]))
        for i in order[:8]:
            rate = change.interval("rate", where=np.arange(len(change.segments)) == i)
            rows.append((
                segment(key, change.segments[i]), Capital(segmentation(key)), Count(int(change.leads[i, 0])),
                Count(int(change.leads[i, 1])), Share(change.shares[i, 0], 0), Share(change.shares[i, 1], 0),
                _two(100 * change.by_segment["mix"][i]), _two(100 * rate.value), points_range(rate),
                _("beyond chance") if (key, i) in moved else _("may be chance")))
    return Table(
        _("Which segments made the change"), (
            Column(_("segment"), "left"), Column(_("kind"), "left"), Column(_("leads before")), Column(_("leads now")),
            Column(_("share before")), Column(_("share now")), Column(_("mix"), unit=_("points")),
            Column(_("like leads"), unit=_("points")), Column(_("probably between"), "left"),
            Column(_("judgement"), "left")), tuple(rows), collapsed=True, notes=(_(
                "Mix is measured from the mean of all leads: a segment better than the mean adds when its share grows. "
                "A segment of one period only is mix."),))
