"""Words of three languages brought to a common form: typing errors undone, and words of one meaning given one name."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib import resources

_FAMILY = 4
_SHORTEST = 5
_OFTEN = 2
"""A word is taken for a typing error of another that is one edit away where the other's family is so many times as
frequent."""


@functools.cache
def beginnings() -> dict[str, str]:
    """The concept of each beginning of a word, from `concepts.txt`."""
    text = (resources.files("insights") / "models" / "concepts.txt").read_text(encoding="utf-8")
    lines = (line.split(":") for line in text.splitlines() if line and not line.startswith("#"))
    return {start: name.strip() for name, starts in lines for start in starts.split()}


@functools.cache
def concepts() -> frozenset[str]:
    """The names of all concepts."""
    return frozenset(beginnings().values())


@functools.lru_cache(maxsize=65_536)
def concept(word: str) -> str | None:
    """The concept whose longest beginning the word has; None for a word of no concept."""
    known = beginnings()
    return next((known[word[:n]] for n in range(min(len(word), 12), 2, -1) if word[:n] in known), None)


def corrected(documents: Iterable[list[str]]) -> dict[str, str]:
    """Typing errors and what was meant: words one edit (a letter more, less, other, or two swapped) from a word whose
    family is at least twice as frequent; time grows with the number of words."""
    from rapidfuzz.distance import OSA

    counts = Counter(word for words in documents for word in set(words))
    family: Counter[str] = Counter()
    for word, n in counts.items():
        family[word[:_FAMILY]] += n
    near: dict[str, list[str]] = defaultdict(list)
    for word in counts:
        if len(word) >= _SHORTEST:
            for form in _shortened(word):
                near[form].append(word)
    found: dict[str, str] = {}
    for word in sorted(counts):
        if len(word) < _SHORTEST:
            continue
        others = {other for form in _shortened(word) for other in near[form]
                  if other != word and other[:_FAMILY] != word[:_FAMILY]}
        meant = [other for other in others if family[other[:_FAMILY]] >= _OFTEN * family[word[:_FAMILY]]
                 and OSA.distance(word, other) == 1]
        if meant:
            found[word] = max(meant, key=lambda other: (family[other[:_FAMILY]], other))
    return found


def brought_together(words: Iterable[str], meant: Mapping[str, str]) -> list[str]:
    """The words with typing errors undone, each of a concept replaced by the concept's name."""
    return [concept(meant.get(word, word)) or meant.get(word, word) for word in words]


def _shortened(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1:] for i in range(len(word)))}
