"""Written reasons of lost leads brought to causes by a table of phrases that a firm can edit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from insights.models.texts import cleaned, folded, words
from insights.tables.reasons import NONE, Rules

BETWEEN = r"\W+(?:\w+\W+){0,2}?"
_LONGEST = 2_000


class Classifier:
    """Which cause a written reason speaks of: the first in the order of the rules of which a phrase holds."""

    def __init__(self, rules: Rules) -> None:
        self._causes = tuple((cause, re.compile("|".join(_pattern(p) for p in phrases)))
                             for cause, phrases in rules.items() if phrases)

    def cause(self, reason: str) -> str | None:
        """The cause; None where no phrase holds, or only one that says nothing."""
        text = folded(cleaned(reason)[:_LONGEST])
        found = next((cause for cause, pattern in self._causes if pattern.search(text)), None)
        return None if found == NONE else found


def _pattern(phrase: str) -> str:
    """A phrase as a regular expression over folded text: beginnings of words in this order, at most two between."""
    first = phrase.startswith("^")
    parts = [rf"\b{re.escape(word.rstrip('.'))}" + (r"\b" if word.endswith(".") else r"\w*")
             for word in folded(phrase.lstrip("^")).split()]
    return (r"^\W*" if first else "") + BETWEEN.join(parts)


def commonest(reasons: Mapping[str, int], most: int = 10, least: int = 3) -> list[tuple[str, int]]:
    """The words that the most leads have in reasons (text: number of leads), names masked; a word of fewer leads than
    `least` is left out, since it may name somebody."""
    counted: Counter[str] = Counter()
    for text, leads in reasons.items():
        for word in set(words(cleaned(text))):
            counted[word] += leads
    return [(word, n) for word, n in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])) if n >= least][:most]


def causes(reasons: Iterable[str | None], rules: Rules) -> dict[str, str | None]:
    """The cause of each different reason."""
    classify = Classifier(rules)
    return {reason: classify.cause(reason) for reason in set(reasons) if reason}
