"""The synthetic firm over many seeds, with what was planted: the judge that every topic faces.

Firms are made and checked once and kept (`INSIGHTS_BENCH_CACHE`, by default benchmarks/out/firms) under a fingerprint
of the generator, the contract and the checks, so that several benchmarks share them.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "insights"
ROOMS = ("sample", "contract", "tables", "sources", "metrics", "firm.py")


@dataclass(frozen=True)
class Case:
    """One firm: `firm` as a topic is given it, the entries of its truth.json by id, and its lists of identifiers
    (`companies`, `feedback`, `leads`: state, theme or item to ids)."""

    seed: int
    firm: object
    truths: dict[str, dict]
    lists: dict[str, dict[str, list[str]]]


def each(judge: Callable[[Case], object], seeds: Iterable[int] = range(200), *, twin: str | None = None,
         leads: int = 12_000, jobs: int | None = None) -> Iterator[object]:
    """What `judge` (a function of a module, so that it can be sent to another process) finds in the firm of each seed,
    in the order of the seeds."""
    work = functools.partial(_one, judge, twin, leads)
    jobs = jobs or int(os.environ.get("INSIGHTS_BENCH_JOBS", "0")) or os.cpu_count() or 1
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, seeds)


def case(seed: int, twin: str | None = None, leads: int = 12_000) -> Case:
    """The firm of one seed, from the cache where it stands there."""
    folder = _cache() / f"{twin or 'firm'}-{leads}-{seed}"
    if not (folder / "data" / "truth.json").exists():
        _make(folder, seed, twin, leads)
    content = json.loads((folder / "data" / "truth.json").read_text(encoding="utf-8"))
    lists = {name: value for name, value in content.items() if isinstance(value, dict)}
    return Case(seed, _opened(folder), {truth["id"]: truth for truth in content["truths"]}, lists)


def _one(judge: Callable[[Case], object], twin: str | None, leads: int, seed: int) -> object:
    return judge(case(seed, twin, leads))


def _opened(folder: Path):
    import insights
    from insights.sources import PLACE

    before = os.environ.get(PLACE)
    os.environ[PLACE] = str(folder / "checked")
    try:
        return insights.open(str(folder / "data"), as_of=(folder / "as_of").read_text())
    finally:
        os.environ.pop(PLACE) if before is None else os.environ.update({PLACE: before})


def _make(folder: Path, seed: int, twin: str | None, leads: int) -> None:
    """Write, check and hand over a firm beside its place, then move it there whole; only the small files of the data
    are kept, since topics read the checked tables."""
    import insights
    from insights.sample import write

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        write(made / "data", leads=leads, seed=seed, twin=twin)
        firm = insights.open(str(made / "data"))
        (made / "as_of").write_text(firm.as_of.isoformat())
        firm.hand_over(str(folder / "data"), "", made / "checked")
        for table in (made / "data").glob("*.csv"):
            table.unlink()
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)


@functools.cache
def _cache() -> Path:
    place = os.environ.get("INSIGHTS_BENCH_CACHE")
    base = Path(place) if place else Path(__file__).with_name("out") / "firms"
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")) if (SOURCE / room).is_dir() else [SOURCE / room]:
            digest.update(path.read_bytes())
    return base / digest.hexdigest()[:12]
