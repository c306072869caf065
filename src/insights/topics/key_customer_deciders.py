"""The sentences about who decides: chosen by what the records carry; none says what makes a lead succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Capital, Count, ListOf, Number, Share, ShareRange, Text
from insights.tables.titles import function_named
from insights.topics import key_customer_words as words
from insights.topics.key_customer_roles import DIMENSIONS, Reach, Roles

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

TOPIC = words.TOPIC
MOST_LISTED = 15
MIN_LEADS = 30
_ = Text

FUNCTIONS = {
    "purchasing": _("purchasing"), "maintenance": _("maintenance"), "technical management": _("technical management"),
    "production": _("production management"), "engineering": _("engineering"), "board": _("the board"),
    "finance": _("finance"), "quality": _("quality"), "safety": _("work safety"), "logistics": _("logistics"),
    "IT": _("IT"), "office": _("the office"),
}
METHOD = _(
    "Functions read from job titles; the decider is the person recorded as such at the lead's creation or within 14 "
    "days; interval clustered by company. People added later are left out, since they are written down where deals go "
    "well.")
COMPARED = _(
    "Leads still open on day 14 and closed since, by whether the deciding function was known by then; interval of the "
    "difference clustered by company.")


def function(name: str) -> object:
    """A function as a person says it; the firm's own word where it is none of ours."""
    return FUNCTIONS.get(name, name)


def findings(profile: Profile, roles: Roles) -> list[Finding]:
    """Who decides against whom we address, leads with and without the decider, and the clauses about both."""
    if roles.decider is None:
        return [_nobody(profile, roles)]
    found = [_who(profile, roles)]
    if roles.compared is not None:
        found.append(_with_and_without(profile, roles))
    return [*found, *_clauses(profile, roles)]


def tenths(share: float) -> object:
    """A share as so many of ten."""
    return Number(10 * share, 0 if 10 * share >= 0.95 else 1)


def _values(profile: Profile, roles: Roles) -> dict:
    decider, addressed = roles.decider, roles.addressed
    values = {
        "function": function(decider.function), "ten": tenths(decider.share.value), "day": words.deadline(profile),
        "range": ShareRange(decider.share.low, decider.share.high, 0), "told": Count(roles.told),
        "won": Count(roles.won), "missing": Share(1 - roles.told / max(roles.won, 1), 0)}
    if addressed:
        values |= {"audience": function(addressed[0]), "spend": Share(addressed[1], 0)}
    return values


def _who(profile: Profile, roles: Roles) -> Finding:
    decider, addressed, values = roles.decider, roles.addressed, _values(profile, roles)
    gap = addressed is not None and addressed[0] != decider.function
    if gap:
        statement = _(
            "The purchase is mostly decided by {function}, in {ten} of 10 won deals whose decider was known early, "
            "while {spend} of campaign money is addressed to {audience} ({range}; {told} of {won} won deals; for "
            "{missing} nobody wrote down early who decides).", **values)
        action = _("Address one campaign to {function} by {day}, beside the present ones, and ask in the first call "
                   "who decides. It worked if more of its leads name the decider within 14 days.", **values)
    else:
        statement = _(
            "The purchase is mostly decided by {function}, in {ten} of 10 won deals whose decider was known early "
            "({range}; {told} of {won} won deals; for {missing} nobody wrote down early who decides).", **values)
        action = None
    return Finding(
        function=f"{TOPIC}.who_decides", subject={"role": decider.function}, unit="share", n=roles.told, owner="both",
        method=METHOD, statement=statement, estimate=decider.share, action=action,
        rank=sum(spend for name, spend in roles.audience if name != decider.function) if gap else 0.0,
        rival=_("Deals whose decider was written down early may differ from the others."))


