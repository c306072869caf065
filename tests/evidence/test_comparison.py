"""Truth and recovery of the comparison policy."""

import numpy as np
import pytest
from scipy import stats

from insights.evidence import Sums, Verdict, compare_with_rest, summarise
from insights.evidence.comparison import benjamini_hochberg


def sums_of(groups, y, companies, n=None):
    """Sums over companies of each group, from one row per case."""
    n = np.ones(len(y)) if n is None else n
    rows = []
    for group in np.unique(groups):
        mine = groups == group
        _, index = np.unique(companies[mine], return_inverse=True)
        cy, cn = np.bincount(index, y[mine]), np.bincount(index, n[mine])
        top = int(np.argmax(cy))
        rows.append((len(cy), cn.sum(), cy.sum(), (cn**2).sum(), (cy**2).sum(), (cn * cy).sum(), (cy > 0).sum(),
                     cn[top], cy[top]))
    names = ("companies", "n", "y", "nn", "yy", "ny", "paying", "top_n", "top_y")
    return Sums.of(**dict(zip(names, np.array(rows).T, strict=True)))


def test_a_rate_without_a_win_has_wilsons_interval():
    """0 of 40, one lead a company: Wilson's 90% interval (1927) is 0 to 6.3%."""
    sums = sums_of(np.zeros(40), np.zeros(40), np.arange(40))
    interval = summarise(sums, share=True)[0]
    wilson = stats.binomtest(0, 40).proportion_ci(0.9, method="wilson")
    assert (interval.value, interval.low) == (0, 0)
    assert interval.high == pytest.approx(wilson.high, abs=0.003)
    assert round(wilson.high, 3) == 0.063


@pytest.mark.parametrize("wins, n, wider", [(3, 40, 0.006), (39, 40, 0.006), (60, 1000, 0.0005), (250, 400, 0.0005)])
def test_unclustered_rates_agree_with_an_independent_wilson_interval(wins, n, wider):
    """Student's quantile makes ours a little wider for few companies, never narrower."""
    y = np.repeat([1.0, 0.0], [wins, n - wins])
    interval = summarise(sums_of(np.zeros(n), y, np.arange(n)), share=True)[0]
    wilson = stats.binomtest(wins, n).proportion_ci(0.9, method="wilson")
    assert wilson.low - wider <= interval.low <= wilson.low
    assert wilson.high <= interval.high <= wilson.high + wider


def test_leads_of_the_same_company_count_less():
    """Ten leads a company that all share one fate carry no more than one lead a company."""
    fates = np.repeat([1.0] * 30 + [0.0] * 70, 10)
    companies = np.repeat(np.arange(100), 10)
    clustered = summarise(sums_of(np.zeros(1000), fates, companies), share=True)[0]
    single = summarise(sums_of(np.zeros(100), fates[::10], np.arange(100)), share=True)[0]
    assert clustered.low == pytest.approx(single.low, abs=0.004)
    assert clustered.high == pytest.approx(single.high, abs=0.004)


def test_benjamini_hochberg_agrees_with_scipy():
    p = np.random.default_rng(3).beta(0.4, 2, 60)
    assert (benjamini_hochberg(p, 0.1) == (stats.false_discovery_control(p) <= 0.1)).all()


def _clustered_rates(rng, rates, companies_each, leads_each, icc=0.2):
    """Leads of companies whose own rate varies around that of their group (beta-binomial)."""
    groups, y, companies = [], [], []
    for g, rate in enumerate(rates):
        a = (1 - icc) / icc
        own = rng.beta(rate * a, (1 - rate) * a, companies_each[g])
        groups.append(np.full(companies_each[g] * leads_each, g))
        y.append((rng.random((companies_each[g], leads_each)) < own[:, None]).astype(float).ravel())
        companies.append(np.repeat(np.arange(companies_each[g]), leads_each))
    return np.concatenate(groups), np.concatenate(y), np.concatenate(companies)


