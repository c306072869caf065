"""`insights score`: the file it writes, what it says, what it refuses."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow.parquet as parquet
import pytest

import insights
from insights.topics import lead_value
from tests.tables.firms import write
from tests.test_cli import call

START = dt.date(2024, 1, 1)


def worked(folder: Path, leads: int = 900, *, losses: bool = True, amounts: bool = True, rate: float = 0.3,
           seed: int = 1, lead_name=lambda i: f"L{i:05d}", **columns) -> str:
    """A firm of two years: leads of good and poor sources, the last of them still open."""
    rng = np.random.default_rng(seed)
    rows = {"companies": [], "leads": [], "lead_stages": []}
    for i in range(leads):
        day = START + dt.timedelta(days=int(i * 720 / leads))
        source = ("web", "fair", "partner")[int(rng.integers(0, 3))]
        chance = rate * {"web": 0.3, "fair": 1.0, "partner": 1.7}[source]
        rows["companies"].append({"company_id": f"C{i}", "name": f"C{i}", "country": "PL", "employees": "60"})
        extra = {name: make(i, rng) for name, make in columns.items()}
        rows["leads"].append({"lead_id": lead_name(i), "created_at": day.isoformat(), "company_id": f"C{i}",
                              "source": source, **extra})
        rows["lead_stages"].append({"lead_id": lead_name(i), "stage": "new", "entered_at": day.isoformat()})
        end = day + dt.timedelta(days=int(rng.integers(2, 50)))
        won = rng.random() < chance
        if end <= START + dt.timedelta(days=720) and (won or losses):
            rows["lead_stages"].append({
                "lead_id": lead_name(i), "stage": "won" if won else "lost", "entered_at": end.isoformat(),
                **({"amount": str(1000 + int(rng.integers(0, 500)))} if won and amounts else {})})
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-21"\n')
    return str(folder)


def scored(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_open_leads_by_rank_with_interval_money_and_reasons(tmp_path, capsys):
    out = tmp_path / "leads.csv"
    assert call("score", "--data", worked(tmp_path / "firm"), "--capacity", "5", "--out", out) == 0
    said = capsys.readouterr().out
    assert "Work these 5 first" in said and str(out) in said
    rows = scored(out)
    assert len(rows) > 10
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert [row["work_now"] for row in rows] == ["true"] * 5 + ["false"] * (len(rows) - 5)
    money = [float(row["expected_revenue"]) for row in rows]
    assert money == sorted(money, reverse=True)
    for row in rows:
        assert float(row["probability_low"]) <= float(row["probability"]) <= float(row["probability_high"])
        assert float(row["probability"]) <= float(row["probability_finally"]) + 1e-9
    assert "source: partner (+)" in rows[0]["reasons"]
    assert "source: web (−)" in rows[-1]["reasons"]


def test_parquet_holds_the_same_leads_in_polish(tmp_path):
    data = worked(tmp_path / "firm")
    assert call("score", "--data", data, "--out", tmp_path / "a.csv", "-q") == 0
    assert call("score", "--data", data, "--out", tmp_path / "b.parquet", "-q", "--language", "pl") == 0
    table = parquet.read_table(tmp_path / "b.parquet")
    assert table["lead_id"].to_pylist() == [row["lead_id"] for row in scored(tmp_path / "a.csv")]
    reason = table["reasons"][0].as_py()
    assert "źródło" in reason and ": partner (+)" in reason


def test_batches_do_not_change_the_file(tmp_path, monkeypatch):
    from insights.commands import score

    data = worked(tmp_path / "firm")
    assert call("score", "--data", data, "--out", tmp_path / "a.csv", "-q") == 0
    monkeypatch.setattr(score, "BATCH", 7)
    assert call("score", "--data", data, "--out", tmp_path / "b.csv", "-q") == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_what_a_spreadsheet_takes_for_a_formula_is_neutralised(tmp_path):
    data = worked(tmp_path / "firm", lead_name=lambda i: f"=cmd|{i:05d}" if i % 2 else f"L{i:05d}")
    assert call("score", "--data", data, "--out", tmp_path / "a.csv", "-q") == 0
    names = [row["lead_id"] for row in scored(tmp_path / "a.csv")]
    assert any(name.startswith("'=cmd") for name in names)
    assert not any(name.startswith("=") for name in names)


@pytest.mark.parametrize(("kind", "exit_code", "said"), [
    ("few", 65, "at least 50 are needed"), ("open", 65, "at least 50 are needed"), ("suffix", 64, ".parquet")])
def test_what_cannot_be_scored_is_one_sentence_and_no_file(tmp_path, capsys, kind, exit_code, said):
    leads, rate = (120, 0.2) if kind == "few" else (300, 0.0) if kind == "open" else (60, 0.3)
    data = worked(tmp_path / "firm", leads, rate=rate, losses=kind != "open")
    out = tmp_path / ("leads.xlsx" if kind == "suffix" else "leads.csv")
    assert call("score", "--data", data, "--out", out) == exit_code
    output = capsys.readouterr()
    assert said in output.err and output.err.startswith("insights: ")
    assert not list(tmp_path.glob("*leads*"))


def test_no_losses_and_no_amounts_are_scored_by_chance_alone(tmp_path, capsys):
    out = tmp_path / "leads.csv"
    assert call("score", "--data", worked(tmp_path / "firm", losses=False, amounts=False), "--out", out) == 0
    assert "have no amount" in capsys.readouterr().err
    rows = scored(out)
    assert "expected_revenue" not in rows[0]
    chances = [float(row["probability_finally"]) for row in rows]
    assert chances == sorted(chances, reverse=True)


def test_an_unwritable_place_is_73(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert call("score", "--data", worked(tmp_path / "firm"), "--out", tmp_path / "file" / "leads.csv") == 73
    assert "file" in capsys.readouterr().err


def test_duplicates_are_scored_once(tmp_path):
    """Every tenth lead is declared a duplicate of the one before it."""
    data = worked(tmp_path / "firm", duplicate_of=lambda i, rng: f"L{i - 1:05d}" if i % 10 == 9 else "")
    result = lead_value.judge(insights.open(data))
    names = result.open["lead_id"].to_pylist()
    assert len(set(names)) == len(names)
    assert not any(int(name[1:]) % 10 == 9 for name in names)


@pytest.mark.parametrize(("column", "field", "derived"), [("seller", "seller_id", "seller_load"),
                                                          ("source", "source", "inflow")])
def test_what_is_counted_by_a_column_that_knows_the_result_is_kept_out_with_it(tmp_path, column, field, derived):
    data = worked(tmp_path / "firm", seller_id=lambda i, rng: f"S{i % 3}")
    whole = lead_value.judge(insights.open(data)).model.bins.names
    assert column in whole and derived in whole
    leads = scored(tmp_path / "firm" / "leads.csv")
    ended = {row["lead_id"] for row in scored(tmp_path / "firm" / "lead_stages.csv") if row["stage"] in ("won", "lost")}
    for row in leads:
        row[field] = row[field] if row["lead_id"] in ended else ""
    write(tmp_path / "firm", {"leads": leads})
    result = lead_value.judge(insights.open(data))
    assert column in {leak.column for leak in result.learned.reading.leaks}
    assert not {column, derived} & set(result.model.bins.names)
    assert result.learned.reading.cases.source is None or column != "source"


def test_a_column_filled_in_afterwards_is_named_and_kept_out(tmp_path):
    """The seller stands only on leads that have ended."""
    data = worked(tmp_path / "firm")
    leads = scored(tmp_path / "firm" / "leads.csv")
    ended = {row["lead_id"] for row in scored(tmp_path / "firm" / "lead_stages.csv") if row["stage"] in ("won", "lost")}
    rng = np.random.default_rng(1)
    for row in leads:
        row["product_id"] = f"P{rng.integers(0, 4)}" if row["lead_id"] in ended else ""
    write(tmp_path / "firm", {"leads": leads, "products": [
        {"product_id": f"P{k}", "name": f"P{k}", "status": "launched"} for k in range(4)]})
    result = lead_value.judge(insights.open(data))
    assert "product" in {leak.column for leak in result.learned.reading.leaks}
    assert "product" not in result.model.bins.names
    said = next(f for f in result.findings if f.function.endswith("columns_that_know_the_result"))
    assert "product" in said.statement.render("en")


def test_findings_are_the_same_each_time_and_in_both_languages(tmp_path):
    data = worked(tmp_path / "firm")
    one, two = (lead_value.findings(insights.open(data)) for _ in range(2))
    assert [f.to_json() for f in one] == [f.to_json() for f in two]
    assert {"lead_conversion.score_against_table", "lead_conversion.best_by_score"} <= {f.function for f in one}
    assert all(f.statement.render("pl") != f.statement.render("en") for f in one)


def test_too_few_wins_say_when_there_will_be_a_score(tmp_path):
    result = lead_value.judge(insights.open(worked(tmp_path / "firm", 150, rate=0.25)))
    assert result.model is None
    said = result.findings[0]
    assert said.verdict == "too_few_to_say" and said.action
    assert "at last year's pace" in said.statement.render("en")


def test_scores_that_later_leads_refute_are_not_written(tmp_path, capsys, monkeypatch):
    """As on the page: a list that would mislead is refused, and one learns what to use instead."""
    monkeypatch.setattr(lead_value, "refuted", lambda judged: True)
    assert call("score", "--data", worked(tmp_path / "firm"), "--out", tmp_path / "leads.csv") == 65
    said = capsys.readouterr().err
    assert "no file was written" in said and "rates of their groups" in said
    assert not (tmp_path / "leads.csv").exists()
