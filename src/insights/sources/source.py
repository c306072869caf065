"""What opening a firm's data gives: raw tables in an engine, the settings of the mapping, and every problem met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insights.problems import Problem
    from insights.sources.engine import Engine



@dataclass(frozen=True)
class Format:
    """How an output column writes dates (`date`, a strptime pattern) or numbers (`decimal`, "," or ".")."""

    date: str | None = None
    decimal: str | None = None


@dataclass(frozen=True)
class Settings:
    """What the mapping says about the output columns and the run; keys of the first three mappings are `table.column`.

    The typing of tables applies them in this order: `missing` (texts that mean empty; `*` stands for every column),
    `values` (what the export says to what the contract says), `formats`, then `currency` for amounts without one.
    `defaults` holds what else [defaults] says: `firm`, the firm's name on the pages. `control` holds the firm's own
    totals for reconciliation: net sales by period ("2025-01-01..2025-12-31"). `job_titles` says which function a title
    of the firm's contacts has, before the suite's own table.
    """

    currency: str | None = None
    reporting_currency: str | None = None
    time_zone: str = "UTC"
    as_of: date | None = None
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    formats: Mapping[str, Format] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    control: Mapping[str, float] = field(default_factory=dict)
    job_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceFile:
    """One file that was read: `sha256` and `bytes` of the file as delivered, `rows` kept and `rejected`.

    `encoding` and `delimiter` are None for Parquet and DuckDB files.
    """

    name: str
    bytes: int
    sha256: str
    encoding: str | None = None
    delimiter: str | None = None
    rows: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class RawTable:
    """One canonical table as delivered: the relation `raw.<name>` in the engine, all columns text, and `_row`.

    `file` names the delivered file where the table is one; `sql` is the mapping's SELECT where there is one.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    file: str | None = None
    sql: str | None = None


@dataclass(frozen=True)
class Source:
    """A firm's data, opened: nothing is typed, repaired or left out yet.

    `data_hash` is the SHA-256 over the sorted names and hashes of the files read. Close it to give back the engine's
    memory and disk; it is a context manager too.
    """

    engine: Engine
    tables: Mapping[str, RawTable]
    settings: Settings
    files: tuple[SourceFile, ...]
    data_hash: str
    problems: tuple[Problem, ...]

    def close(self) -> None:
        """Closes the engine and removes its scratch directory."""
        self.engine.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
