"""Each customer's own rhythm: lognormal intervals between orders, and a chance to leave after each order.

Contracts tick, other customers order when they need something: the base is a mixture of up to three classes, each with
its typical interval, the scatter of customers' means around it, the scatter of a customer's own intervals, and its
chance to leave. A customer's few intervals are drawn towards those of the classes it may belong to. The last,
unfinished silence takes part in the likelihood, so that long intervals are not forgotten because they are unfinished.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_QUANTILES = (np.arange(8) + 0.5) / 8
_MOST = 160


@dataclass(frozen=True)
class Gaps:
    """Sufficient statistics of a customer's intervals in days, one row each: `n` finished intervals, sum and sum of
    squares of their logarithms, and `silence`, the days since the last order. `cut`: for customers known to have
    ordered before the records begin the days from that beginning to their first order in them (0: not to be used),
    negative for those whose first order is recorded."""

    n: np.ndarray
    logs: np.ndarray
    squares: np.ndarray
    silence: np.ndarray
    cut: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Gaps:
        return Gaps(self.n[rows], self.logs[rows], self.squares[rows], self.silence[rows],
                    None if self.cut is None else self.cut[rows])

    @property
    def older(self) -> np.ndarray:
        """Whether the customer is known to have ordered before the records begin."""
        return np.zeros(len(self.n), dtype=bool) if self.cut is None else self.cut >= 0

    @property
    def again(self) -> np.ndarray:
        """Whether the last order is known not to be the customer's first."""
        return (self.n > 0) | self.older

    @property
    def first_stayed(self) -> np.ndarray:
        """Whether the customer is seen to have stayed after its first order."""
        return (self.n > 0) & ~self.older

    @property
    def stayed(self) -> np.ndarray:
        """After how many later orders the customer is seen to have stayed."""
        return self.n - self.first_stayed

    def uncut(self) -> Gaps:
        """The same without the lengths of cut intervals."""
        return self if self.cut is None else Gaps(self.n, self.logs, self.squares, self.silence,
                                                  np.minimum(self.cut, 0.0))

    @property
    def scatter(self) -> np.ndarray:
        """Sum of squares of the log intervals around their own mean."""
        return np.maximum(self.squares - self.logs**2 / np.maximum(self.n, 1), 0.0)


@dataclass(frozen=True)
class Own:
    """What is predicted of a customer's next interval in one class: its logarithm is normal around `centre` with
    variance `moving` + `fixed`, the latter being ignorance of the customer's mean."""

    centre: np.ndarray
    moving: float
    fixed: np.ndarray

    @property
    def scale(self) -> np.ndarray:
        return np.sqrt(self.moving + self.fixed)

    def beyond(self, days: np.ndarray) -> np.ndarray:
        """P(interval > days)."""
        from scipy.special import ndtr

        return ndtr((self.centre - np.log(np.maximum(days, 0.5))) / self.scale)

    def cut_short(self, days: np.ndarray) -> tuple[Own, np.ndarray]:
        """What is known once an interval is seen of which the records show only the last `days` (0 or less: none), and
        the log-likelihood of that.

        The rest of a running interval has the density P(interval > rest) / E(interval) (Cox 1962, section 5.2). The
        mean log interval keeps a normal distribution with the first two moments of the exact one (Rasmussen and
        Williams 2006, section 3.9, for a normal times a probit); 1 / E(interval) shifts it by its variance.
        """
        from scipy.special import log_ndtr

        seen, fixed = days > 0, self.fixed
        centre = self.centre - fixed
        z = (centre - np.log(np.maximum(days, 0.5))) / self.scale
        slope = np.exp(-z * z / 2 - log_ndtr(z)) / np.sqrt(2 * np.pi)
        told = -self.centre + (fixed - self.moving) / 2 + log_ndtr(z)
        return Own(np.where(seen, centre + fixed * slope / self.scale, self.centre), self.moving,
                   np.where(seen, fixed - (fixed / self.scale) ** 2 * slope * (z + slope), fixed)), np.where(
            seen, told, 0.0)


@dataclass(frozen=True)
class Class:
    """One class of buyers: typical log interval, variance of customers' means, variance within a customer, chance to
    leave after an order, and its share among all customers."""

    centre: float
    between: float
    within: float
    leaving: float
    share: float

    def own(self, gaps: Gaps) -> Own:
        """The customers' predictive distributions, were they of this class."""
        return self._told(gaps)[0]

    def _told(self, gaps: Gaps) -> tuple[Own, np.ndarray | float]:
        """The same, and the log-likelihood of the intervals that the beginning of the records cuts."""
        total = self.within + gaps.n * self.between
        centre = (self.between * gaps.logs + self.within * self.centre) / total
        own = Own(centre, self.within, self.between * self.within / total)
        if gaps.cut is None or not (gaps.cut > 0).any():
            return own, 0.0
        return own.cut_short(gaps.cut)

    def log_likelihood(self, gaps: Gaps) -> np.ndarray:
        """Of the finished intervals, of the one that the beginning of the records cuts, and of having stayed after all
        orders but the first and the last."""
        n, total = gaps.n, self.within + gaps.n * self.between
        some = n > 0
        mean = gaps.logs / np.maximum(n, 1)
        of_gaps = -0.5 * ((n - 1) * np.log(self.within) + np.log(total) + gaps.scatter / self.within
                          + n * (mean - self.centre) ** 2 / total)
        return np.where(some, of_gaps + gaps.stayed * np.log1p(-self.leaving), 0.0) + self._told(gaps)[1]


