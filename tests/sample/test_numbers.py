"""The sources of chance: the same on every machine, and what they say they are."""

import numpy as np
import pytest

from insights.sample import lags
from insights.sample.lognormal import LOGNORMAL
from insights.sample.rng import ONE, Permutation, choose, mix, stream, thresholds, uniform


def splitmix64(state: int) -> int:
    word = (1 << 64) - 1
    state = (state + 0x9E3779B97F4A7C15) & word
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & word
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & word
    return state ^ (state >> 31)


def test_the_hash_is_splitmix64():
    # First outputs of the reference implementation for the seed 1234567.
    assert splitmix64(1234567) == 6457827717110365317
    state = np.array([(1234567 + 0x9E3779B97F4A7C15) & ((1 << 64) - 1)], dtype=np.uint64)
    assert int(mix(state)[0]) == 6457827717110365317


def test_a_draw_depends_on_seed_stream_and_row_only():
    rows = np.arange(1000)
    key = stream(1, "industry")
    assert np.array_equal(uniform(key, rows)[500:], uniform(key, rows[500:]))
    assert stream(1, "industry") != stream(2, "industry") != stream(2, "size")
    draws = uniform(key, np.arange(200_000))
    assert draws.min() >= 0 and draws.max() < ONE
    assert abs(draws.mean() / ONE - 0.5) < 0.003


def test_choices_follow_their_weights():
    chosen = choose(uniform(stream(3, "x"), np.arange(200_000)), thresholds((1, 0, 3)))
    assert np.bincount(chosen, minlength=3) / 200_000 == pytest.approx([0.25, 0, 0.75], abs=0.005)


@pytest.mark.parametrize("size", [1, 2, 7, 800, 12_000, 65_537])
def test_the_shuffle_is_one_and_can_be_undone(size):
    shuffle = Permutation(1, "lead", size)
    places = shuffle.place(np.arange(size))
    assert np.array_equal(np.sort(places), np.arange(size))
    assert np.array_equal(shuffle.find(places), np.arange(size))


def test_the_written_quantiles_are_those_of_a_lognormal_distribution():
    from scipy.stats import lognorm

    points = (np.arange(1024) + 0.5) / 1024
    assert np.array_equal(np.round(lognorm(0.8, scale=1000).ppf(points)), LOGNORMAL)


def test_lags_have_the_medians_that_the_page_says():
    assert [lags.median(name) for name in ("fast", "middle", "slow", "lost")] == [25, 60, 120, 70]
    delayed = np.sort(lags.table("delayed"))
    assert 90 < np.median(delayed[delayed > 119]) + 90 < 280 and ((delayed >= 150) & (delayed <= 210)).mean() > 0.4
    for name in ("fast", "delayed"):
        assert lags.share_within(name, np.array([-1, 10_000])).tolist() == [0, 1024]
        assert lags.share_within(name, np.array([60]))[0] == (lags.table(name) <= 60).sum()
