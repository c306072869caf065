"""The sentences of the product priorities, each chosen by what was found."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from insights.evidence import Finding, Interval, Verdict
from insights.language import Count, Day, ListOf, Money, Per100, Share, ShareRange, Text
from insights.period import add_months
from insights.topics import product_priorities_mismatch as kinds

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_priorities_mismatch import Mismatch
    from insights.topics.product_priorities_read import Assortment, Product

TOPIC = "product_priorities"
_ = Text

COUNTED = _("Counted, not estimated.")
COMPARED = _(
    "Each product against all others; interval clustered by company; false discoveries held to one in ten over the "
    "products (Benjamini and Hochberg).")
WITHIN = _(
    "Prepared against unprepared sellers of the same product, by the latest assessment before each lead. What a seller "
    "wins of other products, and what a product wins with other sellers, is taken out first, as are source, quarter, "
    "size, country and industry (logistic model; interval clustered by seller and product).")
SAME_SELLERS = _(
    "Leads of the product that a seller contacted, against what the same sellers contact of their other leads; "
    "interval clustered by seller.")


def leads(n: int, opportunities: bool) -> Text:
    """So many leads, or opportunities where the records begin with them."""
    if opportunities:
        return _("{n} opportunity", plural="{n} opportunities", n=n)
    return _("{n} lead", plural="{n} leads", n=n)


def deadline(firm: Firm, months: int = 3) -> Day:
    """The end of the month that lies so many months ahead."""
    return Day(add_months(firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1))


def of_100(x: float) -> Text:
    """A rate as so many of a hundred."""
    return _("{n} in 100", n=Per100(max(x, 0.0)))


def money(assortment: Assortment) -> Text:
    """The word for what the page counts in."""
    return _("margin") if assortment.money == "margin" else _("revenue")


def we_promote(firm: Firm, assortment: Assortment, item: Product) -> Text:
    """How a sentence about a product opens."""
    if assortment.promoted and kinds.promoted(firm, assortment, item):
        return _("We promote {product}", product=item.name)
    return _("We sell {product}", product=item.name)


def team_list(teams: tuple[tuple[str, int], ...]) -> ListOf:
    """Sellers counted by team: "PL North 3, DACH 2"."""
    return ListOf([_("{team}: {n}", team=team or _("other teams"), n=Count(n)) for team, n in teams])


def gem(firm: Firm, assortment: Assortment, item: Product) -> Finding:
    """A product that pays and is hardly promoted. No figure for a campaign that was never run."""
    measure = "margin_share" if item.verdict("margin_share") is Verdict.HIGHER else "margin_per_lead"
    compared = item.compared[measure]
    per_lead = item.per_win.value * item.won / item.leads if item.per_win else 0.0
    voice = item.promotion.voice or 0.0
    cost = assortment.spend / assortment.campaign_leads if assortment.campaign_leads else 0.0
    values = {
        "product": item.name, "own": Share(compared.own.value, 0), "rest": Share(compared.rest.value, 0),
        "per_lead": Money(per_lead, firm.currency), "voice": Share(voice, None if voice else 0),
        "leads": leads(item.recent, assortment.opportunities), "day": deadline(firm, 6),
        "cost": Money(cost, firm.currency), "headroom": Count(round(assortment.headroom)),
        "share": Share(min(cost / per_lead, 1.0) if per_lead else 1.0, 0)}
    if measure == "margin_per_lead":
        values |= {"own": Money(compared.own.value, firm.currency), "rest": Money(compared.rest.value, firm.currency)}
        statement = _("{product} brings {own} of margin a lead, other products {rest}, and sellers know it, but "
                      "{voice} of the campaign money for products goes to it. In the period {leads} asked "
                      "for it.", **values)
    else:
        statement = _("{product} earns {own} of its revenue as margin, other products {rest}, and sellers know it, but "
                      "{voice} of the campaign money for products goes to it. In the period {leads} asked for it.",
                      **values)
    return Finding(
        function=f"{TOPIC}.hardly_promoted", subject={"product": item.id}, verdict=Verdict.HIGHER, statement=statement,
        estimate=compared.own, baseline=compared.rest, difference=compared.difference, n=item.cases(measure),
        owner="marketing", unit="share" if measure == "margin_share" else firm.currency, method=COMPARED,
        rank=per_lead * item.recent,
        action=_("Try one campaign for {product} until {day}, its money agreed beforehand: a lead may cost up to "
                 "{per_lead} of margin, today's cost {cost}. Further leads are usually weaker than today's; it pays "
                 "while they bring more than {share} of them. It worked if its leads bring more than they "
                 "cost.", **values),
        rival=_("What a campaign would bring is not known, since none was run: the demand may be small, and sellers "
                "have room for about {headroom} more wins a year.", **values))


def undecided(firm: Firm, assortment: Assortment, item: Product) -> Finding | None:
    """A promoted product with unprepared sellers of whom it cannot be told what that costs."""
    gap = item.gap
    if gap is None or not gap.leads[1] or not kinds.promoted(firm, assortment, item):
        return None
    values = {"product": item.name, "leads": leads(gap.assessed, assortment.opportunities), "day": deadline(firm),
              "unready": Count(gap.sellers[1]), "ready": Count(gap.sellers[0])}
    if gap.compared is not None and gap.compared.verdict is not Verdict.LOWER:
        values |= {"own": Per100(gap.compared.own.value), "rest": Per100(gap.compared.rest.value)}
        if gap.compared.verdict is Verdict.TOO_FEW:
            statement = _("Whether unprepared sellers lose leads for {product} cannot be told yet: about {own} won of "
                          "100 against {rest} with prepared ones may be chance ({leads}).", **values)
            action = _("Test the sellers' knowledge of {product} again by {day}; decide nothing on it until then.",
                       **values)
        else:
            statement = _("Unprepared sellers of {product} do not lose more leads than prepared ones: about {own} won "
                          "of 100 against {rest} ({leads}).", **values)
            action = _("No training for {product} for the sake of leads won.", **values)
        verdict = gap.compared.verdict if gap.compared.verdict is not Verdict.HIGHER else Verdict.NO_CLEAR_DIFFERENCE
    elif gap.refused in ("few_sellers", "few_leads", "few_won") or (gap.refused == "none_prepared" and loses(item)):
        verdict = Verdict.TOO_FEW
        statement = _("What unprepared sellers lose of {product} cannot be told: {ready} prepared sellers against "
                      "{unready} are too few to compare ({leads}).", **values)
        action = _("Prepare some sellers for {product} first and compare in half a year; change nothing "
                   "else.", **values)
    else:
        return None
    return Finding(
        function=f"{TOPIC}.not_prepared", subject={"product": item.id}, verdict=verdict, statement=statement,
        action=action, unit="share", n=gap.assessed, owner="sales", method=WITHIN,
        estimate=gap.compared.own if gap.compared else Interval(None),
        baseline=gap.compared.rest if gap.compared else None)


def loses(item: Product) -> bool:
    """Whether the product is clearly won less often than others."""
    return Verdict.LOWER in (item.verdict("conversion"), item.verdict("win_rate"))


def weak(firm: Firm, assortment: Assortment, item: Product, measure: str) -> Finding:
    """A product that is won less often than others, with nothing in the records that says why."""
    compared = item.compared[measure]
    values = {"product": item.name, "own": of_100(compared.own.value) if compared.own.value < 0.2 else
              Share(compared.own.value), "rest": of_100(compared.rest.value) if compared.rest.value < 0.2 else
              Share(compared.rest.value), "leads": leads(compared.n, assortment.opportunities), "day": deadline(firm),
              "range": ShareRange(compared.own.low, compared.own.high)}
    return Finding(
        function=f"{TOPIC}.{measure}", subject={"product": item.id}, verdict=Verdict.LOWER, owner="both", unit="share",
        n=compared.n, estimate=compared.own, baseline=compared.rest, difference=compared.difference, method=COMPARED,
        statement=_("{product} is won less often than other products: {own} against {rest} ({range}; {leads}). These "
                    "records do not say why.", **values),
        action=_("Ask the sellers of {product} by {day} for the reasons, and note their knowledge of it in the "
                 "readiness form. It worked if the next report can name the cause.", **values), rank=1.0)


def top_line(firm: Firm, assortment: Assortment, found: list[Mismatch]) -> Finding | None:
    """How many products are promoted, and how many of them fit: counted."""
    shown = {p.id for p in assortment.products.values() if kinds.promoted(firm, assortment, p)}
    if not shown:
        return None
    causes = {cause: {m.product.id for m in found if m.cause == cause} & shown for cause in kinds.CAUSES}
    little = causes[kinds.NOT_WILLING] | causes[kinds.DOES_NOT_PAY]
    troubled = set.union(*causes.values())
    parts = [(len(shown) - len(troubled), _("{n} with nothing against it", plural="{n} with nothing against them",
                                            n=len(shown) - len(troubled))),
             (len(causes[kinds.NOT_PREPARED]), _("{n} that sellers are not prepared for",
                                                 plural="{n} that sellers are not prepared for",
                                                 n=len(causes[kinds.NOT_PREPARED]))),
             (len(little), _("{n} that sellers leave alone or that earns too little",
                             plural="{n} that sellers leave alone or that earn too little", n=len(little))),
             (len(causes[kinds.POOR_QUALITY]), _("{n} with trouble in quality",
                                                 n=Count(len(causes[kinds.POOR_QUALITY]))))]
    said = ListOf([text for n, text in parts if n])
    if assortment.promoted:
        statement = _("We promote {n} product: {parts}.", plural="We promote {n} products: {parts}.", n=len(shown),
                      parts=said)
    else:
        statement = _("We sell {n} product: {parts}.", plural="We sell {n} products: {parts}.", n=len(shown),
                      parts=said)
    return Finding(function=f"{TOPIC}.promoted", unit="count", n=len(shown), owner="both", method=COUNTED,
                   estimate=Interval(float(len(shown))), statement=statement)
