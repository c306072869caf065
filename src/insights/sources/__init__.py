"""The only input: a firm's files and databases, opened as they came."""

from insights.sources.engine import DuckDB, Engine, identifier, literal
from insights.sources.opening import open_source
from insights.sources.source import Format, RawTable, Settings, Source, SourceFile

__all__ = [
    "DuckDB", "Engine", "Format", "RawTable", "Settings", "Source", "SourceFile", "identifier", "literal",
    "open_source",
]
