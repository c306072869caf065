"""Who at the customer's decides on the purchase, whether leads reach that person, and whom the campaigns address.

Only what was known at a lead's creation or by day 14 counts: people are written down late where a deal goes well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Interval, Sums, compare_with_rest, summarise
from insights.metrics import roles as role_metrics
from insights.tables.titles import function_named, read_titles

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

MIN_DECIDERS = 30
DIMENSIONS = ("industry", "size", "country")
_FIELDS = ("companies", "n", "y", "nn", "yy", "ny", "paying")


@dataclass(frozen=True)
class Decider:
    """A function and its share of the won leads whose decider was known early."""

    function: str
    won: int
    share: Interval


@dataclass(frozen=True)
class Reach:
    """A group's leads at least 14 days old: all, those of which a person's function was known by then, those that had
    reached the decider; `share` of the second, with its interval."""

    label: str
    leads: int
    told: int
    reached: int
    share: Interval | None


@dataclass(frozen=True)
class Segment:
    """A group of a dimension: who decides there most often (None where too few deciders were known early), in how many
    won leads (`told`); the function that most of the campaign money for the group addresses, its share, and the share
    that goes to the decider (None without campaigns for the group that name an audience)."""

    dimension: str
    label: str
    told: int
    decider: Decider | None
    addressed: tuple[str, float] | None
    to_decider: float | None


@dataclass(frozen=True)
class Roles:
    """Who decides. `deciders` in order; `won`, `told`, `ever`: won leads, with a decider known early, or ever;
    `unread`: titles in no known language with their contacts; `by_title`: roles are inferred from titles, since the
    firm records none; `groups`: the reach by segment; `compared`: closed leads that had reached the decider by day 14
    against those that had not; `audience`: campaign money by the function addressed; `unnamed`: audiences that no title
    or function names; `segments`: who decides and whom campaigns address, group by group."""

    contacts: int
    without_title: int
    titles: int
    unread: tuple[tuple[str, int], ...]
    by_title: bool
    deciders: tuple[Decider, ...]
    won: int
    told: int
    ever: int
    reach: Reach | None
    groups: dict[str, tuple[Reach, ...]]
    compared: Comparison | None
    audience: tuple[tuple[str, float], ...]
    unnamed: tuple[str, ...] = ()
    segments: tuple[Segment, ...] = ()

    @property
    def decider(self) -> Decider | None:
        """The function that decides most often, if enough deciders were known early."""
        return self.deciders[0] if self.deciders and self.told >= MIN_DECIDERS else None

    @property
    def addressed(self) -> tuple[str, float] | None:
        """The function that gets most of the campaign money with a readable audience, and its share of it."""
        total = sum(spend for _name, spend in self.audience)
        return (self.audience[0][0], self.audience[0][1] / total) if total > 0 else None


def judge(profile: Profile) -> Roles | None:
    """Read the titles, find who decides, and who is reached; None without contacts."""
    firm = profile.firm
    if not firm.has("contacts"):
        return None
    own = firm.checked.settings.job_titles
    rows = firm.query(role_metrics.job_titles()).to_pylist()
    listed = {row["title"]: int(row["contacts"]) for row in rows if row["title"] is not None}
    read = read_titles(listed, own)
    titles = {title: (found.function, found.role) for title, found in read.items()}
    with_people, by_title = firm.has("lead_contacts"), not sum(row["with_role"] for row in rows)
    options = {"lead_contacts": with_people, "by_title": by_title}
    found = firm.query(role_metrics.deciders(titles, firm.as_of, **options)).to_pylist() if titles else []
    counted = firm.row(role_metrics.totals(titles, firm.as_of, **options)) if titles else {}
    deciders = _deciders(found)
    reach, groups, compared = None, {}, None
    if deciders and int(counted["told"]) >= MIN_DECIDERS:
        table = firm.query(role_metrics.reached(
            titles, firm.as_of, deciders[0].function, lead_contacts=with_people)).to_pylist()
        reach, groups, compared = _reach("", table), _groups(table), _compared(table)
    audience, unnamed = _audience(profile, own)
    cells = firm.query(role_metrics.deciders_by_cell(titles, firm.as_of, **options)).to_pylist() if found else []
    return Roles(
        contacts=sum(int(row["contacts"]) for row in rows), titles=len(listed),
        without_title=sum(int(row["contacts"]) for row in rows if row["title"] is None),
        unread=tuple((title, n) for title, n in listed.items() if title not in titles), by_title=by_title,
        deciders=deciders, won=int(counted.get("won", 0)), told=int(counted.get("told", 0)),
        ever=int(counted.get("ever", 0)), reach=reach, groups=groups, compared=compared, audience=audience,
        unnamed=unnamed, segments=tuple(s for key in DIMENSIONS for s in _segments(profile, key, cells)))


def _deciders(rows: list[dict]) -> tuple[Decider, ...]:
    if not rows:
        return ()
    columns = {name: [float(row[name]) for row in rows] for name in _FIELDS}
    zero = np.zeros(len(rows))
    intervals = summarise(Sums.of(**columns, top_n=zero, top_y=zero), share=True)
    return tuple(Decider(row["function"], int(row["y"]), interval)
                 for row, interval in zip(rows, intervals, strict=True))


def _segments(profile: Profile, key: str, cells: list[dict]) -> list[Segment]:
    """Every group with a known decider or an audience, the most deciders first."""
    own, spend = profile.firm.checked.settings.job_titles, {}
    for row in profile.addressed:
        if row[key] and row["role"]:
            by_role = spend.setdefault(row[key], {})
            name = function_named(row["role"], own) or row["role"]
            by_role[name] = by_role.get(name, 0.0) + (row["spend"] or 0.0)
    found = []
    for label in sorted({row[key] for row in cells if row[key] is not None} | set(spend)):
        decider, told = _leading([row for row in cells if row[key] == label])
        by_role = {name: amount for name, amount in spend.get(label, {}).items() if amount > 0}
        total = sum(by_role.values())
        most = min(by_role, key=lambda name: (-by_role[name], name)) if by_role else None
        found.append(Segment(
            key, label, told, decider, (most, by_role[most] / total) if most else None,
            by_role.get(decider.function, 0.0) / total if decider and total else None))
    return sorted(found, key=lambda s: (-s.told, s.label))


def _leading(rows: list[dict]) -> tuple[Decider | None, int]:
    """The function that decides most often in these cells, and the won leads whose decider was known early."""
    whole = {name: sum(row[name] for row in rows) for name in ("companies", "n", "nn")}
    if whole["n"] < MIN_DECIDERS:
        return None, int(whole["n"])
    by_function: dict[str, dict] = {}
    for row in rows:
        if row["function"] is not None:
            mine = by_function.setdefault(row["function"], {"function": row["function"], **whole})
            for name in ("y", "yy", "ny", "paying"):
                mine[name] = mine.get(name, 0) + row[name]
    first = min(by_function.values(), key=lambda mine: (-mine["y"], mine["function"]))
    return _deciders([first])[0], int(whole["n"])


def _reach(label: str, rows: list[dict]) -> Reach:
    told = [row for row in rows if row["reached"] is not None]
    reached = [row for row in told if row["reached"]]
    n, y = (float(sum(row["leads"] for row in part)) for part in (told, reached))
    share = None
    if n:
        squares = {"nn": told, "yy": reached, "ny": reached}
        columns = {name: [float(sum(row["leads_squared"] for row in part))] for name, part in squares.items()}
        companies = float(sum(row["all_companies"] for row in told))
        share = summarise(Sums.of(companies=[companies], n=[n], y=[y], paying=[y], top_n=[0], top_y=[0], **columns),
                          share=True)[0]
    return Reach(label, int(sum(row["leads"] for row in rows)), int(n), int(y), share)


def _groups(rows: list[dict]) -> dict[str, tuple[Reach, ...]]:
    out = {}
    for key in DIMENSIONS:
        labels = sorted({row[key] for row in rows if row[key] is not None})
        found = [_reach(label, [row for row in rows if row[key] == label]) for label in labels]
        out[key] = tuple(sorted(found, key=lambda r: (-r.leads, r.label)))
    return out


def _compared(rows: list[dict]) -> Comparison | None:
    sides = [[row for row in rows if row["reached"] is side] for side in (True, False)]
    if not all(sum(row["n"] for row in side) for side in sides):
        return None
    columns = {name: [float(sum(row[name] for row in side)) for side in sides] for name in _FIELDS}
    zero = np.zeros(2)
    return compare_with_rest(Sums.of(**columns, top_n=zero, top_y=zero), share=True)[0]


def _audience(profile: Profile, own) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
    firm, spend, unnamed = profile.firm, {}, set()
    if not firm.has("spend", "campaigns"):
        return (), ()
    for row in firm.query(role_metrics.audiences(firm.period.start, firm.period.end)).to_pylist():
        if row["role"]:
            name = function_named(row["role"], own)
            if name is None:
                unnamed.add(row["role"])
            spend[name or row["role"]] = spend.get(name or row["role"], 0.0) + (row["spend"] or 0.0)
    return tuple(sorted(spend.items(), key=lambda pair: (-pair[1], pair[0]))), tuple(sorted(unnamed))
