"""Laws: every sentence of the product stands in every language, whole and with the same places to fill."""

import io
import re

import pytest
from babel.messages.pofile import read_po

from insights.language import LANGUAGES, Text
from insights.language.catalogue import catalogue

from .messages import SOURCE, sentences

OTHERS = [language for language in LANGUAGES if language != "en"]


def _places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated(language):
    known = catalogue(language)
    missing = []
    for msgid, plural in sentences().items():
        if plural is not None:
            missing += [msgid] if known.ngettext(msgid, plural, 5) == plural else []
        elif msgid not in known._catalog:
            missing.append(msgid)
    assert not missing, f"{len(missing)} sentences have no translation into {language}:\n" + "\n".join(missing)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_fuzzy_or_fills_other_places(language):
    for path in sorted((SOURCE / "locale" / language).glob("*.po")):
        for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            assert not message.fuzzy, f"{path.name}: fuzzy: {ids[0]}"
            for string in strings:
                assert string, f"{path.name}: empty: {ids[0]}"
                assert _places(string) <= _places(ids[0]) | {"n"}, f"{path.name}: {ids[0]} -> {string}"
                assert _places(ids[0]) - {"n"} <= _places(string), f"{path.name}: {ids[0]} -> {string}"


def test_no_catalogue_holds_sentences_that_the_product_no_longer_says():
    said = sentences()
    dead = []
    for language in OTHERS:
        for path in sorted((SOURCE / "locale" / language).glob("*.po")):
            for message in read_po(io.BytesIO(path.read_bytes()), locale=language):
                msgid = message.id[0] if isinstance(message.id, tuple) else message.id
                if msgid and msgid not in said:
                    dead.append(f"{path.name}: {msgid}")
    assert not dead, "\n".join(dead)


def test_polish_plurals_have_three_forms():
    forms = {n: Text("{n} lead", plural="{n} leads", n=n).render("pl") for n in (1, 2, 4, 5, 12, 22, 25, 112)}
    assert forms == {1: "1 lead", 2: "2 leady", 4: "4 leady", 5: "5 leadów", 12: "12 leadów", 22: "22 leady",
                     25: "25 leadów", 112: "112 leadów"}
