"""Rendering all pages of a report in both languages, as a share of the run that made them."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

from benchmarks.measure import Result, python, seconds

RUNS = 3
ROOT = Path(__file__).parents[1]


def run() -> Iterator[Result]:
    """CPU seconds from executed notebooks to pages (median of three, the template compiled anew each time) over the
    wall seconds of the whole run on the sample, two notebooks at a time."""
    with tempfile.TemporaryDirectory() as out:
        sample = str(ROOT / "data" / "sample")
        whole = seconds(python("-m", "insights", "run", "-q", "--data", sample, "--reports", out))
        rendered = statistics.median(_render(Path(out) / "latest") for _ in range(RUNS))
    yield Result("rendering_of_run", rendered / whole, "ratio", 0.2, "the whole run",
                 note=f"{rendered:.2f} s of {whole:.1f} s")


def _render(report: Path) -> float:
    import nbformat

    from insights.report import templates
    from insights.report.page import Pages

    record = json.loads((report / "run.json").read_text(encoding="utf-8"))
    notebooks = [nbformat.read(path, as_version=4) for path in sorted((report / "notebooks").glob("*.ipynb"))]
    templates.environment.cache_clear()
    started = process_time()
    pages = Pages(record["languages"])
    for number, notebook in enumerate(notebooks):
        for language in record["languages"]:
            pages.html(notebook, language, name=f"page{number}", title="Chapters", siblings=[], run=record)
    return process_time() - started
