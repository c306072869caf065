"""Why leads are lost, product by product, as sellers wrote it down: a story, not a proved cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Estimate, Finding, Sums, Verdict, compare_with_rest, decide
from insights.figures.model import Column, Note, Table
from insights.language import Count, ListOf, Per100, Share, Text
from insights.metrics import reasons as metrics
from insights.models.reasons import causes, commonest
from insights.tables.reasons import CAUSES, shipped
from insights.topics import product_priorities_words as words

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_priorities import Priorities

_ = Text
NAMES = {
    "readiness": _("sellers' knowledge"), "price": _("price or margin"), "quality": _("quality"),
    "fit": _("does not fit"), "timing": _("timing"), "competition": _("competition"),
}
SPOKEN = ("readiness", "price", "quality")
"""Causes that a firm can act on for a single product."""
CAUTION = _("A loss story is not a loss cause: what customers or sellers write down as the reason need not be it.")
METHOD = _(
    "Written reasons brought to causes by a table of phrases that the firm can edit (reasons.toml); each product's "
    "share against all other products, of lost leads whose reason has a cause; interval clustered by company; false "
    "discoveries held to one in ten (Benjamini and Hochberg).")


@dataclass(frozen=True)
class Reasons:
    """Lost leads by product and cause (`counts`), those whose reason has no cause (`unclassified`) or that have none
    (`unsaid`), the commonest words of the unclassified ones, and the shares of causes compared."""

    counts: dict[str, Counter]
    unclassified: int = 0
    unsaid: int = 0
    words: tuple[tuple[str, int], ...] = ()
    compared: dict[tuple[str, str], Comparison] = field(default_factory=dict)

    @property
    def classified(self) -> int:
        """Lost leads whose reason has a cause."""
        return sum(n for counts in self.counts.values() for cause, n in counts.items() if cause in CAUSES)


def read(firm: Firm) -> Reasons | None:
    """The reasons of lost leads by product; None where no lead was lost."""
    if not firm.has("leads", "lead_stages"):
        return None
    table = firm.query(metrics.by_product(firm.as_of))
    if not table.num_rows:
        return None
    reasons = table["reason"].to_pylist()
    found = causes(reasons, firm.reasons or shipped())
    counts: dict[str, Counter] = {}
    open_words: Counter[str] = Counter()
    sums: dict[tuple[str, str | None], Counter] = {}
    rows = zip(table["product_id"].to_pylist(), table["company_id"].to_pylist(), reasons, table["leads"].to_pylist(),
               strict=True)
    for product, company, reason, leads in rows:
        cause = found.get(reason) if reason else "unsaid"
        counts.setdefault(product, Counter())[cause or "unclassified"] += leads
        if cause in CAUSES:
            sums.setdefault((product, company), Counter())[cause] += leads
        elif cause is None:
            open_words[reason] += leads
    return Reasons(
        counts, sum(c["unclassified"] for c in counts.values()), sum(c["unsaid"] for c in counts.values()),
        tuple(commonest(open_words)), _compared(sums))


def _compared(sums: dict[tuple[str, str | None], Counter]) -> dict[tuple[str, str], Comparison]:
    """The share of each cause among a product's classified losses against all other products: one search."""
    products = sorted({product for product, _company in sums})
    if len(products) < 2:
        return {}
    place = {product: i for i, product in enumerate(products)}
    group = np.array([place[product] for product, _company in sums])
    n = np.array([float(sum(c.values())) for c in sums.values()])
    places, judged = [], []
    for cause in CAUSES:
        y = np.array([float(c[cause]) for c in sums.values()])
        judged += compare_with_rest(_grouped(group, len(products), n, y), share=True)
        places += [(product, cause) for product in products]
    return dict(zip(places, decide(judged), strict=True))


def _grouped(group: np.ndarray, size: int, n: np.ndarray, y: np.ndarray) -> Sums:
    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(group, values, size)

    zero = np.zeros(size)
    return Sums.of(companies=total(np.ones(len(n))), n=total(n), y=total(y), nn=total(n * n), yy=total(y * y),
                   ny=total(n * y), paying=total((y > 0).astype(float)), top_n=zero, top_y=zero)


