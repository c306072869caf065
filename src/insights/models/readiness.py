"""What it costs that sellers are not prepared for a product: the contrast within sellers and within products.

Sellers who know a product differ from those who don't in more than that: the better ones also learn more. So each
seller's results on other products and each product's results with other sellers are taken out first, by effects of
seller and product in one logistic model with what else leads are compared alike in (source, quarter, size, country,
industry). What is left of the difference between prepared and unprepared sellers of one product is its gap. With a true
gap of .032 the products' raw rates showed .080 and this contrast .036 (simulated in the tests).

Leads from half the age at which leads are old enough take part, each beside leads of its own month: what of their wins
is still to come is missing on both sides, so they tell of the contrast, not of the level; rates are those of old leads.
This assumes that preparation changes whether a lead is won more than how fast.

Variances: the larger of the model's and of the one clustered by seller and product, since preparation is a property
of the two together, and few prepared sellers make a clustered variance too small. The verdict is that of the effect on
log-odds, the scale on which it was estimated.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Interval, Verdict, decide, significance
from insights.evidence.comparison import DELTA, MIN_LEADS
from insights.metrics.readiness import CONTROLS, STATES
from insights.models.amounts import Z, difference, positive
from insights.models.effects import Fit, fit

if TYPE_CHECKING:
    import pyarrow as pa

MIN_SELLERS = 3
"""Prepared and unprepared sellers that a comparison needs on each side: one or two may be good or bad at a product for
reasons of their own."""
MOST_LEVELS = 300
COUNTS = ("leads", "old", "old_won", "old_touched", "fair", "fair_won", "recent")
_PREPARED, _UNPREPARED, _LATER, _NEVER = range(len(STATES))


@dataclass(frozen=True)
class Gap:
    """One product: its leads by the readiness of their seller, and what the unprepared ones lose, or why that cannot
    be said (`refused`).

    `sellers`, `leads`, `old`, `won`, `recent`: by state of readiness, in the order of `STATES`. `compared`: own =
    share won by unprepared sellers, rest = what the same leads would win with prepared ones (expected from the
    model), difference; its verdict is LOWER where preparation clearly goes with more wins. `naive`: the raw difference.
    `self_assessed`: leads judged by the seller's own word.
    """

    product: str
    sellers: tuple[int, ...]
    leads: tuple[int, ...]
    old: tuple[int, ...]
    won: tuple[int, ...]
    recent: tuple[int, ...]
    self_assessed: int = 0
    compared: Comparison | None = None
    naive: float | None = None
    refused: str = ""

    @property
    def assessed(self) -> int:
        """Leads whose seller had been assessed before them."""
        return self.leads[_PREPARED] + self.leads[_UNPREPARED]

    @property
    def prepared_share(self) -> float | None:
        """Share of the assessed leads that a prepared seller worked."""
        return self.leads[_PREPARED] / self.assessed if self.assessed else None

    @property
    def lost_share(self) -> Interval | None:
        """Wins lost for each lead of an unprepared seller."""
        if self.compared is None:
            return None
        d = self.compared.difference
        return Interval(-d.value, -d.high, -d.low)


class LeadCells:
    """The cells of `metrics.readiness.lead_cells` as codes and counts."""

    def __init__(self, table: pa.Table) -> None:
        self.names: dict[str, list] = {}
        self.codes: dict[str, np.ndarray] = {}
        for name in ("product_id", "seller_id", "state", *CONTROLS):
            self.codes[name], self.names[name] = _coded(table[name])
        states = np.array([STATES.index(s) if s else 0 for s in self.names["state"]] or [0])
        self.state = states[self.codes["state"]] if table.num_rows else np.zeros(0, dtype=np.int64)
        self.counts = {name: table[name].to_numpy(zero_copy_only=False).astype(float) for name in COUNTS}
        self.self_assessed = np.array(table["self_assessed"].to_pylist(), dtype=bool)
        self.willing = np.array([-1 if w is None else int(w) for w in table["willing"].to_pylist()], dtype=np.int64)

    @property
    def products(self) -> list[str]:
        """The products that leads ask for."""
        return [name for name in self.names["product_id"] if name is not None]

    def of(self, product: str) -> np.ndarray:
        """The cells of a product."""
        return self.codes["product_id"] == self.names["product_id"].index(product)

    def count(self, name: str, mask: np.ndarray) -> int:
        """Total of a count over the cells of the mask."""
        return int(self.counts[name][mask].sum())

    def recent_by_seller(self) -> dict[tuple[str, str], int]:
        """Leads of the period by product and seller."""
        products, sellers = self.names["product_id"], self.names["seller_id"]
        flat = self.codes["product_id"] * len(sellers) + self.codes["seller_id"]
        totals = np.bincount(flat, self.counts["recent"], len(products) * len(sellers))
        return {(products[i // len(sellers)], sellers[i % len(sellers)]): int(totals[i])
                for i in np.flatnonzero(totals).tolist()}

    def sellers(self, mask: np.ndarray) -> int:
        """How many known sellers the cells of the mask belong to."""
        codes = np.unique(self.codes["seller_id"][mask & (self.counts["leads"] > 0)])
        return sum(self.names["seller_id"][code] is not None for code in codes)


def gaps(cells: LeadCells) -> dict[str, Gap]:
    """Every product's gap, judged in one search over all that can be compared."""
    described = {product: _describe(cells, product) for product in cells.products}
    open_ones = [product for product, gap in described.items() if not gap.refused]
    if not open_ones:
        return described
    fitted, used, treated = _fit(cells, open_ones)
    clusters = _clusters(cells, used)
    variance = _wider(fitted.inverse, fitted.sandwich(clusters))
    first = len(fitted.coefficients) - 1 - len(open_ones)
    compared = decide([
        _compare(cells, described[product], fitted, variance, treated[i][used], first + i, used)
        for i, product in enumerate(open_ones)])
    for product, comparison in zip(open_ones, compared, strict=True):
        described[product] = Gap(**{**vars(described[product]), "compared": comparison})
    return described


