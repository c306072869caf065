"""How a count grows with what stands behind it: leads with spend, wins with leads, within each campaign or source.

Counts are taken as Poisson with a mean that is a power of the driver, each group with a level of its own: given a
group's total, its counts are multinomial, so that levels drop out and one exponent is estimated from changes within
groups only. An exponent of 1 means that the next unit brings as much as the average one; the value of the next over the
average unit is the exponent itself. Overdispersion is taken from the residuals (McCullagh and Nelder 1989).
"""

from __future__ import annotations

import numpy as np

from insights.evidence import Interval
from insights.evidence.words import LEVEL


def exponent(group: np.ndarray, driver: np.ndarray, count: np.ndarray,
             exposure: np.ndarray | None = None) -> tuple[Interval, int] | None:
    """The exponent with its interval, and the number of observations; None where drivers hardly vary within groups.

    Arrays of equal length: the group, the driver (positive), the count of each observation, and how long it was
    watched (`exposure`, by default alike).
    """
    from scipy.special import stdtrit

    watched = np.ones(len(count)) if exposure is None else np.asarray(exposure, dtype=float)
    keep = (driver > 0) & (watched > 0)
    group, x, y, offset = group[keep], np.log(driver[keep]), count[keep], np.log(watched[keep])
    names, place = np.unique(group, return_inverse=True)
    totals = np.bincount(place, y, len(names))
    sizes = np.bincount(place, minlength=len(names))
    used = (totals > 0)[place] & (sizes > 1)[place]
    place, x, y, offset = place[used], x[used], y[used], offset[used]
    if len(y) < 10 or len(np.unique(place)) < 1:
        return None
    groups = len(names)

    def step(beta: float) -> tuple[float, float, np.ndarray]:
        top = np.full(groups, -np.inf)
        np.maximum.at(top, place, beta * x + offset)
        w = np.exp(beta * x + offset - top[place])
        share = w / np.bincount(place, w, groups)[place]
        mean = np.bincount(place, share * x, groups)[place]
        expected = totals[place] * share
        return float((x * (y - expected)).sum()), float((expected * (x - mean) ** 2).sum()), expected

    beta = 1.0
    for _round in range(50):
        score, information, expected = step(beta)
        if information < 1e-9:
            return None
        change = np.clip(score / information, -1, 1)
        beta += change
        if abs(change) < 1e-10:
            break
    score, information, expected = step(beta)
    df = len(y) - len(np.unique(place)) - 1
    if df < 5 or information < 5:
        return None
    dispersion = max(float(((y - expected) ** 2 / np.maximum(expected, 1e-9)).sum() / df), 1.0)
    half = float(stdtrit(df, (1 + LEVEL) / 2)) * np.sqrt(dispersion / information)
    return Interval(beta, beta - half, beta + half), len(y)
