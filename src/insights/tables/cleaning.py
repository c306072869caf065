"""A delivered text before it is typed: trimmed, missing texts emptied, values mapped.

The order is the mapping file's: missing, values; formats and defaults follow when the text is typed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.tables import sql

if TYPE_CHECKING:
    from insights.sources import Settings

SPACES = " \t\r\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}"

# Texts by which systems say "nothing". They are never emptied unless the mapping says so: a firm may be called None.
NOTHING = ("nan", "null", "<null>", "n/a", "#n/a", "na", "n.a.", "-", "--", "select", "-select-", "--select--",
           "--none--", "-none-", "none", "nil", "unknown", "undefined", "(blank)", "not set", "n/d", "nd.", "b/d",
           "brak", "nie dotyczy", "?", ".")


@dataclass(frozen=True)
class Cleaning:
    """The texts of one column that mean nothing, and those that mean something else."""

    missing: tuple[str, ...]
    values: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, table: str, column: str) -> Cleaning:
        """What the mapping declares for that column."""
        place = f"{table}.{column}"
        declared = [*settings.missing.get("*", ()), *settings.missing.get(place, ())]
        missing = dict.fromkeys(t for t in (value.strip(SPACES) for value in declared) if t)
        values = {key.strip(SPACES): value for key, value in settings.values.get(place, {}).items()}
        return cls(tuple(missing), values)

    def trimmed(self, column: str) -> str:
        """The delivered text without surrounding spaces, in Unicode's composed form; NULL where nothing remains."""
        return f"nullif(nfc_normalize(trim({sql.name(column)}, {sql.text(SPACES)})), '')"

    def cleaned(self, trimmed: str) -> str:
        """The trimmed text with missing texts as NULL and values mapped."""
        x = trimmed
        if self.missing:
            x = f"case when {x} in {sql.texts(self.missing)} then NULL else {x} end"
        if self.values:
            x = f"nullif({sql.lookup(x, self.values, x)}, '')"
        return x

    def counts(self, trimmed: str) -> dict[str, str]:
        """Aggregates: how often each missing text and each mapped value occurs."""
        out = {}
        if self.missing:
            out["missing"] = f"histogram({trimmed}) filter (where {trimmed} in {sql.texts(self.missing)})"
        mapped = [key for key in self.values if key not in self.missing]
        if mapped:
            out["mapped"] = f"histogram({trimmed}) filter (where {trimmed} in {sql.texts(mapped)})"
        return out
