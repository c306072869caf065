"""Win-back: who was sought, who came back, and what would have come back without it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, Money, Number, Points, Share, ShareRange, Text
from insights.metrics import win_back as metrics
from insights.models.proportions import difference, needed, share
from insights.models.repeat_orders.history import SEASONAL
from insights.models.repeat_orders.states import LAPSED
from insights.topics import customer_base_words as words
from insights.topics.customer_base_return import GAIN

if TYPE_CHECKING:
    from insights.models.repeat_orders.history import History
    from insights.topics.customer_base import Base

USEFUL = 600
"""Under so many addressed customers a hold-out cannot tell a plausible gain from chance."""
_FEWEST = 10
_SILENT, _MANY = 180, 20
_NAMES = re.compile(r"win.?back|reactiv|odzysk|reaktyw|come.?back", re.IGNORECASE)
_MOST = 12
_ = Text


@dataclass(frozen=True)
class Wave:
    """A campaign that sought lapsed customers: how many it addressed and held out by lot, how many of each ordered
    within a year (`mature`: the year is over), what those addressed brought; of customers as long silent on that day
    who were left alone (`others`), how many ordered within a year (`others_back`)."""

    name: str
    day: dt.date
    addressed: int
    back: int
    brought: float
    held_out: int
    held_back: int
    mature: bool
    others: int
    others_back: int


@dataclass(frozen=True)
class WinBack:
    """All waves, and the customers won back by reason of leaving: (reason, addressed, back)."""

    waves: tuple[Wave, ...]
    reasons: tuple[tuple[str, int, int], ...]

    def total(self, name: str) -> float:
        """Sum over the waves whose year is over."""
        return sum(getattr(wave, name) for wave in self.waves if wave.mature)

    @property
    def unasked(self) -> Interval | None:
        """Share of lapsed customers left alone that came back within a year; of those held out by lot where enough."""
        if self.total("held_out") >= _FEWEST:
            return share(self.total("held_back"), self.total("held_out"))
        return share(self.total("others_back"), self.total("others")) if self.total("others") >= _FEWEST else None


def measure(base: Base, on: Callable[[dt.date], History]) -> WinBack | None:
    """What the contacts say; None without campaigns and contacts, or where no campaign sought silent customers.
    `on` gives the history of a day."""
    firm = base.firm
    if not firm.has("touches", "campaigns"):
        return None
    rows = firm.query(metrics.addressed(firm.as_of, base.money, contacts=firm.has("contacts"))).to_pylist()
    names = {row["campaign_id"]: row for row in firm.query(metrics.campaign_names()).to_pylist()}
    by_campaign: dict[str, list[dict]] = {}
    for row in rows:
        by_campaign.setdefault(row["campaign_id"], []).append(row)
    sought = {key: of for key, of in by_campaign.items() if key in names and _named(names[key])}
    sought = sought or {key: of for key, of in by_campaign.items() if key in names and _silent(of)}
    if not sought:
        return None
    latest = sorted(sought, key=lambda key: min(r["day"] for r in sought[key]))[-_MOST:]
    waves = tuple(_wave(names[key]["name"], sought[key], on) for key in latest)
    return WinBack(waves, _reasons(base, [row for key in latest for row in sought[key]]))


def _named(campaign: dict) -> bool:
    return bool(_NAMES.search(campaign["name"] or "") or _NAMES.search(campaign["channel"] or ""))


def _silent(rows: list[dict]) -> bool:
    """Whether a campaign whose name does not say so sought lapsed customers: half of many had not ordered for half a
    year."""
    return len(rows) >= _MANY and float(np.median([row["silence"] for row in rows])) >= _SILENT


def _wave(name: str, rows: list[dict], on: Callable[[dt.date], History]) -> Wave:
    day = min(row["day"] for row in rows)
    then = on(day)
    alone = _alike(then, [row["customer"] for row in rows])
    addressed, held = ([r for r in rows if r["held_out"] is flag] for flag in (False, True))
    return Wave(
        name, day, len(addressed), sum(r["back"] for r in addressed), float(sum(r["brought"] or 0 for r in addressed)),
        len(held), sum(r["back"] for r in held), all(r["mature"] for r in rows), int(alone.sum()),
        int((then.later_orders[alone] > 0).sum()))


def _alike(then: History, sought: list[int]) -> np.ndarray:
    """Customers that were left alone and had been silent as long as three in four of those sought, in days and in mean
    intervals of the customer's own; without one-time and seasonal buyers. None where hardly any were sought."""
    repeat = (then.gaps_n > 0) & (then.kind != SEASONAL)
    inside = np.isin(then.customer, sought)
    own = then.silence / np.maximum(then.gaps_days / np.maximum(then.gaps_n, 1), 1.0)
    if np.sum(inside & repeat) < _FEWEST:
        return np.zeros(len(then), dtype=bool)
    days, intervals = (np.quantile(values[inside & repeat], 0.25) for values in (then.silence, own))
    return repeat & ~inside & (then.silence >= days) & (own >= intervals)


