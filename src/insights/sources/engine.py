"""The engine seam: connect, dialect, query. DuckDB is the engine here; a warehouse would be another class."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import duckdb
    import pyarrow
    from sqlglot import Expression

# With Python and what the engine does not count (about 0.2 GiB) a process stays under 2 GiB.
MEMORY = "1750MB"
THREADS = 2
FILE = "insights.duckdb"


class Engine(Protocol):
    """Where rows stay. `query` takes SQL in DuckDB's dialect as a sqlglot expression (or text of `dialect`)."""

    dialect: str

    def query(self, expression: str | Expression) -> pyarrow.Table:
        """The rows of a SELECT."""

    def execute(self, sql: str) -> None:
        """Runs a statement for its effect."""

    def close(self) -> None:
        """Gives back memory, disk and connections."""


class DuckDB:
    """DuckDB on a database file of its own in a scratch directory, which `close` removes.

    A file, not memory: rows beyond `memory` go to disk, and what was read once is not parsed again. After `lock` no
    file outside the scratch directory can be read or written, no extension loaded and no setting changed, whatever
    SQL says.
    """

    dialect = "duckdb"

    def __init__(self, memory: str = MEMORY, threads: int = THREADS, handed: Path | None = None) -> None:
        """A new database, or one that another process has made (`handed`), to be read only."""
        import duckdb

        self._directory = tempfile.TemporaryDirectory(prefix="insights-")
        self.scratch = Path(self._directory.name)
        self.threads = threads
        self._restricted = False
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(
            str(handed or self.scratch / FILE),
            read_only=handed is not None,
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(self.scratch / "spill"),
                "preserve_insertion_order": True,
                "checkpoint_threshold": "64GB",
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
            },
        )
        self._owner = threading.get_ident()
        self._cursors = threading.local()
        # Timestamps with an offset become text in one zone, whatever the machine's is.
        self.execute("SET GLOBAL TimeZone = 'UTC'")
        self.execute("SET TimeZone = 'UTC'")

    def query(self, expression: str | Expression) -> pyarrow.Table:
        """The rows of a SELECT as an Arrow table."""
        return self._session().execute(self._sql(expression)).to_arrow_table()

    def batches(self, expression: str | Expression, rows: int) -> Iterator[pyarrow.Table]:
        """The rows of a SELECT, so many at a time, in its order; other queries may run in between."""
        import pyarrow

        session = self.connection.cursor()
        try:
            for batch in session.execute(self._sql(expression)).to_arrow_reader(rows):
                yield pyarrow.Table.from_batches([batch])
        finally:
            session.close()

    def execute(self, sql: str) -> None:
        """Runs a statement for its effect."""
        self._session().execute(sql)

    def rows(self, sql: str) -> list[tuple]:
        """The rows of a short SELECT as tuples."""
        return self._session().execute(sql).fetchall()

    def _session(self) -> duckdb.DuckDBPyConnection:
        """The connection, or in another thread a cursor on it: a session runs one statement at a time."""
        if threading.get_ident() == self._owner:
            return self.connection
        if not hasattr(self._cursors, "session"):
            self._cursors.session = self.connection.cursor()
        return self._cursors.session

    def restrict(self) -> None:
        """No file outside the scratch directory from now on: everything delivered has been read by then."""
        if not self._restricted:
            self.execute(f"SET allowed_directories = [{literal(str(self.scratch))}]")
            self.execute("SET enable_external_access = false")
            self._restricted = True

    def lock(self) -> None:
        """No setting can change from now on."""
        self.execute("SET lock_configuration = true")

    def close(self) -> None:
        """Closes the connection and removes the scratch directory; closing twice does no harm."""
        self.connection.close()
        self._directory.cleanup()

    def _sql(self, expression: str | Expression) -> str:
        return expression if isinstance(expression, str) else expression.sql(dialect=self.dialect)


def identifier(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
