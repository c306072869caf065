"""The one Jinja environment that pages and fragments share: everything is escaped unless it is markup already."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from insights.language import Text, render, translate

if TYPE_CHECKING:
    import jinja2

TEMPLATES = Path(__file__).with_name("template")
# The longest example that is quoted, and the longest name and sentence in a table's cell: names can be of any length.
QUOTED, CELL, SENTENCE = 80, 200, 600
# Marks that turn the direction of the text around them: a name that holds one could disguise its neighbours.
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
_LEGAL_FORMS = ("Sp.", "o.o.", "r.o.", "S.A.", "Co.", "Ltd.", "Inc.")
_SENTENCE_END = re.compile("(?<=[.?!])" + "".join(f"(?<!{re.escape(form)})" for form in _LEGAL_FORMS)
                           + " (?=[„“(]?[A-ZÀ-ÞĄĆĘŁŃŚŹŻ])")


@functools.cache
def environment() -> jinja2.Environment:
    """The environment, its templates compiled once a process."""
    import jinja2

    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False, finalize=_finalised,
    )
    env.globals["_"] = jinja2.pass_context(lambda context, msgid, **values: _sentence(context, msgid, values))
    env.globals["style"] = style
    env.globals |= {"CELL": CELL, "SENTENCE": SENTENCE}
    env.globals["language_name"] = language_name
    env.filters["text"] = jinja2.pass_context(lambda context, value: render(value, context["language"]))
    env.filters["localised"] = jinja2.pass_context(lambda context, value: localised(value, context["language"]))
    env.filters["sentences"] = sentences
    env.filters["shortened"] = shortened
    env.filters["anchor"] = anchor
    env.filters["css_text"] = css_text
    return env


def _sentence(context: Mapping, msgid: str, values: dict) -> str:
    return Text(msgid, **values).render(context["language"])


def localised(value: object, language: str) -> str:
    """A text that is stored in one of its three forms: per language, as a sentence, or as a message id."""
    if isinstance(value, Mapping):
        return value[language]
    return translate(value, language) if isinstance(value, str) and value else render(value, language)


def _finalised(value: object) -> object:
    """What a template puts out: finished markup as it is, anything else made fit to be shown before it is escaped."""
    return value if hasattr(value, "__html__") else shown(str(value))


def shown(text: str) -> str:
    """Text without the characters that HTML forbids or that reverse the direction of what follows them."""
    return text.translate(_BIDI).translate(_CONTROLS)


def sentences(text: str) -> tuple[str, str]:
    """The first sentence of a statement, which is true without the rest, and the rest. The stop of a company's legal
    form ends no sentence."""
    end = _SENTENCE_END.search(text)
    return (text[: end.start()], text[end.start():]) if end else (text, "")


def shortened(text: str, longest: int = QUOTED) -> str:
    """The text, cut with an ellipsis where it is longer than that many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def css_text(text: str) -> Markup:
    """A text as a string of a style sheet: all but letters, digits and spaces is written by its number, so that nothing
    in it can end the string, the rule or the element."""
    written = "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in shown(shortened(text, CELL)))
    return Markup(f'"{written}"')


def anchor(identity: str) -> str:
    """An id for HTML from a finding's id or a heading: readable, unique, the same in every language and run."""
    plain = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")
    return f"{words or 'part'}-{hashlib.sha256(identity.encode()).hexdigest()[:6]}"


@functools.cache
def style() -> str:
    """The style sheet, inlined on every page: comments and indentation left out."""
    css = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "style.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    return "\n".join(line.strip() for line in css.splitlines() if line.strip())


def language_name(language: str) -> str:
    """A language as its own speakers call it: "Polski"."""
    from babel import Locale

    return Locale.parse(language).get_display_name(language).capitalize()


def file_name(name: str, language: str, languages: tuple[str, ...]) -> str:
    """The file of a page: `index.html` in the first language, `index.pl.html` in another, `<notebook>.pl.html`."""
    return "index.html" if name == "index" and language == languages[0] else f"{name}.{language}.html"
