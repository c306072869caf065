"""Pushes at period ends: found where planted, and the innocent not accused."""

import datetime as dt

import numpy as np

from insights.models.period_ends import pushes

FIRST = dt.date(2023, 1, 1)
LASTS = [dt.date(y, m, d) for y in (2023, 2024, 2025) for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]
WEEKDAYS = np.array([1.2, 1.2, 1.2, 1.1, 1.0, 0.2, 0.1])


def firm(seed, pushed=(), busy=(), *, level=12.0, restless=0.15, conversion=0.10):
    """Three years of days: weekly rhythm, restless weeks; `pushed` quarters bring 2.4 times as many poor leads, `busy`
    ones as many good ones."""
    rng = np.random.default_rng(seed)
    days = 3 * 365 + 1
    mean = level * WEEKDAYS[(np.arange(days) + FIRST.weekday()) % 7]
    mean *= np.exp(restless * np.repeat(rng.normal(size=days // 7 + 1), 7)[:days])
    rate = np.full(days, conversion)
    for i, last in enumerate(LASTS):
        at = (last - FIRST).days
        if i in (*pushed, *busy):
            mean[at - 6:at + 1] *= 2.4
        if i in pushed:
            rate[at - 6:at + 1] *= 0.25
    n = rng.poisson(mean).astype(float)
    return n, rng.binomial(n.astype(int), rate).astype(float)


def judged(seed, **more):
    n, won = firm(seed, **more)
    return pushes(FIRST, n, n, won, LASTS)


def test_planted_pushes_are_found_and_a_good_busy_week_is_not_accused():
    hits = wrong = 0
    for seed in range(20):
        found = judged(seed, pushed=(1, 4, 6, 9), busy=(7,))
        accused = {i for i, e in enumerate(found.ends) if e.pushed}
        hits += len(accused & {1, 4, 6, 9})
        wrong += bool(accused - {1, 4, 6, 9})
    assert hits >= 60 and wrong <= 3


def test_clean_firms_are_hardly_ever_accused():
    """Two hundred firms without a push: at most one in twenty is accused."""
    assert sum(any(e.pushed for e in judged(seed).ends) for seed in range(200)) <= 10


def test_restless_firms_are_not_accused_for_their_restlessness():
    assert sum(any(e.pushed for e in judged(seed, restless=0.5).ends) for seed in range(100)) <= 5


def test_leads_too_young_to_have_closed_are_not_judged():
    n, won = firm(1, pushed=(11,))
    old = n.copy()
    old[-40:] = 0
    won[-40:] = 0
    found = pushes(FIRST, n, old, won, LASTS)
    assert found.ends[-1].busy and found.ends[-1].pushed is None


def test_too_few_leads_say_nothing():
    n, won = firm(1, level=0.2)
    assert not any(e.busy for e in pushes(FIRST, n, n, won, LASTS).ends)
