"""The short tables: sellers, products, readiness, targets, brand, roadmap, exchange rates."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from insights.sample.assortment import NOT_READY, PRODUCTS, product_id
from insights.sample.calendar import ZERO
from insights.sample.leads import Model
from insights.sample.money import CURRENCIES, RATE_DAYS, Money
from insights.sample.plan import LEAVERS, LEFT, SKILL, TEAMS
from insights.sample.rng import below, share


def _day(number: int) -> str:
    return (ZERO + timedelta(days=int(number))).isoformat()


def seller_team(seller: int) -> str:
    """The team of the seller at a position."""
    for team, count in TEAMS:
        if seller < count:
            return team
        seller -= count
    raise IndexError("no such seller")


def seller_rows() -> list[dict[str, object]]:
    """Rows of sellers: identifiers and teams, no names."""
    countries = {"PL North": "PL", "PL South": "PL", "DACH": "DE", "CEE": "CZ", "Export": "FR"}
    return [
        {"seller_id": f"S{k + 1:02d}", "team": seller_team(k), "country": countries[seller_team(k)],
         "active_from": f"20{14 + k * 5 % 9}-0{1 + k % 9}-01",
         "active_to": LEFT.isoformat() if k in LEAVERS else None, "hours_per_week": 40, "hourly_cost": 95 + k * 7 % 40}
        for k in range(len(SKILL))
    ]


def product_rows() -> list[dict[str, object]]:
    """Rows of products."""
    return [
        {"product_id": product_id(k), "name": p.name, "kind": p.kind, "family": p.family, "status": p.status,
         "launched_on": p.launched, "list_price": p.price, "unit_cost": p.cost, "currency": "PLN"}
        for k, p in enumerate(PRODUCTS)
    ]


def rate_rows(money: Money) -> list[dict[str, object]]:
    """Rows of exchange_rates, one a month and currency."""
    return [
        {"currency": currency, "valid_from": _day(day), "rate": f"{rate // 10_000}.{rate % 10_000:04d}"}
        for currency, rates in list(zip(CURRENCIES, money.rates.tolist(), strict=True))[1:]
        for day, rate in zip(RATE_DAYS.tolist(), rates, strict=True)
    ]


def readiness_rows(model: Model) -> list[dict[str, object]]:
    """Rows of readiness: an assessment of every seller and launched product, by a test or the manager, and one more of
    those who were trained in the monitoring later."""
    rows = []
    for product, about in enumerate(PRODUCTS):
        if about.status != "launched":
            continue
        cells = np.arange(len(SKILL)) * 100 + product
        unwilling = model.draw("willing", cells) < share(700 if about.part == "unwilling" else 40)
        tested = model.draw("assessed by", cells) < share(600)
        for seller in range(len(SKILL)):
            rows.append({
                "product_id": product_id(product), "seller_id": f"S{seller + 1:02d}", "assessed_on": "2023-09-15",
                "knowledge": f"0.{int(model.knowledge[seller, product]):03d}",
                "willing": "false" if unwilling[seller] else "true",
                "assessed_by": "test" if tested[seller] else "manager",
                "reason": "margin too low" if unwilling[seller] and about.part == "unwilling" else None,
            })
    for seller, day in sorted(model.trained.items()):
        rows.append({
            "product_id": product_id(NOT_READY), "seller_id": f"S{seller + 1:02d}", "assessed_on": _day(day),
            "knowledge": f"0.{int(700 + model.knowledge[seller, 0] % 200):03d}", "willing": "true",
            "assessed_by": "test", "reason": "trained",
        })
    return rows


def target_rows(leads: int) -> list[dict[str, object]]:
    """Rows of targets: marketing's number of leads, sales' orders, and the shared margin, by quarter."""
    rows = []
    for quarter in range(12):
        year, month = 2023 + (9 + 3 * quarter) // 12, (9 + 3 * quarter) % 12 + 1
        last = {1: "03-31", 4: "06-30", 7: "09-30", 10: "12-31"}[month]
        for department, kpi, value, currency in (
            ("marketing", "leads", leads // 12, None), ("sales", "orders_won", leads * 6 // 1200 + 2, None),
            ("sales", "revenue", leads // 12 * 12_000, "PLN"), ("shared", "margin", leads // 12 * 3_700, "PLN"),
        ):
            rows.append({"department": department, "kpi": kpi, "period_start": f"{year}-{month:02d}-01",
                         "period_end": f"{year}-{last}", "value": value, "currency": currency})
    return rows


def brand_rows(model: Model) -> list[dict[str, object]]:
    """Rows of brand: half-yearly surveys with their number of answers, without a trend."""
    noise = below(model.draw("brand", np.arange(12)), 50).tolist()
    return [
        {"measured_on": day, "metric": metric, "value": f"0.{base + noise[2 * k + m]:03d}", "n": 400,
         "source": "survey"}
        for k, day in enumerate(("2023-11-15", "2024-05-15", "2024-11-15", "2025-05-15", "2025-11-15", "2026-05-15"))
        for m, (metric, base) in enumerate((("aided_awareness", 340), ("consideration", 160)))
    ]


ITEMS = (
    ("R1", 14, "Pompa W30: większa wydajność", "beta", "2027-01-15", "2026-06-30", "2026-03-10", None),
    ("R2", 15, "Sterownik pompowni C1", "in_development", "2027-05-31", "2026-11-30", None, None),
    ("R3", 16, "Doradztwo energetyczne", "planned", "2027-09-30", "2027-09-30", None, None),
    ("R4", NOT_READY, "Monitoring: alarmy w telefonie", "launched", "2026-04-15", "2025-12-15", "2026-02-02",
     "2026-04-15"),
    ("R5", 11, "Odzysk ciepła H1: wersja naścienna", "in_development", "2026-12-10", "2026-12-10", None, None),
    ("R6", 13, "Przegląd pompowni: raport z drona", "planned", "2027-03-31", "2027-03-31", None, None),
)
NOTICES = (
    ("R1", "PL North", "2026-02-16", "2026-09-01"), ("R1", "PL South", "2026-02-16", None),
    ("R1", "DACH", "2026-03-20", None), ("R2", "PL North", "2026-05-11", "2026-08-24"),
    ("R2", "PL South", "2026-05-11", "2026-08-24"), ("R2", "DACH", "2026-05-11", "2026-08-25"),
    ("R2", "CEE", "2026-05-11", "2026-08-25"), ("R2", "Export", "2026-05-11", "2026-08-26"),
    ("R4", "PL North", "2026-03-30", None), ("R4", "DACH", "2026-05-04", None), ("R5", "PL South", "2026-09-14", None),
)
ROADMAP_GAPS = {"R1": "known_not_ready", "R2": "ready_unannounced", "R3": "not_told", "R4": "announced_before_told",
                "R5": "known_not_ready", "R6": "nobody_asked"}
"""What is wrong with each item: sellers were told and hardly trained; they are trained and nothing is announced; they
were not told at all; the market was told before them; no customer asked for it."""


def roadmap_rows() -> list[dict[str, object]]:
    """Rows of roadmap."""
    return [
        {"item_id": item, "product_id": product_id(product), "title": title, "stage": stage, "planned_on": planned,
         "first_planned_on": first, "announced_at": announced, "launched_on": launched}
        for item, product, title, stage, planned, first, announced, launched in ITEMS
    ]


def notice_rows() -> list[dict[str, object]]:
    """Rows of roadmap_notices, by team."""
    return [{"item_id": item, "team": team, "told_at": when, "trained_at": trained}
            for item, team, when, trained in NOTICES]
