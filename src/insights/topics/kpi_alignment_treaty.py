"""The quantity-quality treaty: one curve of cut-off, leads passed on, expected sales and margin and seller hours; and
what became of leads like those that sales sent back.

Leads are valued one by one by the model of leads where the records carry one (its chances are calibrated on later
leads), else by what their source, industry and country are worth, each against the firm's mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Estimate, Finding, Impact, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Money, Number, Share, Text
from insights.metrics import kpis as kpi_metrics
from insights.metrics.sql import text as sql_text
from insights.models.kpi_board import share
from insights.topics.kpi_alignment_capacity import SHARE_FOR_LEADS, capacity
from insights.topics.kpi_alignment_scored import scored

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

KEYS = ("source", "industry", "country")
STEPS = (0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
MIN_RETURNED = 30
_ = Text
SCORED = _(
    "Each lead is worth its calibrated chance to be won times what such a win brings, by the model of leads of the "
    "chapter on lead conversion, as it was known on the day the lead came in; leads are passed on from the most "
    "valuable down; the cut is where the last lead still pays for the seller's time.")
METHOD = _(
    "Each lead is worth the firm's mean times the ratios of its source, industry and country to it (shrunken); leads "
    "are passed on from the most valuable down; the cut is where the last lead still pays for the seller's time.")


@dataclass(frozen=True)
class Treaty:
    """Leads of the period by expected worth, largest first: `value`, `leads`, `worked`, `won`, `returned` of each group
    of alike leads (of each lead, with its calibrated `chance`, where a model of leads stands); `cost` of a lead in
    sellers' time; `cut` how many leads pay for it."""

    value: np.ndarray
    leads: np.ndarray
    worked: np.ndarray
    won: np.ndarray
    returned: np.ndarray
    hours: float
    cost: float
    sql: str
    chance: np.ndarray | None = None

    @property
    def method(self) -> Text:
        return METHOD if self.chance is None else SCORED

    @property
    def cut(self) -> float:
        return float(self.leads[self.value >= self.cost].sum())


def judge(result: Alignment) -> tuple[list[Finding], list[Estimate]]:
    """The treaty, kept under `treaty`, and the dispute over leads sent back."""
    worths = result.parts.get("worths", {})
    keys = tuple(key for key in KEYS if key in worths)
    worked = capacity(result)
    if not keys or not result.parts["timed"]:
        return [], []
    one_by_one = scored(result)
    if one_by_one is not None:
        value, chance, columns, sql = one_by_one
    else:
        query = kpi_metrics.alike(keys, *result.period, result.days, result.firm.as_of)
        rows = result.firm.query(query).to_pylist()
        if not rows:
            return [], []
        value, chance, sql = values(result, rows, keys), None, sql_text(query)
        columns = {name: np.array([row[name] for row in rows], dtype=float)
                   for name in ("leads", "worked", "won", "returned")}
    order = np.argsort(-value, kind="stable")
    treaty = Treaty(value[order], **{name: column[order] for name, column in columns.items()},
                    hours=worked.hours_per_lead if worked else 0.0, cost=worked.cost_per_lead if worked else 0.0,
                    sql=sql, chance=None if chance is None else chance[order])
    result.parts["treaty"] = treaty
    found = [_cut(result, treaty)] if treaty.cost else []
    dispute = _dispute(result, treaty)
    return [f.at(sql=treaty.sql, read_from=result.firm.read_from) for f in [*found, *dispute]], []


def values(result: Alignment, rows: list[dict], keys: tuple[str, ...]) -> np.ndarray:
    """Expected margin of a lead of each group of alike leads."""
    value = np.ones(len(rows))
    mean = 1.0
    for key in keys:
        worths = result.parts["worths"][key]
        mean = worths.overall.value
        known = {w.name: w.value.value / mean if mean else 1.0 for w in worths.segments}
        value *= np.array([known.get(str(row[key]) if row[key] is not None else "unknown", known.get("other", 1.0))
                           for row in rows])
    return value * mean