def _with_and_without(profile: Profile, roles: Roles) -> Finding:
    compared = roles.compared
    values = _values(profile, roles) | {
        "own": Share(compared.own.value), "rest": Share(compared.rest.value), "n": compared.n,
        "interval": ShareRange(compared.own.low, compared.own.high)}
    goes = compared.verdict in (Verdict.HIGHER, Verdict.LOWER)
    statement = _(
        "Of closed leads in which {function} was known by day 14, {own} were won, of the others {rest} ({interval}; "
        "{n} such leads). This goes along with success and proves nothing about its cause: people are written down "
        "sooner where a lead goes well.", **values,
    ) if goes else _(
        "Whether leads in which {function} was known by day 14 are won more often cannot be told: {own} against {rest} "
        "({interval}; {n} such leads).", **values)
    # What goes along with success is no verdict on a group: a firm without any effect shows the same.
    return Finding(
        function=f"{TOPIC}.decider_known", subject={"role": roles.decider.function}, unit="share", n=compared.n,
        owner="sales", method=COMPARED, statement=statement, verdict=None if goes else compared.verdict,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference,
        action=None if goes else _(
            "Ask in the first call who decides, in every second new lead chosen by lot, for a quarter: only then will "
            "it be known whether asking helps.", **values),
        rival=_("Good leads get their people written down sooner. Only asking in every second new lead, chosen by lot, "
                "would tell whether it helps."))


def _nobody(profile: Profile, roles: Roles) -> Finding:
    return Finding(
        function=f"{TOPIC}.who_decides", verdict=Verdict.TOO_FEW, unit="share", n=roles.told, owner="sales",
        method=METHOD, statement=_(
            "Who decides on the purchase cannot be told: of {won} won deals the decider was known early in {told}, and "
            "ever in {ever}.", won=Count(roles.won), told=Count(roles.told), ever=Count(roles.ever)),
        action=_("Write down in the first call who decides, from {day} on; a list of titles is enough.",
                 day=words.deadline(profile, 1)))


def _clauses(profile: Profile, roles: Roles) -> list[Finding]:
    strategy = profile.firm.strategy
    if strategy is None:
        return []
    found = []
    if strategy.key_customer.decision_maker:
        found.append(_decision_maker(profile, roles, strategy.key_customer.decision_maker))
    if strategy.key_customer.audience and roles.audience:
        found.append(_audience(profile, roles, strategy.key_customer.audience))
    return found


def _named(profile: Profile, declared: tuple[str, ...]) -> dict[str, str]:
    own = profile.firm.checked.settings.job_titles
    return {word: function_named(word, own) or word for word in declared}


def _decision_maker(profile: Profile, roles: Roles, declared: tuple[str, ...]) -> Finding:
    named = _named(profile, declared)
    mine = [d for d in roles.deciders if d.function in named.values()]
    own, best = sum(d.share.value for d in mine), roles.decider
    others = next((d for d in roles.deciders if d.function not in named.values()), None)
    kept = best.function in named.values() and (others is None or others.share.high < best.share.low)
    not_kept = best.function not in named.values() and max((d.share.high for d in mine), default=0.0) < best.share.low
    verdict = Verdict.KEPT if kept else Verdict.NOT_KEPT if not_kept else Verdict.NOT_ENOUGH_DATA
    values = _values(profile, roles) | {
        "declared": ListOf([function(name) for name in named.values()]), "own": Share(own, 0),
        "best": Share(best.share.value, 0)}
    known = verdict is not Verdict.NOT_ENOUGH_DATA
    return Finding(
        function=f"{TOPIC}.decision_maker", verdict=verdict, clause=_("Who decides on the purchase"),
        clause_id=f"key_customer.decision_maker={declared[0]}", agreed=values["declared"], unit="share", n=roles.told,
        owner="board", method=METHOD, estimate=Interval(own, *_bounds(mine, own)) if known else Interval(None),
        baseline=best.share if known else None,
        statement=_("Declared decision maker: {declared}. Of the won deals whose decider was known early, {own} were "
                    "decided there, {best} by {function} ({told} deals).", **values),
        action=_("Keep the clause; look again in a year.") if kept else _(
            "Decide by {day} whether the strategy should name {function} instead.", **values) if not_kept else _(
            "Leave the clause as it is until more deciders are written down early."))


def _bounds(mine: list, own: float) -> tuple[float, float]:
    low, high = (sum(getattr(d.share, side) for d in mine) for side in ("low", "high"))
    return min(low, own), max(min(high, 1.0), own)


