"""Laws of a duration: location-scale families of its logarithm, `log t = mu + sigma z`.

Each is known by one number q of the generalized gamma (Prentice 1974): q = 1 is the Weibull, q = 0 the lognormal.
Everything that a fit needs is the distribution of z: its cumulative distribution, its log-density and the first two
derivatives of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WEIBULL, LOGNORMAL = 1.0, 0.0
_LOG_ROOT = 0.5 * np.log(2 * np.pi)
_NEAR_ZERO = 0.03
_TOP = 700.0


@dataclass(frozen=True)
class Shape:
    """The standardised law of one q.

    `cdf(z)` is its cumulative distribution; `slopes(z)` gives the log-density, its first and its second derivative.
    """

    q: float

    def cdf(self, z: np.ndarray) -> np.ndarray:
        """Probability of at most z."""
        from scipy.special import gammainc, gammaincc, ndtr

        if self.q == WEIBULL:
            return -np.expm1(-np.exp(np.minimum(z, 5.0)))
        if abs(self.q) < _NEAR_ZERO:
            return ndtr(z)
        k = self.q**-2
        x = k * np.exp(np.clip(self.q * z, -_TOP, _TOP))
        return gammainc(k, x) if self.q > 0 else gammaincc(k, x)

    def slopes(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log-density at z, its slope and the slope of that."""
        from scipy.special import gammaln

        if abs(self.q) < _NEAR_ZERO:
            return -0.5 * z * z - _LOG_ROOT, -z, np.full_like(z, -1.0)
        power = np.exp(np.clip(self.q * z, -_TOP, _TOP))
        k = self.q**-2
        constant = np.log(abs(self.q)) + k * np.log(k) - gammaln(k)
        return constant + k * (self.q * z - power), (1 - power) / self.q, -power

    def quantile(self, p: float) -> float:
        """The z below which a share p lies."""
        from scipy.special import gammainccinv, gammaincinv, ndtri

        if self.q == WEIBULL:
            return float(np.log(-np.log1p(-p)))
        if abs(self.q) < _NEAR_ZERO:
            return float(ndtri(p))
        k = self.q**-2
        x = gammaincinv(k, p) if self.q > 0 else gammainccinv(k, p)
        return float(np.log(max(x / k, 1e-300)) / self.q)

    @property
    def name(self) -> str:
        """`weibull`, `lognormal` or `gamma` (the generalized one)."""
        return {WEIBULL: "weibull", LOGNORMAL: "lognormal"}.get(self.q, "gamma")
