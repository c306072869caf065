"""Products that sellers can't sell, won't sell or shouldn't sell: which, for what cause, and at what price a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Comparison, Impact, Interval, Verdict
from insights.models.amounts import capped, positive, product, scaled

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.topics.product_priorities_read import Assortment, Product

NOT_PREPARED, NOT_WILLING, POOR_QUALITY, DOES_NOT_PAY = "not_prepared", "not_willing", "poor_quality", "does_not_pay"
CAUSES = (NOT_PREPARED, NOT_WILLING, POOR_QUALITY, DOES_NOT_PAY)
HARDLY = 0.5
"""Hardly promoted: less than half of what each product would get if all launched ones got the same."""
_MIN_ORDERS = 5


@dataclass(frozen=True)
class Mismatch:
    """A product and why it should not be promoted as it is. `compared` is what shows the cause; `lost` what is lost in
    a year (won leads, or orders for poor quality), `worth` the margin (or revenue) of that; None where no figure can be
    given. `limited`: the amount ends where sellers' capacity or the firm's own result ends."""

    product: Product
    cause: str
    compared: Comparison
    lost: Interval | None = None
    worth: Interval | None = None
    limited: bool = False

    def impact(self, firm: Firm) -> Impact | None:
        """What hangs on it in a year."""
        if self.worth is None:
            return None
        pool = "customers" if self.cause == POOR_QUALITY else "leads"
        return Impact(self.worth.value, self.worth.low, self.worth.high, firm.currency, pool)


def mismatches(firm: Firm, assortment: Assortment) -> list[Mismatch]:
    """Every mismatch, the dearest first. One product may have two causes, but is not counted as unwanted and as
    unprofitable at once: sellers who leave alone what earns nothing are one story."""
    found = []
    for item in assortment.products.values():
        found += [m for m in (of_readiness(assortment, item), of_willingness(assortment, item),
                              of_quality(assortment, item))
                  if m and m.compared.verdict is (Verdict.HIGHER if m.cause == POOR_QUALITY else Verdict.LOWER)]
        if item.verdict("far_margin_share") is Verdict.LOWER and not any(m.cause == NOT_WILLING and m.product is item
                                                                         for m in found):
            found.append(_does_not_pay(assortment, item))
    return sorted(found, key=lambda m: (-(m.worth.value if m.worth else 0.0), m.product.id, CAUSES.index(m.cause)))


def promoted(firm: Firm, assortment: Assortment, item: Product) -> bool:
    """Whether a campaign of the period names the product, or the strategy declares it; where no campaign's products are
    known, whatever leads ask for."""
    declared = firm.strategy is not None and item.id in firm.strategy.promote
    if not assortment.promoted:
        return declared or item.leads > 0
    return declared or item.promotion.campaigns > 0


def hardly_promoted(assortment: Assortment, item: Product) -> bool:
    """Whether the product's share of campaign money for products is less than half of an equal share."""
    launched = sum(p.launched and p.leads > 0 for p in assortment.products.values())
    return assortment.spend > 0 and (item.promotion.voice or 0.0) < HARDLY / max(launched, 1)


def gems(firm: Firm, assortment: Assortment, found: list[Mismatch]) -> list[Product]:
    """Products that pay clearly better than the others, that sellers know and customers want, and that campaigns hardly
    name; the most margin for each lead first."""
    troubled = {m.product.id for m in found}
    chosen = []
    for item in assortment.products.values():
        pays = Verdict.HIGHER in (item.verdict("margin_share"), item.verdict("margin_per_lead"))
        weak = any(item.verdict(m) is Verdict.LOWER for m in ("win_rate", "conversion", "margin_per_lead"))
        known = item.gap is None or item.gap.prepared_share is None or item.gap.prepared_share >= HARDLY
        if (item.launched and item.leads and pays and not weak and known and item.id not in troubled
                and hardly_promoted(assortment, item)):
            chosen.append(item)
    return sorted(chosen, key=lambda p: (-(p.per_win.value * p.won / p.leads if p.per_win else 0.0), p.id))


def limits(assortment: Assortment) -> float:
    """No amount may exceed what the firm's leads earned in the period, by the year."""
    return sum(item.margin_in_period for item in assortment.products.values()) * assortment.per_year


