"""A lead's value: probability to be won within the horizon and in the end, expected profit, days, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from insights.models.lead_value import shrunken
from insights.models.lead_value.cases import Cases
from insights.models.lead_value.combining import Combination
from insights.models.lead_value.forward import (
    ADDITIVE,
    BOOSTED,
    FLOOR,
    WHOLE,
    Expert,
    Track,
    choose,
    fit_experts,
    forward,
)

if TYPE_CHECKING:
    import pyarrow as pa

MIN_WINS = 50
KINDS = ((ADDITIVE, WHOLE), (BOOSTED, WHOLE))
REASONS = 3
LEAST_REASON = 0.10
MOST_TAIL = 5.0
_Z = 1.6448536269514722


@dataclass(frozen=True)
class Scores:
    """What a model says of cases, an array entry each.

    `probability` to be won within the horizon with its 90% interval `low`, `high`; `final`: in the end; `value`: money
    if won; `expected`: probability in the end times value, with its interval; `days` to a win if it is won. `reason`
    and `pull`: places in `LeadModel.reasons` and log-odds, the strongest first, -1 where there is no further one.
    """

    probability: np.ndarray
    low: np.ndarray
    high: np.ndarray
    final: np.ndarray
    value: np.ndarray
    expected: np.ndarray
    expected_low: np.ndarray
    expected_high: np.ndarray
    days: np.ndarray
    reason: np.ndarray
    pull: np.ndarray


@dataclass(frozen=True)
class LeadModel:
    """A chosen model, learned on a day, with the record by which it was chosen.

    `experts` are those of the chosen candidate, `reference` the additive model whose parts are the reasons; `tail` maps
    an age to how many times more are won in the end than within the horizon from then on.
    """

    day: float
    candidate: str
    experts: tuple[Expert, ...]
    combination: Combination
    reference: Expert
    track: Track
    calibrated: dict[str, np.ndarray]
    wins: int
    value: shrunken.Shrunken | None = None
    days: shrunken.Shrunken | None = None
    tail: Callable[[np.ndarray], np.ndarray] | None = None
    groups: tuple[tuple[int, ...], ...] = ()
    centre: np.ndarray = field(default_factory=lambda: np.zeros(0))

    @property
    def bins(self):
        """The bins of the reference model."""
        return self.reference.bins

    @property
    def reasons(self) -> list[tuple[int, int]]:
        """Every reason there can be: the column that speaks for its group, and a code of it."""
        return [(group[0], code) for group in self.groups for code in range(self.bins.columns[group[0]].size)]

    def logits(self, features: pa.Table, codes: np.ndarray) -> np.ndarray:
        """The log-odds of the chosen candidate; `codes` are those of the reference's bins."""
        rows = [e.model.logits(codes if e.bins is self.bins else e.bins.codes(features)) for e in self.experts]
        return self.combination.logits(np.array(rows))

    def score(self, features: pa.Table) -> Scores:
        """Everything about the cases of a table."""
        codes = self.bins.codes(features)
        logits = self.logits(features, codes)
        error = np.hypot(self.reference.model.errors(codes), self.combination.spread)
        p, low, high = (_probability(x) for x in (logits, logits - _Z * error, logits + _Z * error))
        more = np.ones(len(p)) if self.tail is None else self.tail(_ages(features))
        # On the scale of cumulated hazards, so that a chance never passes one.
        final = 1 - (1 - p) ** more
        nothing = np.full(len(p), np.nan)
        value = nothing if self.value is None else self.value.values(codes)
        spread = 0.0 if self.value is None else self.value.error
        relative = np.hypot(np.log(np.maximum(high, FLOOR) / np.maximum(p, FLOOR)), _Z * spread)
        expected = final * value
        reason, pull = self._reasons(codes)
        return Scores(
            p, low, high, final, value, expected, expected * np.exp(-relative), expected * np.exp(relative),
            nothing if self.days is None else self.days.values(codes) - 1, reason, pull)

    def contributions(self, codes: np.ndarray) -> np.ndarray:
        """Log-odds that each group of columns adds to the average, a row per group."""
        parts = np.empty((len(self.groups), codes.shape[1]), dtype=np.float32)
        for i, group in enumerate(self.groups):
            parts[i] = -self.centre[i]
            for j in group:
                parts[i] += self.reference.model.tables[j][codes[j]]
        return parts

    def _reasons(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        parts = self.contributions(codes)
        n, count = codes.shape[1], min(REASONS, len(self.groups))
        reason, pull = np.full((REASONS, n), -1, dtype=np.int32), np.zeros((REASONS, n), dtype=np.float32)
        offsets = np.concatenate([[0], np.cumsum([self.bins.columns[g[0]].size for g in self.groups])[:-1]]).astype(int)
        leads = np.array([g[0] for g in self.groups])
        left, rows = np.abs(parts), np.arange(n)
        for r in range(count):
            best = left.argmax(axis=0)
            strong = left[best, rows] >= LEAST_REASON
            reason[r] = np.where(strong, offsets[best] + codes[leads[best], rows], -1)
            pull[r] = np.where(strong, parts[best, rows], 0)
            left[best, rows] = -1
        return reason, pull


def learn(
    cases: Cases, day: float, starts: np.ndarray, *, kinds: tuple[tuple[str, float], ...] = KINDS, seed: int = 0,
    money: np.ndarray | None = None, valued_by: Sequence[str] = (), once: np.ndarray | None = None,
    tail: Callable[[np.ndarray], np.ndarray] | None = None, groups: Mapping[str, str] | None = None,
) -> LeadModel | None:
    """Try the candidates on the blocks that begin at `starts`, choose, and fit what was chosen on all that is known on
    `day`; None with fewer than `MIN_WINS` known wins.

    `money`: what each won case brought (NaN: not known), learned from by the columns `valued_by`, each case weighing
    `once`. `groups` names the group of columns that say nearly the same (by default each stands for itself).
    """
    y, w = cases.known(day)
    wins = int(y[w > 0].sum()) if once is None else round(float((y * once)[w > 0].sum()))
    if wins < MIN_WINS or (w > 0).sum() - y[w > 0].sum() < MIN_WINS:
        return None
    track = forward(cases, starts, kinds, seed)
    calibrated = {name: track.calibrated(name) for name in track.candidates}
    candidate = choose(track, calibrated, day)
    combination = track.combination(candidate, day)
    wanted = [kinds[i] for i in track.rows(candidate)]
    reference = (ADDITIVE, WHOLE)
    fitted = fit_experts(cases, day, tuple(dict.fromkeys([reference, *wanted])), seed, covariance=True)
    experts = tuple(e for e in fitted if (e.kind, e.window) in wanted)
    bins = fitted[0].bins
    codes = bins.codes(cases.features)
    named = [(groups or {}).get(name, name) for name in bins.names]
    places = tuple(tuple(i for i, g in enumerate(named) if g == group) for group in dict.fromkeys(named))
    tables = fitted[0].model.tables
    known = w > 0
    centre = np.array([
        sum(float(np.average(tables[j][codes[j][known]], weights=w[known])) for j in g) for g in places])
    once = np.ones(len(cases)) if once is None else once
    return LeadModel(
        day, candidate, experts, combination, fitted[0], track, calibrated, wins,
        value=None if money is None else value_model(
            bins, codes, cases.won & np.isfinite(money), money, once, valued_by),
        days=_days_model(bins, codes, cases, y * w, once), tail=tail, groups=places, centre=centre)


def value_model(bins, codes, chosen, money, once, valued_by) -> shrunken.Shrunken | None:
    """What a won case brings, by the columns `valued_by`; other columns have no say."""
    sizes = np.array([c.size if c.name in valued_by else 1 for c in bins.columns])
    own = np.where((sizes == 1)[:, None], 0, codes[:, chosen])
    ordered = np.array([c.ordered and c.name in valued_by for c in bins.columns], dtype=bool)
    fitted = shrunken.fit(own, sizes, ordered, money[chosen], once[chosen])
    if fitted is None:
        return None
    tables = tuple(t if len(t) > 1 else np.zeros(c.size) for t, c in zip(fitted.tables, bins.columns, strict=True))
    return shrunken.Shrunken(fitted.intercept, tables, fitted.scale, fitted.error, fitted.n)


def _days_model(bins, codes, cases: Cases, weight, once) -> shrunken.Shrunken | None:
    chosen = (weight > 0) & np.isfinite(cases.ends)
    ordered = np.array([c.ordered for c in bins.columns], dtype=bool)
    return shrunken.fit(codes[:, chosen], bins.sizes, ordered, cases.ends[chosen] + 1, (weight * once)[chosen],
    mean=False)


def tail_of(matured: Callable[[np.ndarray], np.ndarray], horizon: float) -> Callable[[np.ndarray], np.ndarray]:
    """How many times more are won in the end than within the horizon, for a lead open at an age, from the share of all
    eventual wins that are in by an age."""
    def more(age: np.ndarray) -> np.ndarray:
        now, later = matured(age), matured(age + horizon)
        ratio = np.divide(1 - now, later - now, out=np.ones_like(now), where=later - now > 1e-6)
        return np.clip(ratio, 1.0, MOST_TAIL)

    return more


def _probability(logits: np.ndarray) -> np.ndarray:
    return np.clip(1 / (1 + np.exp(-logits)), FLOOR, 1 - FLOOR)


def _ages(features: pa.Table) -> np.ndarray:
    return np.asarray(features["age"].cast("double").to_numpy(), dtype=float)
