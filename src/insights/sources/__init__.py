"""The only input: a firm's files and databases, opened as they came."""

from insights.sources.engine import FILE, DuckDB, Engine, identifier, literal
from insights.sources.handover import PLACE, hand_over, taken_over
from insights.sources.opening import open_source
from insights.sources.source import Format, RawTable, Settings, Source, SourceFile
from insights.sources.write import save_ranked, save_table

__all__ = [
    "FILE", "PLACE", "DuckDB", "Engine", "Format", "RawTable", "Settings", "Source", "SourceFile", "hand_over",
    "identifier", "literal", "open_source", "save_ranked", "save_table", "taken_over",
]
