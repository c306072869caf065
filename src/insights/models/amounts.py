"""Intervals of differences, products and ratios from the intervals of their parts (MOVER: Zou and Donner 2008)."""

from __future__ import annotations

import math

from insights.evidence import Interval

Z = 1.6448536269514722
"""The normal quantile of a 90% interval."""


def positive(value: float, log_error: float) -> Interval:
    """A positive estimate whose error is known on the log scale."""
    return Interval(value, value * math.exp(-Z * log_error), value * math.exp(Z * log_error))


def difference(one: Interval, other: Interval, correlation: float = 0.0) -> Interval:
    """one - other, for estimates that correlate."""
    d = one.value - other.value

    def reach(a: float, b: float) -> float:
        return math.sqrt(max(a * a + b * b - 2 * correlation * a * b, 0.0))

    return Interval(d, d - reach(one.value - one.low, other.high - other.value),
                    d + reach(one.high - one.value, other.value - other.low))


def product(one: Interval, other: Interval) -> Interval:
    """one * other for independent estimates, `other` positive."""
    value = one.value * other.value

    def reach(a: float, b: float) -> float:
        return math.hypot(a * other.value, b * one.value)

    if one.value >= 0:
        return Interval(value, value - reach(one.value - one.low, other.value - other.low),
                        value + reach(one.high - one.value, other.high - other.value))
    return Interval(value, value - reach(one.value - one.low, other.high - other.value),
                    value + reach(one.high - one.value, other.value - other.low))


def scaled(interval: Interval, factor: float) -> Interval:
    """factor * interval."""
    bounds = sorted((interval.low * factor, interval.high * factor))
    return Interval(interval.value * factor, *bounds)


def capped(interval: Interval, most: float) -> Interval:
    """The interval with nothing in it above `most`."""
    return Interval(*(min(x, most) for x in (interval.value, interval.low, interval.high)))
