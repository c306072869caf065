"""Shares and differences of shares with 90% intervals, and how many cases a difference takes to be seen."""

from __future__ import annotations

import math

from insights.evidence import Interval

Z90, POWER80 = 1.6448536269514722, 0.8416212335729143


def share(k: float, n: float) -> Interval:
    """The share k of n with its interval (Wilson 1927)."""
    p, z = k / n, Z90
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(p, max(min(middle - half, p), 0.0), min(max(middle + half, p), 1.0))


def difference(k1: float, n1: float, k2: float, n2: float) -> Interval:
    """Difference of two independent shares with its interval (Newcombe 1998, method 10)."""
    one, two = share(k1, n1), share(k2, n2)
    d = one.value - two.value
    return Interval(
        d, d - math.hypot(one.value - one.low, two.high - two.value),
        d + math.hypot(one.high - one.value, two.value - two.low))


def needed(base: float, gain: float) -> int:
    """Cases in each of two arms for a gain over the base share to be seen (one-sided, 5%) four times in five."""
    other = min(base + gain, 1.0)
    spread = base * (1 - base) + other * (1 - other)
    return math.ceil((Z90 + POWER80) ** 2 * spread / gain**2)
