"""Notebooks run by papermill's own command line say what a run publishes."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat

from tests.laws.messages import ROOT

FINDING = "application/vnd.insights.finding+json"


def test_papermills_command_line_gives_the_same_findings(published, tmp_path):
    name = "key_customer_profile"
    done = tmp_path / "done.ipynb"
    command = [str(Path(sys.executable).parent / "papermill"), str(ROOT / "notebooks" / f"{name}.ipynb"), str(done),
               "-p", "data", str(ROOT / "data" / "sample")]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    notebook = nbformat.read(done, 4)
    shown = [o["data"][FINDING] for c in notebook.cells for o in c.get("outputs", []) if FINDING in o.get("data", {})]
    ran = json.loads((published / "findings.json").read_text(encoding="utf-8"))["findings"]
    said = {f["id"]: f["statement"] for f in ran if f["topic"] == name}
    assert said and {f["id"]: f["statement"] for f in shown} == said
