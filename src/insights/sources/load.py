"""Loads one delivered file into the engine: all columns text as delivered, empty text as NULL, no row lost unnamed.

Everything becomes a table in the engine's own file, Parquet too: a view would parse the file again for every check and
chapter, would need access to the folder for the whole run, and would change its numbers if the file did.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from insights.problems import Example, Problem
from insights.sources.engine import DuckDB, identifier, literal
from insights.sources.folder import Delivered
from insights.sources.records import Rejected, records
from insights.sources.source import SourceFile
from insights.sources.structure import LIMIT
from insights.sources.textfile import ReadOptions, TextFile, Unreadable, inspect, sha256

ROW = "_row"
_BATCH = 10_000


def load(engine: DuckDB, file: Delivered, table: str, options: ReadOptions) -> tuple[SourceFile | None, list[Problem]]:
    """Creates `table` (a quoted, qualified name) from the file. None and an error problem where it can't be read."""
    try:
        if file.parquet:
            return _load_parquet(engine, file, table)
        text = inspect(file.path, options, engine.scratch)
        return _load_text(engine, file, table, text)
    except Unreadable as error:
        return None, [_unreadable(file, error)]


def _load_text(engine: DuckDB, file: Delivered, table: str, text: TextFile) -> tuple[SourceFile | None, list[Problem]]:
    names, problems = _names(file, text.header)
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    problems += _recognised(file, text)
    rejected = Rejected()
    if not _load_regular(engine, table, text, names):
        _load_rows(engine, table, text, names, rejected)
        problems += _rejected(file, text, rejected)
    rows = engine.rows(f"SELECT count(*) FROM {table}")[0][0]
    if not rows and not rejected.count:
        problems.append(_problem("file_header_only", file))
    source = SourceFile(file.name, text.bytes, text.sha256, text.encoding, text.dialect.delimiter, rows, rejected.count)
    return source, problems


def _load_regular(engine: DuckDB, table: str, text: TextFile, names: list[str]) -> bool:
    """The engine's own reader, for files of proven structure; False where it fails or counts other rows."""
    import duckdb

    if text.regular is None:
        return False
    columns = ", ".join(f"c{i}: 'VARCHAR'" for i in range(len(names)))
    renamed = ", ".join(f"nullif(c{i}, '') AS {identifier(name)}" for i, name in enumerate(names))
    # The sniffer loses rows in silence, so nothing is left to it.
    read = (
        f"read_csv({literal(_plain_name(engine, text.utf8))}, auto_detect = false, columns = {{{columns}}}, "
        f"header = true, delim = {literal(text.dialect.delimiter)}, quote = {literal(text.dialect.quote)}, "
        f"escape = {literal(text.dialect.quote)}, strict_mode = true, "
        f"null_padding = false, ignore_errors = false, nullstr = '', max_line_size = {4 * LIMIT}, "
        f"compression = {literal('gzip' if text.compressed else 'none')})"
    )
    try:
        engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {renamed} FROM {read}")
    except duckdb.Error:
        return False
    return engine.rows(f"SELECT count(*) FROM {table}")[0][0] == text.regular


def _load_rows(engine: DuckDB, table: str, text: TextFile, names: list[str], rejected: Rejected) -> None:
    """Python's reader, row by row, in batches."""
    import pyarrow as pa

    schema = pa.schema([(f"c{i}", pa.string()) for i in range(len(names))])
    renamed = ", ".join(f"nullif(c{i}, '') AS {identifier(name)}" for i, name in enumerate(names))

    def batches(rows: Iterator[list[str]]) -> Iterator[pa.RecordBatch]:
        while batch := list(islice(rows, _BATCH)):
            columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    with text.open() as stream:
        rows = records(stream, text.dialect, len(names), rejected)
        engine.connection.register("incoming", pa.RecordBatchReader.from_batches(schema, batches(rows)))
        engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {renamed} FROM incoming")
        engine.connection.unregister("incoming")


def _load_parquet(engine: DuckDB, file: Delivered, table: str) -> tuple[SourceFile | None, list[Problem]]:
    import duckdb

    try:
        copy_as_text(engine, f"read_parquet({literal(_plain_name(engine, file.path))})", table)
    except duckdb.Error as error:
        raise Unreadable("file_damaged") from error
    rows = engine.rows(f"SELECT count(*) FROM {table}")[0][0]
    problems = [] if rows else [_problem("file_header_only", file)]
    return SourceFile(file.name, file.path.stat().st_size, sha256(file.path), rows=rows), problems


def _plain_name(engine: DuckDB, path: Path) -> str:
    """A link to the file whose name has none of the characters * ? [ that the engine takes for a pattern."""
    link = engine.scratch / "delivered"
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return str(link)


def copy_as_text(engine: DuckDB, relation: str, table: str) -> None:
    """Copies a typed relation: values in their plain form (ISO times, decimals without separators, true and false)."""
    names = [name for name, *_ in engine.rows(f"DESCRIBE SELECT * FROM {relation}")]
    columns = ", ".join(f"nullif(CAST({identifier(n)} AS VARCHAR), '') AS {identifier(n)}" for n in names)
    engine.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {columns} FROM {relation}")


def _names(file: Delivered, header: tuple[str, ...]) -> tuple[list[str], list[Problem]]:
    """The column names; two that differ in case only are the same to the engine."""
    problems, names, seen = [], [], {}
    for position, name in enumerate(header, 1):
        if not name.strip():
            problems.append(_problem("header_unnamed", file, position=str(position)))
            name = f"unnamed_{position}"
        folded = name.casefold()
        if folded in seen or folded == ROW:
            problems.append(_problem("header_duplicate", file, column=name, position=str(position)))
        seen[folded] = name
        names.append(name)
    return names, problems


def _recognised(file: Delivered, text: TextFile) -> list[Problem]:
    if text.encoding in ("utf-8", "utf-8-sig"):
        return []
    return [_problem("encoding_recognised" if text.sure else "encoding_unsure", file, encoding=text.encoding)]


_REJECTED_RULES = {
    "fields": "row_fields", "quote": "row_quote", "large": "row_large", "nul": "row_nul", "unread": "row_unread",
}


def _rejected(file: Delivered, text: TextFile, rejected: Rejected) -> list[Problem]:
    problems = []
    for (kind, found), count in sorted(rejected.counts.items()):
        examples = tuple(Example(row=bad.row, value=bad.text, file=file.name, line=bad.line)
                         for bad in rejected.examples[kind, found])
        problems.append(Problem(
            _REJECTED_RULES[kind], file.stem, count=count, examples=examples,
            values={"file": file.name, "expected": len(text.header), "found": found, "line": str(examples[0].line)},
        ))
    return problems


def _unreadable(file: Delivered, error: Unreadable) -> Problem:
    examples = tuple(Example(value=text, file=file.name, line=line) for line, text in error.places)
    line = str(error.places[0][0]) if error.places else "1"
    return Problem(error.rule, file.stem, count=error.count, examples=examples,
                   values={"file": file.name, "line": line, **error.values})


def _problem(rule: str, file: Delivered, column: str | None = None, **values: str) -> Problem:
    return Problem(rule, file.stem, column, values={"file": file.name, **values},
                   examples=(Example(file=file.name, line=1, value=column),) if column else ())
