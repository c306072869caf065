"""Typed copies of the delivered tables, before rows are judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.contract import Table
from insights.problems import Problem
from insights.tables import sql
from insights.tables.profile import Delivered, layers
from insights.tables.reader import Found
from insights.tables.words import counted_texts

if TYPE_CHECKING:
    from insights.sources import Source

SQL_TYPES = {
    "id": "VARCHAR", "text": "VARCHAR", "category": "VARCHAR", "country": "VARCHAR", "industry": "VARCHAR",
    "currency": "VARCHAR", "integer": "BIGINT", "decimal": "DOUBLE", "money": "DECIMAL(18,4)", "share": "DOUBLE",
    "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP",
}


def stage(source: Source, table: Table, columns: list[Delivered], found: list[Found]) -> None:
    """Make the typed copy: all columns of the contract, `_row`, and `_same`, a hash of the whole delivered row."""
    raw = source.tables[table.name]
    read = {d.column.name: d.reader.value(sql.name(f"x_{d.column.name}"), f)
            for d, f in zip(columns, found, strict=True)}
    values = ", ".join(f"({read.get(c.name, 'NULL')})::{SQL_TYPES[c.type]} as {sql.name(c.name)}"
                       for c in table.columns)
    whole = f", hash({', '.join(sql.name(c) for c in raw.columns)}) as _same"
    source.engine.execute(f"create table {sql.work(table.name)} as select _row, _same, {values} "
                          f"from ({layers(table.name, columns, None, kinds=False, more=whole)})")


def reading_problems(columns: list[Delivered], found: list[Found]) -> list[Problem]:
    """Everything that the first scan found: what was emptied, mapped, filled in, trimmed, and what cannot be read."""
    out: list[Problem] = []
    for d, f in zip(columns, found, strict=True):
        out += _declared(d, f) + d.reader.problems(f)
        if d.column.required and f.empty:
            out.append(Problem("required_empty", f.table, f.column, f.empty, f.examples["empty"]))
        if f.rows and f.empty == f.rows and not d.column.required:
            out.append(Problem("column_empty", f.table, f.column, f.rows))
    return out


def _declared(d: Delivered, f: Found) -> list[Problem]:
    """Notes on what was done because the mapping says so."""
    out = []
    if f.missing:
        out.append(Problem("missing_texts", f.table, f.column, sum(f.missing.values()),
                           values={"texts": counted_texts(f.missing)}))
    if f.mapped:
        pairs = {f"{given} → {d.cleaning.values[given]}": n for given, n in f.mapped.items()}
        out.append(Problem("mapped_values", f.table, f.column, sum(f.mapped.values()),
                           values={"texts": counted_texts(pairs, limit=200)}))
    if f.defaulted:
        out.append(Problem("defaulted", f.table, f.column, f.defaulted))
    if f.trimmed:
        out.append(Problem("trimmed", f.table, f.column, f.trimmed))
    return out
