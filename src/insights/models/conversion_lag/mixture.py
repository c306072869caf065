"""Likelihood of the two-cause mixture, with its exact gradient and Hessian, for all groups at once.

A lead is won with density `c_w f_w(t)`, lost or returned with `c_l f_l(t)`, and open with probability
`1 - c_w F_w(t) - c_l F_l(t)`. With one cause only it is the cure model (Boag 1949; Farewell 1982): won with
`c f(t)`, not won with `1 - c F(t)`.

Parameters of a group, one cause: `a, mu, s` with `c = 1 / (1 + exp(-a))`; two causes: `a, b, mu_w, s_w, mu_l, s_l`,
where `a` is the log-odds that a lead is ever closed, `b` that a closed one is won, `mu` and `s` location and log-scale
of the logarithm of days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.conversion_lag.families import Shape

_TINY = 1e-300


@dataclass(frozen=True)
class Cells:
    """Counts as the likelihood reads them: `x` the logarithms of the times; for each cause its events; `open` those
    that had no event by then, less those that were not watched from the start; `within` (group, from, to, number) of
    the last cause, positions of times (-1: from the start)."""

    x: np.ndarray
    events: tuple[np.ndarray, ...]
    open: np.ndarray
    within: np.ndarray

    @property
    def causes(self) -> int:
        return len(self.events)

    def pick(self, rows: np.ndarray) -> Cells:
        """The groups of a mask."""
        if rows.all():
            return self
        place = np.cumsum(rows) - 1
        within = self.within[rows[self.within[:, 0]]]
        within = np.column_stack([place[within[:, 0]], within[:, 1:]]) if len(within) else within
        return Cells(self.x, tuple(e[rows] for e in self.events), self.open[rows], within)


def shares(theta: np.ndarray, causes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Final shares of each cause (causes, groups), and their first and second derivatives by the first parameters."""
    p = 1 / (1 + np.exp(-theta[:, 0]))
    if causes == 1:
        d = p * (1 - p)
        return p[None], d[None, :, None], (d * (1 - 2 * p))[None, :, None, None]
    r = 1 / (1 + np.exp(-theta[:, 1]))
    dp, dr = p * (1 - p), r * (1 - r)
    ddp, ddr = dp * (1 - 2 * p), dr * (1 - 2 * r)
    c = np.stack([p * r, p * (1 - r)])
    first = np.stack([np.stack([dp * r, p * dr], -1), np.stack([dp * (1 - r), -p * dr], -1)])
    second = np.empty((2, len(p), 2, 2))
    second[0, :, 0, 0], second[1, :, 0, 0] = ddp * r, ddp * (1 - r)
    second[0, :, 1, 1], second[1, :, 1, 1] = p * ddr, -p * ddr
    second[0, :, 0, 1] = second[0, :, 1, 0] = dp * dr
    second[1, :, 0, 1] = second[1, :, 1, 0] = -dp * dr
    return c, first, second


