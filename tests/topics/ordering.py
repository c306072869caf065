"""Firms that have orders only, with a known rhythm for each customer."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tests.tables.firms import write

END = dt.date(2026, 6, 30)


def order(company, day, **more):
    """An order line."""
    stamp = day.isoformat() if isinstance(day, dt.date) else day
    return {"company_id": company, "ordered_at": stamp, "kind": "order", "revenue": "1000", "cost": "600",
            "currency": "PLN", **more}


def rhythm(company, gap, *, start=dt.date(2023, 7, 1), end=END, jitter=0.05, seed=0, **more):
    """Orders of a customer about every `gap` days."""
    rng, day, lines = np.random.default_rng([seed, sum(map(ord, company))]), start, []
    while day <= end:
        lines.append(order(company, day, **more))
        day += dt.timedelta(days=max(1, round(gap * float(np.exp(rng.normal(0, jitter))))))
    return lines


def many(count=40, gap=60, prefix="r", **more):
    """So many customers with rhythms around `gap`, staggered."""
    lines = []
    for i in range(count):
        start = dt.date(2023, 7, 1) + dt.timedelta(days=(i * 7) % 50)
        lines += rhythm(f"{prefix}{i}", gap * (0.7 + 0.6 * (i % 10) / 10), start=start, seed=i, **more)
    return lines


def ordering(folder, lines, *, companies=(), defaults="", **tables):
    """Write a firm of these order lines; companies named by the lines exist, `companies` adds columns to some."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {row["company_id"]: row for row in companies}
    names = sorted({line["company_id"] for line in lines} | set(known))
    rows = [{"company_id": name, "name": f"Firma {name}", **known.get(name, {})} for name in names]
    orders = [{"order_id": f"o{i}", **line} for i, line in enumerate(lines)]
    write(folder, {"companies": rows, "orders": orders, **tables})
    (folder / "insights.toml").write_text(
        f'[defaults]\nreporting_currency = "PLN"\ntime_zone = "Europe/Warsaw"\nas_of = "{END}"\n{defaults}')
    return folder