def _cut(result: Alignment, treaty: Treaty) -> Finding:
    from insights.topics.kpi_alignment import deadline

    total = float(treaty.leads.sum())
    beyond = total - treaty.cut
    below = treaty.value < treaty.cost
    loss = float((treaty.leads * (treaty.cost - treaty.value))[below].sum())
    days = max((result.firm.period.end - result.firm.period.start).days, 1)
    values_ = {"cut": Count(round(treaty.cut)), "n": Count(round(total)), "cost": Money(
        treaty.cost, result.firm.currency), "hours": Number(treaty.hours, 1), "beyond": Count(round(beyond)),
        "share": Share(SHARE_FOR_LEADS, 0), "day": deadline(result)}
    pays = share(treaty.cut, total)
    if beyond < 1:
        return Finding(
            function="kpi_alignment.treaty", unit="share", n=max(int(total), 1), owner="both", method=treaty.method,
            verdict=Verdict.KEPT, estimate=pays, statement=_(
                "Every lead pays for the seller's time: a lead takes about {hours} hours ({cost}), less than the "
                "poorest is expected to bring.", **values_),
            action=_("Pass on all leads; sign the curve below as the rule of what is handed over."))
    return Finding(
        function="kpi_alignment.treaty", unit="share", n=int(total), owner="both", method=treaty.method,
        verdict=Verdict.LOWER, estimate=pays, statement=_(
            "{cut} of {n} leads pay for the seller's time; the other {beyond} are expected to bring less than the "
            "{cost} that a lead takes (about {hours} hours).", **values_),
        action=_("Sign by {day} a cut-off for leads handed over, and give the rest to mailings. It worked if sellers "
                 "touch the leads above the cut sooner.", **values_),
        impact=Impact(loss / 2 * 365.25 / days, 0.0, loss * 365.25 / days, result.firm.currency, "seller time")
        if loss > 0 else None, rank=loss, rival=_(
            "Sellers' time for a lead is a mean: poor leads may take less of it already."))


def _dispute(result: Alignment, treaty: Treaty) -> list[Finding]:
    """Leads sent back that were expected to be as good as others: what like ones brought that were worked."""
    returned = float(treaty.returned.sum())
    if returned < MIN_RETURNED or treaty.worked.sum() <= 0:
        return []
    good = treaty.value >= np.average(treaty.value, weights=treaty.leads)
    disputed, like, won = (float(x[good].sum()) for x in (treaty.returned, treaty.worked, treaty.won))
    if disputed < 5 or like < MIN_RETURNED:
        return []
    rate = share(won, like, result.board.design)
    weights = treaty.returned[good]
    worth = float(np.average(treaty.value[good], weights=weights)) if weights.sum() else 0.0
    values_ = {"n": Count(round(returned)), "good": Count(round(disputed)), "rate": Share(rate.value, 1),
               "low": Share(rate.low, 1), "high": Share(rate.high, 1), "like": Count(round(like)),
               "worth": Money(worth, result.firm.currency)}
    if treaty.chance is not None:
        values_["chance"] = Share(float(np.average(treaty.chance[good], weights=weights)) if weights.sum() else 0.0, 1)
        return [Finding(
            function="kpi_alignment.dispute", unit="share", n=int(like), owner="both", method=treaty.method,
            estimate=rate, statement=_(
                "Of {n} leads that sales sent back, {good} were worth more than the mean when they came in: a chance "
                "of {chance} and {worth} each. Of {like} leads as good that were worked, {rate} were won ({low} to "
                "{high}). Those sent back may still have been the weaker ones.", **values_))]
    return [Finding(
        function="kpi_alignment.dispute", unit="share", n=int(like), owner="both", method=treaty.method, estimate=rate,
        statement=_(
            "Of {n} leads that sales sent back, {good} were of kinds that marketing rightly calls good: {rate} of "
            "{like} like leads that were worked were won ({low} to {high}), worth {worth} each. Those sent back may "
            "still have been the weaker ones.", **values_))]


def of_treaty(result: Alignment) -> list[Finding]:
    """What is said of quantity against quality."""
    return [f for f in result.findings if f.function.split(".")[1] in ("treaty", "dispute")]


def curve(result: Alignment) -> list[object]:
    """The treaty as a table: how many leads are passed on, and what they bring and take."""
    treaty: Treaty | None = result.parts.get("treaty")
    if treaty is None:
        return [Note(_("There is no curve of quantity against quality: what leads are worth cannot be told."))]
    currency = result.firm.currency
    total = treaty.leads.sum()
    passed = np.cumsum(treaty.leads)
    money = np.cumsum(treaty.leads * treaty.value)
    rows = []
    for step in STEPS:
        i = min(int(np.searchsorted(passed, step * total - 1e-9)), len(passed) - 1)
        inside = step * total
        brought = money[i] - (passed[i] - inside) * treaty.value[i]
        rows.append((Share(step, 0), Count(round(inside)), Money(treaty.value[i], currency), Money(brought, currency),
                     Number(inside * treaty.hours, 0) if treaty.hours else None,
                     Money(brought - inside * treaty.cost, currency) if treaty.cost else None))
    notes = [_("From the most valuable lead down. Expected, young leads included.")]
    if not treaty.cost:
        notes.append(_("Sellers' hours and their cost are not recorded: the cut where the last lead pays for the "
                       "seller's time cannot be drawn."))
    return [Table(_("Quantity against quality: what both can sign"), (
        Column(_("leads passed on")), Column(_("number")), Column(_("worth of the last one"), unit=Text(currency)),
        Column(_("expected in all"), unit=Text(currency)), Column(_("seller hours")),
        Column(_("less sellers' time"), unit=Text(currency))), tuple(rows), notes=tuple(notes), collapsed=True)]
