"""Themes of free text: grouped by meaning in three languages, named by their own words, people masked."""

import numpy as np
import pytest

from insights.models.concepts import corrected
from insights.models.texts import LONGEST, cleaned, words
from insights.models.themes import themes

# Wordings of three needs, unlike those of the synthetic firm.
SAID = {
    "noise": ["Za głośna praca urządzenia", "prosimy o ograniczenie hałasu", "hałas wentylatora przeszkadza załodze",
              "Das Gerät ist zu laut", "Lärm in der Halle", "too much noise", "cieższy hałs niż obiecano"],
    "invoice": ["faktury elektroniczne w jednym pliku", "zbiorcza faktura za miesiąc", "Faktura elektroniczna xml",
                "elektronische Rechnung als XML", "monthly invoice in one file", "one invoice for all sites"],
    "training": ["szkolenie operatorów", "przydałoby się szkolenie dla utrzymania ruchu", "Schulung für Bediener",
                 "Schulung vor Ort", "operator training", "szkolenia online dla operatorów"],
}


def drawn(seed, n=300, coded=0.0):
    rng = np.random.default_rng(seed)
    keys = rng.choice(list(SAID), n)
    texts = [str(rng.choice(SAID[key])) for key in keys]
    codes = [str(key) if rng.random() < coded else None for key in keys]
    return keys, texts, codes


def precision_and_recall(keys, found):
    """Each planted need against the found theme that holds most of its entries."""
    scores = []
    for key in SAID:
        planted = set(np.flatnonzero(keys == key))
        best = max(found, key=lambda t: len(planted & set(t.entries.tolist())))
        hit = len(planted & set(best.entries.tolist()))
        scores.append((hit / len(best.entries), hit / len(planted)))
    return np.mean(scores, axis=0)


@pytest.mark.parametrize("seed", range(5))
def test_themes_with_some_codes_are_found_across_languages(seed):
    keys, texts, codes = drawn(seed, coded=0.3)
    precision, recall = precision_and_recall(keys, themes([cleaned(t) for t in texts], codes, [None] * len(texts)))
    assert precision >= 0.9 and recall >= 0.9


def test_themes_without_any_code_keep_their_own_words():
    keys, texts, codes = drawn(1)
    found = themes([cleaned(t) for t in texts], codes, [None] * len(texts))
    precision, recall = precision_and_recall(keys, found)
    assert precision >= 0.95 and recall >= 0.6
    assert all(not t.code and t.words for t in found)


NOTES = {"begins": ("Serwis zgłasza:", "Notatka handlowca:", "Telefon od klienta,", "Anruf vom Werk:",
                    "Note from call:"),
         "ends": ("", "", "na wczoraj", "czekają na decyzję", "wartet auf Angebot", "waiting for our offer")}


@pytest.mark.parametrize("seed", range(3))
def test_how_a_note_begins_and_ends_makes_no_theme(seed):
    """Who said it and how urgent it is stands beside every need, so it tells of none: in any language, from no list."""
    rng = np.random.default_rng(seed)
    keys, texts, _ = drawn(seed)
    texts = [f"{rng.choice(NOTES['begins'])} {text} {rng.choice(NOTES['ends'])}" for text in texts]
    precision, recall = precision_and_recall(keys, themes([cleaned(t) for t in texts], [None] * 300, [None] * 300))
    assert precision >= 0.97 and recall >= 0.92


def test_the_order_of_the_entries_changes_nothing():
    _, texts, codes = drawn(2, coded=0.2)
    shuffled = np.random.default_rng(0).permutation(len(texts))
    once = themes(texts, codes, [None] * len(texts))
    again = themes([texts[k] for k in shuffled], [codes[k] for k in shuffled], [None] * len(texts))
    assert {frozenset(t.entries.tolist()) for t in once} == {
        frozenset(shuffled[t.entries].tolist()) for t in again}


def test_the_firms_own_link_to_its_roadmap_makes_a_theme():
    texts = ["größere Förderleistung", "more flow", "coś zupełnie innego"]
    found = themes(texts, [None] * 3, ["R1", "R1", None])
    assert {frozenset(t.entries.tolist()) for t in found} >= {frozenset({0, 1})}


def test_entries_without_words_or_code_are_in_no_theme():
    found = themes(["", "!!!", "12345", "hałas"], [None] * 4, [None] * 4)
    assert [t.entries.tolist() for t in found] == [[3]]


def test_many_texts_are_grouped_without_comparing_all_pairs():
    rng = np.random.default_rng(3)
    keys = rng.choice(list(SAID), 6_000)
    texts = [f"{rng.choice(SAID[key])} {rng.integers(10_000)}x" for key in keys]
    codes = [str(key) if rng.random() < 0.2 else None for key in keys]
    precision, recall = precision_and_recall(keys, themes(texts, codes, [None] * len(texts)))
    assert precision >= 0.9 and recall >= 0.9


@pytest.mark.parametrize("text, shown", [
    ("Pan Kowalski prosi o alarm", "[name] prosi o alarm"),
    ("rozmowa z panią Anną Nowak o cenie", "rozmowa z [name] o cenie"),
    ("Herr Müller wünscht Alarm", "[name] wünscht Alarm"),
    ("Jan Wiśniewski: za drogo", "[name]: za drogo"),
    ("called Mr John Smith about price", "called [name] about price"),
    ("przekazano Markowi Zielińskiemu", "przekazano [name]"),
    ("<b>Za głośno</b><script>alert(1)</script> &amp; drogo", "Za głośno alert(1) & drogo"),
    ("patrz https://example.com/a?b=1 proszę", "patrz [address] proszę"),
    ("alarm\u202e na\u200b telefon", "alarm na telefon"),
    ("Zawór Z12 i pompa W20 przeciekają", "Zawór Z12 i pompa W20 przeciekają"),
])
def test_people_and_markup_are_taken_out(text, shown):
    assert cleaned(text) == shown


def test_a_very_long_text_is_cut():
    assert len(cleaned("alarm " * 50_000)) <= LONGEST


def test_typing_errors_are_undone_towards_the_commoner_word():
    said = [["alarmy"], ["alarm"], ["alarmow"], ["alram"], ["pompa"], ["pompy"]]
    assert corrected(said) == {"alram": "alarm"}


def test_words_are_folded_and_stop_words_left_out():
    assert words("Prosimy o ŻÓŁTY zawór, dłuuugo czekamy 123") == ["zolty", "zawor", "dlugo", "czekamy"]
