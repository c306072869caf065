"""Repeat-order models: their speed against `lifetimes` on the same counts, and whether their promises hold on customers
and firms whose truth is known."""

from __future__ import annotations

import csv
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.measure import Result
from benchmarks.peers import NoPeer, ask
from benchmarks.seeds import Case, each
from insights.models.repeat_orders import bgnbd
from insights.models.repeat_orders.counts import Counts

ROOT = Path(__file__).parents[1]
CDNOW = ROOT.parent / "shared" / "data" / "cdnow" / "cdnow_customers_summary.csv"
CUSTOMERS, SEEDS, FIRMS = 1_000_000, 200, 200
TRUTH = {"r": 1.2, "alpha": 8.0, "a": 0.7, "b": 3.0}
GIB = 2.0**30

_PEER = """
import json, statistics, sys, time
import numpy as np, pandas as pd
from lifetimes import BetaGeoFitter
data, runs = np.load(sys.argv[1]), int(sys.argv[2])
def timed(make):
    times = []
    for _ in range(runs):
        start = time.perf_counter(); fitter = make(); times.append(time.perf_counter() - start)
    return statistics.median(times), fitter
frame = pd.DataFrame(data.T, columns=["x", "t_x", "T"])
plain, fitter = timed(lambda: BetaGeoFitter().fit(frame.x, frame.t_x, frame["T"]))
def weighted():
    rows = frame.groupby(["x", "t_x", "T"], sort=False).size().reset_index(name="n")
    return BetaGeoFitter().fit(rows.x, rows.t_x, rows["T"], weights=rows.n)
weights, _ = timed(weighted)
print(json.dumps({"plain": plain, "weights": weights, "values": dict(fitter.params_)}))
"""


