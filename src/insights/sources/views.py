"""The views a mapping's SELECTs read: one for each file or pattern that a SELECT names, loaded when it is named."""

from __future__ import annotations

from pathlib import Path

from insights.language import ListOf
from insights.problems import Example, Problem
from insights.sources.engine import DuckDB, identifier
from insights.sources.folder import Delivered, delivered, matching
from insights.sources.load import load
from insights.sources.mapping import MappingFile
from insights.sources.source import SourceFile
from insights.sources.textfile import ReadOptions
from insights.sources.wording import Complaints, hint

SCHEMA = "delivered"


class Views:
    """The names under which a folder's files can be read, and what was loaded of them."""

    def __init__(self, engine: DuckDB, folder: Path, mapping: MappingFile) -> None:
        self._engine, self._mapping = engine, mapping
        self.here = delivered(folder)
        self.files: list[SourceFile] = []
        self.problems: list[Problem] = []
        self._loaded: dict[str, bool] = {}
        self._members: dict[str, tuple[Delivered, ...]] = {}
        complaints = Complaints(mapping.name, mapping.text)
        for name, pattern in mapping.sources.items():
            self._members[name.casefold()] = self._matching(folder, name, pattern, complaints)
        for file in self.here:
            if file.stem.casefold() not in {name.casefold() for name in mapping.sources}:
                key = file.stem.casefold()
                self._members[key] = (*self._members.get(key, ()), file)
        self.names = tuple(self._display(key) for key in self._members)
        for name in mapping.read:
            stems = {file.stem.casefold() for members in self._members.values() for file in members}
            if name.casefold() not in stems | set(self._members):
                complaints.unknown("view", name, self.names, "[read]")
        self.problems += complaints.problems
        engine.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")

    def file_of(self, name: str) -> str:
        """The delivered file behind a view, or the first of them."""
        members = self._members[name.casefold()]
        return members[0].name if members else name

    def table(self, name: str) -> str | None:
        """Loads the view of that name, once; its relation in the engine, or None where it can't be read."""
        key = name.casefold()
        if key not in self._loaded:
            self._loaded[key] = self._load(key, f"{SCHEMA}.{identifier(self._display(key))}")
        return f"{SCHEMA}.{identifier(self._display(key))}" if self._loaded[key] else None

    def _load(self, key: str, table: str) -> bool:
        members = self._members.get(key, ())
        patterned = key in {name.casefold() for name in self._mapping.sources}
        if len(members) > 1 and not patterned:
            names = ListOf([file.name for file in members])
            self.problems.append(Problem("stem_twice", members[0].stem, values={"files": names}))
            return False
        parts = []
        for number, file in enumerate(members):
            part = table if len(members) == 1 else f"{SCHEMA}.{identifier(f'{key} part {number}')}"
            source, problems = load(self._engine, file, part, self._options(key, file))
            self.problems += problems
            if source is None:
                return False
            self.files.append(source)
            parts.append((file, part))
        if len(parts) > 1:
            self._unite(key, parts, table)
        return bool(parts)

    def _unite(self, key: str, parts: list[tuple[Delivered, str]], table: str) -> None:
        """Several files under one name: united by column name; a column that some lack is said."""
        columns = [self._columns(part) for _, part in parts]
        every = list(dict.fromkeys(name for names in columns for name in names))
        for (file, _), names in zip(parts, columns, strict=True):
            lacking = [name for name in every if name.casefold() not in {n.casefold() for n in names}]
            if lacking:
                self.problems.append(Problem(
                    "headers_differ", self._display(key), examples=(Example(file=file.name, line=1),),
                    values={"file": file.name, "columns": ListOf(lacking)}))
        union = " UNION ALL BY NAME ".join(f"SELECT * FROM {part}" for _, part in parts)
        self._engine.execute(f"CREATE TABLE {table} AS {union}")
        for _, part in parts:
            self._engine.execute(f"DROP TABLE {part}")

    def _columns(self, table: str) -> list[str]:
        return [name for name, *_ in self._engine.rows(f"DESCRIBE {table}")]

    def _options(self, key: str, file: Delivered) -> ReadOptions:
        read = {name.casefold(): options for name, options in self._mapping.read.items()}
        return read.get(file.stem.casefold()) or read.get(key) or ReadOptions()

    def _matching(self, folder: Path, name: str, pattern: str, complaints: Complaints) -> tuple[Delivered, ...]:
        try:
            files = matching(folder, pattern)
        except (ValueError, NotImplementedError):
            complaints.add("pattern_outside", name, name=name, pattern=pattern)
            return ()
        if not files:
            complaints.add("pattern_empty", name, name=name, pattern=pattern,
                           hint=hint(pattern, [file.name for file in self.here]))
        return files

    def _display(self, key: str) -> str:
        """The view's name as it is written: in [sources], or as the file's stem."""
        named = {name.casefold(): name for name in self._mapping.sources}
        return named.get(key) or self._members[key][0].stem
