"""What is withheld cannot be worked out: a solver tries."""

import numpy as np
import pytest
from scipy.optimize import linprog

from insights.evidence.disclosure import MINIMUM, merged_teams, names, suppressed

EXTERNAL = MINIMUM["external"]


def ranges(columns, hidden):
    """What an attacker who knows every shown cell and the total of each column can say of the withheld cells: the least
    and the greatest value of each."""
    found = {}
    for c, column in enumerate(columns):
        unknown = [i for i in sorted(hidden) if column[i] is not None]
        rest = sum(column[i] for i in unknown)
        for place, i in enumerate(unknown):
            sign = np.zeros(len(unknown))
            sign[place] = 1
            ends = [linprog(s * sign, A_eq=[np.ones(len(unknown))], b_eq=[rest], bounds=(0, None)).fun * s
                    for s in (1, -1)]
            found[c, i] = tuple(ends)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_no_withheld_cell_can_be_recovered_from_totals(seed):
    rng = np.random.default_rng(seed)
    columns = [[int(n) for n in rng.choice([0, 1, 2, 3, 7, 12, 40, 90], rng.integers(3, 9))] for _ in range(1)]
    columns.append([int(n * rng.integers(1, 4)) for n in columns[0]])
    hidden = suppressed(columns, EXTERNAL)
    assert all(i in hidden for column in columns for i, n in enumerate(column) if 0 < n < EXTERNAL)
    if len(hidden) == len(columns[0]):
        return
    for (c, i), (low, high) in ranges(columns, hidden).items():
        if columns[c][i]:
            assert high - low >= EXTERNAL, f"{columns}, withheld {hidden}: cell {c, i} lies in {low} to {high}"


def test_nothing_is_withheld_where_all_groups_are_large_or_the_profile_hides_nothing():
    assert suppressed([[12, 40, 90]], EXTERNAL) == set()
    assert suppressed([[1, 2, 90]], MINIMUM["internal"]) == set()


def test_one_small_group_takes_the_next_smallest_with_it():
    assert suppressed([[2, 40, 12, 90]], EXTERNAL) == {0, 2}


def test_a_table_that_cannot_be_protected_is_withheld_whole():
    assert suppressed([[2, 90]], EXTERNAL) == {0, 1}


def test_named_companies_are_for_the_inside_and_named_sellers_for_nobody():
    assert [names({"company": "C1"}, p) for p in ("internal", "team", "external")] == [False, True, True]
    assert all(names({"seller": "S1"}, p) for p in ("internal", "team", "external"))
    assert not names({"country": "DE"}, "external")


def test_teams_under_four_are_merged():
    assert merged_teams({"North": 6, "South": 2, "DACH": 3}) == {"North": ("North",), "DACH + South": ("DACH", "South")}
    assert merged_teams({"North": 6, "South": 5, "DACH": 1}) == {
        "North": ("North",), "DACH + South": ("DACH", "South")}, "one small team takes the smallest other with it"
    assert merged_teams({"A": 1, "B": 2}) == {}, "a firm of three sellers has no team to show"
