"""What is expected of each customer: still active, orders in the next twelve months with their range, how late."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from insights.models.repeat_orders import bgnbd, pareto, rhythm, rhythm_fit
from insights.models.repeat_orders.counts import Counts
from insights.models.repeat_orders.history import REGULAR, SEASONAL, WEEK, History
from insights.models.repeat_orders.regular import YEAR

CANDIDATES = ("rhythm", "mbg", "pareto")
HORIZON = 365.0
LATE = 0.9
"""A silence is late where nine in ten of the customer's own intervals would have ended."""
SURE = 0.9
_LOW, _HIGH = 0.05, 0.95
_SEASON_SPREAD = 30.0
_SEASONS_TOLD, _PAUSE, _UNTOLD = 720, 60, 0.5
_FIT_ROWS = 40_000


@dataclass(frozen=True)
class Outlook:
    """One row per customer: `active` the probability to be still a customer, `expected` orders within a year with `low`
    and `high` (90%) and `variance`, `none` the probability of none, `limit` the silence in days that is usual at most,
    `late` days beyond it (negative: days left), `usual` the interval that half of its intervals do not exceed."""

    active: np.ndarray
    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    variance: np.ndarray
    none: np.ndarray
    limit: np.ndarray
    late: np.ndarray
    usual: np.ndarray

    def paced(self, factor: np.ndarray) -> Outlook:
        """The same for customers who order so many times as often as their own counts say."""
        return replace(self, expected=self.expected * factor, variance=self.variance * factor,
                       low=np.floor(self.low * factor), high=np.ceil(self.high * factor))

    def put(self, rows: np.ndarray, other: Outlook) -> None:
        """Write the outlook of these rows."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


@dataclass(frozen=True)
class Models:
    """The models fitted on a history; those that could not be fitted are None or absent. `seasonal`: of customers whose
    orders come in bursts, the share that may buy at one time of the year (90% bound)."""

    rhythm: rhythm.Rhythm | None
    seasonal: float
    counting: dict[str, bgnbd.GeometricDropout | pareto.ParetoNBD]

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names of the models that can judge irregular customers."""
        return tuple(name for name in CANDIDATES if (name == "rhythm" and self.rhythm) or name in self.counting)


def fit(history: History, candidates: tuple[str, ...] = CANDIDATES, like: Models | None = None) -> Models:
    """Fit the models: own rhythms on all but seasonal customers (on all while the history is shorter than two years,
    when most of these cannot be told yet), the counting models on those whose orders may come at random."""
    short = not len(history) or history.age.max() < _SEASONS_TOLD
    own = rhythm_fit.fit(history.take((history.kind != SEASONAL) | short).gaps, like.rhythm if like else None)
    random = history.take(~np.isin(history.kind, (REGULAR, SEASONAL)))
    counting = {}
    if own is not None and len(random) and random.age.max() > 0 and random.gaps_n.max() > 0:
        counts = _unique(random)
        if "mbg" in candidates:
            counting["mbg"] = bgnbd.fit(counts, modified=True)
        if "pareto" in candidates:
            counting["pareto"] = pareto.fit(counts)
    return Models(own, _seasonal_share(history), counting)


def _seasonal_share(history: History) -> float:
    """Among customers observed for more than a year, in bursts of several orders, as many as there may be: the upper
    bound (90%) of the share, believed a tenth, as firmly as after ten of them, before any is seen. Records of less than
    two years show too few seasons twice: half. So a customer in its first pause is called late or lapsed only where
    that is likely even so."""
    from scipy.special import betaincinv

    told = (history.bursts >= 2) & (history.age > 400) & (history.orders >= 1.5 * history.bursts)
    found = int((history.kind[told] == SEASONAL).sum())
    bound = float(betaincinv(found + 1, told.sum() - found + 9, SURE))
    return bound if history.age.max() >= _SEASONS_TOLD else max(bound, _UNTOLD)


