"""The common unit: expected margin per lead of each segment, pulled to the firm's mean as far as its data are thin.

Leads too young to have closed are allowed for by the share of a horizon's wins that leads of their age have seen. The
estimate of a segment is shrunk by how much segments truly differ (method of moments), the interval is robust: it holds
on average over segments whatever the form of their differences (Armstrong, Kolesár and Plagborg-Møller 2022, with the
second moment only). Verdicts rest on the difference from the rest that is not pulled to the mean, but for the worth of
a win: the mean of heavy-tailed deals is pulled towards that of all, and what the pull may hide is part of the error. So
many leads that are seldom won stand out although one of them became the firm's largest deal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Comparison, Interval, Verdict, decide
from insights.evidence.comparison import DELTA, MIN_COMPANIES, MIN_LEADS
from insights.evidence.words import LEVEL
from insights.models.replicates import Replicates, resampled, shapes, weights

MIN_WINS = 5
LEAST_UNEQUAL = 0.15
"""By how much the worth of a win is taken to differ between segments (standard deviation) where no difference shows."""


@dataclass(frozen=True)
class Worth:
    """A segment: leads, wins so far, expected margin per lead (shrunk) with its interval, the unshrunk comparison with
    all other segments, and the standard error of the shrunk value."""

    name: str
    leads: int
    wins: int
    value: Interval
    compared: Comparison
    error: float


@dataclass(frozen=True)
class Worths:
    """All segments and the firm: its expected margin per lead with its interval."""

    segments: tuple[Worth, ...]
    overall: Interval

    def of(self, name: str) -> Worth | None:
        """The segment of that name."""
        return next((w for w in self.segments if w.name == name), None)


def worths(found: Replicates, seed: int, *, money: str = "margin") -> Worths:
    """Expected margin (or revenue) per lead of each segment over all periods of the replicates."""
    drawn = weights(found, seed, 200)
    pooled, _own = shapes(found, drawn)
    grown = (resampled(drawn, found.leads) * pooled).sum((2, 3))
    sums = resampled(drawn, found.money[money].sum(2))
    total = sums.sum(1) / np.maximum(grown.sum(1), 1e-9)
    priced, hidden = _steady(found, drawn, sums, grown)
    worth = priced * grown
    rest = (worth.sum(1, keepdims=True) - worth) / np.maximum(grown.sum(1, keepdims=True) - grown, 1e-9)
    error = np.hypot(priced[1:].std(0, ddof=1), hidden)
    n, wins = found.leads.sum((0, 2, 3)), found.wins.sum((0, 2, 3, 4))
    companies = (found.leads.sum((2, 3)) > 0).sum(0)
    small = (n < MIN_LEADS) | (companies < MIN_COMPANIES) | (wins < MIN_WINS)
    # A segment with hardly a win has hardly a spread of its own: its error is at least the firm's for so many leads.
    # Nor is the spread of its deals told where a large one happens to be missing: that of all deals is the least.
    common = total[1:].std(ddof=1) * np.sqrt(n.sum() / np.maximum(n, 1))
    usual = np.maximum(wins / np.maximum(n, 1), 0.25 * wins.sum() / n.sum()) / (wins.sum() / n.sum())
    common = common * np.sqrt(usual)
    error = np.maximum(error, 0.5 * common)
    shrunk, half, shrunk_error = _shrink(priced[0], error, float(total[0]), ~small & (n > 0))
    least = _won_error(found, drawn, grown) * np.sqrt(n.sum() / np.maximum(n, 1) * usual) * abs(float(total[0]))
    least = np.sqrt(least**2 + hidden**2)
    compared = decide([_compare(priced, rest, i, abs(float(total[0])) * DELTA, int(n[i]), int(companies[i]),
                                bool(small[i]) or found.segments[i] in ("unknown", "other"), hidden[i], least[i])
                       for i in range(len(n))])
    segments = tuple(
        Worth(found.segments[i], int(n[i]), int(wins[i]),
              Interval(float(shrunk[i]), float(shrunk[i] - half[i]), float(shrunk[i] + half[i])), compared[i],
              float(shrunk_error[i]))
        for i in np.argsort(-n, kind="stable"))
    spread = 1.66 * float(total[1:].std(ddof=1))
    return Worths(segments, Interval(float(total[0]), float(total[0]) - spread, float(total[0]) + spread))


def _won_error(found: Replicates, drawn: np.ndarray, grown: np.ndarray) -> float:
    """The relative error of the firm's conversion."""
    rate = resampled(drawn, found.wins.sum((2, 3, 4))).sum(1) / np.maximum(grown.sum(1), 1e-9)
    return float(rate[1:].std(ddof=1) / rate[0]) if rate[0] else 1.0


