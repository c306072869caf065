"""The search for combinations that bring more, or less, than their attributes alone lead to expect.

Candidates are found on earlier leads: of all conjunctions up to depth three the one that departs furthest from additive
main effects, then, with its leads taken out and the main effects fitted anew, the next one. They are confirmed on later
leads that the search has not seen. Whole companies are shuffled over the cells to see how good a best segment chance
finds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from insights.evidence import Comparison, Interval, compare_with_expected
from insights.evidence.comparison import MIN_COMPANIES, MIN_CUSTOMERS, MIN_LEADS
from insights.evidence.words import LEVEL
from insights.models.additive import Additive, fit
from insights.models.leaves import ATTRIBUTES, Leaves, Segment

MOST_CANDIDATES = 10
BAR = 2.0
FALSE_ALARM = 0.05
MERGE_BAR = 1.5
WORTH = 0.4
MOST_MOVES = 4
LEAST_LEFT = 0.05
MOST_VALUES = 3
PLACES = ("country", "region")
Rank = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Candidate:
    """A segment found on earlier leads: how many standard errors it lies above (below) its expectation there."""

    segment: Segment
    z: float

    @property
    def higher(self) -> bool:
        """Whether it brought more than expected."""
        return self.z > 0


@dataclass(frozen=True)
class Searched:
    """The outcome of a search: its candidates, how many segments were looked at, and the best one's z."""

    candidates: tuple[Candidate, ...]
    segments: int
    best: float


def search(leaves: Leaves) -> Searched:
    """Up to ten candidates among all conjunctions of two or three attributes with enough leads and companies.

    A candidate must be far from the average of all leads (that is what a key customer is) and beyond what its main
    effects explain; those furthest out come first.
    """
    scan = _scan(leaves, np.zeros(len(leaves.sums["n"]), dtype=bool))
    looked = scan.eligible & (leaves.space.depths > 1)
    best = float(np.where(looked, departing(scan.away, scan.z), 0.0).max(initial=0.0))
    found = greedy(leaves, departing, least=BAR, most=MOST_CANDIDATES, shallow=False)
    return Searched(tuple(found), int(looked.sum()), best)


def greedy(leaves: Leaves, rank: Rank, *, least: float, most: int, shallow: bool, sign: int = 0) -> list[Candidate]:
    """The segments that stand out most by `rank`, one after the other, each sought among the leads that those before it
    leave; `sign` asks for one side only, `shallow` lets single attributes in."""
    taken, found = np.zeros(len(leaves.sums["n"]), dtype=bool), []
    while len(found) < most:
        scan = _scan(leaves, taken)
        ranks = np.where(scan.eligible & (shallow | (leaves.space.depths > 1)), rank(scan.away, scan.z), 0.0)
        ranks = np.where(ranks * sign >= 0, ranks, 0.0) if sign else ranks
        if not len(ranks) or np.abs(ranks).max() < least:
            break
        place = int(np.argmax(np.abs(ranks)))
        candidate = _shaped(leaves, scan, leaves.segment(place), float(ranks[place]), rank)
        found.append(candidate)
        taken |= leaves.mask(candidate.segment)
    return found


