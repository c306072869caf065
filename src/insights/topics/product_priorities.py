"""Which products are promoted; can sellers sell them, do they want to, should they: each mismatch with its price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Estimate, Finding, Verdict
from insights.firm import Firm
from insights.language import ListOf, Text
from insights.metrics import readiness
from insights.models.around_training import Around, around
from insights.topics import product_priorities_cases as cases
from insights.topics import product_priorities_clauses as clauses
from insights.topics import product_priorities_mismatch as kinds
from insights.topics import product_priorities_reasons as reasons
from insights.topics import product_priorities_sold as sold
from insights.topics import product_priorities_words as words
from insights.topics.product_priorities_read import Assortment, read
from insights.topics.product_priorities_training import Step, steps

if TYPE_CHECKING:
    from insights.topics.product_priorities_mismatch import Mismatch
    from insights.topics.product_priorities_read import Product

TOPIC = words.TOPIC
PREPARED_FROM = 0.6
"""Knowledge from which a seller counts as prepared, unless a notebook says otherwise: more than "knows it" (.5), less
than "sells it alone" (1) in the firm's readiness form."""
TRAINING_DAYS = 2.0
SHARES = ("win_rate", "conversion", "touched")
_ = Text


@dataclass(frozen=True)
class Priorities:
    """The topic's result: every product, the mismatches (dearest first), the products worth promoting, what training
    would bring, why leads are lost, what was sold instead of what was asked for, the findings in order of rank, and
    what could not be told."""

    firm: Firm
    assortment: Assortment | None = None
    mismatches: tuple[Mismatch, ...] = ()
    gems: tuple[Product, ...] = ()
    training: tuple[Step, ...] = ()
    reasons: reasons.Reasons | None = None
    around: Around | None = None
    switched: tuple[sold.Switched, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    missing: tuple[Text, ...] = ()

    @property
    def products(self) -> list[Product]:
        """Products that leads ask for or customers order, the most leads first."""
        if self.assortment is None:
            return []
        shown = [p for p in self.assortment.products.values() if p.leads or p.lines or p.promotion.campaigns]
        return sorted(shown, key=lambda p: (-p.leads, -p.lines, p.id))


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, the weightiest first."""
    return list(judge(firm).findings)


def judge(firm: Firm, prepared_from: float = PREPARED_FROM, training_days: float = TRAINING_DAYS) -> Priorities:
    """Bring the records together by product, find the mismatches, price them, and say what should follow.

    `prepared_from`: knowledge from which a seller counts as prepared; `training_days`: days that preparing one seller
    for one product takes.
    """
    if not firm.has("leads", "lead_stages") and not firm.has("orders"):
        return Priorities(firm, missing=(_("Without leads or orders nothing can be said of products."),))
    assortment = read(firm, prepared_from)
    found = kinds.mismatches(firm, assortment)
    best = kinds.gems(firm, assortment, found)
    result = Priorities(firm, assortment, tuple(found), tuple(best), tuple(steps(assortment, training_days)),
                        reasons.read(firm), _around(firm, assortment, prepared_from), sold.read(firm))
    said = sorted((f.at(sql=assortment.sql or None, read_from=firm.read_from) for f in _findings(result)),
                  key=lambda f: (-f.rank, f.id))
    return Priorities(**{**vars(result), "findings": tuple(said), "estimates": tuple(_estimates(result)),
                         "missing": tuple(_missing(result))})


def _around(firm: Firm, assortment: Assortment, prepared_from: float) -> Around | None:
    """The event study around training, where readiness is recorded at all."""
    if not assortment.days or not firm.has("readiness", "leads", "lead_stages"):
        return None
    return around(firm.query(readiness.around_training(firm.as_of, days=assortment.days, prepared=prepared_from)))


def _findings(result: Priorities) -> list[Finding]:
    firm, assortment = result.firm, result.assortment
    found = [cases.mismatch(firm, assortment, m, result.reasons) for m in result.mismatches]
    found += [words.gem(firm, assortment, item) for item in result.gems]
    found += [words.undecided(firm, assortment, item) for item in result.products
              if not any(m.product.id == item.id and m.cause == kinds.NOT_PREPARED for m in result.mismatches)]
    explained = {m.product.id for m in result.mismatches}
    for item in result.products:
        lower = next((m for m in ("conversion", "win_rate") if item.verdict(m) is Verdict.LOWER), None)
        if lower and item.id not in explained:
            found.append(words.weak(firm, assortment, item, lower))
    found += clauses.findings(result)
    found += reasons.findings(result)
    found += sold.findings(firm, assortment, result.switched)
    found.append(words.top_line(firm, assortment, list(result.mismatches)))
    return [f for f in found if f is not None]


def _estimates(result: Priorities) -> list[Estimate]:
    """Every comparison of a product with the others, in the form of `estimates.json`."""
    found = []
    for item in result.products:
        for measure, compared in item.compared.items():
            if measure.startswith("far_") or (compared.n <= 0 and not compared.withheld):
                continue
            money = measure in ("margin_per_lead", "revenue_per_lead")
            found.append(Estimate(
                measure=measure, subject={"product": item.id}, estimate=compared.own, n=item.cases(measure),
                unit=result.firm.currency if money else "share", companies=compared.companies, topic=TOPIC,
                method=(words.SAME_SELLERS if measure == "touched" else words.COMPARED).render("en"),
                verdict=compared.verdict, baseline=compared.rest, difference=compared.difference,
                withheld=compared.withheld))
        if item.gap is not None and item.gap.compared is not None:
            compared = item.gap.compared
            found.append(Estimate(
                measure="unprepared_conversion", subject={"product": item.id}, estimate=compared.own, n=compared.n,
                unit="share", method=words.WITHIN.render("en"), verdict=compared.verdict, baseline=compared.rest,
                difference=compared.difference, companies=compared.companies, topic=TOPIC))
    return [*found, *sold.estimates(result.switched)]


def _missing(result: Priorities) -> list[Text]:
    """What this page asks for and the data do not hold, each in one sentence."""
    firm, assortment = result.firm, result.assortment
    texts = []
    if not firm.has("leads", "lead_stages"):
        texts.append(_("Without leads and their stages it is not known what is asked for, won and lost."))
    if not firm.has("products"):
        texts.append(_("The table products is missing: products are known by their identifiers only."))
    if not firm.has("campaigns", "campaign_products"):
        texts.append(_("What campaigns promote is not known: the tables campaigns and campaign_products are missing."))
    elif not firm.has("spend"):
        texts.append(_("What is spent on campaigns is not known: the table spend is missing."))
    if not firm.has("readiness"):
        texts.append(_("Whether sellers are prepared and willing is not known: the table readiness is missing. The "
                       "reasons of lost leads are all that speaks of it."))
    if not firm.has("orders"):
        texts.append(_("Margin, discounts, returns and repeat orders of products are not known: the table orders is "
                       "missing."))
    elif assortment.money != "margin" and firm.has("leads", "lead_stages"):
        texts.append(_("Cost is known for less than 95% of revenue, so money is revenue, not margin."))
    if not firm.has("feedback"):
        texts.append(_("The quality of products is not known: the table feedback is missing."))
    if firm.strategy is None or not (firm.strategy.promote or firm.strategy.hold):
        texts.append(_("No strategy file names products to promote or to hold back."))
    return [*texts, *_readiness_notes(result), *_promotion_notes(result)]


def _readiness_notes(result: Priorities) -> list[Text]:
    gaps = [item.gap for item in result.products if item.gap is not None]
    unknown = [item.name for item in result.products
               if item.gap and item.gap.refused == "none_prepared" and not words.loses(item)]
    later, never = (sum(g.leads[state] for g in gaps) for state in (2, 3))
    opportunities = result.assortment.opportunities
    texts = []
    if unknown:
        texts.append(_("Nobody is prepared for {products}, so nobody can be compared; these leads are won no less "
                       "often than others.", products=ListOf(unknown)))
    if later:
        texts.append(_("{leads} came before the first assessment of their seller for the product: they are in no "
                       "comparison of prepared and unprepared sellers.", leads=words.leads(later, opportunities)))
    if never:
        texts.append(_("{leads} belong to sellers who were never assessed for the product.",
                       leads=words.leads(never, opportunities)))
    return texts


def _promotion_notes(result: Priorities) -> list[Text]:
    assortment = result.assortment
    texts = []
    if assortment.unspecific.campaigns:
        texts.append(_(
            "{n} campaign of the period names no product or nearly all of them: its money and leads count to no "
            "product.",
            plural="{n} campaigns of the period name no product or nearly all of them: their money and leads count to "
                   "no product.", n=assortment.unspecific.campaigns))
    gone = [p for p in result.products if p.promotion.campaigns and not p.launched]
    if gone:
        texts.append(_("Promoted in the period, but not on sale: {products}.", products=ListOf([p.name for p in gone])))
    return texts
