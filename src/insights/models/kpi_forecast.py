"""Wins of the next quarter from the pipeline and the lag, with a range learned from how past quarters were forecast.

Each month's leads that have not been won yet are won in the quarter with the chance that leads of their age had before;
leads still to come arrive as in the last year. Only what was known on the day of the forecast is used. Independent
leads would make the range far too narrow, because whole quarters are better or worse: the scatter of past forecasts
around what came is added (log scale, Student's t with as many degrees of freedom as quarters scored).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.evidence.words import LEVEL

HORIZON = 3
MEMORY = 24
MIN_SCORED = 4
MOST_SCORED = 8


@dataclass(frozen=True)
class Forecast:
    """A quarter from month `start` (position): expected wins, their range, what came (None for one still to come), how
    many leads stood behind it, and whether the range held."""

    start: int
    figure: Interval
    came: float | None
    leads: float

    @property
    def held(self) -> bool | None:
        if self.came is None or self.figure.low is None:
            return None
        return bool(self.figure.low <= self.came <= self.figure.high)


@dataclass(frozen=True)
class Forecasts:
    """The next quarter and the past ones, each as it would have been forecast on the day before it began."""

    coming: Forecast | None
    past: tuple[Forecast, ...]
    scatter: float

    @property
    def scored(self) -> tuple[Forecast, ...]:
        return tuple(f for f in self.past if f.held is not None)


def expected(leads: np.ndarray, triangle: np.ndarray, now: int) -> float:
    """Expected wins in the three months from `now`, from what was known before it.

    `leads[m]` leads of month m; `triangle[m, e]` wins of month m's leads in month e.
    """
    first = max(now - MEMORY, 0)
    known = np.arange(first, now)
    if not len(known):
        return 0.0
    ages = now - first + HORIZON
    events, risk = np.zeros(ages), np.zeros(ages)
    for m in known:
        won = 0.0
        for age in range(now - m):
            events[age] += triangle[m, m + age]
            risk[age] += leads[m] - won
            won += triangle[m, m + age]
    hazard = np.divide(events, risk, out=np.zeros(ages), where=risk > 0)
    total = 0.0
    for m in known:
        still = leads[m] - triangle[m, :now].sum()
        for step in range(HORIZON):
            h = hazard[now + step - m]
            total += still * h
            still *= 1 - h
    coming = leads[max(now - 12, first):now].mean()
    for arrival in range(HORIZON):
        still = coming
        for step in range(HORIZON - arrival):
            total += still * hazard[step]
            still *= 1 - hazard[step]
    return float(total)


def forecasts(leads: np.ndarray, triangle: np.ndarray, starts: list[int], months: int) -> Forecasts:
    """Forecast each quarter that begins at one of `starts` (positions of months); `months` are over. The range of a
    past quarter uses only quarters before it."""
    made: list[Forecast] = []
    errors: list[float] = []
    coming, scatter = None, 0.0
    for start in starts:
        if start < 12 or start > months:
            continue
        mean = expected(leads, triangle, start)
        scatter = float(np.sqrt(np.mean(np.square(errors[-MOST_SCORED:])))) if len(errors) >= MIN_SCORED else 0.0
        figure = _range(mean, errors)
        if start + HORIZON <= months:
            came = float(triangle[:, start:start + HORIZON].sum())
            made.append(Forecast(start, figure, came, float(leads[:start].sum())))
            if mean > 0:
                # What chance alone does to a count is no scatter of the firm: it is taken out.
                raw = np.log((came + 0.5) / (mean + 0.5))
                errors.append(float(np.sign(raw) * np.sqrt(max(raw**2 - 1 / (mean + 0.5), 0.0))))
        else:
            coming = Forecast(start, figure, None, float(leads[:start].sum()))
            break
    return Forecasts(coming, tuple(made), scatter)


def _range(mean: float, errors: list[float]) -> Interval:
    from scipy.special import stdtrit

    last = errors[-MOST_SCORED:]
    if len(last) < MIN_SCORED or mean <= 0:
        return Interval(mean)
    spread = np.sqrt(1 / (mean + 0.5) + np.mean(np.square(last)))
    half = float(stdtrit(len(last), (1 + LEVEL) / 2)) * spread
    return Interval(mean, mean * np.exp(-half), mean * np.exp(half))
