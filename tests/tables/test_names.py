"""Specification: countries and industries."""

import csv
from pathlib import Path

import pytest

import insights.tables
from insights.tables.countries import country_codes
from insights.tables.industries import industry_codes
from tests.tables.firms import COMPANIES, checked, firm, found, rows

FOLDER = Path(insights.tables.__file__).parent


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PL", "PL"),
        ("pl", "PL"),
        ("POL", "PL"),
        ("Polska", "PL"),
        ("Poland", "PL"),
        ("Polen", "PL"),
        ("Polsko", "PL"),
        ("NIEMCY", "DE"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("USA", "US"),
        ("United States", "US"),
        ("Turkey", "TR"),
        ("Turkiye", "TR"),
        ("South Korea", "KR"),
        ("Česko", "CZ"),
        ("cote d'ivoire", "CI"),
        ("Vietnam", "VN"),
        ("Čína", "CN"),
    ],
)
def test_codes_and_names_of_countries(text, code):
    assert country_codes({text: 1}) == {text: code}


@pytest.mark.parametrize("text", ["Korea", "Philipines", "Europe", "XK", "EU", "world", "48", "Poland/Germany", "None"])
def test_what_is_no_country_is_not_guessed(text):
    assert country_codes({text: 1}) == {}


def test_na_is_namibia_among_codes_only():
    assert country_codes({"NA": 1, "PL": 5, "DE": 2})["NA"] == "NA"
    assert "NA" not in country_codes({"NA": 1, "Poland": 5})
    assert country_codes({"NA": 7}) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C", "C"),
        ("28", "C28"),
        ("C28", "C28"),
        ("28.1", "C28"),
        ("28.11.Z", "C28"),
        ("C28.11", "C28"),
        ("c 28", "C28"),
        ("01.11.Z", "A01"),
        ("Machinery", "C28"),
        ("manufacturing", "C"),
        ("Banking", "K64"),
        ("software", "J62"),
        ("COMPUTER_SOFTWARE", "J62"),
        ("Telecommunications", "J61"),
        ("retail", "G47"),
        ("Education", "P85"),
        ("Hospital & Health Care", "Q86"),
        ("Produkcja maszyn i urządzeń, gdzie indziej niesklasyfikowana", "C28"),
        ("Manufacture of machinery and equipment n.e.c.", "C28"),
        ("przetwórstwo przemysłowe", "C"),
    ],
)
def test_codes_labels_and_usual_names_of_industries(text, code):
    assert industry_codes([text]) == {text: code}


@pytest.mark.parametrize("text", ["services", "technology", "medical", "K62", "C99", "04", "2811", "other", "Z", ""])
def test_what_has_no_single_meaning_is_not_guessed(text):
    assert industry_codes([text]) == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("K62", "J62"),
        ("62.01.Z", "J62"),
        ("L", "K"),
        ("M68", "L68"),
        ("N73", "M73"),
        ("R86", "Q86"),
        ("V", "U"),
        ("C28", "C28"),
        ("46", "G"),
        ("60", "J"),
    ],
)
def test_codes_of_revision_2_1_where_declared(text, code):
    assert industry_codes([text], "2.1") == {text: code}


@pytest.mark.parametrize("text", ["95", "T95", "T", "G45", "J62"])
def test_what_revision_2_1_split_or_does_not_have_stays_open(text):
    assert industry_codes([text], "2.1") == {}


def test_the_tables_are_whole():
    with (FOLDER / "nace_rev2.csv").open(encoding="utf-8") as stream:
        nace = list(csv.DictReader(stream))
    codes = {row["code"] for row in nace}
    assert sum(not row["parent"] for row in nace) == 21 and sum(bool(row["parent"]) for row in nace) == 88
    assert all(row["label_en"] and row["label_pl"] for row in nace)
    assert all(row["parent"] == row["code"][0] in codes for row in nace if row["parent"])
    with (FOLDER / "nace_rev2_1.csv").open(encoding="utf-8") as stream:
        later = list(csv.DictReader(stream))
    assert sum(len(row["code"]) == 1 for row in later) == 22 and sum(len(row["code"]) == 3 for row in later) == 87
    assert {row["rev2"] for row in later} - {""} <= codes
    with (FOLDER / "industry_aliases.csv").open(encoding="utf-8") as stream:
        aliases = list(csv.DictReader(stream))
    assert {row["code"] for row in aliases} <= codes
    assert len({row["name"].casefold() for row in aliases}) == len(aliases)


def test_what_is_mapped_and_what_is_not_is_listed(tmp_path):
    companies = [
        {**COMPANIES[0], "industry": "Machinery", "country": "Polska"},
        {**COMPANIES[1], "industry": "services", "country": "Atlantis"},
    ]
    result = checked(tmp_path, firm(companies=companies))
    assert "“Machinery → C28” (1)" in found(result, "industry_mapped")[0].message.render("en")
    assert "“Polska → PL” (1)" in found(result, "country_mapped")[0].message.render("en")
    unmapped = found(result, "industry_unmapped") + found(result, "country_unmapped")
    assert [p.severity for p in unmapped] == ["excluded", "excluded"]
    assert "“Atlantis” (1)" in unmapped[1].message.render("en")
    assert [
        (r["industry"], r["industry_given"], r["country"], r["country_given"]) for r in rows(result, "companies")
    ] == [("C28", "Machinery", "PL", "Polska"), (None, "services", None, "Atlantis")]
