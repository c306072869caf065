"""Words of the page on conversion: names, methods, dates, and what the records cannot carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.language import Count, Day, ListOf, Number, Per100, Share, ShareRange, Text
from insights.period import add_months
from insights.topics.key_customer_words import leads

if TYPE_CHECKING:
    from insights.evidence import Interval
    from insights.models.conversion_lag import Practice
    from insights.topics.lead_conversion import Conversion

TOPIC = "lead_conversion"
_ = Text

METHOD = _(
    "Leads are won, lost or returned, or still open. The final share comes from the curve of wins by age with losses "
    "as a competing end (Aalen and Johansen), carried on by a two-cause mixture in three families (Weibull, lognormal, "
    "generalized gamma); it is shown only where the oldest leads were watched for longer than nine tenths of the wins "
    "take and the three families agree, and its range is the union of theirs, widened for leads of one company being "
    "alike.")
COMPARED = _(
    "Final shares of each group against all others; smallest difference that matters one tenth of the figure of all; "
    "false discoveries held to one in ten over all groupings of this page (Benjamini and Hochberg).")
COHORT = _(
    "Wins so far, divided by the part of the eventual wins that should be in by now. That part comes from the lag of "
    "older leads, of each source by itself where sources differ in it; nothing is assumed of the level.")
COUNTED = _("Counted, not estimated.")


def measure(opportunities: bool) -> Text:
    """The measure's name."""
    return _("final win rate of opportunities") if opportunities else _("final conversion of leads")


def said(value: float) -> object:
    """A share as a person says it: under a fifth as so many of a hundred."""
    return _("{n} in 100", n=Per100(value)) if value < 0.2 else Share(value)


def spread(interval: Interval) -> object:
    """The range of a share, in the same manner."""
    if interval.high < 0.2:
        return _("{low} to {high} in 100", low=Number(100 * interval.low, 1), high=Number(100 * interval.high, 1))
    return ShareRange(interval.low, interval.high)


def full(interval: Interval) -> Text:
    """Value and range as figures and tables have them."""
    return _("{value} ({range})", value=Share(interval.value), range=ShareRange(interval.low, interval.high))


def deadline(result: Conversion, months: int = 3) -> Day:
    """The end of a month so many months after the as-of date."""
    return Day(add_months(result.firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1))


def things(result: Conversion, n: int) -> Text:
    """So many leads, or opportunities."""
    return leads(n, result.opportunities)


def few_wins(won: int) -> Text:
    """Why no final conversion is fitted."""
    return _("Too few to say: {won} won, and at least five with a duration are needed before a final conversion can be "
             "estimated, about fifty before groups can be compared.", won=leads(won, False))


def afterwards(share: float) -> Text:
    """Why durations are refused."""
    return _("Conversion by age is not shown: {share} of the won leads were recorded as won on the day of their "
             "creation or before it. The CRM is filled in afterwards, so neither the lag nor the share of leads that "
             "are won can be told. Record leads when they arrive.", share=Share(share, 0))


def recording(result: Conversion) -> list[Text]:
    """What was found about recording and what was done about it, each with its dates."""
    found, overall = result.found, result.overall
    if found is None:
        return []
    texts = _practice(found, result.opportunities)
    once = {} if overall is None else overall.counts.left_out
    zero = once.get("won_at_once", 0)
    negative = once.get("won_before", 0) + once.get("ended_before", 0)
    if zero:
        texts.append(_("{leads} won on the day of creation, or without a date: in every share, in no duration.",
                       leads=things(result, zero)))
    if negative:
        texts.append(_("{leads} closed before the day of creation, an error of the records: in every share, in no "
                       "duration.", leads=things(result, negative)))
    if found.undated:
        texts.append(_("{leads} without a date of creation: left out of this page.",
                       leads=things(result, found.undated)))
    if result.totals.get("won") and not result.totals.get("revenue"):
        texts.append(_("Wins have no amount, so this page speaks of shares and days and of no money: record the amount "
                       "of a win, or orders with the lead they came from."))
    return texts


def _practice(found: Practice, opportunities: bool) -> list[Text]:
    texts = []
    if found.known_from is not None:
        values = {"day": Day(found.known_from), "n": Count(round(found.expected_before))}
        texts.append(_(
            "Wins and losses are known only from {day} on: by the pace of later leads about {n} that closed earlier "
            "have left no trace. Leads from before that day are counted from then on only.", **values))
        if found.early_rate is not None and found.later_rate is not None:
            texts.append(_(
                "That is why {early} of what closed in the first quarter of the records was won, and {later} of what "
                "closed after it: only leads that take long were still there, and no fall should be read into it.",
                early=Share(found.early_rate, 0), later=Share(found.later_rate, 0)))
    if found.bulk_days:
        shown = [Day(day) for day in found.bulk_days[-3:]]
        texts.append(_(
            "{n} of {all} losses were closed in bulk, on {k} days (the latest: {days}). Such a loss is taken to lie "
            "between the last activity and that day.", n=Count(found.bulk_losses), all=Count(found.losses),
            k=Count(len(found.bulk_days)), days=ListOf(shown)))
    if not found.losses:
        texts.append(_(
            "No lost lead is recorded. Open leads are then taken as not won yet, and the share that will ever be won "
            "rests on the wins alone; close dead leads with a reason, and the range will become narrower."))
    if opportunities:
        texts.append(_("The records begin with the opportunity: this page speaks of the win rate of opportunities, "
                       "which is no conversion of leads."))
    return texts
