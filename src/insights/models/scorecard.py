"""A fit score from 0 to 100 that can be added up by hand: points for each attribute, and for each confirmed rule.

The points are the main effects of the additive model on its own scale (plus the shrunk departure of confirmed
combinations), stretched so that the worst possible company has 0 and the best 100. A tier says how the ratio expected
of a company compares with that of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from insights.evidence.comparison import MIN_COMPANIES, MIN_LEADS
from insights.models.additive import fit
from insights.models.leaves import Leaves, Segment

UNKNOWN = "unknown"
GIANT, SPREAD = 0.3, 0.4
TIERS = (("A", 1.5), ("B", 0.75), ("C", 0.0))


@dataclass(frozen=True)
class Scorecard:
    """`points`: for each attribute the points of each value that has enough leads and companies to be told, and of
    UNKNOWN, which stands for all others; `bonus`: rules and what they add; `start`:
    what every company begins with. Tiers are cut at `cuts` of the score (`A` from, `B` from)."""

    points: Mapping[str, Mapping[str, float]]
    bonus: tuple[tuple[Segment, float], ...]
    start: float
    cuts: tuple[tuple[str, float], ...]

    def score(self, values: Mapping[str, str | None]) -> float:
        """The score of a company with these attributes."""
        total = self.start + sum(
            points.get(values.get(attribute) or UNKNOWN, points[UNKNOWN]) for attribute, points in self.points.items())
        total += sum(extra for segment, extra in self.bonus
                     if all(values.get(attribute) in wanted for attribute, wanted in segment.parts))
        return float(min(max(total, 0.0), 100.0))

    def tier(self, score: float) -> str:
        """The tier of a score."""
        return next((name for name, cut in self.cuts if score >= cut), self.cuts[-1][0])


def scorecard(leaves: Leaves, confirmed: Mapping[Segment, float]) -> Scorecard | None:
    """The card of these leads; `confirmed` holds segments with how many times more (or less) they bring than their main
    effects lead to expect. None where nothing was brought."""
    total, cases = leaves.sums["y"].sum(), leaves.sums["n"].sum()
    if total <= 0 or cases <= 0:
        return None
    taken = leaves.any_of(list(confirmed))
    main, told = _told(leaves)
    fitted = fit(main, _without_giants(leaves, main), share=leaves.share, spread=SPREAD,
                 use=~taken if not taken.all() else None)
    raw, place = {}, 1
    for attribute, level in zip(leaves.attributes, main, strict=True):
        words, size = leaves.vocabulary.words[attribute], int(level.max(initial=0)) + 1
        effects = fitted.effects[place:place + size]
        place += size
        weight = np.bincount(level, leaves.sums["n"], size)
        middle = float((effects * weight).sum() / max(weight.sum(), 1e-9))
        points = {word: float(effects[i]) for i, word in enumerate(words) if word in told[attribute]}
        raw[attribute] = points | {UNKNOWN: float(effects[len(words)]) if size > len(words) else middle}
    bonus = {segment: float(np.log(max(times, 1e-3))) for segment, times in confirmed.items()}
    best = sum(max(p.values()) for p in raw.values()) + sum(max(b, 0.0) for b in bonus.values())
    worst = sum(min(p.values()) for p in raw.values()) + sum(min(b, 0.0) for b in bonus.values())
    stretch = 100 / max(best - worst, 1e-9)
    base = total / cases
    level = float(fitted.effects[0])
    cuts = tuple((name, _cut(base * times, level, worst, stretch, leaves.share)) for name, times in TIERS)
    lows = {attribute: min(p.values()) for attribute, p in raw.items()}
    return Scorecard(
        {a: {word: (x - lows[a]) * stretch for word, x in p.items()} for a, p in raw.items()},
        tuple((segment, b * stretch) for segment, b in bonus.items()),
        -sum(min(b, 0.0) for b in bonus.values()) * stretch, cuts)


def _told(leaves: Leaves) -> tuple[list[np.ndarray], dict[str, set[str]]]:
    """Levels in which values with too few leads or companies stand among the unknown, and the values that remain: a
    group that may not be shown makes no points either."""
    main, told = [], {}
    for attribute, level in zip(leaves.attributes, leaves.main, strict=True):
        words = leaves.vocabulary.words[attribute]
        n, companies = (np.bincount(level, leaves.sums[name], len(words) + 1) for name in ("n", "companies"))
        large = (n >= MIN_LEADS) & (companies >= MIN_COMPANIES)
        told[attribute] = {word for i, word in enumerate(words) if large[i]}
        main.append(np.where(large[level], level, len(words)))
    return main, told


def _without_giants(leaves: Leaves, main: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The sums, less the largest customer of every value that brings a large part of all that its value brings: a
    single deal makes no points."""
    sums = {name: column.astype(float).copy() for name, column in leaves.sums.items()}
    if leaves.share:
        return sums
    drop = set()
    for level in main:
        for place in range(int(level.max(initial=-1)) + 1):
            cells = np.flatnonzero(level == place)
            total = leaves.sums["y"][cells].sum()
            if total > 0:
                largest = int(cells[np.argmax(leaves.sums["top_y"][cells])])
                if leaves.sums["top_y"][largest] > GIANT * total:
                    drop.add(largest)
    for cell in drop:
        top, n = leaves.sums["top_y"][cell], leaves.sums["top_n"][cell]
        for name, less in (("y", top), ("yy", top**2), ("ny", n * top)):
            sums[name][cell] -= less
    return sums


def _cut(ratio: float, level: float, worst: float, stretch: float, share: bool) -> float:
    """The score at which a company is expected to bring that ratio."""
    if ratio <= 0:
        return 0.0
    linear = np.log(ratio / max(1 - ratio, 1e-9)) if share else np.log(ratio)
    return float((linear - level - worst) * stretch)
