"""Free text made ready for reading by a model or a page: names of people masked, markup out, words folded.

E-mail addresses and phone numbers are masked when a table is read; names are masked here, before anything else sees a
text. Folding is the same for Polish, German and English: lower case, no accents, runs of a letter shortened.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from importlib import resources

LONGEST = 2_000
"""Characters of a text that are read; the rest of a longer one adds no theme of its own."""

_TAGS = re.compile(r"<[^<>]{0,500}>")
_ADDRESS = re.compile(r"(https?://|www\.)\S+")
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f]")
_CAPITAL = r"[A-ZĄĆĘŁŃÓŚŹŻÄÖÜ][a-ząćęłńóśźżäöüß'-]+"
_TITLE = (r"\b(?:[Pp]an(?:a|u|em|i|ią|ią)?|[Pp]aństwo|Herrn?|Frau|Mr|Mrs|Ms|Miss|Dr|dr|inż|mgr|prof|p)\b\.?"
          rf"(?:\s+{_CAPITAL}){{1,3}}")
_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_PLAIN = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "ø": "o", "đ": "d", "æ": "ae"})


def cleaned(text: str) -> str:
    """The text as a page may quote it: no markup, no web address, no hidden character, names of people masked, one
    space between words, at most LONGEST characters."""
    text = html.unescape(_TAGS.sub(" ", text[:4 * LONGEST]))
    text = _ADDRESS.sub("[address]", _HIDDEN.sub(" ", text))
    return " ".join(masked_names(text).split())[:LONGEST]


def masked_names(text: str) -> str:
    """The text with [name] for what follows a title (Pan, Herr, Mrs) and for a first name with its surname."""
    return _first_name().sub("[name]", re.sub(_TITLE, "[name]", text))


def words(text: str) -> list[str]:
    """The folded words of a cleaned text that carry meaning: no stop word, no single letter, nothing that begins with a
    digit."""
    text = re.sub(r"\[(name|address|e-mail|phone)\]", " ", text)
    found = (_RUN.sub(r"\1", word) for word in _WORD.findall(folded(text)))
    return [word for word in found
            if len(word) > 1 and not word[0].isdigit() and word not in _listed("stop_words.txt")]


@functools.lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """Lower case without accents: "Żółw" and "zolw" are one word."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(c for c in text if not unicodedata.combining(c))


@functools.cache
def _listed(file: str) -> frozenset[str]:
    text = (resources.files("insights") / "models" / file).read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@functools.cache
def _first_name() -> re.Pattern[str]:
    # A first name alone is masked as well; stems and endings cover the Polish cases (Jana, Markowi, Annę, Pawłem).
    stems = {stem for name in _listed("first_names.txt") for stem in _stems(name)}
    names = "|".join(sorted(stems, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})(?:owi|iem|em|ie|ze|a|u|o|ą|ę|y|i)?\b(?:\s+{_CAPITAL}){{0,2}}")


def _stems(name: str) -> list[str]:
    if name.endswith(("ek", "eł")):
        return [name, name[:-2] + name[-1]]
    return [name, name[:-1]] if name.endswith("a") and len(name) > 3 else [name]
