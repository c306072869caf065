"""Adds up what the generator expects, lead by lead, in whole numbers: the truths that estimates are judged by.

An expected value is the mean over the leads that were really generated of each lead's exact probability (or of its
probability times the mean value of its deal): given the leads and the quarters' shocks, over the draws of fate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from insights.sample import lags
from insights.sample.assortment import PRODUCTS, product_id
from insights.sample.calendar import END, MINUTES, MONTHS, month_of
from insights.sample.companies import COUNTRY_CODES, INDUSTRY_CODES, REGION_NAMES, SIZE_NAMES
from insights.sample.funnel import NEVER_CLOSED, RETURNED_SHARE
from insights.sample.leads import SOURCE_NAMES, Leads, Model
from insights.sample.money import Money
from insights.sample.plan import SOURCES, TEAMS
from insights.sample.registers import source_unsaid, unlinked
from insights.sample.rng import ONE

HORIZONS = (90, 120, 150, 180, 210, 240, 270, 300, 330, 360)
"""Days for which conversion within so many days is told."""
WORDS = {
    "industry": INDUSTRY_CODES, "size": SIZE_NAMES, "country": COUNTRY_CODES, "source": SOURCE_NAMES,
    "region": REGION_NAMES, "team": tuple(name for name, _ in TEAMS),
    "product": tuple(product_id(k) for k in range(len(PRODUCTS))), "month": MONTHS,
    "origin": tuple(dict.fromkeys(source.origin for source in SOURCES)),
}
_ORIGIN = np.array([WORDS["origin"].index(source.origin) for source in SOURCES])
_CUBE = ("industry", "size", "country", "source")
_SINGLE = ("region", "team", "product", "month", "origin")
_AFTERTHOUGHT = 50
_DEPTH = 1024
PERIODS = {"all": (0, 1, 2), "last_year": (2,), "year_before": (1,)}
"""Which years of the leads a period takes."""


class Ledger:
    """Sums of expectations by industry, size, country and source (any combination), and by region, team, product, month
    and origin."""

    def __init__(self, model: Model, money: Money) -> None:
        self._model, self._money = model, money
        self._names = ("n", "won", "margin", "won_by_end", "lost_by_end",
                       *(f"{part}_{h}" for h in HORIZONS for part in ("old", "won_within")))
        shapes = {dimension: (len(WORDS[dimension]) + 1,) for dimension in _SINGLE}
        shapes["cube"] = tuple(len(WORDS[dimension]) + 1 for dimension in _CUBE)
        self._sums = {name: np.zeros((len(self._names), 3, *shape), dtype=object) for name, shape in shapes.items()}
        self._within = np.stack([
            lags.share_within(model.lag_name(code), np.arange(END)) for code in range(len(SOURCE_NAMES))
        ])

    def add(self, leads: Leads) -> None:
        """Add a batch of leads."""
        measures = self._measures(leads)
        year = month_of(leads.created // MINUTES) // 12
        codes = self.codes(leads)
        for name, sums in self._sums.items():
            shape = sums.shape[1:]
            parts = _CUBE if name == "cube" else (name,)
            cell = np.ravel_multi_index((year, *(codes[part] for part in parts)), shape)
            size = int(np.prod(shape))
            for row, measure in enumerate(self._names):
                sums[row] += tally(cell, measures[measure], size).reshape(shape)

    def sums(self, subject: Mapping[str, str], period: str = "all") -> dict[str, int]:
        """All sums of a subject such as {"industry": "C28", "country": "DE"}; {} is the whole firm."""
        name = next((part for part in _SINGLE if part in subject), "cube")
        parts = _CUBE if name == "cube" else (name,)
        unknown = set(subject) - set(parts)
        if unknown:
            raise KeyError(f"no truths by {', '.join(sorted(subject))} together")
        pick = tuple(WORDS[part].index(subject[part]) if part in subject else slice(None) for part in parts)
        found = {}
        for row, measure in enumerate(self._names):
            found[measure] = sum(int(np.sum(self._sums[name][(row, half, *pick)])) for half in PERIODS[period])
        return found

    def change(self, dimension: str) -> dict[str, float]:
        """Expected final conversion of the last year less that of the year before (total), split into what the shares
        of the dimension's words moved (mix, at the mean of both years' rates) and what their rates moved (rate)."""
        name = dimension if dimension in self._sums else "cube"
        axis = None if name == dimension else _CUBE.index(dimension)
        counts = []
        for measure in ("n", "won"):
            years = self._sums[name][self._names.index(measure)]
            others = () if axis is None else tuple(k + 1 for k in range(len(_CUBE)) if k != axis)
            counts.append(np.sum(years, axis=others).astype(float) if others else years.astype(float))
        leads, won = counts
        if not leads.sum(axis=1).all():
            return {}
        share = leads / leads.sum(axis=1, keepdims=True)
        rate = np.divide(won / ONE, leads, out=np.zeros_like(won), where=leads > 0)
        mix = float(((share[2] - share[1]) * (rate[2] + rate[1]) / 2).sum())
        moved = float(((rate[2] - rate[1]) * (share[2] + share[1]) / 2).sum())
        return {"mix": float(f"{mix:.9g}"), "rate": float(f"{moved:.9g}"), "total": float(f"{mix + moved:.9g}")}

    def values(self, subject: Mapping[str, str], period: str = "all") -> dict[str, float]:
        """Expected values of a subject's measures: n_leads, final_conversion (share), margin_per_lead and
        margin_per_win (PLN, deal orders only), win_rate (won of won and lost by the end of the data) and
        conversion_within_<days> (of leads at least so old)."""
        sums = self.sums(subject, period)
        if not sums["n"]:
            return {}
        won, margin = sums["won"], sums["margin"] << 12
        values = {
            "n_leads": sums["n"], "final_conversion": _ratio(won, sums["n"] * ONE),
            "margin_per_lead": _ratio(margin, sums["n"] * ONE), "margin_per_win": _ratio(margin, won),
            "win_rate": _ratio(sums["won_by_end"], sums["won_by_end"] + sums["lost_by_end"]),
        }
        for h in HORIZONS:
            values[f"conversion_within_{h}"] = _ratio(sums[f"won_within_{h}"], sums[f"old_{h}"])
        return {name: value for name, value in values.items() if value is not None}

    def codes(self, leads: Leads) -> dict[str, np.ndarray]:
        """Positions of each lead's words as they are recorded; the last position is "not recorded"."""
        firms, nobody = leads.firms, unlinked(self._model, leads.number)
        recorded = {
            "industry": np.where(firms.industry_known & ~nobody, firms.industry, -1),
            "size": np.where(firms.size_known & ~nobody, firms.size, -1),
            "country": np.where(firms.country_known & ~nobody, firms.country, -1),
            "region": np.where(firms.country_known & ~nobody, firms.region, -1),
            "source": np.where(source_unsaid(self._model, leads.number), -1, leads.source),
            "month": month_of(leads.created // MINUTES), "origin": _ORIGIN[leads.source],
            "team": firms.team, "product": leads.product,
        }
        return {name: np.where(code < 0, len(WORDS[name]), code) for name, code in recorded.items()}

    def _measures(self, leads: Leads) -> dict[str, np.ndarray]:
        chance = leads.chance
        age = END - 1 - leads.created // MINUTES
        in_time = self._share(leads, age)
        lost_in_time = lags.share_within("lost", age)
        lost_share = (1000 - RETURNED_SHARE) * (1000 - NEVER_CLOSED)
        measures = {
            "n": np.ones(len(chance), dtype=np.int64), "won": chance,
            "margin": (chance >> 12) * self._money.expected_margin(leads),
            "won_by_end": chance * in_time // _DEPTH,
            "lost_by_end": (ONE - chance) * lost_share // 1_000_000 * lost_in_time // _DEPTH,
        }
        for h in HORIZONS:
            # A win entered afterwards counts as created on its day: it must itself be h days old.
            old, before = age >= h, self._share(leads, age - h)
            measures[f"old_{h}"] = np.where(old, ONE - chance * (in_time - before) // _DEPTH * _AFTERTHOUGHT // 1000, 0)
            within = self._share(leads, np.full(len(age), h)) * (1000 - _AFTERTHOUGHT) + before * _AFTERTHOUGHT
            measures[f"won_within_{h}"] = np.where(old, chance * within // (_DEPTH * 1000), 0)
        return measures

    def _share(self, leads: Leads, days: np.ndarray) -> np.ndarray:
        return np.where(days < 0, 0, self._within[leads.source, np.clip(days, 0, END - 1)])


def tally(cell: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Exact sums of 64-bit whole numbers by cell, as Python integers.

    bincount adds doubles; in three limbs of at most 24 bits every partial sum stays below 2^53 and is exact.
    """
    low, rest = values & 0xFFFFFF, values >> 24
    limbs = (low, rest & 0xFFFFFF, rest >> 24)
    total = np.zeros(size, dtype=object)
    for place, limb in enumerate(limbs):
        total += np.bincount(cell, limb, size).astype(np.int64).astype(object) << (24 * place)
    return total


def _ratio(part: int, whole: int) -> float | None:
    return float(f"{part / whole:.9g}") if whole else None
