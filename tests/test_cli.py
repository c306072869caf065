"""The command line: what it answers, what it refuses, with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from insights import __version__
from insights.cli import TWINS, cli, main
from insights.problems import DataError, Problem
from tests.report.suites import open_stub, write_notebook


def call(*arguments: str | Path) -> int:
    """The exit code of the command line."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return ended.value.code


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.firm.open_firm", open_stub)


def test_help_names_every_command_and_its_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--help") == 0
    listed = capsys.readouterr().out
    for name, command in cli.commands.items():
        assert name in listed
        assert call(name, "--help") == 0
        text = capsys.readouterr().out
        assert f"  insights {name}" in text, "an example"
        for option in command.params:
            if isinstance(option, click.Argument):
                assert option.name.upper() in text
                continue
            assert option.help or option.hidden, f"{name} {option.name}"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert capsys.readouterr().out == f"insights {__version__}\n"


@pytest.mark.parametrize(("arguments", "said"), [
    (["rnu"], "run"), (["run", "--langauge", "en"], "--language"), (["run", "--jobs", "0"], "--jobs"),
    (["run", "extra"], "extra"), (["run", "--timeout", "-1"], "--timeout"), (["run", "--data", ""], "--data is empty"),
    (["convert"], "--out"), (["sample", "--out", "x", "--twin", "nul"], "null"),
    (["run", "--period", "soon"], "2025Q3"),
    (["run", "-p", "sed=7"], "did you mean seed?"), (["check", "--format", "xml"], "json"),
    (["run", "--data", "mysql://me:hunter2@host/db"], "secret")])
def test_wrong_usage_is_one_sentence_and_64(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    notebooks = write_notebook(tmp_path / "n", "one")
    if arguments[0] == "run":
        arguments = [*arguments, "--notebooks", str(notebooks), "--reports", str(tmp_path / "reports")]
    assert call(*arguments) == 64
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err
    assert "hunter2" not in output.err
    assert output.err.startswith("insights: ")
    assert output.err.count("\n") == 1
    assert not (tmp_path / "reports").exists()


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert call() == 64
    assert "Commands:" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "convert", "run"])
def test_data_that_are_not_there(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = {"convert": ["--out", tmp_path / "out"], "run": ["--reports", tmp_path / "r", "-q"]}
    assert call(command, "--data", tmp_path / "nowhere", *own.get(command, [])) == 66
    assert "nowhere" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("stubbed")
def test_a_report_and_its_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebooks, reports = write_notebook(tmp_path / "n", "one", "finding('one.a')"), tmp_path / "my reports"
    asked = ("run", "--data", notebooks, "--notebooks", notebooks, "--reports", reports)
    assert call(*asked, "--language", "pl", "-p", "seed=3") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].endswith("running notebooks: 1, 1 at a time")
    assert said[-1] == f"Report: {reports}/latest/index.html"
    assert Path(said[-1].removeprefix("Report: ")).is_file()

    write_notebook(notebooks, "one", "1 / 0")
    assert call(*asked, "-q") == 70
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("insights: one failed in cell 4 (one-03): ZeroDivisionError: division by zero;")

    assert call("runs", "--reports", reports) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["run", "started", "data", "as", "of", "outcome", "seconds"]
    assert ["failed: cell_error" in rows[0], "published" in rows[1], len(rows)] == [True, True, 2]
    assert call("runs", "--reports", reports, "--format", "json") == 0
    ledger = json.loads(capsys.readouterr().out)
    assert [entry["exit_code"] for entry in ledger] == [70, 0]
    assert ledger[1]["parameters"]["seed"] == 3


def test_bad_data_are_all_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    problems = tuple(Problem("file_empty", table, values={"file": f"{table}.csv"}) for table in ("leads", "orders"))

    def refuse(**_: object) -> None:
        raise DataError(problems)

    monkeypatch.setattr("insights.firm.open_firm", refuse)
    notebooks = write_notebook(tmp_path / "n", "one")
    assert call("run", "--data", tmp_path, "--notebooks", notebooks, "--reports", tmp_path / "r") == 65
    said = capsys.readouterr().err
    assert "leads.csv is empty" in said
    assert "orders.csv is empty" in said


@pytest.mark.parametrize("error", [ZeroDivisionError("division by zero"), ProcessLookupError(3, "No such process")])
def test_an_unexpected_error_is_a_sentence_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception,
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr("insights.firm.open_firm", fail)
    notebooks = write_notebook(tmp_path / "n", "one")
    asked = ("run", "--data", tmp_path, "--notebooks", notebooks, "--reports", tmp_path / "r", "-q")
    assert call(*asked) == 70
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "INSIGHTS_DEBUG=1" in said
    monkeypatch.setenv("INSIGHTS_DEBUG", "1")
    with pytest.raises(type(error)):
        main([str(argument) for argument in asked])


def test_an_unwritable_place_is_73(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    notebooks = write_notebook(tmp_path / "n", "one")
    assert call("run", "--data", tmp_path, "--notebooks", notebooks, "--reports", tmp_path / "file" / "r") == 73
    assert "--reports" in capsys.readouterr().err
    assert call("sample", "--leads", "10", "--out", tmp_path / "file" / "out") == 73


def test_the_twins_are_those_of_the_sample() -> None:
    from insights.sample.write import TWINS as KNOWN

    assert TWINS == KNOWN


def test_a_sample_is_written_checked_and_converted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    firm = tmp_path / "firm"
    assert call("sample", "--out", firm, "--leads", "300", "--seed", "2") == 0
    assert f"Sample: {firm}" in capsys.readouterr().out
    assert call("check", "--data", firm, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert call("convert", "--data", firm, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "leads, rows: 300 rows (the same)" in said
    assert (tmp_path / "out" / "leads.csv").is_file()
    assert call("convert", "--data", firm, "--out", tmp_path / "out") == 64
    assert "give a new one" in capsys.readouterr().err
    (firm / "leads.csv").write_text("lead_id\n", encoding="utf-8")
    assert call("check", "--data", firm) == 65
    assert "Errors: " in capsys.readouterr().out
    assert call("convert", "--data", firm, "--out", tmp_path / "other") == 65
    assert not [path for path in tmp_path.iterdir() if "other" in path.name]


def test_help_loads_nothing_heavy() -> None:
    """`insights --help` answers at once: what commands need is loaded when they are called."""
    code = "import sys; from insights.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n" \
           "print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"babel", "duckdb", "jupyter_client", "matplotlib", "nbconvert", "nbformat", "numpy", "pandas",
                         "papermill", "pyarrow", "pycountry", "scipy", "sqlglot", "tqdm"}


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(f'"{sys.executable}" -m insights --help | head -c 10', shell=True, capture_output=True,
                          text=True, check=False, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert done.stderr == ""