def departing(away: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Far from the average and beyond the main effects, both on one side; 0 where they are not. The second counts no
    more than the first, which does without the largest customer."""
    sign = np.sign(away)
    return np.where(z * sign > 0, sign * (np.abs(away) + np.minimum(z * sign, np.abs(away))) / 2, 0.0)


def standing_out(away: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Far from the average, the more so if beyond the main effects."""
    beyond = np.clip(z * np.sign(away), 0.0, np.abs(away))
    return np.sign(away) * (np.abs(away) + beyond) / 2


@dataclass(frozen=True)
class _Scan:
    """Every conjunction against its expectation, and what the same needs for any other set of cells."""

    z: np.ndarray
    away: np.ndarray
    eligible: np.ndarray
    base: float
    cells: dict[str, np.ndarray]
    weighted: np.ndarray
    inverse: np.ndarray
    scale: float


def _scan(leaves: Leaves, taken: np.ndarray) -> _Scan:
    space = leaves.space
    fitted = fit(leaves.main, leaves.sums, share=leaves.share, use=~taken)
    cells = _against(leaves.sums, fitted, ~taken)
    weighted = cells["unit"][:, None] * fitted.design
    inverse = np.linalg.pinv(fitted.design.T @ weighted)
    totals = dict(zip(cells, space.totals(*cells.values()), strict=True))
    totals["top"] = space.largest(cells["top"])
    slopes = np.stack(space.totals(*weighted.T), axis=1)
    z = _z(totals, slopes, inverse, fitted.scale)
    base = float(leaves.sums["y"].sum() / max(leaves.sums["n"].sum(), 1e-9))
    away, eligible = _away(totals, base, fitted.scale, leaves.share), _eligible(totals, leaves.share)
    return _Scan(z, away, eligible, base, cells, weighted, inverse, fitted.scale)


def _against(sums: dict[str, np.ndarray], fitted: Additive, use: np.ndarray) -> dict[str, np.ndarray]:
    """What each cell has, what is expected of it, and how much it weighs in the fit."""
    columns = {"n": sums["n"], "companies": sums["companies"], "paying": sums["paying"], "y": sums["y"],
               "expected": sums["n"] * fitted.rate, "unit": fitted.unit(sums["n"]), "top": sums["top_y"]}
    return {name: np.where(use, column, 0.0) for name, column in columns.items()}


def _z(totals: dict[str, np.ndarray], slopes: np.ndarray, inverse: np.ndarray, scale: float) -> np.ndarray:
    """The efficient score of each segment in standard errors: what lies above its expectation, knowing that the main
    effects were fitted on it too (Rao 1948)."""
    absorbed = np.einsum("ij,jk,ik->i", slopes, inverse, slopes)
    left = np.where(totals["unit"] - absorbed > LEAST_LEFT * totals["unit"], totals["unit"] - absorbed, np.inf)
    return (totals["y"] - totals["expected"]) / np.sqrt(np.maximum(scale * left, 1e-300))


def _away(totals: dict[str, np.ndarray], base: float, scale: float, share: bool) -> np.ndarray:
    """How far each segment lies from the average of all, in standard errors; in money what lies above it must do so
    without its largest customer."""
    expected = totals["n"] * base
    error = np.sqrt(np.maximum(scale * expected * ((1 - base) if share else 1.0), 1e-300))
    away = (totals["y"] - expected) / error
    if share:
        return away
    return np.where(away > 0, np.maximum((totals["y"] - totals["top"] - expected) / error, 0.0), away)


def _eligible(totals: dict[str, np.ndarray], share: bool) -> np.ndarray:
    large = (totals["n"] >= MIN_LEADS) & (totals["companies"] >= MIN_COMPANIES)
    expected_payers = totals["n"] * totals["paying"].sum() / max(totals["n"].sum(), 1.0)
    return large & (share | (np.maximum(totals["paying"], expected_payers) >= MIN_CUSTOMERS))


def _shaped(leaves: Leaves, scan: _Scan, segment: Segment, value: float, rank: Rank) -> Candidate:
    """The segment with sister values of an attribute added ("in Germany or Czechia") as long as the whole stands out no
    less, or narrowed to the best values of a further one as long as it stands out clearly more: of two that stand out
    alike the wider one has more later leads to be judged by."""
    best, sign = Candidate(segment, value), np.sign(value)

    def ranked(one: Segment) -> float:
        return _rank_of(leaves, scan, one, rank) * sign

    for _ in range(MOST_MOVES):
        moves = [(move, 0.0) for move in _sisters(leaves, best.segment, ranked)]
        moves += [(move, WORTH) for move in _narrower(leaves, best.segment, ranked)]
        tried = [(ranked(move), asked, move) for move, asked in moves]
        gain, asked, better = max(tried, key=lambda one: one[0] - one[1], default=(0.0, np.inf, best.segment))
        if gain - asked < best.z * sign:
            break
        best = Candidate(better, gain * sign)
    return best


def _sisters(leaves: Leaves, segment: Segment, ranked: Callable[[Segment], float]) -> list[Segment]:
    """The segment with one more value, where that value alone points the same way."""
    found = []
    for attribute, values in segment.parts:
        for word in leaves.vocabulary.words[attribute] if len(values) < MOST_VALUES else ():
            if word not in values and ranked(_with(segment, attribute, (word,))) > MERGE_BAR:
                found.append(_with(segment, attribute, tuple(sorted((*values, word)))))
    return found


def _narrower(leaves: Leaves, segment: Segment, ranked: Callable[[Segment], float]) -> list[Segment]:
    """The segment limited to the best one, two, three values of an attribute that it leaves free."""
    found = []
    free = [a for a in leaves.attributes if not segment.value(a)] if segment.depth < leaves.space.depth else []
    for attribute in free:
        if attribute in PLACES and any(segment.value(place) for place in PLACES):
            continue
        tried = {word: _ordered(Segment((*segment.parts, (attribute, (word,)))))
                 for word in leaves.vocabulary.words[attribute]}
        values = {word: ranked(one) for word, one in tried.items()}
        chosen = [w for w in sorted(values, key=lambda w: (-values[w], w)) if values[w] > MERGE_BAR][:MOST_VALUES]
        found += [_ordered(Segment((*segment.parts, (attribute, tuple(sorted(chosen[:k]))))))
                  for k in range(1, len(chosen) + 1)]
    return found


def _ordered(segment: Segment) -> Segment:
    """The same segment with its attributes in their usual order."""
    return Segment(tuple(sorted(segment.parts, key=lambda part: ATTRIBUTES.index(part[0]))))


def _with(segment: Segment, attribute: str, values: tuple[str, ...]) -> Segment:
    return Segment(tuple((a, values if a == attribute else v) for a, v in segment.parts))


def _rank_of(leaves: Leaves, scan: _Scan, segment: Segment, rank: Rank) -> float:
    inside = leaves.mask(segment)
    totals = {name: np.array([column[inside].max(initial=0.0) if name == "top" else column[inside].sum()])
              for name, column in scan.cells.items()}
    slopes = scan.weighted[inside].sum(axis=0, keepdims=True)
    z = _z(totals, slopes, scan.inverse, scan.scale)
    return float(rank(_away(totals, scan.base, scan.scale, leaves.share), z)[0])


def confirm(leaves: Leaves, candidates: Sequence[Candidate]) -> list[Comparison]:
    """The candidates on leads that the search has not seen, each against what main effects (fitted without any of them)
    lead to expect there. What stood out more on earlier leads gets a larger part of the level (exponential weights:
    Roeder and Wasserman 2009)."""
    segments = [candidate.segment for candidate in candidates]
    weights = np.exp([min(abs(candidate.z), 30.0) for candidate in candidates])
    if not segments or not leaves.sums["n"].sum():
        return []
    fitted = fit(leaves.main, leaves.sums, share=leaves.share, use=~leaves.any_of(segments))
    masks = [leaves.mask(segment) for segment in segments]
    expected = [_interval(*fitted.expected(np.where(mask, leaves.sums["n"], 0.0))) for mask in masks]
    return compare_with_expected(leaves.total(masks), expected, share=leaves.share, weights=weights,
                                 level=FALSE_ALARM)


def _interval(value: float, error: float) -> Interval:
    from scipy.special import ndtri

    spread = float(ndtri((1 + LEVEL) / 2)) * error
    return Interval(value, max(value - spread, 0.0), value + spread)


def shuffled_bests(leaves: Leaves, cell: np.ndarray, n: np.ndarray, y: np.ndarray, *, times: int, seed: int) -> list[
        float]:
    """The best segment's z when whole companies are dealt anew to the cells, `times` times.

    `cell` is the cell of each company, `n` and `y` its totals of the measure.
    """
    random, count, out = np.random.default_rng(seed), len(leaves.sums["n"]), []
    for _ in range(times):
        order = random.permutation(len(cell))
        mine_n, mine_y = n[order], y[order]
        sums = {"n": mine_n, "y": mine_y, "nn": mine_n**2, "yy": mine_y**2, "ny": mine_n * mine_y}
        dealt = {name: np.bincount(cell, values, count) for name, values in sums.items()}
        dealt |= {"companies": np.bincount(cell, minlength=count).astype(float),
                  "paying": np.bincount(cell, mine_y > 0, count), "top_y": np.zeros(count)}
        paying = mine_y > 0
        np.maximum.at(dealt["top_y"], cell[paying], mine_y[paying])
        scan = _scan(_with_sums(leaves, dealt), np.zeros(count, dtype=bool))
        rank = np.where(scan.eligible & (leaves.space.depths > 1), departing(scan.away, scan.z), 0.0)
        out.append(float(rank.max(initial=0.0)))
    return out


def _with_sums(leaves: Leaves, sums: dict[str, np.ndarray]) -> Leaves:
    other = object.__new__(Leaves)
    other.__dict__ = {**leaves.__dict__, "sums": sums}
    return other
