"""Pieces of SQL for the checks: names and texts safely quoted, lists of values, first examples.

Names and texts come from people's files, so each is quoted by sqlglot's own generator and never pasted.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping

EXAMPLES = 5
WORK = "checks"


@functools.lru_cache(maxsize=4096)
def name(identifier: str) -> str:
    """The identifier, quoted."""
    from sqlglot import exp

    return exp.to_identifier(identifier, quoted=True).sql("duckdb")


@functools.lru_cache(maxsize=4096)
def text(value: str) -> str:
    """The text as a literal."""
    from sqlglot import exp

    return exp.Literal.string(value).sql("duckdb")


def texts(values: Iterable[str]) -> str:
    """The texts as a list in brackets, for IN."""
    return "(" + ", ".join(text(value) for value in values) + ")"


def lookup(x: str, mapping: Mapping[str, str], otherwise: str) -> str:
    """The text that `mapping` gives for x, and `otherwise` where it gives none."""
    if not mapping:
        return otherwise
    whens = " ".join(f"when {text(key)} then {text(value)}" for key, value in mapping.items())
    return f"case {x} {whens} else {otherwise} end"


def work(table: str) -> str:
    """The name of a table that lives only while the checks run."""
    return f"{WORK}.{name(table)}"


def first(where: str, value: str, key: str = "NULL") -> str:
    """An aggregate: row, key and value of the first rows for which `where` holds."""
    struct = f"{{'row': _row, 'key': {key}::VARCHAR, 'value': {value}::VARCHAR}}"
    return f"arg_min({struct}, _row, {EXAMPLES}) filter (where {where})"


def matches(x: str, pattern: str) -> str:
    """Whether x holds the pattern (RE2) anywhere."""
    return f"regexp_matches({x}, {text(pattern)})"
