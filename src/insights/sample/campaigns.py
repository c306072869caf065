"""Campaigns: one for each marketing source, market and year, whom each addresses, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from insights.sample.calendar import END, MINUTES, MONTH_STARTS, START, YEAR_THREE, ZERO
from insights.sample.companies import COUNTRY_CODES
from insights.sample.customers import WAVES
from insights.sample.leads import SOURCE_NAMES, Leads
from insights.sample.plan import BUDGET, BUDGETS, MARKETING_SOURCES
from insights.sample.rng import below

MARKETS = (("Poland", "PL", ("PL",)), ("DACH", "DE", ("DE", "AT")), ("Central Europe", "CZ", ("CZ", "SK", "HU")),
           ("Export", "FR", ("FR", "RO", "UA")))
CHANNELS = {"portal": "directory", "web": "search", "fair": "fair"}
YEAR_STARTS = (START, START + 366, YEAR_THREE, END)
_MARKET_OF = np.array([next(k for k, (_, _, codes) in enumerate(MARKETS) if code in codes) for code in COUNTRY_CODES])
_PLACE = np.array([MARKETING_SOURCES.index(name) if name in MARKETING_SOURCES else -1 for name in SOURCE_NAMES])
# Whom the campaigns address: the declared key customer, not the one that the data show.
_ADDRESSED = {"Poland": ("C10", "large", "purchasing"), "DACH": ("F43", "large", "purchasing"),
              "Central Europe": ("C28", "medium", "purchasing"), "Export": ("F43", "large", "purchasing")}
_COST_OF_LEAD = {"portal": 260, "web": 340, "fair": 900}
"""PLN spent for each lead expected."""
_EXPECTED = {"portal": 1180, "web": 840, "fair": 610}
_MARKET_SHARE = (580, 210, 160, 50)
_WIN_BACK_COST = 9_000
"""PLN for a win-back wave of the firm with 12,000 leads."""
_BESIDE = ((5, 9), (5, 11), (9, 11), (5, 9), (2, 4), (9, 13), (5, 3), (11, 10), (5, 6))
"""What campaigns promote beside pump W10 and the monitoring, by turns (numbers of products)."""
_GEM = (10, 22, 34)
"""The campaigns (numbers from 0) that promote the heat recovery too."""


def campaign_of(leads: Leads) -> np.ndarray:
    """The campaign (a position) that brought each lead, or -1 for leads that no campaign brought."""
    place = _PLACE[leads.source]
    year = np.clip(np.searchsorted(YEAR_STARTS, leads.created // MINUTES, side="right") - 1, 0, 2)
    number = (year * len(MARKETING_SOURCES) + place) * len(MARKETS) + _MARKET_OF[leads.firms.country]
    return np.where(place < 0, -1, number)


def campaign_rows() -> list[dict[str, object]]:
    """Rows of campaigns."""
    rows = []
    for year in range(3):
        for source in MARKETING_SOURCES:
            for market, country, _ in MARKETS:
                industry, size, role = _ADDRESSED[market]
                rows.append({
                    "campaign_id": f"M{len(rows) + 1:03d}",
                    "name": f"{CHANNELS[source].capitalize()} {market} {2024 + year}",
                    "channel": CHANNELS[source],
                    "started_on": _day(YEAR_STARTS[year]), "ended_on": _day(YEAR_STARTS[year + 1] - 1),
                    "target_industry": industry, "target_size": size, "target_country": country, "target_role": role,
                })
    for wave, when in enumerate(WAVES):
        day = when // MINUTES
        rows.append({
            "campaign_id": win_back_campaign(wave), "name": f"Win-back {(ZERO + timedelta(days=day)).year}",
            "channel": "win-back", "started_on": _day(day), "ended_on": _day(day + 364),
            "target_industry": None, "target_size": None, "target_country": None, "target_role": "purchasing",
        })
    return rows


def win_back_campaign(wave: int) -> str:
    """The identifier of the campaign of a win-back wave; they come after the others."""
    return f"M{3 * len(MARKETING_SOURCES) * len(MARKETS) + wave + 1:03d}"


def other_campaign(leads: Leads, draws: np.ndarray) -> np.ndarray:
    """A campaign of another marketing source, in the market and year of each lead."""
    year = np.clip(np.searchsorted(YEAR_STARTS, leads.created // MINUTES, side="right") - 1, 0, 2)
    own = _PLACE[leads.source]
    place = np.where(own < 0, below(draws, 3), (own + 1 + below(draws, 2)) % 3)
    return (year * len(MARKETING_SOURCES) + place) * len(MARKETS) + _MARKET_OF[leads.firms.country]


def promoted(campaign: int) -> list[int]:
    """Numbers of the products (from 1) that a campaign promotes: pump W10 and the monitoring everywhere."""
    beside = _BESIDE[campaign % len(_BESIDE)]
    return [1, 7, *((beside[0], 12) if campaign in _GEM else beside)]


def campaign_product_rows() -> list[dict[str, object]]:
    """Rows of campaign_products; the win-back promotes nothing."""
    return [{"campaign_id": f"M{number + 1:03d}", "product_id": f"P{product:02d}"}
            for number in range(3 * len(MARKETING_SOURCES) * len(MARKETS)) for product in promoted(number)]


def spend_rows(leads: int) -> list[dict[str, object]]:
    """Rows of spend: a month's budget on its second day, in proportion to the firm's size; a wave's on its day."""
    rows = []
    for number, month, grosze in budgets(leads):
        currency, rate = ("PLN", 100) if number % len(MARKETS) == 0 else ("EUR", 430)
        rows.append(_spend(number, MONTH_STARTS[month] + 1, grosze * 100 // rate, currency))
    for wave, when in enumerate(WAVES):
        number = 3 * len(MARKETING_SOURCES) * len(MARKETS) + wave
        rows.append(_spend(number, when // MINUTES, _WIN_BACK_COST * 100 * leads // 12_000, "PLN"))
    return rows


def budgets(leads: int) -> list[tuple[int, int, int]]:
    """Campaign, month (0 to 35) and budget in hundredths of a zloty of every campaign that brings leads."""
    found = []
    for year in range(3):
        for place, source in enumerate(MARKETING_SOURCES):
            levels, _, yearly = BUDGETS[source]
            for market in range(len(MARKETS)):
                number = (year * len(MARKETING_SOURCES) + place) * len(MARKETS) + market
                usual = _COST_OF_LEAD[source] * _EXPECTED[source] * _MARKET_SHARE[market] * yearly[year] // 1_000_000
                found += [(number, month, usual * 100 * BUDGET[levels[month]] // 1000 * leads // 12_000 // 12)
                          for month in range(12 * year, 12 * year + 12)]
    return found


def spend_shares(rates: np.ndarray, years: tuple[int, ...] = (0, 1, 2)) -> dict[int, float]:
    """The share of each product (number from 1) in the spend of those years, a campaign's divided equally, at the
    month's exchange `rates` (as in Money)."""
    spent: dict[int, float] = {}
    for number, month, grosze in budgets(12_000_000):
        if number % len(MARKETS):
            grosze = grosze * int(rates[1, month + 1]) / 43_000
        products = promoted(number)
        if month // 12 in years:
            for product in products:
                spent[product] = spent.get(product, 0) + grosze / len(products)
    total = sum(spent.values())
    return {product: float(f"{amount / total:.6g}") for product, amount in sorted(spent.items())}


def _spend(number: int, day: int, hundredths: int, currency: str) -> dict[str, object]:
    return {"campaign_id": f"M{number + 1:03d}", "spent_on": _day(day),
            "amount": f"{hundredths // 100}.{hundredths % 100:02d}", "currency": currency}


def _day(number: int) -> str:
    return (ZERO + timedelta(days=int(number))).isoformat()