def test_intervals_cover_clustered_rates_and_their_differences():
    """200 firms of six groups, two leads a company with intraclass correlation .2, rates drawn anew for each firm:
    90% intervals cover in 86% to 94% (Monte Carlo error of 1,200 intervals: about one point)."""
    rng = np.random.default_rng(11)
    covered, differences = [], []
    sizes = [40, 60, 120, 200, 400, 800]
    for _ in range(200):
        rates = rng.uniform(0.03, 0.15, len(sizes))
        sums = sums_of(*_clustered_rates(rng, rates, sizes, 2))
        weights = np.array(sizes) / sum(sizes)
        for i, compared in enumerate(compare_with_rest(sums, share=True)):
            rest = (weights @ rates - weights[i] * rates[i]) / (1 - weights[i])
            covered.append(compared.own.low <= rates[i] <= compared.own.high)
            differences.append(compared.difference.low <= rates[i] - rest <= compared.difference.high)
    assert 0.86 <= np.mean(covered) <= 0.94
    assert 0.86 <= np.mean(differences) <= 0.95


def test_intervals_of_money_cover_skewed_deals():
    """Margin per lead with few, lognormal deals: not below 84% (a normal interval covers far less)."""
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(400):
        won = rng.random(600) < 0.06
        y = won * rng.lognormal(10, 0.9, 600)
        interval = summarise(sums_of(np.zeros(600), y, np.arange(600) // 2), share=False)[0]
        covered.append(interval.low <= 0.06 * np.exp(10 + 0.9**2 / 2) <= interval.high)
    assert 0.84 <= np.mean(covered) <= 0.96


def test_equal_groups_are_rarely_called_different():
    """100 firms of ten equal groups: at most one firm in ten has any group called higher or lower."""
    rng = np.random.default_rng(7)
    accused = 0
    for _ in range(100):
        sums = sums_of(*_clustered_rates(rng, [0.06] * 10, [150] * 10, 2))
        accused += any(c.verdict in (Verdict.HIGHER, Verdict.LOWER) for c in compare_with_rest(sums, share=True))
    assert accused <= 10


def test_a_group_twice_as_good_is_found_and_equivalent_ones_are_said_to_be():
    rng = np.random.default_rng(1)
    compared = compare_with_rest(sums_of(*_clustered_rates(rng, [0.12, 0.06, 0.06], [600, 600, 600], 2)), share=True)
    assert compared[0].verdict is Verdict.HIGHER
    many = compare_with_rest(sums_of(*_clustered_rates(rng, [0.6] * 3, [4000] * 3, 2)), share=True)
    assert {c.verdict for c in many} == {Verdict.NO_CLEAR_DIFFERENCE}


def test_a_winner_that_hangs_on_one_deal_is_none():
    """Forty leads with three wins, one of them huge: without it nothing is left of the lead in margin."""
    rng = np.random.default_rng(2)
    y = np.concatenate([[900_000.0, 20_000, 20_000], np.zeros(37), (rng.random(2000) < 0.06) * 20_000.0])
    groups = np.repeat([0, 1], [40, 2000])
    compared = compare_with_rest(sums_of(groups, y, np.arange(len(y))), share=False)
    assert compared[0].own.value > 10 * compared[1].own.value
    assert compared[0].verdict is Verdict.TOO_FEW


def test_small_groups_are_withheld_with_the_reason():
    groups = np.repeat([0, 1, 2], [20, 40, 400])
    companies = np.concatenate([np.arange(20), np.repeat(np.arange(4), 10), np.arange(400)])
    y = np.tile([1.0, 0.0], 230)
    compared = compare_with_rest(sums_of(groups, y, companies), share=True)
    assert [c.withheld for c in compared] == ["few_leads", "few_companies", ""]
    assert all(c.verdict is Verdict.TOO_FEW for c in compared[:2])
