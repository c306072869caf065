"""How far the ignorance of the models' own parameters may move the forecast of the base: young and small bases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from insights.models.repeat_orders import rhythm_fit
from insights.models.repeat_orders.history import SEASONAL, History
from insights.models.repeat_orders.outlook import Models, outlook
from insights.models.repeat_orders.worth import Value, worth

_ROWS = 400
_MOST = 0.5


def of_parameters(history: History, models: Models, choice: str, value: Value) -> float:
    """Relative standard deviation of the base's money that the parameters' uncertainty leaves: the forecast is made
    anew one standard deviation to either side along each independent direction of their covariance, and half of the
    differences are added as squares. At most a half; of large bases every k-th customer is taken."""
    if models.rhythm is None:
        return 0.0
    part = history.take(np.arange(0, len(history), -(-len(history) // _ROWS)))

    def money(changed: Models) -> float:
        return float(worth(part, outlook(part, changed, choice), value).value.sum())

    middle = money(models)
    if middle <= 0:
        return 0.0
    square = sum((money(more) - money(less)) ** 2 / 4 for more, less in _apart(history, models, choice))
    return min(float(np.sqrt(square)) / middle, _MOST)


def _apart(history: History, models: Models, choice: str) -> Iterator[tuple[Models, Models]]:
    gaps = history.take(history.kind != SEASONAL).gaps
    at, covariance = rhythm_fit.uncertainty(gaps if np.any(gaps.n > 0) else history.gaps, models.rhythm)
    size = len(models.rhythm.classes)
    yield from _sides(at, covariance, lambda to: replace(models, rhythm=rhythm_fit.rhythm_at(to, size)))
    if choice in models.counting:
        model = models.counting[choice]

        def counted(to: np.ndarray) -> Models:
            values = dict(zip(model.fitted.values, np.exp(np.clip(to, -10, 10)).tolist(), strict=True))
            changed = replace(model, fitted=replace(model.fitted, values=values))
            return replace(models, counting={**models.counting, choice: changed})

        logs = np.log(list(model.fitted.values.values()))
        yield from _sides(logs, model.fitted.covariance, counted)


def _sides(at: np.ndarray, covariance: np.ndarray, made: Callable[[np.ndarray], Models]) -> Iterator[tuple]:
    values, vectors = np.linalg.eigh(covariance)
    for step in (vectors * np.sqrt(np.maximum(values, 0.0))).T:
        yield made(at + step), made(at - step)

