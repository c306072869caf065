"""The page on conversion as figures and tables of its estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding
from insights.figures.incidence import Panel, caption, incidence
from insights.figures.model import Column, Figure, Note, Table
from insights.figures.moments import Moment, Words, over_time
from insights.language import Capital, Count, Day, Days, ListOf, Month, Share, ShareRange, Text
from insights.models import conversion_lag as lags
from insights.topics import lead_conversion_waiting as clock
from insights.topics import lead_conversion_words as words
from insights.topics import lead_conversion_work_said as work_said
from insights.topics.headlines import Headlines, choose
from insights.topics.lead_conversion_cohorts import PARTLY
from insights.topics.lead_conversion_groups import NAMES, PLURALS, Dimension

if TYPE_CHECKING:
    from insights.topics.lead_conversion import Conversion

MOST_PANELS = 8
MOST_SMALL = 12
VERDICTS = {
    "higher": Text("higher"), "lower": Text("lower"), "no_clear_difference": Text("no clear difference"),
    "too_few_to_say": Text("too few to say"),
}
_ = Text


def headlines(result: Conversion, also: tuple[Finding, ...] = ()) -> Headlines:
    """The first screen of the page; `also` are findings about the value of leads."""
    first = next((f for f in result.findings if f.function.endswith(".last_quarter")), None)
    top = first.statement if first else (result.missing[0] if result.missing else _(
        "No quarter is old enough yet to say how many of its leads become sales."))
    return choose(top, (*result.findings, *also))


def named(result: Conversion, *names: str) -> list[Finding]:
    """The findings of these functions, the weightiest first."""
    return [f for f in result.findings if f.function.split(".")[1] in names]


def months_figure(result: Conversion) -> Figure | Note:
    """Conversion by month of creation: where each month is heading, and what is in so far."""
    months = result.months.months if result.months else ()
    if not any(m.expected for m in months):
        return Note(_("No month can be shown: the share that its leads reach in the end is not known yet."))
    young = [m for m in months if m.status != PARTLY and not m.mature]
    moments = [Moment(m.key, m.expected, not m.mature, m.naive if not m.mature else None)
               for m in months if m.status != PARTLY]
    return Figure(
        title=_("Where each month is heading, and what is in so far"),
        subtitle=_known_whole(result, months),
        svg=over_time(moments, Words(_("share won in the end"), _("won so far"))),
        alt=ListOf([_("{month}: {value}", month=Month(m.key), value=words.full(m.expected))
                    for m in months[-18:] if m.expected]),
        table=_months_table(result, len(young)))


def _known_whole(result: Conversion, months: tuple[lags.Cohort, ...]) -> Text:
    """What the figure shows, and how many months it leaves out since the records hold only their late closings."""
    partly = sum(m.status == PARTLY for m in months)
    values = {"Measure": Capital(words.measure(result.opportunities)), "k": Count(partly),
              "leads": words.things(result, sum(m.n for m in months if m.status != PARTLY))}
    if partly:
        return _("{Measure} by month of creation, {leads}; the bar shows where the true value probably lies. Grey: "
                 "less than nine tenths of the wins are in. Months of which the records hold only what closed late are "
                 "not drawn ({k}): nearly all of it was won, and their share would look like a fall since.", **values)
    return _("{Measure} by month of creation, {leads}; the bar shows where the true value probably lies. Grey: less "
             "than nine tenths of the wins are in.", **values)


def _months_table(result: Conversion, young: int) -> Table:
    rows, marks = [], {}
    for i, m in enumerate(result.months.months):
        if not m.mature:
            marks[i] = _early(m)
        rows.append((
            Month(m.key), Count(m.n), Count(m.wins),
            None if m.status == PARTLY else Share(m.naive), Share(m.matured, 0) if m.matured else None,
            Share(m.expected.value) if m.expected else None,
            ShareRange(m.expected.low, m.expected.high) if m.expected else None,
            ShareRange(m.outcome.low, m.outcome.high) if m.outcome and not m.mature else None))
    columns = (Column(_("month of creation"), "left"), Column(_("leads")), Column(_("won so far")),
               Column(_("share won so far")), Column(_("part of the wins that is in")),
               Column(_("share won in the end")), Column(_("probably between"), "left"),
               Column(_("will end between"), "left"))
    return Table(caption=_("Every month of creation"), columns=columns, rows=tuple(rows), marks=marks, collapsed=True,
                 notes=(words.COHORT, _("“Probably between” is the range of the rate that such leads have; “will end "
                                        "between” that of the share of these very leads, part of which is in.")))


def _early(cohort: lags.Cohort) -> Text:
    if cohort.status == PARTLY:
        return _("known in part only")
    if cohort.reason == "pace":
        return _("closes at another pace")
    return _("too few leads") if cohort.status == lags.TOO_FEW else _("young")


def look_back_figure(result: Conversion) -> Figure | Note:
    """What would have been said on past days, beside what happened."""
    past = result.months.past if result.months else ()
    finding = next((f for f in result.findings if f.function.endswith(".look_back")), None)
    if finding is None:
        return Note(_("The records are too short to look back: a year of leads, and then a time in which newer ones "
                      "closed, are needed."))
    rows = tuple((Day(t.day), Count(t.n), Share(t.naive), Share(t.said.value), ShareRange(t.said.low, t.said.high),
                  Share(t.happened), _("held") if t.held else _("missed")) for t in past)
    table = Table(
        caption=_("What would have been said, and what happened"), rows=rows, collapsed=True,
        columns=(Column(_("said on"), "left"), Column(_("leads")), Column(_("won by then")), Column(_("said")),
                 Column(_("will end between"), "left"), Column(_("happened")), Column(_("range"), "left")),
        notes=(_("The leads of the three months before each day. Wins dated later than that day were not seen."),))
    return Figure(
        title=finding.statement, subtitle=_(
            "Share won of the leads of the three months before each day: what plain division said, what the lag said, "
            "what happened."),
        svg=over_time([Moment(t.day, t.said, True, t.naive, t.happened) for t in past],
                     Words(_("said, with its range"), _("won by then"), _("happened"))),
        alt=ListOf([_("{day}: said {said}, happened {happened}", day=Day(t.day), said=words.full(t.said),
                      happened=Share(t.happened)) for t in past]), table=table, finding=finding)


def curves(result: Conversion, key: str) -> Figure | Note | None:
    """How the share won grows with days, a panel for each of the larger groups."""
    dimension = result.dimensions.get(key)
    if dimension is None or dimension.lag is None or result.overall is None:
        return None
    shown = sorted(dimension.finals, key=lambda g: (-dimension.finals[g].wins, str(g)))
    shown = [g for g in shown if dimension.finals[g].wins][:MOST_PANELS]
    if len(shown) < 2:
        return None
    last = _last_day(result)
    everything = _panel(result.overall, 0, _("all"), None)
    panels = []
    for group in shown:
        median = dimension.lag.median(group)
        label = _("{group}, {n}", group=dimension.label(group), n=Count(dimension.finals[group].n))
        panels.append(_panel(dimension.lag, dimension.lag.place(group), label, median.value if median else None))
    pace = named(result, "days_to_win_by_source") if key == "source" else []
    return Figure(
        title=pace[0].statement if pace else _("How the share won grows with the age of leads, by {dimension}",
                                               dimension=NAMES[key]),
        subtitle=_("Share won by days since creation, losses as a competing end; with the number of leads. {caption}",
                   caption=caption(any(p.median is not None for p in panels))),
        svg=incidence(panels, everything, last), finding=pace[0] if pace else None,
        alt=ListOf([_("{label}: {share} within {days}", label=p.label, share=Share(_at(p, last)), days=Days(last))
                    for p in panels]))


def _last_day(result: Conversion) -> int:
    curve = result.overall.curve
    place = int(np.searchsorted(curve.won[0], 0.97 * curve.won[0, -1]))
    return int(np.ceil(max(curve.days[place], 29) / 30) * 30)


def _panel(lag: lags.Lag, g: int, label: object, median: float | None) -> Panel:
    curve, counts = lag.curve, lag.counts
    once = counts.at_once[g] / max(counts.n[g], 1.0)
    rest = 1 - (counts.at_once[g] + counts.ended_at_once[g]) / max(counts.n[g], 1.0)
    share = once + rest * curve.won[g]
    error = 1.645 * np.sqrt(curve.variance[g] * counts.design_effect[g]) * rest
    return Panel(label, curve.days, share, np.maximum(share - error, 0.0), np.minimum(share + error, 1.0), median)


def _at(panel: Panel, day: float) -> float:
    return float(panel.share[max(int(np.searchsorted(panel.days, day, side="right")) - 1, 0)])


def of_groups(result: Conversion, key: str) -> list[object]:
    """A grouping's findings and its table; why it is refused where it is."""
    dimension = result.dimensions.get(key)
    if dimension is None:
        return [Note(_("Nothing can be compared here: the leads have no {dimension}, or all have the same.",
                       dimension=NAMES[key]))] if result.overall else []
    if dimension.refused is not None:
        return [Note(dimension.refused)]
    if not dimension.finals:
        return [Note(_("Too few to compare {dimensions}: hardly any has thirty leads from five companies.",
                       dimensions=PLURALS[key]))]
    found = [f for f in result.findings if key in f.subject or f.function.endswith(f"_conversion_by_{key}")
             or f.function.endswith(f"too_early_by_{key}")]
    return [*found, table(result, dimension)]


