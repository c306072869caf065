"""What a page shows beside sentences: tables and figures, as data in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding
from insights.language import Text

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """A table's column: its header, how it is aligned, and its unit where the header needs one."""

    header: Text
    align: str = "right"
    unit: Text | None = None


@dataclass(frozen=True)
class Table:
    """A table of typed values (rendered by `insights.language.render`), the first column naming the row.

    `marks` gives a row's index a word to stand beside its name ("withheld"); `collapsed` closes it behind its caption;
    `estimates` are the figures it shows, for `estimates.json`; `findings` those that no sentence beside it says.
    """

    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    notes: tuple[Text, ...] = ()
    marks: Mapping[int, Text] = field(default_factory=dict)
    collapsed: bool = False
    estimates: tuple[Estimate, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A drawing: its title states the finding, the subtitle measure, population and period, `alt` its content in words.

    `svg` holds a drawing for each language and width: `svg["pl"]["narrow"]`; `table` the same figures as a table;
    `finding` the finding that the figure states, where it is one of its own.
    """

    title: Text
    subtitle: Text
    svg: Mapping[str, Mapping[str, str]]
    alt: Text
    table: Table | None = None
    finding: Finding | None = None


@dataclass(frozen=True)
class Note:
    """A paragraph: what is missing and why it matters, say."""

    text: Text


@dataclass(frozen=True)
class Listed:
    """Several sentences as a list, closed behind `summary` where there is one."""

    items: tuple[object, ...]
    summary: Text | None = None


@dataclass(frozen=True)
class Heading:
    """The title of a part that exists only where there is something to say in it."""

    text: Text


@dataclass(frozen=True)
class Repeated:
    """A finding that another notebook has said: shown, not collected a second time."""

    finding: Finding


@dataclass(frozen=True)
class Clause:
    """A clause of the strategy beside what was observed: the dimension it speaks of, what was agreed, what was seen,
    the verdict, the cases and range behind it, and the id of the finding that says so."""

    dimension: Text
    agreed: object
    observed: object
    verdict: str
    n: int | None = None
    range: object = None
    place: str = ""


@dataclass(frozen=True)
class Clauses:
    """The clauses of the strategy, in its order; `findings` are those that no other part of the page says."""

    rows: tuple[Clause, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Decisions:
    """The decisions to take, the weightiest first: a row each with owner, worth and what is to be done."""

    rows: tuple[Finding, ...]


@dataclass(frozen=True)
class ChangeGroup:
    """One kind of change since the last run: its title, what that means, and its statements, each with the statement
    it replaces (None where there was none)."""

    title: Text
    meaning: Text
    statements: tuple[tuple[object, object], ...]


@dataclass(frozen=True)
class Changes:
    """The change letter: one sentence on all of it, then the changes by kind."""

    top_line: Text
    groups: tuple[ChangeGroup, ...] = ()


@dataclass(frozen=True)
class Export:
    """A list for another system: a run writes `table` to `exports/<name>.csv`, a notebook run by hand only says how
    many rows it has. `name` is a plain word (letters, digits, _), `title` says what one row is and for whom."""

    name: str
    title: Text
    table: pa.Table
