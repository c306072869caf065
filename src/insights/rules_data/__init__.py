"""The severity table's half about the contents of tables: reading texts, judging rows, how records are kept."""

from insights.rules_data.data import DATA_RULES

__all__ = ["DATA_RULES"]
