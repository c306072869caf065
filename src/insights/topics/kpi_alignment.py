"""Both departments on one page, in one unit: results against targets, and whose move changed the number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from insights.evidence import Estimate, Finding
from insights.firm import Firm
from insights.language import Day, Text
from insights.metrics import kpi_customers as customer_metrics
from insights.metrics import kpis as kpi_metrics
from insights.metrics import replicates as replicate_metrics
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import text as sql_text
from insights.models.kpi_board import Board, board
from insights.models.replicates import Replicates, replicates
from insights.period import add_months
from insights.topics.kpi_alignment_targets import Target, period_start, targets

TOPIC = "kpi_alignment"
HOURS, ACCEPTED_DAYS = 24.0, 3
FALLBACK_DAYS = 180
_ = Text
COUNTED = _("Counted, not estimated.")


@dataclass(frozen=True)
class Alignment:
    """The topic's result. `spans` are the quarters shown, oldest first, as days (end not included); `sla` the agreed
    hours and days; `parts` holds what each further section found, by its name."""

    firm: Firm
    year_starts_in: int = 1
    certainty: float = 0.8
    board: Board | None = None
    days: int = 0
    opportunities: bool = False
    targets: tuple[Target, ...] = ()
    spans: tuple[tuple[dt.date, dt.date], ...] = ()
    sla: dict[str, float] = field(default_factory=dict)
    agreed_sla: bool = False
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    missing: tuple[Text, ...] = ()
    parts: dict[str, object] = field(default_factory=dict)
    sql: str = field(default="", repr=False)

    @property
    def period(self) -> tuple[dt.date, dt.date]:
        """The months of the period in full: from the first day of its first month, to the end of the month of its last
        day."""
        period = self.firm.period
        end = period.end if period.end.day == 1 else add_months(period.end.replace(day=1), 1)
        return period.start.replace(day=1), end

    @property
    def margin(self) -> bool:
        """Whether money is margin; else cost is not known well enough and it is revenue."""
        return bool(self.board and self.board.margin_known)

    def replicates(self, key: str, starts: tuple[dt.date, ...], end: dt.date) -> Replicates:
        """Leads by a segment over resampled groups of companies, asked once for each question."""
        kept = self.parts.setdefault("replicates", {})
        if (key, starts, end) not in kept:
            table = self.firm.query(replicate_metrics.replicates(
                key, starts, end, days=self.days, as_of=self.firm.as_of))
            kept[key, starts, end] = replicates(table, len(starts), replicate_metrics.GROUPS)
        return kept[key, starts, end]


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, the weightiest first."""
    return list(judge(firm).findings)


def judge(firm: Firm, year_starts_in: int = 1, certainty: float = 0.8) -> Alignment:
    """Measure, set against targets, and say.

    `year_starts_in` is the first month of the fiscal year (quarters are its quarters), `certainty` the chance with
    which a goal is to be reached. Without leads and their stages there is no scoreboard: the result then says so.
    """
    from insights.topics import kpi_alignment_board as scoreboard
    from insights.topics import kpi_alignment_sections as sections

    if not firm.has("leads", "lead_stages"):
        return Alignment(firm, missing=(_(
            "Without leads and their stages there is no scoreboard of both departments: add the tables leads and "
            "lead_stages."),))
    result = _measured(firm, min(max(int(year_starts_in), 1), 12), min(max(float(certainty), 0.5), 0.95))
    found = [*scoreboard.findings(result)]
    estimates = [*scoreboard.estimates(result)]
    for part in sections.PARTS:
        more, shown = part(result)
        found += more
        estimates += shown
    places = {"sql": result.sql, "read_from": firm.read_from}
    ordered = sorted((f if f.evidence.sql else f.at(**places) for f in found), key=lambda f: (-f.rank, f.id))
    return replace(result, findings=tuple(ordered), estimates=tuple(estimates))


def _measured(firm: Firm, year_starts_in: int, certainty: float) -> Alignment:
    days = firm.query(segment_metrics.horizon())["days"][0].as_py() or 0
    expression = kpi_metrics.outcomes(days or FALLBACK_DAYS)
    rows = firm.query(expression)
    sla, agreed = _sla(firm)
    handed = firm.query(kpi_metrics.hand_over(
        firm.as_of, firm.checked.settings.time_zone or "UTC", hours=sla["first_touch_hours"],
        days=int(sla["accepted_days"]), sellers=firm.has("sellers"), touches=firm.has("touches")))
    totals = firm.row(segment_metrics.totals(firm.period.start, firm.period.end))
    closed = totals["won"] + totals["lost"]
    opportunities = bool(closed) and totals["closed_from_start"] < 0.5 * closed
    found = board(
        rows, firm.query(kpi_metrics.stages()), firm.as_of, days or FALLBACK_DAYS,
        spend=firm.query(kpi_metrics.spent()) if firm.has("spend") else None,
        repeats=firm.query(kpi_metrics.repeats(firm.as_of)) if firm.has("orders") else None,
        hand_over=handed, opportunities=opportunities,
        customers=firm.query(customer_metrics.customers(firm.as_of, companies=firm.has("companies")))
        if firm.has("orders") else None, pipeline=firm.query(customer_metrics.pipeline()),
        seller_time=firm.query(customer_metrics.seller_time()) if firm.has("sellers") else None)
    known, refused = targets(firm, year_starts_in)
    missing = list(refused)
    if firm.strategy is None or not firm.strategy.sla:
        missing.append(_("No rules for the hand-over are agreed ([sla] in the strategy): {hours} hours to the first "
                         "touch and {days} to accept are assumed.", hours=int(HOURS), days=ACCEPTED_DAYS))
    if found.undated["leads"]:
        missing.append(_("Leads without a date of creation stand in no month: {n}.", n=int(found.undated["leads"])))
    result = Alignment(
        firm, year_starts_in, certainty, found, days or FALLBACK_DAYS, opportunities, tuple(known),
        tuple(_spans(firm, found, year_starts_in)), sla, agreed, missing=tuple(missing),
        parts={"hand_over": handed, "totals": totals, "timed": bool(days)}, sql=sql_text(expression))
    start, end = result.period
    design = result.replicates("source", (start,), min(end, firm.as_of + dt.timedelta(days=1))).design_effect()
    return replace(result, board=replace(found, design=design))


def _sla(firm: Firm) -> tuple[dict[str, float], bool]:
    agreed = dict(firm.strategy.sla) if firm.strategy else {}
    known = {name: float(agreed[name]) for name in ("first_touch_hours", "accepted_days") if name in agreed}
    return {"first_touch_hours": HOURS, "accepted_days": ACCEPTED_DAYS} | known, bool(known)


def _spans(firm: Firm, found: Board, year_starts_in: int) -> list[tuple[dt.date, dt.date]]:
    """The quarters of the fiscal year from the first event to the one that holds as_of, at most thirteen."""
    from insights.models.kpi_board import month_start

    start, spans = period_start(firm.as_of, 3, year_starts_in), []
    first = period_start(month_start(found.first), 3, year_starts_in)
    while start >= first and len(spans) < 13:
        spans.insert(0, (start, add_months(start, 3)))
        start = add_months(start, -3)
    return spans


def deadline(result: Alignment, months: int = 3) -> Day:
    """A day so many months after the as-of date, at the end of its month."""
    later = add_months(result.firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1)
    return Day(later)
