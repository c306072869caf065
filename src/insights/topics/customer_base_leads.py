"""Lost and stalled leads worth another try: a list of their own, beside the customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from insights.evidence import Finding, Interval
from insights.figures.model import Column, Export, Note, Table
from insights.language import Capital, Day, Money, Per100, Share, Text
from insights.metrics import reactivation as metrics
from insights.models.proportions import share
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.customer_base import Base

_FEWEST, _MOST_LISTED = 20, 15
_ = Text
OUTCOMES = {"open": _("silent"), "lost": _("lost")}


@dataclass(frozen=True)
class Tries:
    """The list (rows of `metrics.reactivation.worth_another_try`), after how many days a lead is silent, and how often
    silent and lost ones came to something before (None: too few to say)."""

    rows: list[dict]
    days: int
    chance: dict[str, Interval | None]
    money: str


def measure(firm: Firm) -> Tries | None:
    """None without leads, or where no won lead has a duration by which a silence could be judged."""
    if not firm.has("leads", "lead_stages"):
        return None
    days = firm.row(metrics.patience())["days"]
    if not days:
        return None
    days = max(int(days), 30)
    money = "margin" if firm.row(metrics.margin_known())["known"] else "revenue"
    past = firm.row(metrics.experience(firm.as_of, days))
    rows = firm.query(metrics.worth_another_try(
        firm.as_of, days, money, touches=firm.has("touches"), reasons=True)).to_pylist()
    chance = {
        "open": share(past["stalled_won"], past["stalled"]) if past["stalled"] >= _FEWEST else None,
        "lost": share(past["lost_won"], past["lost"]) if past["lost"] >= _FEWEST else None}
    return Tries([r for r in rows if r["worth"] and r["worth"] > 0], days, chance, money)


def findings(base: Base) -> list[Finding]:
    """What the list may be worth."""
    tries = base.parts.get("leads")
    if tries is None or not tries.rows:
        return []
    stalled = sum(row["outcome"] == "open" for row in tries.rows)
    values = {
        "stalled": _("{n} silent lead", plural="{n} silent leads", n=stalled),
        "lost": _("{n} lost lead", plural="{n} lost leads", n=len(tries.rows) - stalled), "days": tries.days,
        "day": words.deadline(base),
        "chances": _chances(tries)}
    statement = _("Companies that are no customers, worth another try: {stalled} (nothing for more than {days} days) "
                  "and {lost}. {chances}", **values)
    return [Finding(
        function=f"{words.TOPIC}.reactivation", owner="marketing", unit="count", n=len(tries.rows),
        method=words.COUNTED, estimate=Interval(len(tries.rows)), statement=statement,
        action=_(
            "Write to the most valuable of the list by {day} and close the others; a lead that does not "
            "answer twice is closed with its reason. It worked if silent leads become fewer.", **values),
        rival=_("The share of the past includes leads that would have been won without another try."))]


def _chances(tries: Tries) -> Text | str:
    open_, lost = tries.chance["open"], tries.chance["lost"]
    if open_ and lost:
        return _("So far, of 100 leads as silent {open} were won after all, and of 100 companies with a lost lead "
                 "{lost} won another one within a year.", open=Per100(open_.value), lost=Per100(lost.value))
    if open_:
        return _("So far, of 100 leads as silent {open} were won after all.", open=Per100(open_.value))
    return ""


def table(base: Base) -> list[Table | Note | Export]:
    """The most valuable of the list, and the whole of it for the CRM."""
    tries = base.parts.get("leads")
    if tries is None:
        return [Note(_("Without leads that were won after some days it cannot be said which leads are silent for too "
                       "long."))]
    if not tries.rows:
        return [Note(_("No lost or silent lead of a company that is no customer is worth another try."))]
    if not base.names_shown:
        return [Note(_("Customers are not named in this disclosure profile; the internal report has the list."))]
    header = (_("margin of such a won lead") if tries.money == "margin" else _("revenue of such a won lead"))
    rows = tuple(
        (row["name"], Capital(OUTCOMES[row["outcome"]]), Day(row["last_day"]), row["reason"],
         Money(row["worth"], base.firm.currency, exact=True), _chance(tries, row)) for row in tries.rows[:_MOST_LISTED])
    shown: list[Table | Note | Export] = [Table(
        caption=_("Lost and silent leads worth another try, the most valuable first"),
        columns=(Column(_("company"), "left"), Column(_("lead"), "left"), Column(_("last heard of"), "left"),
                 Column(_("reason of the loss"), "left"), Column(header, unit=Text(base.firm.currency)),
                 Column(_("so far won after all"), unit=_("%"))),
        rows=rows, notes=(_("A reason given for a loss is what was written down, not always the cause."),))]
    names = ("lead_id", "company_id", "name", "outcome", "product_id", "seller_id", "last_day", "reason", "worth")
    listed = pa.table({name: [row[name] for row in tries.rows] for name in names})
    return [*shown, Export("leads_to_try_again", _("Lost and silent leads worth another try"), listed)]


def _chance(tries: Tries, row: dict) -> Share | None:
    chance = tries.chance[row["outcome"]]
    return Share(chance.value) if chance else None
