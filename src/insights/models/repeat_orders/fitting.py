"""Maximum likelihood of positive parameters on their logarithms, with the covariance from the exact gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

Z90 = 1.6448536269514722
_LOW, _HIGH = -10.0, 10.0
_STEP = 1e-5


@dataclass(frozen=True)
class Fitted:
    """Estimated positive parameters: `values` by name, `log_likelihood`, `covariance` of their logarithms, and
    `edge`, the names of those that ran to the edge of their range (they say "none" or "without end", not a figure)."""

    values: dict[str, float]
    log_likelihood: float
    covariance: np.ndarray = field(repr=False)
    edge: tuple[str, ...] = ()

    def interval(self, name: str) -> tuple[float, float]:
        """The parameter's 90% interval, on the logarithm."""
        i = list(self.values).index(name)
        spread = Z90 * np.sqrt(max(self.covariance[i, i], 0.0))
        value = self.values[name]
        return value * np.exp(-spread), value * np.exp(spread)

    def draws(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """So many parameter vectors from their approximate distribution, one row each."""
        mean = np.log(list(self.values.values()))
        return np.exp(np.clip(rng.multivariate_normal(mean, self.covariance, count, method="eigh"), _LOW, _HIGH))


def maximise(objective: Callable[[np.ndarray], tuple[float, np.ndarray]], names: tuple[str, ...],
             start: np.ndarray) -> Fitted:
    """The parameters that maximise a log-likelihood. `objective` takes positive parameters and gives the
    log-likelihood and its gradient with respect to them; `start` is where to begin."""
    from scipy.optimize import minimize

    def downhill(logs: np.ndarray) -> tuple[float, np.ndarray]:
        values = np.exp(logs)
        score, gradient = objective(values)
        return -score / scale, -gradient * values / scale

    scale = max(abs(objective(start)[0]), 1.0)
    bounds = [(_LOW, _HIGH)] * len(names)
    found = minimize(downhill, np.log(start), jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9})
    logs = found.x
    return Fitted(
        dict(zip(names, np.exp(logs).tolist(), strict=True)), float(-found.fun * scale),
        covariance_of(lambda at: downhill(at)[1] * scale, logs),
        tuple(name for name, at in zip(names, logs, strict=True) if at < _LOW + 0.5 or at > _HIGH - 0.5))


def covariance_of(gradient: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Inverse of the observed information, by central differences of the exact gradient. A direction in which the
    likelihood is flat gets a wide but finite variance."""
    steps = np.eye(len(at)) * _STEP
    hessian = np.array([(gradient(at + step) - gradient(at - step)) / (2 * _STEP) for step in steps])
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    inverse = 1 / np.maximum(values, 0.04)
    return (vectors * inverse) @ vectors.T
