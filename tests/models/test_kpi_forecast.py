"""Forecasts of wins: their ranges hold when whole quarters are better or worse, and use only what was known."""

import numpy as np

from insights.models.kpi_forecast import expected, forecasts


def firm(seed, *, months=48, shock=0.15, leads=300, rate=0.08):
    """Months of leads won with a lag of some months, quarters shocked on the log scale."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(leads, months).astype(float)
    triangle = np.zeros((months, months))
    quarters = np.exp(shock * rng.normal(size=months // 3 + 1))
    for m in range(months):
        for age, part in enumerate((.3, .3, .2, .1, .1)):
            if m + age < months:
                triangle[m, m + age] = rng.poisson(n[m] * rate * part * quarters[(m + age) // 3])
    return n, triangle


def test_nine_in_ten_quarters_come_within_their_range():
    held = total = 0
    for seed in range(60):
        n, triangle = firm(seed)
        found = forecasts(n, triangle, list(range(0, 48, 3)), 48)
        held += sum(f.held for f in found.scored)
        total += len(found.scored)
    assert .84 <= held / total <= .97


def test_what_came_later_changes_no_earlier_forecast():
    n, triangle = firm(1)
    before = expected(n, triangle, 24)
    triangle[:, 24:] = 99
    n[24:] = 1
    assert expected(n, triangle, 24) == before


def test_a_steady_firm_is_forecast_at_what_it_brings():
    n = np.full(36, 100.)
    triangle = np.zeros((36, 36))
    for m in range(36):
        for age, wins in enumerate((3., 2., 1.)):
            if m + age < 36:
                triangle[m, m + age] = wins
    assert abs(expected(n, triangle, 30) - 18) < .5


def test_too_few_quarters_have_no_range():
    n, triangle = firm(2, months=18)
    found = forecasts(n, triangle, list(range(0, 21, 3)), 18)
    assert found.coming.figure.low is None and not found.scored
