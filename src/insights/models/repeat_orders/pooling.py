"""Partial pooling by segment: whether customers of a group order more or less than their own counts say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.validation import Scored, deviance

_FEWEST = 2
_GAIN = 0.005


@dataclass(frozen=True)
class Pooled:
    """Factors of expected orders by group of one dimension, drawn towards one by how little the groups differ beyond
    chance; `gain` is by how much they lowered the deviance on the latest year scored, from factors of earlier ones."""

    dimension: str
    factors: dict[str, float]
    gain: float

    def of(self, groups: list) -> np.ndarray:
        """The factor of each customer; one where its group is unknown."""
        return np.array([self.factors.get(group, 1.0) for group in groups])


def factors(groups: np.ndarray, expected: np.ndarray, orders: np.ndarray) -> dict[str, float]:
    """Orders over expected orders of each group, as the mean of a gamma distribution around one whose variance is what
    the groups differ beyond chance (moments); chance is Poisson, stretched by what single customers scatter."""
    known = np.array([group is not None for group in groups], dtype=bool)
    names, place = np.unique(groups[known].astype(str), return_inverse=True)
    if len(names) < 2:
        return {}
    e, o = (np.bincount(place, values[known], len(names)) for values in (np.maximum(expected, 1e-6), orders))
    stretch = max(float(np.mean((orders[known] - expected[known]) ** 2 / np.maximum(expected[known], 0.05))), 1.0)
    level = o.sum() / e.sum()
    ratio = o / (e * level)
    between = float(np.average((ratio - 1) ** 2 - stretch / e, weights=e))
    if between <= 0:
        return {}
    prior = stretch / between
    return {str(name): float((o_k / level + prior) / (e_k + prior)) for name, o_k, e_k in zip(names, o, e, strict=True)}


def pooled(scored: list[Scored], register: dict[str, list], dimensions: tuple[str, ...]) -> Pooled | None:
    """The dimension whose factors, learned on earlier days, forecast the latest year better by half a percent of the
    deviance at least; None where none does, or fewer than two years were scored."""
    if len(scored) < _FEWEST:
        return None
    latest, earlier = scored[0], scored[1:]
    best: Pooled | None = None
    for dimension in dimensions:
        values = np.array(register[dimension], dtype=object)
        learned = _learn(values, earlier)
        if not learned:
            continue
        customer, expected, orders = latest.seen
        changed = expected * Pooled(dimension, learned, 0.0).of(values[customer])
        gain = 1 - deviance(orders, changed) / deviance(orders, expected)
        if gain > max(_GAIN, best.gain if best else 0.0):
            best = Pooled(dimension, _learn(values, scored), float(gain))
    return best


def _learn(values: np.ndarray, scored: list[Scored]) -> dict[str, float]:
    customer, expected, orders = (np.concatenate([s.seen[i] for s in scored]) for i in range(3))
    return factors(values[customer], expected, orders)
