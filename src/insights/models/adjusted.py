"""Like beside like: differences of shares within strata, and what an instrument says of a cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval

Z = 1.6448536269514722
STRONG = 10.0
BALANCED = 0.05


@dataclass(frozen=True)
class Contrast:
    """Shares of two groups: `plain` their difference as it stands, `alike` within strata (Mantel and Haenszel 1959;
    its variance as Klingenberg 2014), `odds` the odds ratio within strata (its variance as Robins, Breslow and
    Greenland 1986); `n` cases in strata that hold both."""

    own: float
    rest: float
    plain: Interval
    alike: Interval
    odds: Interval
    n: int


def contrast(
    n1: np.ndarray, won1: np.ndarray, n0: np.ndarray, won0: np.ndarray, effect: float = 1.0,
) -> Contrast | None:
    """The contrast of a group (1) with the rest (0) over strata; variances are multiplied by `effect`, for companies
    whose leads are alike. None where no stratum holds both."""
    n1, won1, n0, won0 = (np.asarray(x, dtype=float) for x in (n1, won1, n0, won0))
    both = (n1 > 0) & (n0 > 0)
    if not both.any() or not n1.sum() or not n0.sum():
        return None
    p1, p0 = won1.sum() / n1.sum(), won0.sum() / n0.sum()
    error = np.sqrt(effect * (p1 * (1 - p1) / n1.sum() + p0 * (1 - p0) / n0.sum()))
    a, b, c, d = n1[both], won1[both], n0[both], won0[both]
    weight = a * c / (a + c)
    within = float((weight * (b / a - d / c)).sum() / weight.sum())
    common = (b + d) / (a + c)
    spread = float(np.sqrt(effect * (weight * common * (1 - common)).sum()) / weight.sum())
    return Contrast(p1, p0, _around(p1 - p0, error), _around(within, spread), _odds(a, b, c, d, effect),
                    int((a + c).sum()))


def _odds(a, b, c, d, effect: float) -> Interval:
    """The common odds ratio of strata with `b` of `a` against `d` of `c`."""
    n = a + c
    up, down = b * (c - d) / n, d * (a - b) / n
    alike, crossed = (b + c - d) / n, (a - b + d) / n
    total, other = max(float(up.sum()), 1e-12), max(float(down.sum()), 1e-12)
    variance = ((alike * up).sum() / (2 * total**2) + (alike * down + crossed * up).sum() / (2 * total * other)
                + (crossed * down).sum() / (2 * other**2))
    error = Z * np.sqrt(effect * variance)
    return Interval(*(float(np.exp(np.clip(np.log(total / other) + e, -20, 20))) for e in (0.0, -error, error)))


@dataclass(frozen=True)
class Instrument:
    """What cases that chance assigned say: the effect on the share and as an odds ratio, the strength of the instrument
    (F), and the largest difference of a stratum's share between its two sides."""

    effect: Interval
    odds: Interval
    strength: float
    imbalance: float

    @property
    def holds(self) -> bool:
        """Strong enough (F of at least 10; Staiger and Stock 1997), and its two sides alike."""
        return self.strength >= STRONG and self.imbalance <= BALANCED


def instrument(
    n: np.ndarray, treated: np.ndarray, won: np.ndarray, strata: np.ndarray, effect: float,
) -> Instrument | None:
    """Wald's estimate: difference of shares won over difference of shares treated between the instrument's two sides
    (rows 0 and 1 of `n`, `treated`, `won`; columns of `strata` the cases of each stratum on either side)."""
    if n.min() <= 0:
        return None
    share, outcome = treated / n, won / n
    first, second = share[0] - share[1], outcome[0] - outcome[1]
    first_error = np.sqrt(effect * (share * (1 - share) / n).sum())
    second_error = np.sqrt(effect * (outcome * (1 - outcome) / n).sum())
    if abs(first) < 1e-9 or first_error <= 0:
        return None
    value = second / first
    error = np.sqrt(second_error**2 + value**2 * first_error**2) / abs(first)
    balance = np.abs(strata[0] / n[0] - strata[1] / n[1]).max() if strata.size else 0.0
    found = _around(value, error)
    mean, treated_share = float(won.sum() / n.sum()), float(treated.sum() / n.sum())
    odds = Interval(*(_odds_of(mean, treated_share, end) for end in (found.value, found.low, found.high)))
    return Instrument(found, odds, float((first / first_error) ** 2), float(balance))


def _odds_of(mean: float, treated: float, effect: float) -> float:
    """The odds ratio of a difference of shares among cases of which so many are treated and so many won."""
    low = float(np.clip(mean - treated * effect, 1e-3 * mean, 1 - 1e-9))
    high = float(np.clip(low + effect, 1e-3 * mean, 1 - 1e-9))
    return high / (1 - high) * (1 - low) / low


def _around(value: float, error: float) -> Interval:
    return Interval(float(value), float(value - Z * error), float(value + Z * error))
