"""Writes query results as CSV files: the one place where canonical tables leave the engine for a folder."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from insights.sources.engine import literal

if TYPE_CHECKING:
    from insights.sources.engine import DuckDB


def save_query(engine: DuckDB, query: str, path: Path) -> None:
    """The rows of a SELECT as CSV with a header, in UTF-8. The engine writes the rows in its own scratch directory, so
    that they never pass through Python; the finished file is then moved to its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = engine.scratch / f"export-{path.name}"
    engine.execute(f"COPY ({query}) TO {literal(str(written))} (FORMAT csv, HEADER true)")
    shutil.move(written, path)


def save_rows(head: Sequence[str], rows: Iterable[Sequence[object]], path: Path) -> None:
    """A few rows as CSV with a header, in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def save_text(text: str, path: Path) -> None:
    """A text file in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
