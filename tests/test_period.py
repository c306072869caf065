"""Periods as people write them."""

import datetime as dt

import pytest

from insights.period import Period, parse_period
from insights.problems import UsageError

AS_OF = dt.date(2026, 9, 30)


@pytest.mark.parametrize("text, start, end", [
    ("", dt.date(2025, 10, 1), dt.date(2026, 10, 1)), ("2025", dt.date(2025, 1, 1), dt.date(2026, 1, 1)),
    ("2025Q4", dt.date(2025, 10, 1), dt.date(2026, 1, 1)), ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 3, 1)),
    ("2025-01-05..2025-01-31", dt.date(2025, 1, 5), dt.date(2025, 2, 1)),
])
def test_forms(text, start, end):
    assert parse_period(text, AS_OF) == Period(start, end)


def test_the_default_is_twelve_months_up_to_a_leap_day():
    assert parse_period("", dt.date(2024, 2, 28)) == Period(dt.date(2023, 2, 28), dt.date(2024, 2, 29))


@pytest.mark.parametrize("text, before", [
    ("2025", "2024-01-01..2024-12-31"), ("2025Q1", "2024-10-01..2024-12-31"), ("2024-03", "2024-02-01..2024-02-29"),
    ("2025-01-10..2025-01-19", "2024-12-31..2025-01-09"),
])
def test_the_period_before_is_as_long(text, before):
    assert str(parse_period(text, AS_OF).before()) == before


@pytest.mark.parametrize("text", ["2025Q5", "2025-13", "25", "2026-02-30..2026-03-01", "2025-06-30..2025-01-01", "NO"])
def test_anything_else_is_refused_with_the_forms(text):
    with pytest.raises(UsageError, match=r"2025Q3|2026-09-30|before it begins"):
        parse_period(text, AS_OF)
