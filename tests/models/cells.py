"""Cells of a segmentation from companies drawn in memory, as `metrics.segments.cells` gives them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from insights.models.leaves import Leaves, Vocabulary
from insights.models.segments import Cells

INDUSTRIES = ("C10", "C25", "C28", "F43", "G46")
SIZES = ("micro", "small", "medium", "large")
COUNTRIES = ("CZ", "DE", "PL", "SK")


def draw(rng, companies, rate, *, deal=1.0):
    """Companies with a place, one to four leads each, and what they brought: `rate(industry, size, country)` is the
    chance of a win, deals are lognormal (`deal` their spread)."""
    places = [rng.integers(0, len(words), companies) for words in (INDUSTRIES, SIZES, COUNTRIES)]
    names = [np.array(words)[place] for words, place in zip((INDUSTRIES, SIZES, COUNTRIES), places, strict=True)]
    n = rng.integers(1, 5, companies).astype(float)
    wins = rng.binomial(n.astype(int), [rate(*key) for key in zip(*names, strict=True)])
    y = np.array([rng.lognormal(0, deal, k).sum() for k in wins])
    return names, n, wins, y


def cells(names, n, y, measure="margin_per_lead"):
    """The cells of those companies."""
    keys = list(zip(*names, strict=True))
    words = sorted(set(keys))
    cell = np.array([words.index(key) for key in keys])
    count = len(words)
    sums = {"companies": np.ones(len(n)), "n": n, "y": y, "nn": n**2, "yy": y**2, "ny": n * y, "paying": y > 0}
    table = {name: [word[i] for word in words] for i, name in enumerate(("industry", "size", "country"))}
    table |= {"region": pa.array([None] * count, pa.string()), "no_company": [False] * count}
    totals = {name: np.bincount(cell, values, count) for name, values in sums.items()}
    table |= {"leads": totals["n"], "companies": totals["companies"], "customers": totals["paying"],
              "won": totals["paying"], "revenue": totals["y"], "margin": totals["y"]}
    table |= {f"{measure}_{name}": values for name, values in totals.items()}
    top_y = np.zeros(count)
    np.maximum.at(top_y, cell, y)
    table |= {f"{measure}_top_y": top_y, f"{measure}_top_n": np.minimum(totals["n"], 1)}
    return Cells(pa.table(table), (measure,))


def leaves(names, n, y, vocabulary=None, measure="margin_per_lead"):
    """The same as leaves."""
    made = cells(names, n, y, measure)
    return Leaves(made, measure, vocabulary or Vocabulary.of(made, measure))