def _reasons(base: Base, rows: list[dict]) -> tuple[tuple[str, int, int], ...]:
    known: dict[str, list[bool]] = {}
    for row in rows:
        reason = base.register.columns["left_reason"][row["customer"]]
        if reason and row["mature"] and not row["held_out"]:
            known.setdefault(reason, []).append(row["back"])
    return tuple(sorted(((reason, len(back), sum(back)) for reason, back in known.items()), key=lambda r: (-r[1],
    r[0])))


def findings(base: Base) -> list[Finding]:
    """What win-back brought, and whether it made a difference: only a random hold-out can tell."""
    found = base.parts.get("win_back")
    if found is None or not found.total("addressed"):
        return []
    return [_tested(base, found) if found.total("held_out") >= _FEWEST else _gross(base, found)]


def _values(base: Base, found: WinBack) -> dict[str, object]:
    n, back = int(found.total("addressed")), int(found.total("back"))
    return {"addressed": words.customers(n), "back": back, "brought": words.money(base, found.total("brought")),
            "day": words.deadline(base, 3)}


def _gross(base: Base, found: WinBack) -> Finding:
    """Gross returned beside what was to be expected without action, and no difference."""
    n, unasked = int(found.total("addressed")), found.unasked
    values = _values(base, found)
    if unasked is None:
        statement = _("Of {addressed} sought by win-back campaigns {back} ordered within a year ({brought}). How many "
                      "would have come back unasked cannot be told.", **values)
        arms = needed(0.2, 0.2 * GAIN)
    else:
        values |= {"unasked": Share(unasked.value, 0), "range": ShareRange(unasked.low, unasked.high, 0),
                   "alone": words.customers(int(found.total("others"))), "expected": round(n * unasked.value)}
        statement = _("Of {addressed} sought by win-back campaigns {back} ordered within a year ({brought}). At the "
                      "rate of customers as long silent who were left alone, about {expected} would have come back "
                      "unasked ({unasked}, {range}; {alone}). Those sought were chosen, so the two must not be "
                      "subtracted.", **values)
        base_rate = min(max(unasked.value, 0.05), 0.6)
        arms = needed(base_rate, base_rate * GAIN)
    lapsed = len(base.rows(LAPSED))
    values |= {"arms": Count(arms), "lapsed": words.customers(lapsed)}
    if lapsed < USEFUL:
        action = _("Write only where the letter costs less than it may bring, and credit no return to it. A random "
                   "hold-out would take {arms} customers in each half to see a third more returns; there are {lapsed} "
                   "to be sought, too few. Look again by {day} at what one contact costs.", **values)
    else:
        action = _("In the next wave, by {day}, draw by lot who is written to: {arms} customers in each half show a "
                   "third more returns. Only then can it be said what the letters gain.", **values)
    return Finding(
        function=f"{words.TOPIC}.win_back", owner="marketing", unit="share", n=n, method=words.COUNTED,
        verdict=Verdict.TOO_FEW, statement=statement, action=action,
        rival=_("Those sought were the larger customers, who come back more often by themselves."))


