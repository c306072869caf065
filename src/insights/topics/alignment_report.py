"""The joint strategy document, composed only from the findings of the other topics."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass

import insights.topics
from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Clauses, Heading, Note, Repeated
from insights.firm import Firm
from insights.language import Text
from insights.topics.headlines import Headlines, choose, one_for_each_subject
from insights.topics.key_customer_clauses import clause_row

TOPIC = "alignment_report"
MOST_IN_CHAPTER = 6
# The document's chapters in their order, and the topics that write them.
CHAPTERS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (Text("The key customer"), ("key_customer_profile",)),
    (Text("Products"), ("product_priorities",)),
    (Text("New products and the customers' voice"), ("product_pipeline",)),
    (Text("Goals and KPIs"), ("lead_conversion", "kpi_alignment")),
    (Text("Existing customers"), ("customer_base",)),
)
_ = Text


@dataclass(frozen=True)
class Document:
    """The findings of all topics and what the document says of them."""

    firm: Firm
    findings: tuple[Finding, ...]

    def headlines(self) -> Headlines:
        """The first screen."""
        chosen = choose(Text(""), self.findings)
        return Headlines(self._top_line(chosen), chosen.decisions, chosen.not_proved, chosen.works)

    def _top_line(self, chosen: Headlines) -> Text:
        n = len(chosen.decisions)
        if not n:
            return _("These data ask for no decision: nothing is clearly better, worse or against the strategy.")
        if any(f.impact for f in chosen.decisions):
            return _("{n} decision to take. The amounts below overlap and must not be added up.",
                     plural="{n} decisions to take. The amounts below overlap and must not be added up.", n=n)
        return _("{n} decision to take.", plural="{n} decisions to take.", n=n)

    def own_findings(self) -> list[Finding]:
        """What the document itself counts: the clauses of the strategy and their verdicts."""
        clauses = self._clauses()
        if not clauses:
            return []
        counts = {v: sum(f.verdict is v for f in clauses) for v in
                  (Verdict.KEPT, Verdict.NOT_KEPT, Verdict.TOO_EARLY, Verdict.NOT_ENOUGH_DATA)}
        return [Finding(
            function=f"{TOPIC}.clauses", owner="board", unit="count", n=len(clauses),
            method=_("Counted, not estimated."),
            estimate=Interval(len(clauses)), statement=_(
                "Clauses of the strategy that could be set against data: {n}; kept {kept}, not kept {not_kept}, too "
                "early to tell {early}, not enough data {little}.", n=len(clauses), kept=counts[Verdict.KEPT],
                not_kept=counts[Verdict.NOT_KEPT], early=counts[Verdict.TOO_EARLY],
                little=counts[Verdict.NOT_ENOUGH_DATA]))]

    def clauses(self) -> Clauses | Note:
        """Every clause of the strategy with its verdict."""
        rows = tuple(clause_row(f) for f in self._clauses())
        return Clauses(rows) if rows else Note(_(
            "There is no strategy file with clauses that these data could be set against: write one, and each run will "
            "say which of its clauses are kept."))

    def _clauses(self) -> list[Finding]:
        return sorted((f for f in self.findings if f.clause is not None), key=lambda f: f.id)

    def chapters(self) -> list[object]:
        """The chapters that topics have spoken to: a heading and the weightiest findings of each. The findings are
        repeated from the topics' own notebooks and not counted again."""
        shown: list[object] = []
        for title, topics in CHAPTERS:
            found = one_for_each_subject(f for f in self.findings if f.topic in topics)[:MOST_IN_CHAPTER]
            shown += [Heading(title), *(Repeated(f) for f in found)] if found else []
        return shown

    def not_told(self) -> list[Note]:
        """Everything that could not be told, and how far the data reach."""
        silent = [f.statement for f in self.findings
                  if f.verdict in (Verdict.TOO_FEW, Verdict.TOO_EARLY, Verdict.NOT_ENOUGH_DATA)]
        notes = [Note(statement) for statement in silent]
        step = self.firm.level.next_step
        return [*notes, Note(step)] if step else notes


def document(firm: Firm, findings: Iterable[Finding] | None = None) -> Document:
    """The document from findings collected by a run; without them every topic is asked here."""
    found = list(findings) if findings is not None else every_finding(firm)
    return Document(firm, tuple(sorted(found, key=lambda f: (-f.rank, f.id))))


def every_finding(firm: Firm) -> list[Finding]:
    """The findings of every topic that there is."""
    found: list[Finding] = []
    for module in pkgutil.iter_modules(insights.topics.__path__):
        topic = importlib.import_module(f"insights.topics.{module.name}")
        if hasattr(topic, "TOPIC") and hasattr(topic, "judge") and topic.TOPIC != TOPIC:
            found += topic.findings(firm)
    return found
