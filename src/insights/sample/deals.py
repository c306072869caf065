"""Orders: the deal that each won lead becomes, and what customers order later, each by a rhythm of its own.

Fifteen customers in a hundred call off from a contract, ten buy in a season, thirty-five once, forty irregularly; eight
in a hundred leave for good at some time, six stay away for a year or so and come back unasked. Some companies were
customers before the data begin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from insights.sample import render
from insights.sample.assortment import POOR_QUALITY, PRODUCTS, product_id
from insights.sample.calendar import END, MINUTES, START, off_weekends, to_office_hours
from insights.sample.companies import Companies, Register
from insights.sample.leads import Leads, Model
from insights.sample.lognormal import LOGNORMAL
from insights.sample.money import CURRENCIES, Amounts, Money
from insights.sample.plan import DISCOUNTS
from insights.sample.rng import below, choose, share, thresholds

CONTRACT, SEASON, ONCE, IRREGULAR = range(4)
RHYTHMS = (150, 100, 350, 400)
GONE, RETURNING = 80, 60
OLD_CUSTOMERS = 70
"""Thousandths of the companies that bought before the data begin."""
ACCOUNT_EVERY, ACCOUNT_VOLUME, ACCOUNT_OFFSET = 650, 20, 17
"""One company in 650 is a key account whose orders are so many times larger."""
QUALITY_LOSS = 350
_CONSUMED = [0 if p.leads == 0 else 6 if p.family in ("parts", "valves", "service") else 2 for p in PRODUCTS]
"""How often each product is bought again, relatively."""
_MOST = 40
_LATER = END * MINUTES
_LOGNORMAL = np.array(LOGNORMAL)


@dataclass(frozen=True)
class Customers:
    """Companies that order again: since when (minutes; for old customers before the data), what they bought first."""

    firms: Companies
    since: np.ndarray
    product: np.ndarray


class Orders:
    """All orders of a firm, batch by batch."""

    def __init__(self, model: Model, money: Money) -> None:
        self._model, self._money = model, money
        self._written = 0

    def of_leads(self, leads: Leads, widths: tuple[int, int]) -> dict[str, pa.Array]:
        """Rows of orders of a batch of leads: each won lead's deal, then what its company ordered later."""
        won = leads.where(leads.won)
        deal = self._money.deal(won)
        starts = np.flatnonzero(self._is_first_win(won) & ~is_old(self._model, won.firms.number))
        begun = won.where(starts)
        again, nth, when, amounts, product, kind = self._later(Customers(begun.firms, begun.closes, begun.product))
        order = np.lexsort((np.concatenate([np.zeros(len(won.number), dtype=np.int64), nth + 1]),
                            np.concatenate([np.arange(len(won.number)), starts[again]])))
        firms = np.concatenate([np.arange(len(won.number)), starts[again]])
        lead = np.concatenate([won.number + 1, np.zeros(len(again), dtype=np.int64)])
        kinds = np.concatenate([np.zeros(len(won.number), dtype=np.int64), kind])
        return self._columns(
            won.firms.number[firms][order], won.firms.seller[firms][order], np.concatenate([won.closes, when])[order],
            np.concatenate([won.product, product])[order], lead[order], kinds[order],
            Amounts(*(np.concatenate([one, two])[order] for one, two in
                      zip(vars(deal).values(), vars(amounts).values(), strict=True))), widths)

    def of_old_customers(self, firms: Companies, widths: tuple[int, int]) -> dict[str, pa.Array]:
        """Rows of orders of those among the companies that were customers before the data begin."""
        old = np.flatnonzero(is_old(self._model, firms.number))
        firms = Companies(**{name: value[old] for name, value in vars(firms).items()})
        product = choose(self._model.draw("old product", firms.number), thresholds([p.leads for p in PRODUCTS]))
        since = START * MINUTES - below(self._model.draw("old phase", firms.number), 200 * MINUTES)
        position, _, when, amounts, bought, kind = self._later(Customers(firms, since, product))
        return self._columns(firms.number[position], firms.seller[position], when, bought,
                             np.zeros(len(position), dtype=np.int64), kind, amounts, widths)

    def _columns(self, company, seller, when, product, lead, kind, amounts: Amounts, widths) -> dict[str, pa.Array]:
        rows = len(company)
        numbers = self._written + 1 + np.arange(rows)
        self._written += rows
        return {
            "order_id": render.identifiers("O", numbers, widths[0]),
            "company_id": render.identifiers("C", company + 1, widths[1]),
            "ordered_at": render.stamps(to_office_hours(when)),
            "kind": render.words(("order", "call_off", "return"), kind),
            "product_id": render.words([product_id(k) for k in range(len(PRODUCTS))], product),
            "lead_id": render.identifiers("L", lead, widths[0], lead == 0),
            "seller_id": render.identifiers("S", seller + 1, 2),
            "quantity": render.whole(amounts.quantity),
            "revenue": render.money(amounts.revenue),
            "cost": render.money(amounts.cost),
            "list_revenue": render.money(amounts.list_revenue),
            "currency": render.words(CURRENCIES, amounts.currency),
        }

    def _is_first_win(self, won: Leads) -> np.ndarray:
        """Leads that were their company's first win."""
        owner, number = self._model.register.leads_of(won.firms.number)
        rivals = self._model.leads(number)
        earlier = rivals.won & ((rivals.closes < won.closes[owner])
                                | ((rivals.closes == won.closes[owner]) & (number < won.number[owner])))
        return np.bincount(owner, earlier, len(won.number)) == 0

    def _later(self, customers: Customers):
        """Later orders: the customer's position, the order's place in the sequence, when, what and how much."""
        times = self._times(customers)
        position, nth = np.nonzero((times < _LATER) & (times >= START * MINUTES))
        company, when = customers.firms.number[position], times[position, nth]
        rows = company * 64 + nth
        draw = self._model.draw
        rhythm = self._rhythm(customers.firms.number)[position]
        same = (draw("same product", rows) < share(400)) | (rhythm == CONTRACT)
        other = choose(draw("product again", rows), thresholds(_CONSUMED))
        product = np.where(same, customers.product[position], other)
        volume = np.where(company % ACCOUNT_EVERY == ACCOUNT_OFFSET, ACCOUNT_VOLUME * 250, 250)
        units = np.array([p.quantity for p in PRODUCTS])[product] * _LOGNORMAL[draw("value again", rows) >> 22] * volume
        quantity = np.maximum(1, (units + 500_000) // 1_000_000)
        back = (draw("sent back", rows) < share(12)) & (nth > 0)
        quantity = np.where(back, -np.maximum(1, quantity // 4), quantity)
        level = choose(draw("discount again", rows), thresholds([weight for _, weight, _ in DISCOUNTS]))
        discount = np.array([cut for cut, _, _ in DISCOUNTS])[level]
        amounts = self._money.amounts(customers.firms.country[position], product, quantity, discount, when)
        kind = np.where(back, 2, np.where(rhythm == CONTRACT, 1, 0))
        return position, nth, when, amounts, product, kind

    def _rhythm(self, company: np.ndarray) -> np.ndarray:
        rhythm = choose(self._model.draw("rhythm", company), thresholds(RHYTHMS))
        return np.where(company % ACCOUNT_EVERY == ACCOUNT_OFFSET, CONTRACT, rhythm)

    def _times(self, customers: Customers) -> np.ndarray:
        """When each customer orders again (one row each, up to forty orders); _LATER where no more."""
        company, draw = customers.firms.number, self._model.draw
        rhythm = self._rhythm(company)
        pace = 30 + below(draw("pace", company), 4) * 20
        usual = 70 + below(draw("usual gap", company), 150)
        gone = draw("gone", company) < share(GONE)
        span = np.maximum(_LATER - np.maximum(customers.since, START * MINUTES), 0)
        last = np.where(gone, _LATER - span + below(draw("gone at", company), span), _LATER)
        away = draw("away", company) < share(RETURNING)
        times = np.full((len(company), _MOST), _LATER, dtype=np.int64)
        poor = (customers.product == POOR_QUALITY) & self._model.planted
        now = customers.since.copy()
        for nth in range(_MOST):
            rows = company * 64 + nth
            gap = np.select(
                [rhythm == CONTRACT, rhythm == SEASON, rhythm == IRREGULAR],
                [pace * MINUTES + below(draw("jitter", rows), 10 * MINUTES),
                 (340 if nth % 2 else 15) * MINUTES + below(draw("jitter", rows), 20 * MINUTES),
                 usual * MINUTES * _LOGNORMAL[draw("gap", rows) >> 22] // 1000],
                _LATER)
            absence = 300 * MINUTES + below(draw("absence", rows), 200 * MINUTES)
            now = now + gap + np.where(away & (nth == 2), absence, 0)
            missed = poor & (draw("quality loss", rows) < share(QUALITY_LOSS))
            times[:, nth] = np.where((now < last) & ~missed, off_weekends(now, customers.since), _LATER)
        return times


def is_old(law: Model | Register, company: np.ndarray) -> np.ndarray:
    """Companies that bought before the data begin; every key account did."""
    return (law.draw("old", company) < share(OLD_CUSTOMERS)) | (company % ACCOUNT_EVERY == ACCOUNT_OFFSET)
