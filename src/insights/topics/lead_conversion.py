"""How many leads become sales, how fast, by group and by month, allowing for leads too young to have converted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from insights.evidence import Estimate, Finding
from insights.firm import Firm
from insights.language import Text
from insights.metrics import lags as lag_metrics
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import text as sql_text
from insights.models import conversion_lag as lags
from insights.topics import lead_conversion_cohorts as cohorts
from insights.topics import lead_conversion_groups as groups
from insights.topics import lead_conversion_waiting as waiting
from insights.topics import lead_conversion_words as words
from insights.topics import lead_conversion_work as work

TOPIC = words.TOPIC
MOST_AFTERWARDS = 0.2
_MIN_FROM_START = 0.5
_COVERED = 0.95
_ = Text


@dataclass(frozen=True)
class Conversion:
    """The topic's result.

    `totals` exact counts; `found` how the records were kept; `opportunities` where they begin with the opportunity;
    `overall` the fit of all leads as one; `dimensions` the groupings; `months` the cohorts with the look-back; `work`
    what goes with conversion; `waiting` the leads on the clock of the first touch; `value` of a win in money (None
    where cost is not known) with its currency.
    """

    firm: Firm
    totals: dict
    found: lags.Practice | None = None
    opportunities: bool = False
    overall: lags.Lag | None = None
    dimensions: dict[str, groups.Dimension] = field(default_factory=dict)
    months: cohorts.Months | None = None
    work: work.Work | None = None
    waiting: waiting.Waiting | None = None
    value: float | None = None
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    missing: tuple[Text, ...] = ()


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, those about the value of leads among them, the weightiest first."""
    from insights.topics import lead_value

    result = judge(firm)
    found = [*result.findings, *lead_value.findings(firm, lag=result.overall)]
    return sorted(found, key=lambda f: (-f.rank, f.id))


def judge(firm: Firm) -> Conversion:
    """Count, fit, compare, look back, and say."""
    if not firm.has("leads", "lead_stages"):
        return Conversion(firm, {}, missing=(_(
            "Without leads and their stages nothing can be said of conversion: add the tables leads and "
            "lead_stages."),))
    totals = firm.row(segment_metrics.totals(firm.period.start, firm.period.end))
    closed = totals["won"] + totals["lost"]
    opportunities = bool(closed) and totals["closed_from_start"] < _MIN_FROM_START * closed
    found = lags.practice(firm)
    result = Conversion(firm, totals, found, opportunities, value=_value(totals))
    if (refused := _refused(firm, totals, found)) is not None:
        return _said(replace(result, missing=(refused,)))
    counted = lags.counts(firm, found=found)
    overall = lags.fit(counted) if counted.won.sum() >= lags.LEAST_WINS else None
    if overall is None:
        return _said(replace(result, months=cohorts.read(firm, found), missing=(words.few_wins(totals["won"]),)))
    effect = float(counted.design_effect[0])
    done = work.read(firm, effect)
    clock = None if done is None or done.dates_only else waiting.read(firm, effect)
    return _said(replace(result, overall=overall, dimensions=groups.read(firm, found),
                         months=cohorts.read(firm, found),
                         work=done, waiting=clock))


def _refused(firm: Firm, totals: dict, found: lags.Practice) -> Text | None:
    """Why no conversion can be shown at all."""
    if not totals["won"] and not totals["lost"]:
        return _("No lead has been won or lost yet: all are open, so nothing can be said of conversion.")
    if not totals["won"]:
        return _("No lead has been won yet, so there is no conversion and no lag to measure.")
    if totals["leads"] == totals["without_date"]:
        return _("No lead has a date of creation, so neither conversion by age nor durations can be measured.")
    counted = lags.counts(firm, found=found)
    if counted.at_once.sum() > MOST_AFTERWARDS * counted.wins.sum():
        return words.afterwards(float(counted.at_once.sum() / counted.wins.sum()))
    return None


def _value(totals: dict) -> float | None:
    """Margin of a won lead; None where cost is known for too little of the revenue."""
    revenue = float(totals["revenue"] or 0)
    if not totals["won"] or not revenue or float(totals["costed_revenue"] or 0) < _COVERED * revenue:
        return None
    return float(totals["margin"]) / totals["won"]


def _said(result: Conversion) -> Conversion:
    from insights.topics import lead_conversion_findings as said

    sql = sql_text(lag_metrics.lag_counts(("source",), result.firm.as_of, known_from=result.found.known_from))
    found = [f.at(sql=sql, read_from=result.firm.read_from) for f in said.findings(result)]
    return replace(result, findings=tuple(sorted(found, key=lambda f: (-f.rank, f.id))),
                   estimates=tuple(said.estimates(result)))
