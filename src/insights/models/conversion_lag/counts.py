"""What a lag model is fitted on: leads counted by group, by how they stand, and by days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np

BY_GROUP = ("won", "ended", "open", "followed", "unwon", "entered", "at_once", "ended_at_once", "clusters", "companies")


@dataclass(frozen=True)
class Counts:
    """Leads counted by group (rows of every matrix, named in `groups`) and time (columns, in days, rising).

    `won`, `ended`: leads won, lost or returned, by days from creation; `open`: leads still open, by their age at
    `as_of`; `followed` and `unwon`: all leads, and those not won, by the days for which they could be watched (the age
    at `as_of`, whatever became of them); `entered`: leads that the records know only from an age on (left truncation),
    by that age. `within`: losses known to lie between two ages only: (group, from, to, number), in positions of groups
    and of days (-1: from creation). `at_once` and `ended_at_once`: won and ended on the day of creation or before it,
    so that their duration is unknown: they count to every share and to no lag. `clusters`: the sum over companies of
    the square of their leads. `correlation`: of the fates of two leads of one company. `oldest`: the first creation of
    each group. `shift` is added to whole days, which stand for their middle.
    """

    groups: tuple[object, ...]
    days: np.ndarray
    won: np.ndarray
    ended: np.ndarray
    open: np.ndarray
    followed: np.ndarray
    unwon: np.ndarray
    entered: np.ndarray
    within: np.ndarray
    at_once: np.ndarray
    ended_at_once: np.ndarray
    clusters: np.ndarray
    companies: np.ndarray
    correlation: float = 0.0
    as_of: dt.date | None = None
    oldest: tuple[dt.date | None, ...] = ()
    shift: float = 0.0
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def n(self) -> np.ndarray:
        """Leads of each group."""
        return self.timed + self.at_once + self.ended_at_once

    @property
    def timed(self) -> np.ndarray:
        """Leads of each group whose duration, or age, is known."""
        inside = np.bincount(self.within[:, 0], self.within[:, 3], len(self.groups)) if len(self.within) else 0.0
        return self.won.sum(1) + self.ended.sum(1) + self.open.sum(1) + inside

    @property
    def wins(self) -> np.ndarray:
        """Won leads of each group, those without a usable duration among them."""
        return self.won.sum(1) + self.at_once

    @property
    def design_effect(self) -> np.ndarray:
        """By how much the companies' leads, being alike, blow up the variance of a group's share (Kish 1965):
        1 + rho (sum of squares / leads - 1)."""
        n = np.maximum(self.n, 1.0)
        return 1 + max(self.correlation, 0.0) * np.maximum(self.clusters / n - 1, 0.0)

    def pick(self, groups: list[int]) -> Counts:
        """The groups at these positions."""
        place = {g: i for i, g in enumerate(groups)}
        rows = [(place[g], a, b, k) for g, a, b, k in self.within if g in place]
        return replace(
            self, groups=tuple(self.groups[g] for g in groups), oldest=tuple(self.oldest[g] for g in groups)
            if self.oldest else (), within=np.array(rows, dtype=np.int64).reshape(-1, 4),
            **{name: getattr(self, name)[groups] for name in BY_GROUP})

    def together(self, label: object = ()) -> Counts:
        """All groups as one. Companies with leads in several groups are clusters of each: their squares are those of
        the whole only where groups don't share companies."""
        within = self.within.copy()
        within[:, 0] = 0
        known = [day for day in self.oldest if day is not None]
        return replace(
            self, groups=(label,), oldest=(min(known),) if known else (None,), within=within,
            **{name: getattr(self, name).sum(axis=0, keepdims=True) for name in BY_GROUP})


def from_durations(
    time: np.ndarray, outcome: np.ndarray, group: np.ndarray | None = None, *, followed: np.ndarray | None = None,
    entry: np.ndarray | None = None,
) -> Counts:
    """Counts of single leads: `time` in days, `outcome` 1 won, 2 lost or returned, 0 open.

    `followed` is how long each could be watched (by default only open ones say so: their time, and for the others the
    longest time of all), `entry` the age from which it was watched.
    """
    time, outcome = np.asarray(time, float), np.asarray(outcome, int)
    labels, g = (np.array([0]), np.zeros(len(time), int)) if group is None else np.unique(group, return_inverse=True)
    followed = np.where(outcome == 0, time, time.max(initial=0.0)) if followed is None else np.asarray(followed, float)
    entry = np.zeros(len(time)) if entry is None else np.asarray(entry, float)
    usable = (time > 0) | (outcome == 0)
    days = np.unique(np.concatenate([time[usable], followed, entry[entry > 0]]))
    shape = (len(labels), len(days))

    def table(values: np.ndarray, chosen: np.ndarray) -> np.ndarray:
        flat = g[chosen] * shape[1] + np.searchsorted(days, values[chosen])
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(float)

    count = np.bincount(g, minlength=len(labels)).astype(float)
    return Counts(
        groups=tuple(labels.tolist()), days=days, won=table(time, usable & (outcome == 1)),
        ended=table(time, usable & (outcome == 2)), open=table(time, outcome == 0),
        followed=table(followed, usable), unwon=table(followed, usable & (outcome != 1)),
        entered=table(entry, usable & (entry > 0)),
        within=np.zeros((0, 4), dtype=np.int64), clusters=count, companies=count,
        at_once=np.bincount(g, ~usable & (outcome == 1), len(labels)),
        ended_at_once=np.bincount(g, ~usable & (outcome == 2), len(labels)))
