"""The product pipeline as figures and tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from insights.evidence import Finding, Verdict
from insights.figures.bars import Shares, share_bars
from insights.figures.model import Column, Export, Figure, Note, Table
from insights.figures.timeline import Track, timeline
from insights.language import Count, Day, Days, ListOf, Money, Number, Per100, Share, Text
from insights.topics import product_pipeline_blockers as blockers
from insights.topics import product_pipeline_complained as complained
from insights.topics import product_pipeline_reach as reach
from insights.topics import product_pipeline_words as words
from insights.topics.headlines import Headlines, asks_for_decision, choose, weight

if TYPE_CHECKING:
    from insights.topics.product_pipeline import Pipeline
    from insights.topics.product_pipeline_voice import VoiceTheme

MOST_DECISIONS = 5
MOST_SHOWN = 7
MOST_LISTED = 30
MOST_SAID = 3
VERDICTS = {
    "higher": Text("more than before"), "lower": Text("fewer than before"),
    "no_clear_difference": Text("no clear difference"), "too_few_to_say": Text("too few to say"),
}
COMPARED = {
    "higher": Text("higher"), "lower": Text("lower"), "no_clear_difference": Text("no clear difference"),
    "too_few_to_say": Text("too few to say"),
}
STAGES = {"planned": Text("planned"), "in_development": Text("in development"), "beta": Text("beta"),
          "launched": Text("launched"), "retired": Text("retired")}
KINDS = ("announced_first", "not_told", "not_trained", "not_announced", "late_", "nobody_asked", "no_answer",
         "not_heard", "solved_blockers")
_ = Text


def headlines(result: Pipeline) -> Headlines:
    """The first screen: what comes, who does not know of it, what is asked for most, and at most five decisions with
    what stands behind each: the weightiest of every kind, then the second of every kind."""
    chapters = ([*_of_roadmap(result)], of_voice(result), _named(result, ("solved_blockers",)), of_complaints(result))
    ranked = [sorted(filter(asks_for_decision, found), key=weight) for found in chapters]
    turns, seen = [], Counter()
    for finding in (f for found in ranked for f in found):
        kind = next((start for start in KINDS if finding.function.split(".")[1].startswith(start)), finding.function)
        turns.append((seen[kind], weight(finding), finding))
        seen[kind] += 1
    decisions = [f for _place, _weight, f in sorted(turns, key=lambda turn: turn[:2])][:MOST_DECISIONS]
    chosen = choose(_top_line(result), result.findings)
    kept = tuple(f for f in result.findings if f.verdict is Verdict.KEPT)[:1]
    return replace(chosen, decisions=tuple(sorted(decisions, key=weight)), works=kept)


def _top_line(result: Pipeline) -> Text:
    year_end = result.firm.as_of.replace(month=12, day=31)
    coming = [i for i in result.items if i.launched_on is None and i.due_on <= year_end]
    unaware = [i for i in coming if result.sellers and i.told < result.sellers]
    top = result.voice.themes[0] if result.voice and result.voice.themes else None
    parts: list[object] = []
    if result.items:
        parts.append(_("{n} launch is planned by the end of the year; of {unaware} not all sellers know yet.",
                       plural="{n} launches are planned by the end of the year; of {unaware} not all sellers know yet.",
                       n=len(coming), unaware=Count(len(unaware))) if result.sellers else
                     _("{n} launch is planned by the end of the year.",
                       plural="{n} launches are planned by the end of the year.", n=len(coming)))
    if top:
        parts.append(_("Customers ask most for “{theme}” ({customers}, sales of {revenue} in twelve months).",
                       theme=top.name, customers=words.customers(len(top.customers)),
                       revenue=Money(top.stake.revenue, result.firm.currency)))
    if not parts:
        return result.missing[0] if result.missing else _("Nothing is written down about what comes or is asked for.")
    return _("{first} {second}", first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]


def of_launches(result: Pipeline) -> list[Finding]:
    """What is most urgent about the roadmap; the rest stands in its table."""
    return _of_roadmap(result)[:MOST_SAID]


def _of_roadmap(result: Pipeline) -> list[Finding]:
    names = ("announced_first", "not_told", "not_trained", "not_announced", "late_", "notice_days", "sold_by_notice",
             "agreed_launch", "nobody_asked")
    return _named(result, names)


def of_voice(result: Pipeline) -> list[Finding]:
    """The findings about what customers say."""
    return _named(result, ("no_answer", "not_heard", "loud_customer"))


def of_blockers(result: Pipeline) -> list[Finding | Export | Note]:
    """Those who asked for what a launch brings, and their list."""
    found = _named(result, ("solved_blockers",))
    if not found:
        return [Note(_("Nobody with a lost lead or without an order for long has asked for anything that is on the "
                       "roadmap."))]
    return [*found, blockers.export(result.blocked), Note(words.CAUTION)]


def of_complaints(result: Pipeline) -> list[Finding]:
    """The findings about complaints."""
    return _named(result, ("complaints", "again_after"))


def _named(result: Pipeline, starts: tuple[str, ...]) -> list[Finding]:
    return [f for f in result.findings if f.function.removeprefix(f"{words.TOPIC}.").startswith(starts)]


def launches(result: Pipeline) -> list[Figure | Table | Note]:
    """The time line with its table."""
    if not result.items:
        return [Note(result.missing[0] if result.missing else _("The roadmap is empty."))]
    shown = result.items[-MOST_SHOWN:]
    tracks = [
        Track(i.title, i.first_planned_on, _told_on(result, i), i.announced_on, i.due_on, i.launched_on is not None)
        for i in shown]
    late = [i for i in result.items if (i.late_days or 0) > 0]
    return [Figure(
        title=_("{late} of {n} items are later than first planned", late=Count(len(late)), n=Count(len(result.items))),
        subtitle=_("Open circle: first plan. Triangle: sellers told (middle one). Diamond: customers told. Filled "
                   "circle: launched; square: still to come"),
        svg=timeline(tracks, result.firm.as_of, _("as of {day}", day=Day(result.firm.as_of))),
        alt=ListOf([_("{item}: due {due}, {stage}", item=i.title, due=Day(i.due_on),
                       stage=STAGES.get(i.stage, i.stage)) for i in shown])),
        _launch_table(result)]


def _told_on(result: Pipeline, item) -> object:
    import datetime as dt

    return item.due_on - dt.timedelta(days=int(item.notice_days)) if item.notice_days is not None else None


def _launch_table(result: Pipeline) -> Table:
    def row(i) -> tuple[object, ...]:
        return (i.title, STAGES.get(i.stage, i.stage), Day(i.due_on),
                Days(i.late_days) if i.late_days is not None else None,
                Day(i.announced_on) if i.announced_on else None, Count(i.told) if result.sellers else None,
                Count(i.trained) if result.sellers else None,
                Days(i.notice_days) if i.notice_days is not None else None,
                Count(result.voice.asking.get(i.item, 0)) if result.voice else None,
                None if i.on_sale else Count(i.open_leads))

    return Table(
        caption=_("The roadmap"),
        columns=(Column(_("item"), "left"), Column(_("stage"), "left"), Column(_("launch or plan")),
                 Column(_("later than first planned")), Column(_("customers told")),
                 Column(_("sellers told"), unit=_("of {n}", n=result.sellers)),
                 Column(_("sellers trained"), unit=_("of {n}", n=result.sellers)),
                 Column(_("known ahead (median)")), Column(_("customers asking")), Column(_("open leads already"))),
        rows=tuple(row(i) for i in result.items), collapsed=True, findings=tuple(_of_roadmap(result)[MOST_SAID:]),
        notes=(_("Open leads already: leads for a product that is not on sale yet."),))


def themes(result: Pipeline) -> list[Figure | Table | Note]:
    """What customers ask for: how many of the entries got through, and everything behind each theme."""
    voice = result.voice
    if voice is None or not voice.themes:
        return [Note(_("Nothing that customers ask for is written down."))]
    shown = [t for t in voice.themes if len(t.customers) > 1][:MOST_SHOWN] or list(voice.themes[:MOST_SHOWN])
    rows = [Shares(_("{theme}, {n}", theme=_name(t), n=Count(len(t.customers))), _reached(t)) for t in shown]
    figure = Figure(
        title=_("Most asked for: {theme} ({customers})", theme=voice.themes[0].name,
                customers=words.customers(len(voice.themes[0].customers))),
        subtitle=_("Share of each theme's entries that reached marketing and management within {days} and were "
                   "answered within {answer}; with the number of customers", days=Days(reach.HEARD_DAYS),
                   answer=Days(reach.ANSWER_DAYS)),
        svg=share_bars(rows, (_("marketing"), _("management"), _("answered"))),
        alt=ListOf([_("{theme}: {customers}", theme=_name(t), customers=words.customers(len(t.customers)))
                    for t in shown]))
    return [figure, _theme_table(result), *_asides(result)]


def _reached(theme: VoiceTheme) -> tuple[float | None, ...]:
    found = [reach.in_time([e for e in theme.entries if e.kind != "lost_reason"], name, days)
             for name, days in (("marketing_days", reach.HEARD_DAYS), ("management_days", reach.HEARD_DAYS),
                                ("answer_days", reach.ANSWER_DAYS))]
    return tuple(f[0].value if f else None for f in found)


def _name(theme: VoiceTheme) -> object:
    return theme.name if theme.coded else _("“{words}”", words=theme.name)


def _theme_table(result: Pipeline) -> Table:
    titles = {i.item: i.title for i in result.items}
    trends = reach.trends(result.voice)
    currency = result.firm.currency

    def row(theme: VoiceTheme, trend: reach.Trend) -> tuple[object, ...]:
        own = [e for e in theme.entries if e.kind != "lost_reason"]
        return (_name(theme), Count(len(theme.customers)), Count(theme.mentions), Count(trend.now),
                Count(trend.before), VERDICTS[str(trend.verdict)], Money(theme.stake.revenue, currency, exact=True),
                Count(theme.stake.open_leads), Count(theme.stake.lost_leads),
                reach.share_said(own, "marketing_days"), reach.share_said(own, "management_days"),
                reach.share_said(own, "answer_days"),
                titles.get(theme.item, theme.item) if theme.item else _("nothing on the roadmap"))

    pairs = list(zip(result.voice.themes, trends, strict=True))[:MOST_LISTED]
    return Table(
        caption=_("What customers ask for"),
        columns=(Column(_("theme"), "left"), Column(_("customers")), Column(_("entries")),
                 Column(_("customers in the period")), Column(_("in the period before")), Column(_("trend"), "left"),
                 Column(_("sales of 12 months"), unit=Text(currency)), Column(_("open leads")), Column(_("lost leads")),
                 Column(_("marketing told in {days}", days=Days(reach.HEARD_DAYS))),
                 Column(_("management told in {days}", days=Days(reach.HEARD_DAYS))),
                 Column(_("answered in {days}", days=Days(reach.ANSWER_DAYS))), Column(_("roadmap"), "left")),
        rows=tuple(row(*pair) for pair in pairs), collapsed=True,
        notes=(_("Each customer counts once, however often it said something. Sales are all sales to these customers; "
                 "leads are theirs for the products that the theme is about. Trend: measured by all customers who say "
                 "anything in each period."),
               *(_("For example, {theme}: {examples}", theme=_name(t),
                   examples=ListOf([_("“{words}”", words=e[:80]) for e in t.examples]))
                 for t, _trend in pairs[:MOST_SHOWN] if t.examples)),
        estimates=tuple(e for e in result.estimates if "_within_" in e.measure))


def _asides(result: Pipeline) -> list[Note]:
    voice, notes = result.voice, []
    for count, sentence in (
        (voice.wordless, _("{entries} say nothing in words and have no topic: they are in no theme.",
                           entries=words.entries(voice.wordless))),
        (voice.single, _("{entries} stand in no theme that a second customer shares.",
                         entries=words.entries(voice.single))),
        (voice.nobody, _("{entries} name no customer: they are counted as entries and in no number of customers.",
                         entries=words.entries(voice.nobody))),
    ):
        if count:
            notes.append(Note(sentence))
    return notes


def complaints(result: Pipeline) -> list[Table | Note]:
    """Complaints per order of every product, and how fast they are answered."""
    found = result.complaints
    if found is None:
        return [Note(_("Complaints per order are not known: they need orders, and feedback of the kind complaint that "
                       "names products."))]
    ordered = sorted(found.products, key=lambda p: (-(p.compared.own.value or 0), p.product))

    def row(p) -> tuple[object, ...]:
        if p.compared.withheld:
            return (p.name, Count(p.orders), Count(p.complaints), None, None, _("too few to show"))
        own = p.compared.own
        return (p.name, Count(p.orders), Count(p.complaints), Per100(own.value),
                _("{low} to {high}", low=Number(100 * own.low, 1), high=Number(100 * own.high, 1)),
                COMPARED[str(p.compared.verdict)])

    notes = [_("Orders are order lines and call-offs.")]
    if found.without_order:
        notes.append(_("{n} complaints come from customers without a recorded order of the product.",
                       n=Count(found.without_order)))
    told = [e for e in result.voice.entries if e.kind == "complaint"] if result.voice else []
    answered = reach.in_time(told, "answer_days", reach.ANSWER_DAYS)
    if answered:
        notes.append(_("Answered within {days}: {share} of {n} complaints.", days=Days(reach.ANSWER_DAYS),
                       share=Share(answered[0].value, 0), n=Count(answered[1])))
    if told:
        notes.append(complained.in_words(complained.waited(told)))
    by_segment = complained.by_segment(found.segments)
    return [Table(
        caption=_("Complaints by product"),
        columns=(Column(_("product"), "left"), Column(_("orders")), Column(_("complaints")),
                 Column(_("for 100 orders")), Column(_("range")), Column(_("against the others"), "left")),
        rows=tuple(row(p) for p in ordered), notes=tuple(notes), collapsed=True,
        estimates=tuple(e for e in result.estimates if e.measure == "complaints_per_order" and "product" in e.subject)),
        *([by_segment] if by_segment else [])]


def missing(result: Pipeline) -> list[Note]:
    """What the page could not tell, and why."""
    return [Note(t) for t in result.missing] or [Note(_("Nothing that this page asks for is missing."))]
