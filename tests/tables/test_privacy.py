"""Specification: addresses, numbers and tax numbers never pass the door."""

import hashlib

from tests.tables.firms import COMPANIES, LEADS, STAGES, checked, firm, found, rows

MAIL = "anna.nowak@firma.pl"


def test_a_column_of_addresses_is_dropped_and_said(tmp_path):
    contacts = [{"contact_id": f"p{i}", "company_id": "c1", "job_title": f"person{i}@firma.pl"} for i in range(4)]
    result = checked(tmp_path, firm(contacts=contacts))
    (problem,) = found(result, "personal_column")
    assert problem.severity == "excluded" and (problem.table, problem.column, problem.count) == (
        "contacts",
        "job_title",
        4,
    )
    assert {row["job_title"] for row in rows(result, "contacts")} == {None}
    assert "job_title" not in result.tables["contacts"].columns


def test_phone_numbers_are_found_and_dates_or_amounts_are_not_taken_for_them(tmp_path):
    told = ["+48 601 234 567", "601 234 567", "601-234-567", "(22) 123 45 67", "0048601234567"]
    fine = ["2026-09-30 14:05", "ISO 9001", "1 234 567", "DIN 933 M8", "2019/2020/2021", "order 1234567"]
    feedback = [
        {"feedback_id": str(i), "kind": "need", "recorded_at": "2026-01-05", "text": text}
        for i, text in enumerate([*told, *fine])
    ]
    result = checked(tmp_path, firm(feedback=feedback))
    read = [row["text"] for row in rows(result, "feedback")]
    assert all("[phone]" in text for text in read[:5]) and read[5:] == fine
    assert found(result, "personal_masked")[0].count == 5


def test_customers_own_words_are_kept_with_addresses_masked(tmp_path):
    feedback = [
        {"feedback_id": "f", "kind": "complaint", "recorded_at": "2026-01-05", "text": f"Write to {MAIL}, please"}
    ]
    result = checked(tmp_path, firm(feedback=feedback))
    assert rows(result, "feedback")[0]["text"] == "Write to [e-mail], please"


def test_a_single_address_among_many_names_is_masked_and_the_column_kept(tmp_path):
    companies = COMPANIES + [{"company_id": f"n{i}", "name": f"Name {i}", "region": "north"} for i in range(40)]
    companies[-1]["region"] = MAIL
    result = checked(tmp_path, firm(companies=companies))
    assert rows(result, "companies")[-1]["region"] == "[e-mail]" and found(result, "personal_masked")[0].count == 1


def test_identifiers_that_are_addresses_become_hashes_that_still_join(tmp_path):
    result = checked(
        tmp_path, firm(leads=[{**row, "seller_id": MAIL} for row in LEADS], sellers=[{"seller_id": MAIL.upper()}])
    )
    seller = hashlib.sha256(MAIL.encode()).hexdigest()[:16]
    assert {row["seller_id"] for row in rows(result, "leads")} == {seller} == {rows(result, "sellers")[0]["seller_id"]}
    assert {(p.table, p.count) for p in found(result, "email_as_id")} == {("leads", 10), ("sellers", 1)}


def test_tax_numbers_are_always_hashed_alike_however_written(tmp_path):
    companies = [{**COMPANIES[0], "tax_id": "PL 525-000-00-00"}, {**COMPANIES[1], "tax_id": "pl5250000000"}]
    result = checked(tmp_path, firm(companies=companies))
    ids = {row["tax_id"] for row in rows(result, "companies")}
    assert len(ids) == 1 and "5250000000" not in ids.pop() and found(result, "tax_id_hashed")


def test_an_unknown_column_of_addresses_is_said_apart(tmp_path):
    result = checked(tmp_path, firm(leads=[{**row, "email": MAIL} for row in LEADS]))
    (problem,) = found(result, "personal_extra")
    assert (problem.column, problem.count) == ("email", 10) and not found(result, "extra_columns")


def test_no_address_stands_in_any_message(tmp_path):
    contacts = [
        {
            "contact_id": MAIL,
            "company_id": "c1",
            "job_title": MAIL,
            "seniority": "+48601234567",
            "consent": MAIL,
            "buying_role": MAIL,
        }
    ]
    stages = [*STAGES, {"lead_id": "l3", "stage": MAIL, "entered_at": MAIL, "amount": MAIL}]
    result = checked(tmp_path, firm(contacts=contacts, lead_stages=stages))
    said = str([p.to_json() for p in result.problems])
    assert MAIL not in said and "601234567" not in said


def test_an_address_in_a_country_or_industry_is_masked(tmp_path):
    result = checked(tmp_path, firm(companies=[{**COMPANIES[0], "industry": MAIL, "country": MAIL}, COMPANIES[1]]))
    row = rows(result, "companies")[0]
    assert row["industry_given"] == row["country_given"] == "[e-mail]"
