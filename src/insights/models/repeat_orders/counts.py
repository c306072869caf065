"""What the counting models are fitted from: repeat orders, time of the last, age, and how many customers share them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    """One row per distinct (x, t_x, T): `x` repeat orders (days with an order after the first), `t_x` time of the last
    one since the first order, `T` age (from the first order to the end of observation), `n` customers who share them.
    Times in one unit; 0 <= t_x <= T, and t_x = 0 exactly where x = 0. ValueError where that does not hold."""

    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    n: np.ndarray

    @classmethod
    def of(cls, x, t_x, T, n=None) -> Counts:
        """The counts of these customers, one row each unless `n` says how many share a row."""
        x, t_x, T = (np.ascontiguousarray(v, dtype=float) for v in (x, t_x, T))
        n = np.ones(len(x)) if n is None else np.ascontiguousarray(n, dtype=float)
        if not (len(x) == len(t_x) == len(T) == len(n)):
            raise ValueError("x, t_x, T and n are of different lengths")
        if len(x) and (np.any(x < 0) or np.any(t_x < 0) or np.any(t_x > T) or np.any((x == 0) != (t_x == 0))):
            raise ValueError("counts must keep 0 <= t_x <= T, and t_x is 0 exactly where there is no repeat order")
        return cls(x, t_x, T, n)

    @classmethod
    def unique(cls, x, t_x, T) -> Counts:
        """The same from one row per customer, customers with equal counts put together."""
        rows, n = np.unique(np.column_stack([x, t_x, T]).astype(float), axis=0, return_counts=True)
        return cls.of(rows[:, 0], rows[:, 1], rows[:, 2], n)

    @property
    def customers(self) -> float:
        return float(self.n.sum())

    def by_x(self, function) -> np.ndarray:
        """A function of x alone, computed once for each distinct x."""
        values, place = np.unique(self.x, return_inverse=True)
        return function(values)[place]
