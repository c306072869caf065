"""The clock of the first touch: how many leads are called in time, and which ones still wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Column, Export, Note, Table
from insights.firm import Firm
from insights.language import Count, Days, Number, Share, ShareRange, Text
from insights.metrics import waiting as metrics
from insights.period import add_months
from insights.topics import lead_conversion_words as words

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.topics.lead_conversion import Conversion

HOURS = 24.0
STILL, MONTHS = 30, 12
AGREED = 0.9
SHOWN = 10
LEAST, MOST_SILENT = 30, 0.2
Z = 1.6448536269514722
_ = Text


@dataclass(frozen=True)
class Waiting:
    """Leads of the last year on the clock of the first touch: `hours` are those of the agreement (`agreed`: the
    strategy names them), `in_time` the share touched within them with those still waiting counted as long as they have
    waited, `n` leads. `open` lists those of the last month that nobody has touched, `over` of them have waited for
    longer than agreed; `left` others are older: nobody waits for those any more."""

    hours: float
    agreed: bool
    in_time: Interval
    n: int
    open: pa.Table
    over: int
    left: int


def read(firm: Firm, effect: float) -> Waiting | None:
    """None where no first touch is recorded, or too few are: many leads then get far without one."""
    import pyarrow.compute as pc

    agreed = firm.strategy is not None and "first_touch_hours" in firm.strategy.sla
    hours = float(firm.strategy.sla["first_touch_hours"]) if agreed else HOURS
    since, touches = add_months(firm.as_of.replace(day=1), -MONTHS), firm.has("touches")
    rows = firm.query(metrics.waits(since, firm.as_of, hours, touches=touches)).to_pylist()
    timed = [row for row in rows if row["hour"] is not None]
    n = sum(row["n"] for row in timed)
    called = sum(row["n"] for row in timed if row["ended"] == "touched")
    silent = sum(row["n"] for row in rows) - n
    if n < LEAST or not called or silent > MOST_SILENT * (called + silent):
        return None
    listed = firm.query(metrics.waiting(since, firm.as_of, touches=touches))
    young = pc.less_equal(listed["hours"], 24.0 * STILL)
    still = listed.filter(young)
    over = int(pc.sum(pc.greater(still["hours"], hours)).as_py() or 0)
    return Waiting(hours, agreed, in_time(timed, hours, effect), n, still, over, listed.num_rows - still.num_rows)


def in_time(rows: list[dict], hours: float, effect: float) -> Interval:
    """The share touched within so many hours: a lead that still waits, or closed before anyone called, counts for as
    long as it waited (Kaplan and Meier 1958; Greenwood's variance over the design effect of companies)."""
    last = int(np.ceil(hours))
    touched, left = np.zeros(last + 1), np.zeros(last + 1)
    for row in rows:
        part = touched if row["ended"] == "touched" else left
        part[row["hour"]] += row["n"]
    # What lies beyond the agreed hours is at risk to the end.
    risk = (touched + left)[::-1].cumsum()[::-1][:last]
    events = touched[:last]
    alive = np.where(risk > 0, 1 - events / np.maximum(risk, 1.0), 1.0)
    staying = float(np.prod(alive))
    rest = risk - events
    spread = float(np.where((risk > 0) & (rest > 0), events / np.maximum(risk * rest, 1.0), 0.0).sum()) * effect
    if not 0 < staying < 1 or not spread:
        return Interval(1 - staying, 1 - staying, 1 - staying)
    # On the scale of log(-log), which keeps the range within 0 and 1 (Kalbfleisch and Prentice 1980).
    error = Z * np.sqrt(spread) / abs(np.log(staying))
    low, high = (1 - staying ** np.exp(sign * error) for sign in (-1, 1))
    return Interval(1 - staying, float(low), float(high))


def finding(result: Conversion) -> Finding | None:
    """How many leads are called in time, and how many wait today."""
    found = result.waiting
    if found is None:
        return None
    share = found.in_time
    verdict = (Verdict.LOWER if share.high < AGREED else Verdict.HIGHER if share.low >= AGREED
               else Verdict.NO_CLEAR_DIFFERENCE)
    longest = float(found.open["hours"][0].as_py()) / 24 if found.open.num_rows else 0.0
    values = {
        "share": Share(share.value, 0), "range": ShareRange(share.low, share.high, 0),
        "hours": Count(round(found.hours)),
        "leads": words.things(result, found.n), "waiting": words.things(result, found.open.num_rows),
        "over": Count(found.over), "longest": Days(longest), "left": words.things(result, found.left),
        "day": words.deadline(result, 0), "agreed": Share(AGREED, 0)}
    if not found.open.num_rows:
        statement = _("{share} of leads get their first call within {hours} hours ({range}; {leads} of the last year); "
                      "no lead of the last month waits for one.", **values)
    elif found.over:
        statement = _("{share} of leads get their first call within {hours} hours ({range}; {leads} of the last year). "
                      "Today {waiting} of the last month wait for one, {over} of them for longer than that, the "
                      "longest for {longest}.", **values)
    else:
        statement = _("{share} of leads get their first call within {hours} hours ({range}; {leads} of the last year). "
                      "Today {waiting} of the last month wait for one, none for longer than that.", **values)
    if found.over:
        action = _("Call the {over} leads on the list by {day}, the longest wait first, or close them with a reason. "
                   "It worked if none on the next list has waited for longer than {hours} hours.", **values)
    else:
        action = _("Keep to it: look at the list of waiting leads once a week.", **values)
    return Finding(
        function=f"{words.TOPIC}.waiting_for_a_first_call", statement=statement, action=action, unit="share", n=found.n,
        owner="sales", verdict=verdict, estimate=share, rank=float(found.over), method=_(
            "Leads created in the last year by the hours to their first touch; one that still waits, or closed before "
            "anyone called, counts for as long as it waited (Kaplan and Meier). Hours by the clock, nights and "
            "weekends among them; kept if the range lies above nine in ten."),
        rival=_("A call that nobody wrote down looks like none."))


def show(result: Conversion) -> list[object]:
    """The finding, the longest waits, and the whole list as a file."""
    found = result.waiting
    if found is None:
        return [Note(_("How long leads wait for a first call cannot be told: no first touch with a time is "
                       "recorded."))]
    said = [f for f in result.findings if f.function.endswith(".waiting_for_a_first_call")]
    if not found.open.num_rows:
        return said
    rows = tuple((row["lead_id"], row["source"], Number(row["hours"], 0), Number(max(row["hours"] - found.hours, 0), 0))
                 for row in found.open.slice(0, SHOWN).to_pylist())
    notes = [_("Hours by the end of the day on which this page stands.")]
    if found.left:
        notes.append(_("{leads} older than a month were never called either; nobody waits for those any more, and they "
                       "are counted with the leads that nobody works.", leads=words.things(result, found.left)))
    return [*said, Table(
        caption=_("Leads that wait for their first call, the longest wait first"), rows=rows, collapsed=True,
        columns=(Column(_("lead"), "left"), Column(_("source"), "left"), Column(_("waited"), unit=_("hours")),
                 Column(_("over the agreed time"), unit=_("hours"))), notes=tuple(notes)),
        Export("waiting", _("Leads that wait for their first call, the longest wait first"), found.open)]
