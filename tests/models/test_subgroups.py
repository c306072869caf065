"""The exact search over conjunctions against a search written another way, and its fit of main effects."""

import itertools

import numpy as np
import pytest

from insights.models.additive import fit
from insights.models.subgroups import Conjunctions, best_conjunctions


@pytest.fixture
def rows():
    rng = np.random.default_rng(11)
    sizes = (4, 3, 5, 2)
    levels = tuple(rng.integers(-1, size, 900) for size in sizes)
    hit = (rng.random(900) < np.where((levels[0] == 1) & (levels[2] == 3), 0.6, 0.2)).astype(float)
    return levels, sizes, hit


def brute(levels, sizes, hit, depth):
    """Every conjunction by masks, row by row."""
    cases, rate = len(hit), hit.mean()
    for d in range(1, depth + 1):
        for subset in itertools.combinations(range(len(levels)), d):
            for values in itertools.product(*(range(sizes[k]) for k in subset)):
                inside = np.all([levels[k] == v for k, v in zip(subset, values, strict=True)], axis=0)
                if inside.any():
                    yield inside.sum() / cases * (hit[inside].mean() - rate), tuple(zip(subset, values, strict=True))


def test_the_best_twenty_are_those_of_a_search_by_brute_force(rows):
    levels, sizes, hit = rows
    expected = sorted(brute(levels, sizes, hit, 3), key=lambda pair: -pair[0])[:20]
    found = best_conjunctions(Conjunctions(levels, sizes), hit, 20)
    assert [q for q, _ in found] == pytest.approx([q for q, _ in expected])
    assert {items for _, items in found} == {items for _, items in expected}


@pytest.mark.parametrize("apart", [(), ((0, 1), (2, 3))])
@pytest.mark.parametrize("factor", [1, 40])
def test_margins_of_longer_conjunctions_are_the_counts_of_the_rows(rows, apart, factor):
    """With few cells one joint count serves all; with many (`factor`: levels that no row has) each is counted."""
    levels, sizes, hit = rows
    space = Conjunctions(levels, tuple(size * factor for size in sizes), apart=apart)
    every, chosen = space.counted(np.flatnonzero(hit))
    expected = space.counts(np.ones_like(hit), hit)
    assert np.array_equal(every, expected[0]) and np.array_equal(chosen, expected[1])


def test_counts_by_cell_and_by_row_agree(rows):
    levels, sizes, hit = rows
    space = Conjunctions(levels, sizes)
    assert np.array_equal(space.totals(hit)[0], space.counts(hit)[0])
    place = int(np.argmax(space.largest(np.arange(900.0)) * (space.depths == 3)))
    inside = np.all([levels[k] == v for k, v in space.items(place)], axis=0)
    assert space.largest(np.arange(900.0))[place] == np.flatnonzero(inside).max()


def test_attributes_of_which_one_implies_the_other_are_never_joined(rows):
    levels, sizes, _hit = rows
    space = Conjunctions(levels, sizes, apart=((2, 3),))
    assert not any({2, 3} <= set(subset) for subset in space.subsets)


@pytest.mark.parametrize("share", [True, False])
def test_main_effects_agree_with_an_independent_fit(share):
    """scikit-learn's logistic and Poisson regressions on one row a case; the penalty hardly matters at this size."""
    from sklearn.linear_model import LogisticRegression, PoissonRegressor

    rng, n = np.random.default_rng(4), 30_000
    a, b = rng.integers(0, 3, n), rng.integers(0, 4, n)
    linear = np.array([-1.5, -1.0, -0.4])[a] + np.array([0.0, 0.4, -0.3, 0.2])[b]
    y = (rng.random(n) < 1 / (1 + np.exp(-linear))) * 1.0 if share else rng.poisson(np.exp(linear)) * 1.0
    cell = a * 4 + b
    sums = {name: np.bincount(cell, values, 12) for name, values in
            {"n": np.ones(n), "y": y, "nn": np.ones(n), "yy": y**2, "ny": y}.items()}
    ours = fit([np.repeat(np.arange(3), 4), np.tile(np.arange(4), 3)], sums, share=share)
    x = np.concatenate([np.eye(3)[a], np.eye(4)[b]], axis=1)
    grid = np.concatenate([np.eye(3)[np.repeat(np.arange(3), 4)], np.eye(4)[np.tile(np.arange(4), 3)]], axis=1)
    if share:
        theirs = LogisticRegression(C=1e4, max_iter=500).fit(x, y).predict_proba(grid)[:, 1]
    else:
        theirs = PoissonRegressor(alpha=1e-7, max_iter=500).fit(x, y).predict(grid)
    assert ours.rate == pytest.approx(theirs, rel=2e-3)
    assert ours.scale == pytest.approx(1.0, abs=0.05)


def test_leads_of_one_company_widen_the_scale():
    """Two leads of a company that share their fate: companies scatter twice as much as single leads would."""
    n = np.full(50, 200.0)
    wins = np.random.default_rng(2).binomial(100, 0.3, 50) * 2.0
    sums = {"n": n, "y": wins, "nn": n * 2, "yy": wins * 2, "ny": wins * 2}
    found = fit([np.zeros(50, dtype=int)], sums, share=True)
    assert found.scale == pytest.approx(2.0, rel=0.05)
