"""What a notebook shows, held to the disclosure profile of its readers."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, disclosure
from insights.figures.model import Export, Figure, Note, Repeated, Table
from insights.language import Count, Country, Industry, SizeBand, Text, render
from insights.language.values import coarse
from insights.topics.headlines import Headlines

if TYPE_CHECKING:
    from insights.evidence import Estimate

_ = Text
NOT_NAMED = _("Not shown in this disclosure profile, because it names customers or people, or a group that is too "
              "small or that one customer dominates.")
_WITHHELD = _("withheld")
_PEOPLE = ("company", "seller")


def for_readers(thing: object, profile: str) -> object:
    """The thing as readers of a profile may see it: itself, with rows withheld, or a note in its place."""
    thing = _held_to(thing, profile)
    return _coarsened(thing) if profile == disclosure.EXTERNAL else thing


def _held_to(thing: object, profile: str) -> object:
    if isinstance(thing, Headlines):
        kept = {key: tuple(f for f in getattr(thing, key) if not isinstance(f, Finding)
                           or not disclosure.names(f.subject, profile)) for key in ("decisions", "not_proved", "works")}
        return thing if all(kept[key] == tuple(getattr(thing, key)) for key in kept) else replace(thing, **kept)
    if isinstance(thing, Repeated):
        return thing if not disclosure.names(thing.finding.subject, profile) else Note(NOT_NAMED)
    if isinstance(thing, Finding):
        return thing if not disclosure.names(thing.subject, profile) else Note(NOT_NAMED)
    if isinstance(thing, Table):
        return _table(thing, profile)
    if isinstance(thing, Figure) and thing.table is not None:
        table = _table(thing.table, profile)
        if table is not thing.table:
            # The drawing shows what the table hides: the table alone stays, open.
            return replace(table, collapsed=False) if isinstance(table, Table) else table
    if isinstance(thing, Export) and profile != disclosure.INTERNAL \
            and set(thing.table.column_names) & disclosure.IDENTIFYING:
        return Note(_("{title}: not written in this disclosure profile, because it names customers or people.",
                      title=thing.title))
    return thing


def _coarsened(thing: object) -> object:
    """Counts in the data beside a page no finer than on it: the page itself renders them coarsely."""
    if isinstance(thing, Finding):
        exact = thing.estimate.value if thing.unit == "count" and thing.estimate.low is None else None
        rounded = {} if exact is None else {"estimate": Interval(float(coarse(int(exact))))}
        return replace(thing, n=coarse(thing.n), **rounded)
    if isinstance(thing, Table):
        return replace(thing, estimates=tuple(_coarse_estimate(e) for e in thing.estimates))
    if isinstance(thing, Figure) and thing.table is not None:
        finding = thing.finding and _coarsened(thing.finding)
        return replace(thing, table=_coarsened(thing.table), finding=finding)
    return thing


def _coarse_estimate(estimate: Estimate) -> Estimate:
    companies = None if estimate.companies is None else coarse(estimate.companies)
    return replace(estimate, n=coarse(estimate.n), companies=companies)


def _table(table: Table, profile: str) -> Table | Note:
    if any(disclosure.names({k: v for k, v in e.subject.items() if k in _PEOPLE}, profile) for e in table.estimates):
        return Note(NOT_NAMED)
    minimum = disclosure.MINIMUM[profile]
    columns = [[row[i].n if isinstance(row[i], Count) else None for row in table.rows]
               for i in range(1, len(table.columns))]
    counted = [column for column in columns if any(n is not None for n in column)]
    small = [*_small(table, minimum), *_confidential(table, counted, minimum)]
    hidden = disclosure.suppressed([*counted, *small], minimum)
    if not hidden:
        return table
    if len(hidden) == len(table.rows):
        return Note(_("{caption}: withheld, because its groups are too small for this disclosure profile.",
                      caption=table.caption))
    gone = {n for column in counted for i, n in enumerate(column) if i in hidden and n is not None}
    labels = {render(table.rows[i][0], "en") for i in hidden}
    rows = tuple((row[0], *(None for _cell in row[1:])) if i in hidden else row for i, row in enumerate(table.rows))
    return replace(
        table, rows=rows, marks={**table.marks, **dict.fromkeys(sorted(hidden), _WITHHELD)},
        estimates=tuple(e for e in table.estimates if not _about(e, labels, gone, minimum)),
        notes=(*table.notes, _("Rows are withheld where a group is too small for this disclosure profile, and where it "
                               "could be worked out from the others.")))


def _small(table: Table, minimum: int) -> list[list[int | None]]:
    """The companies behind each row, where the estimates of the table say so: as a column of counts."""
    by_label: dict[str, int] = {}
    for estimate in table.estimates:
        if estimate.companies is not None:
            for value in estimate.subject.values():
                by_label[value] = min(by_label.get(value, estimate.companies), estimate.companies)
    column = []
    for row in table.rows:
        label = render(row[0], "en")
        found = [n for value, n in by_label.items() if label in _labels(value)]
        column.append(min(found) if found else None)
    return [column] if any(n is not None and 0 < n < minimum for n in column) else []


def _confidential(table: Table, counted: list[list[int | None]], minimum: int) -> list[list[int | None]]:
    """Rows about groups that outsiders must not see by themselves, as a column in which these count one."""
    groups = disclosure.confidential()
    if not groups:
        return []
    keys = {key for e in table.estimates for key in e.subject}
    labels = {label for key, value in groups if not keys or key in keys for label in _labels(value)}
    rows = [render(row[0], "en") in labels for row in table.rows]
    sizes = counted[0] if counted else [None] * len(rows)
    return [[1 if hide else max(minimum, n or 0) for hide, n in zip(rows, sizes, strict=True)]] if any(rows) else []


def _about(estimate: Estimate, labels: set[str], gone: set[int], minimum: int) -> bool:
    """Whether an estimate is one of a row that is withheld."""
    if estimate.companies is not None and 0 < estimate.companies < minimum:
        return True
    if disclosure.confidential() & set(estimate.subject.items()):
        return True
    return estimate.n in gone or any(_labels(value) & labels for value in estimate.subject.values())


@functools.cache
def _labels(value: str) -> frozenset[str]:
    """How a subject's value may be called in a table."""
    return frozenset({value, *(render(kind(value), "en") for kind in (Country, Industry, SizeBand))})
