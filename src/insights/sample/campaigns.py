"""Campaigns: one for each marketing source, market and year, whom each addresses, and what it costs."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from insights.sample.calendar import END, MINUTES, START, YEAR_THREE, ZERO
from insights.sample.companies import COUNTRY_CODES
from insights.sample.customers import WAVES
from insights.sample.leads import SOURCE_NAMES, Leads
from insights.sample.plan import MARKETING_SOURCES

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


def campaign_product_rows() -> list[dict[str, object]]:
    """Rows of campaign_products: pump W10 and the monitoring are promoted everywhere, the heat recovery hardly."""
    rows = []
    for number in range(3 * len(MARKETING_SOURCES) * len(MARKETS)):
        promoted = [1, 7, ((2, 4), (9, 5), (13, 11))[number // len(MARKETS) % 3][number % 2]]
        if number % 12 == 5:
            promoted.append(12)
        rows += [{"campaign_id": f"M{number + 1:03d}", "product_id": f"P{product:02d}"} for product in promoted]
    return rows


def spend_rows(leads: int) -> list[dict[str, object]]:
    """Rows of spend: a third of a quarter's budget on the first day of each month, in proportion to the firm's size."""
    rows = []
    for year in range(3):
        for place, source in enumerate(MARKETING_SOURCES):
            for market, (_, _, codes) in enumerate(MARKETS):
                number = (year * len(MARKETING_SOURCES) + place) * len(MARKETS) + market
                currency, rate = ("PLN", 100) if codes == ("PL",) else ("EUR", 430)
                yearly = _COST_OF_LEAD[source] * _EXPECTED[source] * _MARKET_SHARE[market] // 1000 * leads // 12_000
                for month in range(12):
                    day = YEAR_STARTS[year] + month * 30 + 1
                    amount = yearly * 100 // 12 * (90 + (number * 7 + month * 5) % 21) // 100 * 100 // rate
                    rows.append({"campaign_id": f"M{number + 1:03d}", "spent_on": _day(day),
                                 "amount": f"{amount // 100}.{amount % 100:02d}", "currency": currency})
    return rows


def _day(number: int) -> str:
    return (ZERO + timedelta(days=int(number))).isoformat()
