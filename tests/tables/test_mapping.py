"""Specification: what a mapping declares is applied in its order, and each step is counted."""

import datetime as dt
from decimal import Decimal

import pytest

from insights.sources import open_source
from insights.tables import check
from tests.tables.firms import found, rows

EXPORT = """id;firm;state;on;worth
1;Alfa;Gewonnen;30.09.2026;1.234,50
2;Beta;Gewonnen;01.10.2026;2 000
3;k.A.;Neu;;
4;-;neu;k.A.;k.A.
"""
MAPPING = """
[read.export]
delimiter = ";"
[tables]
companies = "select distinct firm as company_id, firm as name from export where firm in ('Alfa', 'Beta')"
leads = "select id as lead_id, \\"on\\" as created_at, firm as company_id from export"
lead_stages = "select id as lead_id, state as stage, \\"on\\" as entered_at, worth as amount from export"
[missing]
"*" = ["k.A."]
"leads.company_id" = ["-"]
[values."lead_stages.stage"]
Gewonnen = "won"
Neu = "new"
neu = "new"
[formats."leads.created_at"]
date = "%d.%m.%Y"
[formats."lead_stages.entered_at"]
date = "%d.%m.%Y"
[formats."lead_stages.amount"]
decimal = ","
[defaults]
currency = "EUR"
"""


@pytest.fixture
def result(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "export.csv").write_text(EXPORT, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return check(open_source(tmp_path / "data", tmp_path / "mapping.toml"))


def test_the_declared_meaning_is_read(result):
    assert not result.errors
    stages = rows(result, "lead_stages")
    assert [row["stage"] for row in stages] == ["won", "won", "new", "new"]
    assert [row["amount"] for row in stages] == [Decimal("1234.50"), Decimal(2000), None, None]
    assert [row["currency"] for row in stages] == ["EUR", "EUR", None, None]
    assert [row["amount_rc"] for row in stages] == [Decimal("1234.50"), Decimal(2000), None, None]
    assert stages[0]["entered_at"] == dt.datetime(2026, 9, 30) and result.snapshot_on == dt.date(2026, 10, 1)
    assert [row["company_id"] for row in rows(result, "leads")] == ["Alfa", "Beta", None, None]


def test_each_step_is_counted_and_listed(result):
    said = {(p.rule, p.table, p.column): p for p in result.problems}
    assert said["missing_texts", "leads", "company_id"].count == 2
    mapped = said["mapped_values", "lead_stages", "stage"]
    assert mapped.count == 4 and "“Gewonnen → won” (2)" in mapped.message.render("en")
    assert said["defaulted", "lead_stages", "currency"].count == 2
    assert all(p.severity in ("note", "excluded") for p in result.problems)


def test_texts_in_another_format_than_the_declared_one_are_errors(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "export.csv").write_text(
        EXPORT.replace("01.10.2026;2 000", "2026-10-01;12.5"), encoding="utf-8"
    )
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    result = check(open_source(tmp_path / "data", tmp_path / "mapping.toml"))
    assert {p.column for p in found(result, "date_format")} == {"created_at", "entered_at"}
    assert found(result, "not_a_number")[0].examples[0].value == "12.5"
