"""The lag models of 50 groups on 100,000 leads against lifelines and convoys, and on ten million leads.

lifelines fits its mixture cure model (Weibull) one group after the other on single leads; here the leads are counted by
group and day and all groups are fitted at once. convoys 0.2.1 needs numpy 1.23, which has no wheels for the suite's
Python everywhere: where it cannot be installed its recorded time of 47 ms a group stands for it (measured beside
lifelines' 340 ms, so that the ratio of the two is kept).
"""

from __future__ import annotations

import csv
import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.measure import Result
from benchmarks.peers import NoPeer, ask

GROUPS, SPAN, RUNS, PEER_GROUPS = 50, 730, 5, 8
RECORDED = {"lifelines": 0.340, "convoys": 0.047}
DATA = Path(__file__).parents[2] / "shared" / "data" / "convoys"
LOGLIK = {
    "ACC1": (-754.2453606, -754.2453606), "AEUHAZ1": (-1777.7336454, -1777.7336453),
    "BENCH": (-491.5880677, -491.5880677), "C": (-4372.8527615, -4372.8527612), "E": (-22998.9426679, -22998.9426678),
    "EVCAT1": (-794.3950965, -794.3950965), "LANDMK": (-656.0038580, -656.0038569),
    "LBLVIO": (-2755.8778094, -2755.8778093), "LL1081": (-3211.5412220, -3211.5412220),
    "LL6291": (-19177.6672839, -19177.6672839), "Female": (-12952.8404567, -12952.8404567),
    "Male": (-11238.9369175, -11261.0362355),
}
"""Weibull cure model on convoys' own data: log-likelihood at convoys 0.2.1's parameters (numpy 1.23.5, scipy 1.9.3; the
better of its fits with times as they are and divided by the longest) and of lifelines 0.30.3."""

LIFELINES = """
import json, sys, time
import numpy as np, pandas as pd
from lifelines import MixtureCureFitter, WeibullFitter
data = np.load(sys.argv[1])
seconds, loglik = [], []
for g in range(int(sys.argv[2])):
    chosen = data["group"] == g
    begun = time.perf_counter()
    fitter = MixtureCureFitter(base_fitter=WeibullFitter()).fit(data["time"][chosen], data["won"][chosen])
    seconds.append(time.perf_counter() - begun)
    loglik.append(fitter.log_likelihood_)
print(json.dumps({"seconds": seconds, "loglik": loglik}))
"""


def leads(n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Leads of 50 groups, Weibull lags in whole days, final shares from 10 to 50%, watched for up to two years."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, GROUPS, n)
    age = rng.integers(1, SPAN, n)
    days = np.ceil(120 * rng.weibull(0.9, n)).astype(np.int64)
    won = (rng.random(n) < 0.1 + 0.4 * group / GROUPS) & (days <= age)
    return {"group": group, "time": np.where(won, days, age), "won": won}


def counted(data: dict[str, np.ndarray]):
    """The leads by group and day, as the likelihood reads them."""
    from insights.models.conversion_lag.mixture import Cells

    flat = data["group"] * SPAN + data["time"]
    won, still = (np.bincount(flat[chosen], minlength=GROUPS * SPAN).reshape(GROUPS, SPAN)[:, 1:].astype(float)
                  for chosen in (data["won"], ~data["won"]))
    return Cells(np.log(np.arange(1.0, SPAN)), (won,), still, np.zeros((0, 4), dtype=np.int64))


def fitted(cells):
    """The Weibull cure model of all groups."""
    from insights.models.conversion_lag.families import WEIBULL, Shape
    from insights.models.conversion_lag.newton import maximise

    return maximise(cells, (Shape(WEIBULL),))


def convoys_data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days (years), whether the event came, and group of convoys' example data: violations by type (a hundred at
    least; what was closed after the day of the data is open), and first marriages by sex."""
    rows = []
    with (DATA / "dob_violations.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            now, begun = dt.date.fromisoformat(row["now"]), dt.date.fromisoformat(row["issue_date"])
            done = dt.date.fromisoformat(row["disposition_date"]) if row["disposition_date"] else None
            done = done if done and done <= now else None
            rows.append(((((done or now) - begun).days), done is not None, row["type"].split("-")[0]))
    with (DATA / "marriage.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            years = float(row["married"] or row["now"]) - float(row["born"])
            rows.append((years, row["married"] != "", row["sex"]))
    rows = [row for row in rows if row[0] > 0 and row[2] in LOGLIK]
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def below_recorded() -> float:
    """By how much the worst group's log-likelihood lies below the better of the recorded ones."""
    from insights.models.conversion_lag import from_durations
    from insights.models.conversion_lag.families import WEIBULL, Shape
    from insights.models.conversion_lag.fitting import cells
    from insights.models.conversion_lag.newton import maximise

    time_, came, group = convoys_data()
    counts = from_durations(time_, came.astype(int), group, followed=time_)
    fit = maximise(cells(counts, alone=True), (Shape(WEIBULL),))
    return max(max(LOGLIK[g]) - value for g, value in zip(counts.groups, fit.loglik, strict=True))


def _median(work) -> float:
    work()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def run() -> Iterator[Result]:
    """Ratios a group, counting included, and the log-likelihoods."""
    data = leads(100_000)
    ours = _median(lambda: fitted(counted(data))) / GROUPS
    fit = fitted(counted(data))
    try:
        with tempfile.TemporaryDirectory() as folder:
            np.savez(Path(folder) / "leads.npz", **data)
            told = ask("lifelines", LIFELINES, str(Path(folder) / "leads.npz"), str(PEER_GROUPS))
        theirs = statistics.median(told["seconds"])
        short = max(b - a for a, b in zip(fit.loglik.tolist(), told["loglik"], strict=False))
        yield Result("lag_below_lifelines", short, "loglik", 1e-6, "lifelines 0.30.3 MixtureCureFitter(Weibull)",
                     note=f"worst of {PEER_GROUPS} groups; negative: ours is higher")
        yield Result("lag_fit", ours / theirs, "ratio", 1 / 300, "lifelines 0.30.3, a group")
    except NoPeer as why:
        theirs = RECORDED["lifelines"]
        yield Result("lag_fit", ours / theirs, "ratio", 1 / 300, "lifelines 0.30.3, recorded", note=str(why))
    convoys = theirs * RECORDED["convoys"] / RECORDED["lifelines"]
    yield Result("lag_fit_convoys", ours / convoys, "ratio", 1 / 40, "convoys 0.2.1, recorded",
                 note="47 ms a group where lifelines took 340 ms; scaled by lifelines here")
    if DATA.is_dir():
        yield Result("lag_below_recorded", below_recorded(), "loglik", 1e-6, "convoys 0.2.1 and lifelines 0.30.3",
                     note=f"worst of {len(LOGLIK)} groups of convoys' own data, recorded values")
    small, large = counted(data), counted(leads(10_000_000))
    yield Result("lag_fit_ten_million", _median(lambda: fitted(large)) / _median(lambda: fitted(small)), "ratio", 2.0,
                 "100,000 leads, both counted by day already")
