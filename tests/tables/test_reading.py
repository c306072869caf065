"""Specification: how texts become values, and what is said where they do not."""

import datetime as dt
from decimal import Decimal

import pytest

from tests.tables.firms import COMPANIES, LEADS, STAGES, checked, firm, found, rows

AMOUNTS = [{**STAGES[10], "lead_id": f"l{i}"} for i in range(1, 5)]


def amounts(tmp_path, *texts):
    """A firm whose wins have these amounts."""
    stages = [
        {"lead_id": f"l{i}", "stage": "won", "entered_at": "2026-02-10", "amount": text, "currency": "PLN"}
        for i, text in enumerate(texts, 1)
    ]
    return checked(tmp_path, firm(lead_stages=stages))


def read(result):
    return [row["amount"] for row in rows(result, "lead_stages", "amount")]


def test_decimal_comma_is_recognised_where_the_whole_column_has_it(tmp_path):
    result = amounts(tmp_path, "1 234,50", "1\u00a0234,5", "17", "1.234.567,89")
    assert read(result) == [Decimal("1234.5"), Decimal("1234.5"), Decimal(17), Decimal("1234567.89")]
    (note,) = found(result, "decimal_comma")
    assert note.count == 3 and not result.errors


def test_mixed_decimal_signs_are_an_error_with_both_examples(tmp_path):
    (problem,) = found(amounts(tmp_path, "10,50", "10.50"), "mixed_decimal_signs")
    assert problem.count == 2 and [(e.row, e.value) for e in problem.examples] == [(1, "10,50"), (2, "10.50")]


def test_a_comma_before_three_digits_is_never_guessed(tmp_path):
    (problem,) = found(amounts(tmp_path, "1,234", "12"), "ambiguous_comma")
    assert problem.severity == "error" and problem.examples[0].value == "1,234"
    assert '[formats."lead_stages.amount"] decimal' in problem.remedy.render("en")


def test_spaces_between_thousands_are_read_and_said(tmp_path):
    result = amounts(tmp_path, "1 234.50", "2 000 000")
    assert read(result) == [Decimal("1234.5"), Decimal(2000000)]
    assert found(result, "thousands_separated")[0].count == 2


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("12 zł", "not_a_number"),
        ("inf", "infinite_number"),
        ("-Infinity", "infinite_number"),
        ("1e308", "number_too_large"),
        ("NaN", "nothing_as_text"),
        ("NULL", "nothing_as_text"),
        ("N/A", "nothing_as_text"),
        ("-", "nothing_as_text"),
        ("1 23", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1_000", "not_a_number"),
    ],
)
def test_what_is_no_amount_is_an_error_with_row_key_and_value(tmp_path, text, rule):
    (problem,) = found(amounts(tmp_path, "5", text), rule)
    assert problem.severity == "error" and (problem.table, problem.column) == ("lead_stages", "amount")
    assert [(e.row, e.value) for e in problem.examples] == [(2, text)]


def test_more_than_four_decimals_are_rounded_and_said(tmp_path):
    result = amounts(tmp_path, "0.12345")
    assert read(result) == [Decimal("0.1235")] and found(result, "rounded_amount")[0].count == 1


def test_whole_numbers(tmp_path):
    companies = [{**COMPANIES[0], "employees": "85.0"}, {**COMPANIES[1], "employees": "12.5"}]
    result = checked(tmp_path, firm(companies=companies))
    assert found(result, "whole_from_decimal") and found(result, "not_whole")[0].examples[0].value == "12.5"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-05", dt.datetime(2026, 1, 5)),
        ("2026-01-05T14:05", dt.datetime(2026, 1, 5, 14, 5)),
        ("2026-01-05 14:05:06.25", dt.datetime(2026, 1, 5, 14, 5, 6, 250000)),
        ("2026-01-05T14:05:06.123456789", dt.datetime(2026, 1, 5, 14, 5, 6, 123456)),
        ("2026-01-05T14:05Z", dt.datetime(2026, 1, 5, 15, 5)),
        ("2026-01-05 14:05:00 UTC", dt.datetime(2026, 1, 5, 15, 5)),
        ("2026-01-05T14:05:00+0000", dt.datetime(2026, 1, 5, 15, 5)),
        ("2026-01-05T14:05+05", dt.datetime(2026, 1, 5, 10, 5)),
        ("2026-01-05T14:05:00.5-05:30", dt.datetime(2026, 1, 5, 20, 35, 0, 500000)),
        ("2026-07-05T23:30:00Z", dt.datetime(2026, 7, 6, 1, 30)),
    ],
)
def test_iso_times_are_read_and_offsets_become_local_time(tmp_path, text, moment):
    result = checked(
        tmp_path, firm(leads=[{**LEADS[0], "created_at": text}], lead_stages=STAGES[:1]), 'time_zone = "Europe/Warsaw"'
    )
    assert rows(result, "leads")[0]["created_at"] == moment and not result.errors


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("01/02/2026", "Day and month cannot be told apart safely"),
        ("30.09.2026", 'date = "%d.%m.%Y"'),
        ("46000", "Excel's day numbers"),
        ("1767225600", "Unix times"),
        ("2026/09/30", 'date = "%Y/%m/%d"'),
        ("20260930", 'date = "%Y%m%d"'),
        ("last week", "Give ISO 8601"),
        ("2026-9-3", "Give ISO 8601"),
    ],
)
def test_other_dates_are_errors_that_say_what_to_declare(tmp_path, text, remedy):
    (problem,) = found(checked(tmp_path, firm(leads=[{**LEADS[0], "created_at": text}])), "date_format")
    assert problem.severity == "error" and problem.examples[0].value == text
    assert remedy in problem.remedy.render("en")


