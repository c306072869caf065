"""The one policy by which groups are compared: each against the rest, clustered by company, with a smallest difference
that matters and control of false discoveries.

A group is judged by the unshrunk difference between its ratio and that of all others. The p-value is that of the
hypothesis "the difference is not larger than delta"; Benjamini and Hochberg (1995) at q decide over all comparisons of
one question, every dimension and measure of it together: looking in nine places for a winner is one search. *Higher*
and *lower* need a rejection, *no clear difference* an interval inside plus or minus delta; all else is *too few to
say*. A winner in money must keep its verdict without its largest customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from insights.evidence.words import LEVEL, Interval, Verdict

DELTA = 0.10
Q = 0.10
MIN_LEADS = 30
MIN_COMPANIES = 5
MIN_CUSTOMERS = 5
DOMINANCE = 0.85


@dataclass(frozen=True)
class Sums:
    """Sums over companies of a ratio y/n, one array entry per group.

    `companies`: companies with n > 0; `n`, `y`: totals; `nn`, `yy`, `ny`: sums of squares and products of the
    companies' totals; `paying`: companies with y > 0; `top_n`, `top_y`: totals of the company with the largest y (zero
    where not known).
    """

    companies: np.ndarray
    n: np.ndarray
    y: np.ndarray
    nn: np.ndarray
    yy: np.ndarray
    ny: np.ndarray
    paying: np.ndarray
    top_n: np.ndarray
    top_y: np.ndarray

    @classmethod
    def of(cls, **columns: object) -> Sums:
        """Sums from columns of equal length (anything that numpy reads)."""
        return cls(**{name: np.asarray(columns[name], dtype=float) for name in cls.__dataclass_fields__})

    def total(self) -> Sums:
        """All groups together. Companies belong to one group each, so sums add up."""
        best = int(np.argmax(self.top_y)) if len(self.top_y) else 0
        tops = {"top_n": self.top_n[best:best + 1], "top_y": self.top_y[best:best + 1]}
        sums = {name: getattr(self, name).sum(keepdims=True) for name in self.__dataclass_fields__ if name not in tops}
        return Sums(**sums, **tops)

    def pick(self, groups: np.ndarray) -> Sums:
        """The groups chosen by index or mask."""
        return Sums(**{name: getattr(self, name)[groups] for name in self.__dataclass_fields__})

    def without_top(self) -> Sums:
        """Each group without the company of the largest y."""
        return Sums(
            companies=self.companies - (self.top_n > 0), n=self.n - self.top_n, y=self.y - self.top_y,
            nn=self.nn - self.top_n**2, yy=self.yy - self.top_y**2, ny=self.ny - self.top_n * self.top_y,
            paying=self.paying - (self.top_y > 0),
            top_n=np.zeros_like(self.n), top_y=np.zeros_like(self.y))

    def __sub__(self, other: Sums) -> Sums:
        names = ("companies", "n", "y", "nn", "yy", "ny", "paying")
        zero = np.zeros_like(other.n)
        return Sums(**{name: getattr(self, name) - getattr(other, name) for name in names}, top_n=zero, top_y=zero)


@dataclass(frozen=True)
class Comparison:
    """One group against the rest: its own ratio, the rest's, their difference, and the verdict."""

    own: Interval
    rest: Interval
    difference: Interval
    verdict: Verdict
    p: float
    n: int
    companies: int
    delta: float
    withheld: str = ""


def _ratio(sums: Sums) -> np.ndarray:
    return np.divide(sums.y, sums.n, out=np.zeros_like(sums.y), where=sums.n > 0)


def _variance(sums: Sums, ratio: np.ndarray) -> np.ndarray:
    """Variance of y/n over companies as clusters (linearised; Cochran 1977, section 6)."""
    squares = sums.yy - 2 * ratio * sums.ny + ratio**2 * sums.nn
    correction = np.divide(sums.companies, sums.companies - 1, out=np.ones_like(ratio), where=sums.companies > 1)
    return np.divide(correction * np.maximum(squares, 0), sums.n**2, out=np.zeros_like(ratio), where=sums.n > 0)


def _quantile(sums: Sums) -> np.ndarray:
    """Student's quantile for the effective number of companies, n^2 / sum of n^2, less one."""
    from scipy.special import stdtrit

    effective = np.divide(sums.n**2, sums.nn, out=np.ones_like(sums.n), where=sums.nn > 0)
    return stdtrit(np.maximum(effective - 1, 1.0), (1 + LEVEL) / 2)


