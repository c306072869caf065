"""Who orders like clockwork, and who in a season: tests on a customer's own intervals and days of the year."""

from __future__ import annotations

import numpy as np

FEWEST = 4
_LEVEL = 0.05
YEAR = 365.25


def regular(n: np.ndarray, days: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Whether a customer's intervals scatter less than those of one who orders at random.

    Bartlett's and Moran's statistic (log of the mean less mean of the logs, 2n / (1 + (n + 1) / 6n) times it is chi
    squared with n - 1 degrees under random orders), its lower tail; false discoveries held to one in twenty over all
    customers (Benjamini and Hochberg 1995). `n` intervals, `days` their sum, `logs` the sum of their logarithms;
    customers with fewer than four intervals are never called regular.
    """
    from scipy.special import gammainc

    enough = n >= FEWEST
    chance = np.ones(len(n))
    k = n[enough]
    statistic = 2 * k * (np.log(days[enough] / k) - logs[enough] / k) / (1 + (k + 1) / (6 * k))
    chance[enough] = gammainc((k - 1) / 2, np.maximum(statistic, 0) / 2)
    return rejected(chance, _LEVEL)


def seasonal(bursts: np.ndarray, cosine: np.ndarray, sine: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Whether a customer buys at one time of the year: its bursts of orders (orders less than two months apart are one)
    fall into the same weeks of different years.

    With three bursts or more Rayleigh's test of their days of the year; with two, they must lie within three weeks of
    each other in the calendar. `cosine` and `sine` are sums over bursts of their first days' angles, `between` the mean
    days between bursts, which must be about a whole number of years.
    """
    length = np.hypot(cosine, sine) / np.maximum(bursts, 1)
    z = bursts * length**2
    chance = np.exp(np.sqrt(1 + 4 * bursts + 4 * (bursts**2 - (bursts * length) ** 2)) - (1 + 2 * bursts))
    years = np.maximum(np.round(between / YEAR), 1)
    yearly = np.abs(between - years * YEAR) < 45 * years
    several = (bursts >= 3) & (chance < 0.05) & (length > 0.9)
    two = (bursts == 2) & (length > np.cos(2 * np.pi * 21 / YEAR / 2))
    return yearly & (z > 0) & (several | two)


def rejected(chance: np.ndarray, rate: float) -> np.ndarray:
    """Hypotheses rejected by Benjamini and Hochberg at that rate of false discoveries, among those that could be."""
    tried = chance < 1
    m = int(tried.sum())
    if not m:
        return np.zeros(len(chance), dtype=bool)
    ordered = np.sort(chance[tried])
    passed = np.flatnonzero(ordered <= rate * np.arange(1, m + 1) / m)
    return tried & (chance <= ordered[passed[-1]]) if len(passed) else np.zeros(len(chance), dtype=bool)
