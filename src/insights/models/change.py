"""The change of conversion and of margin between two periods, with its parts and their joint error.

Maturity rests on a life table of the same groups of companies, not on the models of conversion_lag: its error has to be
drawn together with those of mix and rate, in each of four hundred resamplings, from counts alone. Both say the same of
the share of wins that leads of an age have seen; what is won after the horizon is outside this split.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.evidence.words import LEVEL
from insights.models.decomposition import filled, split
from insights.models.replicates import DRAWS, Replicates, resampled, shapes, weights

RATE_PARTS = ("mix", "rate", "maturity", "speed")
MONEY_PARTS = ("volume", *RATE_PARTS, "deal", "price", "cost")
FEW = 20
_LEAST = 0.02


@dataclass(frozen=True)
class Change:
    """A total in two periods, its parts (observed) and draws of the parts, overall and by segment.

    `before`, `after` and the sum of `parts` are exact; `draws[name]` has a row for each resampling of companies, given
    the leads that came (their number, segments and ages are counted, not estimated). `by_segment[name]` likewise,
    segments last; the mix of a segment is measured from the firm's mean, so that a segment better than the mean adds
    when its share grows.
    """

    segments: tuple[str, ...]
    before: float
    after: float
    parts: dict[str, float]
    draws: dict[str, np.ndarray]
    by_segment: dict[str, np.ndarray]
    draws_by_segment: dict[str, np.ndarray]
    shares: np.ndarray
    leads: np.ndarray
    wins: np.ndarray
    groups: int

    @property
    def total(self) -> float:
        return self.after - self.before

    def interval(self, *names: str, where: np.ndarray | None = None) -> Interval:
        """The sum of some parts (over all segments, or those of the mask), with its interval."""
        value = sum(float(self.by_segment[n][where].sum()) if where is not None else self.parts[n] for n in names)
        drawn = sum(self.draws_by_segment[n][:, where].sum(1) if where is not None else self.draws[n] for n in names)
        return _interval(value, drawn, self.groups)

    def correlation(self, one: str, other: str) -> float:
        """How the errors of two parts go together."""
        a, b = self.draws[one], self.draws[other]
        return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else 0.0


def _interval(value: float, drawn: np.ndarray, groups: int) -> Interval:
    from scipy.special import stdtrit

    half = float(stdtrit(max(groups - 1, 1), (1 + LEVEL) / 2)) * float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
    return Interval(value, value - half, value + half)


def changes(found: Replicates, seed: int, *, margin: bool, periods: tuple[int, int] = (0, 1),
            draws: int = DRAWS) -> tuple[Change, Change]:
    """How conversion (won so far within the horizon, of all leads) and margin (without known cost: revenue) changed
    between two periods."""
    drawn = weights(found, seed, draws)
    pooled, own = shapes(found, drawn)
    old, new = (_factors(found, drawn, pooled, own, p, margin) for p in periods)
    _own_up(found, periods, old, new, seed)
    conversion = _change(found, periods, old, new, RATE_PARTS)
    money = _change(found, periods, old, new, MONEY_PARTS if margin else MONEY_PARTS[:-1])
    return conversion, money


def _factors(found: Replicates, drawn: np.ndarray, pooled: np.ndarray, own: np.ndarray, p: int,
             margin: bool) -> dict[str, np.ndarray]:
    """The factors of a period: axes draw, segment (, age)."""
    counted = found.leads[:, :, p].sum(0)
    n = counted.sum(-1)
    ages = np.divide(counted, n[:, None], out=np.zeros_like(counted), where=n[:, None] > 0)
    leads = resampled(drawn, found.leads[:, :, p].sum(-1))
    wins = resampled(drawn, found.wins[:, :, p].sum((-1, -2)))
    so_far = np.divide(wins, leads, out=np.zeros_like(wins), where=leads > 0)
    shape = own[:, :, p]
    grown = (ages * shape).sum(-1)
    # Where hardly anything can have been won yet there is no rate to speak of: no wins say nothing of it, and a win is
    # taken at its face value.
    young = grown < _LEAST
    shape = np.where(young[..., None], np.where(so_far > 0, 1.0, 0.0)[..., None], shape)
    usual = np.where(young[..., None], shape, pooled[:, :, p])
    grown = (ages * shape).sum(-1)
    rate = np.divide(so_far, grown, out=np.zeros_like(so_far), where=grown > 0)
    money = {name: resampled(drawn, sums[:, :, p]) for name, sums in found.money.items()}
    price = np.divide(money["listed"], money["at_list"], out=np.ones_like(wins), where=money["at_list"] > 0)
    price = np.where(price > 0, price, 1.0)
    deal = np.divide(money["revenue"], wins * price, out=np.zeros_like(wins), where=wins > 0)
    cost = np.divide(money["revenue"] - money["margin"], wins * deal, out=np.zeros_like(wins), where=wins * deal > 0)
    return {
        "volume": np.full(n.shape, n.sum()), "mix": n / max(n.sum(), 1), "rate": rate, "ages": ages, "shape": shape,
        "usual": usual, "deal": deal, "price": price, "cost": cost, "there": n > 0, "seen": n * grown[0],
        "told": (grown > 0) & (n > 0), "won": wins > 0}


def _own_up(found: Replicates, periods: tuple[int, int], old: dict, new: dict, seed: int) -> None:
    """Widen the draws of rates whose segment was won so seldom that its few wins do not tell their own spread.

    A handful of wins resampled spreads too little just where it happened to be too small, so that ranges would miss the
    truth too often. The error is at least what wins at the segment's rate of both periods would have (Poisson, times
    the design effect of companies).
    """
    design, rng = found.design_effect(), np.random.Generator(np.random.PCG64([seed, 1]))
    wins = [found.wins[:, :, p].sum((0, 2, 3)) for p in periods]
    seen = [f["seen"] for f in (old, new)]
    total = seen[0] + seen[1]
    usual = np.divide(wins[0] + wins[1], total, out=np.zeros_like(total), where=total > 0)
    for factors, n, own in zip((old, new), seen, wins, strict=True):
        least = np.divide(design * usual, n, out=np.zeros_like(usual), where=n > 0)
        rate = factors["rate"]
        more = np.sqrt(np.maximum(least - rate[1:].var(0, ddof=1), 0.0)) if len(rate) > 2 else np.zeros_like(usual)
        more = np.where(own < FEW, more, 0.0)
        rate[1:] += rng.standard_normal(rate[1:].shape) * more


def _change(found: Replicates, periods: tuple[int, int], old: dict, new: dict, names: tuple[str, ...]) -> Change:
    money = "deal" in names
    pair = {"mix": (old["mix"], new["mix"]), "rate": filled(old["rate"], new["rate"], old["told"], new["told"])}
    there = (old["there"][:, None], new["there"][:, None])
    pair["maturity"] = filled(old["ages"], new["ages"], *there)
    pair["speed"] = filled(old["shape"], new["shape"], old["told"][..., None], new["told"][..., None], 1.0)
    if money:
        pair["volume"] = (old["volume"], new["volume"])
        pair |= {name: filled(old[name], new[name], old["won"], new["won"], 1.0) for name in ("deal", "price", "cost")}
    draws, cells = old["rate"].shape, (*old["rate"].shape, old["ages"].shape[-1])

    def spread(array: np.ndarray, name: str) -> np.ndarray:
        wide = array if name in ("maturity", "speed") else array[..., None]
        return np.broadcast_to(wide, cells)

    def parts_of(chosen: tuple[str, ...]) -> dict[str, np.ndarray]:
        halves = [{name: spread(pair[name][i], name) for name in chosen} for i in (0, 1)]
        return {name: part.sum(-1) for name, part in split(*halves).items()}

    if not money:
        found_parts = parts_of(names)
    else:
        income = parts_of(tuple(n for n in names if n != "cost"))
        outgo = parts_of(tuple(n for n in names if n != "price")) if "cost" in names else {}
        zero = np.zeros(draws)
        found_parts = {n: income.get(n, zero) - outgo.get(n, zero) for n in names}
    sums = {name: part.sum(-1) for name, part in found_parts.items()}
    before, after = (_total(found, p, money, "cost" in names) for p in periods)
    volumes = [f["volume"].max(initial=0.0) for f in (old, new)]
    mean = (before + after) / 2 if not money else 0.5 * (
        before / max(volumes[0], 1) + after / max(volumes[1], 1)) * 0.5 * sum(volumes)
    centred = found_parts | {"mix": found_parts["mix"] - (new["mix"] - old["mix"]) * mean}
    n = found.leads.sum((0, 3))[:, list(periods)]
    return Change(
        segments=found.segments, before=before, after=after, parts={k: float(v[0]) for k, v in sums.items()},
        draws={k: v[1:] for k, v in sums.items()}, by_segment={k: v[0] for k, v in centred.items()},
        draws_by_segment={k: v[1:] for k, v in centred.items()},
        shares=n / np.maximum(n.sum(0), 1), leads=n, wins=found.wins.sum((0, 3, 4))[:, list(periods)],
        groups=found.groups)


def _total(found: Replicates, p: int, money: bool, margin: bool) -> float:
    if money:
        return float(found.money["margin" if margin else "revenue"][:, :, p].sum())
    return float(found.wins[:, :, p].sum() / max(found.leads[:, :, p].sum(), 1))
