"""The value of leads as figures, tables and the list for sales."""

from __future__ import annotations

import numpy as np

from insights.evidence import Estimate, Finding, Interval
from insights.figures.dots import Dot, dots
from insights.figures.model import Column, Export, Figure, Note, Table
from insights.figures.scores import Line, calibration_dots, gain_curves
from insights.language import Capital, Count, ListOf, Money, Number, Share, ShareRange, Text
from insights.models.lead_value import dependence
from insights.topics import lead_value_words as words
from insights.topics.lead_value import LeadValue
from insights.topics.lead_value_reasons import name_of, phrases, table, value_of

SHOWN_LEADS = 10
SAID = 2
SHOWN_CUTS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75)
SHOWN_COLUMNS = 8
SHOWN_DEPENDENCE = 3
MOST_LEVELS = 9
LANGUAGES = ("en", "pl")
_ = Text


def said(result: LeadValue) -> list[Finding | Note]:
    """What the scores come to, in sentences; why there are none, where there are none."""
    notes = [Note(text) for text in (*result.missing, *words.left_out(result)) if result.model is not None]
    return [*result.findings, *notes]


def work_these(result: LeadValue) -> list[Table | Export | Note]:
    """The first of the open leads with chance, money and reasons, and the whole list as a file."""
    if result.scores is None or result.model is None:
        return []
    if result.refuted:
        return [Note(words.do_not_use())]
    model, scores, firm = result.model, result.scores, result.firm
    money = bool(result.queue.money)
    said_reasons = {language: phrases(model, language, firm.currency) for language in LANGUAGES}
    rows = []
    for i in result.order[:SHOWN_LEADS]:
        worth = (Money(float(scores.expected[i]), firm.currency),) if money else ()
        chance = _("{value} ({range})", value=Share(float(scores.probability[i]), 0),
                   range=ShareRange(float(scores.low[i]), float(scores.high[i]), 0))
        rows.append((result.open["lead_id"][int(i)].as_py(), _reasons(result, int(i), said_reasons), chance, *worth))
    columns = (
        Column(_("lead"), "left"), Column(_("why"), "left"), Column(_("chance")),
        *((Column(_("expected margin") if result.learned.margin else _("expected revenue")),) if money else ()))
    listed = Table(
        caption=_("Work these first: the {n} open leads with the highest scores", n=Count(len(rows))), columns=columns,
        rows=tuple(rows), notes=(
            words.capacity_note(result),
            _("Chance: to be won within {n} days from now. Expected: the chance to be won in the end times what such "
              "a lead "
              "brings. Why: what raises (+) or lowers (−) the chance most, read off the additive model.",
              n=Count(result.learned.horizon))))
    return [listed, export(result)]


def _reasons(result: LeadValue, i: int, said_reasons: dict[str, list[str]]) -> object:
    from insights.language import Given

    scores = result.scores
    def joined(language: str) -> str:
        parts = [f"{'+' if pull > 0 else '−'} {said_reasons[language][place]}"
                 for place, pull in zip(scores.reason[:SAID, i], scores.pull[:SAID, i], strict=True) if place >= 0]
        return "; ".join(parts)

    return Given({language: joined(language) for language in LANGUAGES})


def export(result: LeadValue) -> Export:
    """Every open lead with its score, in order, for the CRM."""
    import pyarrow as pa

    listed = table(result.model, result.open, result.scores, LANGUAGES, result.firm.currency,
                   money=result.queue.money, margin=result.learned.margin).take(pa.array(result.order))
    n = listed.num_rows
    listed = listed.add_column(0, "rank", pa.array(range(1, n + 1), pa.int64()))
    listed = listed.add_column(1, "work_now", pa.array([i < result.queue.capacity for i in range(n)]))
    return Export("leads", _("Open leads with their scores, the most valuable first"), listed)


def gains(result: LeadValue) -> list[Figure | Note]:
    """Which part of later wins and money the best leads held, and the money at each cut-off."""
    judged = result.judged
    if judged is None:
        return [Note(_("How good the scores are cannot be told yet: no lead of a later block has been watched for long "
                       "enough."))] if result.model is not None else []
    lines = [Line(_("wins"), tuple((c.share, c.gain) for c in judged.cuts))]
    if judged.cuts[0].money is not None:
        lines.append(Line(_("money"), tuple((c.share, c.money) for c in judged.cuts)))
    cut = words.cut_at(result, words.FIFTH)
    return [Figure(
        title=_("The best {share} of leads held {gain} of later wins", share=Share(cut.share, 0),
                gain=Share(cut.gain.value, 0)),
        subtitle=_("Share of later wins and money held by the leads with the highest scores; {n}, each "
                   "scored with what was known then", n=words.looks(judged.n)),
        svg=gain_curves(lines, _("by chance"), _("share of leads, the highest scores first"),
                        _("share of all wins and money")),
        alt=ListOf([_("best {share}: {gain} of wins", share=Share(c.share, 0), gain=Share(c.gain.value, 0))
                    for c in judged.cuts if c.share in SHOWN_CUTS]), table=_cuts(result))]