def _bounds(sums: Sums, share: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratio and its 90% bounds.

    Shares: Wilson's interval (1927) on the effective number of cases, n over the design effect. Money: on the log scale
    by the delta method, since sums of deals are skewed; symmetric where the total is not positive.
    """
    ratio, t = _ratio(sums), _quantile(sums)
    variance = _variance(sums, ratio)
    if share:
        binomial = np.divide(ratio * (1 - ratio), sums.n, out=np.zeros_like(ratio), where=sums.n > 0)
        effect = np.divide(variance, binomial, out=np.ones_like(ratio), where=binomial > 0)
        n = np.maximum(sums.n, 1e-9) / np.maximum(effect, 1.0)
        centre = (ratio + t**2 / (2 * n)) / (1 + t**2 / n)
        half = t / (1 + t**2 / n) * np.sqrt(np.maximum(ratio * (1 - ratio) / n + t**2 / (4 * n**2), 0))
        return ratio, np.clip(centre - half, 0, ratio), np.clip(centre + half, ratio, 1)
    error = np.sqrt(variance)
    spread = np.divide(t * error, ratio, out=np.zeros_like(ratio), where=ratio > 0)
    # Beyond a relative error of one the log scale promises a positive bound that the data don't carry.
    log_scale = (ratio > 0) & (spread < 1.5)
    low = np.where(log_scale, ratio * np.exp(-spread), ratio - t * error)
    high = np.where(log_scale, ratio * np.exp(np.minimum(spread, 1.5)), ratio + t * error)
    return ratio, low, high


def _difference(one: tuple, other: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Difference of two independent ratios from their bounds (MOVER: Newcombe 1998; Zou and Donner 2008)."""
    (a, a_low, a_high), (b, b_low, b_high) = one, other
    d = a - b
    return d, d - np.hypot(a - a_low, b_high - b), d + np.hypot(a_high - a, b - b_low)


def _p_value(d: np.ndarray, low: np.ndarray, high: np.ndarray, delta: float) -> np.ndarray:
    """p of the hypothesis |difference| <= delta, from the half of the interval that points to zero."""
    from scipy.special import ndtr, ndtri

    z = ndtri((1 + LEVEL) / 2)
    error = np.where(d >= 0, d - low, high - d) / z
    size = np.abs(d)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = ndtr((delta - size) / error) + ndtr((-delta - size) / error)
    return np.where(error > 0, np.minimum(p, 1.0), np.where(size > delta, 0.0, 1.0))


def benjamini_hochberg(p: np.ndarray, q: float = Q) -> np.ndarray:
    """Which hypotheses are rejected with a false-discovery rate of at most q (Benjamini and Hochberg 1995)."""
    order = np.argsort(p, kind="stable")
    passed = np.flatnonzero(p[order] <= q * (np.arange(len(p)) + 1) / max(len(p), 1))
    rejected = np.zeros(len(p), dtype=bool)
    if len(passed):
        rejected[order[:passed[-1] + 1]] = True
    return rejected


def summarise(sums: Sums, *, share: bool) -> list[Interval]:
    """Each group's ratio with its interval."""
    return [_interval(*bounds) for bounds in zip(*_bounds(sums, share), strict=True)]


def compare_with_rest(sums: Sums, *, share: bool, total: Sums | None = None, delta: float = DELTA) -> list[Comparison]:
    """Judge each group against the rest.

    `total` is the sum over everything the groups are a part of (by default the groups themselves: cases of unknown
    group stay in no comparison). `delta` is relative to the ratio of all. Groups below the minimum size, or in money
    with too few customers or one above the dominance limit, are withheld: too few to say, and not counted among the
    comparisons. The verdicts are those of these groups alone: `decide` judges several such lists as one search.
    """
    total = total or sums.total()
    base = float(_ratio(total)[0]) if len(sums.n) else 0.0
    limit = abs(base) * delta
    rest = Sums(**{name: np.repeat(getattr(total, name), len(sums.n)) for name in Sums.__dataclass_fields__}) - sums
    own, others = _bounds(sums, share), _bounds(rest, share)
    d, low, high = _difference(own, others)
    p = _p_value(d, low, high, limit)
    if not share:
        p = np.where(d > 0, np.maximum(p, _p_without_top(sums, others, limit)), p)
    withheld = _withheld(sums, rest, share)
    return decide([
        Comparison(
            own=_interval(*(x[i] for x in own)), rest=_interval(*(x[i] for x in others)),
            difference=_interval(d[i], low[i], high[i]), verdict=Verdict.TOO_FEW,
            p=float(p[i]), n=int(sums.n[i]), companies=int(sums.companies[i]), delta=limit, withheld=withheld[i])
        for i in range(len(p))
    ])


def compare_with_expected(
    sums: Sums, expected: Sequence[Interval], *, share: bool, delta: float = DELTA,
    weights: Sequence[float] | None = None, level: float = Q,
) -> list[Comparison]:
    """Judge each group against what is expected of it (its parent under additive main effects, say), which `rest` then
    holds. Held-back cases confirm candidates: the verdicts are those of Holm's step-down test (1979) at `level` over
    these groups, so that the chance of even one false confirmation is at most that; `weights` (from other, earlier
    cases) say how much of the level each gets."""
    own = _bounds(sums, share)
    others = tuple(np.array([getattr(e, name) for e in expected], dtype=float) for name in ("value", "low", "high"))
    limit = np.abs(others[0]) * delta
    d, low, high = _difference(own, others)
    p = _p_value(d, low, high, limit)
    if not share:
        p = np.where(d > 0, np.maximum(p, _p_without_top(sums, others, limit)), p)
    withheld = _withheld(sums, replace(sums, companies=np.full_like(sums.n, MIN_COMPANIES)), share)
    rejected = holm(np.where([bool(w) for w in withheld], 1.0, p), level, weights)
    judged = [
        Comparison(
            own=_interval(*(x[i] for x in own)), rest=expected[i], difference=_interval(d[i], low[i], high[i]),
            verdict=Verdict.TOO_FEW, p=float(p[i]), n=int(sums.n[i]), companies=int(sums.companies[i]),
            delta=float(limit[i]), withheld=withheld[i])
        for i in range(len(p))]
    return [replace(c, verdict=_verdict(bool(r), c)) for c, r in zip(judged, rejected, strict=True)]


def holm(p: np.ndarray, level: float = Q, weights: Sequence[float] | None = None) -> np.ndarray:
    """Which hypotheses are rejected with a chance of at most `level` that even one is rejected wrongly (Holm 1979, with
    weights as in his section 4)."""
    left = np.ones(len(p)) if weights is None else np.asarray(weights, dtype=float)
    order, rejected = np.argsort(p / np.maximum(left, 1e-12), kind="stable"), np.zeros(len(p), dtype=bool)
    for i, place in enumerate(order):
        if p[place] > level * left[place] / left[order[i:]].sum():
            break
        rejected[place] = True
    return rejected


def decide(comparisons: list[Comparison]) -> list[Comparison]:
    """The same comparisons with the verdicts that they get as one search: false discoveries are controlled over all of
    them that are not withheld."""
    tested = np.array([not c.withheld for c in comparisons], dtype=bool)
    rejected = np.zeros(len(comparisons), dtype=bool)
    rejected[tested] = benjamini_hochberg(np.array([c.p for c in comparisons])[tested])
    return [replace(c, verdict=_verdict(bool(r), c)) for c, r in zip(comparisons, rejected, strict=True)]


def _p_without_top(sums: Sums, others: tuple, limit: float) -> np.ndarray:
    d, low, high = _difference(_bounds(sums.without_top(), share=False), others)
    return np.where(d > 0, _p_value(d, low, high, limit), 1.0)


def _withheld(sums: Sums, rest: Sums, share: bool) -> list[str]:
    def reason(n: float, companies: float, paying: float, y: float, top_y: float, others: float) -> str:
        if others < MIN_COMPANIES:
            return "no_rest"
        if n < MIN_LEADS:
            return "few_leads"
        if companies < MIN_COMPANIES:
            return "few_companies"
        if not share and paying < MIN_CUSTOMERS:
            return "few_customers"
        return "dominance" if not share and y > 0 and top_y > DOMINANCE * y else ""

    columns = (sums.n, sums.companies, sums.paying, sums.y, sums.top_y, rest.companies)
    return [reason(*values) for values in zip(*columns, strict=True)]


def _verdict(rejected: bool, compared: Comparison) -> Verdict:
    if rejected:
        return Verdict.HIGHER if compared.difference.value > 0 else Verdict.LOWER
    within = -compared.delta <= compared.difference.low and compared.difference.high <= compared.delta
    if not compared.withheld and within:
        return Verdict.NO_CLEAR_DIFFERENCE
    return Verdict.TOO_FEW


def _interval(value: float, low: float, high: float) -> Interval:
    value, low, high = float(value), float(low), float(high)
    return Interval(value, min(low, value), max(high, value))


def significance(difference: Interval, delta: float) -> float:
    """p of the hypothesis that the difference is not larger than `delta`, for a difference judged outside this module:
    hand it on in a `Comparison` to `decide`."""
    columns = (np.array([x]) for x in (difference.value, difference.low, difference.high))
    return float(_p_value(*columns, delta)[0])
