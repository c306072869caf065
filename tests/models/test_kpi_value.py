"""Worth of a lead and the next unit of spend, recovered from drawn firms."""

import numpy as np

from insights.models.elasticity import exponent
from insights.models.kpi_value import worths
from insights.models.replicates import Replicates


def drawn(rates, sizes, seed, deal=1000.0):
    """A firm of 128 groups of companies whose segments win at these rates; deals are unequal (lognormal)."""
    rng = np.random.default_rng(seed)
    s = len(rates)
    leads, wins = np.zeros((128, s, 1, 2)), np.zeros((128, s, 1, 2, 1))
    money = np.zeros((128, s, 1))
    for i, (rate, n) in enumerate(zip(rates, sizes, strict=True)):
        leads[:, i, 0, 1] = rng.multinomial(n, np.full(128, 1 / 128))
        wins[:, i, 0, 1, 0] = rng.binomial(leads[:, i, 0, 1].astype(int), rate)
        money[:, i, 0] = [rng.lognormal(np.log(deal) - .5, 1.0, int(k)).sum() for k in wins[:, i, 0, 1, 0]]
    return Replicates(tuple(f"s{i}" for i in range(s)), leads, wins,
                      {name: money for name in ("revenue", "listed", "at_list", "margin")}, np.zeros(s))


def test_intervals_hold_the_true_worth_of_segments():
    held = total = 0
    for seed in range(25):
        rates = np.random.default_rng(100 + seed).uniform(.03, .12, 8)
        found = worths(drawn(rates, [1500] * 8, seed), seed)
        for i, rate in enumerate(rates):
            interval = found.of(f"s{i}").value
            held += interval.low <= rate * 1000 <= interval.high
            total += 1
    assert .84 <= held / total <= .98


def test_the_poor_segment_with_the_most_leads_is_worth_least():
    found = worths(drawn([.02, .06, .07, .08], [5000, 1500, 1500, 1500], 1), 0)
    least = min(found.segments, key=lambda w: w.value.value)
    assert least.name == "s0" == max(found.segments, key=lambda w: w.leads).name
    assert str(least.compared.verdict) == "lower"


def test_one_large_deal_does_not_hide_that_a_segments_leads_are_seldom_won():
    found = drawn([.02, .06, .07, .08], [5000, 1500, 1500, 1500], 1)
    for money in found.money.values():
        money[5, 0] += 50_000.0
    assert str(worths(found, 0).of("s0").compared.verdict) == "lower"


def test_many_small_wins_are_not_called_worth_more():
    called = 0
    for seed in range(10):
        found = drawn([.12, .06, .06, .06], [1500] * 4, seed)
        for money in {id(m): m for m in found.money.values()}.values():
            money[:, 0] *= 0.3
        called += str(worths(found, seed).of("s0").compared.verdict) == "higher"
    assert called == 0


def test_equal_segments_are_not_called_different():
    accused = 0
    for seed in range(20):
        found = worths(drawn([.06] * 8, [600] * 8, seed), seed)
        accused += any(str(w.compared.verdict) in ("higher", "lower") for w in found.segments)
    assert accused <= 4


def test_the_next_unit_of_spend_is_recovered():
    held = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(12), 12)
        spend = rng.choice([500., 1000., 1600.], 144)
        leads = rng.poisson(np.repeat(rng.uniform(5, 40, 12), 12) * (spend / 1000) ** .6).astype(float)
        interval, n = exponent(group, spend, leads)
        held += interval.low <= .6 <= interval.high
        assert n == 144
    assert held >= 31


def test_a_budget_that_never_moved_says_nothing():
    assert exponent(np.repeat([1, 2], 12), np.full(24, 100.), np.full(24, 9.)) is None
