"""Orders: the deal that each won lead becomes, and what customers order later; with the complaints about them and the
win-back letters to those who stopped."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from insights.sample import render
from insights.sample.assortment import POOR_QUALITY, PRODUCTS, product_id
from insights.sample.book import Book
from insights.sample.calendar import END, MINUTES, START, to_office_hours
from insights.sample.campaigns import win_back_campaign
from insights.sample.companies import Companies
from insights.sample.customers import CONTRACT, FUTURE, WAVES, Base, Customers, is_old
from insights.sample.feedback import Complaints
from insights.sample.leads import Leads, Model
from insights.sample.money import CURRENCIES, PRICES, Amounts, Money
from insights.sample.rng import below, choose, share, thresholds

COMPLAINTS, COMPLAINTS_POOR = 20, 90
"""Complaints for a thousand orders of a product; of the product of poor quality."""
Batch = dict[str, dict[str, pa.Array]]


class Orders:
    """All orders of a firm, batch by batch: rows of orders, of touches (win-back) and of feedback (complaints)."""

    def __init__(self, model: Model, money: Money, book: Book, complaints: Complaints) -> None:
        self._model, self._money, self._book, self._complaints = model, money, book, complaints
        self._base = Base(model)
        self._written = 0

    def of_leads(self, leads: Leads, widths: tuple[int, int]) -> Batch:
        """Each won lead's deal, then what its company ordered later."""
        won = leads.where(leads.won)
        deal = self._money.deal(won)
        is_first, wins = self._rivals(won)
        starts = np.flatnonzero(is_first & ~is_old(self._model, won.firms.number))
        begun = won.where(starts)
        customers = Customers(begun.firms, begun.closes, begun.sold, deal.quantity[starts] * PRICES[begun.sold],
                              wins[starts])
        again, nth, when, amounts, product, kind, letters = self._later(customers, widths)
        order = np.lexsort((np.concatenate([np.zeros(len(won.number), dtype=np.int64), nth + 1]),
                            np.concatenate([np.arange(len(won.number)), starts[again]])))
        firms = np.concatenate([np.arange(len(won.number)), starts[again]])
        lead = np.concatenate([won.number + 1, np.zeros(len(again), dtype=np.int64)])
        key = np.concatenate([won.number * 64 + 63, won.firms.number[starts[again]] * 64 + nth])
        kinds = np.concatenate([np.zeros(len(won.number), dtype=np.int64), kind])
        rows = self._columns(
            won.firms.where(firms[order]), key[order], np.concatenate([won.closes, when])[order],
            np.concatenate([won.sold, product])[order], lead[order], kinds[order],
            Amounts(*(np.concatenate([one, two])[order] for one, two in
                      zip(vars(deal).values(), vars(amounts).values(), strict=True))), widths)
        return rows | {"touches": letters}

    def of_old_customers(self, firms: Companies, widths: tuple[int, int]) -> Batch:
        """Orders of those among the companies that were customers before the data begin."""
        firms = firms.where(np.flatnonzero(is_old(self._model, firms.number)))
        product = choose(self._model.draw("old product", firms.number), thresholds([p.leads for p in PRODUCTS]))
        since = START * MINUTES - below(self._model.draw("old phase", firms.number), 200 * MINUTES)
        owner, number = self._model.register.leads_of(firms.number)
        wins = np.bincount(owner, self._model.leads(number).won, len(since)).astype(np.int64)
        customers = Customers(firms, since, product, np.zeros(len(since), dtype=np.int64), wins)
        position, nth, when, amounts, bought, kind, letters = self._later(customers, widths)
        rows = self._columns(firms.where(position), firms.number[position] * 64 + nth, when, bought,
                             np.zeros(len(position), dtype=np.int64), kind, amounts, widths)
        return rows | {"touches": letters}

    def _columns(self, firms: Companies, key, when, product, lead, kind, amounts: Amounts, widths) -> Batch:
        rows = len(key)
        numbers = self._written + 1 + np.arange(rows)
        self._written += rows
        rate = np.where((product == POOR_QUALITY) & self._model.planted, COMPLAINTS_POOR, COMPLAINTS)
        complains = (self._model.draw("complains", key) < share(1) * rate) & (kind != 2)
        return {
            "orders": {
                "order_id": render.identifiers("O", numbers, widths[0]),
                "company_id": render.identifiers("C", firms.number + 1, widths[1]),
                "ordered_at": render.stamps(to_office_hours(when)),
                "kind": render.words(("order", "call_off", "return"), kind),
                "product_id": render.words([product_id(k) for k in range(len(PRODUCTS))], product),
                "lead_id": render.identifiers("L", lead, widths[0], lead == 0),
                "seller_id": render.identifiers("S", self._model.seller_on(firms, when // MINUTES) + 1, 2),
                "quantity": render.whole(amounts.quantity),
                "revenue": render.money(amounts.revenue),
                "cost": render.money(amounts.cost),
                "list_revenue": render.money(amounts.list_revenue),
                "currency": render.words(CURRENCIES, amounts.currency),
            },
            "feedback": self._complaints.columns(
                firms.where(complains), product[complains], key[complains], when[complains], widths),
        }

    def _rivals(self, won: Leads) -> tuple[np.ndarray, np.ndarray]:
        """Whether each lead was its company's first win, and how many wins the company has."""
        owner, number = self._model.register.leads_of(won.firms.number)
        rivals = self._model.leads(number)
        earlier = rivals.won & ((rivals.closes < won.closes[owner])
                                | ((rivals.closes == won.closes[owner]) & (number < won.number[owner])))
        wins = np.bincount(owner, rivals.won, len(won.number)).astype(np.int64)
        return np.bincount(owner, earlier, len(won.number)) == 0, wins

    def _later(self, customers: Customers, widths: tuple[int, int]):
        """Later orders: the customer's position, the order's place in the sequence, when, what and how much; and the
        win-back letters."""
        lives = self._base.lives(customers)
        position, nth = np.nonzero((lives.times < FUTURE) & (lives.times >= START * MINUTES))
        when, product = lives.times[position, nth], lives.product[position, nth]
        amounts = self._money.amounts(customers.firms.country[position], product, lives.quantity[position, nth],
                                      lives.discount[position, nth], when)
        missed = lives.missed[position, nth]
        self._book.add(customers, lives, position, nth)
        shown = np.flatnonzero((when < END * MINUTES) & ~missed)
        returns = lives.returns[position, nth]
        kind = np.where(returns, 2, np.where(lives.rhythm[position] == CONTRACT, 1, 0))
        amounts = Amounts(*(part[shown] for part in vars(amounts).values()))
        return (position[shown], nth[shown], when[shown], amounts, product[shown], kind[shown],
                self._letters(customers.firms, lives, widths))

    def _letters(self, firms: Companies, lives, widths: tuple[int, int]) -> dict[str, pa.Array]:
        """Touches of the win-back waves: a letter to each customer addressed; in the randomised twin also a row of the
        channel hold-out for each that the coin kept out."""
        found = lives.lapsed if self._model.twin == "randomised" else lives.addressed
        position, wave = np.nonzero(found)
        written = lives.addressed[position, wave]
        when = np.array(WAVES)[wave] + below(self._model.draw("letter", firms.number[position]), 600)
        return {
            "touched_at": render.stamps(to_office_hours(when)),
            "lead_id": render.empty(len(position)),
            "contact_id": render.empty(len(position)),
            "company_id": render.identifiers("C", firms.number[position] + 1, widths[1]),
            "campaign_id": render.words([win_back_campaign(k) for k in range(len(WAVES))], wave),
            "seller_id": render.empty(len(position)),
            "channel": render.words(("hold-out", "letter"), written.astype(np.int64)),
            "kind": render.words(("mail",), np.where(written, 0, -1)),
            "direction": render.words(("outbound",), np.where(written, 0, -1)),
        }

