"""Estimate, Verdict, Finding: what a report may say, as data."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from insights.language import LANGUAGES, Given, Text, render

LEVEL = 0.9
SUBJECT_KEYS = ("industry", "size", "country", "region", "source", "campaign", "product", "team", "role", "seller",
                "company", "month", "speed")
OWNERS = ("marketing", "sales", "both", "board")
DIGITS = 9


class Verdict(enum.StrEnum):
    """The outcome of a judgement; the last three are those of a clause of the strategy (with `too_early`)."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CLEAR_DIFFERENCE = "no_clear_difference"
    TOO_FEW = "too_few_to_say"
    TOO_EARLY = "too_early"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    NOT_ENOUGH_DATA = "not_enough_data"


def round_estimate(value: float | None) -> float | None:
    """The one place where estimates are rounded: to nine significant digits, so that a different order of summation
    does not show."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}") + 0.0


@dataclass(frozen=True)
class Interval:
    """A value with its 90% interval; both bounds None for an exact total."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            object.__setattr__(self, name, round_estimate(getattr(self, name)))
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has both bounds or none")
        if self.low is not None and self.value is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"an interval holds its value: {self.low} <= {self.value} <= {self.high} is not so")

    def to_json(self) -> dict:
        return {"value": self.value, "interval": None if self.low is None else [self.low, self.high]}


@dataclass(frozen=True)
class Estimate:
    """A measured figure about a subject.

    `measure` is the name of a metric, `unit` is share, count, days, ratio or a currency code (shares are fractions),
    `n` the number of cases behind it and `companies` the number of clusters, `method` one sentence. Comparisons add the
    `baseline` (the rest) and the `difference`, each with its interval, and the verdict. Where too few cases stand
    behind a difference, a page may still show the observed figure with its interval, but `value` is not claimed in
    `estimates.json` (it stands under `observed`); a `withheld` group (the reason's name) shows nothing at all.
    """

    measure: str
    subject: Mapping[str, str]
    estimate: Interval
    unit: str
    n: int
    method: str
    verdict: Verdict | None = None
    baseline: Interval | None = None
    difference: Interval | None = None
    companies: int | None = None
    topic: str = ""
    withheld: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.subject) - set(SUBJECT_KEYS)
        if unknown:
            raise ValueError(f"no subject key {', '.join(sorted(unknown))}")
        if self.withheld:
            object.__setattr__(self, "estimate", Interval(None))
            object.__setattr__(self, "difference", None)
        elif self.n <= 0:
            raise ValueError("an estimate that says something rests on at least one case")

    @property
    def id(self) -> str:
        """`topic.measure[key=value,...]`, keys sorted, the same in every run."""
        return f"{self.topic}.{self.measure}{subject_id(self.subject)}"

    def to_json(self) -> dict:
        """The form of `estimates.json`."""
        undecided = self.verdict in (Verdict.TOO_FEW, Verdict.TOO_EARLY)
        claimed = Interval(None) if undecided else self.estimate
        return {
            "id": self.id, "topic": self.topic, "measure": self.measure, "subject": dict(sorted(self.subject.items())),
            **claimed.to_json(), "observed": self.estimate.to_json() if undecided and not self.withheld else None,
            "level": LEVEL, "unit": self.unit, "n": self.n, "companies": self.companies,
            "verdict": self.verdict and str(self.verdict), "method": self.method,
            "baseline": self.baseline and self.baseline.to_json(),
            "difference": self.difference and self.difference.to_json(),
        }


@dataclass(frozen=True)
class Impact:
    """Money per year that hangs on a finding, its interval, the pool it draws on. Impacts overlap: never add them."""

    value: float
    low: float
    high: float
    currency: str
    pool: str

    def to_json(self) -> dict:
        return {"value": round_estimate(self.value), "low": round_estimate(self.low),
                "high": round_estimate(self.high), "currency": self.currency, "pool": self.pool}


@dataclass(frozen=True)
class Evidence:
    """Where a finding's numbers come from: the notebook and cell (stamped by the run), the figure or table, the query
    that was executed, and what it read (tables and their hash, never a path)."""

    figure: str | None = None
    sql: str | None = None
    read_from: str | None = None
    notebook: str | None = None
    cell: str | None = None

    def to_json(self) -> dict:
        return {"notebook": self.notebook, "cell": self.cell, "figure": self.figure, "sql": self.sql,
                "read_from": self.read_from}


