"""What a won lead is worth: quantity, revenue, cost and margin, in hundredths of a zloty, and in other currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from insights.sample.assortment import PRODUCTS
from insights.sample.calendar import MINUTES, ZERO
from insights.sample.companies import COUNTRY_CODES
from insights.sample.leads import Leads, Model
from insights.sample.lognormal import LOGNORMAL
from insights.sample.plan import CURRENCY_OF, ONE_DEAL_SHARE, SEGMENTS
from insights.sample.rng import below

MILLE = 1000
CURRENCIES = ("PLN", "EUR", "CZK")
CURRENCY_OF_COUNTRY = np.array([CURRENCIES.index(CURRENCY_OF.get(code, "EUR")) for code in COUNTRY_CODES])
RATE_DAYS = np.array([(date(2023 + (8 + k) // 12, (8 + k) % 12 + 1, 1) - ZERO).days for k in range(37)])
"""First days of the months from which an exchange rate holds, September 2023 to September 2026."""
PRICES = np.array([product.price for product in PRODUCTS])
COSTS = np.array([product.cost for product in PRODUCTS])
_QUANTITIES = np.array([product.quantity for product in PRODUCTS])
_LOGNORMAL = np.array(LOGNORMAL)
_MARGIN_PER_LEAD = 2_900
"""In PLN; only the size of the one large deal hangs on it."""


@dataclass(frozen=True)
class Amounts:
    """Quantity and amounts in hundredths of the order's currency."""

    quantity: np.ndarray
    revenue: np.ndarray
    cost: np.ndarray
    list_revenue: np.ndarray
    currency: np.ndarray


class Money:
    """Deal values and exchange rates of a firm."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @cached_property
    def rates(self) -> np.ndarray:
        """Ten-thousandths of a zloty for one unit of each currency, by month."""
        euro = 41_800 + below(self._model.draw("euro", np.arange(len(RATE_DAYS))), 1_800)
        koruna = 1_690 + below(self._model.draw("koruna", np.arange(len(RATE_DAYS))), 90)
        return np.stack([np.full(len(RATE_DAYS), 10_000), euro, koruna])

    def quantity(self, leads: Leads) -> np.ndarray:
        """Units of the deal that each lead is, should it be won."""
        volume = self._volume()[leads.firms.segment]
        units = _units(_QUANTITIES[leads.sold], _LOGNORMAL[leads.value], volume)
        if self._model.planted:
            unit_margin = PRICES[leads.sold] * (MILLE - leads.discount) // MILLE - COSTS[leads.sold]
            rest = self._model.register.leads // 3 * _MARGIN_PER_LEAD
            large = rest * ONE_DEAL_SHARE // (MILLE - ONE_DEAL_SHARE)
            units = np.where(leads.number == self._model.one_deal, np.maximum(1, large // unit_margin), units)
        return units

    def expected_margin(self, leads: Leads, more_discount: int = 0) -> np.ndarray:
        """Margin that a win of each lead brings on average over deal sizes, in whole PLN; at its discount and
        `more_discount` (thousandths)."""
        discount = leads.discount + more_discount
        unit_margin = PRICES[leads.sold] * (MILLE - discount) - COSTS[leads.sold] * MILLE
        expected = self._average_units(leads) * unit_margin // (MILLE * len(LOGNORMAL))
        if self._model.planted:
            large = leads.number == self._model.one_deal
            expected = np.where(large, self.quantity(leads) * unit_margin // MILLE, expected)
        return expected

    def expected_revenue(self, leads: Leads) -> np.ndarray:
        """Revenue of a win in the same way, but for the one large deal."""
        return self._average_units(leads) * PRICES[leads.sold] * (MILLE - leads.discount) // (MILLE * len(LOGNORMAL))

    def _average_units(self, leads: Leads) -> np.ndarray:
        """Expected units of each lead's deal, times the number of draws."""
        volumes = self._volume()
        average = np.array([[int(_units(quantity, _LOGNORMAL, volume).sum()) for volume in volumes]
                            for quantity in _QUANTITIES])
        return average[leads.sold, leads.firms.segment]

    def deal(self, leads: Leads) -> Amounts:
        """The order that each lead becomes, should it be won."""
        return self.amounts(leads.firms.country, leads.sold, self.quantity(leads), leads.discount, leads.closes)

    def amounts(self, country, product, quantity, discount, minutes) -> Amounts:
        """Amounts of orders at list price less discount (thousandths), in the country's currency."""
        currency = CURRENCY_OF_COUNTRY[country]
        month = np.clip(np.searchsorted(RATE_DAYS, minutes // MINUTES, side="right") - 1, 0, None)
        rate = self.rates[currency, month]

        def in_currency(grosze: np.ndarray) -> np.ndarray:
            return (grosze * 10_000 + rate // 2) // rate

        listed = quantity * PRICES[product]
        return Amounts(quantity, in_currency(listed * (MILLE - discount) // 10),
                       in_currency(quantity * COSTS[product] * 100), in_currency(listed * 100), currency)

    def _volume(self) -> np.ndarray:
        planted = [segment.volume if self._model.planted else MILLE for segment in SEGMENTS]
        return np.array([*planted, MILLE])


def _units(median, milli, volume):
    """A whole quantity: the median times a lognormal draw times the segment's volume, at least one."""
    return np.maximum(1, (median * milli * volume + 500_000) // 1_000_000)