def _tested(base: Base, found: WinBack) -> Finding:
    """The difference that a random hold-out shows."""
    k1, n1, k2, n2 = (found.total(name) for name in ("back", "addressed", "held_back", "held_out"))
    gain, own, rest = difference(k1, n1, k2, n2), share(k1, n1), share(k2, n2)
    values = _values(base, found) | {
        "own": Share(own.value), "rest": Share(rest.value), "gain": Points(gain.value),
        "low": Number(100 * gain.low, 1), "high": Number(100 * gain.high, 1), "held": words.customers(int(n2)),
        "arms": Count(needed(min(max(rest.value, 0.05), 0.6), min(max(rest.value, 0.05), 0.6) * GAIN))}
    matters = max(rest.value * 0.1, 0.01)
    if gain.low > 0:
        verdict = Verdict.HIGHER
        statement = _("Win-back letters bring customers back: {own} of {addressed} against {rest} of {held} held out "
                      "by lot ({gain}; {low} to {high}).", **values)
        action = _("Go on writing, to lapsed customers whose usual year brings more than the letter costs; decide by "
                   "{day} how many. It worked if the held-out half stays behind.", **values)
    elif gain.high < 0 or max(abs(gain.low), abs(gain.high)) < matters:
        verdict = Verdict.LOWER if gain.high < 0 else Verdict.NO_CLEAR_DIFFERENCE
        statement = _("Win-back letters bring no more customers back than come by themselves: {own} of {addressed} "
                      "against {rest} of {held} held out by lot ({gain}; {low} to {high}).", **values)
        action = _("Stop the letters by {day}; telephone the largest lapsed customers instead, again against a "
                   "hold-out.",
                   **values)
    else:
        verdict = Verdict.TOO_FEW
        statement = _("What win-back letters gain cannot be told yet: {own} of {addressed} came back against {rest} of "
                      "{held} held out by lot ({gain}; {low} to {high}).", **values)
        action = _("Keep the lottery: {arms} customers in each half show a third more returns. Until then credit no "
                   "return to the letters.", **values)
    return Finding(
        function=f"{words.TOPIC}.win_back", owner="marketing", unit="share", n=int(n1 + n2), verdict=verdict,
        estimate=own if verdict is not Verdict.TOO_FEW else Interval(None), baseline=rest, difference=gain,
        rank=abs(gain.value) * found.total("brought"), statement=statement, action=action, method=_(
            "Two shares of customers drawn by lot, all waves together; interval of the difference by Newcombe."))


def table(base: Base) -> list[Table | Note]:
    """Each wave with what came back, and the reasons of leaving of those who did."""
    found = base.parts.get("win_back")
    if found is None:
        return [Note(_("No campaign has sought lapsed customers, or its contacts are not recorded: nothing can be said "
                       "of win-back. Record each letter in touches, with the company and the campaign."))]
    rows = []
    for wave in found.waves:
        rest = share(wave.others_back, wave.others) if wave.others >= _FEWEST else None
        rows.append((wave.name, Day(wave.day), Count(wave.addressed), Count(wave.back) if wave.mature else None,
                     Money(wave.brought, base.firm.currency, exact=True),
                     Count(round(wave.addressed * rest.value)) if rest and wave.mature else None,
                     Count(wave.held_out) if wave.held_out else None))
    shown: list[Table | Note] = [Table(
        caption=_("Win-back campaigns and what came back within a year"),
        columns=(Column(_("campaign"), "left"), Column(_("begun"), "left"), Column(_("addressed")), Column(_("came "
                                                                                                             "back")),
                 words_money(base), Column(_("expected without action")), Column(_("held out by lot"))),
        rows=tuple(rows),
        notes=(_("Expected without action: the share that came back of customers who had been silent as long on that "
                 "day and were left alone, for as many as were addressed. Empty: the year is not over, or too few were "
                 "left alone. No difference is formed unless customers were held out by lot."),))]
    if found.reasons and base.names_shown:
        shown.append(Table(
            caption=_("Came back, by reason of leaving"),
            columns=(Column(_("reason"), "left"), Column(_("addressed")), Column(_("came back"))),
            rows=tuple((reason, Count(n), Count(back)) for reason, n, back in found.reasons)))
    return shown


def words_money(base: Base) -> Column:
    """The column of what those addressed brought."""
    from insights.topics.customer_base_view import money_column

    return money_column(base, _("margin they brought"), _("revenue they brought"))
