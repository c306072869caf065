"""The problems of data for people and for programs."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from insights.contract import TABLES
from insights.language import Text, _
from insights.problems import SEVERITIES, Example, Problem

SHOWN = 80
_MARKS = {"error": _("error"), "excluded": _("left out"), "warning": _("warning"), "note": _("note")}


def as_text(problems: Iterable[Problem], language: str = "en") -> str:
    """All problems for a terminal: by table in the contract's order, errors first, each with where and what to do."""
    problems = list(problems)
    lines = []
    for table in _tables(problems):
        lines += [table, "-" * len(table)]
        for problem in _ordered(p for p in problems if p.table == table):
            lines += _lines(problem, language)
        lines.append("")
    return "\n".join([*lines, _summary(problems).render(language)])


def as_json(problems: Iterable[Problem]) -> dict:
    """All problems as plain JSON; `ok` says that there is no error."""
    problems = list(problems)
    counts = Counter(problem.severity for problem in problems)
    return {
        "schema": 1, "ok": not counts["error"], "errors": counts["error"], "excluded": counts["excluded"],
        "warnings": counts["warning"], "notes": counts["note"],
        "problems": [problem.to_json() for table in _tables(problems)
                     for problem in _ordered(p for p in problems if p.table == table)],
    }


def _tables(problems: list[Problem]) -> list[str]:
    names = dict.fromkeys(problem.table for problem in problems)
    order = {name: i for i, name in enumerate(TABLES)}
    return sorted(names, key=lambda name: (order.get(name, -1), name))


def _ordered(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: SEVERITIES.index(problem.severity))


def _lines(problem: Problem, language: str) -> list[str]:
    mark = _MARKS[problem.severity].render(language)
    lines = [f"  {mark}: {printable(problem.message.render(language))}"]
    lines += [f"      {_where(example, language)}" for example in problem.examples if problem.severity != "note"]
    remedy = printable(problem.remedy.render(language)).strip()
    return [*lines, f"    → {remedy}"] if remedy and problem.severity != "note" else lines


def _where(example: Example, language: str) -> str:
    parts = []
    if example.file is not None:
        parts.append(printable(example.file))
    if example.line is not None:
        parts.append(_("line {line}", line=example.line).render(language))
    if example.row is not None:
        parts.append(_("row {row}", row=example.row).render(language))
    if example.key is not None:
        parts.append(_shown(example.key))
    where = ", ".join(parts)
    return where if example.value is None else f"{where}: {_('“{text}”', text=_shown(example.value)).render(language)}"


def _shown(value: str) -> str:
    value = printable(value)
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def printable(text: str) -> str:
    """The text without characters that move the cursor, colour a terminal or turn the direction of writing."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cf") else "\N{REPLACEMENT CHARACTER}" for c in text)


def _summary(problems: list[Problem]) -> Text:
    counts = Counter(problem.severity for problem in problems)
    if not problems:
        return _("The data keep the contract; nothing to report.")
    return _("Errors: {errors}; left out and counted: {excluded}; warnings: {warnings}; notes: {notes}.",
             errors=counts["error"], excluded=counts["excluded"], warnings=counts["warning"], notes=counts["note"])