@dataclass(frozen=True)
class Finding:
    """One sentence that someone can act on, with its proof.

    `function` is the dotted name of the function that wrote it (topic.function): with the subject it makes the id.
    `verdict` None stands for an exact total. `action` says what to do, until when and how one will know that it worked.
    `rival` is the strongest other explanation; `clause` names the clause of the strategy that the verdict is about,
    `agreed` says what was agreed and `clause_id` which clause it is (`products.promote=P01`, as in
    `Strategy.clauses`), where it is about one. `rank` orders headlines (money or risk; larger first).
    """

    function: str
    statement: Text
    unit: str
    n: int
    owner: str
    method: Text
    subject: Mapping[str, str] = field(default_factory=dict)
    estimate: Interval = Interval(None)
    verdict: Verdict | None = None
    baseline: Interval | None = None
    difference: Interval | None = None
    impact: Impact | None = None
    action: Text | None = None
    rival: Text | None = None
    evidence: Evidence = Evidence()
    status: str = "new"
    clause: Text | None = None
    agreed: Text | None = None
    rank: float = 0.0
    clause_id: str | None = None

    def __post_init__(self) -> None:
        if self.owner not in OWNERS:
            raise ValueError(f"{self.owner} owns no finding: {', '.join(OWNERS)} do")
        if self.verdict is not None and self.action is None:
            raise ValueError(f"{self.id}: a verdict without an action helps nobody")
        if self.n <= 0 and self.verdict not in (Verdict.TOO_FEW, Verdict.TOO_EARLY, Verdict.NOT_ENOUGH_DATA):
            raise ValueError(f"{self.id}: n must be positive")
        if self.verdict in (Verdict.TOO_FEW, Verdict.TOO_EARLY) and self.estimate.value is not None:
            object.__setattr__(self, "estimate", Interval(None))

    @property
    def topic(self) -> str:
        return self.function.split(".")[0]

    @property
    def id(self) -> str:
        """`topic.function[key=value,...]`: stable between runs, no period in it."""
        return self.function + subject_id(self.subject)

    @property
    def gain(self) -> Impact | None:
        """The impact of an estimated effect. What hangs on a mere count is at stake: nobody has shown how much of it a
        decision would bring."""
        return self.impact if self.verdict is not None else None

    def at(self, **evidence: str) -> Finding:
        """The same finding with places of its evidence filled in."""
        return replace(self, evidence=replace(self.evidence, **evidence))

    def to_json(self) -> dict:
        """The form of `findings.json`."""
        return {
            "id": self.id, "topic": self.topic, "clause": both(self.clause),
            "agreed": both(self.agreed),
            "statement": both(self.statement), **self.estimate.to_json(), "level": LEVEL, "unit": self.unit,
            "n": self.n, "subject": dict(sorted(self.subject.items())),
            "baseline": self.baseline and self.baseline.to_json(),
            "difference": self.difference and self.difference.to_json(),
            "impact": self.impact and self.impact.to_json(), "owner": self.owner,
            "action": both(self.action), "method": both(self.method), "rival": both(self.rival),
            "evidence": self.evidence.to_json(), "verdict": self.verdict and str(self.verdict),
            "status": self.status, "rank": round_estimate(self.rank), "clause_id": self.clause_id,
        }

    @classmethod
    def from_json(cls, entry: Mapping) -> Finding:
        """The finding that `to_json` wrote."""
        def interval(part: Mapping | None) -> Interval | None:
            return None if part is None else Interval(part["value"], *(part["interval"] or (None, None)))

        def text(part: Mapping | None) -> Given | None:
            return None if part is None else Given(part)

        impact = entry["impact"]
        return cls(
            function=entry["id"].split("[", 1)[0], statement=Given(entry["statement"]), unit=entry["unit"],
            n=entry["n"],
            owner=entry["owner"], method=Given(entry["method"]), subject=entry["subject"], estimate=interval(entry),
            verdict=entry["verdict"] and Verdict(entry["verdict"]), baseline=interval(entry["baseline"]),
            difference=interval(entry["difference"]), impact=impact and Impact(**impact), action=text(entry["action"]),
            rival=text(entry["rival"]), evidence=Evidence(**entry["evidence"]), status=entry["status"],
            clause=text(entry.get("clause")), agreed=text(entry.get("agreed")), rank=entry["rank"],
            clause_id=entry.get("clause_id"))


def both(text: Text | str | None) -> dict[str, str] | None:
    """A sentence in every language, as JSON has it."""
    return None if text is None else {language: render(text, language) for language in LANGUAGES}


def subject_id(subject: Mapping[str, str]) -> str:
    """`[country=DE,industry=C28]`, keys sorted; nothing for a finding about the whole firm."""
    inner = ",".join(f"{key}={subject[key]}" for key in sorted(subject))
    return f"[{inner}]" if inner else ""
