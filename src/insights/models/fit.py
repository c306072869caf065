"""Two key customers compared: what a lead that fits one brings against a lead that fits the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from insights.evidence import Interval
from insights.evidence.comparison import MIN_CUSTOMERS, MIN_LEADS
from insights.evidence.words import LEVEL


@dataclass(frozen=True)
class Fit:
    """What leads that fit a key customer brought: `leads` of the last twelve months, `n` old enough to tell, `paying`
    companies that bought; `value` per lead, not claimed under the minimum of a group."""

    leads: int
    n: int
    paying: int
    value: Interval


@dataclass(frozen=True)
class TwoFits:
    """Both, and the difference (other less one); None where a side is under the minimum of a group."""

    one: Fit
    other: Fit
    difference: Interval | None
    companies: int


def compared(row: Mapping[str, object]) -> TwoFits:
    """The comparison from the sums over companies of `metrics.fit.two_fits`.

    A difference of two ratios whose cases overlap, linearised (Cochran 1977, section 6): the sum over companies of
    ((y_b - r_b n_b)/N_b - (y_a - r_a n_a)/N_a)^2, with Student's quantile of the number of companies less one.
    """
    from scipy.special import stdtrit

    s = {key: float(value or 0) for key, value in row.items()}
    companies = int(s["companies"])
    t = float(stdtrit(max(companies - 1, 1), (1 + LEVEL) / 2))
    correction = companies / (companies - 1) if companies > 1 else 1.0
    ratio = {name: s[f"y_{name}"] / s[f"n_{name}"] if s[f"n_{name}"] else None for name in "ab"}

    def error(weights: Mapping[str, float]) -> float:
        """Root of the sum over companies of the squared weighted sum of n_a, y_a, n_b, y_b."""
        names = ("n_a", "y_a", "n_b", "y_b")
        total = sum(weights.get(x, 0) * weights.get(z, 0) * s[f"{x}_{z}"] * (1 if x == z else 2)
                    for i, x in enumerate(names) for z in names[i:])
        return math.sqrt(max(correction * total, 0.0))

    def part(name: str, sign: float = 1.0) -> dict[str, float]:
        n = s[f"n_{name}"]
        return {f"y_{name}": sign / n, f"n_{name}": -sign * ratio[name] / n}

    def fit(name: str) -> Fit:
        n, paying = int(s[f"n_{name}"]), int(s[f"paying_{name}"])
        if n < MIN_LEADS or paying < MIN_CUSTOMERS:
            return Fit(int(s[f"leads_{name}"]), n, paying, Interval(None))
        half = t * error(part(name))
        return Fit(int(s[f"leads_{name}"]), n, paying, Interval(ratio[name], ratio[name] - half, ratio[name] + half))

    one, other, difference = fit("a"), fit("b"), None
    if None not in (one.value.value, other.value.value):
        half = t * error(part("b") | part("a", -1.0))
        d = ratio["b"] - ratio["a"]
        difference = Interval(d, d - half, d + half)
    return TwoFits(one, other, difference, companies)