def test_a_day_that_does_not_exist_is_an_error(tmp_path):
    (problem,) = found(checked(tmp_path, firm(leads=[{**LEADS[0], "created_at": "2026-02-30"}])), "impossible_date")
    assert problem.examples[0].value == "2026-02-30"


def test_an_unknown_stage_is_an_error_with_the_line_for_the_mapping(tmp_path):
    (problem,) = found(
        checked(tmp_path, firm(lead_stages=[*STAGES, {"lead_id": "l3", "stage": "Proposl"}])), "unknown_word"
    )
    assert problem.severity == "error" and problem.examples[0].row == 13
    assert '[values."lead_stages.stage"] "Proposl" = "proposal"' in problem.remedy.render("en")


def test_stages_in_other_spelling_are_read_and_said(tmp_path):
    result = checked(
        tmp_path, firm(lead_stages=[*STAGES, {"lead_id": "l3", "stage": "WON", "entered_at": "2026-02-01"}])
    )
    assert rows(result, "lead_stages")[-1]["stage"] == "won"
    assert "“WON” (1)" in found(result, "word_in_other_form")[0].message.render("en")


def test_an_unknown_role_is_left_empty_and_counted(tmp_path):
    contacts = [
        {"contact_id": "p1", "company_id": "c1", "buying_role": "boss"},
        {"contact_id": "p2", "company_id": "c1", "buying_role": "Economic Buyer"},
    ]
    result = checked(tmp_path, firm(contacts=contacts))
    (problem,) = found(result, "unknown_word_ignored")
    assert problem.severity == "excluded" and problem.count == 1 and "“boss” (1)" in problem.message.render("en")
    assert [row["buying_role"] for row in rows(result, "contacts")] == [None, "economic_buyer"]


def test_an_unknown_currency_is_an_error_and_never_the_firms_own(tmp_path):
    stages = [*STAGES[:10], {**STAGES[10], "currency": "zł"}]
    (problem,) = found(checked(tmp_path, firm(lead_stages=stages)), "unknown_currency")
    assert problem.severity == "error" and "“zł” (1)" in problem.message.render("en")


@pytest.mark.parametrize("text", ["None", "NULL", "n/a", "Select"])
def test_texts_that_may_mean_nothing_stay_and_are_said(tmp_path, text):
    result = checked(tmp_path, firm(companies=[{**COMPANIES[0], "name": text}, COMPANIES[1]]))
    (problem,) = found(result, "nothing_kept")
    assert problem.severity == "warning" and f"“{text}” (1)" in problem.message.render("en")
    assert rows(result, "companies")[0]["name"] == text and not result.errors


def test_an_empty_required_value_is_an_error_with_its_row(tmp_path):
    (problem,) = found(
        checked(tmp_path, firm(companies=[COMPANIES[0], {**COMPANIES[1], "name": " "}])), "required_empty"
    )
    assert (problem.column, problem.examples[0].row) == ("name", 2)


def test_spaces_are_cut_off_and_composed_letters_made_one(tmp_path):
    result = checked(tmp_path, firm(companies=[{**COMPANIES[0], "name": " Z\u0307abka "}, COMPANIES[1]]))
    assert rows(result, "companies")[0]["name"] == "Żabka" and found(result, "trimmed")[0].count == 1


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "../../etc/passwd",
        "x" * 10_000,
        "'; drop table companies; --",
    ],
)
def test_hostile_names_are_only_names(tmp_path, name):
    result = checked(tmp_path, firm(companies=[{**COMPANIES[0], "name": name}, COMPANIES[1]]))
    assert rows(result, "companies")[0]["name"] == name and not result.problems


def test_identifiers_keep_leading_zeros_and_points(tmp_path):
    companies = [{**COMPANIES[0], "company_id": "007"}, {**COMPANIES[1], "company_id": "17850.0"}]
    leads = [{**LEADS[0], "company_id": "007"}, {**LEADS[1], "company_id": "17850.0"}]
    result = checked(tmp_path, firm(companies=companies, leads=leads, lead_stages=STAGES[:2]))
    assert [row["company_id"] for row in rows(result, "leads")] == ["007", "17850.0"] and not result.problems
