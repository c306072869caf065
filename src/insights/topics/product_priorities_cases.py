"""The sentences about mismatches: what is promoted though sellers can't, won't or shouldn't sell it, and its price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from insights.evidence import Finding, Verdict
from insights.language import Count, Money, MoneyRange, Number, Per100, Share, ShareRange, Text
from insights.topics import product_priorities_mismatch as kinds
from insights.topics.product_priorities_training import first_half
from insights.topics.product_priorities_words import (
    COMPARED,
    SAME_SELLERS,
    TOPIC,
    WITHIN,
    deadline,
    leads,
    of_100,
    team_list,
    we_promote,
)

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_priorities_mismatch import Mismatch
    from insights.topics.product_priorities_read import Assortment, Product
    from insights.topics.product_priorities_reasons import Reasons

_ = Text


def mismatch(firm: Firm, assortment: Assortment, found: Mismatch, reasons: Reasons | None = None) -> Finding:
    """The finding about a mismatch; `reasons`, what was written down about lost leads, stands beside poor quality."""
    if found.cause == kinds.POOR_QUALITY:
        return _poor_quality(firm, assortment, found, reasons)
    said = {kinds.NOT_PREPARED: _not_prepared, kinds.NOT_WILLING: _not_willing, kinds.DOES_NOT_PAY: _does_not_pay}
    return said[found.cause](firm, assortment, found)


def _worth(assortment: Assortment, found: Mismatch, currency: str) -> Text:
    """The price of a mismatch as a sentence of its own; empty where it has none."""
    if found.worth is None:
        return _("What it costs cannot be told: too few deals are recorded.")
    values = {"value": Money(found.worth.value, currency),
              "range": MoneyRange(found.worth.low, found.worth.high, currency)}
    if assortment.money != "margin":
        return _("This goes with about {value} of revenue a year that we do not earn ({range}).", **values)
    if found.limited:
        return _("This goes with about {value} of margin a year that we do not earn ({range}; the upper end is what "
                 "sellers have time for).", **values)
    return _("This goes with about {value} of margin a year that we do not earn ({range}).", **values)


def _finding(found: Mismatch, firm: Firm, verdict: Verdict, **parts) -> Finding:
    compared = found.compared
    impact = found.impact(firm)
    return Finding(
        function=f"{TOPIC}.{found.cause}", subject={"product": found.product.id}, verdict=verdict,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference, impact=impact,
        n=found.product.cases("far_margin_share") if found.cause == kinds.DOES_NOT_PAY else compared.n,
        rank=impact.value if impact else 1.0, **parts)


def _not_prepared(firm: Firm, assortment: Assortment, found: Mismatch) -> Finding:
    item, gap, compared = found.product, found.product.gap, found.compared
    today = item.readiness
    all_sellers = today.sellers if today else gap.sellers[0] + gap.sellers[1]
    unready = today.sellers - today.prepared if today else gap.sellers[1]
    count, teams = first_half(assortment, item)
    values = {
        "we": we_promote(firm, assortment, item), "unready": Count(unready), "sellers": Count(all_sellers),
        "own": Per100(compared.own.value), "rest": Per100(compared.rest.value), "product": item.name,
        "leads": leads(compared.n, assortment.opportunities), "worth": _worth(assortment, found, firm.currency),
        "n": Count(count), "teams": team_list(teams), "day": deadline(firm)}
    action = _(
        "Sales: train {n} sellers first, those with the most such leads ({teams}), by {day}. Marketing: halve the "
        "campaign until then. It worked if they then win about {rest} of 100 such leads.", **values) if count else _(
        "Agree by {day} who works the leads for {product}: sellers who are prepared for it. It worked if about {rest} "
        "of 100 such leads are won.", **values)
    rival = _("Prepared sellers may differ in more than their results on other products show; no seller's training was "
              "drawn by lot.")
    if gap.self_assessed:
        rival = _("{n} of {all} of these leads were judged by the seller's own word, which says less than a test. "
                  "Prepared sellers may differ in more than their results on other products show.",
                  n=Count(gap.self_assessed), all=Count(gap.assessed))
    return _finding(
        found, firm, Verdict.LOWER, unit="share", owner="both", method=WITHIN, action=action, rival=rival, statement=_(
            "{we}, but {unready} of our {sellers} sellers are not prepared to sell it. Of 100 such leads a prepared "
            "seller wins about {rest}, an unprepared one about {own} ({leads}, the same sellers' results on other "
            "products taken into account). {worth}", **values))


def _not_willing(firm: Firm, assortment: Assortment, found: Mismatch) -> Finding:
    item, compared = found.product, found.compared
    today = item.readiness
    pays_less = item.verdict("margin_share") is Verdict.LOWER
    values = {
        "we": we_promote(firm, assortment, item), "left": Per100(1 - compared.own.value),
        "usual": Per100(1 - compared.rest.value), "leads": leads(compared.n, assortment.opportunities),
        "worth": _worth(assortment, found, firm.currency), "day": deadline(firm), "product": item.name,
        "point": Money(0.01 * item.sold_in_period * assortment.per_year, firm.currency),
        "unwilling": Count(today.unwilling if today else 0), "sellers": Count(today.sellers if today else 0),
        "why": _earns(item)}
    if pays_less:
        statement = _(
            "{we}, but sellers leave {left} of 100 of its leads alone, of their other leads {usual} of 100 ({leads}). "
            "{why} {worth}", **values)
        action, owner = _price(values), "board"
    else:
        statement = _(
            "{we}, but sellers leave {left} of 100 of its leads alone, of their other leads {usual} of 100 ({leads}). "
            "The margin does not explain it. {worth}", **values)
        action, owner = _(
            "Ask the sellers by {day} why they leave leads for {product} alone, and agree what would change it. It "
            "worked if they contact as many of them as of their other leads.", **values), "sales"
    rival = _("The leads for this product may be weaker, so that sellers are right to leave them.")
    if today and today.unwilling:
        rival = _("{unwilling} of {sellers} sellers say that they do not want to sell it. The leads for this product "
                  "may also be weaker, so that sellers are right to leave them.", **values)
    return _finding(found, firm, Verdict.LOWER, unit="share", owner=owner, method=SAME_SELLERS, action=action,
                    rival=rival, statement=statement)


def _earns(item: Product) -> Text:
    own = item.compared.get("margin_share")
    if own is None:
        return _("What it earns is not known.")
    return _("It earns {own} of its revenue as margin, other products {rest}.", own=Share(own.own.value, 0),
             rest=Share(own.rest.value, 0))


def _price(values: dict) -> Text:
    return _("Raise the price or end the promotion by {day}: on last year's sales one per cent of price is {point} a "
             "year, as long as nobody stops buying. It worked if its share of margin comes near that of other "
             "products.",
             **values)


def _poor_quality(firm: Firm, assortment: Assortment, found: Mismatch, reasons: Reasons | None) -> Finding:
    item, compared = found.product, found.compared
    again = item.repeats.compared if item.repeats else None
    values = {
        "we": we_promote(firm, assortment, item), "own": of_100(compared.own.value),
        "rest": of_100(compared.rest.value),
        "lines": _("{n} order", plural="{n} orders", n=compared.n), "worth": _worth(assortment, found, firm.currency),
        "day": deadline(firm), "product": item.name, "story": _lost_for_quality(item, reasons)}
    if again is not None and found.lost is not None:
        values |= {"again": Number(again.own.value, 1), "others": Number(again.rest.value, 1)}
        statement = _(
            "{we}, but customers complain about {own} orders of it, of other products about {rest} ({lines}). "
            "{story} New customers who began with it order again {again} times a year, others {others} times. "
            "{worth}", **values)
    else:
        statement = _(
            "{we}, but customers complain about {own} orders of it, of other products about {rest} ({lines}). {story} "
            "What goes with it in their next orders cannot be told yet.", **values)
    return _finding(
        found, firm, Verdict.HIGHER, unit="share", owner="board", method=COMPARED, statement=statement,
        action=_("Stop promoting {product} until the cause of the complaints is found, and decide by {day} who puts "
                 "it right. It worked if complaints fall to about {rest} orders.", **values),
        rival=_("Customers of this product may complain more readily, or order less often, for reasons of their own. "
                "What older customers no longer order is not in the amount: their first purchase is not recorded."))


def _lost_for_quality(item: Product, reasons: Reasons | None) -> Text:
    """How often lost leads for the product name quality: complaints and lost leads side by side."""
    said = reasons.compared.get((item.id, "quality")) if reasons else None
    if said is None or said.withheld or not said.n:
        return _("How many of its leads are lost over quality is not known.")
    return _("Of 100 lost leads with a stated cause {own} name quality, elsewhere {rest}.", own=Per100(said.own.value),
             rest=Per100(said.rest.value))


def _does_not_pay(firm: Firm, assortment: Assortment, found: Mismatch) -> Finding:
    item, compared = found.product, found.compared
    values = {
        "we": we_promote(firm, assortment, item), "own": Share(compared.own.value, 0),
        "rest": Share(compared.rest.value, 0), "range": ShareRange(compared.own.low, compared.own.high, 0),
        "day": deadline(firm),
        "point": Money(0.01 * item.sold_in_period * assortment.per_year, firm.currency)}
    if found.worth is not None:
        values |= {"loss": Money(found.worth.value, firm.currency)}
        statement = _("{we}, and every sale loses money: {own} of its revenue is left as margin, of other products "
                      "{rest} ({range}). A year of it costs about {loss}.", **values)
    else:
        statement = _("{we}, but {own} of its revenue is left as margin, of other products {rest} ({range}).", **values)
    return _finding(
        found, firm, Verdict.LOWER, unit="share", owner="board", method=COMPARED, statement=statement,
        action=_price(values),
        rival=_("The product may open the door to other sales, which are not counted here."))
