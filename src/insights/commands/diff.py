"""`insights diff`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from insights.evidence.changes import Change
    from insights.report.diff import Diff

TITLES = {"changed": "Changed beyond noise", "new": "New", "gone": "Gone"}


def diff(before: str, after: str, reports: str, form: str, language: str) -> None:
    """Print what differs between two runs."""
    from insights.commands.run import reports_folder
    from insights.report.diff import diff as compared

    found = compared(reports_folder(reports), before, after)
    if form == "json":
        import json

        click.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return
    for line in _lines(found, language):
        click.echo(line)


def _lines(found: Diff, language: str) -> Iterator[str]:
    yield f"{found.before} -> {found.after}: {found.stand} findings stand"
    for status, title in TITLES.items():
        yield from _part(title, found.of(status), language)
    yield from _part("Counts that moved", found.moved, language)
    yield from _part("Of another definition, so not comparable", found.redefined, language)
    if found.restated:
        yield "Records of past months were changed afterwards:"
        yield from (f"  {measure}: {', '.join(months)}" for measure, months in found.restated.items())
    for title, unlike in (("Inputs", found.inputs), ("Parameters", found.parameters), ("Versions", found.versions)):
        if unlike:
            yield f"{title} that are others:"
            yield from (f"  {key}: {_short(one)} -> {_short(other)}" for key, (one, other) in unlike.items())


def _part(title: str, changes: list[Change], language: str) -> Iterator[str]:
    if changes:
        yield f"{title}: {len(changes)}"
    for change in changes:
        yield f"  {change.id}"
        for mark, entry in (("-", change.before), ("+", change.after)):
            if entry:
                yield f"    {mark} {entry['statement'].get(language) or entry['statement']['en']}"


def _short(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(map(str, value))
    text = "none" if value in (None, "") else str(value)
    return text[:12] if len(text) == 64 else text