def findings(result: Priorities) -> list[Finding]:
    """Products that lose clearly more leads than others for a reason that the firm can act on, where no mismatch says
    it better; what could not be classified, counted."""
    reasons = result.reasons
    if reasons is None:
        return []
    explained = {m.product.id for m in result.mismatches}
    found = [_stated(result, product, cause, compared)
             for (product, cause), compared in sorted(reasons.compared.items())
             if compared.verdict is Verdict.HIGHER and cause in SPOKEN and product not in explained]
    said = reasons.classified + reasons.unclassified
    if said:
        found.append(Finding(
            function=f"{words.TOPIC}.reasons_classified", unit="count", n=said, owner="sales", method=words.COUNTED,
            statement=_("Of {all} lost leads {said} have a written reason, and {classified} of these speak of a cause "
                        "that the rules know.", all=Count(said + reasons.unsaid), said=Count(said),
                        classified=Count(reasons.classified))))
    return found


def _stated(result: Priorities, product: str, cause: str, compared: Comparison) -> Finding:
    item = result.assortment.products[product]
    values = {"product": item.name, "cause": NAMES[cause], "own": Per100(compared.own.value),
              "rest": Per100(compared.rest.value), "leads": words.leads(compared.n, result.assortment.opportunities),
              "day": words.deadline(result.firm)}
    return Finding(
        function=f"{words.TOPIC}.stated_{cause}", subject={"product": product}, verdict=Verdict.HIGHER, unit="share",
        n=compared.n, estimate=compared.own, baseline=compared.rest, difference=compared.difference, owner="both",
        method=METHOD, rival=CAUTION, rank=0.9, statement=_(
            "When leads for {product} are lost, the reason written down is more often than elsewhere: {cause}, {own} "
            "of 100 against {rest} ({leads} with a stated reason).", **values),
        action=_("Ask ten customers who did not buy {product} by {day} what decided, and compare it with what was "
                 "written down. It worked if the next plan names a proved cause.", **values))


def estimates(result: Priorities) -> list[Estimate]:
    """The share of each cause among a product's losses."""
    if result.reasons is None:
        return []
    return [Estimate(measure=f"stated_{cause}", subject={"product": product}, estimate=c.own, unit="share", n=c.n,
                     method=METHOD.render("en"), verdict=c.verdict, baseline=c.rest, difference=c.difference,
                     companies=c.companies, topic=words.TOPIC, withheld=c.withheld)
            for (product, cause), c in sorted(result.reasons.compared.items()) if c.n > 0 or c.withheld]


def table(result: Priorities) -> Table | Note:
    """Lost leads by product and stated cause; below it, the words of what could not be classified."""
    reasons = result.reasons
    if reasons is None or not reasons.classified + reasons.unclassified:
        return Note(_("Why leads are lost is not known: no loss has a written reason."))
    items = [p for p in result.products if p.id in reasons.counts]
    columns = [Column(_("product"), "left"), Column(_("lost")), Column(_("with a stated cause"))]
    columns += [Column(NAMES[cause]) for cause in CAUSES]
    columns += [Column(_("not classified")), Column(_("no reason written"))]
    rows = []
    for item in items:
        counts = reasons.counts[item.id]
        known = sum(counts[cause] for cause in CAUSES)
        rows.append((item.name, Count(sum(counts.values())), Count(known),
                     *(_share(reasons, item.id, cause, counts, known) for cause in CAUSES),
                     Count(counts["unclassified"]), Count(counts["unsaid"])))
    notes = [CAUTION, _("Shares are of the lost leads with a stated cause; ▲ clearly more often than for other "
                        "products.")]
    if reasons.words:
        notes.append(_("Commonest words of reasons that are not classified: {words}. They can be added to the rules, "
                       "reasons.toml beside the data.", words=ListOf([
                           _("{word} ({n})", word=word, n=Count(n)) for word, n in reasons.words])))
    return Table(caption=_("Why leads are lost, as it was written down"), columns=tuple(columns), rows=tuple(rows),
                 notes=tuple(notes), estimates=tuple(estimates(result)))


def _share(reasons: Reasons, product: str, cause: str, counts: Counter, known: int) -> object:
    if not known:
        return None
    compared = reasons.compared.get((product, cause))
    share = Share(counts[cause] / known, 0)
    return _("▲ {share}", share=share) if compared and compared.verdict is Verdict.HIGHER else share
