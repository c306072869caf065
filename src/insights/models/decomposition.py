"""The change of a total between two periods, split exactly into the changes of its factors.

A total is a sum over cells of a product of factors: conversion, say, is the sum over segments of share of leads times
conversion of the segment. Each factor's part is the mean of what it adds over all orders in which the factors can
change (Shapley 1953), which for products are the formulas of Das Gupta (1993, Standardization and Decomposition of
Rates) and for two factors those of Kitagawa (1955): parts add up to the change, and no order is preferred.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np


def split(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What each factor adds to each cell's product between two periods.

    Factors are arrays over cells (the last axis; axes before it are draws), with the same names and shapes in both
    periods. Summed over factors, a cell's parts are the change of its product. ValueError if the factors differ.
    """
    names = list(before)
    if set(names) != set(after):
        raise ValueError(f"the periods have different factors: {sorted(before)}, {sorted(after)}")
    old = [np.asarray(before[name], dtype=float) for name in names]
    new = [np.asarray(after[name], dtype=float) for name in names]
    k = len(names)
    parts = {}
    for i, name in enumerate(names):
        # Products of the other factors by how many of them are already new: a polynomial, factor by factor.
        by_count: list[np.ndarray | float] = [1.0]
        for j in range(k):
            if j == i:
                continue
            longer: list[np.ndarray | float] = [0.0] * (len(by_count) + 1)
            for m, product in enumerate(by_count):
                longer[m] = longer[m] + product * old[j]
                longer[m + 1] = longer[m + 1] + product * new[j]
            by_count = longer
        weights = [math.factorial(m) * math.factorial(k - 1 - m) / math.factorial(k) for m in range(k)]
        parts[name] = (new[i] - old[i]) * sum(w * product for w, product in zip(weights, by_count, strict=True))
    return parts


def filled(before: np.ndarray, after: np.ndarray, there_before: np.ndarray, there_after: np.ndarray,
           instead: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A factor of both periods where cells may be missing in one: a cell takes the other period's value, so that its
    coming or going is a matter of the mix alone; `instead` where it is missing in both."""
    old = np.where(there_before, before, np.where(there_after, after, instead))
    new = np.where(there_after, after, np.where(there_before, before, instead))
    return old, new


def in_units(parts: Mapping[str, float], total: float, unit: float = 0.01) -> dict[str, float]:
    """The parts rounded to whole units that add up to the rounded total, to the last unit.

    Each part is rounded down, then the units that are missing go to the largest remainders (Hamilton's method; ties by
    name). The parts must add up to the total but for floating point.
    """
    step = Fraction(str(unit))
    exact = {name: Fraction(value) / step for name, value in parts.items()}
    floors = {name: math.floor(value) for name, value in exact.items()}
    missing = round(Fraction(total) / step) - sum(floors.values())
    order = sorted(exact, key=lambda name: (floors[name] - exact[name], name))
    for i in range(abs(missing)):
        floors[order[i % len(order)] if missing > 0 else order[-1 - i % len(order)]] += 1 if missing > 0 else -1
    return {name: float(floors[name] * step) for name in parts}
