"""The list for the CRM: one row per customer, on exactly one list with one owner."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from insights.figures.model import Export
from insights.language import Text
from insights.models.repeat_orders.history import KINDS
from insights.models.repeat_orders.states import STATES
from insights.topics import customer_base_plan as plans

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

_ = Text


def customers(base: Base) -> Export | None:
    """Every customer with its state, list, owner, reason, expected orders and money, and a stop rule; None where the
    disclosure profile lets nobody be named or nothing can be told."""
    if not base.told or not base.names_shown:
        return None
    plan, view, worth = plans.plan(base), base.outlook, base.worth
    order = np.lexsort((base.history.customer, -worth.value))
    day, numbers = base.firm.as_of, base.history.customer[order]

    def after(days: np.ndarray) -> list[dt.date]:
        return [day + dt.timedelta(days=int(np.clip(d, -40_000, 40_000))) for d in days[order]]

    lists = plan.list[order]
    columns = {
        "company_id": base.register.array("company_id", numbers), "name": base.register.array("name", numbers),
        "list": [plans.LISTS[i] for i in lists], "owner": [plan.owner(row) for row in order],
        "account_owner": base.register.array("owner", numbers), "reason": plan.reason[order].tolist(),
        "worked_by": [plans.WORKED[i] for i in plan.worked[order]],
        "state": [STATES[i] for i in base.state[order]], "buys": [KINDS[i] for i in base.history.kind[order]],
        "last_order_on": after(-base.history.silence),
        "usual_interval_days": np.round(view.usual[order]).tolist(),
        "order_due_on": [None if i == plans.LEAVE else max(d, day) for i, d in zip(
            lists, after(view.usual - base.history.silence), strict=True)],
        "usual_interval_at_most_days": np.round(view.limit[order]).tolist(),
        "late_days": np.maximum(np.round(view.late[order]), 0).tolist(),
        "probability_active": np.round(view.active[order], 4).tolist(),
        "expected_orders_12_months": np.round(view.expected[order], 2).tolist(),
        "orders_low": view.low[order].tolist(), "orders_high": view.high[order].tolist(),
        f"expected_{base.money}_12_months": np.round(worth.value[order], 2).tolist(),
        f"{base.money}_low": np.round(worth.low[order], 2).tolist(),
        f"{base.money}_high": np.round(worth.high[order], 2).tolist(),
        f"{base.money}_of_next_order": np.round(base.value.expected(base.history)[order], 2).tolist(),
        **_back(base, plan, order),
        "currency": [base.firm.currency] * len(order),
        "stop_on": [None if i == plans.LEAVE else d for i, d in zip(lists, after(plan.stop), strict=True)],
        "stop_after_contacts": [None if i == plans.LEAVE else plans.CONTACTS for i in lists],
    }
    return Export("customers", _("Every customer with its state, its one list, its owner and when to stop"),
                  pa.table(columns))


def _back(base: Base, plan: plans.Plan, order: np.ndarray) -> dict[str, list]:
    """Columns of the win-back list, empty for all others: its place, the chance and money of a return, what the
    contacts cost and by how much they must raise the chance to pay; their expected profit where a lottery told it."""
    place = np.full(len(order), 0)
    place[plan.sought] = np.arange(1, len(plan.sought) + 1)
    place = place[order]
    back, profit = plan.back, plan.back.profit

    def shown(values: np.ndarray | None, digits: int) -> list:
        return [None if values is None or not p else round(float(values[row]), digits)
                for p, row in zip(place, order, strict=True)]

    costs = np.full(len(order), back.cost)
    return {
        "win_back_place": [int(p) or None for p in place], "win_back_now": [
            bool(p <= (base.capacity or p)) if p else None for p in place],
        "chance_of_order_unasked": shown(back.chance, 4), f"{base.money}_if_back": shown(back.value, 2),
        "contacts_cost": shown(costs if back.cost else None, 2),
        "gain_of_chance_that_pays": shown(back.pays_from if back.cost else None, 4),
        "expected_profit_of_contacts": shown(profit, 2)}
