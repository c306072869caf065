"""What differs between the findings of two runs: new, gone, changed beyond noise, and why.

Both sides are entries of `findings.json`. A value has changed *beyond noise* where the difference of the two estimates
is larger than their intervals allow, as if the runs shared no data (they mostly do, so this is cautious), with false
alarms held to one in ten over all compared findings (Benjamini and Hochberg 1995); or where a verdict has turned to its
opposite. An exact count moves without noise, so it is told apart: it is `moved`, not changed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

NEW, STANDING, CHANGED, GONE = "new", "standing", "changed", "gone"
_DECIDED = ("higher", "lower", "no_clear_difference", "kept", "not_kept")
_OPPOSITES = ({"higher", "lower"}, {"kept", "not_kept"})
_Q = 0.10
_Z = 1.6448536269514722
_MONTHS = "January February March April May June July August September October November December".replace(" ", "|")
_DATE = re.compile(rf"(\d{{1,2}} )?({_MONTHS}) \d{{4}}|Q[1-4] \d{{4}}")
_NUMBER = re.compile(r"\d[\d,.]*")
_LITERAL = re.compile(r"'[^']*'|\b\d+(?:\.\d+)?\b")


@dataclass(frozen=True)
class Change:
    """One finding in both runs. `status` is new, standing, changed or gone; `moved` an exact count that is another, or
    that is held against another number (its plan); `redefined` whether its definition is another; `told` and
    `told_before` whether it said something definite."""

    id: str
    status: str
    before: Mapping | None = None
    after: Mapping | None = None
    moved: bool = False
    redefined: bool = False

    @property
    def told(self) -> bool:
        return _told(self.after)

    @property
    def told_before(self) -> bool:
        return _told(self.before)

    @property
    def counted(self) -> bool:
        """Whether it is something that somebody should see to and that was counted, not estimated: that it has come or
        gone is no noise."""
        entry = self.after or self.before
        return entry["verdict"] is None and entry["interval"] is None and bool(entry.get("action"))


def compare(before: Sequence[Mapping], after: Sequence[Mapping]) -> list[Change]:
    """Every finding of either run, in the order of the later one, those that are gone last.

    Findings of topics that only one of the runs has asked are left out: nothing can be said of them.
    """
    before, after = ([entry for entry in side if entry.get("status") != GONE] for side in (before, after))
    topics = {entry["topic"] for entry in before} & {entry["topic"] for entry in after}
    earlier = {entry["id"]: entry for entry in before if entry["topic"] in topics}
    later = {entry["id"]: entry for entry in after if entry["topic"] in topics}
    both = [identity for identity in later if identity in earlier]
    beyond = dict(zip(both, _beyond_noise([(earlier[i], later[i]) for i in both]), strict=True))
    found = [_change(i, earlier.get(i), later[i], beyond.get(i, False)) for i in later]
    return found + [Change(i, GONE, earlier[i]) for i in earlier if i not in later]


def definition(entry: Mapping) -> str:
    """A fingerprint of how a finding is made: its method and its query without the values in them, and its unit."""
    sql = (entry.get("evidence") or {}).get("sql") or ""
    method = (entry.get("method") or {}).get("en", "")
    parts = (_LITERAL.sub("?", sql), re.sub(r"\d[\d,. ]*", "?", method), entry.get("unit", ""))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _change(identity: str, before: Mapping | None, after: Mapping, beyond: bool) -> Change:
    if before is None:
        return Change(identity, NEW, None, after)
    exact = after["interval"] is None and before["interval"] is None
    moved = exact and (after["value"] != before["value"] or _numbers(before) != _numbers(after))
    turned = {before["verdict"], after["verdict"]} in _OPPOSITES
    status = CHANGED if beyond or turned else STANDING
    return Change(identity, status, before, after, moved, definition(before) != definition(after))


def _numbers(entry: Mapping) -> list[str]:
    """The numbers that a sentence says, its dates left out: the plan beside a count, say."""
    sentence = (entry.get("statement") or {}).get("en", "")
    return _NUMBER.findall(_DATE.sub("", sentence))


def _told(entry: Mapping | None) -> bool:
    return bool(entry) and entry["verdict"] in _DECIDED


def _beyond_noise(pairs: Sequence[tuple[Mapping, Mapping]]) -> list[bool]:
    from insights.evidence.comparison import benjamini_hochberg

    p = np.array([_p_value(*pair) for pair in pairs])
    rejected, tested = np.zeros(len(p), dtype=bool), p < 2
    rejected[tested] = benjamini_hochberg(p[tested], _Q)
    return [bool(r) for r in rejected]


def _p_value(before: Mapping, after: Mapping) -> float:
    """p of "nothing has changed"; 2 where the two cannot be compared."""
    from scipy.special import ndtr

    if None in (before["value"], after["value"], before["interval"], after["interval"]) \
            or before["unit"] != after["unit"]:
        return 2.0
    d = after["value"] - before["value"]
    # Towards each other: the upper half of the lower interval, the lower half of the upper one.
    low, high = (before, after) if d > 0 else (after, before)
    error = np.hypot(low["interval"][1] - low["value"], high["value"] - high["interval"][0]) / _Z
    if not error:
        return 2.0 if not d else 0.0
    return float(2 * ndtr(-abs(d) / error))
