"""Pushes at period ends: more events in the last week of a period than its calendar explains, each worth less.

The counterfactual of a period's last seven days are the seven-day windows of the weeks around it: each has the same
weekdays, whatever the lengths of months, and their median is moved little by a week of holidays. Events of fairs are
taken out before. How much a week scatters around its neighbours is learned from all weeks that end no period, so that a
firm with restless weeks is not accused (family of all period ends, Holm 1979). More events alone are no push: they must
also be worth clearly less than usual, over all period ends in question together, and each of them more likely so than
not.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

WINDOW = 7
AROUND = 8
LEVEL = 0.05
MIN_USUAL = 5.0


@dataclass(frozen=True)
class PeriodEnd:
    """A period's last week: what was seen, what its neighbours lead one to expect, the p-value, whether it is busier
    than chance, and its share won (of `old` leads) beside the usual one; `pushed` is None where its leads are too young
    to tell."""

    last: dt.date
    seen: float
    expected: float
    p: float
    busy: bool
    old: float
    won: float
    usual: float
    pushed: bool | None

    @property
    def ratio(self) -> float:
        return self.seen / self.expected if self.expected else 0.0


@dataclass(frozen=True)
class Pushes:
    """All period ends, and over the pushed ones the share won against the usual with the p-value."""

    ends: tuple[PeriodEnd, ...]
    quality: float
    usual: float
    p: float
    scatter: float


def pushes(first: dt.date, n: np.ndarray, old: np.ndarray, won: np.ndarray, lasts: list[dt.date],
           design: float = 1.0) -> Pushes:
    """Judge the period ends `lasts` (their last days) on daily series that begin on `first`.

    `n` are events outside fairs, `old` and `won` the leads behind them that are old enough and that were won in time.
    `design` is the design effect of companies on shares.
    """
    places = [(last - first).days for last in lasts]
    inside = [i for i, place in enumerate(places) if WINDOW - 1 <= place < len(n)]
    ending = {places[i] for i in inside}
    totals = {}

    def total(series: np.ndarray, end: int) -> float:
        return float(series[end - WINDOW + 1:end + 1].sum())

    def usual(end: int) -> float:
        """The median week among the neighbours that end no period and lie within the records."""
        weeks = [end + WINDOW * k for k in range(-AROUND, AROUND + 1) if k]
        kept = [w for w in weeks if WINDOW - 1 <= w < len(n) and not any(abs(w - e) < WINDOW for e in ending)]
        return float(np.median([total(n, w) for w in kept])) if len(kept) >= 4 else 0.0

    ordinary = [w for w in range(WINDOW - 1, len(n), WINDOW) if not any(abs(w - e) < WINDOW for e in ending)]
    logs = [np.log((total(n, w) + 0.5) / (usual(w) + 0.5)) for w in ordinary if usual(w) >= MIN_USUAL]
    # Median absolute deviation to the left of the middle and to the right, the larger: a long upper tail counts.
    centre = float(np.median(logs)) if logs else 0.0
    sides = [np.median(np.abs(np.array(logs)[np.array(logs) >= centre] - centre)) if logs else 0.0,
             np.std(logs) / 1.4826 if logs else 0.0]
    scatter = 1.4826 * float(max(sides))
    tested = []
    for i in inside:
        seen, expected = total(n, places[i]), usual(places[i])
        totals[i] = (seen, expected, _p(seen, expected, scatter, len(logs)) if expected >= MIN_USUAL else 1.0)
        tested.append(i)
    busy = _holm({i: totals[i][2] for i in tested})
    base_old = old.sum() - sum(total(old, places[i]) for i in busy)
    base_won = won.sum() - sum(total(won, places[i]) for i in busy)
    rate = base_won / base_old if base_old else 0.0
    told = [i for i in busy if total(old, places[i]) >= 0.9 * totals[i][0] > 0]
    k, m = sum(total(won, places[i]) for i in told), sum(total(old, places[i]) for i in told)
    p = _fewer(k, m * rate, design) if told else 1.0
    ends = []
    for i in tested:
        seen, expected, p_i = totals[i]
        own_old, own_won = total(old, places[i]), total(won, places[i])
        verdict: bool | None = False
        if i in busy:
            verdict = None
            if i in told:
                others_k, others_m = k - own_won, m - own_old
                low = min((others_k + 0.5) / max(others_m * rate, 0.5), 0.7) if len(told) > 1 else 0.4
                mean = own_old * rate
                likelier = own_won * np.log(low) - mean * (low - 1) > 0
                verdict = bool(p < LEVEL and likelier)
        ends.append(PeriodEnd(lasts[i], seen, expected, p_i, i in busy, own_old, own_won, rate, verdict))
    pushed = [e for e in ends if e.pushed]
    quality = sum(e.won for e in pushed) / max(sum(e.old for e in pushed), 1)
    return Pushes(tuple(ends), quality, rate, p, scatter)


def _p(seen: float, expected: float, scatter: float, weeks: int) -> float:
    """How likely chance and the firm's usual restlessness make a week so busy."""
    from scipy.special import stdtr

    spread = np.sqrt(max(scatter**2, 1.0 / expected) + 1.57 / (2 * AROUND * expected))
    return float(stdtr(max(weeks - 1, 1), -np.log((seen + 0.5) / (expected + 0.5)) / spread))


def _fewer(k: float, mean: float, design: float) -> float:
    """How likely chance makes so few wins, allowing for companies as clusters."""
    from scipy.special import pdtr

    return float(pdtr(np.floor(k / design), mean / design)) if mean > 0 else 1.0


def _holm(p: dict[int, float]) -> set[int]:
    passed: set[int] = set()
    for rank, (i, value) in enumerate(sorted(p.items(), key=lambda item: item[1])):
        if value > LEVEL / (len(p) - rank):
            break
        passed.add(i)
    return passed
