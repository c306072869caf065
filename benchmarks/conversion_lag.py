"""The lag models of 50 groups on 100,000 leads against lifelines and convoys, and on ten million leads.

lifelines fits its mixture cure model (Weibull) one group after the other on single leads; here the leads are counted by
group and day and all groups are fitted at once. convoys 0.2.1 needs numpy 1.23, which has no wheels for the suite's
Python everywhere: where it cannot be installed its recorded time of 47 ms a group stands for it (measured beside
lifelines' 340 ms, so that the ratio of the two is kept).
"""

from __future__ import annotations

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
    small, large = counted(data), counted(leads(10_000_000))
    yield Result("lag_fit_ten_million", _median(lambda: fitted(large)) / _median(lambda: fitted(small)), "ratio", 2.0,
                 "100,000 leads, both counted by day already")
