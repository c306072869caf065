"""Which open leads to work first, and what each is worth: the scoring part of the page on lead conversion."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Interval
from insights.firm import Firm
from insights.language import Text
from insights.metrics import lead_features
from insights.metrics import segments as segment_metrics
from insights.metrics.sql import text as sql_text
from insights.models import conversion_lag
from insights.models.lead_value import MIN_WINS, LeadModel, Scores, importance, learn, stability, tail_of
from insights.models.lead_value.judging import Judged, judge_scores
from insights.models.lead_value.reading import GROUPS, VALUED_BY, Reading, current, day_number, delivered, read

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.models.conversion_lag import Lag
    from insights.models.lead_value.drift import Drift
    from insights.models.lead_value.explaining import Importance

TOPIC = "lead_conversion"
COVERED = 0.95
_ = Text


@dataclass(frozen=True)
class Learned:
    """A firm's model with what it was learned from; `model` is None where the records carry none, and `missing` says
    why and what would help. `margin`: whether money is margin (else revenue)."""

    firm: Firm
    totals: dict
    horizon: int
    margin: bool
    model: LeadModel | None = None
    reading: Reading | None = None
    missing: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Queue:
    """The open leads that fit into a week: how many, what they are expected to bring by rank and in the order in which
    they came."""

    capacity: int
    seen: bool
    ranked: Interval
    in_order: Interval
    difference: Interval
    whole: Interval
    money: bool


@dataclass(frozen=True)
class LeadValue:
    """The result: the model, how good its scores have been, the open leads with their scores, drift, what moves it."""

    learned: Learned
    judged: Judged | None = None
    open: pa.Table | None = None
    scores: Scores | None = None
    order: np.ndarray | None = None
    queue: Queue | None = None
    drift: tuple[Drift, ...] = ()
    importance: tuple[Importance, ...] = ()
    findings: tuple[Finding, ...] = ()
    sql: str = field(default="", repr=False)

    @property
    def firm(self) -> Firm:
        return self.learned.firm

    @property
    def model(self) -> LeadModel | None:
        return self.learned.model

    @property
    def refuted(self) -> bool:
        """Whether later leads have shown the scores to mislead: then no list is handed out."""
        return refuted(self.judged)

    @property
    def missing(self) -> tuple[Text, ...]:
        return self.learned.missing


def findings(firm: Firm, capacity: int = 0, lag: Lag | None = None) -> list[Finding]:
    """Every finding about the value of leads, the weightiest first."""
    return list(judge(firm, capacity, lag).findings)


def learned(firm: Firm, lag: Lag | None = None) -> Learned:
    """The model of the firm's leads, or why there is none. `lag`: the fitted conversion lag, by default fitted here."""
    from insights.topics import lead_value_words as words

    if not firm.has("leads", "lead_stages"):
        return Learned(firm, {}, 0, False, missing=(words.no_leads(),))
    totals = firm.row(lead_features.left_out(firm.as_of))
    known = firm.row(segment_metrics.totals(firm.period.start, firm.period.end))
    margin = bool(known["revenue"]) and float(known["costed_revenue"]) >= COVERED * float(known["revenue"])
    horizon = firm.query(segment_metrics.horizon())["days"][0].as_py() or 0
    found = Learned(firm, totals | known, horizon, margin)
    if not horizon or totals["won"] < MIN_WINS:
        return replace(found, missing=(words.too_few_wins(found),))
    reading = read(firm, horizon, totals["leads"], margin=margin, since=conversion_lag.practice(firm).known_from)
    model = learn(
        reading.cases, day_number(firm), reading.starts, seed=firm.seed, money=reading.money, valued_by=VALUED_BY,
        once=reading.once, groups=GROUPS, tail=_tail(firm, horizon, lag))
    missing = () if model is not None else (words.too_few_known(found, reading),)
    if model is not None and model.value is None:
        missing = (words.no_amounts(found),)
    return replace(found, model=model, reading=reading, missing=missing)


