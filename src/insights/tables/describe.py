"""The contract's page, written from the code."""

from __future__ import annotations

from collections.abc import Iterable

from insights.contract import TABLES, TYPES, Column, Table
from insights.problems import RULES, SEVERITIES

_MEANINGS = {
    "error": "the run stops before any notebook starts",
    "excluded": "rows or values are left out, counted and listed; the run goes on",
    "warning": "nothing is left out; the page says so",
    "note": "something was read, mapped or filled in as declared or recognised",
}


def describe() -> str:
    """The contract as Markdown: types, tables with grain, key and columns, and the severity table."""
    parts = [
        "# The data contract",
        "This page is written from the code by `insights.tables.describe()`.",
        "One CSV or Parquet file for each table in a folder, or one table each in a DuckDB file. `companies` is "
        "required, and with it `leads` with `lead_stages`, or `orders`, or both. Every other table adds chapters. "
        "A column marked “required” may be neither absent nor empty; every other may be absent or empty. "
        "Columns that the contract does not know are not read.",
        "## Types", _table(("type", "what it holds"), TYPES.items()),
        "## Tables", *(_describe(table) for table in TABLES.values()),
        "## Severity of problems",
        "All problems are reported in one go, each with table, row, column, value and remedy.",
        _table(("severity", "what happens"), _MEANINGS.items()),
        *(_rules(severity) for severity in SEVERITIES),
    ]
    return "\n\n".join(parts) + "\n"


def _describe(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key) if table.key else "none; equal rows count once"
    lines = [f"### {table.name}", f"{table.grain} Key: {key}. Brings: {table.brings}."]
    for group in table.one_of:
        lines.append(f"Each row needs at least one of {', '.join(f'`{name}`' for name in group)}.")
    columns = ((f"`{c.name}`", c.type, "required" if c.required else "", _meaning(c)) for c in table.columns)
    return "\n\n".join([*lines, _table(("column", "type", "", "meaning"), columns)])


def _meaning(column: Column) -> str:
    parts = [column.doc]
    if column.references:
        parts.append(f"→ `{column.references}`")
    if column.values:
        parts.append("one of " + ", ".join(f"`{value}`" for value in column.values))
    if column.unit:
        parts.append(f"in {column.unit}")
    if column.currency:
        parts.append(f"in the row's `{column.currency}`")
    return "; ".join(parts)


def _rules(severity: str) -> str:
    rows = ((f"`{name}`", rule.meaning, rule.remedy) for name, rule in RULES.items() if rule.severity == severity)
    return f"### {severity.capitalize()}\n\n" + _table(("rule", "when", "remedy"), rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [_row(head), _row("---" for _ in head), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
