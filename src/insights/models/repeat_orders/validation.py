"""Forecasts that would have been made on earlier days, against what came: which model judges, and how well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from insights.models.repeat_orders.history import History
from insights.models.repeat_orders.outlook import CANDIDATES, Models, Outlook, fit, outlook
from insights.models.repeat_orders.worth import Past, Value, Worth, fit_value, worth

YEAR, QUARTER = 365, 91
_MOST = 4
_FEWEST_CUSTOMERS = 10


@dataclass(frozen=True)
class Scored:
    """A forecast of one day: orders and money that each model, and last year's figure repeated, expected of the base as
    it was, and what came; `deviance` the Poisson deviance for a customer (lower is better).

    `silent` and `seen` hold the customers: promised chance of a silent year and whether it came; number, expected
    orders and orders placed."""

    day: dt.date
    customers: int
    expected: dict[str, float]
    money: dict[str, Past]
    deviance: dict[str, float]
    orders: float
    repeated: float
    silent: tuple[np.ndarray, np.ndarray]
    seen: tuple[np.ndarray, np.ndarray, np.ndarray]
    models: Models
    value: Value
    quarter: dict[str, Past]


def days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Days on which a forecast can be made and scored: a year of orders before and a year after, a quarter apart, at
    most five, the latest first."""
    found = []
    day = last - dt.timedelta(days=YEAR)
    while day >= first + dt.timedelta(days=YEAR) and len(found) < _MOST:
        found.append(day)
        day -= dt.timedelta(days=QUARTER)
    return found


def later_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Beginnings of the quarters that are over but whose year is not, the latest first: two quarters of orders
    before."""
    return [day for day in (last - dt.timedelta(days=QUARTER * k) for k in (1, 2, 3))
            if day >= first + dt.timedelta(days=2 * QUARTER)]


def score(history: Callable[[dt.date], History], when: list[dt.date], like: Models | None = None) -> list[Scored]:
    """The forecasts of these days and what came; every model is fitted on what was known on the day (`like` only says
    where the search for its parameters begins)."""
    found = []
    for day in when:
        then = history(day)
        if len(then) < _FEWEST_CUSTOMERS:
            continue
        models, value = fit(then, like=like), fit_value(then)
        if models.rhythm is None:
            continue
        views = {name: outlook(then, models, name) for name in models.candidates}
        best = views[models.candidates[0]]
        worths = {name: worth(then, view, value) for name, view in views.items()}
        found.append(Scored(
            day, len(then), {name: float(view.expected.sum()) for name, view in views.items()},
            {name: past(one, float(then.later_money.sum())) for name, one in worths.items()},
            {name: deviance(then.later_orders, view.expected) for name, view in views.items()},
            float(then.later_orders.sum()), float(then.year.sum()),
            _silence(then, best), (then.customer, best.expected, then.later_orders), models, value,
            _quarter(then, models, value)))
    return found


def quarters(history: Callable[[dt.date], History], when: list[dt.date], scored: list[Scored]) -> list[dict[str, Past]]:
    """Forecasts of the quarters that begin on these days, none of which overlap: made by the models of the latest year
    scored, or, without one, by models of the day."""
    found = []
    for day in when:
        then = history(day)
        if len(then) < _FEWEST_CUSTOMERS:
            continue
        models, value = (scored[0].models, scored[0].value) if scored else (fit(then), fit_value(then))
        if models.rhythm is not None:
            found.append(_quarter(then, models, value))
    return found


def _quarter(then: History, models: Models, value: Value) -> dict[str, Past]:
    return {name: past(worth(then, outlook(then, models, name, float(QUARTER)), value), float(then.soon_money.sum()))
            for name in models.candidates}


def past(found: Worth, came: float) -> Past:
    """A forecast beside what came."""
    middle = float(found.value.sum())
    return Past(middle, came, float(np.sqrt(found.variance.sum())) / max(middle, 1e-9))


def _silence(then: History, view: Outlook) -> tuple[np.ndarray, np.ndarray]:
    """The promised probability of a year without an order, and whether it came so."""
    return view.none, then.later_orders == 0


def deviance(orders: np.ndarray, expected: np.ndarray) -> float:
    """Mean Poisson deviance of expected orders."""
    mean = np.maximum(expected, 1e-6)
    some = np.where(orders > 0, orders * np.log(np.maximum(orders, 1) / mean), 0.0)
    return float(2 * np.mean(some - (orders - mean)))


def choose(scored: list[Scored], models: Models) -> str:
    """The candidate with the lowest mean deviance over the days scored; customers' own rhythm where none was scored."""
    names = [name for name in CANDIDATES if name in models.candidates]
    if not scored:
        return "rhythm"
    return min(names, key=lambda name: np.mean([s.deviance.get(name, np.inf) for s in scored]))


def calibration(scored: list[Scored], edges: tuple[float, ...] = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)):
    """For bins of the promised probability of a silent year: (low, high, customers, mean promise, observed share)."""
    if not scored:
        return []
    promised = np.concatenate([s.silent[0] for s in scored])
    came = np.concatenate([s.silent[1] for s in scored]).astype(float)
    bins = np.clip(np.digitize(promised, edges) - 1, 0, len(edges) - 2)
    return [(edges[b], edges[b + 1], int((bins == b).sum()), float(promised[bins == b].mean()),
             float(came[bins == b].mean())) for b in range(len(edges) - 1) if (bins == b).any()]
