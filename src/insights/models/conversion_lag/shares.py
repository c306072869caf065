"""Intervals of shares on the log-odds scale."""

from __future__ import annotations

import numpy as np

from insights.evidence import Interval
from insights.models.conversion_lag.counts import Counts

Z = 1.6448536269514722


def from_logit(logit: float, variance: float) -> Interval:
    """A share and its 90% interval from log-odds and their variance."""
    error = Z * np.sqrt(max(variance, 0.0))
    return Interval(*(1 / (1 + np.exp(-x)) for x in (logit, logit - error, logit + error)))


def pooled(interval: Interval, counts: Counts, g: int) -> Interval:
    """The share among leads with a duration, and those won without one (on the day of creation), put together."""
    n, once, ended = counts.n[g], counts.at_once[g], counts.ended_at_once[g]
    if not once and not ended:
        return interval
    weight = 1 - (once + ended) / n
    p = once / n
    value = p + weight * interval.value
    spread = p * (1 - p) / n * counts.design_effect[g]

    def bound(end: float, sign: float) -> float:
        return value + sign * np.sqrt((weight * (end - interval.value))**2 + Z**2 * spread)

    return Interval(value, min(max(bound(interval.low, -1), 0.0), value), max(min(bound(interval.high, 1), 1.0), value))


def binomial(share: float, variance: float, counts: Counts, g: int) -> Interval:
    """A share known without a family: on the log-odds scale, Wilson's (1927) where it is 0 or 1."""
    n = max(counts.timed[g], 1.0)
    if 0 < share < 1 and variance > 0:
        logit = np.log(share / (1 - share))
        return pooled(from_logit(logit, variance / (share * (1 - share))**2), counts, g)
    effective = n / counts.design_effect[g]
    centre = (share + Z**2 / (2 * effective)) / (1 + Z**2 / effective)
    half = Z / (1 + Z**2 / effective) * np.sqrt(share * (1 - share) / effective + Z**2 / (4 * effective**2))
    low, high = min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)
    return pooled(Interval(share, low, high), counts, g)