def priced(assortment: Assortment, item: Product, wins: Interval, leads: float,
           ) -> tuple[Interval, Interval | None, bool]:
    """Won leads a year among so many leads and their worth, limited by what sellers could win besides and by what the
    firm earns. Which leads a year holds is chance, the more the fewer they are."""
    wins = product(wins, assortment.unlike.of_wins(leads))
    within = capped(wins, assortment.headroom) if assortment.headroom else wins
    limited = within.high < wins.high
    wins = Interval(*(max(x, 0.0) for x in (within.value, within.low, within.high)))
    if item.per_win is None or item.per_win.value <= 0:
        return wins, None, limited
    deal = item.per_win if item.per_win.low > 0 else positive(item.per_win.value, 0.5)
    worth = product(wins, product(deal, assortment.unlike.of_deals(leads)))
    most = limits(assortment)
    if most > 0:
        limited = limited or worth.high > most
        worth = capped(worth, most)
    return wins, Interval(*(max(x, 0.0) for x in (worth.value, worth.low, worth.high))), limited


def of_readiness(assortment: Assortment, item: Product) -> Mismatch | None:
    """What unprepared sellers go with, whatever the verdict; None where it was not compared."""
    if item.gap is None or item.gap.compared is None:
        return None
    leads = item.gap.recent[1]
    wins, worth, limited = priced(assortment, item, scaled(item.gap.lost_share, leads * assortment.per_year), leads)
    return Mismatch(item, NOT_PREPARED, item.gap.compared, wins, worth, limited)


def of_willingness(assortment: Assortment, item: Product) -> Mismatch | None:
    """Leads that sellers leave alone although they contact those of other products, each worth what a contacted one is,
    whatever the verdict; None where it was not compared."""
    if "touched" not in item.compared:
        return None
    compared = item.compared["touched"]
    contacted = compared.own.value * compared.n
    won = item.gap.won if item.gap else None
    n_won = sum(won) if won else item.won
    if not contacted or not n_won:
        return Mismatch(item, NOT_WILLING, compared)
    rate = positive(min(n_won / contacted, 1.0), n_won**-0.5)
    left = Interval(-compared.difference.value, -compared.difference.high, -compared.difference.low)
    lost = product(scaled(left, item.recent * assortment.per_year), rate)
    wins, worth, limited = priced(assortment, item, lost, max(left.value, 0.0) * item.recent)
    return Mismatch(item, NOT_WILLING, compared, wins, worth, limited)


def of_quality(assortment: Assortment, item: Product) -> Mismatch | None:
    """Complaints show it; the price is in the repeat orders that stay away of customers who bought it first: for each
    that came in the period, the others' rate over their own, less one. Whatever the verdict; None where complaints were
    not compared."""
    if "complaint_rate" not in item.compared:
        return None
    compared = item.compared["complaint_rate"]
    again = item.repeats
    if again is None or again.times is None or item.repeat_orders < _MIN_ORDERS:
        return Mismatch(item, POOR_QUALITY, compared)
    came = item.repeat_orders * assortment.per_year
    # Which orders stay away is chance as well, the more the fewer came.
    times = product(again.times, positive(1.0, item.repeat_orders**-0.5))
    orders = Interval(*(max(came * (x - 1), 0.0) for x in (times.value, times.low, times.high)))
    per_order = item.repeat_margin / item.repeat_orders
    worth = scaled(orders, per_order) if per_order > 0 else None
    return Mismatch(item, POOR_QUALITY, compared, orders, worth)


def _does_not_pay(assortment: Assortment, item: Product) -> Mismatch:
    """Each sale brings clearly too little; where it brings less than nothing, that is what a year of it costs."""
    compared = item.compared["far_margin_share"]
    sold = item.sold_in_period * assortment.per_year
    if compared.own.value >= 0 or sold <= 0:
        return Mismatch(item, DOES_NOT_PAY, compared)
    loss = Interval(-compared.own.value * sold, max(-compared.own.high * sold, 0.0), -compared.own.low * sold)
    return Mismatch(item, DOES_NOT_PAY, compared, None, loss)
