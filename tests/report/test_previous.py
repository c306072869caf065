"""Runs one after the other: which is compared with which, and what that changes on the pages."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from insights.report.progress import Progress
from insights.report.run import Request, run
from tests.report.suites import open_stub, write_notebook


def stub(hash_: str, **changes):
    def opened(**asked) -> SimpleNamespace:
        firm = open_stub(**asked)
        return SimpleNamespace(**{**vars(firm), "data_hash": hash_, **changes})
    return opened


def run_on(folder: Path, reports: Path, data_hash: str, value: float = 0.5, **asked) -> dict:
    """A run on data of that hash, in which the topic finds that value; what the document was given of earlier runs."""
    write_notebook(folder, "topic", f"finding('topic.a', {value})", f"finding('topic.b{int(value > 0.55)}')",
                   finish=f"done({data_hash!r})")
    write_notebook(folder, "document", "import json", "given = json.load(open(findings_from))['earlier']",
                   "ids = json.dumps(given and [f['id'] for f in given['findings']])",
                   "block(ids + str((given or {}).get('problem')))",
                   chapter=9, needs=("*",), finish=f"done({data_hash!r})")
    opened = stub(data_hash, **asked.pop("firm", {}))
    request = Request(notebooks=folder, reports=reports, data=str(folder), **asked)
    published = run(request, Progress(), opened)
    findings = json.loads((published / "findings.json").read_text())["findings"]
    page = (published / "document.en.html").read_text()
    return {"folder": published, "status": {f["id"]: f["status"] for f in findings}, "page": page}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    base = tmp_path_factory.mktemp("runs")
    first = run_on(base / "n", base / "r", "a" * 64)
    again = run_on(base / "n", base / "r", "a" * 64)
    later = run_on(base / "n", base / "r", "b" * 64, 0.95)
    return base, first, again, later


def test_the_first_run_has_nothing_to_compare_with(runs):
    _base, first, _again, _later = runs
    assert set(first["status"].values()) == {"new"}
    assert "nullNone" in first["page"]


def test_a_run_repeated_gives_the_same_pages_and_findings(runs):
    _base, first, again, _later = runs
    for file in sorted(first["folder"].glob("*.html")):
        assert file.read_bytes() == (again["folder"] / file.name).read_bytes(), file.name
    one, other = (json.loads((r["folder"] / "findings.json").read_text())["findings"] for r in (first, again))
    assert one == other


def test_a_run_on_other_data_knows_what_is_new_changed_and_gone(runs):
    _base, _first, _again, later = runs
    assert later["status"] == {"topic.a": "changed", "topic.b1": "new", "topic.b0": "gone"}
    assert "topic.a" in later["page"] and "topic.b0" in later["page"]


def test_another_firm_or_another_period_is_not_compared(runs):
    base, *_ = runs
    other = run_on(base / "n", base / "r", "c" * 64, firm={"name": "Another"})
    assert set(other["status"].values()) == {"new"}
    quarter = run_on(base / "n", base / "r", "d" * 64, period="2026Q3")
    assert set(quarter["status"].values()) == {"new"}


def test_damage_of_the_earlier_report_is_said_and_stops_nothing(tmp_path):
    first = run_on(tmp_path / "n", tmp_path / "r", "a" * 64)
    (first["folder"] / "findings.json").write_text('{"findings": [{"id": 3}]}')
    later = run_on(tmp_path / "n", tmp_path / "r", "b" * 64)
    assert "findings.json is damaged" in later["page"]
    assert set(later["status"].values()) == {"new"}


def test_forecasts_of_all_earlier_runs_are_handed_on_until_they_can_be_scored(tmp_path):
    folder, reports, pages = tmp_path / "n", tmp_path / "reports", []
    for day, letter in (("2026-03-31", "a"), ("2026-06-30", "b"), ("2026-06-30", "c")):
        done = f"done({letter * 64!r})"
        write_notebook(folder, "topic", "finding('kpi_alignment.forecast', 7.5)", finish=done)
        write_notebook(folder, "document", "import json", "given = json.load(open(findings_from))['earlier'] or {}",
                       "block(str([f['made_on'] for f in given.get('forecasts', ())]))", chapter=9, needs=("*",),
                       finish=done)
        published = run(Request(notebooks=folder, reports=reports, data=str(folder), as_of=day), Progress(),
                        stub(letter * 64))
        pages.append(json.loads((published / "notebooks" / "document.ipynb").read_text())["cells"])
        noted = json.loads((published / "run.json").read_text())["forecasts"]
        assert [(n["made_on"], n["value"]) for n in noted] == [(day, 7.5)]
    said = [next("".join(o["data"]["text/plain"]) for c in cells for o in c.get("outputs", ()) if "[" in str(
        o.get("data", {}).get("text/plain"))) for cells in pages]
    assert said == ["[]", "['2026-03-31']", "['2026-03-31', '2026-06-30']"], "one for each day, the latest run's"
