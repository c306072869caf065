"""Small notebooks that display what real ones do, and a firm that costs nothing to open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from insights.period import parse_period
from insights.report.progress import Progress
from insights.report.run import Request, run

DATA_HASH = "5f" * 32
PARAMETERS = '''data = "sample"  # folder of tables
mapping = ""  # mapping file
strategy = ""  # strategy file
as_of = ""  # known on this day
period = ""  # 2025, 2025Q3, 2025-07 or FROM..TO
profile = "internal"  # who will read it
seed = 0  # of everything that draws at random
findings_from = ""  # findings already collected by a run'''
HELPERS = '''from IPython.display import display


def block(text, kind="note", **data):
    html = {"en": f"<p>{text}</p>", "pl": f"<p>{text} (po polsku)</p>"}
    display({"application/vnd.insights.block+json": {"kind": kind, "html": html}, "text/plain": text, **data}, raw=True)


def finding(name, value=0.5, rank=1.0):
    text = {"en": f"{name} is {value}.", "pl": f"{name} to {value}."}
    entry = {
        "id": name, "topic": name.split(".")[0], "statement": text, "value": value,
        "interval": [value - 0.1, value + 0.1] if isinstance(value, float) else None,
        "level": 0.9, "unit": "share", "n": 40, "subject": {}, "baseline": None, "difference": None, "impact": None,
        "owner": "both", "action": text, "method": text, "rival": None, "clause": None, "verdict": "higher",
        "evidence": {"notebook": None, "cell": None, "figure": None, "sql": "select 1", "read_from": "leads@5f5f"},
        "status": "new", "rank": rank}
    block(text["en"], "finding", **{"application/vnd.insights.finding+json": entry})


def shown_twice(name):
    entry = {
        "id": f"{name}[country=DE]", "topic": name.split(".")[0], "measure": name.split(".")[1],
        "subject": {"country": "DE"}, "value": 0.5, "interval": [0.4, 0.6], "level": 0.9, "unit": "share", "n": 40,
        "verdict": "higher", "method": "count", "baseline": None, "difference": None}
    for kind in ("figure", "table"):
        block(f"the same {kind}", kind, **{"application/vnd.insights.estimates+json": [entry]})


def done(data_hash="DATA_HASH"):
    block("data quality", "quality")
    block("colophon", "colophon", **{"application/vnd.insights.done+json": {"schema": 1, "data_hash": data_hash}})
'''.replace("DATA_HASH", DATA_HASH)


def write_notebook(
    folder: Path, name: str, *code: str, chapter: int = 1, needs: tuple[str, ...] = (), parameters: str = PARAMETERS,
    finish: str = "done()",
) -> Path:
    """A notebook with the suite's parameters, these cells and a last one. Cells can call the functions of HELPERS."""
    cells = [new_markdown_cell(f"# About {name.replace('_', ' ')}"),
             new_code_cell(parameters, metadata={"tags": ["parameters"]}), new_code_cell(HELPERS),
             *map(new_code_cell, code), new_code_cell(finish)]
    for number, cell in enumerate(cells):
        cell["id"] = f"{name[:6].replace('_', '-')}-{number:02}"
    notebook = new_notebook(cells=cells, metadata={"insights": {"chapter": chapter, "needs": list(needs)}})
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    return folder


def open_stub(*, as_of: str = "", period: str = "", **_: object) -> SimpleNamespace:
    """What `insights.open` gives, as far as a run looks at it."""
    day = dt.date.fromisoformat(as_of) if as_of else dt.date(2026, 9, 30)
    return SimpleNamespace(
        name="Żółw i Synowie", as_of=day, period=parse_period(period, day), currency="PLN", strategy=None, versions=(),
        level=SimpleNamespace(number=2, next_step="Add costs."),
        data_hash=DATA_HASH, problems=(), part=None, hand_over=lambda *_: None,
        has=lambda *_: False)


def run_stub(notebooks: Path, reports: Path, progress: Progress | None = None, **asked: object) -> Path:
    """A run of the notebooks with the stub's data; the published folder."""
    request = Request(notebooks=notebooks, reports=reports, data=str(notebooks), **asked)
    return run(request, progress or Progress(), open_stub)
