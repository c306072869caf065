"""Which findings a page opens with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from insights.evidence import Finding, Verdict
from insights.language import Text

MOST_DECISIONS = 3
_DECIDED = (Verdict.HIGHER, Verdict.LOWER, Verdict.NOT_KEPT)
_NOT_PROVED = (Verdict.NO_CLEAR_DIFFERENCE, Verdict.TOO_FEW, Verdict.NOT_ENOUGH_DATA, Verdict.TOO_EARLY)
DEPARTMENTS = ("marketing", "sales")
_ = Text


@dataclass(frozen=True)
class Headlines:
    """The first screen: the top line, at most three decisions, one thing that is not proved, one that works."""

    top_line: Text
    decisions: tuple[Finding, ...] = ()
    not_proved: tuple[Finding, ...] = ()
    works: tuple[Finding, ...] = ()


def choose(top_line: Text, findings: Iterable[Finding]) -> Headlines:
    """The weightiest decisions (verdicts, and exact counts that ask for an action): what would bring money first, then
    chances before weak spots; one for each dimension, each chapter heard before one is heard twice, each department
    asked for something; then what is not proved (a difference that is none before one that too few cases hide), what
    works.
    """
    ranked = sorted(findings, key=weight)
    decided = one_for_each_subject([f for f in ranked if asks_for_decision(f)])
    priced = [f for f in decided if f.gain and f.gain.value > 0]
    chances = _one_for_each_kind([*priced, *(f for f in decided if f not in priced and f.verdict is not Verdict.LOWER)])
    others = [f for f in decided if f not in chances]
    decisions = _each_chapter_first([*chances, *others])[:MOST_DECISIONS]
    for department in DEPARTMENTS:
        if not any(_asks(f, department) for f in decisions):
            other = next((f for f in [*chances, *others] if f not in decisions and _asks(f, department)), None)
            if other is not None:
                decisions = [*decisions[:MOST_DECISIONS - 1], other]
    unproved = sorted((f for f in ranked if f.verdict in _NOT_PROVED), key=lambda f: _NOT_PROVED.index(f.verdict))
    kept = [f for f in ranked if f.verdict is Verdict.KEPT]
    kept = kept or [f for f in decided if f.verdict is Verdict.HIGHER and f not in decisions]
    return Headlines(top_line, tuple(decisions), tuple(unproved[:1]), tuple(kept[:1]))


def weight(finding: Finding) -> tuple[float, float, str]:
    """The order of findings on a page: those that would bring the most money first, then by the rank that their topic
    gave."""
    worth = finding.gain.value if finding.gain and finding.gain.value > 0 else 0.0
    return -worth, -finding.rank, finding.id


def asks_for_decision(finding: Finding) -> bool:
    """A verdict that something is better, worse or not kept; or an exact count that asks for an action. What is worth
    nothing is no decision."""
    if finding.impact and finding.impact.value <= 0:
        return False
    return finding.verdict in _DECIDED or (finding.verdict is None and finding.action is not None)


def one_for_each_subject(ranked: Iterable[Finding]) -> list[Finding]:
    """The first finding of a topic about each subject; those about the whole firm all stay."""
    chosen: dict[object, Finding] = {}
    for finding in ranked:
        about = (finding.topic, *sorted(finding.subject.items())) if finding.subject else finding.function
        chosen.setdefault(about, finding)
    return list(chosen.values())


def _one_for_each_kind(ranked: list[Finding]) -> list[Finding]:
    """One for each dimension of a topic: three countries are one decision, not three."""
    chosen: dict[object, Finding] = {}
    for finding in ranked:
        about = (finding.topic, *sorted(finding.subject)) if finding.subject else finding.function
        chosen.setdefault(about, finding)
    return list(chosen.values())


def _each_chapter_first(ranked: list[Finding]) -> list[Finding]:
    """The first finding of each topic in the order given, then the second of each, and so on."""
    turn: dict[str, int] = {}
    turns = []
    for place, finding in enumerate(ranked):
        turn[finding.topic] = turn.get(finding.topic, -1) + 1
        turns.append((turn[finding.topic], place, finding))
    return [finding for _turn, _place, finding in sorted(turns, key=lambda entry: entry[:2])]


def _asks(finding: Finding, department: str) -> bool:
    return finding.owner in (department, "both")