def _audience(profile: Profile, roles: Roles, declared: tuple[str, ...]) -> Finding:
    named, total = _named(profile, declared), sum(spend for _name, spend in roles.audience)
    own = sum(spend for name, spend in roles.audience if name in named.values()) / total if total else 0.0
    verdict = Verdict.KEPT if own >= 0.5 else Verdict.NOT_KEPT
    values = {"declared": ListOf([function(name) for name in named.values()]), "own": Share(own, 0),
              "day": words.deadline(profile)}
    return Finding(
        function=f"{TOPIC}.audience", verdict=verdict, clause=_("Whom campaigns address"),
        clause_id=f"key_customer.audience={declared[0]}", agreed=values["declared"], unit="share",
        n=len(roles.audience), owner="marketing", method=words.COUNTED, estimate=Interval(own),
        statement=_("Declared audience: {declared}. {own} of the campaign money with a declared audience is addressed "
                    "to it.", **values),
        action=_("Keep the clause, and set it against who decides.") if verdict is Verdict.KEPT else _(
            "Decide by {day} whether the campaigns or the clause should change.", **values))


def tables(profile: Profile, roles: Roles | None) -> list[Table | Note]:
    """Who decided in won deals, which leads reach the decider, and titles that could not be read."""
    if roles is None:
        return []
    shown: list[Table | Note] = []
    if roles.deciders:
        shown.append(_deciders(roles))
    if roles.reach is not None:
        shown.append(_reached(profile, roles))
    return [*shown, *_notes(roles)]


def _deciders(roles: Roles) -> Table:
    spend, total = dict(roles.audience), sum(s for _name, s in roles.audience)
    columns = [Column(_("function"), "left"), Column(_("won deals")), Column(_("share")),
               Column(_("probably between"), "left")]
    known = {d.function: d for d in roles.deciders}
    names = [*known, *(name for name in spend if name not in known)]
    rows = []
    for name in names:
        d = known.get(name)
        row = [Capital(function(name)), Count(d.won if d else 0), Share(d.share.value, 0) if d else Share(0.0, 0),
               ShareRange(d.share.low, d.share.high, 0) if d else None]
        rows.append((*row, *((Share(spend.get(name, 0.0) / total, 0),) if total else ())))
    if total:
        columns.append(Column(_("share of campaign money addressed to it")))
    return Table(
        caption=_("Who decided in won deals, and whom campaigns address"), columns=tuple(columns), rows=tuple(rows),
        notes=(_("Won deals whose decider was known at the lead's creation or within 14 days: {told} of {won}; with a "
                 "decider written down at any time: {ever}.", told=Count(roles.told), won=Count(roles.won),
                 ever=Count(roles.ever)),))


def _reached(profile: Profile, roles: Roles) -> Table:
    rows = [_row(_("all leads"), roles.reach)]
    for key in DIMENSIONS:
        rows += [_row(words.label(key, r.label), r) for r in roles.groups[key] if r.told >= MIN_LEADS]
    return Table(
        caption=_("Leads that reach {function} within 14 days", function=function(roles.decider.function)),
        columns=(Column(_("group"), "left"), Column(_("leads")), Column(_("of whom a person's function is known")),
                 Column(_("reach the decider")), Column(_("share of those known")),
                 Column(_("probably between"), "left")),
        rows=tuple(rows), collapsed=True,
        notes=(_("Groups of at least 30 leads of which somebody's function was known within 14 days."),))


def _row(name: object, reach: Reach) -> tuple[object, ...]:
    share = reach.share
    return (name, Count(reach.leads), Count(reach.told), Count(reach.reached), Share(share.value) if share else None,
            ShareRange(share.low, share.high) if share else None)


def _notes(roles: Roles) -> list[Note]:
    notes = []
    if roles.by_title:
        notes.append(_("The firm records no buying roles: they are taken from job titles, by the suite's table."))
    if roles.unread:
        listed = [_("{title} ({n})", title=title, n=Count(n)) for title, n in roles.unread[:MOST_LISTED]]
        contacts = sum(n for _title, n in roles.unread)
        notes.append(_(
            "Titles that could not be read, in another language or of the firm's own: {titles}, borne by {contacts} "
            "contacts. Most frequent: {listed}. Name their functions in the section [job_titles] of the mapping.",
            titles=Count(len(roles.unread)), contacts=Count(contacts), listed=ListOf(listed)))
    if roles.without_title:
        notes.append(_("Contacts without a job title: {n} of {contacts}.", n=Count(roles.without_title),
                       contacts=Count(roles.contacts)))
    if roles.unnamed:
        notes.append(_("Audiences of campaigns that name no known function: {audiences}.",
                       audiences=ListOf(list(roles.unnamed))))
    return [Note(text) for text in notes]
