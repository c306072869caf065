"""BG/NBD and MBG/NBD: orders at a rate of the customer's own, and a chance to leave after each order.

Fader, Hardie and Lee 2005 (BG/NBD: nobody leaves before the first repeat order, so a customer without one is always
active); Batislam, Denizel and Filiztekin 2007 (MBG/NBD: a customer may leave after the first order as well).
Rates are gamma distributed over customers (shape r, scale alpha in units of time), chances of leaving beta (a, b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.counts import Counts
from insights.models.repeat_orders.fitting import Fitted, maximise

NAMES = ("r", "alpha", "a", "b")
_NODES = 24


@dataclass(frozen=True)
class GeometricDropout:
    """A fitted BG/NBD (`modified` false) or MBG/NBD (`modified` true)."""

    fitted: Fitted
    modified: bool

    @property
    def parameters(self) -> tuple[float, float, float, float]:
        return tuple(self.fitted.values[name] for name in NAMES)

    def active(self, counts: Counts) -> np.ndarray:
        """Probability that the customer still is one, for each row of the counts."""
        return 1 - self._leaving(counts)

    def _leaving(self, counts: Counts) -> np.ndarray:
        r, alpha, a, b = self.parameters
        return _gone_share(counts, r, alpha, a, b, self.modified)

    def expected(self, counts: Counts, horizon: float) -> np.ndarray:
        """Expected orders within `horizon` (in the counts' unit of time) after the end of observation: the mean of
        (1 - exp(-lambda p h)) / p over the rates and chances of leaving that fit the customer's counts."""
        return self.active(counts) * self.if_active(counts, horizon)

    def if_active(self, counts: Counts, horizon: float) -> np.ndarray:
        """The same for a customer known to be active."""
        r, alpha, a, b = self.parameters
        shape = b + counts.x + self.modified
        nodes, place = _beta_nodes(a, shape)
        share = nodes[0][place]
        still = (r + counts.x)[:, None]
        later = -np.expm1(-still * np.log1p(share * horizon / (alpha + counts.T)[:, None])) / share
        return np.einsum("ij,ij->i", later, nodes[1][place])

    def limit(self, counts: Counts, level: float) -> np.ndarray:
        """The silence after the last order that an active customer exceeds with probability 1 - level."""
        r, alpha, _a, _b = self.parameters
        return (alpha + counts.t_x) * np.expm1(-np.log1p(-level) / (r + counts.x))

    def none_within(self, counts: Counts, horizon: float) -> np.ndarray:
        """Probability of no order at all within the horizon."""
        r, alpha, _a, _b = self.parameters
        quiet = ((alpha + counts.T) / (alpha + counts.T + horizon)) ** (r + counts.x)
        return 1 - self.active(counts) * (1 - quiet)

    def from_first(self, times: np.ndarray) -> np.ndarray:
        """Expected repeat orders of a new customer by each of these times since its first order."""
        counts = Counts.of(np.zeros(1), np.zeros(1), np.zeros(1))
        share = self.active(counts)[0] if self.modified else 1.0
        return share * np.array([self.if_active(counts, float(t))[0] for t in times])


def fit(counts: Counts, *, modified: bool, start: np.ndarray | None = None) -> GeometricDropout:
    """Maximum likelihood. ValueError without a single customer who could have ordered again."""
    if not counts.customers or not np.any(counts.T > 0):
        raise ValueError("no customer has been observed after its first order")
    begin = np.array([1.0, max(float(np.average(counts.T, weights=counts.n)) / 4, 1e-3), 1.0, 3.0])
    groups = np.unique(counts.x, return_inverse=True)
    score = _Likelihood(counts, groups, modified)
    return GeometricDropout(maximise(score, NAMES, begin if start is None else start), modified)


def log_likelihood(counts: Counts, r: float, alpha: float, a: float, b: float, *, modified: bool = False) -> float:
    """The log-likelihood at these parameters."""
    return _Likelihood(counts, np.unique(counts.x, return_inverse=True), modified)(np.array([r, alpha, a, b]))[0]


class _Likelihood:
    """Log-likelihood and its gradient; what depends on x alone is computed once for each x."""

    def __init__(self, counts: Counts, groups: tuple[np.ndarray, np.ndarray], modified: bool) -> None:
        self.counts, self.modified = counts, modified
        self.values, self.place = groups
        self.weight = np.bincount(self.place, counts.n, len(self.values))
        self.total = counts.customers
        self.first = counts.x > 0 if not modified else None

    def __call__(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        from scipy.special import betaln, gammaln, psi

        r, alpha, a, b = parameters
        c, x, s = self.counts, self.values, float(self.modified)
        late, last = np.log(alpha + c.T), np.log(alpha + c.t_x)
        power = r + c.x
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.log(a) - np.log(b + x + s - 1)
        if not self.modified:
            ratio = np.where(x > 0, ratio, -np.inf)
        excess = ratio[self.place] + power * (late - last)
        w = 1 / (1 + np.exp(-np.clip(excess, -700, 700)))
        soft = np.logaddexp(0, excess)
        of_x = gammaln(r + x) - gammaln(r) + betaln(a, b + x + s) - betaln(a, b)
        score = self.weight @ of_x + self.total * r * np.log(alpha) + c.n @ (soft - power * late)
        wn = c.n * w
        of_w = np.bincount(self.place, wn, len(x))
        sums = psi(a + b) - psi(a + b + x + s)
        gradient = np.array([
            self.weight @ (psi(r + x) - psi(r)) + self.total * np.log(alpha) - c.n @ late + wn @ (late - last),
            self.total * r / alpha - (c.n * power) @ (1 / (alpha + c.T)) + (wn * power) @ (
                1 / (alpha + c.T) - 1 / (alpha + c.t_x)),
            self.weight @ sums + of_w.sum() / a,
            self.weight @ (sums + psi(b + x + s) - psi(b)) - np.sum(
                np.divide(of_w, b + x + s - 1, out=np.zeros_like(of_w), where=of_w > 0)),
        ])
        return float(score), gradient


def _gone_share(counts: Counts, r: float, alpha: float, a: float, b: float, modified: bool) -> np.ndarray:
    below = b + counts.x + (0 if modified else -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.log(a) - np.log(below) + (r + counts.x) * np.log((alpha + counts.T) / (alpha + counts.t_x))
    gone = 1 / (1 + np.exp(-np.clip(excess, -700, 700)))
    return gone if modified else np.where(counts.x > 0, gone, 0.0)


def _beta_nodes(a: float, shapes: np.ndarray) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Nodes and weights (rows) of the mean over a beta distribution (a, shape), for each distinct shape, and each
    shape's row: Gauss and Jacobi by the eigenvalues of the recurrence (Golub and Welsch 1969)."""
    values, place = np.unique(shapes, return_inverse=True)
    k = np.arange(_NODES)
    nodes, weights = np.empty((2, len(values), _NODES))
    for i, shape in enumerate(values):
        p, q = shape - 1, a - 1
        total = 2 * k + p + q
        with np.errstate(divide="ignore", invalid="ignore"):
            diagonal = np.where(total * (total + 2) == 0, (q - p) / (p + q + 2),
                                (q * q - p * p) / (total * (total + 2)))
            diagonal[0] = (q - p) / (p + q + 2)
            j = k[1:]
            t = 2 * j + p + q
            off = 4 * j * (j + p) * (j + q) * (j + p + q) / (t * t * (t + 1) * (t - 1))
            off[0] = 4 * (1 + p) * (1 + q) / ((2 + p + q) ** 2 * (3 + p + q))
        at, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(np.sqrt(off), 1) + np.diag(np.sqrt(off), -1))
        nodes[i] = np.clip((1 + at) / 2, 1e-300, 1.0)
        weights[i] = vectors[0] ** 2
    return (nodes, weights), place
