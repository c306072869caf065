"""Lists for other systems: what a spreadsheet would run is text, and a notebook by hand writes nothing."""

import datetime as dt

import pyarrow as pa
import pytest

from insights.figures.model import Export
from insights.language import Text
from insights.report import exports
from insights.sources import save_table

DIRTY = ["=cmd|' /C calc'!A0", "+1", "-x", "@SUM(A1)", "\tx", "plain", "a=b", None, "Żółw; \"x\""]


def table():
    n = len(DIRTY)
    return pa.table({"name": pa.array(DIRTY, pa.string()), "profit": pa.array([-1.5] * n),
                     "kind": pa.array(["=x"] * n).dictionary_encode(), "on": pa.array([dt.date(2026, 9, 30)] * n)})


def test_formulas_become_text_and_numbers_stay(tmp_path):
    import csv

    save_table(table(), tmp_path / "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [
        "'=cmd|' /C calc'!A0", "'+1", "'-x", "'@SUM(A1)", "'\tx", "plain", "a=b", "", "Żółw; \"x\""]
    assert {row["kind"] for row in rows} == {"'=x"}
    assert {row["profit"] for row in rows} == {"-1.5"} and {row["on"] for row in rows} == {"2026-09-30"}


def test_parquet_keeps_every_byte(tmp_path):
    import pyarrow.parquet as parquet

    save_table(table(), tmp_path / "list.parquet")
    assert parquet.read_table(tmp_path / "list.parquet")["name"].to_pylist() == DIRTY


def test_an_empty_list_has_its_header(tmp_path):
    save_table(table().slice(0, 0), tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text().splitlines()[0].count(",") == 3


def test_only_a_run_writes(tmp_path, monkeypatch):
    export = Export("companies", Text("{n} lead", plural="{n} leads", n=1), table())
    monkeypatch.delenv(exports.PLACE, raising=False)
    monkeypatch.chdir(tmp_path)
    said = exports.deliver(export)
    assert "exports/companies.csv (9 rows)" in said.render("en") and not list(tmp_path.iterdir())
    monkeypatch.setenv(exports.PLACE, str(tmp_path / "out"))
    exports.deliver(export)
    assert [path.name for path in exports.written(tmp_path / "out")] == ["companies.csv"]
    with pytest.raises(ValueError, match="two notebooks"):
        exports.deliver(export)


def test_an_export_cannot_name_another_place():
    with pytest.raises(ValueError, match="cannot name"):
        exports.deliver(Export("../x", Text("{n} lead", plural="{n} leads", n=1), table()))
