"""Sentences and typed values that render in every language of the report."""

from insights.language.catalogue import LANGUAGES, translate, translate_plural
from insights.language.text import Given, Text, render
from insights.language.values import (
    Capital,
    Count,
    Country,
    Day,
    Days,
    Industry,
    ListOf,
    Money,
    MoneyRange,
    Month,
    Number,
    OneOf,
    Per100,
    Points,
    Share,
    ShareRange,
    SizeBand,
)

_ = Text

__all__ = [
    "LANGUAGES", "Capital", "Count", "Country", "Day", "Days", "Given", "Industry", "ListOf", "Money",
    "MoneyRange", "Month", "Number", "OneOf", "Per100", "Points", "Share", "ShareRange", "SizeBand", "Text", "_",
    "render", "translate", "translate_plural",
]
