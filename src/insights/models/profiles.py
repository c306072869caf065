"""A profile of the key customer: few rules that a person can say aloud, found by what their leads brought.

A rule is a conjunction of attributes ("machinery, medium-sized, Germany or Czechia"). Each must lie three standard
errors from the average of all, so that a small lucky group cannot lead; the next is sought among the leads that the
earlier rules leave. Its lift is a shrunk estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence.comparison import MIN_COMPANIES, MIN_LEADS
from insights.models.additive import Additive, fit
from insights.models.combinations import greedy, standing_out
from insights.models.leaves import Leaves, Segment
from insights.models.shrinkage import Shrunk, critical_value, moments

MOST_RULES = 3
BAR = 3.0
NINETY = 1.6449
BAR_BELOW = 2.0


@dataclass(frozen=True)
class Rule:
    """A rule with its support (cases, and as a share of all) and its lift (shrunk estimate over the average of all,
    with its bounds), both on the leads it was found on."""

    segment: Segment
    cases: float
    support: float
    lift: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimates:
    """Every conjunction's ratio, shrunk towards what its main effects lead to expect (single attributes: towards the
    average of all)."""

    fitted: Additive
    base: float
    departures: tuple[Shrunk, Shrunk]

    def of(self, leaves: Leaves, inside: np.ndarray, depth: int) -> tuple[float, float, float]:
        """Ratio and robust bounds of any set of cells; the bounds of combinations hold the main effects' own error."""
        n, y = leaves.sums["n"][inside], leaves.sums["y"][inside].sum()
        unit = self.fitted.unit(leaves.sums["n"])[inside].sum()
        centre = float((n * self.fitted.rate[inside]).sum()) if depth > 1 else float(n.sum() * self.base)
        if centre <= 0 or unit <= 0:
            return self.base, 0.0, np.inf
        shape = self.departures[min(depth, 2) - 1]
        error2 = self.fitted.scale * unit / centre**2
        w = shape.mu2 / (shape.mu2 + error2) if shape.mu2 > 0 else 0.0
        middle = w * (y / centre - 1)
        half = critical_value(error2 / shape.mu2, shape.kappa) * w * np.sqrt(error2) if shape.mu2 > 0 else 0.0
        level = centre / float(n.sum())
        if depth > 1:
            expected, error = self.fitted.expected(np.where(inside, leaves.sums["n"], 0.0))
            half = float(np.hypot(half, NINETY * error / max(expected, 1e-300) * (1 + max(middle, -1.0))))
        return level * (1 + middle), level * max(1 + middle - half, 0.0), level * (1 + middle + half)


def estimates(leaves: Leaves) -> Estimates:
    """Fit the main effects and learn how far single attributes and combinations scatter around their centres."""
    fitted = fit(leaves.main, leaves.sums, share=leaves.share)
    base = float(leaves.sums["y"].sum() / max(leaves.sums["n"].sum(), 1e-9))
    space, unit = leaves.space, fitted.unit(leaves.sums["n"])
    n, y, companies, units, expected = space.totals(
        leaves.sums["n"], leaves.sums["y"], leaves.sums["companies"], unit, leaves.sums["n"] * fitted.rate)
    large = (n >= MIN_LEADS) & (companies >= MIN_COMPANIES) & (np.maximum(expected, y) > 0)
    departures = []
    for deep in (False, True):
        chosen = large & ((space.depths > 1) == deep)
        centre = expected[chosen] if deep else n[chosen] * base
        departure = y[chosen] / np.maximum(centre, 1e-300) - 1
        error = np.sqrt(fitted.scale * units[chosen]) / np.maximum(centre, 1e-300)
        departures.append(Shrunk(departure, departure, departure, *moments(departure, error, 1 / error**2)))
    return Estimates(fitted, base, (departures[0], departures[1]))


def propose(leaves: Leaves, *, worse: bool = False) -> list[Rule]:
    """At most three rules for the leads that bring clearly more than the average (`worse`: clearly less)."""
    if leaves.sums["n"].sum() <= 0 or leaves.sums["y"].sum() <= 0:
        return []
    least, sign = (BAR_BELOW, -1) if worse else (BAR, 1)
    chosen = greedy(leaves, standing_out, least=least, most=MOST_RULES, shallow=True, sign=sign)
    found, free, rules = estimates(leaves), np.ones(len(leaves.sums["n"]), dtype=bool), []
    for candidate in chosen:
        rules.append(_rule(leaves, found, candidate.segment, free))
        free &= ~leaves.mask(candidate.segment)
    return rules


def _rule(leaves: Leaves, found: Estimates, segment: Segment, free: np.ndarray) -> Rule:
    inside = leaves.mask(segment) & free
    value, low, high = found.of(leaves, inside, segment.depth)
    cases, everything = float(leaves.sums["n"][inside].sum()), float(leaves.sums["n"].sum())
    return Rule(segment, cases, cases / everything, value / found.base, low / found.base, high / found.base)
