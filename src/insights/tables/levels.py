"""How much the delivered data can answer, and the cheapest step to more."""

from __future__ import annotations

from dataclasses import dataclass

from insights.contract import TABLES
from insights.language import Count, Text, _
from insights.tables.checked import Checked

_BETWEEN = ("mql", "accepted", "touched", "opportunity", "proposal")
# Not a column but a property of the rows: more than one stage between the first and the last.
HISTORY = "lead_stages.history"


@dataclass(frozen=True)
class Step:
    """Something to deliver, a table or a column: `brings` says what it would let us say, `hours` is a rough effort,
    `level` the level whose part it is (0: useful at any level)."""

    name: str
    level: int
    hours: int
    what: Text
    brings: Text


@dataclass(frozen=True)
class Level:
    """The level of the data, 0 to 3; what it answers, the cheapest next step, and the missing tables."""

    number: int
    answers: Text
    next_step: Text
    missing_tables: tuple[str, ...]


def level(checked: Checked) -> Level:
    """The level that the checked tables reach: 0 invoices, 1 deals of a CRM, 2 with stages, reasons, campaigns and
    their cost, 3 with readiness, roadmap, customers' voice and targets."""
    missing = [step for step in _steps() if not _there(checked, step.name)]
    reached = min((step.level for step in missing if step.level), default=4) - 1
    # The next level's parts, and orders at any level, are what is worth delivering next.
    candidates = [step for step in missing if step.level in (0, reached + 1)]
    there = {name for name, info in checked.tables.items() if info.rows_kept}
    return Level(reached, _answers(reached), _sentence(candidates), tuple(n for n in TABLES if n not in there))


def _sentence(candidates: list[Step]) -> Text:
    if not candidates:
        return _("Nothing is missing: the data carry the whole document.")
    step = min(candidates, key=lambda candidate: candidate.hours)
    return _("Adding {what}, about {hours} h of work, would let us say {brings}.",
             what=step.what, hours=Count(step.hours), brings=step.brings)


def _there(checked: Checked, name: str) -> bool:
    table, _dot, column = name.partition(".")
    info = checked.tables.get(table)
    if info is None or not info.rows_kept:
        return False
    if name == HISTORY:
        rows = checked.engine.query("select distinct stage from main.lead_stages").to_pylist()
        return len({row["stage"] for row in rows} & set(_BETWEEN)) > 1
    return not column or column in info.columns


def _answers(number: int) -> Text:
    return (
        _("who buys, how concentrated sales are, repeat orders, late and lapsed customers, product margin"),
        _("win rate, sales cycle, time to win, mix and a common scoreboard"),
        _("marketing's return, the hand-over between departments and the value of a lead"),
        _("the whole joint strategy document"),
    )[number]


def _steps() -> tuple[Step, ...]:
    return (
        Step("orders", 0, 3, _("orders from invoicing (customer, date, net amount, cost)"),
             _("who orders again, who has lapsed and what each product earns")),
        Step("leads", 1, 4, _("the CRM's deals (created, status, closed, source, owner)"),
             _("how many leads become sales, how fast, and from which sources")),
        Step("lead_stages.reason", 2, 1, _("the reasons of lost leads"), _("why leads are lost")),
        Step(HISTORY, 2, 6, _("the history of stages between creation and closing"),
             _("where leads wait and at which hand-over they are lost")),
        Step("campaigns", 2, 2, _("the list of campaigns and each lead's campaign"),
             _("whom marketing addresses and which campaigns bring customers")),
        Step("spend", 2, 3, _("what each campaign cost"), _("what a customer costs and what marketing returns")),
        Step("targets", 3, 1, _("the form “targets”"), _("which goals are met")),
        Step("roadmap", 3, 2, _("the form “roadmap”"), _("what is coming and whether sellers know in time")),
        Step("readiness", 3, 3, _("the form “readiness”"), _("which products sellers can't or won't sell")),
        Step("feedback", 3, 4, _("the form “customers' voice”"), _("what customers need and what became of it")),
    )
