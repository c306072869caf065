"""Whether the customers won in the last year are of another kind than those of the year before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Comparison, Finding, Interval, Sums, Verdict, compare_with_expected, summarise
from insights.figures.model import Column, Figure, Note, Table
from insights.figures.pairs import Pair, pairs
from insights.language import Capital, Count, Day, ListOf, Share, ShareRange, Text
from insights.metrics import segments as segment_metrics
from insights.topics import key_customer_words as words

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

TOPIC = words.TOPIC
LEAST = 30
MOST_SHOWN = 8
_ = Text

METHOD = _(
    "Shares of won deals by group, the last twelve months against the twelve before; interval of the difference "
    "clustered by company; smallest difference that matters one tenth; the chance of even one false change at most one "
    "in ten over all groups (Holm).")


@dataclass(frozen=True)
class Change:
    """A group's share of the deals won, before (`rest`) and now (`own`)."""

    dimension: str
    label: str
    deals: int
    compared: Comparison


@dataclass(frozen=True)
class Drift:
    """Every group's change; the two spans are [before, start) and [start, end)."""

    before: dt.date
    start: dt.date
    end: dt.date
    deals: tuple[int, int]
    changes: tuple[Change, ...]


def judge(profile: Profile) -> Drift | None:
    """The last twelve months against the twelve before; None where either has too few won deals."""
    firm = profile.firm
    end = firm.as_of + dt.timedelta(days=1)
    start, before = end - dt.timedelta(days=365), end - dt.timedelta(days=730)
    tables = [firm.query(segment_metrics.won_deals(a, b)).to_pylist() for a, b in ((before, start), (start, end))]
    deals = tuple(int(sum(row["n"] for row in table)) for table in tables)
    if min(deals) < LEAST:
        return None
    found = [(key, label) for key in profile.dimensions for label in _labels(tables, key)]
    if not found:
        return Drift(before, start, end, deals, ())
    then, now = (Sums.of(**_columns(table, found)) for table in tables)
    compared = compare_with_expected(now, [_bounded(i) for i in summarise(then, share=True)], share=True, level=0.10)
    counts = [int(sum(row["n"] for row in tables[1] if row[key] == label)) for key, label in found]
    return Drift(before, start, end, deals, tuple(
        Change(key, label, n, c) for (key, label), n, c in zip(found, counts, compared, strict=True)))


def _labels(tables: list[list[dict]], key: str) -> list[str]:
    """Groups with at least five deals in one of the spans."""
    counted: dict[str, int] = {}
    for table in tables:
        for label in {row[key] for row in table if row[key] is not None}:
            n = int(sum(row["n"] for row in table if row[key] == label))
            counted[label] = max(counted.get(label, 0), n)
    return sorted(label for label, n in counted.items() if n >= 5)


def _columns(table: list[dict], found: list[tuple[str, str]]) -> dict[str, list[float]]:
    """Sums over companies of each group's deals (y) among all whose group is known (n)."""
    out: dict[str, list[float]] = {name: [] for name in Sums.__dataclass_fields__}
    for key, label in found:
        known = [row for row in table if row[key] is not None]
        mine = [row for row in known if row[key] == label]
        n, nn, companies = (float(sum(row[name] for row in known)) for name in ("n", "nn", "companies"))
        y, yy = (float(sum(row[name] for row in mine)) for name in ("n", "nn"))
        values = {"companies": companies, "n": n, "y": y, "nn": nn, "yy": yy, "ny": yy,
                  "paying": float(sum(row["companies"] for row in mine)), "top_n": 0.0, "top_y": 0.0}
        for name, value in values.items():
            out[name].append(value)
    return out


def _bounded(interval: Interval) -> Interval:
    return Interval(interval.value or 0.0, interval.low or 0.0, interval.high or 0.0)


