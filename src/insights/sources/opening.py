"""Opens a firm's data: a folder of CSV and Parquet files or a DuckDB file, with or without a mapping."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from insights.contract import TABLES
from insights.problems import NoInput, Problem, UsageError
from insights.sources import selects
from insights.sources.database import Tables
from insights.sources.engine import DuckDB, identifier
from insights.sources.load import ROW
from insights.sources.mapping import MappingFile, read_mapping
from insights.sources.source import RawTable, Source, SourceFile
from insights.sources.views import Views
from insights.sources.wording import Complaints, hint

# What a canonical folder may say of its own accord, without a mapping.
DEFAULTS = "insights.toml"
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://|\bpassword\s*=|\bpwd\s*=", re.IGNORECASE)


def open_source(data: str | Path, mapping: str | Path | None = None) -> Source:
    """Reads a firm's data into an engine, as delivered.

    `data` is a folder of .csv, .tsv, .txt (each also .gz) and .parquet files, or a DuckDB file. `mapping` is a TOML
    file that says how they become the canonical tables; without one each file or table is the canonical table of its
    name, and an insights.toml in the folder may hold [defaults] and [control].
    What is wrong with the data or the words of the mapping is in `Source.problems`, all of it; what can be read, is.

    Raises NoInput where there is nothing to read, UsageError for a mapping that is missing or no TOML and for an
    address in place of a folder (it may hold a password), Unavailable for a DuckDB file that can't be opened now.
    """
    if _ADDRESS.search(str(data)):
        raise UsageError("the data must be a folder or a DuckDB file, not the address of a server: addresses may hold "
                         "passwords, which never belong on a command line or in a notebook")
    path = Path(data)
    if not path.exists():
        raise NoInput(f"{path} is not there: give a folder or a DuckDB file that exists")
    words = _words(path, mapping)
    engine = DuckDB()
    try:
        return _open(engine, path, words)
    except BaseException:
        engine.close()
        raise


def _words(path: Path, mapping: str | Path | None) -> MappingFile:
    if mapping is not None:
        if not Path(mapping).is_file():
            raise UsageError(f"the mapping {mapping} is not there: give a TOML file that exists")
        return read_mapping(Path(mapping))
    if (path / DEFAULTS).is_file():
        return read_mapping(path / DEFAULTS, sections=("defaults", "control", "job_titles"))
    return MappingFile(DEFAULTS)


def _open(engine: DuckDB, path: Path, mapping: MappingFile) -> Source:
    views = Tables(engine, path, mapping) if path.is_file() else Views(engine, path, mapping)
    if not views.names:
        raise NoInput(f"{path} holds no table: CSV (.csv, .tsv, .txt, also .gz) and Parquet files are read")
    engine.execute("CREATE SCHEMA raw")
    complaints = Complaints(mapping.name, mapping.text)
    if mapping.tables is None:
        tables, notes = _canonical(engine, views)
    else:
        tables, notes = _mapped(engine, views, mapping.tables, complaints)
    _check_produced(mapping, tables, complaints)
    engine.restrict()
    engine.lock()
    files = tuple({file.name: file for file in views.files}.values())
    return Source(
        engine=engine, tables=tables, settings=mapping.settings, files=files, data_hash=_hash(files),
        problems=(*mapping.problems, *views.problems, *complaints.problems, *notes),
    )


def _canonical(engine: DuckDB, views: Views | Tables) -> tuple[dict[str, RawTable], list[Problem]]:
    """Each view is the canonical table of its name; others are said."""
    tables, notes = {}, []
    for name in views.names:
        canonical = name.casefold()
        if canonical not in TABLES:
            notes.append(Problem(
                "file_unknown", name, values={"file": views.file_of(name), "hint": hint(name, TABLES)}))
            continue
        relation = views.table(name)
        if relation is None:
            continue
        engine.execute(f"CREATE VIEW raw.{identifier(canonical)} AS SELECT *, rowid + 1 AS {ROW} FROM {relation}")
        columns = tuple(column for column, *_ in engine.rows(f"DESCRIBE {relation}"))
        rows = engine.rows(f"SELECT count(*) FROM {relation}")[0][0]
        tables[canonical] = RawTable(canonical, columns, rows, file=views.file_of(name))
    return tables, notes


def _mapped(
    engine: DuckDB, views: Views | Tables, statements: dict[str, str], complaints: Complaints,
) -> tuple[dict[str, RawTable], list[Problem]]:
    """Runs each SELECT. One that reads a file that can't be read is left out: the file's problem says why."""
    read = {table: _views_read(views, sql) for table, sql in statements.items()}
    needed = {name for names in read.values() for name in names}
    unreadable = {name for name in views.names if name in needed and views.table(name) is None}
    engine.restrict()
    tables = {}
    for name, sql in statements.items():
        if not read[name] & unreadable:
            table = selects.run(engine, views, name, sql, complaints)
            if table is not None:
                tables[name] = table
    for name in needed - unreadable:
        # The raw tables hold what the SELECTs took from them.
        engine.execute(f"DROP TABLE {views.table(name)}")
    unused = [name for name in views.names if name.casefold() in TABLES and name not in needed]
    notes = [Problem("file_unused", name, values={"file": views.file_of(name)}) for name in unused]
    return tables, notes


def _views_read(views: Views | Tables, sql: str) -> set[str]:
    """The views that a SELECT reads; where its names can't be told, all whose names occur in it."""
    named = {name.casefold() for name in selects.names_read(sql)}
    if not named:
        return {name for name in views.names if name.casefold() in sql.casefold()}
    return {name for name in views.names if name.casefold() in named}


def _check_produced(mapping: MappingFile, tables: dict[str, RawTable], complaints: Complaints) -> None:
    """A setting for a column that no table delivers does nothing: a slip of the pen."""
    settings = mapping.settings
    for key in dict.fromkeys((*settings.missing, *settings.values, *settings.formats)):
        table, _, column = key.partition(".")
        if key == "*" or (table not in tables and table in (mapping.tables or {})):
            continue
        columns = tables[table].columns if table in tables else ()
        if column not in {name.strip().casefold() for name in columns}:
            complaints.add("mapping_not_produced", key, key=key, name=table, hint=hint(column, columns))


def _hash(files: Iterable[SourceFile]) -> str:
    """The hash of all that was read: names and contents, in the order of names."""
    digest = hashlib.sha256()
    for name, content in sorted((file.name, file.sha256) for file in files):
        digest.update(f"{name}\0{content}\n".encode())
    return digest.hexdigest()
