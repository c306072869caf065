"""Customers' counts on a day, as the engine hands them over, and what kind of buyer each of them is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.models.repeat_orders.counts import Counts
from insights.models.repeat_orders.regular import regular, seasonal
from insights.models.repeat_orders.rhythm import Gaps

if TYPE_CHECKING:
    import pyarrow as pa

ONCE, REGULAR, SEASONAL, IRREGULAR = range(4)
KINDS = ("once", "regular", "seasonal", "irregular")
WEEK = 7.0
_SEASON = 90.0
"""Days that a season lasts at most, in the mean: who orders on and on has none."""


@dataclass(frozen=True)
class History:
    """One row per customer that had ordered by `day`: the columns of `metrics.orders.counts` as arrays, and the kind
    of buyer (ONCE, REGULAR, SEASONAL, IRREGULAR)."""

    day: dt.date
    columns: dict[str, np.ndarray]
    kind: np.ndarray

    @classmethod
    def of(cls, day: dt.date, table: pa.Table) -> History:
        """The history that a query of counts returned."""
        columns = {name: np.nan_to_num(table[name].cast("double").to_numpy()) for name in table.column_names}
        columns["customer"] = columns["customer"].astype(np.int64)
        return cls(day, columns, _kinds(columns))

    def __len__(self) -> int:
        return len(self.kind)

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.__dict__["columns"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def gaps(self) -> Gaps:
        return Gaps(self.gaps_n, self.gaps_logs, self.gaps_squares, self.silence)

    @property
    def counts(self) -> Counts:
        """Counts in weeks, one row per customer."""
        return Counts.of(self.gaps_n, (self.age - self.silence) / WEEK, self.age / WEEK)

    def take(self, rows: np.ndarray) -> History:
        """The same for some of the customers."""
        return History(self.day, {name: values[rows] for name, values in self.columns.items()}, self.kind[rows])


def _kinds(columns: dict[str, np.ndarray]) -> np.ndarray:
    """Seasons are looked for before regularity: a seasonal buyer has no rhythm of days."""
    n, bursts = columns["gaps_n"], columns["bursts"]
    kind = np.where(n == 0, ONCE, IRREGULAR)
    kind[regular(n, columns["gaps_days"], columns["gaps_logs"])] = REGULAR
    between = columns["season_days"] / np.maximum(bursts - 1, 1)
    short = columns["gaps_days"] - columns["pause_days"] <= _SEASON * np.maximum(bursts, 1)
    in_season = seasonal(bursts, columns["cosine"], columns["sine"], between) & (n >= 1) & short
    kind[in_season] = SEASONAL
    return kind
