"""Whose move was it: the change of conversion and of margin against the period before, split into its parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Interval, Verdict
from insights.evidence.comparison import DELTA, benjamini_hochberg
from insights.language import Money, MoneyRange, Number, Points, Share, Text
from insights.metrics import replicates as replicate_metrics
from insights.metrics import segments as segment_metrics
from insights.metrics.kpis import SEGMENTS
from insights.metrics.sql import text as sql_text
from insights.models.change import MONEY_PARTS, RATE_PARTS, Change, changes
from insights.topics.kpi_alignment_words import SUBJECT, segment

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

CANDIDATES = ("source", "industry", "country", "product_id", "team", "size", "lead_type")
THREE = 3
MIN_WINS = 20
_KNOWN, _GAP = 0.8, 0.05
_ = Text

METHOD = _(
    "The change is split by the formulas of Das Gupta (Shapley values of the factors): the parts add up to it exactly "
    "and no order is preferred. Their ranges come from resampling companies, given the leads that came, so that errors "
    "that go together are shown together.")
PART = {
    "volume": _("number of leads"), "mix": _("mix of leads"), "rate": _("like leads won more or less often"),
    "maturity": _("leads still young"), "speed": _("wins coming sooner or later"), "deal": _("size of deals"),
    "price": _("prices against list"), "cost": _("cost of what was sold"),
}


@dataclass(frozen=True)
class Moves:
    """What the section found: by segmentation the change of conversion and of money, the main one first; the like-for-
    like change of marketing's leads and of those it did not bring (None where origins are not recorded), and segments
    whose rate moved beyond noise."""

    by: dict[str, tuple[Change, Change]]
    control: tuple[Interval, Interval, Interval] | None
    moved: tuple[tuple[str, int, Interval], ...]
    sql: str

    @property
    def main(self) -> str:
        return next(iter(self.by))

    @property
    def conversion(self) -> Change:
        return self.by[self.main][0]

    @property
    def money(self) -> Change:
        return self.by[self.main][1]


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """The findings of the section and its estimates; the result is kept under `moves`."""
    period = result.firm.period
    before = period.before()
    first = result.board.first
    covered = dt.date(first // 12, first % 12 + 1, 1) <= before.start + dt.timedelta(days=31)
    keys = segmentations(result)
    if not covered or not keys or not result.parts["timed"]:
        return [_not_told(result, covered)], []
    end = min(period.end, result.firm.as_of + dt.timedelta(days=1))
    starts, by = (before.start, period.start), {}
    for key in keys:
        found = result.replicates(key, starts, end)
        by[key] = changes(found, result.firm.seed, margin=result.margin)
    if by[keys[0]][0].wins.sum(0).min() < MIN_WINS:
        return [_not_told(result, True)], []
    query = replicate_metrics.replicates(keys[0], starts, end, days=result.days, as_of=result.firm.as_of)
    moves = Moves(by, _control(result, starts, end), _moved(by), sql_text(query))
    result.parts["moves"] = moves
    found = [_conversion(result, moves), *_mix(result, moves)]
    places = {"sql": moves.sql, "read_from": result.firm.read_from}
    return [f.at(**places) for f in found], _estimates(result, moves)


def segmentations(result: Alignment) -> list[str]:
    """The first three segmentations that are recorded for most leads, whatever becomes of them."""
    chosen = []
    for key in CANDIDATES:
        if key == "team":
            if result.firm.has("sellers"):
                chosen.append(key)
        elif key in SEGMENTS:
            row = result.firm.row(segment_metrics.missing_by_outcome(key))
            known = 1 - (row["closed_missing"] + row["open_missing"]) / max(row["closed"] + row["open"], 1)
            gap = (row["open_missing"] / row["open"] - row["closed_missing"] / row["closed"]
                   if row["open"] and row["closed"] else 0.0)
            if known >= _KNOWN and abs(gap) <= _GAP:
                chosen.append(key)
        if len(chosen) == THREE:
            break
    return chosen


def _control(result: Alignment, starts: tuple[dt.date, ...], end: dt.date) -> tuple[Interval, ...] | None:
    """The like-for-like change of conversion among marketing's leads, among those that it did not bring, and their
    difference."""
    found = result.replicates("source", starts, end)
    own = found.own > 0.5
    if found.own.sum() == 0 or own.all() or not own.any():
        return None
    conversion = changes(found, result.firm.seed, margin=result.margin)[0]
    weight = [float(conversion.shares[mask].mean(1).sum()) for mask in (~own, own)]
    values = [conversion.by_segment["rate"][mask].sum() / w for mask, w in zip((~own, own), weight, strict=True)]
    draws = [conversion.draws_by_segment["rate"][:, mask].sum(1) / w
             for mask, w in zip((~own, own), weight, strict=True)]
    return (_spread(values[0], draws[0]), _spread(values[1], draws[1]),
            _spread(values[0] - values[1], draws[0] - draws[1]))


def _spread(value: float, draws: np.ndarray) -> Interval:
    half = 1.66 * float(draws.std(ddof=1))
    return Interval(value, value - half, value + half)


def _moved(by: dict[str, tuple[Change, Change]]) -> tuple[tuple[str, int, Interval], ...]:
    """Segments whose like-for-like rate moved, false discoveries held to one in ten over all of them."""
    from scipy.special import ndtr

    places, p = [], []
    for key, (change, _money) in by.items():
        for i, name in enumerate(change.segments):
            error = change.draws_by_segment["rate"][:, i].std(ddof=1)
            if name in ("unknown", "other") or change.leads[i].min() < 30 or not error:
                continue
            places.append((key, i))
            p.append(2 * ndtr(-abs(change.by_segment["rate"][i]) / error))
    rejected = benjamini_hochberg(np.array(p)) if p else []
    return tuple((key, i, by[key][0].interval("rate", where=np.arange(len(by[key][0].segments)) == i))
                 for (key, i), yes in zip(places, rejected, strict=True) if yes)


def _not_told(result: Alignment, covered: bool) -> Finding:
    return Finding(
        function="kpi_alignment.conversion_change", unit="share", n=0, owner="both", method=METHOD,
        verdict=Verdict.TOO_FEW, statement=_(
            "Too few wins to say why conversion changed against the period before.") if covered else _(
            "Why conversion changed cannot be told: the records do not reach back over the whole period before."),
        action=_("Blame neither department for the change; look again with a year more of records."))


def attribution(moves: Moves) -> Text:
    """Whom the change of the like-for-like rate can be laid to, if anybody."""
    rate = moves.conversion.interval("rate")
    if rate.low <= 0 <= rate.high:
        return _("Chance alone can explain the rest, so it cannot be attributed to a department.")
    if moves.control is None:
        return _("Who brought each lead is not recorded, so the rest cannot be attributed to a department.")
    marketing, own, difference = moves.control
    values = {"marketing": points(marketing.value), "own": points(own.value)}
    alike = (marketing.high < 0 and own.high < 0) or (marketing.low > 0 and own.low > 0)
    only = (difference.high < 0 or difference.low > 0) and own.low <= 0 <= own.high and not (
        marketing.low <= 0 <= marketing.high)
    if only:
        return _("Only leads that marketing brought moved ({marketing}; all others {own}): it is the quality of these "
                 "leads, not the selling.", **values)
    if alike:
        return _("Leads that marketing brought and all others moved alike ({marketing} and {own}): it is the selling "
                 "or the market, not the quality of marketing's leads.", **values)
    return _("Marketing's leads moved by {marketing}, all others by {own}: too close to attribute the rest to a "
             "department.", **values)


def points(x: float) -> object:
    """A difference of shares in percentage points, with two decimals where it is small."""
    return Points(x, 1 if abs(x) >= 0.001 or x == 0 else 2)


def number(x: float) -> object:
    """Percentage points without their unit, said beside them."""
    return Number(100 * x, 1)


def points_range(interval: Interval) -> Text:
    """The range of such a difference, its unit once."""
    return _("{low} to {high}", low=Number(100 * interval.low, 1), high=Number(100 * interval.high, 1))


def _conversion(result: Alignment, moves: Moves) -> Finding:
    from insights.topics.kpi_alignment import deadline

    change, rate = moves.conversion, moves.conversion.interval("rate")
    base = DELTA * max(change.before, 1e-9)
    decided = rate.high < 0 or rate.low > 0
    verdict = (Verdict.LOWER if rate.value < 0 else Verdict.HIGHER) if decided else (
        Verdict.NO_CLEAR_DIFFERENCE if -base <= rate.low and rate.high <= base else Verdict.TOO_FEW)
    values = {
        "before": Share(change.before, 1), "after": Share(change.after, 1), "total": points(change.total),
        "young": number(change.parts["maturity"] + change.parts["speed"]), "mix": number(change.parts["mix"]),
        "rate": number(rate.value), "range": points_range(rate), "whose": attribution(moves),
        "day": deadline(result), "later": _mature_on(result), "n": int(change.leads.sum())}
    if decided and rate.value < 0:
        statement = _("Conversion went from {before} to {after}. Of {total}, {young} are leads that have not had "
                      "time to close, {mix} another mix of leads, and {rate} like leads won less often ({range}). "
                      "{whose}", **values)
        action = _("Find out by {day}, from the segments below that moved, what changed in the work on like leads. It "
                   "worked if their rate is back within two quarters.", **values)
    elif decided:
        statement = _("Conversion went from {before} to {after}. Of {total}, {young} are leads that have not had "
                      "time to close, {mix} another mix of leads, and {rate} like leads won more often ({range}). "
                      "{whose}", **values)
        action = _("Find out by {day} what was done differently with like leads, and keep it. It worked if their rate "
                   "stays.", **values)
    else:
        statement = _("The change of conversion from {before} to {after} is no proof against either department. Of "
                      "{total}, {young} are leads that have not had time to close, {mix} another mix of leads, and "
                      "{rate} remain ({range}), which chance alone can explain.", **values)
        action = _("No action by either department on this change; the period can be judged from {later}.", **values)
    return Finding(
        function="kpi_alignment.conversion_change", statement=statement, action=action, verdict=verdict,
        owner="both", unit="share", n=int(change.leads.sum()), method=METHOD, estimate=rate,
        baseline=Interval(change.before), difference=rate, impact=_impact(result, moves.money, "rate") if decided
        else None, rank=abs(moves.money.parts["rate"]) if decided else 0.0, rival=_(
            "Another trait of the leads than {segmentation} may have shifted; mix is shown under three segmentations.",
            segmentation=segmentation(moves.main)))


def segmentation(key: str) -> Text:
    """A segmentation as a thing."""
    return {"source": _("source"), "industry": _("industry"), "country": _("country"), "product_id": _("product"),
            "team": _("team"), "size": _("size of company"), "lead_type": _("type of lead")}[key]


def _mature_on(result: Alignment):
    from insights.language import Day

    return Day(result.firm.period.end + dt.timedelta(days=result.days))


def _impact(result: Alignment, money: Change, *parts: str) -> Impact | None:
    """A part of the change of money, a year's worth, kept within what the leads of both periods earned."""
    days = max((result.firm.period.end - result.firm.period.start).days, 1)
    part, year, pool = money.interval(*parts), 365.25 / days, max(money.before, money.after) * 365.25 / days
    if pool <= 0:
        return None
    ends = sorted(min(abs(x) * year, pool) for x in (part.low, part.high))
    low = 0.0 if part.low <= 0 <= part.high else ends[0]
    return Impact(min(max(abs(part.value) * year, low), ends[1]), low, ends[1], result.firm.currency, "leads")