def table(result: Conversion, dimension: Dimension) -> Table:
    """Every group: won so far, won in the end with its range, days to a win, and the verdict."""
    day = _fixed_day(result)
    by_day = dict(zip(dimension.lag.groups, dimension.lag.by(day), strict=True))
    rows, marks = [], {}
    for i, group in enumerate(sorted(dimension.finals, key=lambda g: (-dimension.finals[g].n, str(g)))):
        final, fixed = dimension.finals[group], by_day[group]
        median = dimension.lag.median(group)
        if final.status != lags.KNOWN:
            marks[i] = _when(final)
        compared = dimension.compared.get(group)
        rows.append((
            dimension.label(group), Count(final.n), Count(final.wins), Share(final.wins / max(final.n, 1)),
            words.full(fixed) if fixed else None, Share(final.interval.value) if final.interval else None,
            ShareRange(final.interval.low, final.interval.high) if final.interval else None,
            VERDICTS[str(compared.verdict)] if compared else None, Count(round(median.value)) if median else None))
    columns = (Column(NAMES[dimension.key], "left"), Column(_("leads")), Column(_("won so far")),
               Column(_("share won so far")), Column(_("won within {n} days", n=Count(day))),
               Column(_("share won in the end")), Column(_("probably between"), "left"),
               Column(_("against the rest"), "left"), Column(_("half of the wins within"), unit=_("days")))
    return Table(
        caption=_("Share won in the end by {dimension}", dimension=NAMES[dimension.key]), columns=columns,
        rows=tuple(rows), marks=marks, collapsed=True, notes=tuple(_notes(result, dimension)),
        estimates=tuple(e for e in result.estimates if dimension.key in e.subject))


