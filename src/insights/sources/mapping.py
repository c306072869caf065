"""The mapping file: how a firm's export becomes the canonical tables, as data.

What is wrong with its syntax is a `UsageError` with the line; what is wrong with its words are problems, each with its
line and the nearest right word, so that one call shows all of them.
"""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from insights.contract import TABLES
from insights.language import Text
from insights.problems import Problem, UsageError
from insights.sources.settings import read_settings
from insights.sources.source import Settings
from insights.sources.textfile import ReadOptions
from insights.sources.wording import Complaints

SECTIONS = ("sources", "read", "tables", "missing", "values", "formats", "defaults", "control", "job_titles")
_READ_KEYS = ("encoding", "delimiter", "quote")


@dataclass(frozen=True)
class MappingFile:
    """A mapping as read. `tables` is None where it has no such section: then each file is the table of its name."""

    name: str
    text: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, ReadOptions] = field(default_factory=dict)
    tables: Mapping[str, str] | None = None
    settings: Settings = field(default_factory=Settings)
    problems: tuple[Problem, ...] = ()


def read_mapping(path: Path, sections: tuple[str, ...] = SECTIONS) -> MappingFile:
    """Reads a mapping of which only `sections` are allowed; UsageError where it can't be read or is no TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path.name} is not valid TOML: {error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path.name} is not UTF-8 text (line {line}); save it as UTF-8") from error
    except OSError as error:
        raise UsageError(f"the mapping {path.name} can't be read: {error.strerror}") from error
    complaints = Complaints(path.name, text)
    parts = {}
    for name, content in document.items():
        if name not in sections:
            complaints.unknown("section", name, sections)
        elif not isinstance(content, dict):
            complaints.wrong(name, content, Text("a section: [{name}]", name=name))
        else:
            parts[name] = content
    tables = _tables(parts["tables"], complaints) if "tables" in parts else None
    return MappingFile(
        name=path.name, text=text, tables=tables,
        sources=_texts(parts.get("sources", {}), Text("a file name or pattern in quotes"), complaints),
        read=_read(parts.get("read", {}), complaints),
        settings=read_settings(parts, complaints),
        problems=tuple(complaints.problems),
    )


def _tables(content: Mapping, complaints: Complaints) -> dict[str, str]:
    for name in content:
        if name not in TABLES:
            complaints.unknown("table", name, TABLES)
    known = {name: sql for name, sql in content.items() if name in TABLES}
    return _texts(known, Text("one SELECT in quotes"), complaints)


def _texts(content: Mapping, expected: Text, complaints: Complaints) -> dict[str, str]:
    texts = {}
    for name, value in content.items():
        if isinstance(value, str) and value.strip():
            texts[name] = value
        else:
            complaints.wrong(name, value, expected)
    return texts


def _read(content: Mapping, complaints: Complaints) -> dict[str, ReadOptions]:
    options = {}
    for stem, keys in content.items():
        if not isinstance(keys, dict):
            complaints.wrong(stem, keys, Text('a section of its own: [read."{name}"]', name=stem))
            continue
        for key in keys:
            if key not in _READ_KEYS:
                complaints.unknown("key", key, _READ_KEYS, f'[read."{stem}"]')
        options[stem] = ReadOptions(
            encoding=_option(keys, "encoding", _is_encoding, Text("the name of an encoding: utf-8, cp1250"),
                             complaints),
            delimiter=_option(keys, "delimiter", _is_delimiter, Text("one character"), complaints),
            quote=_option(keys, "quote", _is_quote, Text("one character, or nothing where quotes mean nothing"),
                          complaints),
        )
    return options


def _option(
    keys: Mapping, key: str, valid: Callable[[str], bool], expected: Text, complaints: Complaints,
) -> str | None:
    value = keys.get(key)
    if value is None:
        return None
    if isinstance(value, str) and valid(value):
        return value
    complaints.wrong(key, value, expected)
    return None


def _is_encoding(name: str) -> bool:
    try:
        # Codecs such as base64 turn bytes into bytes; only encodings of text have an answer here.
        return isinstance(b"".decode(codecs.lookup(name).name), str)
    except (LookupError, ValueError):
        return False


def _is_delimiter(value: str) -> bool:
    return len(value) == 1 and value.isascii() and value not in "\r\n\"\0"


def _is_quote(value: str) -> bool:
    return value == "" or _is_delimiter(value) or value == '"'
