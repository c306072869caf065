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
    """One row per customer that had ordered by `day`: the columns of `metrics.orders.counts` as arrays, `cut` (see
    `Gaps`), and the kind of buyer (ONCE, REGULAR, SEASONAL, IRREGULAR)."""

    day: dt.date
    columns: dict[str, np.ndarray]
    kind: np.ndarray

    @classmethod
    def of(cls, day: dt.date, table: pa.Table, older: np.ndarray | None = None) -> History:
        """The history that a query of counts returned; `older`: whether each customer ever, by number, is known to have
        ordered before the records begin."""
        columns = {name: np.nan_to_num(table[name].cast("double").to_numpy()) for name in table.column_names}
        columns["customer"] = columns["customer"].astype(np.int64)
        age = columns["age"]
        known = np.zeros(len(age), dtype=bool) if older is None else older[columns["customer"]]
        columns["cut"] = np.where(known, np.maximum(age.max(initial=0.0) - age, 1.0), -1.0)
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
        return Gaps(self.gaps_n, self.gaps_logs, self.gaps_squares, self.silence, self.cut)

    @property
    def counts(self) -> Counts:
        """Counts in weeks, one row per customer; those who had ordered before the records begin are counted from that
        beginning on, when they were customers already, instead of from an order."""
        watched = self.age + np.maximum(self.cut, 0.0)
        return Counts.of(self.gaps_n + (self.cut >= 0), (watched - self.silence) / WEEK, watched / WEEK)

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
