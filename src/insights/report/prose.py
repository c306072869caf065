"""The prose of a notebook: its markdown, translated paragraph by paragraph.

A paragraph, a heading and each item of a list is a message of its own; its id is the markdown source without the mark
that opens it, white space made single.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from insights.language import translate

_MARK = re.compile(r"(?P<mark>#{1,6}|[-*]|\d+[.]|>) +")


class Passage(NamedTuple):
    """A piece of prose: the mark that opens it ("##", "-", or nothing) and its message id."""

    mark: str
    msgid: str

    @property
    def level(self) -> int:
        """1 for a notebook's title, 2 for a section, ...; 0 for what is no heading."""
        return len(self.mark) if self.mark.startswith("#") else 0


def passages(markdown: str) -> list[Passage]:
    """The pieces of a markdown cell in their order."""
    return [passage for block in re.split(r"\n\s*\n", markdown.strip()) for passage in _block(block)]


def _block(block: str) -> Iterator[Passage]:
    mark, words = "", []
    for line in block.splitlines():
        opening = _MARK.match(line.strip())
        if opening:
            if words:
                yield Passage(mark, " ".join(words))
            mark, words = opening["mark"], []
        words += line.strip()[opening.end() if opening else 0:].split()
        if mark.startswith("#"):
            yield Passage(mark, " ".join(words))
            mark, words = "", []
    if words:
        yield Passage(mark, " ".join(words))


def pieces(markdown: str, language: str) -> Iterator[tuple[Passage | None, str]]:
    """A cell in that language: each heading with its plain text, and the prose between headings as (None, HTML).

    What the catalogue lacks stays English.
    """
    for heading, group in groupby(passages(markdown), key=lambda passage: passage if passage.level else None):
        if heading:
            yield heading, translate(heading.msgid, language)
        else:
            yield None, _html(list(group), language)


def _html(group: list[Passage], language: str) -> str:
    """Trusted prose as HTML; HTML tags in it are shown as text, never run."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    source = ""
    for before, passage in zip([None, *group], group, strict=False):
        in_one_list = passage.mark and before and before.mark[-1:] == passage.mark[-1:]
        source += ("\n" if in_one_list else "\n\n") + f"{passage.mark} {translate(passage.msgid, language)}".strip()
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source.strip())
