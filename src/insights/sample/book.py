"""Keeps what really became of customers, hidden from the tables: counts, lists of identifiers, money."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from insights.sample.assortment import POOR_QUALITY
from insights.sample.calendar import END, MINUTES, START, YEAR_THREE
from insights.sample.companies import is_double
from insights.sample.customers import QUALITY_LOSS, RHYTHM_NAMES, Customers, Lives, is_account
from insights.sample.money import COSTS, PRICES

LISTED = 250_000
"""Firms with more leads keep counts only."""
STATES = (*RHYTHM_NAMES, "gone", "returned", "account", "lapsed", "addressed", "held_out", "next_year", "double")


class Book:
    """Counts customers by state and adds up what is to come; `listed`: keeps who they are as well."""

    def __init__(self, listed: bool) -> None:
        self._listed = listed
        self.sums: dict[str, int] = defaultdict(int)
        self._ids: dict[str, list[np.ndarray]] = {state: [] for state in STATES}

    def add(self, customers: Customers, lives: Lives, position, nth) -> None:
        """Take down these customers; `position` and `nth` are their later orders, up to a year after the last day."""
        company = customers.firms.number
        shown = (lives.times[position, nth] < END * MINUTES) & ~lives.missed[position, nth]
        seen = (customers.wins > 0) | (np.bincount(position[shown], minlength=len(company)) > 0)
        when = lives.times[position, nth]
        sent_back, missed = lives.returns[position, nth], lives.missed[position, nth]
        product = lives.product[position, nth]
        unit = PRICES[product] * (1000 - lives.discount[position, nth]) - COSTS[product] * 1000
        margin = lives.quantity[position, nth] * unit // 1000
        future = (when >= END * MINUTES) & ~missed
        buyers = np.bincount(position[future & ~sent_back], minlength=len(company)) > 0
        held_out = lives.lapsed.any(axis=1) & ~lives.addressed.any(axis=1)
        masks = {
            **{name: lives.rhythm == number for number, name in enumerate(RHYTHM_NAMES)},
            "gone": lives.gone, "returned": lives.returned, "account": is_account(company),
            "lapsed": lives.lapsed.any(axis=1), "addressed": lives.addressed.any(axis=1), "held_out": held_out,
            "next_year": buyers, "double": is_double(company),
        }
        for state, mask in masks.items():
            mask = mask & seen
            self.sums[state] += int(mask.sum())
            if self._listed:
                self._ids[state].append(company[mask])
        poor = (customers.product == POOR_QUALITY)[position] & ~sent_back & (when >= START * MINUTES)
        for period, since in (("all", START), ("last_year", YEAR_THREE)):
            chosen = poor & (when >= since * MINUTES) & (when < END * MINUTES)
            self.sums[f"lost_orders@{period}"] += QUALITY_LOSS * int(chosen.sum())
            self.sums[f"lost_margin@{period}"] += QUALITY_LOSS * int(margin[chosen].sum())
        self.sums["customers"] += int(seen.sum())
        self.sums["orders_next_year"] += int((future & ~sent_back).sum())
        self.sums["margin_next_year"] += int(margin[future].sum())
        self.sums["lapsed_waves"] += int(lives.lapsed.sum())
        self.sums["hope"] += int(lives.hope.sum())
        self.sums["back_unasked"] += int((lives.back & ~lives.addressed).sum())
        self.sums["back_addressed"] += int((lives.back & lives.addressed).sum())

    def companies(self, width: int) -> dict[str, list[str]]:
        """The company_ids of each state, in order."""
        return {state: [f"C{number + 1:0{width}d}" for number in np.sort(np.concatenate(parts)).tolist()]
                for state, parts in self._ids.items() if parts}
