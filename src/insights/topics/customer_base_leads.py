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
from insights.topics.customer_base_return import GAIN

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.customer_base import Base

_FEWEST, _MOST_LISTED = 20, 15
_ = Text
CONTACTS = 2
OUTCOMES = {"open": _("silent"), "lost": _("lost")}


@dataclass(frozen=True)
class Tries:
    """The list (rows of `metrics.reactivation.worth_another_try` with `chance` and `expected`, their product with the
    worth, the most promising first), after how many days a lead is silent, how often silent and lost ones came to
    something before (None: too few to say), and how many more are not worth the contacts (`cost`)."""

    rows: list[dict]
    days: int
    chance: dict[str, Interval | None]
    money: str
    cost: float = 0.0
    left: int = 0


def measure(firm: Firm, hour: float | None = None) -> Tries | None:
    """None without leads, or where no won lead has a duration by which a silence could be judged. `hour`: what an hour
    of a seller costs."""
    if not firm.has("leads", "lead_stages"):
        return None
    days = firm.row(metrics.patience())["days"]
    if not days:
        return None
    days = max(int(days), 30)
    money = "margin" if firm.row(metrics.margin_known())["known"] else "revenue"
    past = firm.query(metrics.experience(firm.as_of, days)).to_pylist()
    chance, of_reason = _chance_of(past)
    rows = firm.query(metrics.worth_another_try(
        firm.as_of, days, money, touches=firm.has("touches"), reasons=True)).to_pylist()
    rows = [row for row in rows if row["worth"] and row["worth"] > 0]
    for row in rows:
        known = chance[row["outcome"]]
        row["chance"] = None if known is None else of_reason.get((row["outcome"], row["reason"]), known.value)
        row["expected"] = None if known is None else row["chance"] * row["worth"]
    cost = CONTACTS * (hour or 0.0)
    worth = [row for row in rows if row["expected"] is None or GAIN * row["expected"] > cost]
    worth.sort(key=lambda row: -(row["expected"] or 0.0))
    return Tries(worth, days, chance, money, cost, len(rows) - len(worth))


def _chance_of(past: list[dict]) -> tuple[dict[str, Interval | None], dict[tuple, float]]:
    """How often leads of each outcome came to something, and lost ones of each reason: drawn towards all lost ones by
    how little the reasons differ beyond chance (moments of a beta distribution)."""
    chance: dict[str, Interval | None] = {}
    for outcome in OUTCOMES:
        n, won = (sum(row[key] for row in past if row["outcome"] == outcome) for key in ("n", "won"))
        chance[outcome] = share(won, n) if n >= _FEWEST else None
    lost = [row for row in past if row["outcome"] == "lost" and row["n"]]
    if chance["lost"] is None or len(lost) < 2:
        return chance, {}
    p, total = chance["lost"].value, sum(row["n"] for row in lost)
    spread = sum(row["n"] * (row["won"] / row["n"] - p) ** 2 for row in lost) - (len(lost) - 1) * p * (1 - p)
    between = spread / (total - sum(row["n"] ** 2 for row in lost) / total)
    if between <= 0:
        return chance, {}
    firm = p * (1 - p) / between
    return chance, {("lost", row["reason"]): (row["won"] + firm * p) / (row["n"] + firm) for row in lost}


def findings(base: Base) -> list[Finding]:
    """What the list may be worth."""
    tries = base.parts.get("leads")
    if tries is None or not tries.rows:
        return []
    stalled = sum(row["outcome"] == "open" for row in tries.rows)
    values = {
        "stalled": _("{n} silent lead", plural="{n} silent leads", n=stalled),
        "lost": _("{n} lost lead", plural="{n} lost leads", n=len(tries.rows) - stalled), "days": tries.days,
        "day": words.deadline(base), "money": _worth_all(base, tries),
        "chances": _chances(tries)}
    if all(row["expected"] is not None for row in tries.rows):
        statement = _("Companies that are no customers, worth another try: {stalled} (nothing for more than {days} "
                      "days) and {lost}; without action about {money} is expected of them. {chances}", **values)
    else:
        statement = _("Companies that are no customers, worth another try: {stalled} (nothing for more than {days} "
                      "days) and {lost}. {chances}", **values)
    return [Finding(
        function=f"{words.TOPIC}.reactivation", owner="marketing", unit="count", n=len(tries.rows),
        method=words.COUNTED, estimate=Interval(len(tries.rows)), statement=statement,
        action=_(
            "Write to the first of the list by {day}, as many as there are hours for, and close the others; a lead "
            "that does not answer twice is closed with its reason. It worked if silent leads become fewer.", **values),
        rival=_("The share of the past includes leads that would have been won without another try."))]


def _worth_all(base: Base, tries: Tries) -> Money:
    return Money(float(sum(row["expected"] or 0.0 for row in tries.rows)), base.firm.currency)


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
         Money(row["worth"], base.firm.currency, exact=True), _chance(row),
         None if row["expected"] is None else Money(row["expected"], base.firm.currency, exact=True))
        for row in tries.rows[:_MOST_LISTED])
    shown: list[Table | Note | Export] = [Table(
        caption=_("Lost and silent leads worth another try, the most promising first"),
        columns=(Column(_("company"), "left"), Column(_("lead"), "left"), Column(_("last heard of"), "left"),
                 Column(_("reason of the loss"), "left"), Column(header, unit=Text(base.firm.currency)),
                 Column(_("so far won after all"), unit=_("%")),
                 Column(_("expected without action"), unit=Text(base.firm.currency))),
        rows=rows, notes=_notes(base, tries))]
    names = ("lead_id", "company_id", "name", "outcome", "product_id", "seller_id", "last_day", "reason", "worth",
             "chance", "expected")
    listed = pa.table({name: [row[name] for row in tries.rows] for name in names})
    return [*shown, Export("leads_to_try_again", _("Lost and silent leads worth another try"), listed)]


def _notes(base: Base, tries: Tries) -> tuple[Text, ...]:
    said = _("A reason given for a loss is what was written down, not always the cause.")
    if not tries.cost or not tries.left:
        return (said,)
    return (said, _("Not on the list: {n} more for which two contacts of an hour each ({cost}) would not pay even if a "
                    "third more were won than come by themselves.", n=tries.left, cost=Money(
                        tries.cost, base.firm.currency)))


def _chance(row: dict) -> Share | None:
    return None if row["chance"] is None else Share(row["chance"])
