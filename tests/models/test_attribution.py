"""Attribution on journeys whose shares can be counted by hand."""

import pytest

from insights.models.attribution import credits, with_intervals

PATHS = {("a", "b"): (10, 4), ("b",): (10, 2), ("a",): (20, 2), ("c", "a", "b"): (5, 2)}


def test_first_last_and_linear_are_counted():
    assert credits(PATHS, "first") == pytest.approx({"a": .6, "b": .2, "c": .2})
    assert credits(PATHS, "last") == pytest.approx({"a": .2, "b": .8, "c": 0})
    most = (2 + 2 + 2 / 3) / 10
    assert credits(PATHS, "linear") == pytest.approx({"a": most, "b": most, "c": .2 / 3})


def test_removal_is_the_share_of_wins_that_go_missing():
    """One channel on all journeys and one on half of them: without the first nothing is won, without the other half."""
    found = credits({("a",): (10, 5), ("a", "b"): (10, 5)}, "markov")
    assert found["a"] > found["b"] > 0 and sum(found.values()) == pytest.approx(1)


def test_a_published_chain():
    """Chance of a win 1/3 each: journeys c1-c2-c3 won, c1 lost, c2-c3 lost (Anderl et al. style): removing c2 or c3
    loses all wins, removing c1 half of what goes through it."""
    found = credits({("c1", "c2", "c3"): (1, 1), ("c1",): (1, 0), ("c2", "c3"): (1, 0)}, "markov")
    assert found == pytest.approx({"c1": .2, "c2": .4, "c3": .4})


@pytest.mark.parametrize("rule", ["first", "last", "linear", "markov"])
def test_shares_add_up_and_no_win_gives_none(rule):
    assert sum(credits(PATHS, rule).values()) == pytest.approx(1)
    assert set(credits({("a",): (5, 0)}, rule).values()) == {0.0}


def test_intervals_hold_their_values():
    rows = [(g, path, n, won) for g in range(20) for path, (n, won) in PATHS.items()]
    for by in with_intervals(rows, 1, 50).values():
        assert all(i.low <= i.value <= i.high for i in by.values())
