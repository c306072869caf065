"""Small groups pulled towards what is expected of them, with intervals that keep their promise for outliers too.

Armstrong, Kolesár and Plagborg-Møller (2022), "Robust empirical Bayes confidence intervals", Econometrica 90:
estimates are shrunk by w = mu2 / (mu2 + se^2) towards their centre, as in plain empirical Bayes; the interval's
half-length is cva(se^2 / mu2, kappa) * w * se, where cva bounds the non-coverage for *any* distribution of the true
departures with the second moment mu2 and the kurtosis kappa. Plain shrunk intervals take those departures as normal
and miss the planted outliers one is looking for.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from insights.evidence.words import LEVEL

ALPHA = 1 - LEVEL
_POINTS = 160
_TABLE = np.concatenate([[0.0], np.geomspace(3e-3, 400.0, 16)])


@dataclass(frozen=True)
class Shrunk:
    """Shrunk departures with their bounds; `mu2` and `kappa` describe how far the true departures scatter."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mu2: float
    kappa: float


def shrink(departure: np.ndarray, error: np.ndarray, *, weight: np.ndarray | None = None) -> Shrunk:
    """Departures from a centre (0: as expected), each with its standard error, shrunk towards 0.

    `weight` weighs the departures where the spread of the true ones is estimated (by default alike). Both moments are
    kept from 0 by the paper's posterior mean truncation.
    """
    departure, error = np.asarray(departure, dtype=float), np.asarray(error, dtype=float)
    mu2, kappa = moments(departure, error, np.ones_like(error) if weight is None else np.asarray(weight, dtype=float))
    w = mu2 / (mu2 + error**2)
    half = np.array([critical_value(e2 / mu2, kappa) for e2 in error**2]) * w * error if mu2 > 0 else error * 0
    value = w * departure
    return Shrunk(value, value - half, value + half, mu2, kappa)