def _cuts(result: LeadValue) -> Table:
    judged, money = result.judged, result.judged.cuts[0].money is not None
    shown = [c for c in judged.cuts if any(abs(c.share - s) < 1e-9 for s in SHOWN_CUTS)]
    now = result.queue is not None and result.queue.money
    expected = np.sort(result.scores.expected)[::-1] if now else np.zeros(0)
    currency = result.firm.currency

    def ahead(share: float) -> tuple[object, ...]:
        """What the open leads above the cut-off are expected to bring, and the last of them."""
        count = max(round(share * len(expected)), 1)
        return (Money(float(expected[:count].sum()), currency), Money(float(expected[count - 1]), currency))

    def full(i: Interval) -> Text:
        return _("{value} ({range})", value=Share(i.value, 0), range=ShareRange(i.low, i.high, 0))

    return Table(
        caption=_("What each cut-off holds"), columns=(
            Column(_("the best"), "left"), Column(_("of the wins")), *((Column(_("of the money")),) if money else ()),
            Column(_("times as many wins as by chance")), Column(_("leads to work for one win")),
            *((Column(_("open leads above it bring")), Column(_("the last of them"))) if len(expected) else ())),
        rows=tuple((Share(c.share, 0), full(c.gain), *((full(c.money),) if money else ()), Number(c.lift.value, 1),
                    Number(1 / max(c.lift.value * judged.came.value, 1e-9), 0),
                    *(ahead(c.share) if len(expected) else ())) for c in shown),
        notes=(_("Wins and money of later leads, ranges from draws of whole companies. A cut-off pays as long as the "
                 "last lead above it is expected to bring more than working it costs."),))


def calibrated(result: LeadValue) -> list[Figure]:
    """Whether a chance of so many in a hundred comes true as often."""
    judged = result.judged
    if judged is None:
        return []
    rows = tuple((Share(b.said), Share(b.came.value), ShareRange(b.came.low, b.came.high), Count(b.n))
                 for b in judged.bins)
    return [Figure(
        title=words.calibration(result),
        subtitle=_("Chance said before, and share won within {n} days, in ten classes of score; on the line both agree",
                   n=Count(result.learned.horizon)),
        svg=calibration_dots([(b.said, b.came) for b in judged.bins], _("chance said"), _("share won")),
        alt=ListOf([_("said {said}, won {came}", said=Share(b.said), came=Share(b.came.value)) for b in judged.bins]),
        table=Table(
            caption=_("Chance said and share won"), columns=(
                Column(_("chance said"), "left"), Column(_("share won")), Column(_("range")), Column(_("looks"))),
            rows=rows, collapsed=True, estimates=estimates(result)))]


def drivers(result: LeadValue) -> list[Figure | Table]:
    """What tells winners from others, and how the chance goes with the first of it."""
    if not result.importance or result.judged is None or result.judged.told <= 0:
        return []
    told = result.judged.told
    shown = [i for i in result.importance if i.loss.value > 0][:SHOWN_COLUMNS]
    if not shown:
        return []
    # Values dealt out anew can mislead by more than the score knew: nothing more than all of it is lost.
    parts = [Interval(*(min(x / told, 1.0) for x in (i.loss.value, i.loss.low, i.loss.high))) for i in shown]
    rows = [
        Dot(Capital(_column(i.names)), part, None,
            _("{value} ({range})", value=Share(part.value, 0), range=ShareRange(max(part.low, 0.0), part.high, 0)),
            Share(part.value, 0)) for i, part in zip(shown, parts, strict=True)]
    return [Figure(
        title=_("Most of what tells winners from others: {columns}",
                columns=ListOf([_column(i.names) for i in shown[:3]])),
        subtitle=_("How much of the score's knowledge is lost on later leads when a column is dealt out anew; columns "
                   "overlap, so the parts do not add up; {n}", n=words.looks(result.judged.n)),
        svg=dots(rows, 0.0, _("nothing lost")), alt=ListOf([
            _("{column}: {part}", column=_column(i.names), part=Share(p.value, 0))
            for i, p in zip(shown, parts, strict=True)]),
        table=Table(
            caption=_("What the score rests on"), columns=(Column(_("columns"), "left"), Column(_("knowledge lost")),
                                                          Column(_("range"))),
            rows=tuple((ListOf([name_of(n) for n in i.names]), Share(p.value, 0), ShareRange(p.low, p.high, 0))
                       for i, p in zip(shown, parts, strict=True)), collapsed=True),
    ), *[_dependence(result, i.names[0]) for i in shown[:SHOWN_DEPENDENCE]]]


def _column(names: tuple[str, ...]) -> object:
    return name_of(names[0])


def _dependence(result: LeadValue, name: str) -> Table:
    levels = sorted(dependence(result.model, name, result.firm.seed), key=lambda level: level.code)
    ordered = result.model.bins.columns[result.model.bins.names.index(name)].ordered
    if not ordered:
        levels = sorted(levels, key=lambda level: (-level.chance.value, level.code))
    if len(levels) > MOST_LEVELS:
        levels = sorted(levels, key=lambda level: -level.n)[:MOST_LEVELS]
        levels.sort(key=lambda level: level.code if ordered else -level.chance.value)
    rows = tuple((value_of(result.model, name, level.code, result.firm.currency), Share(level.chance.value),
                  ShareRange(level.chance.low, level.chance.high), Count(level.n)) for level in levels)
    return Table(
        caption=_("How the chance goes with: {column}", column=name_of(name)),
        columns=(Column(Capital(name_of(name)), "left"), Column(_("chance")), Column(_("range")), Column(_("looks"))),
        rows=rows, collapsed=True, notes=(_("All else as it is (partial dependence of the additive model). It goes "
                                            "with "
                                            "the chance; that it moves it is not shown."),))


def estimates(result: LeadValue) -> tuple[Estimate, ...]:
    """The figures that the page shows, in the form of `estimates.json`."""
    judged = result.judged
    if judged is None:
        return ()
    return (Estimate("score_calibration", {}, judged.came, "share", judged.n, words.METHOD.render("en"),
                     topic=words.TOPIC),)
