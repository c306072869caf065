"""The tables of a DuckDB file, read without changing it."""

from __future__ import annotations

from pathlib import Path

from insights.language import ListOf
from insights.problems import NoInput, Problem, Unavailable
from insights.sources.engine import DuckDB, identifier, literal
from insights.sources.load import copy_as_text
from insights.sources.mapping import MappingFile
from insights.sources.source import SourceFile
from insights.sources.textfile import sha256
from insights.sources.views import SCHEMA
from insights.sources.wording import Complaints

_ATTACHED = "delivered_file"
_MAGIC = slice(8, 12), b"DUCK"


class Tables:
    """The tables and views of a DuckDB file under their names; one that exists in two schemas can't be told apart."""

    def __init__(self, engine: DuckDB, path: Path, mapping: MappingFile) -> None:
        import duckdb

        self._engine, self._path = engine, path
        self.problems: list[Problem] = []
        with path.open("rb") as file:
            if file.read(12)[_MAGIC[0]] != _MAGIC[1]:
                raise NoInput(f"{path.name} is not a DuckDB file: give the folder in which the files lie")
        try:
            engine.execute(f"ATTACH {literal(str(path))} AS {_ATTACHED} (READ_ONLY)")
        except duckdb.Error as error:
            raise Unavailable(f"{path.name} can't be opened: {_reason(error)}") from error
        # A view in a delivered file may name any other file: from here on none can be read.
        engine.restrict()
        self._places: dict[str, list[str]] = {}
        self._written: dict[str, str] = {}
        for schema, name in engine.rows(
                f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = '{_ATTACHED}' "
                "ORDER BY ALL"):
            place = f"{_ATTACHED}.{identifier(schema)}.{identifier(name)}"
            self._places.setdefault(name.casefold(), []).append(place)
            self._written.setdefault(name.casefold(), name)
        self.names = tuple(self._written.values())
        self._rows = 0
        self._loaded: dict[str, bool] = {}
        complaints = Complaints(mapping.name, mapping.text)
        for name in (*mapping.sources, *mapping.read):
            complaints.add("mapping_for_folders", name, name=name, data=path.name)
        self.problems += complaints.problems
        engine.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")

    @property
    def files(self) -> list[SourceFile]:
        """The file itself; its rows are those of the tables that were read."""
        return [SourceFile(self._path.name, self._path.stat().st_size, sha256(self._path), rows=self._rows)]

    def file_of(self, name: str) -> str:
        """The delivered file that holds the table."""
        return self._path.name

    def table(self, name: str) -> str | None:
        """Copies the table of that name as text, once; its relation, or None where it can't be read."""
        key = name.casefold()
        target = f"{SCHEMA}.{identifier(self._written[key])}"
        if key not in self._loaded:
            self._loaded[key] = self._copy(key, target)
        return target if self._loaded[key] else None

    def _copy(self, key: str, target: str) -> bool:
        import duckdb

        places, written = self._places[key], self._written[key]
        if len(places) > 1:
            values = {"files": ListOf([place.replace('"', "").partition(".")[2] for place in places])}
            self.problems.append(Problem("stem_twice", written, values=values))
            return False
        try:
            copy_as_text(self._engine, places[0], target)
        except duckdb.Error as error:
            self.problems.append(Problem("table_unreadable", written,
                                         values={"file": self._path.name, "reason": _reason(error)}))
            return False
        rows = self._engine.rows(f"SELECT count(*) FROM {target}")[0][0]
        self._rows += rows
        if not rows:
            self.problems.append(Problem("file_header_only", written, values={"file": self._path.name}))
        return True


def _reason(error: Exception) -> str:
    return " ".join(str(error).split("\n\nLINE ")[0].split())[:300]
