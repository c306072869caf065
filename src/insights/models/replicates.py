"""Leads by segment, period and age over random groups of companies, resampled; and how long wins take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

DRAWS = 400
MOST_SEGMENTS = 12
FEW_WINS = 30
UNKNOWN, OTHER = "unknown", "other"
MONEY = ("revenue", "listed", "at_list", "margin")


@dataclass(frozen=True)
class Replicates:
    """Sums over groups of companies. `leads[g, s, p, a]`, `wins[g, s, p, a, l]`, `money[name][g, s, p]`, `own[s]` the
    share of a segment's leads that marketing did not bring; axes: group, segment, period, age, lag (buckets)."""

    segments: tuple[str, ...]
    leads: np.ndarray
    wins: np.ndarray
    money: dict[str, np.ndarray]
    own: np.ndarray

    @property
    def groups(self) -> int:
        """How many groups hold at least one lead."""
        return int((self.leads.sum((1, 2, 3)) > 0).sum())

    def design_effect(self) -> float:
        """The variance of the share won between groups of companies, over that of independent leads; at least 1."""
        n, k = self.leads.sum((1, 2, 3)), self.wins.sum((1, 2, 3, 4))
        total, p = n.sum(), k.sum() / max(n.sum(), 1)
        if not 0 < p < 1 or self.groups < 10:
            return 1.0
        variance = ((k - p * n) ** 2).sum() * self.groups / (self.groups - 1) / total**2
        return float(max(variance / (p * (1 - p) / total), 1.0))


def replicates(table: pa.Table, periods: int, groups: int, most: int = MOST_SEGMENTS) -> Replicates:
    """The query's rows as arrays; segments beyond the largest are put together as `other`, missing ones are
    `unknown`."""
    names = [UNKNOWN if value is None else str(value) for value in table["segment"].to_pylist()]
    columns = {name: np.nan_to_num(np.array(table[name].cast("double").to_numpy(zero_copy_only=False), dtype=float))
               for name in table.column_names if name != "segment"}
    sizes: dict[str, float] = {}
    for name, n in zip(names, columns["leads"], strict=True):
        sizes[name] = sizes.get(name, 0.0) + n
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    shown = ranked if len(ranked) <= most else [*ranked[:most - 1], OTHER]
    place = {name: shown.index(name) if name in shown else len(shown) - 1 for name in ranked}
    s = np.array([place[name] for name in names], dtype=int)
    g, p, a, lag = (columns[name].astype(int) for name in ("grp", "period", "age", "lag"))
    top = int(a.max(initial=0))
    lags = max(top, int(lag.max(initial=-1)) + 1, 1)
    shape = (groups, len(shown), periods)
    leads, wins = np.zeros((*shape, lags + 1)), np.zeros((*shape, lags + 1, lags))
    # An age is at least the lag of its win: dates that contradict that are taken at the lag.
    a = np.maximum(a, lag)
    np.add.at(leads, (g, s, p, a), columns["leads"])
    won = lag >= 0
    np.add.at(wins, (g[won], s[won], p[won], a[won], lag[won]), columns["leads"][won])
    money = {name: np.zeros(shape) for name in MONEY}
    for name, sums in money.items():
        np.add.at(sums, (g, s, p), columns[name])
    own = np.zeros(len(shown))
    np.add.at(own, s, columns["own"])
    return Replicates(tuple(shown), leads, wins, money, own / np.maximum(leads.sum((0, 2, 3)), 1))


def weights(found: Replicates, seed: int, draws: int = DRAWS) -> np.ndarray:
    """Resampled groups: how often each is in each draw, the first row all once (what was observed)."""
    there = np.flatnonzero(found.leads.sum((1, 2, 3)) > 0)
    drawn = np.zeros((draws + 1, len(found.leads)))
    drawn[0] = 1.0
    if len(there) > 1:
        rng = np.random.Generator(np.random.PCG64(seed))
        drawn[1:, there] = rng.multinomial(len(there), np.full(len(there), 1 / len(there)), size=draws)
    else:
        drawn[1:] = 1.0
    return drawn


