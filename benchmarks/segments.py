"""The segment aggregates and the search over conjunctions at scale, against a bare scan, the same joins written by
hand, pandas and pysubgroup."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Result, python
from benchmarks.peers import NoPeer, ask

LEADS = int(os.environ.get("INSIGHTS_BENCH_LEADS", "10000000"))
RUNS = 3

_GRAIN = """
    copy (
        select 'L' || i as lead_id, i // 2 as company_id,
            'I' || (hash(i // 2) % 20) as industry, 'S' || (hash(i // 2, 1) % 5) as size,
            'C' || (hash(i // 2, 2) % 30) as country,
            cast(((hash(i // 2) % 20) * 5 + hash(i // 2, 1) % 5) * 30 + hash(i // 2, 2) % 30 as integer) as cell,
            case when hash(i, 3) % 100 < 6 then 'won' when hash(i, 3) % 100 < 70 then 'lost' else 'open' end as outcome,
            date '2023-01-01' + cast(hash(i, 4) % 1000 as integer) as created_on,
            case when hash(i, 3) % 100 < 6 then cast(hash(i, 5) % 200 as integer) end as days_to_win,
            case when hash(i, 3) % 100 < 6 then (hash(i, 6) % 100000) / 1.0 else 0.0 end as revenue,
            case when hash(i, 3) % 100 < 6 then (hash(i, 7) % 30000) / 1.0 else 0.0 end as margin
        from range({leads}) t(i)) to '{path}' (format parquet, compression zstd)"""
_SCAN = """
import duckdb, sys, time
c = duckdb.connect(); c.execute("set threads=2; set enable_progress_bar=false")
start, busy = time.perf_counter(), time.process_time()
c.execute(f"select count(industry), count(size), count(country), count(outcome), count(days_to_win), sum(revenue), "
          f"sum(margin) from '{sys.argv[1]}'").fetchall()
print(time.perf_counter() - start, time.process_time() - busy)
"""
# The lead-grain relation as the suite keeps it: numbers of segments in the leads, their words beside them.
_NAMES = """
import duckdb, sys
from insights.metrics.leads import segment_cells
from insights.metrics.sql import text
c = duckdb.connect(); c.execute(f"create view lead_grain as from '{sys.argv[1]}'")
c.execute(f"copy ({text(segment_cells())}) to '{sys.argv[1]}.cells' (format parquet)")
"""
_OPENED = """
import resource, sys, time
import duckdb
import numpy as np
from insights.metrics.sql import text
from insights.metrics import segments
from insights.models.subgroups import Conjunctions
QUERY
c = duckdb.connect(); c.execute("set threads=2; set enable_progress_bar=false")
start, busy = time.perf_counter(), time.process_time()
c.execute(f"create view lead_grain as select *, cast(null as varchar) as region from '{sys.argv[1]}'")
c.execute(f"create view segment_cells as from read_parquet('{sys.argv[1]}.cells')")
t = c.execute(query).fetchnumpy()
"""
# Leaf cells in the engine, all combinations added up from them in NumPy: the way the topic counts.
_OURS = _OPENED.replace("QUERY", "query = text(segments.leaf_totals())") + """
levels, sizes = [], []
for name in ("industry", "size", "country"):
    words, level = np.unique(t[name].astype(str), return_inverse=True)
    levels.append(level); sizes.append(len(words))
space = Conjunctions(tuple(levels), tuple(sizes))
leads, revenue, margin = (np.asarray(t[k], dtype=float) for k in ("leads", "revenue", "margin"))
out = space.totals(leads, leads * (t["outcome"] == "won"), leads * (t["outcome"] == "lost"), revenue, margin)
took = time.perf_counter() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, len(out[0]), time.process_time() - busy)
"""
_PANDAS = """
import itertools, resource, sys, time
import pandas as pd
start = time.perf_counter()
f = pd.read_parquet(sys.argv[1], columns=["industry", "size", "country", "outcome", "days_to_win", "revenue", "margin"])
f["won"] = f.outcome == "won"
for d in (1, 2, 3):
    for keys in itertools.combinations(["industry", "size", "country"], d):
        f.groupby(list(keys), observed=True).agg(leads=("won", "size"), won=("won", "sum"), revenue=("revenue", "sum"),
                                                 margin=("margin", "sum"))
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
_CLUSTERED = "import datetime as dt\n" + _OPENED.replace("QUERY", """query = text(segments.cells(
    ("conversion", "margin_per_lead"), days=180, as_of=dt.date(2026, 1, 1)))""") + """
took = time.perf_counter() - start
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.process_time() - busy)
"""
_SEARCH = """
import json, sys, time
import duckdb, numpy as np
from insights.models.subgroups import Conjunctions, best_conjunctions
c = duckdb.connect(); c.execute("set threads=2; set enable_progress_bar=false")
t = c.execute(f"select " + ", ".join(f"cast({k} as integer) as {k}" for k in "abcde") +
              f", cast(hit as double) as hit from '{sys.argv[1]}'").fetchnumpy()
start = time.perf_counter()
levels = tuple(np.asarray(t[k], dtype=np.int64) for k in "abcde")
found = best_conjunctions(Conjunctions(levels, tuple(int(v.max()) + 1 for v in levels)), t["hit"], 20)
print(json.dumps([time.perf_counter() - start, [[round(q, 9), [["abcde"[k], v] for k, v in i]] for q, i in found]]))
"""
_PEER = """
import json, sys, time
import pandas as pd, pysubgroup as ps
f = pd.read_csv(sys.argv[1], dtype=str); f["hit"] = f.hit == "1"
target = ps.BinaryTarget("hit", True)
best = None
for make in (lambda: ps.DFS(ps.BitSetRepresentation), ps.Apriori):
    space = ps.create_selectors(f, ignore=["hit"])
    task = ps.SubgroupDiscoveryTask(f, target, space, result_set_size=20, depth=3, qf=ps.WRAccQF())
    start = time.perf_counter(); result = make().execute(task); took = time.perf_counter() - start
    best = took if best is None else min(best, took)
print(json.dumps([best, [round(float(q), 9) for q, *_ in result.to_descriptions()]]))
"""


def run() -> Iterator[Result]:
    """Ratios of medians, each pair taken in turn in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        import duckdb

        grain = Path(folder) / "grain.parquet"
        duckdb.sql(_GRAIN.format(leads=LEADS, path=grain))
        subprocess.run(python("-c", _NAMES, str(grain)), check=True)
        yield from _aggregates(grain)
        yield from _search(Path(folder))


def _numbers(script: str, *arguments: str) -> list[float]:
    done = subprocess.run(python("-c", script, *arguments), check=True, capture_output=True, text=True)
    return [float(x) for x in done.stdout.splitlines()[-1].split()]


def _aggregates(grain: Path) -> Iterator[Result]:
    scan, ours, clustered = ([] for _ in range(3))
    for _ in range(RUNS):
        scan.append(_numbers(_SCAN, str(grain)))
        ours.append(_numbers(_OURS, str(grain)))
        clustered.append(_numbers(_CLUSTERED, str(grain)))
    pandas = _numbers(_PANDAS, str(grain))
    time, memory = (statistics.median(row[k] for row in ours) for k in (0, 1))
    floor = statistics.median(row[0] for row in scan)
    busy = statistics.median(mine[3] / bare[1] for mine, bare in zip(ours, scan, strict=True))
    note = f"{LEADS} leads, {int(ours[0][2])} combinations; in processor time {busy:.2f} of the scan"
    yield Result("segments_against_scan", time / floor, "ratio", 1.5, "DuckDB's scan of the same columns", note=note)
    yield Result("segments_against_pandas", time / pandas[0], "ratio", 0.2, "pandas", note=note)
    yield Result("segments_memory", memory / pandas[1], "ratio", 0.1, "pandas", note=f"{memory:.0f} MiB")
    took, peak = (statistics.median(row[k] for row in clustered) for k in (0, 1))
    busy = statistics.median(mine[2] / bare[1] for mine, bare in zip(clustered, scan, strict=True))
    yield Result("segments_clustered_against_scan", took / floor, "ratio", None, "DuckDB's scan of the same columns",
                 note=f"sums over {LEADS // 2} companies for two measures: what clustered intervals cost; "
                      f"in processor time {busy:.1f}; {peak:.0f} MiB")


def _search(folder: Path) -> Iterator[Result]:
    """Both clocks start with the rows in memory and stop with the best twenty: the peer's rows were always read from
    their file, and its selectors made, before its clock started, and ours are counted the same way."""
    import duckdb

    rows = Path(folder) / "rows"
    sizes = ", ".join(f"hash(i, {k}) % {size} as {name}"
                      for k, (name, size) in enumerate(zip("abcde", (20, 5, 30, 8, 6), strict=True)))
    query = (f"select {sizes}, cast(hash(i, 9) % 100 < case when hash(i, 0) % 20 = 3 and hash(i, 1) % 5 = 2 then 18 "
             f"else 6 end as integer) as hit from range(100000) t(i)")
    duckdb.sql(f"copy ({query}) to '{rows}.parquet'")
    duckdb.sql(f"copy ({query}) to '{rows}.csv'")
    mine = []
    for _ in range(RUNS):
        done = subprocess.run(python("-c", _SEARCH, f"{rows}.parquet"), check=True, capture_output=True, text=True)
        mine.append(json.loads(done.stdout.splitlines()[-1]))
    time = statistics.median(took for took, _found in mine)
    try:
        theirs, qualities = ask("pysubgroup", _PEER, f"{rows}.csv")
    except NoPeer as absent:
        yield Result("search_against_pysubgroup", float("nan"), "ratio", None, "pysubgroup", note=str(absent))
        return
    same = [q for q, _items in mine[0][1]] == sorted(qualities, reverse=True)
    yield Result("search_against_pysubgroup", time / theirs, "ratio", 1 / 15, "the faster of its DFS and Apriori",
                 note=f"100,000 leads, five attributes, depth three; the same top twenty: {same}")
    yield Result("search_same_top_twenty", float(same), "share", None, "pysubgroup", floor=1.0)
