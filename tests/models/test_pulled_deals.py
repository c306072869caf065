"""Deals bought or pulled forward at quarter ends: found where planted, clean firms hardly ever accused."""

import datetime as dt

import numpy as np

from insights.models.pulled_deals import dearer, pulled

FIRST = dt.date(2023, 1, 1)
LASTS = [dt.date(y, m, d) for y in (2023, 2024, 2025) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]


def firm(seed, *, more=0.0, moved=0.0):
    """Three years of deals, some fourteen a week, at 5% discount on average; `more` discount in the last weeks of
    quarters, `moved` the share of the three weeks after that is taken into them."""
    rng = np.random.default_rng(seed)
    days = 3 * 365 + 1
    mean, cut = np.full(days, 2.0), np.full(days, 0.05)
    for last in LASTS:
        at = (last - FIRST).days
        cut[at - 6:at + 1] += more
        mean[at - 6:at + 1] += moved * 2.0 * 3
        mean[at + 1:at + 22] *= 1 - moved
    n = rng.poisson(mean).astype(float)
    at_list = np.array([rng.lognormal(9, 0.9, int(k)).sum() for k in n])
    listed = at_list * (1 - np.clip(cut + rng.normal(0, 0.03, days), 0, 0.4))
    return n, listed, at_list


def test_planted_discounts_are_found_and_their_size_is_in_the_range():
    found = [dearer(FIRST, *firm(seed, more=0.04), LASTS) for seed in range(40)]
    assert sum(f.clear for f in found) >= 36
    assert np.mean([f.more.low <= 0.04 <= f.more.high for f in found]) >= 0.75


def test_clean_firms_are_hardly_ever_accused():
    """Two hundred firms that neither discount nor pull forward: at most one in twenty is accused of either."""
    accused = 0
    for seed in range(200):
        n, listed, at_list = firm(seed)
        accused += dearer(FIRST, n, listed, at_list, LASTS).clear or pulled(FIRST, n, LASTS).clear
    assert accused <= 10


def test_deals_pulled_forward_are_found_and_a_busy_last_week_alone_is_not_accused():
    assert sum(pulled(FIRST, firm(seed, moved=0.3)[0], LASTS).clear for seed in range(20)) >= 18
    busy = []
    for seed in range(20):
        n = firm(seed)[0]
        for last in LASTS:
            n[(last - FIRST).days - 6:(last - FIRST).days + 1] *= 2
        busy.append(pulled(FIRST, n, LASTS).clear)
    assert sum(busy) <= 2


def test_a_handful_of_deals_says_nothing():
    n, listed, at_list = (series * (np.arange(1096) % 40 == 0) for series in firm(1))
    assert dearer(FIRST, n, listed, at_list, LASTS) is None and pulled(FIRST, n, LASTS) is None
