"""What the evidence would change in the strategy, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from insights.evidence import Finding, Verdict
from insights.language import Day, Text
from insights.strategy.propose import Edit
from insights.topics.alignment_clauses import judged

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.strategy import Strategy

_ = Text
DIMENSIONS = {"industry": "industries", "size": "sizes", "country": "countries"}
_REPEATED = {"products.new": ("products.new", "on"), "kpi": ("kpi", "target")}


def edits(firm: Firm, findings: Iterable[Finding]) -> list[Edit]:
    """The lines to change: the key customer after the groups that are clearly better or weaker in money, products that
    break their clause taken out, and beside every other broken clause the finding that says so."""
    findings = list(findings)
    changed = [edit for dimension, key in DIMENSIONS.items()
               if (edit := _groups(firm.strategy, findings, dimension, key))]
    broken = [j for j in judged(firm, findings, unjudged=False) if j.finding.verdict is Verdict.NOT_KEPT and j.clauses]
    for key in ("promote", "hold"):
        dropped = [(c, j.finding) for j in broken for c in j.clauses if c.key == f"products.{key}"]
        if dropped:
            changed.append(Edit("products", key, drop=tuple(c.value for c, _f in dropped),
                                because=tuple(f.id for _c, f in dropped)))
    told = {(edit.section, edit.key) for edit in changed}
    for place, because in _beside(firm.strategy, broken).items():
        if place[:2] not in told:
            changed.append(Edit(place[0], place[1], because=tuple(dict.fromkeys(because)), index=place[2]))
    return changed


def heading(firm: Firm) -> list[Text]:
    """The comment that opens the proposed file."""
    if firm.strategy is None:
        return [_("A first joint strategy to argue over, proposed from the records up to {day}.", day=Day(firm.as_of)),
                _("Nothing here is agreed: complete it, have marketing, sales and the board sign it, save it as "
                  "strategy.toml.")]
    return [_("The joint strategy as the records up to {day} would change it.", day=Day(firm.as_of)),
            _("Changed lines name the findings behind them; compare this file with {file} in the meeting.",
              file=firm.strategy.file)]


def _groups(strategy: Strategy | None, findings: Sequence[Finding], dimension: str, key: str) -> Edit | None:
    """The declared groups without those that are clearly weaker in money, with those that are clearly better."""
    about = [f for f in findings if f.topic == "key_customer_profile" and set(f.subject) == {dimension}
             and f.clause is None and f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    money = [f for f in about if len(f.unit) == 3] or about
    declared = getattr(strategy.key_customer, key) if strategy else ()
    better = [f for f in money if f.verdict is Verdict.HIGHER and f.subject[dimension] not in declared]
    weaker = [f for f in money if f.verdict is Verdict.LOWER and f.subject[dimension] in declared]
    remain = set(declared) - {f.subject[dimension] for f in weaker}
    if not better and (not weaker or not remain):
        return None
    chosen = sorted((*better, *weaker), key=lambda f: f.id)
    return Edit("key_customer", key, add=tuple(sorted({f.subject[dimension] for f in better})),
                drop=tuple(sorted({f.subject[dimension] for f in weaker})),
                because=tuple(dict.fromkeys(f.id for f in chosen)))


def _beside(strategy: Strategy | None, broken: Sequence) -> dict[tuple, list[str]]:
    """The places of broken clauses in the file, each with its findings."""
    places: dict[tuple, list[str]] = {}
    for row in broken:
        for clause in row.clauses:
            section, _dot, key = clause.key.partition(".")
            place: tuple = (section, key, None)
            if clause.key == "products.new":
                place = ("products.new", "on", [p.id for p in strategy.new_products].index(clause.value))
            elif clause.key == "kpi":
                place = ("kpi", "target", strategy.kpis.index(clause.kpi))
            places.setdefault(place, []).append(row.finding.id)
    return places
