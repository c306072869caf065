"""Columns as Arrow arrays, and tables as CSV files: the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from insights.sample.calendar import date_text, stamp_text


def _text(characters: np.ndarray, missing: np.ndarray | None) -> pa.Array:
    """Rows of equally many ASCII bytes as strings."""
    rows, width = characters.shape
    offsets = pa.py_buffer(np.arange(rows + 1, dtype=np.int32) * np.int32(width))
    column = pa.StringArray.from_buffers(rows, offsets, pa.py_buffer(np.ascontiguousarray(characters)))
    return column if missing is None else pc.if_else(pa.array(missing), None, column)


def identifiers(prefix: str, numbers: np.ndarray, width: int, missing: np.ndarray | None = None,
                suffix: np.ndarray | None = None) -> pa.Array:
    """Identifiers such as L000017: a letter, `numbers` with leading zeros, and the letter `suffix` if given."""
    characters = np.empty((len(numbers), 1 + width + (suffix is not None)), dtype=np.uint8)
    characters[:, 0] = ord(prefix)
    rest = numbers
    for place in range(width, 0, -1):
        rest, digit = np.divmod(rest, 10)
        characters[:, place] = digit + ord("0")
    if suffix is not None:
        characters[:, -1] = suffix + ord("a")
    return _text(characters, missing)


def words(vocabulary: Sequence[str], positions: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Words by their position; a negative position is empty."""
    empty = positions < 0 if missing is None else missing | (positions < 0)
    return pa.array(vocabulary, pa.string()).take(pa.array(positions, pa.int64(), mask=empty))


def dates(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Days since the calendar's zero as ISO dates."""
    return _text(date_text(days), missing)


def stamps(minutes: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Minutes since the calendar's zero as ISO stamps."""
    return _text(stamp_text(minutes), missing)


def whole(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Whole numbers."""
    return pa.array(values, pa.int64(), mask=missing)


def money(hundredths: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Amounts with two decimals, from whole hundredths."""
    halves = np.empty((len(hundredths), 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = hundredths, hundredths >> 63
    column = pa.Array.from_buffers(pa.decimal128(18, 2), len(hundredths), [None, pa.py_buffer(halves)])
    return column if missing is None else pc.if_else(pa.array(missing), None, column)


def empty(rows: int) -> pa.Array:
    """A column without values."""
    return pa.nulls(rows, pa.string())


class CsvFile:
    """One table's file, written chunk by chunk; `with` closes it."""

    def __init__(self, folder: Path, table: str) -> None:
        self._file = open(folder / f"{table}.csv", "wb")  # noqa: SIM115 (closed by __exit__)
        self._columns: tuple[str, ...] = ()

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def write(self, columns: Mapping[str, pa.Array]) -> None:
        """Append rows; every call brings the same columns."""
        if not self._columns:
            self._columns = tuple(columns)
            self._file.write((",".join(self._columns) + "\n").encode())
        assert tuple(columns) == self._columns
        options = csv.WriteOptions(include_header=False, quoting_style="none")
        csv.write_csv(pa.table(dict(columns)), self._file, options)

    def write_rows(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Append a few rows given as mappings of text; None is empty."""
        self.write({name: pa.array([_plain(row[name]) for row in rows], pa.string()) for name in rows[0]})


def _plain(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
