"""The data contract, the checks of data against it, and the canonical tables."""

from insights.tables.checked import Checked, TableInfo
from insights.tables.checks import check
from insights.tables.describe import describe
from insights.tables.levels import Level, level
from insights.tables.listing import as_json, as_text

__all__ = ["Checked", "Level", "TableInfo", "as_json", "as_text", "check", "describe", "level"]