def _fixed_day(result: Conversion) -> int:
    median = result.overall.median(())
    return int(np.ceil((median.value if median else 60) / 30) * 30)


def _when(final: lags.Final) -> Text:
    if final.status == lags.TOO_FEW:
        return _("too few won to say")
    return _("too early; from {day} on", day=Day(final.known_on)) if final.known_on else _("too early")


def _notes(result: Conversion, dimension: Dimension) -> list[Text]:
    notes = [words.METHOD, words.COMPARED]
    if dimension.lag.test is not None:
        notes.append(_("One lag does for all {dimensions} (likelihood-ratio test), so one was used.",
                       dimensions=PLURALS[dimension.key]) if dimension.lag.shared else _(
            "The {dimensions} differ in their lag (likelihood-ratio test), so each has its own; those with fewer than "
            "twenty wins borrow that of all.", dimensions=PLURALS[dimension.key]))
    if dimension.small:
        shown = [dimension.label(g) for g in dimension.small[:MOST_SMALL]]
        notes.append(_("Not shown, fewer than 30 leads or 5 companies: {groups}.", groups=ListOf(shown)
                       if len(shown) == len(dimension.small) else _(
            "{groups} and {n} more", groups=ListOf(shown), n=Count(len(dimension.small) - len(shown)))))
    if dimension.unknown:
        notes.append(_("{leads} of unknown {dimension} are in the totals and in no row.",
                       leads=words.things(result, dimension.unknown), dimension=NAMES[dimension.key]))
    return notes


def of_work(result: Conversion) -> list[object]:
    """What goes with conversion, and the leads that nobody works."""
    return work_said.show(result)


def waiting(result: Conversion) -> list[object]:
    """Leads on the clock of the first touch."""
    return clock.show(result)


def funnel(result: Conversion) -> Table | Note:
    """What the leads of the period passed on their way."""
    return work_said.funnel(result)


def missing(result: Conversion) -> list[Note]:
    """What the page could not tell, and what was found about recording."""
    texts = [*result.missing, *words.recording(result)]
    return [Note(text) for text in texts] or [Note(_("Nothing that this page asks for is missing."))]
