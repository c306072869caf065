"""Damped Newton for all groups at once: each group its own lag, or one lag for all with final shares of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.conversion_lag.families import Shape
from insights.models.conversion_lag.mixture import Cells, evaluate

ROUNDS = 80
_CLOSE = 1e-9
_LONGEST = 1.5
_SHARE_BOUNDS = (-12.0, 20.0)
_ALL = 9.0
_SCALE_BOUNDS = (-3.5, 2.0)


@dataclass(frozen=True)
class Fit:
    """A maximum of the likelihood: parameters (groups, parameters), log-likelihood and covariance of each group, which
    parameters ended on a bound, and whether the search arrived."""

    theta: np.ndarray
    loglik: np.ndarray
    covariance: np.ndarray
    bound: np.ndarray
    arrived: np.ndarray
    laws: tuple[Shape, ...]
    shared: bool


def start(cells: Cells) -> np.ndarray:
    """Where the search begins: shares and moments of what has closed so far."""
    k, groups = cells.causes, cells.open.shape[0]
    theta = np.zeros((groups, 3 * k))
    numbers = [e.sum(axis=1) for e in cells.events]
    numbers[-1] = numbers[-1] + (np.bincount(cells.within[:, 0], cells.within[:, 3], groups) if len(cells.within)
                                 else 0.0)
    closed = sum(numbers)
    n = np.maximum(closed + cells.open.sum(axis=1), closed + 1.0)
    theta[:, 0] = np.clip(np.log((closed + 0.5) / (n - closed + 0.5)), -8, 5) + 0.2
    if k == 2:
        theta[:, 1] = np.log((numbers[0] + 0.5) / (numbers[1] + 0.5))
    for j, events in enumerate(cells.events):
        everything = events.sum(axis=0, keepdims=True)
        both = events + everything * (5.0 / max(everything.sum(), 1.0))
        total = np.maximum(both.sum(axis=1), 1e-9)
        mean = both @ cells.x / total
        spread = np.sqrt(np.maximum(both @ cells.x**2 / total - mean**2, 0.05))
        theta[:, k + 2 * j], theta[:, k + 2 * j + 1] = mean, np.log(spread)
    return theta


def maximise(cells: Cells, laws: tuple[Shape, ...], *, shared: bool = False, begin: np.ndarray | None = None) -> Fit:
    """The maximum of the likelihood from `begin` (by default from the moments)."""
    theta = start(cells) if begin is None else begin.copy()
    if shared:
        k = cells.causes
        weight = np.maximum(cells.events[0].sum(axis=1), 1e-9)
        theta[:, k:] = (theta[:, k:] * weight[:, None]).sum(axis=0) / weight.sum()
    low, high = _bounds(cells)
    theta = np.clip(theta, low, high)
    active = np.ones(len(theta), dtype=bool)
    value, gradient, hessian = evaluate(cells, laws, theta)
    for _ in range(ROUNDS):
        part = cells if shared else cells.pick(active)
        rows = np.ones(len(theta), dtype=bool) if shared else active
        g, h = _held(theta[rows], gradient[rows], hessian[rows], low, high, cells.causes if shared else None)
        step, gain = _shared_step(g, h, cells.causes) if shared else _own_step(g, h)
        if shared:
            if gain < _CLOSE:
                active[:] = False
                break
        else:
            going = gain >= _CLOSE
            if not going.all():
                index = np.flatnonzero(active)
                active[index[~going]] = False
                if not going.any():
                    break
                continue
        moved, better = _search(part, laws, theta[rows], step, value[rows], gain, low, high, shared)
        theta[rows] = moved
        index = np.flatnonzero(rows)
        if not better.any():
            active[index] = False
            break
        active[index[~better]] = False
        value[rows], gradient[rows], hessian[rows] = evaluate(part, laws, moved)
    return _fit(cells, laws, theta, value, gradient, hessian, low, high, ~active, shared)


def _bounds(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    k = cells.causes
    place = (cells.x.min(initial=0.0) - 3.0, cells.x.max(initial=1.0) + 3.0)
    pairs = [_SHARE_BOUNDS] * k + [place, _SCALE_BOUNDS] * k
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _held(theta, gradient, hessian, low, high, causes) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and negative Hessian in which parameters that push against a bound stand still. A shared lag's
    parameters (those after the first `causes`) are left alone: they are one for all groups."""
    stuck = ((theta <= low) & (gradient < 0)) | ((theta >= high) & (gradient > 0))
    if causes is not None:
        stuck[:, causes:] = False
    g = np.where(stuck, 0.0, gradient)
    h = -np.where(stuck[:, :, None] | stuck[:, None, :], 0.0, hessian)
    places = np.arange(theta.shape[1])
    h[:, places, places] += stuck
    return g, h