def findings(profile: Profile, drift: Drift) -> list[Finding]:
    """A finding for each group whose share clearly changed, else one that none did."""
    clear = [c for c in drift.changes if c.compared.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    if clear:
        return [_changed(profile, drift, change) for change in clear]
    alike = bool(drift.changes) and all(
        c.compared.verdict is Verdict.NO_CLEAR_DIFFERENCE for c in drift.changes)
    return [Finding(
        function=f"{TOPIC}.drift", unit="share", n=sum(drift.deals), owner="both", method=METHOD,
        verdict=Verdict.NO_CLEAR_DIFFERENCE if alike else Verdict.TOO_FEW,
        statement=_("The kind of customers won has not clearly changed since the year before ({now} deals against "
                    "{then}).", now=Count(drift.deals[1]), then=Count(drift.deals[0])),
        action=_("Keep the key customer as it is on this account."))]


def _changed(profile: Profile, drift: Drift, change: Change) -> Finding:
    compared, rose = change.compared, change.compared.verdict is Verdict.HIGHER
    values = {
        "where": words.where(change.dimension, change.label), "now": Share(compared.own.value, 0),
        "then": Share(compared.rest.value, 0), "range": ShareRange(compared.own.low, compared.own.high, 0),
        "day": words.deadline(profile), "deals": Count(change.deals)}
    statement = _(
        "More of the deals won are {where} than the year before: {now} against {then} ({range}; {deals} deals).",
        **values) if rose else _(
        "Fewer of the deals won are {where} than the year before: {now} against {then} ({range}; {deals} deals).",
        **values)
    return Finding(
        function=f"{TOPIC}.drift", subject={change.dimension: change.label}, unit="share",
        n=sum(drift.deals), owner="both", method=METHOD, verdict=compared.verdict, statement=statement,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference,
        action=_("Say by {day} whether this shift was wanted, and name it in the strategy or correct the plan.",
                 **values),
        rival=_("The firm may have received other leads, not won other ones."))


def figure(profile: Profile, drift: Drift | None) -> Figure | Note:
    """Each group's share of the deals won, before and now; the largest changes first."""
    if drift is None:
        return Note(_("Whether the customers won have changed cannot be told: one of the two years has fewer than {n} "
                      "won deals.", n=Count(LEAST)))
    ranked = sorted(drift.changes, key=lambda c: (-abs(c.compared.difference.value), c.dimension, c.label))
    shown = [c for c in ranked if c.compared.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    shown = [*shown, *(c for c in ranked if c not in shown)][:MOST_SHOWN]
    rows = [Pair(words.label(c.dimension, c.label), c.compared.rest.value, c.compared.own.value,
                 {Verdict.HIGHER: 1, Verdict.LOWER: -1}.get(c.compared.verdict, 0),
                 _("{then} → {now}", then=Share(c.compared.rest.value, 0), now=Share(c.compared.own.value, 0)))
            for c in shown]
    span = {"before": Day(drift.before), "start": Day(drift.start), "end": Day(drift.end - dt.timedelta(days=1))}
    return Figure(
        title=_title(drift), subtitle=_(
            "Share of the deals won, {before} to {start} and from then to {end}; {then} and {now} deals. A coloured "
            "line is a clear change, a grey one may be chance.", **span, then=Count(drift.deals[0]),
            now=Count(drift.deals[1])),
        svg=pairs(rows, _("open: the year before, filled: the last twelve months")),
        alt=ListOf([_("{label}: {words}", label=row.label, words=row.words) for row in rows]),
        table=_table(drift, ranked))


def _title(drift: Drift) -> Text:
    clear = [words.label(c.dimension, c.label) for c in drift.changes
             if c.compared.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    return _("Clearly changed since the year before: {groups}", groups=ListOf(clear)) if clear else _(
        "The customers won are of the same kinds as the year before, as far as can be told")


def _table(drift: Drift, ranked: list[Change]) -> Table:
    rows = tuple(
        (Capital(words.label(c.dimension, c.label)), Share(c.compared.rest.value), Share(c.compared.own.value),
         ShareRange(c.compared.own.low, c.compared.own.high), words.judged_in_words(c.compared)) for c in ranked)
    return Table(
        caption=_("Shares of the deals won"),
        columns=(Column(_("group"), "left"), Column(_("the year before")), Column(_("last twelve months")),
                 Column(_("probably between"), "left"), Column(_("against the year before"), "left")), rows=rows)
