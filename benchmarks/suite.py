"""The whole suite on the sample, cold, against a papermill and an nbconvert process for each notebook."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, in_turn, median_ratio, python, seconds

RUNS = 3
ROOT = Path(__file__).parents[1]


def run() -> Iterator[Result]:
    """Wall time of `insights run`, as a share of today's way of running and rendering the same notebooks."""
    pairs = in_turn(_ours, _today, RUNS)
    yield Result("suite_cold", median_ratio(pairs), "ratio", 0.5, "papermill and nbconvert for each notebook")


def _ours() -> float:
    with tempfile.TemporaryDirectory() as out:
        return seconds(python("-m", "insights", "run", "--data", str(ROOT / "data" / "sample"), "--reports", out))


def _today() -> float:
    scripts = Path(sys.executable).parent
    total = 0.0
    with tempfile.TemporaryDirectory() as out:
        for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
            done = str(Path(out) / notebook.name)
            data = str(ROOT / "data" / "sample")
            total += seconds([str(scripts / "papermill"), "-p", "data", data, str(notebook), done])
            total += seconds([str(scripts / "jupyter"), "nbconvert", "--to", "html", done])
    return total
