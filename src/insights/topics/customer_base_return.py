"""Who is worth winning back: the chance of a return and what it would bring, against what the contacts cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Interval
from insights.models.proportions import difference
from insights.models.repeat_orders.states import LAPSED

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

CONTACTS = 3
GAIN = 1 / 3
"""What a contact may gain at best, believed before any lottery: a third more returns than come unasked."""
TOO_LONG = 3 * 365
_FEWEST_HELD, _HARDLY = 10, 1e-4


@dataclass(frozen=True)
class Return:
    """One row per customer: `chance` of an order within a year unasked, `value` the money of that year if it comes
    back; `unasked`, their product, is expected without any action. `cost` of the contacts until one stops (0 where not
    known); `gain`: by how much contacts raised the share that came back, where a random hold-out says it."""

    chance: np.ndarray
    value: np.ndarray
    unasked: np.ndarray
    cost: float
    gain: Interval | None

    @property
    def pays_from(self) -> np.ndarray:
        """By how much the contacts must raise the chance to pay for themselves, as a share; 1 where they cannot."""
        return np.minimum(self.cost / np.maximum(self.value, 1e-9), 1.0)

    @property
    def profit(self) -> np.ndarray | None:
        """Money expected of the contacts with a customer, less their cost; None unless a lottery has told the gain."""
        return None if self.gain is None else self.gain.value * self.value - self.cost

    @property
    def pays(self) -> np.ndarray:
        """Whether the contacts may pay: with the gain of a lottery, else if they brought a third more returns. Where
        the cost is not known, everybody who would bring something."""
        if not self.cost:
            return self.value > 0
        return self.profit > 0 if self.gain is not None else GAIN * self.unasked > self.cost


def measure(base: Base) -> Return:
    """The chance and value of a return of each customer; never more than its usual year, which also stands where a
    return is as good as out of the question."""
    chance = np.clip(1 - base.outlook.none, 1e-6, 1.0)
    usual = np.maximum(base.usual, 0.0)
    value = np.minimum(np.maximum(base.worth.value, 0.0) / chance, np.maximum(usual, base.worth.value))
    value = np.where(chance > _HARDLY, value, usual)
    return Return(chance, value, chance * value, cost(base), _gain(base))


def cost(base: Base) -> float:
    """What contacting a customer costs until one stops, an hour of a seller each time; nothing where not known."""
    return CONTACTS * (base.parts.get("hour") or 0.0)


def _gain(base: Base) -> Interval | None:
    waves = base.parts.get("win_back")
    if waves is None or waves.total("held_out") < _FEWEST_HELD or not waves.total("addressed"):
        return None
    return difference(*(waves.total(name) for name in ("back", "addressed", "held_back", "held_out")))


def sought(base: Base, found: Return) -> np.ndarray:
    """Lapsed customers worth the contacts, the most promising first (chance times value; where a lottery told the
    gain, by value): none that has been silent for three years."""
    rows = np.flatnonzero((base.state == LAPSED) & (base.history.silence <= TOO_LONG) & found.pays)
    by = found.unasked if found.gain is None else found.value
    return rows[np.lexsort((base.history.customer[rows], -by[rows]))]