def run() -> Iterator[Result]:
    """Speed and memory first, then recovery and calibration."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _cdnow(Path(folder))
        yield from _million(Path(folder))
    yield from _recovery()
    yield from _real_bases()
    yield from _firms()


def _cdnow(folder: Path) -> Iterator[Result]:
    if not CDNOW.exists():
        return
    with CDNOW.open() as stream:
        data = np.array([[float(r[k]) for k in ("frequency", "recency", "T")] for r in csv.DictReader(stream)]).T
    path = folder / "cdnow.npy"
    np.save(path, data)
    peer = _peer(path, 7)
    ours = _median(lambda: bgnbd.fit(Counts.unique(*data), modified=False), 15)
    if peer:
        yield Result("repeat_cdnow_fit", ours / peer["plain"], "ratio", 0.1, "lifetimes BetaGeoFitter",
                     note=f"{1000 * ours:.1f} ms")


def _million(folder: Path) -> Iterator[Result]:
    """A million customers in the engine: aggregated to distinct counts, fitted, and each of them scored."""
    import duckdb

    data = simulated(np.random.default_rng(1), CUSTOMERS)
    path = folder / "million.npy"
    np.save(path, data)
    peer = _peer(path, 1)
    engine = duckdb.connect(str(folder / "orders.duckdb"))
    _orders(engine, data)
    distinct: list[np.ndarray] = []

    def fitted():
        rows = engine.execute("select x, t_x, age, count(*) as n from counts group by all").fetchnumpy()
        distinct[:] = [rows[name] for name in ("x", "t_x", "age", "n")]
        return bgnbd.fit(Counts.of(distinct[0], distinct[1] / 7, distinct[2] / 7, distinct[3]), modified=False)

    def aggregated() -> None:
        engine.execute("""
            create or replace table counts as
            select customer, count(*) - 1 as x, max(day) - min(day) as t_x, any_value(until) - min(day) as age
            from orders group by customer""")

    aggregation = _median(aggregated, 3)
    ours = _median(fitted, 5)
    model = fitted()

    def scored() -> None:
        x, t_x, age, _n = distinct
        counts = Counts.of(x, t_x / 7, age / 7)
        engine.register("scores", {"x": x, "t_x": t_x, "age": age, "active": model.active(counts),
                                   "expected": model.expected(counts, 52.0)})
        engine.execute("""
            create or replace table scored as
            select c.customer, s.active, s.expected from counts c
            join scores s on s.x = c.x and s.t_x = c.t_x and s.age = c.age""")
        engine.unregister("scores")

    scoring = _median(scored, 3)
    done = engine.execute("select count(*) from scored").fetchone()[0]
    note = f"{1000 * ours:.0f} ms, {len(distinct[0])} distinct counts"
    if peer:
        yield Result("repeat_million_fit", ours / peer["plain"], "ratio", 1 / 40, "lifetimes, one row a customer",
                     note=note)
        yield Result("repeat_million_fit_weights", ours / peer["weights"], "ratio", 0.25,
                     "lifetimes with weights=, groupby included", note=note)
    yield Result("repeat_million_scoring", scoring / aggregation, "ratio", 3.0,
                 "the engine's aggregation of orders to counts", note=f"{done} customers scored")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB
    yield Result("repeat_million_memory", peak, "GiB", 4.0, "the whole process, the simulation included")


def _orders(engine, data: np.ndarray) -> None:
    """Orders with those counts: the first on day 0, the last at t_x, the others between."""
    x, t_x, age = (column.astype(np.int64) for column in (data[0], np.round(data[1] * 7), np.round(data[2] * 7)))
    engine.register("known", {"customer": np.arange(len(x)), "x": x, "t_x": t_x, "age": age})
    engine.execute("""
        create table orders as
        select customer, cast(case when x = 0 then 0 else nth * t_x // x end as integer) as day, age as until
        from (select *, unnest(range(x + 1)) as nth from known)""")
    engine.unregister("known")


def _peer(path: Path, runs: int) -> dict | None:
    try:
        return ask("lifetimes", _PEER, str(path), str(runs))
    except NoPeer as reason:
        print(f"  {reason}")
        return None


def _median(work: Callable[[], object], runs: int) -> float:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def simulated(rng: np.random.Generator, customers: int, truth: dict | None = None, ages: tuple = (27, 39)):
    """Counts (rows x, t_x, T in weeks, on whole days) of customers who order by the law of BG/NBD at CDNOW's
    parameters, or by that of MBG/NBD at `truth`; with `truth`, who has left as a fourth row."""
    law = truth or {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
    rate = rng.gamma(law["r"], 1 / law["alpha"], customers)
    chance = rng.beta(law["a"], law["b"], customers)
    age = rng.integers(ages[0] * 7, ages[1] * 7, customers) / 7 if truth is None else rng.uniform(*ages, customers)
    x, last, now = np.zeros(customers), np.zeros(customers), np.zeros(customers)
    gone = rng.random(customers) < chance if truth else np.zeros(customers, dtype=bool)
    active = np.flatnonzero(~gone)
    while len(active):
        now[active] += rng.exponential(1 / np.maximum(rate[active], 1e-12))
        active = active[now[active] < age[active]]
        last[active], x[active] = now[active], x[active] + 1
        left = rng.random(len(active)) < chance[active]
        gone[active[left]] = True
        active = active[~left]
    if truth is None:
        last = np.where(x > 0, np.clip(np.round(last * 7), 1, None), 0) / 7
        return np.array([x, np.minimum(last, age), age])
    return np.array([x, last, age, gone])


def _recovery() -> Iterator[Result]:
    """MBG/NBD on simulated bases: intervals of the planted parameters, and whether those called lapsed have left."""
    inside, promised, left, off = 0, 0.0, 0.0, []
    for seed in range(SEEDS):
        x, t_x, age, gone = simulated(np.random.default_rng(1000 + seed), 1500, TRUTH, (30, 100))
        counts = Counts.of(x, t_x, age)
        model = bgnbd.fit(counts, modified=True)
        for name, value in TRUTH.items():
            low, high = model.fitted.interval(name)
            inside += low <= value <= high
        leaving = 1 - model.active(counts)
        lapsed = leaving > 0.5
        promised, left = promised + leaving[lapsed].sum(), left + gone[lapsed].sum()
        off.append(gone[lapsed].mean() - leaving[lapsed].mean())
    error = 1.645 * (0.09 / (SEEDS * len(TRUTH))) ** 0.5
    yield Result("repeat_recovery", inside / (SEEDS * len(TRUTH)), "share", 0.94, "planted parameters, 90% intervals",
                 floor=0.86, note=f"{SEEDS} seeds, Monte Carlo error {error:.3f}")
    yield Result("repeat_lapsed_precision", left / promised, "ratio", 1.03, "the promised precision of the lapsed list",
                 floor=0.97, note=f"{left / max(promised, 1) * promised:.0f} of them had left; worst seed off by "
                                  f"{max(map(abs, off)):.2f}")


def _doubles(case: Case, base) -> list[int]:
    """Firms entered twice whose both entries are customers: planted, found, and pairs reported that are none."""
    ids = base.register.columns["company_id"]
    planted = set(case.lists["companies"].get("double", ()))
    pairs = [{ids[i], ids[j]} for i, j, _likeness in base.parts["doubles"]]
    width = len(ids[0]) - 1
    twice = [{f"C{int(one[1:]) - 1:0{width}d}", one} for one in sorted(planted)]
    both = [pair for pair in twice if pair <= set(ids)]
    return [len(both), sum(pair in pairs for pair in both), sum(pair not in twice for pair in pairs)]


RHYTHMS = ("contract", "seasonal", "one_time", "irregular")


def firm(case: Case) -> dict:
    """A synthetic firm judged against what was planted.

    The base's money: orders without a lead of their own, as the truth has them, so the forecast is taken less the part
    that came through leads in the last year. Customers by their planted rhythm, those still there apart from those gone
    for good: how many are called late or lapsed. Of the lapsed, the promised and the real share of the gone (customers
    planted as one-time buyers, who can only come through leads, left out) and of the silent.
    """
    from insights.models.repeat_orders.states import LAPSED, LATE, ONE_TIME
    from insights.topics import customer_base

    base = customer_base.judge(case.firm)
    came = case.truths["margin_next_year[]"]["value"]
    own = 1 - (base.parts["through_leads"] or 0.0)
    ids = base.register.array("company_id", base.history.customer)
    planted = {name: np.isin(ids, list(case.lists["companies"].get(name, ()))) for name in
               (*RHYTHMS, "gone", "next_year")}
    lapsed, late, there = base.state == LAPSED, base.state == LATE, ~planted["gone"]
    of_rhythm = lapsed & ~planted["one_time"]
    states = {name: [int((planted[name] & there).sum()), int((planted[name] & there & late).sum()),
                     int((planted[name] & there & lapsed).sum())] for name in RHYTHMS}
    found = planted["gone"] & ~planted["one_time"]
    return {"held": base.total.low <= came / own <= base.total.high, "ratio": came / own / base.total.value,
            "wide": base.total.high / base.total.value, "states": states,
            "lapsed": int(of_rhythm.sum()), "gone": int((of_rhythm & planted["gone"]).sum()),
            "promised_gone": float((1 - base.outlook.active)[of_rhythm].sum()),
            "late": int(late.sum()), "late_gone": int((late & planted["gone"]).sum()),
            "promised_late_gone": float((1 - base.outlook.active)[late].sum()),
            "all_lapsed": int(lapsed.sum()), "silent": int((lapsed & ~planted["next_year"]).sum()),
            "promised_silent": float(base.outlook.none[lapsed].sum()),
            "found": [int(found.sum()), int((found & (lapsed | late)).sum()),
                      int((found & (base.state == ONE_TIME)).sum())],
            "doubles": _doubles(case, base),
            "once": [int(planted["one_time"].sum()), int((planted["one_time"] & (base.history.orders == 1)).sum()),
                     int((planted["one_time"] & (base.history.orders == 1) & (lapsed | late)).sum())]}


def _real_bases() -> Iterator[Result]:
    """CDNOW's customers in disjoint bases, nine months old, so that no year can be scored: the range of the following
    272 days against what came, by the path that the topic takes."""
    master = CDNOW.with_name("CDNOW_master.txt")
    if not master.exists():
        return
    import duckdb

    rows = [line.split() for line in master.read_text().splitlines()]
    rows = [row for row in rows if len(row) == 4 and row[0].isdigit()]
    engine = duckdb.connect()
    engine.execute("create table bought (company_id varchar, day date, revenue double)")
    engine.register("read", {"company_id": np.array([r[0] for r in rows]), "day": np.array([r[1] for r in rows]),
                             "revenue": np.array([float(r[3]) for r in rows])})
    engine.execute("insert into bought select company_id, strptime(day, '%Y%m%d'), revenue from read")
    ids = np.random.default_rng(5).permutation(sorted({row[0] for row in rows}))
    found = [_real_base(engine, ids[k:k + size]) for size, count in ((200, 25), (1000, 10))
             for k in range(0, size * count, size)]
    held = float(np.mean([low <= came <= high for low, high, came in found]))
    yield Result("repeat_base_cdnow", held, "share", None, "spending of the next nine months, 90% interval",
                 floor=0.8, note=f"{len(found)} disjoint bases of 200 or 1,000 real customers, who share one market")


def _real_base(engine, ids: np.ndarray) -> tuple[float, float, float]:
    from insights.metrics import orders
    from insights.models.repeat_orders import ignorance, outlook, validation, worth
    from insights.models.repeat_orders.history import History

    engine.register("chosen", {"company_id": ids})
    engine.execute("""create or replace table order_lines as
        select company_id, day, null as product_id, null as seller_id, null as lead_id,
               case when revenue > 0 then 'bought' else 'free' end as fate, revenue, revenue as margin
        from bought semi join chosen using (company_id)""")
    engine.execute(f"create or replace table order_days as {orders.order_days().sql('duckdb')}")
    engine.execute("""create or replace table customers as
        select row_number() over (order by company_id) - 1 as customer, company_id, min(day) as first_day
        from order_days where ordered group by company_id""")

    def history(day: date) -> History:
        return History.of(day, engine.execute(orders.counts(day, "margin").sql("duckdb")).to_arrow_table())

    end = date(1997, 10, 1)
    now = history(end)
    models, value = outlook.fit(now), worth.fit_value(now)
    quarters = validation.quarters(history, validation.later_days(date(1997, 1, 1), end), [])
    total = worth.total(
        worth.worth(now, outlook.outlook(now, models, "rhythm", 272.0), value), [], [q["rhythm"] for q in quarters],
        ignorance.of_parameters(now, models, "rhythm", value))
    return total.low, total.high, float(now.later_money.sum())


def _firms() -> Iterator[Result]:
    yield from judged(list(each(firm, range(FIRMS))))


def judged(found: list[dict]) -> Iterator[Result]:
    """The figures of these firms."""
    held = float(np.mean([f["held"] for f in found]))
    wide = statistics.median(f["wide"] for f in found)
    needed = float(np.quantile([abs(np.log(f["ratio"])) for f in found], 0.9))
    yield Result("repeat_base_forecast", held, "share", None, "next year's margin of synthetic firms, 90% interval",
                 floor=0.86, note=f"{len(found)} firms; high over low {wide**2:.2f} in the median, "
                                  f"{np.exp(2 * needed):.2f} would do")
    middle = statistics.median(abs(f["ratio"] - 1) for f in found)
    yield Result("repeat_base_error", middle, "share", 0.15, "next year's margin of synthetic firms, median error")
    for name, promise, came, n, what in (
            ("repeat_lapsed_gone", "promised_gone", "gone", "lapsed", "lapsed customers gone for good, firms"),
            ("repeat_late_gone", "promised_late_gone", "late_gone", "late", "late customers gone for good, firms"),
            ("repeat_lapsed_silent", "promised_silent", "silent", "all_lapsed", "silence of lapsed customers, firms")):
        promised, real, count = (sum(f[key] for f in found) for key in (promise, came, n))
        ratios = [f[came] - f[promise] for f in found]
        error = 2.576 * float(np.std(ratios)) * len(found) ** 0.5 / max(promised, 1)
        yield Result(name, real / max(promised, 1), "ratio", 1.1 + error, f"the promised share: {what}",
                     floor=0.9 - error, note=f"{count} customers, promised {promised / max(count, 1):.3f}, came "
                                             f"{real / max(count, 1):.3f}, Monte Carlo error {error:.3f}")
    for name, most in (("contract", 0.05), ("seasonal", 0.05), ("irregular", 0.15)):
        n, late, lapsed = (sum(f["states"][name][k] for f in found) for k in range(3))
        yield Result(f"repeat_false_alarm_{name}", (late + lapsed) / n, "share", most,
                     "customers still there who are called late or lapsed",
                     note=f"{n} customers, late {late / n:.3f}, lapsed {lapsed / n:.3f}")
    n, once, wrong = (sum(f["once"][k] for f in found) for k in range(3))
    yield Result("repeat_false_alarm_one_time", wrong / max(once, 1), "share", 0.0,
                 "one-time buyers who are called late or lapsed",
                 note=f"{once} of {n} ordered once; the others came again through a lead")
    planted, seen, others = (sum(f["doubles"][k] for f in found) for k in range(3))
    yield Result("repeat_doubles_found", seen / max(planted, 1), "share", None, "customers entered twice, reported",
                 floor=0.95, note=f"{planted} planted pairs, {others} other pairs reported")
    n, seen, once = (sum(f["found"][k] for f in found) for k in range(3))
    yield Result("repeat_gone_found", seen / n, "share", None, "customers gone for good who are called late or lapsed",
                 floor=0.6, note=f"{n} customers; {once / n:.3f} had ordered only once")
