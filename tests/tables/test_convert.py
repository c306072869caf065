"""Specification: an export written as canonical tables reads back to the same values, and reconciles."""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from insights.problems import DataError
from insights.sources import open_source
from insights.tables import check, level
from insights.tables.convert import convert
from tests.beside import MAVEN, needs
from tests.tables.firms import COMPANIES, LEADS, STAGES, firm, found, rows, write

MAPPING = Path(__file__).parents[2] / "examples" / "maven_crm" / "mapping.toml"
ORDERS = [
    {"order_id": f"o{i}", "company_id": "c1", "ordered_at": "2026-02-01T08:30", "revenue": "10.25", "currency": "PLN"}
    for i in range(20)
]


def folder(path, name):
    (path / name).mkdir()
    return path / name


def test_what_is_written_reads_back_to_the_same_values(tmp_path):
    companies = [
        {**COMPANIES[0], "name": "=cmd|' /C calc'!A0", "industry": "services", "tax_id": "525", "country": "Polska"},
        {**COMPANIES[1], "name": 'Müller, "Söhne"\nGmbH', "industry": "28.11.Z"},
    ]
    source = open_source(write(folder(tmp_path, "in"), firm(companies=companies, orders=ORDERS)))
    before, _ = convert(source, tmp_path / "out")
    after = check(open_source(tmp_path / "out"))
    assert not after.errors
    for table in before.tables:
        ours, theirs = rows(before, table), rows(after, table)
        for row in ours + theirs:
            row.pop("industry_given", None), row.pop("country_given", None)
        assert ours == theirs


def test_the_sheet_reconciles_source_and_contract(tmp_path):
    orders = [*ORDERS, {**ORDERS[0], "order_id": "x", "company_id": "ghost", "revenue": "5"}]
    source = open_source(write(folder(tmp_path, "in"), firm(orders=orders)))
    _, lines = convert(source, tmp_path / "out")
    sheet = {(r.table, r.measure, r.unit): (r.source, r.contract, r.difference) for r in lines}
    assert sheet["orders", "rows", "rows"] == (21, 20, -1)
    assert sheet["orders", "net sales", "PLN"] == (210, 205, -5)
    assert sheet["lead_stages", "won", "leads"] == (1, 1, 0) and sheet["lead_stages", "lost", "leads"] == (1, 1, 0)
    with (tmp_path / "out" / "reconciliation.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == len(lines)


def test_data_that_break_the_contract_are_not_written(tmp_path):
    source = open_source(write(folder(tmp_path, "in"), firm(lead_stages=[{"lead_id": "l1", "stage": "?"}])))
    with pytest.raises(DataError):
        convert(source, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_order_of_rows_does_not_matter(tmp_path):
    one = check(open_source(write(folder(tmp_path, "a"), firm())))
    other = check(open_source(write(folder(tmp_path, "b"), firm(leads=LEADS[::-1], lead_stages=STAGES[::-1]))))
    assert {str(p.to_json()) for p in one.problems} == {str(p.to_json()) for p in other.problems}
    assert one.snapshot_on == other.snapshot_on == dt.date(2026, 2, 11)


@needs("maven_crm")
def test_the_maven_export_is_read_to_the_last_deal(tmp_path):
    source = open_source(MAVEN, MAPPING)
    result, lines = convert(source, tmp_path / "out")
    sheet = {(r.table, r.measure): r for r in lines}
    assert sheet["lead_stages", "won"].contract == 4238 and sheet["lead_stages", "lost"].contract == 2473
    assert sheet["lead_stages", "amount at won"].contract == Decimal(10_005_534)
    assert sheet["lead_stages", "amount at won"].unit == "USD"
    assert all(r.difference == 0 for r in lines)
    assert found(result, "leads_without_company")[0].count == 1425
    assert found(result, "company_filled_at_closing") and found(result, "opportunities_only")
    assert result.snapshot_on == dt.date(2017, 12, 31) and level(result).number == 1
    won = result.engine.query("select sum(amount_rc) as n from main.lead_stages where stage = 'won'").to_pylist()[0][
        "n"
    ]
    assert won == Decimal(10_005_534)
    assert not check(open_source(tmp_path / "out")).errors