def _positive(matrix: np.ndarray) -> np.ndarray:
    """Inverse of a symmetric matrix made positive: curvatures that point the wrong way are turned round."""
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(np.abs(values), 1e-7 * np.abs(values).max(axis=-1, keepdims=True) + 1e-10)
    return np.matmul(vectors / values[..., None, :], np.swapaxes(vectors, -1, -2))


def _own_step(g, h) -> tuple[np.ndarray, np.ndarray]:
    step = np.matmul(_positive(h), g[:, :, None])[:, :, 0]
    return step, np.einsum("gp,gp->g", step, g)


def _arrow(h, k) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The parts of the inverse of all groups' matrix with one lag: inverse of each group's block, that times its link
    to the lag, inverse for the lag itself."""
    block = _positive(h[:, :k, :k])
    link = np.matmul(block, h[:, :k, k:])
    lag = _positive(h[:, k:, k:].sum(axis=0) - np.matmul(h[:, k:, :k], link).sum(axis=0))
    return block, link, lag


def _shared_step(g, h, k) -> tuple[np.ndarray, float]:
    block, link, lag = _arrow(h, k)
    own = np.matmul(block, g[:, :k, None])[:, :, 0]
    common = lag @ (g[:, k:].sum(axis=0) - np.einsum("gkl,gk->l", link, g[:, :k]))
    step = np.empty_like(g)
    step[:, :k] = own - np.matmul(link, common)
    step[:, k:] = common
    return step, float((step[:, :k] * g[:, :k]).sum() + common @ g[:, k:].sum(axis=0))


def _search(cells, laws, theta, step, value, gain, low, high, shared) -> tuple[np.ndarray, np.ndarray]:
    """Steps halved until the likelihood rises; which groups still moved."""
    longest = np.abs(step).max(axis=1)
    if shared:
        longest = np.full_like(longest, longest.max())
    scale = np.minimum(1.0, _LONGEST / np.maximum(longest, 1e-12))
    done = np.zeros(len(theta), dtype=bool)
    moved = theta.copy()
    for _ in range(30):
        tried = np.clip(theta + scale[:, None] * step, low, high)
        new, _, _ = evaluate(cells, laws, tried, slopes=False)
        if shared:
            better = np.full(len(theta), new.sum() > value.sum() + 1e-6 * float(scale[0]) * gain)
        else:
            better = new > value + 1e-6 * scale * gain
        moved = np.where((better & ~done)[:, None], tried, moved)
        done |= better & np.isfinite(new)
        if done.all():
            break
        scale = np.where(done, scale, scale / 2)
    return moved, done


def _fit(cells, laws, theta, value, gradient, hessian, low, high, arrived, shared) -> Fit:
    k = cells.causes
    bound = (theta <= low + 1e-9) | (theta >= high - 1e-9)
    # A share that ran to its end is a bound wherever the search grew tired of it.
    bound[:, :k] |= theta[:, :k] >= _ALL
    held = np.where(bound[:, :, None] | bound[:, None, :], 0.0, hessian)
    if shared:
        h = -held
        places = np.arange(k)
        h[:, places, places] += bound[:, :k]
        block, link, lag = _arrow(h, k)
        covariance = np.empty_like(h)
        covariance[:, :k, :k] = block + np.matmul(np.matmul(link, lag), np.swapaxes(link, 1, 2))
        covariance[:, :k, k:] = -np.matmul(link, lag)
        covariance[:, k:, :k] = np.swapaxes(covariance[:, :k, k:], 1, 2)
        covariance[:, k:, k:] = lag
    else:
        h = -held
        places = np.arange(theta.shape[1])
        h[:, places, places] += bound
        covariance = _positive(h)
    keep = ~(bound[:, :, None] | bound[:, None, :])
    return Fit(theta, value, np.where(keep, covariance, 0.0), bound, arrived, laws, shared)
