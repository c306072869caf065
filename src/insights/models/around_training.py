"""The event study around training: what trained sellers won before and after, beside those who never changed.

One effect for each pair of seller and product, one for each quarter; what is left at each phase around the training is
compared with the half year before it. A drift that was there before the training speaks against the training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Interval
from insights.models.amounts import difference, positive
from insights.models.effects import Fit, fit

if TYPE_CHECKING:
    import pyarrow as pa

PHASES = ("early", "soon", "later")
MIN_SELLERS = 3
MIN_WON = 10


@dataclass(frozen=True)
class Around:
    """Trained sellers (pairs with a product), their leads, and of a hundred leads like those after training how many
    are won: as they are (`after`) and as in the half year before (`before`); `change` is after less before, `drift`
    the half year before less what came earlier (of leads like the earlier ones). Both None where too few leads tell."""

    pairs: int
    leads: int
    won: int
    before: Interval | None = None
    after: Interval | None = None
    change: Interval | None = None
    drift: Interval | None = None


def around(table: pa.Table) -> Around:
    """The study, from the rows of `metrics.readiness.around_training`."""
    phase = np.array([p or "" for p in table["phase"].to_pylist()], dtype=object)
    pair = np.array([f"{p}\0{s}" for p, s in zip(table["product_id"].to_pylist(), table["seller_id"].to_pylist(),
                                                 strict=True)], dtype=object)
    n, y = (table[name].to_numpy(zero_copy_only=False).astype(float) for name in ("old", "won"))
    changed = phase != ""
    found = Around(len(set(pair[changed].tolist())), int(n[changed].sum()), int(y[changed].sum()))
    sides = [np.isin(phase, ("early", "before")), np.isin(phase, ("soon", "later"))]
    if any(len(set(pair[side].tolist())) < MIN_SELLERS for side in sides) or found.won < MIN_WON:
        return found
    quarter = np.array([str(q) for q in table["quarter"].to_pylist()], dtype=object)
    factors = [np.unique(values, return_inverse=True)[1] for values in (pair, quarter)]
    after, early = sides[1], phase == "early"
    fitted = fit(factors, [early, after], n, y)
    clustered = fitted.sandwich(factors[0])
    places = len(fitted.coefficients) - 3, len(fitted.coefficients) - 2
    was, now, change = _lifted(fitted, clustered, n * after, places[1])
    drift = None
    if n[early].sum() > 0:
        _was, _now, more = _lifted(fitted, clustered, n * early, places[0])
        drift = Interval(-more.value, -more.high, -more.low)
    return Around(found.pairs, found.leads, found.won, was, now, change, drift)


def _lifted(fitted: Fit, clustered: np.ndarray, weights: np.ndarray, place: int) -> tuple[Interval, Interval, Interval]:
    """Share won with the phase's effect taken out, as it is, and the difference."""
    total = weights.sum()
    actual, slope = fitted.expected(weights)
    lifted, lifted_slope = fitted.expected(weights, np.array([place]))
    gradients = np.stack([slope / actual, lifted_slope / lifted])
    parts = max((gradients @ v @ gradients.T for v in (fitted.inverse, clustered)),
                key=lambda part: part[0, 0] + part[1, 1] - 2 * part[0, 1])
    now, was = positive(actual / total, math.sqrt(parts[0, 0])), positive(lifted / total, math.sqrt(parts[1, 1]))
    return was, now, difference(now, was, parts[0, 1] / math.sqrt(parts[0, 0] * parts[1, 1]))
