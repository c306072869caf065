"""Attribution: to which channels wins are allotted, by four rules side by side.

First and last give a win to the first or last channel of its journey, linear shares it equally, Markov removal gives
each channel the share of wins that would go missing from the chain of contacts without it (Anderl et al. 2016). All are
rules of allocation, not effects: a channel that everybody meets gets credit whether or not it moves anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from insights.evidence import Interval
from insights.evidence.words import LEVEL

RULES = ("first", "last", "linear", "markov")
START, WON, LOST = "(start)", "(won)", "(lost)"


def credits(paths: Mapping[tuple[str, ...], tuple[float, float]], rule: str) -> dict[str, float]:
    """Each channel's share of the wins by a rule; `paths` maps a journey's channels in order to (journeys, wins)."""
    channels = sorted({channel for path in paths for channel in path})
    wins = sum(won for _n, won in paths.values())
    if not channels or not wins:
        return dict.fromkeys(channels, 0.0)
    if rule == "markov":
        return _markov(paths, channels)
    given = dict.fromkeys(channels, 0.0)
    for path, (_n, won) in paths.items():
        if not path:
            continue
        if rule == "linear":
            for channel in path:
                given[channel] += won / len(path)
        else:
            given[path[0] if rule == "first" else path[-1]] += won
    return {channel: value / wins for channel, value in given.items()}


def _markov(paths: Mapping[tuple[str, ...], tuple[float, float]], channels: Sequence[str]) -> dict[str, float]:
    states = [START, *channels, WON, LOST]
    place = {state: i for i, state in enumerate(states)}
    moves = np.zeros((len(states), len(states)))
    for path, (n, won) in paths.items():
        for one, other in zip((START, *path), path, strict=False):
            moves[place[one], place[other]] += n
        end = place[path[-1]] if path else place[START]
        moves[end, place[WON]] += won
        moves[end, place[LOST]] += n - won
    whole = _reached(moves, None)
    lost = {channel: max(whole - _reached(moves, place[channel]), 0.0) for channel in channels}
    total = sum(lost.values())
    return {channel: value / total if total else 0.0 for channel, value in lost.items()}


def _reached(moves: np.ndarray, removed: int | None) -> float:
    """The chance to end as won from the start; what would go to a removed channel is lost."""
    chain = moves / np.maximum(moves.sum(1, keepdims=True), 1e-12)
    if removed is not None:
        chain[:, removed] = 0.0
    inner = len(moves) - 2
    reach = np.linalg.solve(np.eye(inner) - chain[:inner, :inner], chain[:inner, inner])
    return float(reach[0])


def with_intervals(rows: Sequence[tuple[int, tuple[str, ...], float, float]], seed: int,
                   draws: int = 200) -> dict[str, dict[str, Interval]]:
    """Shares by rule and channel with sampling intervals over groups of companies; `rows` are (group, path, journeys,
    wins)."""
    groups = sorted({group for group, *_rest in rows})
    by_group: dict[int, list] = {group: [] for group in groups}
    for group, path, n, won in rows:
        by_group[group].append((path, n, won))
    rng = np.random.Generator(np.random.PCG64(seed))
    found: dict[str, dict[str, list[float]]] = {rule: {} for rule in RULES}
    for draw in range(draws + 1):
        counts = np.ones(len(groups)) if draw == 0 else rng.multinomial(
            len(groups), np.full(len(groups), 1 / len(groups)))
        paths: dict[tuple[str, ...], tuple[float, float]] = {}
        for group, times in zip(groups, counts, strict=True):
            for path, n, won in by_group[group] if times else ():
                a, b = paths.get(path, (0.0, 0.0))
                paths[path] = (a + times * n, b + times * won)
        for rule in RULES:
            for channel, value in credits(paths, rule).items():
                found[rule].setdefault(channel, []).append(value)
    low, high = (1 - LEVEL) / 2, (1 + LEVEL) / 2
    return {rule: {channel: _interval(v, low, high) for channel, v in sorted(by.items())}
            for rule, by in found.items()}


def _interval(values: list[float], low: float, high: float) -> Interval:
    bounds = np.quantile(values, [low, high])
    return Interval(values[0], float(min(bounds[0], values[0])), float(max(bounds[1], values[0])))
