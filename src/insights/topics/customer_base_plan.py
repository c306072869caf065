"""One list, one owner: which department each customer belongs to by the strategy's rule, who works it, until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.models.repeat_orders.states import ACTIVE, CLOSED, GONE, LAPSED, LATE, ONE_TIME, RETURNED, STATES
from insights.topics import customer_base_return as returns

if TYPE_CHECKING:
    from insights.topics.customer_base import Base
    from insights.topics.customer_base_return import Return

REPEAT, WIN_BACK, LEAVE = range(3)
LISTS = ("repeat_orders", "win_back", "leave_alone")
RIGHT, WRONG, BOTH, NEITHER, UNKNOWN = range(5)
WORKED = ("right_one", "wrong_one", "both", "neither", "not_known")
CONTACTS = returns.CONTACTS
PATIENCE = 60


@dataclass(frozen=True)
class Plan:
    """One row per customer: the list it stands on, who should work it by the rule (empty: nobody), how that compares
    with who does, in how many days to stop, and why it stands there. `sought`: rows of the win-back list, the most
    promising first; of these `now` are within what can be sought in a quarter."""

    base: Base
    list: np.ndarray
    worked: np.ndarray
    stop: np.ndarray
    rule: dict[int, str]
    reason: np.ndarray
    sought: np.ndarray
    back: Return

    @property
    def now(self) -> np.ndarray:
        """Rows of the win-back list that come first, as many as can be sought in a quarter."""
        return self.sought[:self.base.capacity or None]

    def owner(self, row: int) -> str:
        """The department that should work the customer; empty where it is to be left alone."""
        return self.rule.get(int(self.list[row]), "")

    def calls(self) -> np.ndarray:
        """Customers that are late, the most valuable first."""
        rows = self.base.rows(LATE)
        return rows[self.list[rows] != LEAVE]

    def count(self, worked: int, *states: int) -> int:
        """Customers on a list in these states that are worked in that way."""
        rows = self.base.rows(*states)
        return int(np.sum((self.worked[rows] == worked) & (self.list[rows] != LEAVE)))


def plan(base: Base) -> Plan:
    """Put each customer on exactly one list.

    Repeat orders: active, late and returned customers, and one-time buyers who are more likely there than not.
    Win-back: lapsed customers for whom the contacts may pay, unless they have been silent for three years. All others,
    and those that closed, are left alone.
    """
    strategy, state = base.firm.strategy, base.state
    rule = {REPEAT: (strategy.repeat_orders if strategy else "") or "sales",
            WIN_BACK: (strategy.win_back if strategy else "") or "marketing"}
    back = returns.measure(base)
    sought = returns.sought(base, back)
    found = np.full(len(state), LEAVE)
    there = base.outlook.active >= GONE
    found[np.isin(state, (ACTIVE, LATE, RETURNED)) | ((state == ONE_TIME) & there)] = REPEAT
    found[sought] = WIN_BACK
    found[state == CLOSED] = LEAVE
    stop = np.where(found == REPEAT, np.clip(base.outlook.limit / 2, PATIENCE, 2 * PATIENCE), PATIENCE)
    return Plan(base, found, _worked(base, found, rule), stop, rule, _reasons(base, found), sought, back)


def _reasons(base: Base, found: np.ndarray) -> np.ndarray:
    """Why each customer stands on its list."""
    state, once = base.state, base.state == ONE_TIME
    reason = np.full(len(state), "orders_by_its_rhythm", dtype=object)
    reason[state == LATE] = "silent_longer_than_nine_in_ten_of_its_intervals"
    reason[state == RETURNED] = "had_lapsed_and_ordered_again"
    reason[once & (found == REPEAT)] = "one_order_and_more_likely_there_than_not"
    reason[once & (found == LEAVE)] = "one_order_and_more_likely_gone_than_not"
    reason[state == LAPSED] = "more_likely_gone_than_not"
    alone = (state == LAPSED) & (found == LEAVE)
    reason[alone] = "contacts_cost_more_than_they_may_bring"
    reason[alone & (base.history.silence > returns.TOO_LONG)] = "silent_for_three_years"
    reason[state == CLOSED] = "closed_or_left_by_its_own_word"
    return reason


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
