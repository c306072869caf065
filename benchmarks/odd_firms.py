"""Firms that lack what real firms lack: tables, columns, dates, currencies' rates, all but a handful of rows.

Each is cut at random, but so that the contract still holds, from a synthetic firm; every cell of every notebook must
then run to its end in the process, whatever is missing.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from benchmarks.measure import Result
from insights.contract import TABLES

SEEDS = int(os.environ.get("INSIGHTS_BENCH_SEEDS", "200"))
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LEADS = 300
FEW = (1, 2, 3, 10, 50)
WHOLE = ("companies", "exchange_rates")  # without them the checks refuse the firm


def run() -> Iterator[Result]:
    """Cells that failed over all firms; what the checks refuse (with a reason) is no failure and counted apart."""
    failed, refused = Counter(), 0
    jobs = int(os.environ.get("INSIGHTS_BENCH_JOBS", "0")) or os.cpu_count() or 1
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for seed, told in enumerate(pool.map(_one, range(SEEDS))):
            refused += told is None
            failed.update(told or ())
            said = "refused by the checks" if told is None else ", ".join(told) or "no cell failed"
            print(f"odd firm {seed + 1} of {SEEDS}: {said}", file=sys.stderr)
    yield Result("odd_firms_failed_cells", sum(failed.values()), "cells", 0, "every cell of every notebook",
                 note=f"{SEEDS} firms, {refused} refused by the checks; {', '.join(failed) or 'none failed'}")


def _one(seed: int) -> list[str] | None:
    with tempfile.TemporaryDirectory() as folder:
        cut = odd(Path(folder), seed)
        return failures(cut) if cut else None


def odd(folder: Path, seed: int) -> Path | None:
    """A firm in `folder` that lacks what chance takes from it; None where neither leads nor orders are left."""
    from insights.sample import write

    chance, whole, cut = random.Random(seed), folder / "whole", folder / "cut"
    write(whole, leads=LEADS, seed=seed)
    tables = {p.stem: pd.read_csv(p, dtype=str, keep_default_na=False) for p in whole.glob("*.csv")}
    tables = {name: tables[name] for name in sorted(tables)}
    for part in chance.sample((_without_tables, _few_rows, _without_columns, _without_a_stage), chance.randint(1, 3)):
        part(chance, tables)
    _mend(tables)
    if not {"leads", "orders"} & set(tables):
        return None
    cut.mkdir()
    for name, rows in tables.items():
        rows.to_csv(cut / f"{name}.csv", index=False)
    for name in ("insights.toml", *(["strategy.toml"] if chance.random() < 0.5 else [])):
        shutil.copy(whole / name, cut / name)
    return cut


def failures(data: Path) -> list[str] | None:
    """The cells that fail on a firm, with the reason; None where the checks refuse the firm."""
    import insights
    from insights.problems import InsightsError

    try:
        insights.open(data=str(data))
    except InsightsError:
        return None
    failed = []
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        names: dict[str, object] = {}
        for place, source in enumerate(_cells(path)):
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(source, f"{path.stem}[{place}]", "exec"), names)
                if place == 0:
                    names["data"] = str(data)  # as papermill does after the cell of parameters
            except Exception as problem:
                failed.append(f"{path.stem}[{place}] {type(problem).__name__}: {problem}")
                if place <= 1:
                    break
    return failed


def _cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def _without_tables(chance: random.Random, tables: dict[str, pd.DataFrame]) -> None:
    for name in chance.sample(sorted(tables), chance.randint(1, len(tables) - 1)):
        if name not in WHOLE:
            del tables[name]


def _few_rows(chance: random.Random, tables: dict[str, pd.DataFrame]) -> None:
    for name, rows in tables.items():
        if name not in WHOLE and chance.random() < 0.3:
            tables[name] = rows.sample(min(chance.choice(FEW), len(rows)), random_state=chance.randint(0, 2**31))


def _without_columns(chance: random.Random, tables: dict[str, pd.DataFrame]) -> None:
    """Columns that may be absent are: taken away, empty, or the same on every row."""
    for name, rows in tables.items():
        if name == "exchange_rates":
            continue
        for column in TABLES[name].columns:
            if column.required or column.type == "currency" or column.name not in rows:
                continue
            fate = chance.random()
            if fate < 0.12:
                tables[name] = tables[name].drop(columns=column.name)
            elif fate < 0.17:
                tables[name] = tables[name].assign(**{column.name: ""})
            elif fate < 0.21 and column.name not in TABLES[name].key and len(rows):
                tables[name] = tables[name].assign(**{column.name: rows[column.name].iloc[0]})


def _without_a_stage(chance: random.Random, tables: dict[str, pd.DataFrame]) -> None:
    if "lead_stages" in tables:
        rows = tables["lead_stages"]
        tables["lead_stages"] = rows[rows["stage"] != chance.choice(("won", "lost", "touched", "accepted"))]


def _mend(tables: dict[str, pd.DataFrame]) -> None:
    """Take away what refers to rows that are gone, as an export that is complete in itself would."""
    for _round in range(3):
        for name in list(tables):
            for column in TABLES[name].columns:
                if not column.references or column.name not in tables[name]:
                    continue
                target, key = column.references.split(".")
                rows = tables[name]
                there = rows[column.name].isin(tables[target][key] if target in tables else [])
                tables[name] = rows[there] if column.required else rows.assign(
                    **{column.name: rows[column.name].where(there, "")})
        for name in [name for name, rows in tables.items() if rows.empty]:
            del tables[name]
        if not {"leads", "lead_stages"} <= set(tables):
            tables.pop("leads", None)
            tables.pop("lead_stages", None)
