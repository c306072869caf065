"""How far the document can be trusted: which agreement it judges, what could not be told, earlier forecasts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from insights.evidence import Finding
from insights.figures.model import Column, Listed, Note, Table
from insights.language import Day, ListOf, Text

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.strategy import Strategy

_ = Text
_SIGNED = {"marketing": _("Marketing"), "sales": _("Sales"), "board": _("Board")}
MOST_UNKNOWN = 12
# What a chapter needs before it can say anything.
CHAPTER_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "key_customer_profile": (("leads", "lead_stages"),), "product_priorities": (("campaign_products", "readiness"),),
    "product_pipeline": (("roadmap",), ("feedback",)), "lead_conversion": (("leads", "lead_stages"),),
    "kpi_alignment": (("leads", "lead_stages"),), "customer_base": (("orders",),),
}


def agreement(firm: Firm) -> list[object]:
    """The version that is judged and who signed it; a table of all versions where there are several."""
    held = firm.strategy
    if held is None:
        later = [v for v in firm.versions if v.valid_from]
        day = Day(min(firm.as_of, firm.period.last_day))
        return [Note(_("No version of the strategy held on {day}; the first holds from {first}.", day=day,
                       first=Day(later[0].valid_from)))] if later else []
    shown: list[object] = [Note(_signed(held))]
    if len(firm.versions) > 1:
        shown.append(_versions(firm))
    return shown


def _signed(held: Strategy) -> Text:
    signers = ListOf([_("{department}: {name}", department=_SIGNED[s.department], name=s.name)
                      for s in held.signatures])
    values = {"valid": held.valid_from and Day(held.valid_from), "agreed": held.agreed_on and Day(held.agreed_on),
              "signers": signers}
    if held.valid_from and held.agreed_on and held.signatures:
        return _("Judged is the strategy agreed on {agreed}, which holds from {valid}. Signed by {signers}.", **values)
    if held.signatures:
        return _("Judged is the strategy signed by {signers}; its file does not say from when it holds.", **values)
    return _("Judged is the strategy in the file {file}; nobody has signed it.", file=held.file)


def _versions(firm: Firm) -> Table:
    def cell(day: object) -> object:
        return Day(day) if day else None

    rows = tuple((
        _("{file} (judged here)", file=v.file) if v == firm.strategy else v.file, cell(v.valid_from), cell(v.agreed_on),
        ListOf([_SIGNED[s.department] for s in v.signatures]) if v.signatures else None,
        _difference(before, v)) for before, v in zip((None, *firm.versions), firm.versions, strict=False))
    columns = (Column(_("Version"), "left"), Column(_("Holds from"), "left"), Column(_("Agreed on"), "left"),
               Column(_("Signed by"), "left"), Column(_("Clauses that are new or gone"), "left"))
    return Table(_("The versions of the strategy"), columns, rows, notes=(_(
        "A period is judged by the version that held at its end."),))


def _difference(before: Strategy | None, now: Strategy) -> object:
    if before is None:
        return None
    one, other = {c.id for c in before.clauses}, {c.id for c in now.clauses}
    signs = [f"+ {c}" for c in sorted(other - one)] + [f"− {c}" for c in sorted(one - other)]
    return "; ".join(signs) or _("none")


def forecasts(findings: Iterable[Finding]) -> list[object]:
    """What chapters say of their own earlier forecasts; nothing where none does."""
    scored = [f for f in findings if "forecast" in f.function and "scor" in f.function]
    if scored:
        return [Note(f.statement) for f in scored]
    return [Note(_("No earlier forecast can be set against what happened yet."))]


def missing_chapters(firm: Firm, chapters: Sequence[tuple[Text, tuple[str, ...]]],
                     findings: Sequence[Finding]) -> list[Text]:
    """One sentence for each chapter that has nothing to say because tables are missing."""
    spoken = {f.topic for f in findings}
    sentences = []
    for title, topics in chapters:
        if spoken & set(topics):
            continue
        needs = [tables for topic in topics for tables in CHAPTER_NEEDS.get(topic, ())]
        missing = sorted({t for tables in needs for t in tables if not firm.has(t)})
        if missing and not any(firm.has(*tables) for tables in needs):
            sentences.append(_("{chapter}: nothing can be said, because these tables are missing: {tables}.",
                               chapter=title, tables=", ".join(missing)))
    return sentences


def unknown(silent: Sequence[Text], step: Text | None, chapters: Sequence[Text]) -> list[object]:
    """Everything that could not be told: whole chapters first, then statements, then the cheapest next step."""
    first, rest = [*chapters, *silent][:MOST_UNKNOWN], [*chapters, *silent][MOST_UNKNOWN:]
    shown: list[object] = [Listed(tuple(first))] if first else [Note(_("Everything that was asked could be told."))]
    if rest:
        shown.append(Listed(tuple(rest), _("{n} more", n=len(rest))))
    return [*shown, Note(step)] if step else shown