def evaluate(
    cells: Cells, laws: tuple[Shape, ...], theta: np.ndarray, *, slopes: bool = True,
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Log-likelihood of each group, its gradient and its Hessian (both None without `slopes`)."""
    k, groups = cells.causes, len(theta)
    c, dc, ddc = shares(theta, k)
    value = np.zeros(groups)
    gradient, hessian = np.zeros((groups, 3 * k)), np.zeros((groups, 3 * k, 3 * k))
    basis, seconds = [], []
    for j, law in enumerate(laws):
        mu, sigma = theta[:, k + 2 * j, None], np.exp(theta[:, k + 2 * j + 1, None])
        z = (cells.x - mu) / sigma
        cumulative = law.cdf(z)
        log_density, u, du = law.slopes(z)
        value += _events(cells.events[j], c[j], log_density, sigma, cells.x)
        density = np.exp(log_density)
        if slopes:
            _events_slopes(gradient, hessian, cells.events[j], (z, u, du, sigma), (c[j], dc[j], ddc[j]), k + 2 * j)
            zd, du_ = z * density, density * u
            basis += [cumulative, -density / sigma, -zd]
            seconds.append((du_ / sigma**2, (density + z * du_) / sigma, zd + z * z * du_))
        else:
            basis.append(cumulative)
    step = 3 if slopes else 1
    survival = 1 - sum(c[j][:, None] * basis[step * j] for j in range(k))
    survival = np.maximum(survival, _TINY)
    value += np.einsum("gt,gt->g", cells.open, np.log(survival))
    if len(cells.within):
        _within(cells, laws[-1], theta, (c[-1], dc[-1], ddc[-1]), value, gradient if slopes else None, hessian)
    if not slopes:
        return value, None, None
    weight = cells.open / survival
    stacked = np.stack(basis, axis=1)
    sums = np.einsum("gt,git->gi", weight, stacked)
    products = np.matmul(stacked * (weight / survival)[:, None, :], stacked.transpose(0, 2, 1))
    jacobian = np.zeros((groups, 3 * k, 3 * k))
    for j in range(k):
        mu, s = k + 2 * j, k + 2 * j + 1
        jacobian[:, 3 * j, :k] = dc[j]
        jacobian[:, 3 * j + 1, mu] = jacobian[:, 3 * j + 2, s] = c[j]
        hessian[:, :k, :k] -= ddc[j] * sums[:, 3 * j, None, None]
        for place, at in ((mu, 3 * j + 1), (s, 3 * j + 2)):
            cross = dc[j] * sums[:, at, None]
            hessian[:, :k, place] -= cross
            hessian[:, place, :k] -= cross
        mm, ms, ss = (c[j] * np.einsum("gt,gt->g", weight, part) for part in seconds[j])
        hessian[:, mu, mu] -= mm
        hessian[:, s, s] -= ss
        hessian[:, mu, s] -= ms
        hessian[:, s, mu] -= ms
    gradient -= np.einsum("gbp,gb->gp", jacobian, sums)
    hessian -= np.matmul(jacobian.transpose(0, 2, 1), np.matmul(products, jacobian))
    return value, gradient, hessian


def _events(count, c, log_density, sigma, x) -> np.ndarray:
    n = count.sum(axis=1)
    return (np.where(n > 0, n * np.log(np.maximum(c, _TINY)), 0.0) - n * np.log(sigma[:, 0])
            + np.einsum("gt,gt->g", count, log_density) - count @ x)


def _log_share(gradient, hessian, n, share, k) -> None:
    """Derivatives of n times the logarithm of a final share."""
    c, dc, ddc = share
    c = np.maximum(c, _TINY)[:, None]
    relative = dc / c
    gradient[:, :k] += n[:, None] * relative
    hessian[:, :k, :k] += n[:, None, None] * (ddc / c[:, :, None] - relative[:, :, None] * relative[:, None, :])


def _events_slopes(gradient, hessian, count, law, share, at) -> None:
    z, u, du, sigma = law
    n, sigma = count.sum(axis=1), sigma[:, 0]
    _log_share(gradient, hessian, n, share, share[1].shape[1])
    total = [np.einsum("gt,gt->g", count, part) for part in (u, z * u, du, z * du, z * z * du)]
    gradient[:, at] -= total[0] / sigma
    gradient[:, at + 1] -= total[1] + n
    hessian[:, at, at] += total[2] / sigma**2
    cross = (total[0] + total[3]) / sigma
    hessian[:, at, at + 1] += cross
    hessian[:, at + 1, at] += cross
    hessian[:, at + 1, at + 1] += total[1] + total[4]


def _within(cells, law, theta, share, value, gradient, hessian) -> None:
    """Losses known to lie between two times: log(c (F(to) - F(from)))."""
    g, start, end, n = cells.within.T
    k, groups = cells.causes, len(theta)
    at = 3 * k - 2
    mu, sigma = theta[g, at], np.exp(theta[g, at + 1])
    z = np.stack([(cells.x[start] - mu) / sigma, (cells.x[end] - mu) / sigma])
    known = np.stack([start >= 0, np.ones(len(end), dtype=bool)])
    cumulative = np.where(known, law.cdf(z), 0.0)
    gap = np.maximum(cumulative[1] - cumulative[0], _TINY)
    total = np.bincount(g, n, groups)
    value += np.bincount(g, n * np.log(gap), groups) + total * np.log(np.maximum(share[0], _TINY))
    if gradient is None:
        return
    _log_share(gradient, hessian, total, share, k)
    log_density, u, _ = law.slopes(z)
    density = np.where(known, np.exp(log_density), 0.0)
    slope = density * u
    by_mu, by_s = -density / sigma, -z * density
    parts = {"m": by_mu, "s": by_s, "mm": slope / sigma**2, "ms": (density + z * slope) / sigma,
             "ss": z * density + z * z * slope}
    d = {name: (part[1] - part[0]) / gap for name, part in parts.items()}
    gradient[:, at] += np.bincount(g, n * d["m"], groups)
    gradient[:, at + 1] += np.bincount(g, n * d["s"], groups)
    hessian[:, at, at] += np.bincount(g, n * (d["mm"] - d["m"]**2), groups)
    cross = np.bincount(g, n * (d["ms"] - d["m"] * d["s"]), groups)
    hessian[:, at, at + 1] += cross
    hessian[:, at + 1, at] += cross
    hessian[:, at + 1, at + 1] += np.bincount(g, n * (d["ss"] - d["s"]**2), groups)
