"""The state of each customer on a day: a word for what its outlook says."""

from __future__ import annotations

import numpy as np

from insights.models.repeat_orders.history import ONCE, History
from insights.models.repeat_orders.outlook import Outlook

ACTIVE, LATE, LAPSED, ONE_TIME, CLOSED, RETURNED = range(6)
STATES = ("active", "late", "lapsed", "one_time", "closed", "returned")
GONE = 0.5
"""A customer who is more likely gone than not has lapsed."""


def states(history: History, outlook: Outlook, *, bought_before: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """The state of each customer. `bought_before`: customers known to have ordered before the orders delivered, so that
    a single order does not make them one-time buyers; `closed`: those that no longer exist, or left by their own word.

    `one_time` buyers have ordered on one day only; of the others `lapsed` are more likely gone than not, `late` are
    silent for longer than nine in ten of their own intervals last, and the rest are `active`. Returned customers
    are counted from states over time, see `returned`.
    """
    found = np.full(len(history), ACTIVE)
    with np.errstate(invalid="ignore"):
        found[outlook.late > 0] = LATE
        found[outlook.active < GONE] = LAPSED
    found[(history.kind == ONCE) & ~bought_before] = ONE_TIME
    found[closed] = CLOSED
    return found


def flows(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How many customers went from each state (row; the last row is "not yet a customer") to each state (column). Both
    arrays have a place for each customer ever, -1 where it had not ordered yet."""
    size = len(STATES)
    rows = np.where(before < 0, size, before)
    there = after >= 0
    return np.bincount(rows[there] * size + after[there], minlength=(size + 1) * size).reshape(size + 1, size)
