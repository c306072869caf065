"""Queries written in DuckDB's dialect, with values as literals of the syntax tree."""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp


def select(sql: str, **values: object) -> exp.Expression:
    """Parse a query and put each `:name` in it to the value of that name (date, number or text)."""
    from sqlglot import exp

    literals = {name: _literal(value) for name, value in values.items()}
    return exp.replace_placeholders(_parsed(sql), **literals)


@functools.lru_cache(maxsize=256)
def _parsed(sql: str) -> exp.Expression:
    """The tree of a query, to be copied and never changed: the same query is asked again for other days."""
    import sqlglot

    return sqlglot.parse_one(sql, dialect="duckdb")


def text(expression: exp.Expression, dialect: str = "duckdb") -> str:
    """The query as an analyst would run it."""
    return expression.sql(dialect=dialect, pretty=True)


def _literal(value: object) -> exp.Expression:
    from sqlglot import exp

    if isinstance(value, dt.date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if isinstance(value, bool | int | float | str):
        return exp.convert(value)
    raise TypeError(f"no literal for {type(value).__name__}")
