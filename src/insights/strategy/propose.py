"""A strategy file as the evidence would change it: the firm's own file with a few lines changed, each with the findings
behind it as a comment, or a first file to argue over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import tomlkit

from insights.strategy.model import Strategy

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Edit:
    """One line to change: the words to add to a list and to take out of it, and the ids of the findings behind it. An
    edit without words only puts the findings beside the line. `value` is set where the key is not there yet, `values`
    make an entry of a repeated section; `note` says in words why."""

    section: str
    key: str
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    index: int | None = None
    value: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    note: object = ""


def proposed(strategy: Strategy | None, edits: Sequence[Edit], heading: Sequence[str]) -> str:
    """The proposed file as text. Comments, order and layout of the firm's own file stay; `heading` are the lines of
    comment that open it."""
    document = tomlkit.parse(strategy.text if strategy else "")
    for edit in edits:
        _apply(document, edit)
    lines = "".join(f"# {_comment(line)}\n" for line in heading)
    text = tomlkit.dumps(document).lstrip("\n")
    # The firm's own layout is its own; a first file gets a line of space before each section.
    text = text if strategy else re.sub(r"(?<=[^\n])\n(?=\[)", "\n\n", text)
    return lines + "\n" + text


def _apply(document: tomlkit.TOMLDocument, edit: Edit) -> None:
    note = "; ".join(filter(None, (str(edit.note), edit.because and "because of " + ", ".join(edit.because))))
    if edit.values:
        _append(document, edit, note)
        return
    section = _section(document, edit)
    if section is None:
        return
    before = section.get(edit.key)
    if edit.value:
        if before is None:
            section[edit.key] = edit.value
            section[edit.key].comment(_comment(note))
        return
    if edit.add or edit.drop:
        held = [before] if isinstance(before, str) else list(before or ())
        now = [word for word in held if word not in edit.drop]
        now += [word for word in edit.add if word not in now]
        if now == held:
            return
        array = tomlkit.array()
        array.extend(now)
        section[edit.key] = array
        was = f"was {_shown(held)}, " if before is not None else ""
        section[edit.key].comment(_comment(was + note))
    elif before is not None:
        _beside(section, edit.key, note)


def _append(document: tomlkit.TOMLDocument, edit: Edit, note: str) -> None:
    """Another entry of a repeated section, its note at the head of it."""
    entry = tomlkit.table()
    for key, value in edit.values.items():
        entry[key] = value
    entry.comment(_comment(note))
    if edit.section not in document:
        document[edit.section] = tomlkit.aot()
    document[edit.section].append(entry)


def _section(document: tomlkit.TOMLDocument, edit: Edit):
    """The table that an edit is about, made where it is missing; None for a repeated one that is not there."""
    if edit.index is not None:
        found = document
        for part in edit.section.split("."):
            found = found.get(part) if found is not None else None
        return found[edit.index] if found is not None and edit.index < len(found) else None
    if edit.section not in document:
        document[edit.section] = tomlkit.table()
    return document[edit.section]


def _beside(section, key: str, note: str) -> None:
    item = section[key]
    if hasattr(item, "comment"):
        old = item.trivia.comment.lstrip("# ") if item.trivia.comment else ""
        item.comment(_comment(f"{old}; {note}" if old else note))


def _shown(words: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _comment(line: str) -> str:
    """One line of comment: nothing in it can end it, or turn the direction of what follows."""
    return _UNSAFE.sub(" ", line)[:600]
