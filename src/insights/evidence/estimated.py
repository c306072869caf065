"""The same policy for estimates that a model made: final shares, adjusted rates."""

from __future__ import annotations

import numpy as np

from insights.evidence.comparison import DELTA, Comparison, _difference, _interval, _p_value, decide
from insights.evidence.words import Interval, Verdict


def compare_estimates(
    own: list[Interval], rest: list[Interval], *, base: float, n: list[int], companies: list[int],
    withheld: list[str], delta: float = DELTA,
) -> list[Comparison]:
    """Judge estimates against those of the rest: `base` is the figure of all, to which `delta` is relative; `withheld`
    why a group is not judged (empty where it is)."""
    if not own:
        return []
    limit = abs(base) * delta
    ends = [tuple(np.array([getattr(i, end) for i in side], dtype=float) for end in ("value", "low", "high"))
            for side in (own, rest)]
    d, low, high = _difference(*ends)
    p = _p_value(d, low, high, limit)
    return decide([
        Comparison(own=own[i], rest=rest[i], difference=_interval(d[i], low[i], high[i]), verdict=Verdict.TOO_FEW,
                   p=float(p[i]), n=n[i], companies=companies[i], delta=limit, withheld=withheld[i])
        for i in range(len(own))])
