"""Small firms for the tests: tables as lists of rows, written as CSV and opened as any delivery is."""

from __future__ import annotations

import csv
from pathlib import Path

from insights.sources import open_source
from insights.tables import check

COMPANIES = [
    {"company_id": "c1", "name": "Żółw sp. z o.o.", "industry": "C28", "country": "PL", "employees": "120"},
    {"company_id": "c2", "name": "Müller GmbH", "industry": "J62", "country": "DE", "employees": "40"},
]
LEADS = [
    {"lead_id": f"l{i}", "created_at": f"2026-01-{i:02d}T10:00", "company_id": f"c{1 + i % 2}"} for i in range(1, 11)
]
STAGES = [{"lead_id": f"l{i}", "stage": "new", "entered_at": f"2026-01-{i:02d}T10:00"} for i in range(1, 11)] + [
    {"lead_id": "l1", "stage": "won", "entered_at": "2026-02-10T09:00", "amount": "1000.00", "currency": "PLN"},
    {"lead_id": "l2", "stage": "lost", "entered_at": "2026-02-11T09:00", "reason": "price"},
]


def firm(**tables: list[dict]) -> dict[str, list[dict]]:
    """A clean firm's tables, those given in place of its own."""
    own = {"companies": COMPANIES, "leads": LEADS, "lead_stages": STAGES}
    return {name: [dict(row) for row in rows] for name, rows in {**own, **tables}.items() if rows is not None}


def write(folder: Path, tables: dict[str, list[dict] | str]) -> Path:
    """The tables as CSV files; a text is written as it is."""
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        if isinstance(rows, str):
            path.write_text(rows, encoding="utf-8")
            continue
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def checked(folder: Path, tables: dict[str, list[dict] | str] | None = None, defaults: str = ""):
    """The firm's data, checked."""
    write(folder, firm() if tables is None else tables)
    if defaults:
        (folder / "insights.toml").write_text("[defaults]\n" + defaults, encoding="utf-8")
    return check(open_source(folder))


def found(result, rule: str):
    """The problems of that rule."""
    return [problem for problem in result.problems if problem.rule == rule]


def rows(result, table: str, columns: str = "*") -> list[dict]:
    """The canonical table."""
    return result.engine.query(f"select {columns} from main.{table} order by _row").to_pylist()
