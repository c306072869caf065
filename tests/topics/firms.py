"""Firms with a known answer, for the topics' tests."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tests.tables.firms import write

START = dt.date(2025, 1, 1)


def segmented(folder, rates, *, companies=150, leads=2, deal=1000, seed=1, lose=True, strategy="", name="industry"):
    """A firm whose groups (of `name`: industry or country) win at the given rates, each deal worth the same; leads are
    old enough to have closed, and all lose that don't win (unless `lose` is false: then they stay open)."""
    rng = np.random.default_rng(seed)
    rows = {"companies": [], "leads": [], "lead_stages": []}
    for group, rate in rates.items():
        for c in range(companies):
            company = f"{group}-{c}"
            rows["companies"].append({"company_id": company, "name": company, name: group, "employees": "60"})
            for i in range(leads):
                lead = f"{company}-{i}"
                day = START + dt.timedelta(days=int(rng.integers(0, 300)))
                rows["leads"].append({"lead_id": lead, "created_at": day.isoformat(), "company_id": company})
                rows["lead_stages"].append({"lead_id": lead, "stage": "new", "entered_at": day.isoformat()})
                end = (day + dt.timedelta(days=int(rng.integers(1, 28)))).isoformat()
                if rng.random() < rate:
                    won = {"lead_id": lead, "stage": "won", "entered_at": end, "amount": str(deal)}
                    rows["lead_stages"].append(won)
                elif lose:
                    rows["lead_stages"].append({"lead_id": lead, "stage": "lost", "entered_at": end})
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n')
    if strategy:
        (folder / "strategy.toml").write_text(strategy)
    return str(folder)
