"""The gettext catalogues: one folder for each language under `insights/locale`, every .po file in it merged.

The message ids are the English sentences. Catalogues are compiled in memory when a language is first used, so that no
generated file lies in the repository.
"""

from __future__ import annotations

import functools
import gettext
import io
from importlib import resources

LANGUAGES = ("en", "pl")
SOURCE_LANGUAGE = "en"


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language; the source language and unknown ones give sentences back unchanged."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=language)
    for path in sorted(_folder(language).iterdir(), key=lambda p: p.name):
        if path.name.endswith(".po"):
            for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
                if message.id and message.string:
                    merged.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _folder(language: str):
    return resources.files("insights") / "locale" / language


def translate(msgid: str, language: str) -> str:
    """The sentence in that language; the English one where no translation stands."""
    return catalogue(language).gettext(msgid)


def translate_plural(msgid: str, plural: str, n: int, language: str) -> str:
    """The sentence in the plural form that n asks for."""
    return catalogue(language).ngettext(msgid, plural, n)