def _unique(history: History) -> Counts:
    """Distinct counts; of very many customers every k-th."""
    step = max(1, -(-len(history) // _FIT_ROWS))
    counts = history.counts
    return Counts.unique(counts.x[::step], counts.t_x[::step], counts.T[::step])


def outlook(history: History, models: Models, choice: str, horizon: float = HORIZON) -> Outlook:
    """What is expected of each customer: regular ones by their own rhythm, seasonal ones by their season, the others by
    the model of that name. Without any repeat order in the whole history nothing is expected."""
    size = len(history)
    found = Outlook(*(np.full(size, np.nan) for _ in fields(Outlook)))
    if models.rhythm is None:
        return found
    season = history.kind == SEASONAL
    own = (history.kind == REGULAR) if choice in models.counting else ~season
    for rows, judge in ((season, _by_season), (own & ~season, _by_rhythm)):
        if rows.any():
            found.put(rows, judge(history.take(rows), models.rhythm, horizon))
    rest = ~own & ~season
    if rest.any():
        found.put(rest, _by_counts(history.take(rest), models.counting[choice], horizon))
    return _first_season(history, models, found, horizon)


def _first_season(history: History, models: Models, found: Outlook, horizon: float) -> Outlook:
    """Customers with one burst of orders who have been silent for less than a year and a half may be in their first
    season's pause: their outlook is the mean of both, by how well each explains the silence."""
    rows = np.flatnonzero((history.bursts == 1) & (history.gaps_n > 0) & (history.kind != SEASONAL)
                          & (history.silence > _PAUSE) & (history.since_burst < 1.5 * YEAR))
    if not len(rows):
        return found
    part = history.take(rows)
    season = _by_season(part, models.rhythm, horizon)
    silent = models.rhythm.quiet(part.gaps)
    weight = models.seasonal / (models.seasonal + (1 - models.seasonal) * silent)
    mixed = {name: weight * getattr(season, name) + (1 - weight) * getattr(found, name)[rows]
             for name in ("active", "expected", "variance", "none")}
    limit = np.where(weight > 0.5, season.limit, found.limit[rows])
    found.put(rows, Outlook(
        **mixed, low=np.minimum(season.low, found.low[rows]), high=np.maximum(season.high, found.high[rows]),
        limit=limit, late=part.silence - limit, usual=np.where(weight > 0.5, season.usual, found.usual[rows])))
    return found


def _by_rhythm(history: History, own: rhythm.Rhythm, horizon: float) -> Outlook:
    active = own.active(history.gaps)
    reached = own.reached(history.gaps, horizon)
    limit, usual = own.limit(history.gaps, LATE), own.limit(history.gaps, 0.5)
    return _outlook(active, reached, limit, history.silence, usual)


def _outlook(active: np.ndarray, reached: np.ndarray, limit: np.ndarray, silence: np.ndarray,
             usual: np.ndarray) -> Outlook:
    """From P(at least j orders), j = 1, 2, ... in columns."""
    expected = reached.sum(axis=1)
    squares = (reached * (2 * np.arange(reached.shape[1]) + 1)).sum(axis=1)
    return Outlook(active, expected, (reached > 1 - _LOW).sum(axis=1).astype(float),
                   (reached > 1 - _HIGH).sum(axis=1).astype(float), np.maximum(squares - expected**2, 0),
                   1 - reached[:, 0], limit, silence - limit, usual)


def _by_season(history: History, own: rhythm.Rhythm, horizon: float) -> Outlook:
    """The next burst is due a whole number of years after the last; a chance to leave after each of its orders. Orders
    of a burst are taken as Poisson around the customer's own mean."""
    from scipy.special import gammainc, ndtr

    per_burst = history.orders / history.bursts
    leaving = sum(one.share * one.leaving for one in own.classes)
    stays = (1 - leaving) ** per_burst
    beyond = ndtr((YEAR - history.since_burst) / _SEASON_SPREAD)
    active = stays * beyond / (stays * beyond + 1 - stays)
    # A season missed is a year lost; one still to come brings its orders.
    seasons = horizon / YEAR
    mean = np.maximum(per_burst * seasons, 1e-9)
    most = int(np.ceil(mean.max() + 5 * np.sqrt(mean.max()) + 3))
    reached = active[:, None] * gammainc(np.arange(1, most + 1)[None, :], mean[:, None])
    limit = np.maximum(YEAR + 1.2816 * _SEASON_SPREAD - (history.since_burst - history.silence), 30.0)
    usual = np.maximum(YEAR - (history.since_burst - history.silence), 15.0)
    return _outlook(active, reached, limit, history.silence, usual)


def _by_counts(history: History, model, horizon: float) -> Outlook:
    """Equal counts are judged once."""
    from scipy.stats import nbinom

    all_counts = history.counts
    rows, place = np.unique(np.column_stack([all_counts.x, all_counts.t_x, all_counts.T]), axis=0, return_inverse=True)
    counts = Counts.of(*rows.T)
    shape, weeks = model.fitted.values["r"] + counts.x, horizon / WEEK
    active, mean, none = model.active(counts), model.if_active(counts, weeks), model.none_within(counts, weeks)
    chance = shape / (shape + np.maximum(mean, 1e-9))

    def quantile(level: float) -> np.ndarray:
        left = 1 - (1 - level) / np.maximum(active, 1e-12)
        return np.where(left > 0, np.maximum(nbinom.ppf(np.clip(left, 1e-9, 1 - 1e-9), shape, chance), 0), 0.0)

    expected = active * mean
    variance = active * (mean + mean**2 / shape + mean**2) - expected**2
    limit = model.limit(counts, LATE) * WEEK
    low = np.minimum(quantile(_LOW), np.floor(expected))
    values = (active, expected, low, np.maximum(quantile(_HIGH), np.ceil(expected)), variance, none, limit)
    usual = model.limit(counts, 0.5) * WEEK
    return Outlook(*(v[place] for v in values), history.silence - limit[place], usual[place])
