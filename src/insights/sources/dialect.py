"""How a text file separates and quotes its fields, recognised from its header and first rows."""

from __future__ import annotations

import csv
import io
from itertools import islice

from insights.sources.records import Dialect

DELIMITERS = ",;\t|"
_ROWS = 50


def recognise(head: str, delimiter: str | None, quote: str | None) -> Dialect:
    """The dialect of a file that begins with `head`; what the mapping says stands.

    Among the delimiters that occur in the header the one that gives most of the first rows the header's number of
    fields; with none of them the file has one column.
    """
    head = head.lstrip("\r\n")
    if quote is None:
        quote = "'" if '"' not in head and _wrapped(head, "'") else '"'
    if delimiter is not None:
        return Dialect(delimiter, quote)
    return max((Dialect(d, quote) for d in DELIMITERS), key=lambda dialect: _fit(head, dialect))


def header(head: str, dialect: Dialect) -> tuple[str, ...] | None:
    """The column names; None where the header can't be read."""
    rows = _rows(head.lstrip("\r\n"), dialect, 1)
    return tuple(rows[0]) if rows else None


def _fit(head: str, dialect: Dialect) -> tuple[float, int]:
    rows = _rows(head, dialect, _ROWS)
    if not rows or len(rows[0]) < 2:
        return (0.0, 0)
    width = len(rows[0])
    alike = sum(len(row) == width for row in rows[1:])
    return ((1 + alike) / len(rows), width)


def _rows(head: str, dialect: Dialect, most: int) -> list[list[str]]:
    """The first rows that can be read; the last is left out where `head` may have cut it."""
    rows: list[list[str]] = []
    try:
        for row in islice(dialect.reader(io.StringIO(head, newline="")), most + 1):
            if row:
                rows.append(row)
    except csv.Error:
        pass
    return rows[:most]


def _wrapped(head: str, quote: str) -> bool:
    line = head.splitlines()[0] if head else ""
    return len(line) > 1 and line.startswith(quote) and line.endswith(quote)
