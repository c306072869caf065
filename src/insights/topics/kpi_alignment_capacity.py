"""What a lead costs in sellers' time: the hours of the sellers active in the period over the leads that came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.metrics import kpis as kpi_metrics
from insights.models.kpi_months import LEADS_SHARE

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

SHARE_FOR_LEADS = LEADS_SHARE


@dataclass(frozen=True)
class Capacity:
    """Sellers active in the period, their hours a year, and what a lead takes of them; half of the time is taken to go
    to leads, the other half to customers and travel."""

    sellers: int
    hours: float
    leads: float
    hours_per_lead: float
    cost_per_lead: float


def capacity(result: Alignment) -> Capacity | None:
    """None where no seller has hours and a cost."""
    if not result.firm.has("sellers"):
        return None
    if "capacity" not in result.parts:
        result.parts["capacity"] = _asked(result)
    return result.parts["capacity"]


def _asked(result: Alignment) -> Capacity | None:
    start, end = result.firm.period.start, result.firm.period.end
    row = result.firm.row(kpi_metrics.seller_hours(start, end))
    days = max((end - start).days, 1)
    leads = result.board.value("leads", *result.board.span(*result.period)).figure.value or 0.0
    leads = leads * 365.25 / days
    if not row["sellers"] or not row["hours"] or not leads:
        return None
    hours = float(row["hours"]) * 52
    worked = SHARE_FOR_LEADS * hours / leads
    return Capacity(row["sellers"], hours, leads, worked, worked * float(row["cost"] or 0) / float(row["hours"]))
