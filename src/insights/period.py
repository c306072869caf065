"""Periods as people write them: 2025, 2025Q3, 2025-07, FROM..TO."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from insights.problems import UsageError

FORMS = "a year (2025), a quarter (2025Q3), a month (2025-07) or two dates (2025-01-01..2025-06-30)"


@dataclass(frozen=True)
class Period:
    """A half-open range of days: `start` belongs to it, `end` does not."""

    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - dt.timedelta(days=1)

    def before(self) -> Period:
        """The period of the same length that ends where this one starts."""
        months = _whole_months(self)
        if months:
            return Period(add_months(self.start, -months), self.start)
        return Period(self.start - (self.end - self.start), self.start)

    def __str__(self) -> str:
        return f"{self.start}..{self.last_day}"


def parse_period(text: str, as_of: dt.date) -> Period:
    """The period that `text` names; the twelve months that end with `as_of` where it is empty.

    UsageError if it is none of the forms, or ends before it begins.
    """
    text = text.strip()
    if not text:
        end = as_of + dt.timedelta(days=1)
        return Period(add_months(end, -12), end)
    if match := re.fullmatch(r"(\d{4})", text):
        year = int(match[1])
        return Period(dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    if match := re.fullmatch(r"(\d{4})-?Q([1-4])", text, re.IGNORECASE):
        start = dt.date(int(match[1]), 3 * int(match[2]) - 2, 1)
        return Period(start, add_months(start, 3))
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        start = dt.date(int(match[1]), int(match[2]), 1)
        return Period(start, add_months(start, 1))
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", text):
        start, last = parse_day(match[1], "period"), parse_day(match[2], "period")
        if last < start:
            raise UsageError(f"period {text!r} ends before it begins")
        return Period(start, last + dt.timedelta(days=1))
    raise UsageError(f"period {text!r} is not understood: give {FORMS}")


def parse_day(text: str, name: str = "as_of") -> dt.date:
    """The ISO date; UsageError naming the parameter if it is none."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{name} {text!r} is not a date: write it as 2026-09-30") from None


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _whole_months(period: Period) -> int:
    months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month
    return months if months > 0 and add_months(period.start, months) == period.end else 0
