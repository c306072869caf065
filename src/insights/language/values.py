"""Values that know their unit: each renders itself by the locale's rules (Babel, CLDR)."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from insights.language.catalogue import translate
from insights.language.text import Text, render

MINUS = "\N{MINUS SIGN}"
COARSE_FROM, COARSE_TO = 30, 5
_coarse = False


def coarsen(on: bool) -> None:
    """Whether counts of thirty and more are shown to the nearest five and exact amounts to three figures, in this
    process, for readers who could otherwise subtract one report from the next."""
    global _coarse
    _coarse = on


def coarse(n: int) -> int:
    """The count as such readers see it."""
    return COARSE_TO * round(n / COARSE_TO) if abs(n) >= COARSE_FROM else n



def _number(value: float, language: str, digits: int = 0, *, group: bool = True) -> str:
    from babel.numbers import format_decimal

    pattern = ("#,##0" if group else "0") + ("." + "0" * digits if digits else "")
    # Halves go to the even digit (the locale library's rule), everywhere alike; minus zero is zero.
    text = format_decimal(round(value, digits + 6) + 0.0, format=pattern, locale=language)
    return text.replace("-", MINUS) if text.strip("-0.,") else text.lstrip("-")


def _significant(value: float, figures: int) -> float:
    if not value:
        return 0.0
    places = figures - 1 - math.floor(math.log10(abs(value)))
    return round(value, places)


@dataclass(frozen=True)
class Count:
    """A number of things, every digit shown."""

    n: int

    def render(self, language: str) -> str:
        return _number(coarse(self.n) if _coarse else self.n, language)


@dataclass(frozen=True)
class Number:
    """A plain number with that many decimals."""

    value: float
    digits: int = 1

    def render(self, language: str) -> str:
        return _number(self.value, language, self.digits)


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1 as a percentage: one decimal below 20%, none above, unless `digits` says otherwise."""

    value: float
    digits: int | None = None

    def render(self, language: str) -> str:
        digits = self.digits if self.digits is not None else (1 if abs(self.value) < 0.2 else 0)
        return _number(100 * self.value, language, digits) + "%"


@dataclass(frozen=True)
class Per100:
    """A share as a natural frequency: how many of a hundred, one decimal below ten."""

    value: float

    def render(self, language: str) -> str:
        of_hundred = round(100 * self.value, 1)
        return _number(of_hundred, language, 0 if of_hundred >= 10 or of_hundred.is_integer() else 1)


@dataclass(frozen=True)
class ShareRange:
    """An interval of shares: "4.5% to 6.1%"."""

    low: float
    high: float
    digits: int | None = None

    def render(self, language: str) -> str:
        digits = self.digits if self.digits is not None else (1 if self.high < 0.2 else 0)
        return Text("{low} to {high}", low=Share(self.low, digits), high=Share(self.high, digits)).render(language)


@dataclass(frozen=True)
class Points:
    """A difference of shares in percentage points, signed."""

    value: float
    digits: int = 1

    def render(self, language: str) -> str:
        sign = "+" if round(100 * self.value, self.digits) > 0 else ""
        points = sign + _number(100 * self.value, language, self.digits)
        return Text("{points} percentage points", points=points).render(language)


@dataclass(frozen=True)
class Money:
    """An amount for reading: millions with two figures, below that three; `exact` shows every unit (tables)."""

    value: float
    currency: str
    exact: bool = False

    def render(self, language: str) -> str:
        exact = self.exact and not _coarse
        return f"{amount(self.value, language, exact=exact)}\N{NO-BREAK SPACE}{symbol(self.currency, language)}"


@dataclass(frozen=True)
class MoneyRange:
    """An interval of amounts in one currency and one scale: "0.3 to 1.6 m PLN"."""

    low: float
    high: float
    currency: str

    def render(self, language: str) -> str:
        scale = _scale(max(abs(self.low), abs(self.high)))
        low, high = (amount(x, language, scale=scale, unit=False) for x in (self.low, self.high))
        unit = "\N{NO-BREAK SPACE}".join(filter(None, (_unit(scale, language), symbol(self.currency, language))))
        return Text("{low} to {high}", low=low, high=high + "\N{NO-BREAK SPACE}" + unit).render(language)


