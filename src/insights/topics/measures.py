"""The measures that topics speak of: names, units and how a figure of theirs is written."""

from __future__ import annotations

from dataclasses import dataclass

from insights.evidence import Interval
from insights.language import Money, MoneyRange, Number, Per100, Share, ShareRange, Text

_ = Text


@dataclass(frozen=True)
class Measure:
    """A measure in words: `name` in tables and subtitles, `definition` its formula, `share` whether it is a rate (else
    money per lead)."""

    key: str
    name: Text
    definition: Text
    share: bool
    currency: str = ""

    @property
    def unit(self) -> str:
        return "share" if self.share else self.currency

    def value(self, x: float) -> object:
        """A figure of this measure: rates as percentages."""
        return Share(x) if self.share else Money(x, self.currency)

    def said(self, x: float) -> object:
        """A figure as a person says it: rates under a fifth as so many of a hundred."""
        if self.share and x < 0.2:
            return _("{n} in 100", n=Per100(x))
        return self.value(x)

    def range(self, interval: Interval) -> object:
        """The interval of a figure, in words."""
        if not self.share:
            return MoneyRange(interval.low, interval.high, self.currency)
        if interval.high < 0.2:
            return _("{low} to {high} in 100", low=Number(100 * interval.low, 1), high=Number(100 * interval.high, 1))
        return ShareRange(interval.low, interval.high)

    def full(self, interval: Interval) -> object:
        """Value and interval, as rows of figures and tables have them."""
        spread = (ShareRange(interval.low, interval.high) if self.share
                  else MoneyRange(interval.low, interval.high, self.currency))
        return _("{value} ({range})", value=self.value(interval.value), range=spread)


def of_unit(value: float, unit: str) -> object:
    """A figure whose measure is no longer at hand, by its unit: share or a currency code."""
    return Share(value) if unit == "share" else Money(value, unit)


def range_of_unit(interval: Interval, unit: str) -> object:
    """An interval whose measure is no longer at hand."""
    return ShareRange(interval.low, interval.high) if unit == "share" else MoneyRange(interval.low, interval.high, unit)


def measure(key: str, *, days: int, currency: str, opportunities: bool) -> Measure:
    """The measure of that key; `opportunities` where the first recorded stage is an opportunity, so that no rate may
    be called a conversion of leads."""
    thing = _("opportunity") if opportunities else _("lead")
    if key == "win_rate":
        name = _("win rate of opportunities") if opportunities else _("win rate")
        return Measure(key, name, _("won, divided by won and lost; open and returned ones left out"), share=True)
    if key == "conversion":
        name = (_("share of opportunities won within {n} days", n=days) if opportunities
                else _("share of leads won within {n} days", n=days))
        return Measure(key, name, _(
            "won within {n} days of creation, divided by all that are at least {n} days old", n=days), share=True)
    names = {
        "margin_per_lead": (_("margin per {thing}", thing=thing), _(
            "margin (revenue less rebates less cost) of what was won within {n} days, divided by all that are at least "
            "{n} days old", n=days)),
        "expected_margin": (_("expected margin per {thing}", thing=thing), _(
            "margin of what was won within {n} days per {thing}, plus margin of what the same companies ordered again "
            "within twelve months of the sale; the second part at the rate of those old enough for it", n=days,
            thing=thing)),
        "revenue_per_lead": (_("revenue per {thing}", thing=thing), _(
            "revenue of what was won within {n} days, divided by all that are at least {n} days old; cost is not known "
            "for enough orders to speak of margin", n=days)),
        "revenue_per_closed": (_("revenue per closed {thing}", thing=thing), _(
            "revenue of what was won, divided by all won and lost; cost is not known for enough orders to speak of "
            "margin")),
    }
    name, definition = names[key]
    return Measure(key, name, definition, share=False, currency=currency)
