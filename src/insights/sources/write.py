"""Writes query results as CSV files: the one place where canonical tables leave the engine for a folder."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from insights.sources.engine import identifier, literal

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.sources.engine import DuckDB

_BATCH = 65_536
# What a spreadsheet takes for a formula (OWASP ASVS 1.2.10), and the carriage return that some do as well.
_FORMULA = r"^[=+\-@\t\r\x00\x{FF0B}\x{FF1D}\x{FF20}\x{FF0D}]"


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


def save_table(table: pa.Table, path: Path) -> None:
    """A table as CSV (UTF-8, header) or, where the name ends in .parquet, as Parquet, batch by batch.

    In CSV a text that a spreadsheet would take for a formula gets an apostrophe before it; numbers and dates are
    untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        import pyarrow.parquet as parquet

        parquet.write_table(table, path)
        return
    import pyarrow.csv as arrow_csv

    with arrow_csv.CSVWriter(path, (safe := _no_formulas(table.slice(0, 0))).schema) as writer:
        for start in range(0, table.num_rows, _BATCH):
            writer.write_table(_no_formulas(table.slice(start, _BATCH)).cast(safe.schema))


def save_ranked(
    engine: DuckDB, tables: Iterable[pa.Table], path: Path, key: str, then: str, *, least: int = 0, named: str = "",
) -> int:
    """Tables that come one after the other, as one file in the order of falling `key`, ties by `then`, with the `rank`
    first and, if a column is `named`, whether the rank is at most `least`; the number of rows.

    The rows pass through the engine's scratch directory, so that their number is no matter; the file appears whole or
    not at all. Formula characters as in `save_table`.
    """
    import pyarrow.parquet as parquet

    csv_wanted = path.suffix != ".parquet"
    raw, written = engine.scratch / "unranked.parquet", engine.scratch / f"ranked{path.suffix}"
    part = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.touch()
    rows, writer = 0, None
    try:
        for table in tables:
            table = _no_formulas(table) if csv_wanted else table
            writer = writer or parquet.ParquetWriter(raw, table.schema)
            writer.write_table(table.cast(writer.schema))
            rows += table.num_rows
        if writer is None:
            raise ValueError("no table to write")
        writer.close()
        order = f"{identifier(key)} desc nulls last, {identifier(then)}"
        flag = f", rank <= {int(least)} as {identifier(named)}" if named else ""
        engine.execute(f"""
            copy (select rank{flag}, * exclude (rank) from (
                select row_number() over (order by {order}) as rank, * from read_parquet({literal(str(raw))})
            ) order by rank)
            to {literal(str(written))} {"(format csv, header true)" if csv_wanted else "(format parquet)"}""")
        shutil.move(written, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        raw.unlink(missing_ok=True)
    return rows


def _no_formulas(table: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
        column = table.column(i)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            risky = pc.match_substring_regex(column, _FORMULA)
            safe = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
            table = table.set_column(i, field.name, safe)
    return table


def save_text(text: str, path: Path) -> None:
    """A text file in UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
