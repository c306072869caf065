"""Specification: tables and columns that are missing, empty, renamed or unknown."""

from tests.tables.firms import LEADS, checked, firm, found, write


def test_a_clean_firm_has_no_problems(tmp_path):
    result = checked(tmp_path)
    assert [p.message.render("en") for p in result.problems] == []
    assert {name: info.rows_kept for name, info in result.tables.items()} == {
        "companies": 2,
        "leads": 10,
        "lead_stages": 12,
    }


def test_a_missing_required_table_is_named_beside_those_delivered(tmp_path):
    (problem,) = found(checked(tmp_path, firm(lead_stages=None)), "missing_table")
    assert problem.table == "lead_stages" and problem.severity == "error"
    assert "Delivered: companies and leads." in problem.message.render("en")


def test_neither_leads_nor_orders_names_both_lead_tables(tmp_path):
    result = checked(tmp_path, firm(leads=None, lead_stages=None))
    assert [p.table for p in found(result, "missing_table")] == ["leads", "lead_stages"]


def test_orders_alone_are_enough(tmp_path):
    orders = [{"order_id": "o1", "company_id": "c1", "ordered_at": "2026-03-01", "revenue": "10.5", "currency": "PLN"}]
    result = checked(tmp_path, firm(leads=None, lead_stages=None, orders=orders))
    assert not result.errors and set(result.tables) == {"companies", "orders"}


def test_a_missing_required_column_names_the_nearest_one(tmp_path):
    leads = [{("leadid" if k == "lead_id" else k): v for k, v in row.items()} for row in LEADS]
    result = checked(tmp_path, firm(leads=leads))
    (problem,) = found(result, "missing_column")
    assert (problem.table, problem.column) == ("leads", "lead_id")
    assert "“leadid”" in problem.remedy.render("en")
    assert "leads" not in result.tables and "companies" in result.tables


def test_an_optional_column_in_other_case_is_not_read_and_said(tmp_path):
    leads = [{("Company_ID" if k == "company_id" else k): v for k, v in row.items()} for row in LEADS]
    (problem,) = found(checked(tmp_path, firm(leads=leads)), "column_in_other_case")
    assert problem.column == "company_id" and "“Company_ID”" in problem.message.render("en")


def test_extra_columns_are_noted_and_not_read(tmp_path):
    result = checked(tmp_path, firm(leads=[{**row, "score": "7"} for row in LEADS]))
    (problem,) = found(result, "extra_columns")
    assert problem.severity == "note" and "score" in problem.message.render("en")
    assert "score" not in result.engine.query("select * from main.leads").column_names


def test_a_required_table_with_a_header_only_is_an_error(tmp_path):
    result = checked(tmp_path, {**firm(), "leads": "lead_id,created_at,company_id\n"})
    assert [p.table for p in found(result, "empty_table")] == ["leads"]


def test_an_empty_required_file_is_an_error_and_nothing_raises(tmp_path):
    write(tmp_path, firm(companies=None))
    (tmp_path / "companies.csv").write_bytes(b"")
    result = checked(tmp_path, {})
    assert result.errors and any(p.table == "companies" for p in result.errors)


def test_all_problems_come_in_one_go(tmp_path):
    leads = [{**LEADS[0], "created_at": "01/02/2026"}, {**LEADS[1], "origin": "aliens"}]
    result = checked(tmp_path, firm(leads=leads, lead_stages=[{"lead_id": "l1", "stage": "closed"}]))
    assert {"date_format", "unknown_word_ignored", "unknown_word"} <= {p.rule for p in result.problems}
