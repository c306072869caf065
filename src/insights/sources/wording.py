"""Problems of a mapping's words: the line where they stand, and the nearest right word."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from insights.language import ListOf, Text
from insights.problems import Example, Problem

TABLE = "mapping"


class Complaints:
    """Collects the problems of one mapping file; `text` is the file's, to find the lines of its words."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file, self._lines = file, text.splitlines()
        self.problems: list[Problem] = []

    def unknown(self, kind: str, word: str, known: Collection[str], place: str = "") -> None:
        """`word` is no section, key, table, column or view; `known` are. `place` is the section or key it stands in."""
        self.add(f"mapping_unknown_{kind}", word, word=word, place=place, hint=hint(word, known))

    def wrong(self, word: str, value: object, expected: Text) -> None:
        """The value of a key is none that the key takes."""
        self.add("mapping_value", word, word=word, value=str(value)[:80], expected=expected)

    def add(self, rule: str, at: str, /, **values: object) -> None:
        """A problem that stands where the word `at` does; `values` fill its sentences."""
        example = Example(value=at, file=self.file, line=self.line(at))
        self.problems.append(Problem(rule, TABLE, examples=(example,), values={"file": self.file, **values}))

    def line(self, word: str) -> int | None:
        """The first line that holds the word as a whole, comments left out."""
        pattern = re.compile(r"^[^#]*(?<![\w.])" + re.escape(word) + r"(?![\w.])")
        return next((n for n, line in enumerate(self._lines, 1) if pattern.search(line)), None)


def hint(word: str, known: Collection[str]) -> Text:
    """Which known word is meant, or which there are."""
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if near:
        return Text("Did you mean {nearest}?", nearest=folded[near[0]])
    if not known:
        return Text("There is none.")
    return Text("There are: {known}.", known=ListOf(sorted(known)))
