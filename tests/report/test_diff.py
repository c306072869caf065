"""`insights diff`: two runs side by side, for people and for machines."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from insights.cli import cli
from insights.problems import NoInput
from insights.report.diff import diff


def entry(identity, value=0.1, verdict="higher", sql="select a from t", interval=(0.05, 0.15), **more):
    return {"id": identity, "topic": identity.split(".")[0], "value": value, "verdict": verdict, "unit": "share",
            "n": 9, "interval": list(interval) if interval else None,
            "statement": {"en": f"{identity} is {value}.", "pl": "x"},
            "method": {"en": "m"}, "evidence": {"sql": sql}, "status": "new", **more}


def run(reports, name, findings, **record):
    folder = reports / name
    folder.mkdir(parents=True)
    record = {"id": name, "as_of": "2026-09-30", "period": ["2025-10-01", "2026-09-30"], "data_hash": "a" * 64,
              "parameters": {"seed": 0}, "versions": {"insights": "0.1.0"}, "outcome": "published",
              "months": {"orders": {"2026-08": {"orders": 3, "revenue": "10.00"}}}, **record}
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "findings.json").write_text(json.dumps({"findings": findings}))
    return folder


@pytest.fixture
def reports(tmp_path):
    run(tmp_path, "one", [entry("t.same"), entry("t.planted"), entry("t.gone"),
                          entry("t.count", 5, None, interval=None), entry("t.redefined")])
    run(tmp_path, "two", [entry("t.same"), entry("t.planted", 0.9, interval=(0.8, 1.0)), entry("t.new"),
                          entry("t.count", 6, None, interval=None), entry("t.redefined", 0.5, sql="select b from t")],
        data_hash="b" * 64, parameters={"seed": 7}, versions={"insights": "0.2.0"},
        months={"orders": {"2026-08": {"orders": 4, "revenue": "12.00"}}})
    return tmp_path


def test_exactly_what_changed_is_named(reports):
    found = diff(reports, "one", "two")
    assert [c.id for c in found.of("changed")] == ["t.planted"]
    assert [c.id for c in found.of("new")] == ["t.new"] and [c.id for c in found.of("gone")] == ["t.gone"]
    assert [c.id for c in found.moved] == ["t.count"] and [c.id for c in found.redefined] == ["t.redefined"]
    assert found.stand == 1
    assert set(found.inputs) == {"data_hash"} and found.parameters == {"seed": (0, 7)}
    assert found.versions == {"insights": ("0.1.0", "0.2.0")}
    assert found.restated == {"orders": ["2026-08"], "revenue": ["2026-08"]}


def test_a_run_and_itself_differ_in_nothing(reports):
    found = diff(reports, "one", str(reports / "one"))
    assert (found.findings, found.inputs, found.restated) == ((), {}, {})


def test_the_command_prints_text_and_json(reports):
    said = CliRunner().invoke(cli, ["diff", "one", "two", "--reports", str(reports)]).output
    assert "Changed beyond noise: 1\n  t.planted\n    - t.planted is 0.1.\n    + t.planted is 0.9." in said
    assert f"  data_hash: {'a' * 12} -> {'b' * 12}" in said
    read = json.loads(CliRunner().invoke(cli, ["diff", "one", "two", "--reports", str(reports), "--format",
                                               "json"]).output)
    assert [f["id"] for f in read["findings"] if f["status"] == "changed"] == ["t.planted"]
    assert read["restated"]["orders"] == ["2026-08"]


def test_a_run_that_is_not_there_or_damaged_is_named(reports):
    with pytest.raises(NoInput, match="no run 'three'"):
        diff(reports, "one", "three")
    (reports / "two" / "findings.json").write_text("{")
    with pytest.raises(NoInput, match="damaged"):
        diff(reports, "one", "two")
