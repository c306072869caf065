"""Models tried forward in time: fitted on what was known when a block of time began, judged on that block.

The simplest model is kept unless another is better on later blocks by more than its uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.lead_value import boosted, logistic
from insights.models.lead_value.bins import QUANTILES, Bins
from insights.models.lead_value.cases import Cases
from insights.models.lead_value.combining import Combination, combine

ADDITIVE, BOOSTED, BOTH = "additive", "boosted", "both"
WHOLE, RECENT = 1.0, 0.25
MIN_RECENT = 4_000
SURE = 0.95
FLOOR = 1e-4
FIRM = 20.0
FINE = 50


@dataclass(frozen=True)
class Expert:
    """A model fitted on one day: its kind, how much of the history it read, its bins."""

    kind: str
    window: float
    bins: Bins
    model: logistic.Logistic | boosted.Boosted

    def logits(self, features) -> np.ndarray:
        """The log-odds of each row of a table."""
        return self.model.logits(self.bins.codes(features))


@dataclass(frozen=True)
class Track:
    """The record of the blocks: for each case its block (-1: before the first), the experts' log-odds from before its
    block, and the base rate known then. `starts` are the days on which blocks begin."""

    cases: Cases
    kinds: tuple[tuple[str, float], ...]
    starts: np.ndarray
    block: np.ndarray
    logits: np.ndarray
    base: np.ndarray
    table: np.ndarray

    def rows(self, candidate: str) -> list[int]:
        """Which experts a candidate uses."""
        return [i for i, (kind, window) in enumerate(self.kinds)
                if candidate == BOTH or (kind == candidate and window == WHOLE)]

    @property
    def candidates(self) -> tuple[str, ...]:
        """From the simplest on."""
        kinds = [kind for kind, window in self.kinds if window == WHOLE]
        return (*kinds, BOTH) if len(self.kinds) > 1 else tuple(kinds)

    def combination(self, candidate: str, day: float, before: int | None = None) -> Combination:
        """The candidate's combination as learned on `day` from the blocks before number `before`."""
        y, seen = self.cases.watched(day)
        used = (self.block >= 0) & (self.block < (len(self.starts) if before is None else before)) & (seen > 0)
        return combine(self.logits[self.rows(candidate)][:, used], y[used], seen[used], self._period(used))

    def _period(self, used: np.ndarray) -> np.ndarray:
        """The block of each case used; what lies after the last block's start is cut into periods as long as the
        blocks."""
        length = (self.starts[-1] - self.starts[0]) / (len(self.starts) - 1) if len(self.starts) > 1 else np.inf
        later = np.floor(np.maximum(self.cases.at[used] - self.starts[-1], 0.0) / length)
        return self.block[used] + np.where(self.block[used] == len(self.starts) - 1, later, 0.0).astype(int)

    def calibrated(self, candidate: str) -> np.ndarray:
        """The probabilities that the candidate would have given, each block's calibration learned before it; NaN before
        the first block."""
        out = np.full(len(self.cases), np.nan)
        rows = self.rows(candidate)
        for k, start in enumerate(self.starts):
            own = self.block == k
            found = self.combination(candidate, start, k)
            out[own] = 1 / (1 + np.exp(-found.logits(self.logits[rows][:, own])))
        return np.clip(out, FLOOR, 1 - FLOOR)


def fit_experts(cases: Cases, day: float, kinds: tuple[tuple[str, float], ...], seed: int = 0, *,
                covariance: bool = False) -> list[Expert]:
    """The experts fitted on what was known on `day`; `covariance` asks for that of additive models."""
    y, w = cases.known(day)
    known = np.flatnonzero(w > 0)
    known = known[np.argsort(cases.at[known], kind="stable")]
    experts, read = [], {}
    for kind, window in kinds:
        fine = kind == BOOSTED
        if (fine, window) not in read:
            kept = known[-max(int(window * len(known)), min(MIN_RECENT, len(known))):]
            features = cases.features.take(kept)
            bins = Bins.of(features, quantiles=FINE if fine else QUANTILES)
            read[fine, window] = (bins, bins.codes(features), kept)
        bins, codes, kept = read[fine, window]
        ordered = np.array([column.ordered for column in bins.columns], dtype=bool)
        if kind == ADDITIVE:
            cluster = cases.cluster[kept] if covariance and cases.cluster is not None else None
            model = logistic.fit(codes, bins.sizes, ordered, y[kept], effective(w[kept]), cluster,
                                 covariance=covariance)
        else:
            model = boosted.fit(codes, ordered, y[kept], effective(w[kept]), seed)
        experts.append(Expert(kind, window, bins, model))
    return experts


