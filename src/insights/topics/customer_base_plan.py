"""One list, one owner: which department each customer belongs to by the strategy's rule, who works it, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.models.repeat_orders.states import ACTIVE, CLOSED, GONE, LAPSED, LATE, ONE_TIME, RETURNED, STATES

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

REPEAT, WIN_BACK, LEAVE = range(3)
LISTS = ("repeat_orders", "win_back", "leave_alone")
RIGHT, WRONG, BOTH, NEITHER, UNKNOWN = range(5)
WORKED = ("right_one", "wrong_one", "both", "neither", "not_known")
TOO_LONG = 3 * 365
CONTACTS = 3
PATIENCE = 60


@dataclass(frozen=True)
class Plan:
    """One row per customer: the list it stands on, who should work it by the rule (empty: nobody), how that compares
    with who does, and in how many days to stop."""

    base: Base
    list: np.ndarray
    worked: np.ndarray
    stop: np.ndarray
    rule: dict[int, str]

    def owner(self, row: int) -> str:
        """The department that should work the customer; empty where it is to be left alone."""
        return self.rule.get(int(self.list[row]), "")

    def calls(self) -> np.ndarray:
        """Customers that somebody has to act on now (late, lapsed and worth it), the most valuable first."""
        rows = self.base.rows(LATE, LAPSED)
        return rows[self.list[rows] != LEAVE]

    def count(self, worked: int, *states: int) -> int:
        """Customers on a list in these states that are worked in that way."""
        rows = self.base.rows(*states)
        return int(np.sum((self.worked[rows] == worked) & (self.list[rows] != LEAVE)))


def plan(base: Base) -> Plan:
    """Put each customer on exactly one list.

    Repeat orders: active, late and returned customers, and one-time buyers who are more likely there than not.
    Win-back: lapsed customers, unless they have been silent for three years or a usual year of theirs brought less
    than the hours of the contacts cost. All others, and those that closed, are left alone.
    """
    strategy, state = base.firm.strategy, base.state
    rule = {REPEAT: (strategy.repeat_orders if strategy else "") or "sales",
            WIN_BACK: (strategy.win_back if strategy else "") or "marketing"}
    found = np.full(len(state), LEAVE)
    there = base.outlook.active >= GONE
    found[np.isin(state, (ACTIVE, LATE, RETURNED)) | ((state == ONE_TIME) & there)] = REPEAT
    found[(state == LAPSED) & (base.history.silence <= TOO_LONG) & (base.usual > cost(base))] = WIN_BACK
    found[state == CLOSED] = LEAVE
    stop = np.where(found == REPEAT, np.clip(base.outlook.limit / 2, PATIENCE, 2 * PATIENCE), PATIENCE)
    return Plan(base, found, _worked(base, found, rule), stop, rule)


def cost(base: Base) -> float:
    """What contacting a customer costs until one stops, an hour of a seller each time; nothing where not known."""
    return CONTACTS * (base.parts.get("hour") or 0.0)


def _worked(base: Base, found: np.ndarray, rule: dict[int, str]) -> np.ndarray:
    if base.sales is None or base.marketing is None:
        return np.full(len(found), UNKNOWN)
    sales, marketing = base.sales, base.marketing
    result = np.full(len(found), NEITHER)
    for number, department in rule.items():
        rows = found == number
        own = sales if department == "sales" else marketing if department == "marketing" else sales | marketing
        other = marketing if department == "sales" else sales if department == "marketing" else np.zeros_like(sales)
        result[rows & other] = WRONG
        result[rows & own] = RIGHT
        result[rows & own & other] = BOTH
    return result


def state_name(base: Base, row: int) -> str:
    """The word of a customer's state."""
    return STATES[int(base.state[row])]