def _describe(cells: LeadCells, product: str) -> Gap:
    mine = cells.of(product)
    by_state = [mine & (cells.state == state) for state in range(len(STATES))]

    def counts(name: str) -> tuple[int, ...]:
        return tuple(cells.count(name, mask) for mask in by_state)

    sellers, old, won = tuple(cells.sellers(mask) for mask in by_state), counts("old"), counts("old_won")
    shares = [w / o if o else None for w, o in zip(won, old, strict=True)]
    naive = None if None in shares[:2] else shares[_UNPREPARED] - shares[_PREPARED]
    return Gap(product, sellers, counts("leads"), old, won, counts("recent"), naive=naive,
               self_assessed=cells.count("leads", mine & cells.self_assessed), refused=_refused(sellers, old, won))


def _refused(sellers: tuple[int, ...], old: tuple[int, ...], won: tuple[int, ...]) -> str:
    """Why prepared and unprepared sellers of a product cannot be compared; empty where they can."""
    if old[_PREPARED] + old[_UNPREPARED] == 0:
        return "later" if old[_LATER] else "never"
    if not old[_UNPREPARED]:
        return "all_prepared"
    if not old[_PREPARED]:
        return "none_prepared"
    if min(sellers[_PREPARED], sellers[_UNPREPARED]) < MIN_SELLERS:
        return "few_sellers"
    if min(old[_PREPARED], old[_UNPREPARED]) < MIN_LEADS:
        return "few_leads"
    return "" if won[_PREPARED] + won[_UNPREPARED] >= MIN_SELLERS else "few_won"


def _fit(cells: LeadCells, products: list[str]) -> tuple[Fit, np.ndarray, list[np.ndarray]]:
    """The model of all leads that take part; those of unknown readiness stay only with products that have no contrast,
    where they tell of sellers."""
    mine = [cells.of(product) for product in products]
    unknown = (cells.state == _LATER) | (cells.state == _NEVER)
    used = (cells.counts["fair"] > 0) & ~(unknown & np.any(mine, axis=0))
    treated = [mask & (cells.state == _UNPREPARED) for mask in mine]
    n = cells.counts["fair"][used]
    factors = [_levels(cells.codes[name][used], n) for name in ("seller_id", "product_id", *CONTROLS)]
    return fit(factors, [mask[used] for mask in treated], n, cells.counts["fair_won"][used]), used, treated


def _levels(codes: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Codes from 0 without holes; beyond the most frequent levels all others are one."""
    _names, codes = np.unique(codes, return_inverse=True)
    sizes = np.bincount(codes, n)
    if len(sizes) > MOST_LEVELS:
        rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
        codes = np.minimum(rank[codes], MOST_LEVELS)
    return codes


def _clusters(cells: LeadCells, used: np.ndarray) -> np.ndarray:
    width = len(cells.names["product_id"])
    return np.unique(cells.codes["seller_id"][used] * width + cells.codes["product_id"][used], return_inverse=True)[1]


def _wider(model: np.ndarray, clustered: np.ndarray) -> Mapping[str, np.ndarray]:
    return {"model": model, "clustered": clustered}


def _compare(cells: LeadCells, gap: Gap, fitted: Fit, variance: Mapping[str, np.ndarray], treated: np.ndarray,
             place: int, used: np.ndarray) -> Comparison:
    """Unprepared sellers' leads as they are against the same leads with the effect of being unprepared lifted."""
    weights = cells.counts["old"][used] * treated
    total = weights.sum()
    actual, slope = fitted.expected(weights)
    lifted, lifted_slope = fitted.expected(weights, np.array([place]))
    gradients = np.stack([slope / actual, lifted_slope / lifted])
    # The variance that makes the contrast itself widest, taken whole, so that its parts belong together.
    parts = max((gradients @ v @ gradients.T for v in variance.values()),
                key=lambda part: part[0, 0] + part[1, 1] - 2 * part[0, 1])
    own = positive(actual / total, math.sqrt(parts[0, 0]))
    rest = positive(lifted / total, math.sqrt(parts[1, 1]))
    correlation = parts[0, 1] / math.sqrt(parts[0, 0] * parts[1, 1])
    between = difference(own, rest, correlation)
    delta = DELTA * own.value
    effect = fitted.coefficients[place]
    error = Z * math.sqrt(max(v[place, place] for v in variance.values()))
    smallest = _log_odds(own.value + delta) - _log_odds(own.value)
    compared = cells.of(gap.product)[used] & (cells.state[used] <= _UNPREPARED)
    return Comparison(own=own, rest=rest, difference=between, verdict=Verdict.TOO_FEW,
                      p=significance(Interval(effect, effect - error, effect + error), smallest),
                      n=int(cells.counts["fair"][used][compared].sum()),
                      companies=gap.sellers[_PREPARED] + gap.sellers[_UNPREPARED], delta=delta)


def _log_odds(share: float) -> float:
    share = min(share, 1 - 1e-6)
    return math.log(share / (1 - share))


def _coded(column: pa.ChunkedArray) -> tuple[np.ndarray, list]:
    """Codes of a column and their names; a missing value is a name of its own."""
    encoded = column.combine_chunks().dictionary_encode()
    names = [*encoded.dictionary.to_pylist(), None]
    codes = encoded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), names
