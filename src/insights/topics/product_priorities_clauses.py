"""The products that the strategy declares, to promote or to hold back, against all that the records hold of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.evidence.comparison import MIN_LEADS
from insights.figures.model import Clause, Clauses
from insights.language import ListOf, Share, ShareRange, Text
from insights.topics import product_priorities_mismatch as kinds
from insights.topics import product_priorities_words as words

if TYPE_CHECKING:
    from insights.topics.product_priorities import Priorities
    from insights.topics.product_priorities_read import Product

_ = Text
AGAINST = {
    kinds.NOT_PREPARED: _("sellers are not prepared for it"), kinds.NOT_WILLING: _("sellers leave its leads alone"),
    kinds.POOR_QUALITY: _("customers complain about it"), kinds.DOES_NOT_PAY: _("it earns too little"),
}


def findings(result: Priorities) -> list[Finding]:
    """One finding for each product that the strategy names to promote or to hold back."""
    strategy = result.firm.strategy
    if strategy is None or result.assortment is None:
        return []
    return [*(_promote(result, key) for key in strategy.promote), *(_hold(result, key) for key in strategy.hold)]


def clauses(result: Priorities) -> Clauses | None:
    """The same as rows; None where the strategy names no product."""
    rows = []
    for finding in result.findings:
        if finding.clause is not None:
            told = finding.estimate.value is not None
            rows.append(Clause(
                dimension=finding.clause, agreed=finding.agreed, verdict=str(finding.verdict), n=finding.n or None,
                observed=_("{share} of the campaign money for products", share=Share(finding.estimate.value))
                if told else _("cannot be told yet"),
                range=ShareRange(finding.estimate.low, finding.estimate.high)
                if told and finding.estimate.low is not None else None))
    return Clauses(tuple(rows)) if rows else None


def _promote(result: Priorities, key: str) -> Finding:
    """Kept where the product gets at least an equal share of the campaign money and nothing speaks against it."""
    assortment = result.assortment
    item = assortment.products.get(key)
    against = [m.cause for m in result.mismatches if m.product.id == key]
    values = _values(result, item, key)
    if against:
        values["against"] = ListOf([AGAINST[cause] for cause in against])
        return _clause(
            result, key, "promote", Verdict.NOT_KEPT, item,
            _("The strategy promotes {product}, but {against}.", **values),
            _("Decide by {day} whether the strategy goes on promoting {product} before that is put right. It worked if "
              "the next report finds nothing against it.", **values))
    if item is None or item.leads < MIN_LEADS or not assortment.spend:
        return _clause(
            result, key, "promote", Verdict.NOT_ENOUGH_DATA, item,
            _("Whether the strategy is right to promote {product} cannot be told: {leads}, and {voice} of the campaign "
              "money for products.", **values) if assortment.spend else
            _("Whether the strategy is right to promote {product} cannot be told: {leads}, and what campaigns promote "
              "is not recorded.", **values),
            _("Leave {product} as it is until more leads have asked for it.", **values))
    if kinds.hardly_promoted(assortment, item):
        return _clause(
            result, key, "promote", Verdict.NOT_KEPT, item,
            _("The strategy promotes {product}, but only {voice} of the campaign money for products goes "
              "to it.", **values),
            _("Decide by {day} whether the campaigns or the strategy should change. It worked if both name the same "
              "products.", **values))
    return _clause(
        result, key, "promote", Verdict.KEPT, item,
        _("The strategy promotes {product} and rightly so: {voice} of the campaign money for products, and nothing "
          "speaks against it in readiness, margin or quality ({leads}).", **values),
        _("Go on promoting {product}; look again in a year.", **values))


def _hold(result: Priorities, key: str) -> Finding:
    """Kept where campaigns hardly name the product; not kept where they do, or where it deserves more than that."""
    assortment = result.assortment
    item = assortment.products.get(key)
    values = _values(result, item, key)
    if item is not None and any(g.id == key for g in result.gems):
        return _clause(
            result, key, "hold", Verdict.NOT_KEPT, item,
            _("The strategy holds {product} back, but it earns clearly more than other products and sellers know it "
              "({leads}).", **values),
            _("Decide by {day} whether to strike {product} from the products to hold back. It worked if a first "
              "campaign earns more than it costs.", **values))
    if not assortment.spend:
        return _clause(result, key, "hold", Verdict.NOT_ENOUGH_DATA, item,
                       _("Whether {product} is held back cannot be told: what campaigns promote is not "
                         "recorded.", **values),
                       _("Record which campaign promotes which product.", **values))
    if item is not None and not kinds.hardly_promoted(assortment, item):
        return _clause(result, key, "hold", Verdict.NOT_KEPT, item,
                       _("The strategy holds {product} back, but {voice} of the campaign money for products goes to "
                         "it.",
                         **values),
                       _("Decide by {day} whether the campaigns or the strategy should change. It worked if both name "
                         "the same products.", **values))
    return _clause(result, key, "hold", Verdict.KEPT, item,
                   _("{product} is held back as agreed: {voice} of the campaign money for products.", **values),
                   _("Go on holding {product} back; look again in a year.", **values))


def _values(result: Priorities, item: Product | None, key: str) -> dict:
    return {"product": item.name if item else key, "day": words.deadline(result.firm),
            "voice": Share((item.promotion.voice if item else None) or 0.0),
            "leads": words.leads(item.leads if item else 0, result.assortment.opportunities)}


def _clause(result: Priorities, key: str, kind: str, verdict: Verdict, item: Product | None, statement: Text,
            action: Text) -> Finding:
    told = verdict is not Verdict.NOT_ENOUGH_DATA and item is not None and result.assortment.spend
    n = (item.leads if item else 0) or len(result.assortment.products)  # nobody asked yet: the products compared
    return Finding(
        function=f"{words.TOPIC}.declared_{kind}", subject={"product": key}, verdict=verdict, statement=statement,
        action=action, unit="share", owner="board", method=words.COUNTED, n=n,
        estimate=Interval(item.promotion.voice or 0.0) if told else Interval(None),
        clause=_("Products to promote") if kind == "promote" else _("Products to hold back"),
        agreed=_("{product}", product=item.name if item else key), clause_id=f"products.{kind}={key}",
        rank=0.5 if verdict is Verdict.NOT_KEPT else 0.0)
