"""Parquet files, DuckDB files, and folders as a whole."""

from __future__ import annotations

import datetime as dt
import os
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from insights.problems import NoInput, Unavailable, UsageError
from insights.sources import open_source
from tests.sources.reading import rows, said

TYPED = pa.table({
    "order_id": ["007", ""],
    "ordered_at": [dt.datetime(2026, 9, 30, 14, 5), None],
    "revenue": pa.array([Decimal("1234.50"), Decimal("-7.00")], pa.decimal128(18, 2)),
    "strategic": [True, False],
    "Dzień": pa.array([dt.date(2026, 9, 30), None]),
    "quantity": pa.array([17850.0, 2.5]),
})
AS_TEXT = [("007", "2026-09-30 14:05:00", "1234.50", "true", "2026-09-30", "17850.0"),
           (None, None, "-7.00", "false", None, "2.5")]


def test_parquet_becomes_plain_text(folder):
    pq.write_table(TYPED, folder.path / "Orders [1].parquet")
    mapping = """[tables]\norders = 'select * from "Orders [1]"'\n"""
    source = folder.open(mapping)
    assert rows(source, "orders") == AS_TEXT
    assert source.files[0].rows == 2 and source.files[0].encoding is None


def test_a_damaged_parquet_file(folder):
    folder.write("orders.parquet", b"PAR1 and no more")
    assert said(folder.open())[0].startswith("orders.parquet is damaged")


def test_a_duckdb_file_is_read_and_left_unchanged(folder):
    path = folder.path / "firma.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.register("typed", TYPED)
        connection.execute("CREATE TABLE Orders AS SELECT * FROM typed")
        connection.execute("CREATE VIEW leads AS SELECT order_id AS lead_id FROM orders")
        connection.execute("CREATE TABLE notes (a INTEGER)")
    before = path.read_bytes()
    with open_source(path) as source:
        assert rows(source, "orders") == AS_TEXT
        assert rows(source, "leads") == [("007",), (None,)]
        assert source.tables["orders"].file == "firma.duckdb"
        assert "no table of the contract is called notes" in said(source, "note")[0]
    assert path.read_bytes() == before


def test_a_view_in_a_duckdb_file_can_t_read_other_files(folder):
    secret = folder.write("secret.csv", "a\n1\n")
    path = folder.path / "firma.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE VIEW leads AS SELECT * FROM read_csv('{secret}')")
    with open_source(path) as source:
        assert "leads" not in source.tables
        assert said(source)[0].startswith("Table leads of firma.duckdb can't be read: Permission Error")


def test_one_name_in_two_schemas_is_ambiguous(folder):
    path = folder.path / "firma.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE leads (a INTEGER)")
        connection.execute("CREATE SCHEMA old")
        connection.execute("CREATE TABLE old.leads (a INTEGER)")
    with open_source(path) as source:
        assert said(source)[0].startswith("leads is delivered twice: main.leads and old.leads")


def test_a_duckdb_file_held_by_another_process_is_unavailable(folder):
    import subprocess
    import sys

    path = folder.path / "firma.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()",
         str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        holder.stdout.readline()
        with pytest.raises(Unavailable, match=r"firma\.duckdb can't be opened: .*lock"):
            open_source(path)
    finally:
        holder.communicate(b"\n")


def test_a_single_csv_file_is_no_database(folder):
    path = folder.write("companies.csv", "company_id\n1\n")
    with pytest.raises(NoInput, match=r"companies\.csv is not a DuckDB file: give the folder"):
        open_source(path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(NoInput, match="is not there"):
        open_source(tmp_path / "nowhere")


def test_a_folder_without_tables_says_what_is_read(folder):
    folder.write("report.xlsx", b"PK\x03\x04")
    with pytest.raises(NoInput, match=r"holds no table: CSV .* and Parquet files are read"):
        folder.open()


@pytest.mark.parametrize("data", ["postgresql://anna:hunter2@db/crm", "host=db user=anna password=hunter2"])
def test_an_address_with_a_password_is_refused_and_not_repeated(data):
    with pytest.raises(UsageError) as caught:
        open_source(data)
    assert "hunter2" not in str(caught.value) and "anna" not in str(caught.value)
    assert "must be a folder or a DuckDB file" in str(caught.value)


def test_names_of_files_make_no_difference_in_capitals(folder):
    folder.write("Companies.CSV", "company_id\n1\n")
    assert folder.open().tables["companies"].file == "Companies.CSV"


def test_two_files_of_one_stem_are_an_error(folder):
    folder.write("companies.csv", "company_id\n1\n")
    folder.write("Companies.txt", "company_id\n2\n")
    source = folder.open()
    assert "companies" not in source.tables
    assert said(source) == [
        "Companies is delivered twice: Companies.txt and companies.csv. "
        "Keep one of them, or unite them under one name in the mapping's section [sources]."]


def test_a_file_of_an_unknown_name_is_said_with_the_nearest_table(folder):
    folder.write("companies.csv", "company_id\n1\n")
    folder.write("lead_stage.csv", "lead_id\n1\n")
    folder.write("strategy.toml", "")
    folder.write(".hidden.csv", "x")
    assert said(folder.open(), "note") == [
        "lead_stage.csv is not read: no table of the contract is called lead_stage. Rename the file if it belongs to "
        "the contract, or write a mapping. Did you mean lead_stages?"]


def test_a_canonical_folder_may_say_its_own_defaults(folder):
    folder.write("companies.csv", "company_id\n1\n")
    folder.write("insights.toml", '[defaults]\ncurrency = "PLN"\n')
    source = folder.open()
    assert source.settings.currency == "PLN" and not source.problems
    folder.write("insights.toml", '[tables]\nleads = "select 1"\n')
    assert said(folder.open())[0].startswith("insights.toml has an unknown section [tables]")


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder, tmp_path):
    (tmp_path / "leads.csv").write_text("lead_id\n1\n")
    folder.write("companies.csv", "company_id\n1\n")
    (folder.path / "leads.csv").symlink_to(tmp_path / "leads.csv")
    assert set(folder.open().tables) == {"companies"}
