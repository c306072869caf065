"""Cases to learn from: what was known on a day, and what became of it later.

A case looked at on day `at` ends `ends` days later (infinite: not yet). Whether it is won within the horizon is known
on a later day t if it has ended by then or t - at is at least the horizon; other cases are censored. Their part is
taken over by like cases that were followed long enough: each known case weighs one over the share of cases of its
group that had been followed so long (inverse probability of censoring; Robins and Rotnitzky 1992; for binary outcomes
at a horizon Zheng, Cai and Feng 2006). Follow-up ends for reasons of the calendar only, so that share is counted, not
modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

MOST_WEIGHT = 10.0
LEAST_WINS = 50


@dataclass(frozen=True)
class Cases:
    """Features (a column each), and by case: `at`, the day from which they were known (any unit that orders time);
    `ends`, the time to its result in the same unit; `won`, whether that result is a win; `cluster`, whose fate it
    shares; `group`, within which follow-up is counted; `source`, by which the time to a win differs. `horizon`: the
    time within which a win counts."""

    features: pa.Table
    at: np.ndarray
    ends: np.ndarray
    won: np.ndarray
    horizon: float = 0.0
    cluster: np.ndarray | None = None
    group: np.ndarray | None = None
    source: np.ndarray | None = None

    def __post_init__(self) -> None:
        arrays = (self.at, self.ends, self.won, self.cluster, self.group, self.source)
        if {len(x) for x in arrays if x is not None} != {self.features.num_rows}:
            raise ValueError("features, at, ends, won, cluster, group and source are of one length")

    @classmethod
    def of_outcomes(cls, features: pa.Table, won: np.ndarray, at: np.ndarray | None = None) -> Cases:
        """Cases whose outcome is known at once, in the order of time (that of the rows without `at`)."""
        at = np.arange(features.num_rows, dtype=float) if at is None else np.asarray(at, dtype=float)
        return cls(features, at, np.zeros(len(at)), np.asarray(won, dtype=bool))

    def __len__(self) -> int:
        return self.features.num_rows

    def pick(self, chosen: np.ndarray) -> Cases:
        """The cases of a mask or of positions."""
        places = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        own = (None if x is None else x[places] for x in (self.cluster, self.group, self.source))
        return Cases(
            self.features.take(places), self.at[places], self.ends[places], self.won[places], self.horizon, *own)

    def in_time(self) -> np.ndarray:
        """Whether each case was won within the horizon, as far as is known in the end."""
        return self.won & (self.ends <= self.horizon)

    def settled(self, day: float) -> tuple[np.ndarray, np.ndarray]:
        """Outcome of each case, and weight 1 where it had been followed for the whole horizon by the end of `day`, else
        0: what models are judged by. Within a block of time censoring is no chance, so that weights cannot mend it."""
        followed = (day - self.at >= self.horizon) & (day >= self.at)
        return (self.in_time() & followed).astype(float), followed.astype(float)

    def watched(self, day: float) -> tuple[np.ndarray, np.ndarray]:
        """Whether each case was won within the horizon by the end of `day`, and the share of such wins that are in by
        its age (0: a later case, or too few wins of its group tell): by what a level of today is measured before all
        is known.

        That share is counted among the wins of cases followed for the whole horizon, source by source within each
        group where a source has enough of them: when slow sources gain, fewer wins are in than the mean would say.
        """
        followed = day - self.at
        y, settled = self.settled(day)
        seen = settled.copy()
        nobody = np.zeros(len(self), dtype=np.int64)
        group, source = (
            nobody if x is None else np.unique(x, return_inverse=True)[1] for x in (self.group, self.source))
        young = np.flatnonzero((followed >= 0) & (settled == 0))
        won = np.flatnonzero(y > 0)
        for key in (group, group * (source.max(initial=0) + 1) + source):
            order, ends = young[np.argsort(key[young], kind="stable")], won[np.lexsort((self.ends[won], key[won]))]
            keys, starts = np.unique(key[ends], return_index=True)
            bounds = np.append(starts, len(ends))
            enough = np.flatnonzero(np.diff(bounds) >= LEAST_WINS)
            first, last = (np.searchsorted(key[order], keys[enough], side=side) for side in ("left", "right"))
            for k, low, high in zip(enough, first, last, strict=True):
                mine, taken = order[low:high], self.ends[ends[bounds[k]:bounds[k + 1]]]
                seen[mine] = np.searchsorted(taken, followed[mine], side="right") / len(taken)
        in_by_now = self.in_time() & (self.ends <= followed) & (followed >= 0)
        return in_by_now.astype(float), seen

    def known(self, day: float) -> tuple[np.ndarray, np.ndarray]:
        """Outcome (1: won within the horizon) and weight of each case as known at the end of `day`; the weight is zero
        where it is not known yet, or the case lies later."""
        followed = day - self.at
        counted = followed >= 0
        settled = counted & ((self.ends <= followed) | (followed >= self.horizon))
        weights = np.zeros(len(self))
        needed = np.minimum(self.ends, self.horizon)
        groups = np.zeros(len(self), dtype=int) if self.group is None else self.group
        for g in np.unique(groups[settled]):
            own = groups == g
            lengths = np.sort(followed[own & counted])
            if (lengths >= self.horizon).mean() < 1 / MOST_WEIGHT:
                # Hardly anyone was followed to the end: nobody can stand in for those who had not won by then.
                continue
            mine = own & settled
            share = 1 - np.searchsorted(lengths, needed[mine], side="left") / len(lengths)
            weights[mine] = np.minimum(1 / np.maximum(share, 1e-12), MOST_WEIGHT)
        return (self.in_time() & settled).astype(float), weights
