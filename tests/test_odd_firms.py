"""Firms that lack tables, columns, dates or all but a few rows get every page, or a reason why not."""

import pytest

from benchmarks.odd_firms import failures, odd

SEEDS = (1, 2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_stands_whatever_is_missing(tmp_path, seed):
    firm = odd(tmp_path, seed)
    assert firm is not None
    assert failures(firm) == []