def _steady(found: Replicates, drawn: np.ndarray, sums: np.ndarray, grown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Conversion times the worth of a win, the latter pulled towards that of all wins: a few large deals make or break
    a mean of deals long before they say anything of a segment. With the standard error of what is pulled away."""
    wins = resampled(drawn, found.wins.sum((2, 3, 4)))
    deal = np.divide(sums, wins, out=np.zeros_like(sums), where=wins > 0)
    common = (sums.sum(1) / np.maximum(wins.sum(1), 1e-9))[:, None]
    departure = np.where(wins > 0, deal / np.where(common == 0, 1.0, common) - 1, 0.0)
    # The spread of a mean of few deals is not told by the few: that of all deals is used.
    spread2 = departure[1:].var(0, ddof=1)
    told = found.wins.sum((0, 2, 3, 4)) >= 20
    each = float(np.median((spread2 * wins[0])[told])) if told.any() else 2.0
    error2 = np.maximum(spread2, each / np.maximum(wins[0], 1.0))
    true2 = max(float(np.mean(departure[0][told] ** 2 - error2[told])) if told.any() else 0.0, 0.0)
    kept = true2 / np.maximum(true2 + error2, 1e-12)
    rate = np.divide(wins, grown, out=np.zeros_like(wins), where=grown > 0.5)
    true2 = max(true2, LEAST_UNEQUAL**2)
    hidden = np.sqrt(true2 * error2 / (true2 + error2))
    return rate * common * (1 + kept * departure), hidden * rate[0] * abs(float(common[0, 0]))


def _compare(value: np.ndarray, rest: np.ndarray, i: int, delta: float, n: int, companies: int, withheld: bool,
             hidden: float, least: float) -> Comparison:
    from scipy.special import ndtr

    difference, z = value[:, i] - rest[:, i], 1.66
    d, spread = float(difference[0]), max(float(np.hypot(difference[1:].std(ddof=1), hidden)), float(least))
    p = float(min(ndtr((delta - abs(d)) / spread) + ndtr((-delta - abs(d)) / spread), 1)) if spread else 1.0
    return Comparison(
        own=_around(float(value[0, i]), z * spread), rest=_around(float(rest[0, i]), z * float(
            rest[1:, i].std(ddof=1))), difference=_around(d, z * spread), verdict=Verdict.TOO_FEW, p=p, n=max(n, 1),
        companies=companies, delta=delta, withheld="few_leads" if withheld else "")


def _around(value: float, half: float) -> Interval:
    return Interval(value, value - half, value + half)


def _shrink(value: np.ndarray, error: np.ndarray, centre: float, used: np.ndarray):
    """Shrunk values, half-lengths of robust intervals, and errors, given how far the used segments truly differ."""
    spread2 = 0.0
    if used.sum() > 2:
        spread2 = float(np.mean((value[used] - centre) ** 2 - error[used] ** 2))
    # How far a dozen segments differ is told badly by them: the pull is never stronger than a third at the usual error.
    spread2 = max(spread2, 2.0 * float(np.mean(error[used] ** 2)) if used.any() else 0.0)
    w = np.divide(spread2, spread2 + error**2, out=np.zeros_like(error), where=spread2 + error**2 > 0)
    half = np.array([_critical(e**2 / spread2 if spread2 else 0.0) for e in error]) * w * error
    return w * value + (1 - w) * centre, half, w * error


def _critical(t: float) -> float:
    """The half-length, in standard errors, that covers a bias of second moment t whatever its distribution."""
    from scipy.special import ndtr

    t = min(t, 400.0)
    u = np.concatenate([[t], t + np.geomspace(1e-3, 4 * (t + 12), 200)])

    def missed(chi: float) -> float:
        root = np.sqrt(u)
        r = ndtr(-root - chi) + ndtr(root - chi)
        r0 = 2 * ndtr(-chi)
        return float(np.max(r0 + np.where(u > 0, t / np.maximum(u, 1e-12), 0.0) * (r - r0))) if t > 0 else float(r0)

    low, high = 0.5, 3.0 + np.sqrt(t) * 4
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if missed(middle) > 1 - LEVEL else (low, middle)
    return (low + high) / 2
