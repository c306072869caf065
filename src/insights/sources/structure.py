"""A proof, from the bytes alone, that a CSV file is regular: then DuckDB's reader and Python's agree on every value.

DuckDB reads fast, but it drops an empty surplus field, strips blanks before a quote and loses rows where line ends are
mixed. So it is used only where none of that can happen, and the number of its rows is compared with the number counted
here. All other files go through Python's reader, which names every bad row.
"""

from __future__ import annotations

import re

# The largest row, and so the largest field, that is read.
LIMIT = 1 << 20
CHUNK = 1 << 18
_TRIES = 64


class Structure:
    """Feed it the file in chunks of at most `CHUNK` UTF-8 bytes, then ask `finish`."""

    def __init__(self, delimiter: str, quote: str) -> None:
        self._delimiter, self._quote = delimiter.encode(), quote.encode()
        q = re.escape(self._quote)
        self._quoted = re.compile(q + b"[^" + q + b"]*(?:" + q + q + b"[^" + q + b"]*)*" + q) if quote else None
        self._regular = True
        self._carry = b""
        self._lines = self._delimiters = self._returns = self._pairs = 0

    def feed(self, chunk: bytes) -> None:
        """The next bytes."""
        if not self._regular:
            return
        data = self._carry + chunk
        end = self._record_end(data)
        self._carry = data[end:]
        # A row longer than the limit is carried over several chunks before its end appears.
        if len(self._carry) > LIMIT - CHUNK:
            self._regular = False
        elif end:
            self._count(data[:end])

    def finish(self, columns: int) -> int | None:
        """The rows below the header of a regular file of so many columns; None where nothing is proved."""
        if self._regular and self._carry:
            last, self._carry = self._carry, b""
            self._count(last + (b"\r\n" if self._pairs else b"\n"))
        uniform = self._returns == self._pairs and self._pairs in (0, self._lines)
        whole = self._lines > 0 and self._delimiters == self._lines * (columns - 1)
        # In a file of one column an empty line may be an empty value: too little structure to prove anything.
        if not (self._regular and uniform and whole and columns > 1):
            return None
        return self._lines - 1

    def _record_end(self, data: bytes) -> int:
        """Where the last whole row of `data` ends (data begin outside quotes)."""
        end = data.rfind(b"\n") + 1
        if not self._quote or self._quote not in data:
            return end
        for _ in range(_TRIES):
            if data.count(self._quote, 0, end) % 2 == 0:
                return end
            # This line end stands inside a quoted field: look before the quote that opened it.
            end = data.rfind(b"\n", 0, data.rfind(self._quote, 0, end)) + 1
        return 0

    def _count(self, rows: bytes) -> None:
        if b"\0" in rows:
            self._regular = False
            return
        outside = b"\n" + rows
        if self._quote and self._quote in rows:
            outside = self._quoted.sub(self._quote, outside)
            if not self._whole_fields(outside):
                self._regular = False
                return
        if b"\n\n" in outside or b"\n\r\n" in outside:
            self._regular = False
            return
        self._lines += outside.count(b"\n") - 1
        self._delimiters += outside.count(self._delimiter)
        self._returns += outside.count(b"\r")
        self._pairs += outside.count(b"\r\n")

    def _whole_fields(self, outside: bytes) -> bool:
        """Whether each quoted text, of which one quote is left, is a whole field."""
        q, d = self._quote, self._delimiter
        before = outside.count(d + q) + outside.count(b"\n" + q)
        after = outside.count(q + d) + outside.count(q + b"\n") + outside.count(q + b"\r\n")
        return outside.count(q) == before == after