def resampled(drawn: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """Sums over groups (their first axis) as each draw has them."""
    return (drawn @ sums.reshape(len(sums), -1)).reshape(len(drawn), *sums.shape[1:])


def curve(leads: np.ndarray, wins: np.ndarray) -> np.ndarray:
    """Share won by the end of each bucket (first entry zero): a life table in which only age censors, so that lost
    leads stay among those that have not won. Axes: ..., age (, lag)."""
    lags = wins.shape[-1]
    shape = wins.shape[:-2]
    still, result = np.ones(shape), [np.zeros(shape)]
    before = np.zeros((*shape, lags + 1))
    for b in range(lags):
        left = leads - before
        risk = left[..., b + 1:].sum(-1) + 0.5 * left[..., b]
        events = wins[..., b].sum(-1)
        hazard = np.clip(np.divide(events, risk, out=np.zeros_like(events), where=risk > 0), 0, 1)
        still = still * (1 - hazard)
        result.append(1 - still)
        before = before + wins[..., b]
    return np.stack(result, -1)


def at(curves: np.ndarray, when: np.ndarray) -> np.ndarray:
    """A curve (last axis: bucket ends) at times in buckets (last axis of `when`), interpolated; axes before the last
    broadcast."""
    top = curves.shape[-1] - 1
    x = np.clip(when, 0, top)
    low = np.minimum(np.floor(x).astype(int), max(top - 1, 0))
    shape = np.broadcast_shapes(curves.shape[:-1], x.shape[:-1])
    spread = np.broadcast_to(curves, (*shape, curves.shape[-1]))
    low = np.broadcast_to(low, (*shape, x.shape[-1]))
    part = np.broadcast_to(x, (*shape, x.shape[-1])) - low
    one = np.take_along_axis(spread, low, -1)
    return one + part * (np.take_along_axis(spread, np.minimum(low + 1, top), -1) - one)


def shapes(found: Replicates, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each draw, segment, period and age the share of a horizon's wins that have come by that age, first at the
    pace of all periods together, then at the period's own: axes draw, segment, period, age.

    A period's pace is one factor on time for all segments: that at which its wins stand as early among those that their
    leads' ages allow as in all periods. It is taken from periods with at least 30 wins.
    """
    leads = resampled(drawn, found.leads.sum(2))
    wins = resampled(drawn, found.wins.sum(2))
    together = curve(leads.sum(1), wins.sum(1))[:, None]
    few = found.wins.sum((0, 2, 3, 4)) < FEW_WINS
    curves = np.where(few[None, :, None], together, curve(leads, wins))
    final = curves[..., -1:]
    normal = np.divide(curves, final, out=np.zeros_like(curves), where=final > 0)
    normal = np.where(final > 0, normal, np.linspace(0, 1, curves.shape[-1]))
    top = curves.shape[-1] - 1
    ages = np.minimum(np.arange(top + 1) + 0.5, top)
    ages[-1] = top
    pooled = np.broadcast_to(at(normal, ages)[:, :, None], (*normal.shape[:2], found.leads.shape[2], top + 1))
    if found.leads.shape[2] == 1:
        return pooled, pooled
    pace = _pace(found, drawn, normal[0], ages)
    stretched = at(normal[:, :, None], pace[:, None, :, None] * ages)
    end = at(normal[:, :, None], np.broadcast_to(pace[:, None, :, None] * top, (*stretched.shape[:3], 1)))
    return pooled, np.divide(stretched, end, out=np.zeros_like(stretched), where=end > 0)


def _pace(found: Replicates, drawn: np.ndarray, normal: np.ndarray, ages: np.ndarray) -> np.ndarray:
    """How many times as fast as in all periods the wins of each period came: axes draw, period."""
    grid = np.exp(np.linspace(-np.log(2), np.log(2), 41))
    lags = np.arange(found.wins.shape[-1]) + 0.5
    early = at(normal[:, None], grid[:, None] * lags)
    allowed = at(normal[:, None], grid[:, None] * ages)
    place = np.divide(early[:, :, None, :], allowed[..., None], out=np.ones((*allowed.shape, len(lags))),
                      where=allowed[..., None] > 0)
    place = np.minimum(place, 1.0)
    wins = resampled(drawn, found.wins)
    count = wins.sum((1, 3, 4))
    mean = np.einsum("dspal,stal->dpt", wins, place, optimize=True) / np.maximum(count, 1)[..., None]
    usual = np.einsum("dspal,sal->d", wins, place[:, len(grid) // 2], optimize=True) / np.maximum(count.sum(1), 1)
    pace = np.ones(count.shape)
    for p in range(count.shape[1]):
        if found.wins[:, :, p].sum() < FEW_WINS:
            continue
        gap = mean[:, p] - usual[:, None]
        crossed = np.argmax(gap >= 0, axis=1)
        low = np.maximum(crossed - 1, 0)
        rows = np.arange(len(gap))
        rise = gap[rows, crossed] - gap[rows, low]
        part = np.divide(-gap[rows, low], rise, out=np.zeros_like(rise), where=rise > 0)
        found_at = np.exp(np.log(grid[low]) + part * (np.log(grid[crossed]) - np.log(grid[low])))
        pace[:, p] = np.where((gap >= 0).any(1), found_at, grid[-1])
    return pace
