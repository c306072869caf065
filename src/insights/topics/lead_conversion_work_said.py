"""The findings and tables of what goes with conversion, of unworked leads, and of the funnel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Impact, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Number, Points, Share, Text
from insights.metrics.touch import ROLE_DAYS, STAGES
from insights.topics import lead_conversion_words as words

if TYPE_CHECKING:
    from insights.models.adjusted import Contrast
    from insights.topics.lead_conversion import Conversion
    from insights.topics.lead_conversion_work import Speed, Unworked, Work

TOPIC = words.TOPIC
ALIKE = Text(
    "Leads of one source and size beside each other (Mantel and Haenszel; for speed also of one month), old enough to "
    "have been won within the horizon; ranges widened for leads of one company being alike. What remains may still be "
    "a trait that no column holds.")
BY_THE_CLOCK = Text(
    "Leads that came in late in the day or at a weekend are called later whatever their quality: the difference in the "
    "share won over the difference in the share called within 24 hours (Wald 1940), where the clock moves the latter "
    "strongly (F of ten) and both sides hold the same sources and sizes.")
STAGE_NAMES = {
    "new": Text("new"), "mql": Text("qualified by marketing"), "accepted": Text("accepted by sales"),
    "touched": Text("touched by a seller"), "opportunity": Text("opportunity opened"),
    "proposal": Text("proposal made"), "won": Text("won"),
}
_ = Text


def findings(result: Conversion) -> list[Finding]:
    """What goes with the speed of the first touch, and what unworked leads do to every rate."""
    work = result.work
    if work is None:
        return []
    found = [speed(result, work.speed)] if work.speed else []
    return [*found, unworked(result, work.unworked)] if work.unworked else found


def speed(result: Conversion, found: Speed) -> Finding:
    """Touched within 24 hours against later."""
    c, late = found.contrast, found.late
    n = found.fast + found.slow
    values = {"fast": words.said(c.own), "slow": words.said(c.rest), "never": Count(found.never),
              "alike": Points(c.alike.value), "low": Number(100 * c.alike.low, 1),
              "high": Number(100 * c.alike.high, 1),
              "leads": words.things(result, n), "days": Count(result.work.days), "day": words.deadline(result)}
    common = {"function": f"{TOPIC}.speed_of_first_touch", "unit": "share", "n": n, "owner": "sales", "method": ALIKE,
              "rival": _("Sellers call the leads first that look good. Leads that came in late in the day or at a "
                         "weekend were called later whatever their quality; by them alone the difference of 24 hours "
                         "could be anything from {low} to {high} percentage points.",
                         low=Number(100 * late.effect.low, 1), high=Number(100 * late.effect.high, 1),
              ) if late is not None and late.holds else _(
                  "Sellers call the leads first that look good, and nothing in these records tells that from the "
                  "effect of calling early.")}
    if late is not None and late.holds and late.effect.low > 0:
        return Finding(
            statement=_(
                "A first touch within 24 hours goes with more wins even where it was late for reasons of the clock "
                "alone: {fast} against {slow} of those touched later within {days} days, and leads that came in late "
                "in the day or at a weekend were won less often as well ({leads}).", **values), verdict=Verdict.HIGHER,
            action=_("Agree by {day} that every lead is touched within 24 hours, late ones on the next morning first. "
                     "It worked if the share won of leads that came in late rises.", **values),
            estimate=_positive(c), difference=late.effect, rank=abs(late.effect.value) * found.slow, **common)
    verdict = Verdict.TOO_FEW
    if c.alike.low > 0:
        statement = _(
            "A first touch within 24 hours goes with more wins: {fast} against {slow} of the leads touched later, "
            "{alike} like beside like ({low} to {high}; {leads}). Whether it brings them cannot be told: sellers call "
            "good leads first. {never} more were never touched and are in neither group.", **values)
    else:
        statement = _(
            "A first touch within 24 hours does not clearly go with more wins: {fast} against {slow}, {alike} like "
            "beside like ({low} to {high}; {leads}).", **values)
    return Finding(statement=statement, verdict=verdict, difference=c.alike, action=_(
        "For a quarter, let chance decide which leads are called within 24 hours and which on the third day, from "
        "{day} on; the difference in the share won then tells what speed is worth.", **values), **common)


def _positive(c: Contrast) -> Interval:
    low, high = c.own + c.plain.low - c.plain.value, c.own + c.plain.high - c.plain.value
    return Interval(c.own, max(low, 0.0), min(high, 1.0))


def unworked(result: Conversion, found: Unworked) -> Finding:
    """Leads that nobody touched, what they do to the rates, and how many worked at random would show their worth."""
    values = {
        "never": words.things(result, found.never), "share": Share(found.share, 0), "all": words.said(found.overall),
        "worked": words.said(found.worked), "random": Count(found.random), "day": words.deadline(result),
        "wins": Count(round(found.lately * found.alike)), "lately": Count(found.lately),
        "percent": Share(min(found.random / max(found.lately, 1), 1.0), 0)}
    most = found.lately * found.alike * (result.value or 0.0)
    impact = None
    if result.value and result.value > 0 and found.lately:
        impact = Impact(most / 2, 0.0, most, result.firm.currency, "leads never worked")
    return Finding(
        function=f"{TOPIC}.unworked_leads", unit="share", n=found.n, owner="sales", verdict=None,
        method=_("Counted: leads at least a month old without a touch by a seller and without an opportunity. The "
                 "amount runs from nothing to what they would bring if won as often as worked leads of the same source "
                 "and size; half of that is put in the middle by assumption."),
        estimate=Interval(found.share), impact=impact, rank=impact.value / 2 if impact else float(found.lately),
        statement=_(
            "Nobody ever worked {never}, {share} of all. Only worked leads can be won, so every rate here is that of "
            "leads that sellers chose: {worked} of the worked ones are won, {all} of all. If the {lately} of the last "
            "year were as good as worked ones of their kind, {wins} sales were missed; sellers probably leave the "
            "weaker ones, so it is fewer.", **values),
        action=_("From {day} on, draw {random} of the leads that would be left ({percent} of a year's) by lot and work "
                 "them like the others. One will know what such leads are worth when they have closed.", **values),
        rival=_("Sellers may leave the right ones: then working them costs time that better leads need."))


def show(result: Conversion) -> list[object]:
    """The section: findings, the table of what goes with conversion, and what is missing."""
    work = result.work
    if work is None:
        return [Note(_("What goes with conversion cannot be told: no win has a duration."))]
    found = [f for f in result.findings if f.function.split(".")[1] in ("speed_of_first_touch", "unworked_leads")]
    notes = []
    if work.untold:
        notes.append(Note(_(
            "Which leads nobody works is not known: {share} of the leads that became opportunities have no touch by a "
            "seller, so touches are not recorded fully.", share=Share(work.untold, 0))))
    if work.no_touches:
        notes.append(Note(_(
            "How soon sellers call, and which leads nobody works, is not known: no first touch is recorded. Record the "
            "stage touched, or deliver the table touches.")))
    elif work.dates_only:
        notes.append(Note(_("How soon sellers call cannot be measured in hours: leads have a date of creation but no "
                            "time.")))
    table = drivers(result)
    return [*found, *([table] if table else []), *notes]


def drivers(result: Conversion) -> Table | None:
    """Every contrast, as it stands and like beside like."""
    work = result.work
    rows = []
    if work.speed:
        rows.append(_row(_("first touch within 24 hours"), work.speed.fast, work.speed.contrast))
    if work.load:
        rows.append(_row(_("seller with many new leads (highest third against lowest, of each seller)"), work.load.n,
                         work.load))
    if work.role:
        rows.append(_row(_("a person who decides known by day {day} (against other people known by then)",
                           day=Count(ROLE_DAYS)), work.role.n, work.role.contrast))
    for v in work.values:
        dimension = result.dimensions.get(v.factor)
        name = dimension.label(v.value) if dimension else v.value
        rows.append(_row(_("{factor}: {value}", factor=_names()[v.factor], value=name), v.n, v.contrast))
    if not rows:
        return None
    return Table(
        caption=_("What goes with conversion, like beside like"), rows=tuple(rows), collapsed=True,
        columns=(Column(_("leads with"), "left"), Column(_("leads")), Column(_("won")), Column(_("others")),
                 Column(_("plain difference"), unit=_("points")), Column(_("like beside like"), unit=_("points")),
                 Column(_("probably between"), "left")),
        notes=(_("Won within {n} days.", n=Count(work.days)), ALIKE, *_roles_note(work)),
        estimates=tuple(e for e in result.estimates if "speed" in e.subject))


def _roles_note(work: Work) -> tuple[Text, ...]:
    if not work.role:
        return ()
    return (_("Roles recorded after day {day} are not read, since they are often filled in once a deal goes well, and "
              "leads are compared with others that had come as far by then. Still, a role is written down where a "
              "seller has got to talk, so this is no proof that knowing who decides sells. For {share} of the leads "
              "no role was known.", day=Count(ROLE_DAYS), share=Share(work.role.unknown, 0)),)


def estimates(result: Conversion) -> list[Estimate]:
    """The odds of a win after a first touch within 24 hours against later: by the clock alone where that can tell, and
    like beside like."""
    speed = result.work.speed if result.work else None
    if speed is None:
        return []
    common = {"subject": {"speed": "within 24 hours"}, "unit": "ratio", "n": speed.fast + speed.slow, "topic": TOPIC}
    made = [Estimate(measure="adjusted_odds_ratio", estimate=speed.contrast.odds, method=ALIKE.render("en"), **common)]
    if speed.late is not None and speed.late.holds:
        made.append(Estimate(measure="odds_ratio", estimate=speed.late.odds, method=BY_THE_CLOCK.render("en"),
                             **common))
    return made


def _names() -> dict[str, Text]:
    from insights.topics.lead_conversion_groups import NAMES

    return NAMES


def _row(name: Text, n: int, c: Contrast) -> tuple[object, ...]:
    return (name, Count(n), Share(c.own), Share(c.rest), Number(100 * c.plain.value, 1), Number(100 * c.alike.value, 1),
            _("{low} to {high}", low=Number(100 * c.alike.low, 1), high=Number(100 * c.alike.high, 1)))


def funnel(result: Conversion) -> Table | Note:
    """What the leads of the period passed on their way; a stage that was skipped counts as reached."""
    counts = result.work.funnel if result.work else None
    if not counts or not counts["n"]:
        return Note(_("No lead was created in this period, so there is no way to follow."))
    rows, before = [], None
    for stage in STAGES:
        reached, recorded = counts[f"reached_{stage}"], counts[f"recorded_{stage}"]
        if stage != "new" and not recorded:
            continue
        rows.append((STAGE_NAMES[stage], Count(reached), Count(max(reached - recorded, 0)),
                     Share(reached / counts["n"]), Share(reached / before) if before else None))
        before = reached
    return Table(
        caption=_("How far the leads created in the period have come"), rows=tuple(rows),
        columns=(Column(_("stage"), "left"), Column(_("reached")), Column(_("of these, not recorded")),
                 Column(_("of all")), Column(_("of the stage before"))),
        notes=(_("A lead that entered a later stage has passed the earlier ones, recorded or not. {open} of {n} are "
                 "still open, so the later stages will grow.", open=Count(counts["open"]), n=Count(counts["n"])),))
