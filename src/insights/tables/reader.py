"""What the first scan of a table says of a column, and what a type must say of a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from insights.problems import Example, Problem


@dataclass(frozen=True)
class Found:
    """One column as delivered: how many texts of each kind (labels of its reader) and the first examples of some;
    `empty` rows have none. `texts` counts the different texts
    of some kinds, most frequent first; `missing` and `mapped` count the texts that the mapping file empties or maps."""

    table: str
    column: str
    rows: int
    empty: int
    kinds: Mapping[str, int]
    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    mapped: Mapping[str, int] = field(default_factory=dict)
    trimmed: int = 0
    defaulted: int = 0

    def n(self, *kinds: str) -> int:
        """How many texts are of these kinds."""
        return sum(self.kinds.get(kind, 0) for kind in kinds)

    def problem(self, rule: str, *kinds: str, **values: object) -> list[Problem]:
        """The problem with the texts of these kinds; none if there are no such texts."""
        count = self.n(*kinds)
        shown = sorted((e for kind in kinds for e in self.examples.get(kind, ())), key=lambda e: e.row or 0)[:5]
        return [Problem(rule, self.table, self.column, count, tuple(shown), values)] if count else []


class Reader(Protocol):
    """How the texts of one type are told apart, read and complained of. `shown` are the kinds that need examples,
    `listed` those whose different texts are wanted."""

    shown: tuple[str, ...]
    listed: tuple[str, ...]

    def kind(self, x: str) -> str:
        """An SQL expression: the kind of the text x (not NULL)."""

    def value(self, x: str, found: Found) -> str:
        """An SQL expression: the typed value of x, NULL where it is none."""

    def problems(self, found: Found) -> list[Problem]:
        """What is wrong or worth a note in the column."""
