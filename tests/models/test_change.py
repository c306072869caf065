"""The parts of a change: their ranges hold the truth where a segment has hardly a win left."""

import numpy as np

from insights.models.change import changes
from insights.models.replicates import Replicates


def drawn(seed, shares, rates, n=3000):
    """Two periods of old leads whose segments have these shares and rates, over 128 groups of companies."""
    rng = np.random.default_rng(seed)
    s = len(rates)
    leads, wins = np.zeros((128, s, 2, 2)), np.zeros((128, s, 2, 2, 1))
    for p in (0, 1):
        for i in range(s):
            leads[:, i, p, 1] = rng.multinomial(int(n * shares[p][i]), np.full(128, 1 / 128))
            wins[:, i, p, 1, 0] = rng.binomial(leads[:, i, p, 1].astype(int), rates[i])
    money = np.zeros((128, s, 2))
    return Replicates(tuple(f"s{i}" for i in range(s)), leads, wins,
                      {name: money for name in ("revenue", "listed", "at_list", "margin")}, np.zeros(s))


def test_the_range_of_the_mix_holds_where_the_best_source_nearly_dries_up():
    """A tenth of the leads, won one in ten, shrinks to a fortieth: half of the mix rests on seven wins."""
    shares, rates = ((0.6, 0.3, 0.1), (0.70, 0.275, 0.025)), (0.04, 0.06, 0.10)
    truth = sum((b - a) * rate for a, b, rate in zip(*shares, rates, strict=True))
    held = []
    for seed in range(150):
        interval = changes(drawn(seed, shares, rates), seed, margin=False, draws=100)[0].interval("mix")
        held.append(interval.low <= truth <= interval.high)
    assert 0.85 <= np.mean(held) <= 0.97