def _mix(result: Alignment, moves: Moves) -> list[Finding]:
    """Another mix of leads, where its part is beyond noise, with the segment whose share moved most."""
    from insights.topics.kpi_alignment import deadline

    mix, money = moves.conversion.interval("mix"), moves.money.interval("mix")
    if mix.low <= 0 <= mix.high:
        return []
    change, key = moves.conversion, moves.main
    sign = -1 if mix.value < 0 else 1
    i = int(np.argmax(sign * change.by_segment["mix"]))
    grown = int(np.argmax(change.shares[:, 1] - change.shares[:, 0]))
    spread = [by[0].parts["mix"] for by in moves.by.values()]
    values = {
        "mix": points(mix.value), "range": points_range(mix), "money": Money(abs(money.value), result.firm.currency),
        "name": segment(key, change.segments[grown]), "old": Share(change.shares[grown, 0], 0),
        "new": Share(change.shares[grown, 1], 0), "segmentation": segmentation(key), "day": deadline(result),
        "other": segment(key, change.segments[i]),
        "spread": _("{low} to {high}", low=Number(100 * min(spread), 1), high=Number(100 * max(spread), 1))}
    if sign < 0:
        statement = _("Another mix of leads moved conversion by {mix} ({range}): the share of “{name}” went from {old} "
                      "to {new}. It is a matter of which leads come, not of how they are worked.", **values)
        action = _("Set by {day} the share that “{name}” may have of the leads handed over, and move its budget to "
                   "better ones. It worked if the mix part of this page is no longer negative.", **values)
    else:
        statement = _("Another mix of leads added {mix} to conversion ({range}): the share of “{name}” went from {old} "
                      "to {new}.", **values)
        action = _("Keep the new mix in the plan by {day}. It worked if the mix part of this page stays.", **values)
    return [Finding(
        function="kpi_alignment.mix_change", statement=statement, action=action, owner="marketing", unit="share",
        verdict=Verdict.LOWER if sign < 0 else Verdict.HIGHER, n=int(change.leads.sum()), method=METHOD, estimate=mix,
        difference=mix, impact=_impact(result, moves.money, "mix") if np.sign(money.value) == sign else None,
        rank=abs(money.value), subject={SUBJECT.get(key, key): str(change.segments[grown])}
        if SUBJECT.get(key, key) != "lead_type" else {}, rival=_(
            "By other segmentations the mix comes to {spread} points.", spread=values["spread"]))]


def _estimates(result: Alignment, moves: Moves) -> list[Estimate]:
    found = []
    for key, (conversion, money) in moves.by.items():
        for name, change, unit, parts in (("conversion", conversion, "share", RATE_PARTS),
                                          ("margin" if result.margin else "revenue", money, result.firm.currency,
                                           tuple(p for p in MONEY_PARTS if p in money.parts))):
            for part in parts:
                found.append(Estimate(
                    measure=f"{name}_change_{part}_by_{key.removesuffix('_id')}", subject={}, unit=unit,
                    n=int(change.leads.sum()), estimate=change.interval(part), method=METHOD.render("en"),
                    topic="kpi_alignment"))
    return found


def money_range(result: Alignment, interval: Interval) -> MoneyRange:
    """A range of money in the firm's currency."""
    return MoneyRange(interval.low, interval.high, result.firm.currency)
