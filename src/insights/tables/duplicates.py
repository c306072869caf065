"""Rows delivered twice, and keys that several rows claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.contract import Table
from insights.problems import Problem
from insights.tables import sql
from insights.tables.checked import examples

if TYPE_CHECKING:
    from insights.sources import Engine


def remove_duplicates(engine: Engine, table: Table) -> list[Problem]:
    """Leave the first of equal rows in the typed copy; say how many went, and which keys remain ambiguous.

    With a key, rows are equal if all columns of the contract are; without one, if the whole delivered rows are: a
    column that the contract does not know may tell them apart.
    """
    work = sql.work(table.name)
    key = [sql.name(column) for column in table.key] or ["_same"]
    columns = [sql.name(column.name) for column in table.columns] + ([] if table.key else ["_same"])
    twice = ", ".join(key)
    # Only rows whose key occurs twice are compared; in clean data that is none, and the window is empty.
    suspects = (f"select *, row_number() over (partition by {', '.join(columns)} order by _row) as _nth from {work} "
                f"where ({twice}) in (select ({twice}) from {work} group by {twice} having count(*) > 1)")
    engine.execute(f"create table {sql.work('suspects')} as {suspects}")
    shown = sql.name(table.key[0]) if table.key else "NULL"
    row = engine.query(
        f"select count(*) filter (where _nth > 1) as n, {sql.first('_nth > 1', 'NULL', shown)} as e "
        f"from {sql.work('suspects')}").to_pylist()[0]
    out = []
    if row["n"]:
        out.append(Problem("duplicate_rows", table.name, None, row["n"], examples(row["e"])))
        engine.execute(f"delete from {work} where _row in (select _row from {sql.work('suspects')} where _nth > 1)")
    if table.key:
        out += _conflicts(engine, table, twice)
    engine.execute(f"drop table {sql.work('suspects')}")
    return out


def _conflicts(engine: Engine, table: Table, key: str) -> list[Problem]:
    named = " || ' + ' || ".join(f"{sql.name(column)}::VARCHAR" for column in table.key)
    row = engine.query(
        f"select count(*) as n, {sql.first('true', named, sql.name(table.key[0]))} as e from {sql.work('suspects')} "
        f"where _nth = 1 and ({key}) in (select ({key}) from {sql.work('suspects')} where _nth = 1 "
        f"group by {key} having count(*) > 1)").to_pylist()[0]
    if not row["n"]:
        return []
    return [Problem("conflicting_keys", table.name, table.key[0], row["n"], examples(row["e"]),
                    {"key": ", ".join(table.key)})]
