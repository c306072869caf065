"""The form of the data contract: columns, tables, types."""

from __future__ import annotations

from dataclasses import dataclass

STAGES = ("new", "mql", "accepted", "touched", "opportunity", "proposal", "won", "lost", "returned")
TERMINAL_STAGES = ("won", "lost", "returned")
BUYING_ROLES = ("economic_buyer", "decision_maker", "champion", "influencer", "user", "gatekeeper")
DEPARTMENTS = ("marketing", "sales", "shared")


@dataclass(frozen=True)
class Column:
    """A column: `type` is a key of `TYPES`; `required` means neither absent nor empty; `references` is `table.column`;
    `values` are the allowed words of a category; `currency` names the column that holds a money column's currency,
    `dated` the column whose date chooses the exchange rate."""

    name: str
    type: str
    doc: str
    required: bool = False
    references: str | None = None
    values: tuple[str, ...] | None = None
    unit: str | None = None
    currency: str | None = None
    dated: str | None = None


@dataclass(frozen=True)
class Table:
    """One table: `grain` says what a row is, `key` which columns make it unique (empty: no key, exact duplicates only),
    `one_of` groups of columns of which each row needs at least one."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    brings: str = ""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the table has none."""
        return self._by_name[name]

    @property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


TYPES = {
    "id": "text that identifies, kept as it came (leading zeros, '17850.0')",
    "text": "text",
    "category": "one of the words listed",
    "integer": "a whole number",
    "decimal": "a number",
    "money": "an amount net of VAT; at most four decimals",
    "share": "a number from 0 to 1",
    "boolean": "true or false",
    "date": "ISO 8601 date: 2026-09-30",
    "timestamp": "ISO 8601 date and time: 2026-09-30T14:05, or a date alone (midnight in the configured time zone)",
    "country": "ISO 3166-1 alpha-2 code, or a name that is mapped to one",
    "industry": "NACE Rev. 2 section or division (C, C28), or free text that is mapped to one",
    "currency": "ISO 4217 code: PLN, EUR",
}


def identifier(name: str, doc: str, **more) -> Column:
    """A column that identifies something."""
    return Column(name, "id", doc, **more)


def key(name: str, doc: str) -> Column:
    """A column that identifies the row."""
    return Column(name, "id", doc, required=True)


def reference(target: str, doc: str, *, name: str | None = None, required: bool = False) -> Column:
    """A column that points to a row of another table; named like the other\'s key unless `name` is given."""
    return Column(name or target.split(".")[1], "id", doc, required=required, references=target)
