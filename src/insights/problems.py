"""What can be wrong with data, once: the severity of each problem, its sentence and its remedy.

`RULES` is the published severity table; checks make `Problem`s that name a rule, and every message is made from both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from insights.language import Count, Text
from insights.rules_data import DATA_RULES
from insights.rules_source import SOURCE_RULES

SEVERITIES = ("error", "excluded", "warning", "note")

RULES = {**SOURCE_RULES, **DATA_RULES}


@dataclass(frozen=True)
class Example:
    """One place where a problem shows: the data row (counted from 1, the header not counted), the row's key, the value
    as delivered, and for problems of a file its name and line."""

    row: int | None = None
    key: str | None = None
    value: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Problem:
    """One problem of the data: `count` rows break `rule` in `table`.`column`; `examples` are the first of them, and
    `values` fill the rule's sentence beside {table}, {column} and {count}."""

    rule: str
    table: str
    column: str | None = None
    count: int = 1
    examples: tuple[Example, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise KeyError(f"no rule {self.rule!r} in the severity table")

    @property
    def severity(self) -> str:
        """error: the run stops; excluded: rows or values are left out and counted; warning; note."""
        return RULES[self.rule].severity

    @property
    def message(self) -> Text:
        """What is wrong, as a sentence."""
        return self._fill(RULES[self.rule].message)

    @property
    def remedy(self) -> Text:
        """What to do about it, as a sentence."""
        return self._fill(RULES[self.rule].remedy)

    def _fill(self, msgid: str) -> Text:
        values = {"table": self.table, "column": self.column or "", "count": Count(self.count), **self.values}
        return Text(msgid, **values)

    def to_json(self) -> dict:
        """The problem as plain JSON, messages in English."""
        return {
            "rule": self.rule, "severity": self.severity, "table": self.table, "column": self.column,
            "count": self.count, "message": self.message.render("en"), "remedy": self.remedy.render("en"),
            "examples": [{k: v for k, v in vars(e).items() if v is not None} for e in self.examples],
        }


class InsightsError(Exception):
    """An error with a sentence for people and an exit code of sysexits."""

    exit_code = 70


class UsageError(InsightsError):
    """A wrong command, option, parameter or mapping file."""

    exit_code = 64


class DataError(InsightsError):
    """Data that break the contract; `problems` says where."""

    exit_code = 65

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        errors = [p for p in problems if p.severity == "error"]
        first = errors[0].message.render("en") if errors else "the data break the contract"
        more = f" (and {len(errors) - 1} more: see insights check)" if len(errors) > 1 else ""
        super().__init__(first + more)


class NoInput(InsightsError):
    """There is nothing to read."""

    exit_code = 66


class Unavailable(InsightsError):
    """A source that cannot be reached now."""

    exit_code = 69
