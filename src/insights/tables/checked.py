"""What the checks hand on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.problems import Example, Problem
from insights.tables.personal import masked_example

if TYPE_CHECKING:
    from insights.sources import Engine, Settings


@dataclass(frozen=True)
class TableInfo:
    """One table of the contract as delivered: rows that came in and that were kept, and the columns of the contract
    that the delivery really has."""

    name: str
    rows_in: int
    rows_kept: int
    columns: frozenset[str]


@dataclass(frozen=True)
class Checked:
    """Checked data: typed tables in the engine under their names in the contract, and all that was found.

    Every table has all columns of the contract (those not delivered are NULL) and `_row`, the row in the delivery.
    A money column with a currency has a twin `<column>_rc` in the reporting currency, rounded to cents per row.
    `companies` has `industry_given` and `country_given`, the texts as delivered. `snapshot_on` is the day of the latest
    event, None where no table holds a dated one. `settings.reporting_currency` is the one used.
    """

    engine: Engine
    tables: Mapping[str, TableInfo]
    problems: tuple[Problem, ...]
    snapshot_on: dt.date | None
    settings: Settings
    data_hash: str

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a run."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def examples(found: list[dict] | None) -> tuple[Example, ...]:
    """The examples that `sql.first` found, e-mail addresses masked."""
    return tuple(Example(row=e["row"], key=masked_example(e["key"]), value=masked_example(e["value"]))
                 for e in found or ())
