"""What a notebook's cell displays: HTML in every language, and the findings and estimates as data beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from insights.language import LANGUAGES, Text

if TYPE_CHECKING:
    from insights.firm import Firm

BLOCK = "application/vnd.insights.block+json"
FINDING = "application/vnd.insights.finding+json"
ESTIMATES = "application/vnd.insights.estimates+json"
HEADLINES = "application/vnd.insights.headlines+json"
DONE = "application/vnd.insights.done+json"
SCHEMA = 1
_NAMES = {"en": "English", "pl": "Polski"}
_IN_JUPYTERLAB = ("<style>.jp-RenderedHTMLCommon .left { text-align: left !important } "
                  ".jp-RenderedHTMLCommon dl :is(dt, dd) { float: none; width: auto }</style>")
"""JupyterLab aligns every cell of a table to the right and floats the terms of a list."""


def show(*things: object) -> None:
    """Display findings, figures, tables, notes, headlines or lists of them on the notebook's page.

    A finding shown becomes part of `findings.json`, the estimates of a table part of `estimates.json`. TypeError for
    anything else: a page shows nothing that no finding or estimate stands behind.
    """
    from insights.evidence import disclosure
    from insights.report.withheld import for_readers

    profile = disclosure.held()
    for given in _flat(things):
        thing = for_readers(given, profile)
        kind, html, data = _block(thing)
        _display(kind, html, data)
        for finding in getattr(thing, "findings", ()):
            if not disclosure.names(finding.subject, profile):
                _state(finding)


def finish(firm: Firm) -> None:
    """Close a notebook: the quality of the data, what the page was made from, and the mark that it ran to its end."""
    from insights.report import fragments

    if firm.part and firm.problems:
        _display("note", fragments.note(Text("The data were checked as a whole: what follows was found in those of the "
                                             "whole firm.")), {})
    _display("quality", fragments.quality(firm.problems), {})
    run = {
        "schema": SCHEMA, "firm": firm.name, "as_of": firm.as_of.isoformat(),
        "period": [firm.period.start.isoformat(), firm.period.last_day.isoformat()], "currency": firm.currency,
        "profile": firm.profile, "seed": firm.seed, "data_hash": firm.data_hash,
        "strategy_hash": firm.strategy.sha256 if firm.strategy else None, "level": firm.level.number,
    }
    _display("colophon", fragments.colophon(_colophon(firm)), {DONE: run})


def _colophon(firm: Firm) -> dict[Text, object]:
    from insights import __version__
    from insights.language import Count, Day, ListOf
    from insights.report.each import label

    tables = [Text("{table} ({rows})", table=name, rows=Count(info.rows_kept))
              for name, info in sorted(firm.checked.tables.items())]
    part = {Text("Part of the firm"): label(firm.part)} if firm.part else {}
    return {
        Text("Firm"): firm.name, **part, Text("As of"): Day(firm.as_of),
        Text("Period"): Text("{start} to {end}", start=Day(firm.period.start), end=Day(firm.period.last_day)),
        Text("Currency"): firm.currency, Text("Level of the data"): str(firm.level.number),
        Text("Tables and their rows"): ListOf(tables), Text("Fingerprint of the data"): firm.data_hash[:12],
        Text("Fingerprint of the strategy"): firm.strategy.sha256[:12] if firm.strategy else Text("no strategy file"),
        Text("Disclosure profile"): firm.profile, Text("Made by"): f"insights {__version__}",
    }


def _flat(things: Iterable[object]) -> Iterable[object]:
    for thing in things:
        if isinstance(thing, list | tuple):
            yield from _flat(thing)
        elif thing is not None:
            yield thing


def _block(thing: object) -> tuple[str, dict[str, str], dict]:
    """The kind of a block, its HTML per language, and the data that go with it."""
    from insights.evidence import Finding
    from insights.evidence.words import both
    from insights.figures import model
    from insights.figures.model import Clauses, Export, Figure, Heading, Note, Repeated, Table
    from insights.report import exports, fragments
    from insights.topics.headlines import Headlines

    if isinstance(thing, Finding):
        return "finding", fragments.finding(thing), {FINDING: thing.to_json()}
    if isinstance(thing, Headlines):
        html = fragments.headlines(
            thing.top_line, thing.decisions, not_proved=thing.not_proved, works=thing.works)
        said = {"top_line": both(thing.top_line), "decisions": [both(f.statement) for f in thing.decisions]}
        return "headline", html, {HEADLINES: said}
    if isinstance(thing, Figure):
        estimates = thing.table.estimates if thing.table else ()
        stated = {FINDING: thing.finding.to_json()} if thing.finding else {}
        return "figure", fragments.figure(thing), {**stated, **_estimates(estimates)}
    if isinstance(thing, Table):
        return "table", fragments.table(thing), _estimates(thing.estimates)
    if isinstance(thing, Repeated):
        return "finding", fragments.finding(thing.finding), {}
    if isinstance(thing, Heading):
        return "heading", fragments.heading(thing.text), {}
    if isinstance(thing, Note):
        return "note", fragments.note(thing.text), {}
    if isinstance(thing, Export):
        return "note", fragments.note(exports.deliver(thing)), {}
    if isinstance(thing, Clauses):
        return "clauses", fragments.clauses(thing.rows), {}
    if isinstance(thing, model.Decisions):
        return "decisions", fragments.decisions(thing.rows), {}
    if isinstance(thing, model.Changes):
        return "changes", fragments.changes(thing), {}
    if isinstance(thing, model.Listed):
        return "list", fragments.listed(thing), {}
    raise TypeError(f"a page shows findings, figures, tables and notes, not {type(thing).__name__}")


def _estimates(estimates: Iterable) -> dict:
    listed = [estimate.to_json() for estimate in estimates]
    return {ESTIMATES: listed} if listed else {}


def _state(finding) -> None:
    """Collect a finding that its table says in a row: no block of the page, a line for the analyst."""
    from IPython.display import display

    entry = finding.to_json()
    display({FINDING: entry, "text/plain": entry["statement"][LANGUAGES[0]]}, raw=True)


def _display(kind: str, html: dict[str, str], data: dict) -> None:
    from IPython.display import display

    first, *others = LANGUAGES
    shown = f'{_IN_JUPYTERLAB}<div lang="{first}">{html[first]}</div>' + "".join(
        f'<details><summary>{_NAMES[language]}</summary><div lang="{language}">{html[language]}</div></details>'
        for language in others)
    bundle = {BLOCK: {"kind": kind, "html": dict(html)}, "text/html": shown, "text/plain": kind, **data}
    if FINDING in data:
        bundle["text/plain"] = data[FINDING]["statement"][first]
    display(bundle, raw=True)