def effective(w: np.ndarray) -> np.ndarray:
    """Weights that add up to the number of cases that they are worth (Kish 1965): a case that stands in for ten is no
    ten cases, and a model that took it for ten would be shrunk too little."""
    return w * w.sum() / max(float(w @ w), 1e-12)


def forward(cases: Cases, starts: np.ndarray, kinds: tuple[tuple[str, float], ...], seed: int = 0) -> Track:
    """Fit before each block and predict it; a block that begins before any win and any other result is known is left
    out."""
    block = np.searchsorted(starts, cases.at, side="right") - 1
    logits = np.zeros((len(kinds), len(cases)))
    base, table = np.full(len(cases), np.nan), np.full(len(cases), np.nan)
    for k, start in enumerate(starts):
        own = block == k
        # The day before: what happens on the block's first day belongs to it.
        y, w = cases.known(start - 1e-9)
        rate = (w @ y) / w.sum() if w.sum() else 0.0
        if not own.any() or not 0 < rate < 1:
            block[own] = -1
            continue
        features = cases.features.take(np.flatnonzero(own))
        experts = fit_experts(cases, start - 1e-9, kinds, seed)
        for i, expert in enumerate(experts):
            logits[i, own] = expert.logits(features)
        base[own] = rate
        table[own] = base_rates(experts[0].bins, cases, y, w, features)
    return Track(cases, tuple(kinds), np.asarray(starts, dtype=float), block, logits, base, table)


def base_rates(bins: Bins, cases: Cases, y: np.ndarray, w: np.ndarray, features) -> np.ndarray:
    """What a plain table of rates says: the rates of the one column that tells most, by its levels, each with `FIRM`
    cases of the average added."""
    codes = bins.codes(cases.features)
    rate = (w @ y) / w.sum()
    best, found = -np.inf, None
    for i, size in enumerate(bins.sizes):
        n, won = np.bincount(codes[i], w, size), np.bincount(codes[i], w * y, size)
        rates = np.clip((won + FIRM * rate) / (n + FIRM), FLOOR, 1 - FLOOR)
        told = float(won @ np.log(rates) + (n - won) @ np.log(1 - rates))
        if told > best:
            best, found = told, (i, rates)
    i, rates = found
    return rates[bins.codes(features.select([bins.names[i]]), only=i)]


def losses(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The log-loss of each case."""
    p = np.clip(p, FLOOR, 1 - FLOOR)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def choose(track: Track, calibrated: dict[str, np.ndarray], day: float, before: int | None = None) -> str:
    """The simplest candidate, unless another's log-loss is lower on later blocks by more than its uncertainty (one
    sided, over blocks as clusters)."""
    y, w = track.cases.settled(day)
    last = len(track.starts) if before is None else before
    used = (track.block >= 0) & (track.block < last) & (w > 0)
    chosen = track.candidates[0]
    for candidate in track.candidates[1:]:
        gain = losses(calibrated[chosen][used], y[used]) - losses(calibrated[candidate][used], y[used])
        if _surely_positive(gain, w[used], track.block[used]):
            chosen = candidate
    return chosen


def _surely_positive(gain: np.ndarray, w: np.ndarray, block: np.ndarray) -> bool:
    from scipy.special import stdtrit

    blocks = np.unique(block)
    if len(blocks) < 3:
        return False
    weight = np.array([w[block == b].sum() for b in blocks])
    total = np.array([(w * gain)[block == b].sum() for b in blocks])
    mean = total.sum() / weight.sum()
    residual = total - mean * weight
    error = np.sqrt(len(blocks) / (len(blocks) - 1) * (residual @ residual)) / weight.sum()
    return bool(mean > stdtrit(len(blocks) - 1, SURE) * error)
