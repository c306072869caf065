"""The reference reader of CSV: Python's csv module in strict mode, as a stream, naming every row it can't take.

After a bad row reading goes on with the next line, so that one call lists all of them: rows in = rows kept + rejected.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from insights.sources.structure import LIMIT

# Bad rows of which line and text are kept as examples; all are counted.
EXAMPLES = 1000
# After so many stray quotes nothing in the file can be trusted; reading on would cost up to a MiB for each.
_QUOTES = 200


@dataclass(frozen=True)
class Dialect:
    """How a text file separates fields: `quote` is empty where quotes mean nothing."""

    delimiter: str
    quote: str = '"'

    def reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Python's strict reader of this dialect."""
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True)


@dataclass(frozen=True)
class Bad:
    """One rejected row: its kind (fields, quote, large, nul, unread), row number, first line, its text, and how many
    fields it has."""

    kind: str
    row: int
    line: int
    text: str
    found: int = 0


@dataclass
class Rejected:
    """The rejected rows: all counted, the first `EXAMPLES` of each kind kept."""

    count: int = 0
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    examples: dict[tuple[str, int], list[Bad]] = field(default_factory=dict)

    def add(self, bad: Bad, count: int = 1) -> None:
        """Counts a bad row, or several at once, under its kind and number of fields."""
        key = (bad.kind, bad.found)
        self.count += count
        self.counts[key] = self.counts.get(key, 0) + count
        examples = self.examples.setdefault(key, [])
        if len(examples) < EXAMPLES:
            examples.append(bad)


class _TooLarge(Exception):
    """A row is longer than `LIMIT`."""


class _Lines:
    """The physical lines of a stream for csv.reader, with the lines of the row being read kept to be given back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pending: deque[str] = deque()
        self._length = 0
        self.number = 0
        self.row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._pending.popleft() if self._pending else self._stream.readline(LIMIT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.row.append(line)
        self._length += len(line)
        if self._length > LIMIT:
            raise _TooLarge
        return line

    def begin(self) -> int:
        """A new row begins: the number of its first line."""
        self.row, self._length = [], 0
        return self.number + 1

    def give_back(self) -> None:
        """All lines of this row but the first are read again."""
        self._pending.extendleft(reversed(self.row[1:]))
        self.number -= len(self.row) - 1

    def skip_row(self, quote: str) -> bool:
        """Passes over the rest of a row that is too large, keeping nothing; False if it ends inside quotes."""
        text = "".join(self.row)
        inside = bool(quote) and text.count(quote) % 2 == 1
        ended = text.endswith(("\n", "\r"))
        while inside or not ended:
            piece = self._pending.popleft() if self._pending else self._stream.readline(LIMIT)
            if not piece:
                return not inside
            self.number += ended
            inside ^= bool(quote) and piece.count(quote) % 2 == 1
            ended = piece.endswith(("\n", "\r"))
        return True

    def skip_all(self) -> int:
        """Passes over all that is left; how many lines."""
        count = len(self._pending)
        self._pending.clear()
        ended = True
        while piece := self._stream.readline(LIMIT):
            count += ended
            ended = piece.endswith(("\n", "\r"))
        self.number += count
        return count


def records(stream: TextIO, dialect: Dialect, columns: int, rejected: Rejected) -> Iterator[list[str]]:
    """The rows below the header that have as many fields as the header; the others go to `rejected`.

    `stream` is text opened with newline="". Empty lines are no rows.
    """
    # The module's own limit is lower than ours and global; rows above ours are refused before it is reached.
    csv.field_size_limit(2 * LIMIT)
    lines = _Lines(stream)
    reader = dialect.reader(lines)
    while next(reader, None) == []:
        lines.begin()
    row = quotes = 0
    while True:
        first = lines.begin()
        try:
            fields = next(reader, None)
        except csv.Error:
            row, quotes = row + 1, quotes + 1
            rejected.add(Bad("quote", row, first, lines.row[0].rstrip("\r\n")))
            lines.give_back()
            if quotes >= _QUOTES:
                _unread(rejected, row + 1, lines.number + 1, lines.skip_all())
                return
            continue
        except _TooLarge:
            row += 1
            text = lines.row[0][:1024].rstrip("\r\n")
            if lines.skip_row(dialect.quote):
                rejected.add(Bad("large", row, first, text))
                continue
            # The quote is never closed: all lines to the end of the file were taken for one text.
            rejected.add(Bad("quote", row, first, text))
            _unread(rejected, row + 1, first + 1, lines.number - first)
            return
        if fields is None:
            return
        if not fields:
            continue
        row += 1
        if len(fields) != columns:
            rejected.add(Bad("fields", row, first, "".join(lines.row).rstrip("\r\n"), len(fields)))
        elif any("\0" in value for value in fields):
            rejected.add(Bad("nul", row, first, "".join(lines.row).rstrip("\r\n")))
        else:
            yield fields


def _unread(rejected: Rejected, row: int, first: int, count: int) -> None:
    """The rest of the file, from line `first` on: each of its lines counts as a row."""
    if count:
        rejected.add(Bad("unread", row, first, ""), count)
