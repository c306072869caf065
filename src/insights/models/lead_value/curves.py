"""How good scores have been on later leads: calibration, lift, gain and money at each cut-off, with intervals.

Intervals are percentiles over draws in which whole clusters (companies) weigh like Poisson counts: a bootstrap that
needs sums only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval

DRAWS = 200
CUTS = np.round(np.arange(0.05, 1.0001, 0.05), 2)
LEVEL = (0.05, 0.95)


@dataclass(frozen=True)
class Bin:
    """Cases of like probability: what was said on average, what came, over how many."""

    said: float
    came: Interval
    n: int


@dataclass(frozen=True)
class Cut:
    """The best so-manieth `share` of the cases: their part of all wins (`gain`), that part over the share (`lift`),
    their part of all money, and the lowest score among them."""

    share: float
    gain: Interval
    lift: Interval
    money: Interval | None
    score: float


def calibration(p: np.ndarray, y: np.ndarray, w: np.ndarray, cluster: np.ndarray, seed: int, bins: int = 10,
                ) -> tuple[list[Bin], float]:
    """Ten bins of equal weight by probability, and the calibration error: the mean absolute gap, weighted."""
    order = np.argsort(p, kind="stable")
    cumulated = np.cumsum(w[order]) / w.sum()
    place = np.minimum((cumulated * bins - 1e-9).astype(int), bins - 1)
    chosen = [order[place == b] for b in range(bins)]
    chosen = [c for c in chosen if len(c)]
    drawn = _draws(cluster, seed)
    found, error = [], 0.0
    for own in chosen:
        weight = w[own]
        said, came = float(weight @ p[own] / weight.sum()), float(weight @ y[own] / weight.sum())
        copies = drawn(own)
        rates = (copies @ (weight * y[own])) / np.maximum(copies @ weight, 1e-12)
        n = len(own)
        low, high = _wilson(came, n, float(np.var(rates)))
        found.append(Bin(said, Interval(came, min(low, came), max(high, came)), n))
        error += abs(said - came) * weight.sum() / w.sum()
    return found, float(error)


def gains(score: np.ndarray, y: np.ndarray, w: np.ndarray, cluster: np.ndarray, seed: int,
          money: np.ndarray | None = None) -> list[Cut]:
    """What the best cases by score hold at each cut-off of `CUTS`."""
    order = np.argsort(-score, kind="stable")
    cumulated = np.cumsum(w[order]) / w.sum()
    place = np.minimum(np.searchsorted(CUTS, cumulated - 1e-9), len(CUTS) - 1)
    starts = np.searchsorted(place, np.arange(len(CUTS)))
    drawn = _draws(cluster, seed)(order)

    def curve(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        own = values[order]
        sums = np.add.reduceat(np.append(own, 0.0), np.minimum(starts, len(own)))
        sums[np.diff(np.append(starts, len(own))) == 0] = 0.0
        part = np.cumsum(sums) / max(own.sum(), 1e-12)
        totals = np.zeros((DRAWS, len(CUTS)))
        for c in range(len(CUTS)):
            inside = slice(starts[c], starts[c + 1] if c + 1 < len(CUTS) else None)
            totals[:, c] = drawn[:, inside] @ own[inside]
        drawn_part = np.cumsum(totals, axis=1) / np.maximum(totals.sum(axis=1, keepdims=True), 1e-12)
        return part, np.quantile(drawn_part, LEVEL, axis=0)

    won, won_range = curve(w * y)
    paid = curve(w * money) if money is not None and (w @ np.maximum(money, 0)) > 0 else None
    lowest = [float(score[order][max(np.searchsorted(place, c, side="right") - 1, 0)]) for c in range(len(CUTS))]
    return [
        Cut(float(share), _held(won[c], *won_range[:, c]), _held(won[c] / share, *(won_range[:, c] / share)),
            _held(paid[0][c], *paid[1][:, c]) if paid else None, lowest[c])
        for c, share in enumerate(CUTS)]


def _held(value: float, low: float, high: float) -> Interval:
    return Interval(float(value), float(min(low, value)), float(max(high, value)))


def _draws(cluster: np.ndarray, seed: int):
    """Poisson weights of each case in each draw, the same within a cluster."""
    names, place = np.unique(cluster, return_inverse=True)
    copies = np.random.default_rng(seed).poisson(1.0, (DRAWS, len(names))).astype(np.float32)
    return lambda chosen: copies[:, place[chosen]]


def _wilson(rate: float, n: int, variance: float) -> tuple[float, float]:
    """Wilson's interval (1927) on the effective number of cases."""
    z = 1.6448536269514722
    binomial = rate * (1 - rate) / n
    effective = n / max(variance / binomial if binomial > 0 else 1.0, 1.0)
    centre = (rate + z**2 / (2 * effective)) / (1 + z**2 / effective)
    half = z / (1 + z**2 / effective) * np.sqrt(rate * (1 - rate) / effective + z**2 / (4 * effective**2))
    return max(float(centre - half), 0.0), min(float(centre + half), 1.0)
