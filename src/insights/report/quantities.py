"""Estimates in words: a value and its range in their own unit."""

from __future__ import annotations

from dataclasses import dataclass

from insights.language import Count, Days, Money, MoneyRange, Number, Points, Share, ShareRange, Text
from insights.language.values import amount, symbol

_ = Text
MILLION = 1_000_000


def is_currency(unit: str) -> bool:
    """Whether a unit is a currency code, not share, count or days."""
    return unit not in ("share", "count", "days")


@dataclass(frozen=True)
class Rounded:
    """An amount beside its range: in millions where the larger end of the range is, so that both read alike."""

    value: float
    low: float
    high: float
    currency: str

    def render(self, language: str) -> str:
        """The amount with its currency."""
        if not 0.9995 * MILLION <= max(abs(self.low), abs(self.high)) < 999.5 * MILLION:
            return Money(self.value, self.currency).render(language)
        scaled = amount(self.value, language, scale=MILLION)
        return f"{scaled}\N{NO-BREAK SPACE}{symbol(self.currency, language)}"


def quantity(value: float, unit: str) -> object:
    """A value as a reader says it: `unit` is share, count, days or a currency code."""
    if unit == "share":
        return Share(value)
    if unit == "days":
        return Days(value)
    if unit == "count":
        return Count(round(value)) if float(value).is_integer() else Number(value)
    return Money(value, unit)


def quantity_range(low: float, high: float, unit: str) -> object:
    """An interval in that unit."""
    if unit == "share":
        return ShareRange(low, high)
    if unit in ("days", "count"):
        whole = unit == "days" or high >= 20 or (float(low).is_integer() and float(high).is_integer())
        digits = 0 if whole else 1
        return _("{low} to {high}", low=Number(low, digits), high=Number(high, digits))
    return MoneyRange(low, high, unit)


@dataclass(frozen=True)
class Signed:
    """A number of percentage points with its sign, its unit said beside it."""

    value: float

    def render(self, language: str) -> str:
        """The number, plus or minus."""
        points = round(100 * self.value, 1)
        return ("+" if points > 0 else "") + Number(points).render(language)


def difference(value: float, unit: str) -> object:
    """A difference in that unit: of shares in percentage points."""
    return Points(value) if unit == "share" else quantity(value, unit)


def difference_range(low: float, high: float, unit: str) -> object:
    """The interval of a difference, to stand in brackets after it."""
    if unit == "share":
        return _("{low} to {high}", low=Signed(low), high=Signed(high))
    return quantity_range(low, high, unit)
