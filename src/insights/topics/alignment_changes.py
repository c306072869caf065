"""The change letter: what changed beyond noise since the last report, and which of its statements are withdrawn because
the records of past months were changed afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Finding, changes
from insights.evidence.changes import CHANGED, GONE, NEW, Change, compare
from insights.figures.model import ChangeGroup, Changes
from insights.language import Capital, Count, Day, Given, ListOf, Month, Text
from insights.metrics import money

if TYPE_CHECKING:
    from insights.firm import Firm

MOST = 8
_ = Text
_WORDS = {"created": _("leads"), "won": _("wins"), "orders": _("orders"), "revenue": _("net sales")}


@dataclass(frozen=True)
class Earlier:
    """An earlier run, as its files tell: its findings, the day it spoke of, the months of its records. `problem` says
    why there is none to compare with; `forecasts` are those of all earlier runs."""

    findings: Sequence[Mapping] = ()
    as_of: str = ""
    data_hash: str = ""
    months: Mapping[str, Mapping[str, Mapping]] = None
    problem: str = ""
    forecasts: Sequence[Mapping] = ()


def months(firm: Firm) -> dict[str, dict[str, dict]]:
    """The records of each whole month before the one of `as_of`: leads created, leads won, orders and their net sales.
    A later run sees from them whether the past has been rewritten."""
    until = firm.as_of.replace(day=1)
    found: dict[str, dict[str, dict]] = {}
    if firm.has("leads", "lead_stages"):
        found["leads"] = {row["month"].isoformat()[:7]: {"created": int(row["created"]), "won": int(row["won"])}
                          for row in firm.query(money.months_of_leads(until)).to_pylist()}
    if firm.has("orders"):
        found["orders"] = {row["month"].isoformat()[:7]: {"orders": row["orders"], "revenue": str(row["revenue"])}
                           for row in firm.query(money.months_of_orders(until)).to_pylist()}
    return found


def restated(before: Mapping | None, now: Mapping) -> dict[str, list[str]]:
    """For each measure the months whose records are not what the earlier run saw, the latest first."""
    found: dict[str, list[str]] = {}
    for table, earlier in (before or {}).items():
        for month in sorted(earlier, reverse=True):
            for measure, value in earlier[month].items():
                if now.get(table, {}).get(month, {}).get(measure, 0) != value:
                    found.setdefault(measure, []).append(month)
    return found


def letter(firm: Firm, findings: Iterable[Finding], earlier: Earlier | None) -> Changes:
    """What a reader of the last report must know now."""
    if earlier is None:
        return Changes(_("This is the first report on these data: from the next one on, this part says what has "
                         "changed, and what is withdrawn."))
    if earlier.problem:
        return Changes(_("The earlier report could not be read, so nothing is compared with it."))
    found = compare(earlier.findings, [f.to_json() for f in findings])
    day = Day(dt.date.fromisoformat(earlier.as_of))
    redone = restated(earlier.months, months(firm))
    withdrawn = [c for c in found if c.told_before and redone and not c.redefined and not _same_verdict(c)]
    groups = [
        _group(_("Changed beyond noise"), _("The two figures differ by more than chance would make of them."),
               [c for c in found if c.status == CHANGED and not c.redefined]),
        _group(_("Withdrawn, because records of past months were changed afterwards"), _restated_text(redone),
               withdrawn),
        _group(_("Changed because the definition changed"),
               _("These figures cannot be compared with the earlier ones."),
               [c for c in found if c.redefined and (c.status == CHANGED or c.moved)]),
        _group(_("Can be said now"), _("The earlier report could not tell."),
               [c for c in found if c.told and not c.told_before and c.status != CHANGED and not c.redefined]),
        _group(_("Can no longer be said"), _("The earlier report could tell; these records do not carry it any more."),
               [c for c in found if c.told_before and not c.told and c not in withdrawn]),
        _group(_("New in the records"), _("Counted, not estimated: there is no noise in it."),
               [c for c in found if c.status == NEW and c.counted]),
        _group(_("No longer named"), _("It is no longer so, or something more urgent has taken its place."),
               [c for c in found if c.status == GONE and c.counted]),
    ]
    groups = [group for group in groups if group]
    stands = sum(c.status == changes.STANDING and c.told for c in found)
    if groups or redone:
        sentence = _("Compared with the report as at {day}.", day=day)
    else:
        sentence = _("Nothing has changed beyond noise since the report as at {day}; {n} statement stands.",
                     plural="Nothing has changed beyond noise since the report as at {day}; {n} statements stand.",
                     n=stands, day=day)
    if redone and not withdrawn:
        groups.append(ChangeGroup(_("Records of past months were changed afterwards"), _restated_text(redone), ()))
    return Changes(sentence, tuple(groups))


def _same_verdict(change: Change) -> bool:
    return change.after is not None and change.after["verdict"] == change.before["verdict"]


def _group(title: Text, meaning: Text, found: list[Change]) -> ChangeGroup | None:
    ranked = sorted(found, key=lambda c: -((c.after or c.before).get("rank") or 0))
    if not ranked:
        return None
    statements = tuple((_sentence(c.after), _sentence(c.before)) for c in ranked[:MOST])
    if len(ranked) > MOST:
        meaning = _("{meaning} The weightiest {shown} of {n}.", meaning=meaning, shown=MOST, n=Count(len(ranked)))
    return ChangeGroup(title, meaning, statements)


def _sentence(entry: Mapping | None) -> Given | None:
    return Given(entry["statement"]) if entry else None


def _restated_text(redone: Mapping[str, list[str]]) -> Text:
    parts = [_("{measure} of {months}", measure=_WORDS[measure], months=_named(listed))
             for measure, listed in redone.items()]
    return _("{What} are not what the last report saw.", What=Capital(ListOf(parts))) if parts else Text("")


def _named(listed: Sequence[str]) -> object:
    days = [dt.date.fromisoformat(f"{month}-01") for month in listed]
    if len(days) <= 3:
        return ListOf([Month(day) for day in sorted(days)])
    return _("{n} months from {first} to {last}", n=Count(len(days)), first=Month(min(days)), last=Month(max(days)))
