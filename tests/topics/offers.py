"""Firms that sell a few products, with sellers of whom it is known what they can and want to sell."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tests.tables.firms import write

START = dt.date(2024, 1, 1)
DAYS = 600


def offering(folder, *, rates=None, unready=None, margin=None, leads=40, sellers=12, seed=1, readiness="2023-12-01",
             campaigns=None, lose=True, orders=True, strategy="", reasons=None, assessed_by="test", status=None,
             **tables):
    """A firm of `sellers` sellers and the products of `rates` (share of leads won by prepared sellers).

    `unready`: product to odds by which the first half of the sellers, unprepared, win fewer of its leads; `margin`:
    product to share of margin (default .4); `leads` for each seller and product; `readiness`: day of the assessment
    (None: no table); `campaigns`: campaign to products it promotes; `reasons`: product to the reason of its losses.
    """
    rng = np.random.default_rng(seed)
    rates = rates or {"A": 0.25, "B": 0.25, "C": 0.25}
    unready, margin, status = unready or {}, margin or {}, status or {}
    rows: dict[str, list[dict]] = {name: [] for name in ("companies", "leads", "lead_stages", "orders", "readiness")}
    rows["sellers"] = [{"seller_id": f"S{s}", "team": f"T{s % 3}", "hours_per_week": "40"} for s in range(sellers)]
    rows["products"] = [{"product_id": p, "name": f"Product {p}", "status": status.get(p, "launched")} for p in rates]
    names = list(campaigns or {})
    rows["campaigns"] = [{"campaign_id": c, "name": c, "channel": "fair", "started_on": "2024-01-01"} for c in names]
    rows["campaign_products"] = [{"campaign_id": c, "product_id": p} for c in names for p in campaigns[c]]
    rows["spend"] = [{"campaign_id": c, "spent_on": "2025-06-01", "amount": "1000", "currency": "EUR"} for c in names]
    for s in range(sellers):
        for p, rate in rates.items():
            behind = p in unready and s < sellers // 2
            odds = rate / (1 - rate) * (unready[p] if behind else 1.0)
            if readiness:
                rows["readiness"].append({"product_id": p, "seller_id": f"S{s}", "assessed_on": readiness,
                                          "willing": "true", "knowledge": "0.2" if behind else "0.9",
                                          "assessed_by": assessed_by})
            for i in range(leads):
                lead = f"{p}{s}-{i}"
                day = START + dt.timedelta(days=int(rng.integers(0, DAYS)))
                end = (day + dt.timedelta(days=int(rng.integers(5, 25)))).isoformat()
                rows["companies"].append({"company_id": lead, "name": lead})
                rows["leads"].append({"lead_id": lead, "created_at": day.isoformat(), "company_id": lead,
                                      "product_id": p, "seller_id": f"S{s}",
                                      "campaign_id": names[i % len(names)] if names else ""})
                rows["lead_stages"].append({"lead_id": lead, "stage": "touched", "entered_at": day.isoformat()})
                if rng.random() < odds / (1 + odds):
                    rows["lead_stages"].append({"lead_id": lead, "stage": "won", "entered_at": end, "amount": "1000"})
                    cost = "" if margin.get(p, 0.4) is None else f"{1000 * (1 - margin.get(p, 0.4)):.2f}"
                    rows["orders"].append({"order_id": lead, "company_id": lead, "ordered_at": end, "product_id": p,
                                           "lead_id": lead, "revenue": "1000", "cost": cost, "currency": "EUR"})
                elif lose:
                    rows["lead_stages"].append({"lead_id": lead, "stage": "lost", "entered_at": end,
                                                "reason": (reasons or {}).get(p, "")})
    if not orders:
        rows["orders"] = []
    rows = {name: found for name, found in {**rows, **tables}.items() if found}
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n')
    if strategy:
        (folder / "strategy.toml").write_text(strategy)
    return str(folder)
