"""Columns of any kind as small whole numbers: quantiles of figures, levels of texts.

Codes 0, 1 and 2 mean the same in every column: a value never seen when the bins were made (it gets no weight of its
own, so a score falls back to the prior), one of the rare values pooled, and missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

UNSEEN, RARE, MISSING, FIRST = 0, 1, 2, 3
QUANTILES = 10
MIN_LEVEL = 30
MOST_LEVELS = 200
ID_SHARE = 0.5


@dataclass(frozen=True)
class Column:
    """How one column becomes codes: `edges` of a column of figures (bin i holds what is above edge i-1 and up to edge
    i), or the `levels` of a column of texts."""

    name: str
    edges: tuple[float, ...] | None = None
    levels: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0

    @property
    def ordered(self) -> bool:
        return self.edges is not None

    @property
    def size(self) -> int:
        """How many codes there are."""
        return FIRST + (len(self.edges) + 1 if self.edges is not None else len(self.levels))

    def said(self, code: int) -> str | tuple[float, float] | None:
        """What a code stands for: a level, the bounds of a bin, or None for unseen, rare and missing values."""
        if code < FIRST:
            return None
        place = code - FIRST
        if self.edges is None:
            return self.levels[place]
        bounds = (self.low, *self.edges, self.high)
        return bounds[place], bounds[place + 1]


@dataclass(frozen=True)
class Bins:
    """The columns of a table as codes. `dropped` says of each column left out why: constant, empty or an identifier."""

    columns: tuple[Column, ...]
    dropped: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def sizes(self) -> np.ndarray:
        return np.array([column.size for column in self.columns], dtype=int)

    @classmethod
    def of(cls, table: pa.Table, *, quantiles: int = QUANTILES, min_level: int = MIN_LEVEL) -> Bins:
        """Bins from what is known when a model is fitted."""
        columns, dropped = [], {}
        for name in table.column_names:
            column = _column(name, _whole(table[name]), quantiles, min_level)
            if isinstance(column, str):
                dropped[name] = column
            else:
                columns.append(column)
        return cls(tuple(columns), dropped)

    def codes(self, table: pa.Table, only: int | None = None) -> np.ndarray:
        """One row per column, one code per case (of the column in place `only`: its codes alone); ValueError names a
        column that the table lacks."""
        if only is not None:
            return _coded(self.columns[only], _whole(table[self.columns[only].name]))
        missing = [name for name in self.names if name not in table.column_names]
        if missing:
            raise ValueError(f"the table lacks {', '.join(missing)}")
        codes = np.empty((len(self.columns), table.num_rows), dtype=np.int16)
        for i, column in enumerate(self.columns):
            codes[i] = _coded(column, _whole(table[column.name]))
        return codes


def figures(column: pa.Array) -> bool:
    """Whether a column holds figures; dates, truth values and texts are levels."""
    import pyarrow.types as kinds

    return kinds.is_integer(column.type) or kinds.is_floating(column.type) or kinds.is_decimal(column.type)


def numbers(column: pa.Array) -> np.ndarray:
    """A column of figures as floats, missing ones as NaN."""
    return np.asarray(column.cast("double").to_numpy(zero_copy_only=False), dtype=float)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.chunk(0) if hasattr(whole, "num_chunks") and whole.num_chunks else whole


def _texts(column: pa.Array) -> tuple[np.ndarray, list[str]]:
    """Positions in a dictionary of texts (-1: missing), and the dictionary."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = (column if pa.types.is_string(column.type) else column.cast(pa.string())).dictionary_encode()
    places = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
    return places, [None if word is None else str(word) for word in column.dictionary.to_pylist()]


def _column(name: str, values: pa.Array, quantiles: int, min_level: int) -> Column | str:
    known = len(values) - values.null_count
    if not known:
        return "empty"
    if figures(values):
        x = numbers(values)
        x = x[np.isfinite(x)]
        edges = _edges(x, quantiles, min_level)
        if not len(edges) and known == len(values):
            return "constant"
        return Column(name, edges=tuple(edges.tolist()), low=float(x.min()), high=float(x.max()))
    places, words = _texts(values)
    counts = np.bincount(places[places >= 0], minlength=len(words))
    if (counts > 0).sum() > max(ID_SHARE * known, min_level):
        return "identifier"
    kept = sorted((w for w, n in zip(words, counts, strict=True) if n >= min_level and w is not None),
                  key=lambda w: (-counts[words.index(w)], w))[:MOST_LEVELS]
    if (counts > 0).sum() < 2 and known == len(values):
        return "constant"
    return Column(name, levels=tuple(sorted(kept)))


def _edges(x: np.ndarray, quantiles: int, min_level: int) -> np.ndarray:
    """Quantiles, and those of the rest where one value makes up most of a column."""
    if not len(x):
        return x
    edges = np.unique(np.quantile(x, np.arange(1, quantiles) / quantiles, method="lower"))
    edges = edges[edges < x.max()]
    if not len(edges):
        values, counts = np.unique(x, return_counts=True)
        most = values[np.argmax(counts)]
        rest = x[x != most]
        if len(rest) >= 2 * min_level:
            edges = np.unique(np.concatenate([np.quantile(rest, [0.5], method="lower"), values[values < most][-1:]]))
    return edges[edges < x.max()]


def _coded(column: Column, values: pa.Array) -> np.ndarray:
    if column.ordered:
        x = numbers(values)
        codes = np.searchsorted(np.asarray(column.edges), x, side="left").astype(np.int16) + FIRST
        codes[~np.isfinite(x)] = MISSING
        return codes
    places, words = _texts(values)
    of = {level: FIRST + i for i, level in enumerate(column.levels)}
    table = np.array([of.get(word, UNSEEN) for word in words] + [MISSING], dtype=np.int16)
    return table[places]
