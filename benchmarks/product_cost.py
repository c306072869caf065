"""What the two product notebooks cost: on the sample beside an empty notebook with the same imports and queries, and on
a million leads with a hundred thousand texts."""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, in_turn, median_ratio, python

RUNS = 3
ROOT = Path(__file__).parents[1]
NAMES = ("product_priorities", "product_pipeline")
LEADS, TEXTS = 1_000_000, 100_000
NEEDS = ("za głośna praca urządzenia", "zbiorcza faktura za miesiąc", "szkolenie operatorów", "operator training",
         "elektronische Rechnung", "too much noise", "dłuższa gwarancja na uszczelnienia", "longer warranty")
_LOADED = """
import json, sys
json.dump([n for n, m in list(sys.modules.items()) if getattr(m, "__spec__", None)], open({modules!r}, "w"))
"""
_BARE = """
import importlib, json, pickle
for name in json.load(open({modules!r})):
    try:
        importlib.import_module(name)
    except Exception:
        pass
firm = insights.open(data=data)
for query in pickle.load(open({queries!r}, "rb")):
    firm.query(query)
"""
_LARGE = """
import importlib, json, resource, sys, time
import insights
start = time.perf_counter()
firm = insights.open(sys.argv[1])
opened = time.perf_counter()
spent = {}
for name in sys.argv[2:]:
    begun = time.perf_counter()
    importlib.import_module("insights.topics." + name).judge(firm)
    spent[name] = time.perf_counter() - begun
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"open": opened - start, "peak": peak, **spent}))
"""


def run() -> Iterator[Result]:
    """The ratio on the sample; seconds and memory of the large firm, its tables read and checked already or not."""
    with tempfile.TemporaryDirectory() as folder:
        whole, bare = _notebooks(Path(folder))
        pairs = in_turn(lambda: sum(_executed(path) for path in whole), lambda: sum(_executed(path) for path in bare),
                        RUNS)
    yield Result("products_on_the_sample", median_ratio(pairs), "ratio", 1.5,
                 "empty notebooks with the same imports and queries")
    with tempfile.TemporaryDirectory() as folder:
        spent = _large(Path(folder))
    note = f"{LEADS:,} leads, {TEXTS:,} texts; reading and checking the tables {spent['open']:.0f} s"
    yield Result("products_seconds", sum(spent[name] for name in NAMES), "s", 180.0, "the issue's limit", note=note)
    yield Result("products_memory", spent["peak"] / 2**30, "GiB", 4.0, "the issue's limit", note=note)


def _notebooks(folder: Path) -> tuple[list[Path], list[Path]]:
    """Each notebook as it is, and one that only imports the same modules (those that are loaded on first use as well),
    opens the firm and asks what the notebook asks."""
    import nbformat

    whole, bare = [], []
    for name in NAMES:
        (folder / f"{name}.pickle").write_bytes(pickle.dumps(_queries(name)))
        book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        imports = "\n".join(code[1].source.split("firm = ")[:1])
        for cell in code:
            if "parameters" in cell.metadata.get("tags", []):
                cell.source += f"\ndata = {str(ROOT / 'data' / 'sample')!r}"
        whole.append(folder / f"{name}.ipynb")
        nbformat.write(book, whole[-1])
        modules = str(folder / f"{name}.json")
        looked = nbformat.v4.new_notebook(
            cells=[*book.cells, nbformat.v4.new_code_cell(_LOADED.format(modules=modules))], metadata=book.metadata)
        nbformat.write(looked, folder / f"{name}-loaded.ipynb")
        _executed(folder / f"{name}-loaded.ipynb")
        book.cells = [code[0], nbformat.v4.new_code_cell(imports),
                      nbformat.v4.new_code_cell(_BARE.format(
                          queries=str(folder / f"{name}.pickle"), modules=modules))]
        bare.append(folder / f"{name}-bare.ipynb")
        nbformat.write(book, bare[-1])
    return whole, bare


def _queries(name: str) -> list:
    from importlib import import_module
    from unittest.mock import patch

    import insights
    from insights.firm import Firm

    asked, query = [], Firm.query

    def note(firm, expression):
        asked.append(expression)
        return query(firm, expression)

    with patch.object(Firm, "query", note):
        import_module(f"insights.topics.{name}").judge(insights.open(str(ROOT / "data" / "sample")))
    return asked


def _executed(path: Path) -> float:
    """Processor seconds of papermill and its kernel: other processes of the machine don't count."""
    papermill = Path(sys.executable).parent / "papermill"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(papermill), "--no-progress-bar", str(path), str(path.with_suffix(".done.ipynb"))], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _large(folder: Path) -> dict[str, float]:
    """Write the firm, fill its feedback up to so many texts, judge both topics in a process of their own."""
    import csv

    import numpy as np

    from insights.sample import write

    write(folder / "data", leads=LEADS, seed=1)
    rng = np.random.default_rng(1)
    with (folder / "data" / "feedback.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    letters = np.array(list("abcdefghijklmnoprstuwz"))
    others = ["".join(rng.choice(letters, int(rng.integers(4, 10)))) for _ in range(5_000)]
    needs = [row for row in rows if row["kind"] != "complaint"]
    for k in range(max(TEXTS - len(rows), 0)):
        words = f"{NEEDS[rng.integers(len(NEEDS))]} {others[rng.integers(5_000)]} {others[rng.integers(5_000)]}"
        rows.append({**needs[k % len(needs)], "feedback_id": f"X{k}", "text": words, "topic": "",
                     "roadmap_item_id": ""})
    with (folder / "data" / "feedback.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    done = subprocess.run(python("-c", _LARGE, str(folder / "data"), *NAMES), check=True, capture_output=True,
                          text=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])
