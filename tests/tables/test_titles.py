"""Job titles to functions."""

import tomllib
from pathlib import Path

import pytest

from insights.tables import titles
from insights.tables.titles import FUNCTIONS, function_named, read_titles


@pytest.mark.parametrize("title, function, role", [
    ("Prezes", "board", "economic_buyer"), ("Główny Mechanik", "maintenance", "influencer"),
    ("Utrzymanie Ruchu", "maintenance", "user"), ("Kierownik działu zakupów", "purchasing", "gatekeeper"),
    ("Zakupy", "purchasing", "gatekeeper"), ("Einkauf", "purchasing", "gatekeeper"),
    ("Leiter Einkauf", "purchasing", "gatekeeper"), ("Leiter der Instandhaltung", "maintenance", "user"),
    ("Technischer Leiter", "technical management", "decision_maker"),
    ("Dyrektor ds. technicznych", "technical management", "decision_maker"),
    ("TECHNICAL DIRECTOR", "technical management", "decision_maker"),
    ("Geschäftsführerin", "board", "economic_buyer"), ("Finance director", "finance", "economic_buyer"),
    ("Vice President Purchasing", "purchasing", "economic_buyer"), ("Właścicielka", "board", "economic_buyer"),
])
def test_titles_in_three_languages_have_a_function(title, function, role):
    found = read_titles([title])[title]
    assert (found.function, found.role) == (function, role)


@pytest.mark.parametrize("title", ["Directeur des achats", "Vedoucí nákupu", "Dyrektor", "Anna", ""])
def test_titles_of_another_language_and_empty_words_stay_unread(title):
    assert read_titles([title]) == {}


def test_the_firms_own_entries_go_first_and_may_name_functions_of_their_own():
    own = {"Technischer Leiter": "production", "Vedoucí nákupu": "purchasing", "Hutmacher*": "hat making"}
    found = read_titles(["Technischer Leiter", "Vedoucí nákupu", "Hutmacherin", "Prezes"], own)
    assert {t: f.function for t, f in found.items()} == {
        "Technischer Leiter": "production", "Vedoucí nákupu": "purchasing", "Hutmacherin": "hat making",
        "Prezes": "board"}


def test_strategies_and_campaigns_name_functions_or_titles():
    assert function_named("Purchasing") == "purchasing" and function_named("technical_management") is not None
    assert function_named("Dyrektor techniczny") == "technical management"
    assert function_named("purchasing manager") == "purchasing"
    assert function_named("the moon") is None


def test_every_shipped_title_has_a_known_function_and_role():
    from insights.contract.model import BUYING_ROLES
    from insights.tables.titles import _shipped

    for _words, title in _shipped():
        assert title.function in FUNCTIONS and title.role in BUYING_ROLES


def test_a_template_of_unread_titles_becomes_a_section_that_reads_them():
    text = titles.template({"Vedoucí údržby": 3, 'Chef "technique"': 9})
    assert text.index("Chef") < text.index("Vedoucí") and tomllib.loads(text) == {"job_titles": {}}
    filled = text.replace("# \"", "\"").replace('= ""', '= "maintenance"')
    own = tomllib.loads(filled)["job_titles"]
    assert titles.read_titles(["Vedoucí údržby"], own)["Vedoucí údržby"].function == "maintenance"


def test_the_documentation_is_written_from_the_table():
    page = (Path(__file__).parents[2] / "docs" / "job-titles.md").read_text(encoding="utf-8")
    assert page == titles.page(), (
        "docs/job-titles.md is no longer what insights.tables.titles.page() gives: write it again")
