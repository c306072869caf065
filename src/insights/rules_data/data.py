"""The severity table's half about the contents of tables, whole."""

from __future__ import annotations

from insights.rule import Rule
from insights.rules_data.judging import JUDGING_RULES
from insights.rules_data.reading import READING_RULES
from insights.rules_data.recording import RECORDING_RULES

DATA_RULES: dict[str, Rule] = {**JUDGING_RULES, **READING_RULES, **RECORDING_RULES}
