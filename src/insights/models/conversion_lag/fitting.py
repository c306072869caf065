"""Fits of one set of counts: three families, one lag for all groups and a lag of each, and which of the two holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.families import LOGNORMAL, WEIBULL, Shape
from insights.models.conversion_lag.mixture import Cells
from insights.models.conversion_lag.newton import Fit, maximise

FAMILIES = ("weibull", "lognormal", "gamma")
OWN_WINS = 20
GRID = (-1.0, -0.5, 0.5, 1.5, 2.5)
_LOSS_GRID = (-0.5, 0.0, 0.5, 1.0, 2.0)
_SIGNIFICANT = 0.05
_EXACT_DAYS, _BIN = 30.0, 0.03
PROFILE_DROP = 1.353
"""Drop of the log-likelihood that leaves a third parameter within its 90% interval."""


@dataclass(frozen=True)
class LagTest:
    """Whether one lag does for all groups: likelihood ratio (over the design effect), degrees of freedom, p."""

    ratio: float
    freedom: int
    p: float

    @property
    def shared(self) -> bool:
        """Whether one lag is not refuted."""
        return self.p >= _SIGNIFICANT


@dataclass(frozen=True)
class Profile:
    """The generalized gamma over a grid of its third parameter: log-likelihood and fit at each q."""

    q: tuple[float, ...]
    fits: tuple[Fit, ...]

    @property
    def loglik(self) -> np.ndarray:
        """(q, groups); for one lag of all groups their sum in each."""
        values = np.stack([fit.loglik for fit in self.fits])
        return np.repeat(values.sum(axis=1, keepdims=True), values.shape[1], 1) if self.fits[0].shared else values

    @property
    def best(self) -> np.ndarray:
        """The place of each group's best q."""
        return self.loglik.argmax(axis=0)


def cells(counts: Counts, *, alone: bool, coarse: bool = False) -> Cells:
    """The counts as the likelihood reads them: won against ended against open, or won `alone` against not won by the
    day up to which the lead could be watched. `coarse` puts days after the first month together by three in a hundred
    of their length: a seventh of the work, and no figure moves by more than a thousandth of itself."""
    x = np.log(np.maximum(counts.days + counts.shift, 1e-9))
    nothing = np.zeros((0, 4), dtype=np.int64)
    made = (Cells(x, (counts.won,), counts.unwon, nothing) if alone
            else Cells(x, (counts.won, counts.ended), counts.open - counts.entered, counts.within))
    used = (made.open != 0).any(axis=0) | np.any([(e != 0).any(axis=0) for e in made.events], axis=0)
    if len(made.within):
        used[made.within[:, 2]] = True
        used[made.within[made.within[:, 1] >= 0, 1]] = True
    kept = np.flatnonzero(used)
    bins = _bins(counts.days[kept], coarse)
    place = np.zeros(len(used), dtype=np.int64)
    place[kept] = bins
    number = int(bins.max()) + 1 if len(bins) else 0
    middle = np.bincount(bins, x[kept], number) / np.maximum(np.bincount(bins, minlength=number), 1)
    edges = np.flatnonzero(np.diff(bins, prepend=-1))
    events = tuple(np.add.reduceat(e[:, kept], edges, axis=1) if number else e[:, kept] for e in made.events)
    still = np.add.reduceat(made.open[:, kept], edges, axis=1) if number else made.open[:, kept]
    return Cells(middle, events, still, _placed(made.within, place))


def _bins(days: np.ndarray, coarse: bool) -> np.ndarray:
    """The bin of each of the rising days."""
    if not coarse:
        return np.arange(len(days))
    marks = np.where(days <= _EXACT_DAYS, days, _EXACT_DAYS + 1 + np.floor(
        np.log(np.maximum(days, 1.0) / _EXACT_DAYS) / _BIN))
    return np.cumsum(np.diff(marks, prepend=marks[:1]) > 0)


def _placed(within: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Spans of losses with the places of bins, alike ones together; one within a single bin goes back to creation."""
    if not len(within):
        return within
    start = np.where(within[:, 1] >= 0, place[np.maximum(within[:, 1], 0)], -1)
    end = place[within[:, 2]]
    rows = np.column_stack([within[:, 0], np.where(start < end, start, -1), end])
    unique, inverse = np.unique(rows, axis=0, return_inverse=True)
    return np.column_stack([unique, np.bincount(inverse.ravel(), within[:, 3]).astype(np.int64)])


def loss_law(everything: Cells) -> tuple[Shape, ...]:
    """The law of the losses that suits all leads together best; empty for a model of won alone."""
    if everything.causes == 1:
        return ()
    fits: dict[float, Fit] = {}
    for q in sorted(_LOSS_GRID, key=abs):
        near = min(fits, key=lambda known: abs(known - q), default=None)
        fits[q] = maximise(everything, (Shape(LOGNORMAL), Shape(q)), begin=None if near is None else fits[near].theta)
    return (Shape(max(fits, key=lambda q: (fits[q].loglik.sum(), -abs(q)))),)


def family_fits(data: Cells, losses: tuple[Shape, ...], *, shared: bool) -> tuple[dict[str, Fit], Profile]:
    """The Weibull, the lognormal, and the generalized gamma at each q of a grid (the other two among them)."""
    fits = {"weibull": maximise(data, (Shape(WEIBULL), *losses), shared=shared)}
    fits["lognormal"] = maximise(data, (Shape(LOGNORMAL), *losses), shared=shared, begin=_shift(fits["weibull"]))
    by_q = {WEIBULL: fits["weibull"], LOGNORMAL: fits["lognormal"]}
    for q in sorted(GRID, key=lambda q: abs(q - LOGNORMAL)):
        near = min(by_q, key=lambda known: abs(known - q))
        by_q[q] = maximise(data, (Shape(q), *losses), shared=shared, begin=by_q[near].theta)
    ordered = sorted(by_q)
    return fits, Profile(tuple(ordered), tuple(by_q[q] for q in ordered))


def _shift(fit: Fit) -> np.ndarray:
    """Where a lognormal search begins after a Weibull: the same middle and spread."""
    theta = fit.theta.copy()
    at = theta.shape[1] // 3
    sigma = np.exp(theta[:, at + 1])
    theta[:, at] += fit.laws[0].quantile(0.5) * sigma
    theta[:, at + 1] += np.log(1.28)
    return np.where(np.isfinite(theta), theta, fit.theta)


def same_lag(data: Cells, losses: tuple[Shape, ...], wins: np.ndarray, effect: float) -> LagTest | None:
    """Test one lag for all groups with enough wins for one of their own; None where fewer than two have."""
    large = wins >= OWN_WINS
    if large.sum() < 2:
        return None
    part = data.pick(large)
    ratios = {}
    for q in (WEIBULL, LOGNORMAL):
        one = maximise(part, (Shape(q), *losses), shared=True)
        own = maximise(part, (Shape(q), *losses), begin=one.theta)
        ratios[one.loglik.sum()] = 2 * (own.loglik.sum() - one.loglik.sum())
    from scipy.special import chdtrc

    ratio = max(ratios[max(ratios)], 0.0) / max(effect, 1.0)
    freedom = int(large.sum() - 1) * 2 * data.causes
    return LagTest(float(ratio), freedom, float(chdtrc(freedom, ratio)))
