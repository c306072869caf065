"""The joint strategy document, composed only from the findings of the other topics."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import insights.topics
from insights.evidence import Finding, Interval, Verdict
from insights.figures.model import Changes, Clauses, Decisions, Heading, Note, Repeated
from insights.firm import Firm
from insights.language import Text
from insights.topics import (
    alignment_changes,
    alignment_clauses,
    alignment_forecasts,
    alignment_trust,
    alignment_worth,
)
from insights.topics.alignment_changes import Earlier
from insights.topics.headlines import Headlines, asks_for_decision, choose, one_for_each_subject, weight

TOPIC = "alignment_report"
MOST_IN_CHAPTER = 6
MOST_DECISIONS = 5
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
    earlier: Earlier | None = None

    @cached_property
    def chosen(self) -> Headlines:
        """The findings of the first screen."""
        return choose(Text(""), self.findings)

    @cached_property
    def joint(self) -> Finding | None:
        """What the decisions of the first screen are worth together."""
        return alignment_worth.joint_worth(self.firm, self.chosen.decisions)

    def headlines(self) -> Headlines:
        """The first screen."""
        return replace(self.chosen, top_line=self._top_line())

    def _top_line(self) -> Text:
        n = len(self.chosen.decisions)
        if not n and not self.findings:
            return _("These data carry no statement yet; what is missing stands below.")
        if not n:
            return _("These data ask for no decision: nothing is clearly better, worse or against the strategy.")
        if self.joint:
            from insights.language import Money, MoneyRange

            worth, unit = self.joint.estimate, self.joint.unit
            values = {"value": Money(worth.value, unit), "range": MoneyRange(worth.low, worth.high, unit),
                      "priced": self.joint.n}
            if self.joint.n < n:
                return _("{n} decision to take; {priced} of them worth about {value} a year (probably {range}).",
                         plural="{n} decisions to take; {priced} of them, taken together, are worth about {value} a "
                                "year (probably {range}). The amounts below overlap and must not be added up.",
                         n=n, **values)
            if not alignment_worth.overlap(worth.value, self.chosen.decisions):
                return _("{n} decision to take, worth about {value} a year (probably {range}).",
                         plural="{n} decisions to take. Together they are worth about {value} a year (probably "
                                "{range}).", n=n, **values)
            return _("{n} decision to take. It is worth about {value} a year (probably {range}).",
                     plural="{n} decisions to take. Together they are worth about {value} a year (probably {range}). "
                            "The amounts below overlap and must not be added up.", n=n, **values)
        if any(f.impact for f in self.chosen.decisions):
            return _("{n} decision to take. The amounts below overlap and must not be added up.",
                     plural="{n} decisions to take. The amounts below overlap and must not be added up.", n=n)
        return _("{n} decision to take.", plural="{n} decisions to take.", n=n)

    def own_findings(self) -> list[Finding]:
        """What the document itself says: the clauses counted, and what the decisions are worth together."""
        return [f for f in (self._counted(), self.joint) if f]

    def _counted(self) -> Finding | None:
        clauses = [judged.finding for judged in self._clauses]
        if not clauses:
            return None
        counts = {v: sum(f.verdict is v for f in clauses) for v in
                  (Verdict.KEPT, Verdict.NOT_KEPT, Verdict.TOO_EARLY, Verdict.NOT_ENOUGH_DATA)}
        return Finding(
            function=f"{TOPIC}.clauses", owner="board", unit="count", n=len(clauses),
            method=_("Counted, not estimated."),
            estimate=Interval(len(clauses)), statement=_(
                "Clauses of the strategy: {n}; kept {kept}, not kept {not_kept}, too early to tell {early}, not enough "
                "data {little}.", n=len(clauses), kept=counts[Verdict.KEPT],
                not_kept=counts[Verdict.NOT_KEPT], early=counts[Verdict.TOO_EARLY],
                little=counts[Verdict.NOT_ENOUGH_DATA]))

    def clauses(self) -> Clauses | Note:
        """Every clause of the strategy with its verdict."""
        rows = tuple(alignment_clauses.row(judged) for judged in self._clauses)
        if rows:
            return Clauses(rows, tuple(j.finding for j in self._clauses if j.finding.topic == TOPIC))
        if self.firm.strategy is not None:
            return Note(_("The strategy file holds no clause that could be observed: name the key customer, products, "
                          "targets, and who works which customers."))
        return Note(_(
            "There is no strategy file with clauses that these data could be set against: write one, and each run will "
            "say which of its clauses are kept."))

    def judged_clauses(self) -> list[alignment_clauses.Judged]:
        """Each clause with the finding that judges it."""
        return self._clauses

    @cached_property
    def _clauses(self) -> list[alignment_clauses.Judged]:
        return alignment_clauses.judged(self.firm, self.findings)

    def agreement(self) -> list[object]:
        """Which strategy is judged, who signed it, and its earlier and later versions."""
        return alignment_trust.agreement(self.firm)

    def chapters(self) -> list[object]:
        """The chapters that topics have spoken to: a heading and the weightiest findings of each. The findings are
        repeated from the topics' own notebooks and not counted again."""
        shown: list[object] = []
        for title, topics in self._chapters():
            found = one_for_each_subject(f for f in self.findings if f.topic in topics and not _silent(f))
            found = found[:MOST_IN_CHAPTER]
            shown += [Heading(title), *(Repeated(f) for f in found)] if found else []
        return shown

    def _chapters(self) -> list[tuple[Text, tuple[str, ...]]]:
        """The document's chapters, and one for topics that belong to none of them."""
        placed = {topic for _title, topics in CHAPTERS for topic in topics}
        others = sorted({f.topic for f in self.findings} - placed - {TOPIC})
        return [*CHAPTERS, *([(_("Further findings"), tuple(others))] if others else [])]

    def decisions(self) -> Decisions | Note:
        """The decisions to take, each with owner, worth and what is to be done; at most five."""
        first = list(self.chosen.decisions)
        more = [f for f in one_for_each_subject(self.findings)
                if asks_for_decision(f) and f.action and f not in first]
        rows = (first + more)[:MOST_DECISIONS]
        return Decisions(tuple(rows)) if rows else Note(_("Nothing is to be decided on these data."))

    def changes(self) -> Changes:
        """What changed beyond noise since the last run, and what is withdrawn."""
        return alignment_changes.letter(self.firm, self.findings, self.earlier)

    def trust(self) -> list[object]:
        """How far to trust the document: the net sales it rests on, earlier forecasts against what happened."""
        noted = self.earlier.forecasts if self.earlier else ()
        scored = alignment_forecasts.shown(self.firm, alignment_forecasts.scored(self.firm, noted))
        return [alignment_worth.net_sales(self.firm), *(scored or alignment_trust.forecasts(self.findings))]

    def not_told(self) -> list[object]:
        """Everything that could not be told, in one list, and how far the data reach."""
        silent = [f.statement for f in self.findings if _silent(f) and f.clause is None]
        step = self.firm.level.next_step
        return alignment_trust.unknown(silent, step, alignment_trust.missing_chapters(
            self.firm, self._chapters(), self.findings))


def _silent(finding: Finding) -> bool:
    return finding.verdict in (Verdict.TOO_FEW, Verdict.TOO_EARLY, Verdict.NOT_ENOUGH_DATA)


def document(firm: Firm, findings: Iterable[Finding] | None = None, earlier: Earlier | None = None) -> Document:
    """The document from findings collected by a run, and those of the run before it; without the first every topic is
    asked here."""
    found = list(findings) if findings is not None else every_finding(firm)
    return Document(firm, tuple(sorted(found, key=weight)), earlier)


def every_finding(firm: Firm) -> list[Finding]:
    """The findings of every topic that states any; the analyst's bench states none."""
    found: list[Finding] = []
    for module in pkgutil.iter_modules(insights.topics.__path__):
        topic = importlib.import_module(f"insights.topics.{module.name}")
        if module.name == getattr(topic, "TOPIC", None) != TOPIC and hasattr(topic, "findings"):
            found += topic.findings(firm)
    return found