def judge(firm: Firm, capacity: int = 0, lag: Lag | None = None) -> LeadValue:
    """Learn, score the open leads, and judge the scores on later leads. `capacity`: leads that sales can work in a week
    (0: as many as it has worked lately)."""
    from insights.topics import lead_value_words as words

    found = learned(firm, lag)
    if found.model is None:
        result = LeadValue(found)
        return replace(result, findings=tuple(words.findings(result)))
    model = found.model
    expression = lead_features.current(firm.as_of, delivered(firm))
    table = current(firm)
    judged = judged_of(found)
    scores = model.score(table) if table.num_rows else None
    result = LeadValue(
        found, judged, table, scores, importance=tuple(importance(model, firm.seed)), sql=sql_text(expression))
    if scores is not None:
        result = replace(
            result, order=ranked(worth(scores)[0]), drift=tuple(_drift(model, table)),
            queue=queue(*worth(scores), ages(table), capacity or pace(firm), seen=not capacity,
                        money=has_money(scores)))
    return replace(result, findings=tuple(words.findings(result)))


def refuted(judged: Judged | None) -> bool:
    """Whether scores have misled on later leads: worse than a plain table of rates by more than chance, and no better
    than the mere base rate."""
    return judged is not None and judged.better.high < 0 and judged.told <= 0


def judged_of(found: Learned) -> Judged | None:
    """How good the scores of a firm's model have been."""
    return judge_scores(found.model, found.reading.money, found.reading.once, VALUED_BY, found.firm.seed)


def ranked(key: np.ndarray) -> np.ndarray:
    """Places of leads (given in the order of their identifiers), the largest key first."""
    return np.argsort(-np.round(key, 6), kind="stable")


def worth(scores: Scores) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What leads are ranked by, with its interval: expected money, or without amounts the chance to be won in the
    end."""
    if has_money(scores):
        return scores.expected, scores.expected_low, scores.expected_high
    return (scores.final, scores.final * scores.low / scores.probability,
            np.minimum(scores.final * scores.high / scores.probability, 1.0))


def has_money(scores: Scores) -> bool:
    """Whether there is an amount for every lead."""
    return bool(np.isfinite(scores.expected).all())


def _tail(firm: Firm, horizon: int, lag: Lag | None):
    """From the fitted lag, where the records carry one; else a lead's chance in the end is that within the horizon."""
    try:
        lag = lag or conversion_lag.fit(conversion_lag.counts(firm))
    except ValueError:
        return None
    group = lag.groups[0] if len(lag.groups) == 1 else ()
    return tail_of(lambda age: lag.matured_share(age, group), horizon) if group in lag.groups else None


def ages(leads: pa.Table) -> np.ndarray:
    """Days since each lead came in."""
    return np.asarray(leads["age"].cast("double").to_numpy(), dtype=float)


def _drift(model: LeadModel, table: pa.Table) -> list[Drift]:
    looked = np.array(lead_features.AGES)
    then = model.track.cases
    now_group = looked[np.maximum(np.searchsorted(looked, ages(table), side="right") - 1, 0)]
    found = stability(model.bins, model.bins.codes(then.features), model.bins.codes(table), then.group, now_group)
    # Age and what grows with it differ within an age group by construction.
    return [d for d in found if d.column in lead_features.UNDATED]


def pace(firm: Firm) -> int:
    """Leads that sales has worked in a week lately, at least one."""
    worked = firm.query(lead_features.pace(firm.as_of, touches=firm.has("touches")))["leads"][0].as_py()
    return max(round(worked / lead_features.PACE_WEEKS), 1)


def queue(
    value: np.ndarray, low: np.ndarray, high: np.ndarray, age: np.ndarray, capacity: int, *, seen: bool, money: bool,
) -> Queue:
    """The leads that fit into a week, by rank and in the order in which they came: the newest, which a desk that takes
    leads as they come would work this week."""
    first = np.argsort(age, kind="stable")[:capacity]
    best = ranked(value)[:capacity]

    def total(chosen: np.ndarray) -> Interval:
        return Interval(*(float(x[chosen].sum()) for x in (value, low, high)))

    one, other = total(best), total(first)
    d = one.value - other.value
    difference = Interval(
        d, d - np.hypot(one.value - one.low, other.high - other.value),
        d + np.hypot(one.high - one.value, other.value - other.low))
    return Queue(min(capacity, len(value)), seen, one, other, difference, total(np.arange(len(value))), money)
