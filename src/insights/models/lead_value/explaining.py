"""What moves conversion: how much worse later cases are told apart without a column, and how the chance goes with
it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.models.lead_value.forward import FLOOR, fit_experts, losses
from insights.models.lead_value.judging import mean_over
from insights.models.lead_value.model import LeadModel

DRAWS = 100
MOST_DEALT = 10_000
MOST_CASES = 4_000


@dataclass(frozen=True)
class Importance:
    """A group of columns: by how much the log-loss on later cases rises when their values are dealt out anew."""

    names: tuple[str, ...]
    loss: Interval


@dataclass(frozen=True)
class Level:
    """The mean probability if every case had this code of a column, all else as it is."""

    code: int
    chance: Interval
    n: int


def importance(model: LeadModel, seed: int, blocks: int = 3) -> list[Importance]:
    """Permutation importance (Breiman 2001) on the last blocks with known outcomes, of the model as it was fitted
    before them; intervals over clusters. The most important first."""
    track, cases = model.track, model.track.cases
    y, w = cases.settled(model.day)
    usable = [k for k in range(len(track.starts)) if y[(track.block == k) & (w > 0)].any()]
    if not usable:
        return []
    first = usable[max(len(usable) - blocks, 0)]
    later = np.flatnonzero((track.block >= first) & (w > 0))
    if len(later) > MOST_DEALT:
        later = np.sort(np.random.default_rng(seed).choice(later, MOST_DEALT, replace=False))
    kinds = tuple(track.kinds[i] for i in track.rows(model.candidate))
    experts = fit_experts(cases, track.starts[first] - 1e-9, kinds, seed)
    combination = track.combination(model.candidate, model.day)
    features = cases.features.take(later)
    codes = [expert.bins.codes(features) for expert in experts]
    whole = _loss(experts, codes, combination, y[later])
    shuffled = np.random.default_rng(seed).permutation(len(later))
    cluster = np.arange(len(later)) if cases.cluster is None else cases.cluster[later]
    found = []
    for group in model.groups:
        names = tuple(model.bins.names[j] for j in group)
        dealt = []
        for expert, own in zip(experts, codes, strict=True):
            own = own.copy()
            for j in (expert.bins.names.index(name) for name in names if name in expert.bins.names):
                own[j] = own[j][shuffled]
            dealt.append(own)
        rise = _loss(experts, dealt, combination, y[later]) - whole
        found.append(Importance(names, mean_over(rise, w[later], cluster)))
    return sorted(found, key=lambda i: (-i.loss.value, i.names))


def _loss(experts, codes, combination, y) -> np.ndarray:
    logits = np.array([e.model.logits(c) for e, c in zip(experts, codes, strict=True)])
    return losses(1 / (1 + np.exp(-combination.logits(logits))), y)


def dependence(model: LeadModel, name: str, seed: int) -> list[Level]:
    """Partial dependence (Friedman 2001) of the additive model on a column, with intervals from draws of its
    coefficients; codes that no case has are left out."""
    reference, cases = model.reference, model.track.cases
    j = model.bins.names.index(name)
    rng = np.random.default_rng(seed)
    chosen = np.arange(len(cases)) if len(cases) <= MOST_CASES else np.sort(rng.choice(len(cases), MOST_CASES, False))
    codes = model.bins.codes(cases.features.take(chosen))
    counts = np.bincount(model.bins.codes(cases.features.select([name]), only=j), minlength=model.bins.sizes[j])
    start = 1 + int(model.bins.sizes[:j].sum())
    size = int(model.bins.sizes[j])
    table = reference.model.tables[j]
    v = reference.model.covariance[start:start + size, start:start + size]
    drawn = rng.multivariate_normal(np.zeros(size), v, DRAWS, check_valid="ignore", method="eigh")
    rest = reference.model.logits(codes) - table[codes[j]] + model.combination.intercept
    found = []
    for code in np.flatnonzero(counts):
        value = float(np.mean(1 / (1 + np.exp(-(rest + table[code])))))
        centred = drawn[:, code] - drawn @ (counts / counts.sum())
        slope = float(np.mean(1 / (1 + np.exp(-(rest + table[code]))) * (1 - 1 / (1 + np.exp(-(rest + table[code]))))))
        spread = slope / max(value * (1 - value), FLOOR) * np.quantile(centred, (0.05, 0.95))
        logit = np.log(value / (1 - value))
        low, high = (1 / (1 + np.exp(-(logit + s))) for s in spread)
        found.append(Level(int(code), Interval(value, min(low, value), max(high, value)), int(counts[code])))
    return found