def moments(departure: np.ndarray, error: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Second moment and kurtosis of the true departures (section 4.1 of the paper, posterior mean truncation)."""
    if not len(departure):
        return 0.0, np.inf
    w, s2, e2 = weight, error**2, departure**2
    second = np.average(e2 - s2, weights=w)
    floor = 2 * np.mean(w**2 * s2**2) / (w.sum() * np.mean(w * s2))
    mu2 = float(max(second, floor))
    fourth = np.average(e2**2 - 6 * s2 * e2 + 3 * s2**2, weights=w)
    least = 32 * np.mean(w**2 * s2**4) / (w.sum() * np.mean(w * s2**2))
    return mu2, float(max(fourth / mu2**2, 1 + least / mu2**2))


def critical_value(m2: float, kappa: float, alpha: float = ALPHA) -> float:
    """cva(m2, kappa) at level `alpha`, read from a table of the kurtosis at hand (linear between its entries)."""
    if m2 >= _TABLE[-1]:
        return exact_critical_value(m2, kappa, alpha)
    return float(np.interp(np.sqrt(m2), np.sqrt(_TABLE), _critical_values(_rounded_up(kappa), alpha)))


def _rounded_up(kappa: float) -> float:
    """The kurtosis with two digits, never smaller (wider intervals); without bound where it can hardly bind."""
    if not kappa < 1000:
        return float("inf")
    step = 10.0 ** (np.floor(np.log10(kappa)) - 1)
    return float(np.ceil(kappa / step) * step)


@functools.lru_cache(maxsize=64)
def _critical_values(kappa: float, alpha: float) -> np.ndarray:
    return np.array([exact_critical_value(m2, kappa, alpha) for m2 in _TABLE])


def exact_critical_value(m2: float, kappa: float, alpha: float = ALPHA) -> float:
    """The smallest chi with non-coverage at most `alpha` whatever the biases, as long as their square has the mean m2
    and their kurtosis is at most kappa."""
    from scipy.optimize import brentq
    from scipy.special import chndtrix, ndtri

    root = np.sqrt(m2)
    low = float(np.sqrt(chndtrix(1 - alpha, 1, m2))) if root < 10 else root + ndtri(1 - alpha)
    if m2 == 0 or kappa <= 1:
        return low
    high = float(ndtri(1 - alpha / 2) + root)
    while non_coverage(m2, kappa, high) > alpha:
        high *= 2
    if non_coverage(m2, kappa, low) <= alpha:
        return low
    return float(brentq(lambda chi: non_coverage(m2, kappa, chi) - alpha, low, high, xtol=1e-9))


def non_coverage(m2: float, kappa: float, chi: float) -> float:
    """The largest share of intervals +-chi that miss, over all distributions of the squared bias with mean m2 and
    kurtosis at most kappa (the paper's rho, by its dual)."""
    t0 = _tangent(chi)
    if m2 >= t0:
        return float(_r(m2, chi))
    if kappa * m2 >= t0:
        return float(_r(0.0, chi) + m2 / t0 * (_r(t0, chi) - _r(0.0, chi)))
    from scipy.optimize import minimize_scalar

    def dual(x0: float) -> float:
        slope = float(_r1(np.array([max(x0, 1e-12)]), chi)[0])
        return float(_r(x0, chi)) + slope * (m2 - x0) + _lagrange(x0, t0, chi) * (kappa * m2**2 - 2 * x0 * m2 + x0**2)

    grid = np.linspace(0, t0, _POINTS // 4)
    values = [dual(x0) for x0 in grid]
    best = int(np.argmin(values))
    bounds = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = minimize_scalar(dual, bounds=bounds, method="bounded", options={"xatol": 1e-9 * t0})
    return float(min(values[best], found.fun))


def _lagrange(x0: float, t0: float, chi: float) -> float:
    """The largest curvature with which a parabola touching r at x0 must rise to stay above r."""
    x = np.linspace(0, t0, _POINTS)
    gap = x - x0
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = float(_r1(np.array([max(x0, 1e-12)]), chi)[0])
        curve = (_r(x, chi) - float(_r(x0, chi)) - slope * gap) / gap**2
    curve = curve[np.abs(gap) > 1e-3 * t0]
    best = int(np.argmax(curve))
    inner = x[np.abs(gap) > 1e-3 * t0]
    step = x[1] - x[0]
    fine = np.linspace(max(inner[best] - step, 0), inner[best] + step, 41)
    away = np.abs(fine - x0) > 1e-3 * t0
    exact = (_r(fine[away], chi) - float(_r(x0, chi)) - slope * (fine[away] - x0)) / (fine[away] - x0) ** 2
    return float(max(curve[best], exact.max(initial=-np.inf), 0.0))


def _r(t: object, chi: float) -> np.ndarray:
    """Non-coverage of +-chi with the squared bias t."""
    from scipy.special import ndtr

    root = np.sqrt(np.maximum(t, 0.0))
    return ndtr(-root - chi) + ndtr(root - chi)


def _r1(t: np.ndarray, chi: float) -> np.ndarray:
    root = np.sqrt(t)
    near = np.exp(-(root - chi) ** 2 / 2) - np.exp(-(root + chi) ** 2 / 2)
    limit = chi * np.exp(-chi**2 / 2)
    return np.where(t < 1e-8, limit, near / (2 * np.maximum(root, 1e-9))) / np.sqrt(2 * np.pi)


def _tangent(chi: float) -> float:
    """Where the straight line from r(0) touches r: between 0 and there the least concave majorant is that line."""
    from scipy.optimize import brentq

    if chi**2 <= 3:
        return 0.0

    def gap(t: float) -> float:
        return float(_r(t, chi) - t * _r1(np.array([t]), chi)[0] - _r(0.0, chi))

    high = 2 * chi**2
    while gap(high) < 0:
        high *= 2
    return float(brentq(gap, max(chi**2 - 3, 1e-9), high, xtol=1e-12))