@dataclass(frozen=True)
class Rhythm:
    """The fitted base: its classes, and the chance to leave after the first order."""

    classes: tuple[Class, ...]
    first_leaving: float
    log_likelihood: float = np.nan

    def leaves(self, one: Class, gaps: Gaps) -> np.ndarray:
        """The chance to have left at the last order, before the silence after it."""
        return np.where(gaps.again, one.leaving, self.first_leaving)

    def logs(self, gaps: Gaps, *, silence: bool) -> np.ndarray:
        """Log of class share times likelihood, a row for each customer, a column for each class; with or without what
        the silence says."""
        columns = []
        for one in self.classes:
            column = np.log(one.share) + one.log_likelihood(gaps)
            column = column + np.where(gaps.first_stayed, np.log1p(-self.first_leaving), 0.0)
            if silence:
                leaves = self.leaves(one, gaps)
                column = column + np.log((1 - leaves) * one.own(gaps).beyond(gaps.silence) + leaves)
            columns.append(column)
        return np.column_stack(columns)

    def shares(self, gaps: Gaps, *, silence: bool = True) -> np.ndarray:
        """Probability of each class for each customer."""
        logs = self.logs(gaps, silence=silence)
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    def active(self, gaps: Gaps) -> np.ndarray:
        """Probability that the customer still is one, given its silence."""
        return self._active_of_class(gaps).sum(axis=1)

    def _active_of_class(self, gaps: Gaps) -> np.ndarray:
        """P(class and still active)."""
        columns = []
        for one in self.classes:
            leaves = self.leaves(one, gaps)
            waits = (1 - leaves) * one.own(gaps).beyond(gaps.silence)
            columns.append(waits / (waits + leaves))
        return self.shares(gaps) * np.column_stack(columns)

    def quiet(self, gaps: Gaps) -> np.ndarray:
        """Probability of a silence as long as the customer's, still there or not."""
        shares = self.shares(gaps, silence=False)
        columns = []
        for one in self.classes:
            leaves = self.leaves(one, gaps)
            columns.append((1 - leaves) * one.own(gaps).beyond(gaps.silence) + leaves)
        return (shares * np.column_stack(columns)).sum(axis=1)

    def limit(self, gaps: Gaps, level: float) -> np.ndarray:
        """The silence in days that an active customer exceeds with probability 1 - level."""
        shares = self.shares(gaps, silence=False)
        owns = [one.own(gaps) for one in self.classes]
        low, high = np.full(len(gaps.n), -1.0), np.full(len(gaps.n), 11.0)
        for _ in range(36):
            middle = (low + high) / 2
            beyond = sum(shares[:, k] * own.beyond(np.exp(middle)) for k, own in enumerate(owns))
            above = beyond > 1 - level
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.exp((low + high) / 2)

    def reached(self, gaps: Gaps, horizon: float) -> np.ndarray:
        """P(at least j orders within the horizon) for j = 1, 2, ... (columns)."""
        active = self._active_of_class(gaps)
        tables = [_counted(one.own(gaps), one.leaving, gaps.silence, horizon) for one in self.classes]
        total = np.zeros((len(gaps.n), max(t.shape[1] for t in tables)))
        for k, table in enumerate(tables):
            total[:, :table.shape[1]] += active[:, [k]] * table
        return total


def _counted(own: Own, leaving: float, silence: np.ndarray, horizon: float) -> np.ndarray:
    """P(at least j orders | active, class): the rest of the running interval, then further ones, sums of intervals
    taken as lognormal by their first two moments."""
    from scipy.special import ndtr, ndtri

    beyond = own.beyond(silence)[:, None]
    logs = own.centre[:, None] - own.scale[:, None] * ndtri(np.maximum(beyond * (1 - _QUANTILES), 1e-300))
    rest = np.maximum(np.exp(np.minimum(logs, 12.0)) - silence[:, None], 0.5)
    left = horizon - rest
    mean = np.exp(own.centre + own.scale**2 / 2)
    columns = [np.mean(left >= 0, axis=1)]
    with np.errstate(divide="ignore"):
        at = np.log(np.maximum(left, 1e-9))
    for j in range(1, _MOST):
        width = np.sqrt(np.log1p(np.expm1(own.moving) / j + np.expm1(own.fixed)))
        middle = np.log(j * mean) - width**2 / 2
        reached = ndtr((at - middle[:, None]) / width[:, None]).mean(axis=1) * (1 - leaving) ** j
        columns.append(np.minimum(reached, columns[-1]))
        if columns[-1].max() < 1e-3:
            break
    return np.column_stack(columns)
