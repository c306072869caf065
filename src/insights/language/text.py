"""A sentence with values, rendered when its language is known."""

from __future__ import annotations

import re
from collections.abc import Mapping

from insights.language.catalogue import translate, translate_plural

_TWO_STOPS = re.compile(r"(\b(?:r|tys|mln|mld))\.\.(?=\s|$)")


class Text:
    """A sentence: `msgid` is its English form with {placeholders}, `values` fill them.

    Values may be strings, numbers, other sentences, or typed values (`Money`, `Share`, ...), each rendered in the
    language of the sentence. With `plural` and `n` the form is chosen by n. Rendering gives plain text: whoever writes
    HTML escapes it.
    """

    __slots__ = ("msgid", "n", "plural", "values")

    def __init__(self, msgid: str, *, plural: str | None = None, n: object = None, **values: object) -> None:
        if plural is not None and n is None:
            raise TypeError("a plural needs n")
        if plural is None and n is not None:
            values["n"], n = n, None
        self.msgid, self.plural, self.n, self.values = msgid, plural, n, values

    def render(self, language: str) -> str:
        """The sentence in that language."""
        if self.plural is None:
            template = translate(self.msgid, language)
        else:
            template = translate_plural(self.msgid, self.plural, self.n, language)
        if not self.values and self.n is None:
            return template
        values = {name: render(value, language) for name, value in self.values.items()}
        if self.n is not None:
            values.setdefault("n", _count(self.n, language))
        return _one_stop(template.format(**values))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.render("en") == other.render("en")

    def __hash__(self) -> int:
        return hash(self.render("en"))

    def __repr__(self) -> str:
        return f"Text({self.render('en')!r})"


def _one_stop(sentence: str) -> str:
    """An abbreviation's stop at the end of a sentence is the sentence's stop too: "2026 r." and no second one."""
    return _TWO_STOPS.sub(r"\1.", sentence) if ".." in sentence else sentence


class Given:
    """A sentence that is known in every language already, as `findings.json` holds it."""

    __slots__ = ("texts",)

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    def render(self, language: str) -> str:
        """The sentence in that language."""
        return self.texts[language]


def render(value: object, language: str) -> str:
    """Any value of a sentence or a table cell as text in that language; None is empty."""
    if value is None:
        return ""
    if hasattr(value, "render"):
        return value.render(language)
    if isinstance(value, bool):
        return translate("yes" if value else "no", language)
    if isinstance(value, int):
        return _count(value, language)
    if isinstance(value, float):
        raise TypeError("a bare float has no unit: wrap it in Share, Money, Days or Number")
    return str(value)


def _count(n: int, language: str) -> str:
    from insights.language.values import Count

    return Count(n).render(language)
