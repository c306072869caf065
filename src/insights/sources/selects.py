"""Runs the SELECTs of a mapping: each gives one raw table, all of it text."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from insights.language import ListOf
from insights.sources.engine import DuckDB, identifier
from insights.sources.load import ROW
from insights.sources.source import RawTable
from insights.sources.views import SCHEMA, Views
from insights.sources.wording import Complaints


def names_read(sql: str) -> set[str]:
    """The names of the tables that a SELECT reads, its own common table expressions among them."""
    import sqlglot
    from sqlglot import exp

    try:
        return {table.name for statement in sqlglot.parse(sql, dialect="duckdb") if statement
                for table in statement.find_all(exp.Table)}
    except sqlglot.errors.SqlglotError:
        return set()


def run(engine: DuckDB, views: Views, name: str, sql: str, complaints: Complaints) -> RawTable | None:
    """Runs the SELECT of the canonical table `name` into `raw.<name>`; None, and a problem, where that fails.

    Only the engine's own parser decides what a single SELECT is, and it runs where no file can be reached.
    """
    import duckdb

    if not _is_select(engine, sql, name, complaints):
        return None
    query = sql.strip().rstrip(";")
    # With one thread the rows come in the same order every time, and so have the same numbers.
    engine.execute("SET threads = 1")
    engine.execute(f"SET schema = '{SCHEMA}'")
    try:
        columns = tuple(column for column, *_ in engine.rows(f"DESCRIBE {query}"))
        if _twice(columns, name, complaints):
            return None
        texts = ", ".join(f"nullif(CAST({identifier(c)} AS VARCHAR), '') AS {identifier(c)}" for c in columns)
        engine.execute(
            f"CREATE TABLE raw.{identifier(name)} AS SELECT {texts}, row_number() OVER () AS {ROW} FROM (\n{query}\n)")
    except duckdb.Error as error:
        complaints.add("select_fails", name, name=name, reason=_reason(error, views.names), known=_known(engine, views))
        return None
    finally:
        engine.execute("SET schema = 'main'")
        engine.execute(f"SET threads = {engine.threads}")
    rows = engine.rows(f"SELECT count(*) FROM raw.{identifier(name)}")[0][0]
    if not rows:
        complaints.add("select_empty", name, name=name)
    return RawTable(name, columns, rows, sql=sql)


def _is_select(engine: DuckDB, sql: str, name: str, complaints: Complaints) -> bool:
    import duckdb

    try:
        statements = engine.connection.extract_statements(sql)
    except duckdb.Error as error:
        complaints.add("select_syntax", name, name=name, reason=_reason(error, ()))
        return False
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        complaints.add("select_only", name, name=name)
        return False
    return True


def _twice(columns: tuple[str, ...], name: str, complaints: Complaints) -> bool:
    folded = [column.casefold() for column in columns]
    double = sorted({c for c in folded if folded.count(c) > 1 or c == ROW})
    if double:
        complaints.add("select_column_twice", name, name=name, columns=ListOf(double))
    return bool(double)


def _reason(error: Exception, names: Collection[str]) -> str:
    """The engine's message in one line, without its excerpt of the SQL; for a table that does not exist the nearest
    view, since the engine would propose tables of its own."""
    reason = " ".join(str(error).split("\n\nLINE ")[0].split())[:400]
    missing = re.search(r"Table with name (\S+) does not exist!", reason)
    if missing is None:
        return reason
    near = get_close_matches(missing[1], names, n=1)
    return reason[: missing.end()] + (f' Did you mean "{near[0]}"?' if near else "")


def _known(engine: DuckDB, views: Views) -> ListOf:
    """The views there are, with the columns of those that were loaded."""
    loaded: dict[str, list[str]] = {}
    for table, column in engine.rows(
            f"SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = '{SCHEMA}' "
            "ORDER BY table_name, column_index"):
        loaded.setdefault(table, []).append(column)
    return ListOf([f"{name} ({', '.join(loaded[name])})" if name in loaded else name for name in views.names])
