"""What is finally sold: to those who asked for a product, and to the leads of the campaigns that promote it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Comparison, Estimate, Finding, Verdict, compare_with_rest
from insights.figures.model import Column, Note, Table
from insights.language import Count, Per100, Share, ShareRange, Text
from insights.metrics import purchases
from insights.topics import product_priorities_mismatch as kinds
from insights.topics import product_priorities_words as words
from insights.topics.product_priorities_read import Assortment, sums_of

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_priorities import Priorities

_ = Text
METHOD = _(
    "Won leads whose order, by its largest line, is for another product than the lead asked for; each product against "
    "all others; interval clustered by company; false discoveries held to one in ten (Benjamini and Hochberg).")


@dataclass(frozen=True)
class Switched:
    """Of the won leads that asked for `product`: the share sold as another product, against all other products
    (`compared`), the other product sold most often (`instead`, None where there is none) and how often (`won`)."""

    product: str
    compared: Comparison
    instead: str | None
    won: int


def read(firm: Firm) -> tuple[Switched, ...]:
    """What became of the won leads of each product; nothing where leads, their products or orders are unknown."""
    if not firm.has("leads", "lead_stages", "orders"):
        return ()
    table = firm.query(purchases.sold_for(firm.as_of))
    if not table.num_rows:
        return ()
    judged = compare_with_rest(sums_of(table, "switched"), share=True)
    return tuple(Switched(row["product_id"], compared, row["instead"], int(row["instead_won"]))
                 for row, compared in zip(table.to_pylist(), judged, strict=True))


def findings(firm: Firm, assortment: Assortment, switched: tuple[Switched, ...]) -> list[Finding]:
    """Promoted products whose buyers end with another product clearly more often than those of other products."""
    names = {key: item.name for key, item in assortment.products.items()}
    found = []
    for one in switched:
        item, compared = assortment.products[one.product], one.compared
        if compared.verdict is not Verdict.HIGHER or not kinds.promoted(firm, assortment, item):
            continue
        values = {
            "we": words.we_promote(firm, assortment, item), "own": Per100(compared.own.value),
            "rest": Per100(compared.rest.value), "product": item.name, "day": words.deadline(firm),
            "instead": names.get(one.instead, one.instead), "n": Count(one.won), "deals": Count(compared.n)}
        found.append(Finding(
            function=f"{words.TOPIC}.sold_instead", subject={"product": one.product}, verdict=Verdict.HIGHER,
            unit="share", n=compared.n, estimate=compared.own, baseline=compared.rest, difference=compared.difference,
            owner="both", method=METHOD, rank=0.8, statement=_(
                "{we}, but of 100 won leads that asked for it {own} end with another product, elsewhere {rest}; most "
                "often with {instead} ({n} of {deals}).", **values),
            action=_("Ask the sellers by {day} why customers who ask for {product} are sold {instead}, and promote "
                     "what is sold or clear what stands in the way. It worked if the two agree.", **values),
            rival=_("The customers may have been advised well: what they asked for may not have been what they "
                    "needed.")))
    return found


def estimates(switched: tuple[Switched, ...]) -> list[Estimate]:
    """The share of won leads sold as another product, for every product asked for."""
    return [Estimate(
        measure="sold_instead_share", subject={"product": one.product}, estimate=one.compared.own, n=one.compared.n,
        unit="share", companies=one.compared.companies, topic=words.TOPIC, method=METHOD.render("en"),
        verdict=one.compared.verdict, baseline=one.compared.rest, difference=one.compared.difference,
        withheld=one.compared.withheld) for one in switched if one.compared.n > 0]


def asked_and_sold(result: Priorities) -> Table | Note:
    """For each product asked for: the won leads that ended with another product."""
    if not result.switched:
        return Note(_("Whether customers buy what they asked for cannot be told: no order names its lead and a "
                      "product."))
    names = {key: item.name for key, item in result.assortment.products.items()}
    rows = []
    for one in sorted(result.switched, key=lambda s: (-s.compared.own.value, s.product)):
        own, judged = one.compared.own, not one.compared.withheld
        share = Share(own.value, 0)
        rows.append((
            names.get(one.product, one.product), Count(one.compared.n),
            _("▲ {share}", share=share) if one.compared.verdict is Verdict.HIGHER else share,
            ShareRange(own.low, own.high, 0) if judged else _("too few to say"),
            _("{product} ({n} won)", product=names.get(one.instead, one.instead), n=Count(one.won)) if one.instead
            else None))
    return Table(
        caption=_("What was asked for, and what was finally sold"),
        columns=(Column(_("product asked for"), "left"), Column(_("won, with an order")),
                 Column(_("of them sold as another product")), Column(_("probably between"), "left"),
                 Column(_("sold most often instead"), "left")),
        rows=tuple(rows), estimates=tuple(estimates(result.switched)), notes=(
            _("The product of the order's largest line against the product of the lead; ▲ clearly more often than for "
              "other products."),))


def instead(result: Priorities) -> Table | Note:
    """For each product promoted: what the leads of its campaigns asked for or bought instead."""
    if result.assortment is None or not result.assortment.bought_instead:
        return Note(_("Whether campaigns sell what they promote cannot be told: leads do not name campaigns and "
                      "products."))
    names = {key: item.name for key, item in result.assortment.products.items()}
    by_promoted: dict[str, list[dict]] = {}
    for row in result.assortment.bought_instead:
        by_promoted.setdefault(row["promoted"], []).append(row)
    rows = []
    for promoted, found in by_promoted.items():
        leads, won = (sum(row[key] for row in found) for key in ("leads", "won"))
        own = next((row for row in found if row["bought"] == promoted), {"leads": 0, "won": 0})
        others = [row for row in found if row["bought"] not in (promoted, None)]
        most = max(others, key=lambda row: (row["won"], row["leads"], row["bought"]), default=None)
        rows.append((leads, (
            names.get(promoted, promoted), Count(leads), Share(own["leads"] / leads), Count(won),
            Share(own["won"] / won) if won else None,
            _("{product} ({n} won)", product=names.get(most["bought"], most["bought"]), n=Count(most["won"])) if most
            else None)))
    rows.sort(key=lambda row: (-row[0], str(row[1][0])))
    return Table(
        caption=_("What campaigns promote, and what is finally sold"),
        columns=(Column(_("product promoted"), "left"), Column(_("leads of its campaigns")),
                 Column(_("of them for this product")), Column(_("won")), Column(_("won with this product")),
                 Column(_("sold most often instead"), "left")),
        rows=tuple(row for _leads, row in rows), notes=(
            _("The product of the order counts, else the one asked for. A campaign for several products counts to "
              "each."),))