def _scale(size: float) -> int:
    return 1_000_000_000 if size >= 999_500_000 else 1_000_000 if size >= 999_500 else 1


def _unit(scale: int, language: str) -> str:
    if scale == 1:
        return ""
    return translate("m" if scale == 1_000_000 else "bn", language)


def amount(value: float, language: str, *, exact: bool = False, scale: int | None = None, unit: bool = True) -> str:
    """An amount without its currency, scaled and rounded for reading."""
    if exact:
        return _number(value, language)
    scale = scale or _scale(abs(value))
    scaled = _significant(value / scale, 2 if scale > 1 else 3)
    digits = 1 if scale > 1 and abs(scaled) < 10 else 0
    if scale == 1 and abs(scaled) < 10 and scaled != round(scaled):
        digits = 1
    text = _number(scaled, language, digits)
    return "\N{NO-BREAK SPACE}".join(filter(None, (text, _unit(scale, language) if unit else "")))


@functools.cache
def symbol(currency: str, language: str) -> str:
    """The currency as it follows an amount: its code in English, its usual sign at home (zł in Polish)."""
    from babel.numbers import get_currency_symbol

    if language == "pl" and currency == "PLN":
        return get_currency_symbol(currency, locale=language)
    return currency


@dataclass(frozen=True)
class Days:
    """A duration in whole days."""

    value: float

    def render(self, language: str) -> str:
        n = round(self.value)
        return Text("{n} day", plural="{n} days", n=n).render(language)


@dataclass(frozen=True)
class Day:
    """A date written out."""

    day: dt.date

    def render(self, language: str) -> str:
        from babel.dates import format_date

        return translate("{date}", language).format(date=format_date(self.day, "d MMMM y", locale=language))


@dataclass(frozen=True)
class Month:
    """A month and its year, in the nominative."""

    day: dt.date

    def render(self, language: str) -> str:
        from babel.dates import format_date

        return format_date(self.day, "LLLL y", locale=language)


@functools.cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(language).territories)


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166-1 alpha-2 code, named by CLDR."""

    code: str

    def render(self, language: str) -> str:
        return _territories(language).get(self.code, self.code)


@functools.cache
def _industries() -> dict[str, dict[str, str]]:
    text = (resources.files("insights") / "tables" / "nace_rev2.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}


@dataclass(frozen=True)
class Industry:
    """An industry by its NACE Rev. 2 code, with the code; a label of the firm's own is shown as it is."""

    code: str

    def render(self, language: str) -> str:
        row = _industries().get(self.code)
        if row is None:
            return self.code
        return f"{row.get(f'short_{language}') or row[f'label_{language}']} ({self.code})"


SIZE_BANDS = ("micro", "small", "medium", "large", "enterprise")


@dataclass(frozen=True)
class SizeBand:
    """A size band of Recommendation 2003/361/EC."""

    name: str

    def render(self, language: str) -> str:
        names = {
            "micro": Text("micro companies (under 10 people)"), "small": Text("small companies (10 to 49 people)"),
            "medium": Text("medium-sized companies (50 to 249 people)"),
            "large": Text("large companies (250 people or more)"), "enterprise": Text("very large companies"),
        }
        return names[self.name].render(language) if self.name in names else self.name


@dataclass(frozen=True)
class Capital:
    """Any value with its first letter in upper case, where it opens a sentence."""

    value: object

    def render(self, language: str) -> str:
        text = render(self.value, language)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class ListOf:
    """Several things in a row: "a, b and c"."""

    items: Sequence[object]

    def render(self, language: str) -> str:
        from babel.lists import format_list

        return format_list([render(item, language) for item in self.items], locale=language)


@dataclass(frozen=True)
class OneOf:
    """Several things of which one applies: "a, b or c"."""

    items: Sequence[object]

    def render(self, language: str) -> str:
        from babel.lists import format_list

        return format_list([render(item, language) for item in self.items], style="or", locale=language)
