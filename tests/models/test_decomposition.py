"""The decomposition against published examples, an independent implementation, and for any data."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.models.decomposition import filled, in_units, split

# Das Gupta 1993, Standardization and Decomposition of Rates (US Census, P23-186), as its R package prints them:
# factors of two populations, the published effects, how many decimals are printed.
PUBLISHED = {
    "mean earnings, two factors": (
        {"earnings": (10930, 16591), "earners": (.717892, .825974)}, {"earnings": 4369.913, "earners": 1487.262}, 3),
    "birth rate, three factors": (
        {"births": (51.78746, 84.90502), "in_age": (.45919, .75756), "women": (.52638, .51065)},
        {"births": 10.4340333, "in_age": 10.5608476, "women": -0.6670084}, 7),
    "births outside marriage, four factors": (
        {"births": (25.3, 32.7), "pregnant": (.214, .290), "active": (.279, .473), "single": (.949, .986)},
        {"births": 0.6889411, "pregnant": 0.8125381, "active": 1.3829055, "single": 0.1047547}, 7),
    "fertility of Korea, five factors": (
        {"married": (.58, .72), "noncontraception": (.76, .97), "abortion": (.84, .97), "lactation": (.66, .56),
         "fecundity": (16.573, 16.158)},
        {"married": 1.0909785, "noncontraception": 1.2298438, "abortion": 0.7278399, "lactation": -0.8398707,
         "fecundity": -0.1290187}, 7),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples_of_products(name):
    factors, effects, decimals = PUBLISHED[name]
    parts = split({k: np.array([v[0]]) for k, v in factors.items()}, {k: np.array([v[1]]) for k, v in factors.items()})
    assert {k: round(float(v.sum()), decimals) for k, v in parts.items()} == effects


def test_the_published_example_of_age_groups():
    """Das Gupta's example of Taiwan's birth rate: three factors over seven age groups."""
    births = [[393, 407, 369, 274, 184, 90, 16], [488, 452, 338, 156, 63, 22, 3]]
    married = [[.122, .622, .903, .930, .916, .873, .800], [.082, .527, .866, .941, .942, .923, .876]]
    women = [[.043, .041, .036, .032, .026, .020, .018], [.058, .038, .032, .030, .026, .023, .019]]
    before, after = ({"births": np.array(births[i]), "married": np.array(married[i]), "women": np.array(women[i])}
                     for i in (0, 1))
    parts = {k: float(v.sum()) for k, v in split(before, after).items()}
    assert round(parts["births"], 6) == -7.285632
    assert round(parts["married"], 6) == -2.720633
    assert round(parts["women"], 6) == -1.565181


def test_two_factors_are_kitagawas_components():
    """Rate component: mean share times the change of the rate; mix: mean rate times the change of the share."""
    rng = np.random.default_rng(1)
    w, v = rng.dirichlet(np.ones(6), 2)
    r, q = rng.random((2, 6))
    parts = split({"mix": w, "rate": r}, {"mix": v, "rate": q})
    assert np.allclose(parts["rate"].sum(), ((w + v) / 2 * (q - r)).sum(), rtol=0, atol=1e-15)
    assert np.allclose(parts["mix"].sum(), ((r + q) / 2 * (v - w)).sum(), rtol=0, atol=1e-15)


def _by_all_orders(before, after):
    """Shapley's value by walking through every order of the factors: independent of the formulas."""
    names = list(before)
    parts = dict.fromkeys(names, 0.0)
    for order in itertools.permutations(names):
        now = dict(before)
        for name in order:
            old = np.prod([now[k] for k in names], axis=0).sum()
            now[name] = after[name]
            parts[name] += np.prod([now[k] for k in names], axis=0).sum() - old
    return {name: value / math.factorial(len(names)) for name, value in parts.items()}


@pytest.mark.parametrize("seed", range(5))
def test_an_independent_implementation_agrees(seed):
    rng = np.random.default_rng(seed)
    names = ["volume", "mix", "rate", "maturity", "deal", "price"]
    before, after = ({name: rng.random(8) * 3 for name in names} for _ in (0, 1))
    parts = split(before, after)
    for name, expected in _by_all_orders(before, after).items():
        assert abs(float(parts[name].sum()) - expected) <= 1e-9 * max(1, abs(expected))


numbers = st.floats(-1e6, 1e6, allow_nan=False)


@st.composite
def two_periods(draw):
    k, cells = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    names = ["volume", "mix", "rate", "deal", "price"][:k]
    return tuple({n: np.array(draw(st.lists(numbers, min_size=cells, max_size=cells))) for n in names} for _ in (0, 1))


@settings(max_examples=150, deadline=None)
@given(two_periods())
def test_parts_add_up_for_any_data(periods):
    before, after = periods
    parts = split(before, after)
    change = np.prod(list(after.values()), axis=0) - np.prod(list(before.values()), axis=0)
    scale = math.prod(np.maximum(np.abs(before[n]), np.abs(after[n])).max() for n in before) + 1
    assert np.allclose(sum(parts.values()), change, rtol=0, atol=1e-12 * scale)


@settings(max_examples=60, deadline=None)
@given(two_periods(), st.randoms(use_true_random=False))
def test_the_order_of_factors_and_of_rows_changes_nothing(periods, random):
    before, after = periods
    parts = split(before, after)
    names, cells = list(before), np.arange(len(next(iter(before.values()))))
    random.shuffle(names)
    moved = np.array(random.sample(list(cells), len(cells)))
    again = split({n: before[n][moved] for n in names}, {n: after[n][moved] for n in names})
    scale = math.prod(np.maximum(np.abs(before[n]), np.abs(after[n])).max() for n in before) + 1
    for name in names:
        assert np.allclose(again[name], parts[name][moved], rtol=0, atol=1e-12 * scale)


def test_a_segment_of_one_period_only_is_mix_and_nothing_else():
    before, after = filled(np.array([.1, 0.]), np.array([.1, .4]), np.array([True, False]), np.array([True, True]))
    parts = split({"mix": np.array([1., 0.]), "rate": before}, {"mix": np.array([.5, .5]), "rate": after})
    assert parts["rate"].tolist() == [0, 0]
    assert parts["mix"].sum() == pytest.approx(.25 - .1, abs=1e-15)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e7, 1e7), min_size=1))
def test_parts_shown_add_up_to_the_last_unit(parts):
    total = math.fsum(parts.values())
    shown = in_units(parts, total)
    assert round(100 * math.fsum(shown.values())) == round(100 * total) or abs(
        100 * math.fsum(shown.values()) - 100 * total) <= 0.5 + 1e-6
    assert all(abs(shown[name] - parts[name]) <= 0.0100001 for name in parts)
