"""Products inside customers: what an active account silently stopped ordering, and what it may order next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Finding, Impact, Interval, Verdict
from insights.figures.model import Column, Note, Table
from insights.language import Count, Day, ListOf, Money, Number, Share, Text
from insights.metrics import bought_products as metrics
from insights.models.next_product import Purchases, learn, tested
from insights.models.repeat_orders.fitting import Z90
from insights.models.repeat_orders.regular import rejected
from insights.models.repeat_orders.states import ACTIVE, LATE, RETURNED
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

RATE = 0.1
_YEAR = 365
_MOST_LISTED, _MOST_SUGGESTED, _FEWEST, _WIDEST = 20, 20, 30, 20_000_000
_ = Text


@dataclass(frozen=True)
class Stopped:
    """A product that an active account stopped ordering: the account's row in the base, the product, what its purchases
    were, how surprising the silence is (the chance of it had nothing changed), and its money of a year."""

    row: int
    product: str
    times: int
    without: int
    last_day: object
    silence: int
    longest: int
    chance: float
    a_year: float


@dataclass(frozen=True)
class Next:
    """How well the rule of followers did on the last year: customers who began a new product, hits of the rule and of
    the most popular product, the difference with its interval; and what it suggests (row, product)."""

    customers: int
    rule: int
    popular: int
    difference: Interval
    suggestions: tuple[tuple[int, str], ...]

    @property
    def better(self) -> bool:
        return self.difference.low is not None and self.difference.low > 0


def measure(base: Base) -> dict[str, object]:
    """Both, where orders name products."""
    found = base.firm.query(metrics.first_purchases(base.firm.as_of)).to_pydict()
    if not found["product_id"]:
        return {"products": False, "stopped": (), "next": None}
    return {"products": True, "stopped": _stopped(base), "next": _next(base, found)}


def _stopped(base: Base) -> tuple[Stopped, ...]:
    """Active accounts' products missing for more order days than chance allows and longer than ever before.

    Had nothing changed, each order day since would have held the product with the share of those before (Beta prior of
    Jeffreys); the chance of none at all is the p-value; false discoveries held to one in ten over all pairs.
    """
    from scipy.special import betaln

    rows = base.firm.query(metrics.stopped(base.firm.as_of, base.money)).to_pydict()
    if not rows["customer"]:
        return ()
    place = {int(customer): row for row, customer in enumerate(base.history.customer)}
    times, chances, without, silence, longest = (
        np.array(rows[name], dtype=float) for name in ("times", "chances", "without", "silence", "longest"))
    yes, no = times - 0.5, chances - times + 1.5
    chance = np.exp(betaln(yes, no + without) - betaln(yes, no))
    active = np.isin(base.state[[place[c] for c in rows["customer"]]], (ACTIVE, LATE, RETURNED))
    pick = np.flatnonzero(rejected(np.where(active, chance, 1.0), RATE) & (silence > longest) & (without >= 2))
    found = [Stopped(place[rows["customer"][i]], rows["product_id"][i], int(times[i]), int(without[i]),
                     rows["last_day"][i], int(silence[i]), int(longest[i]), float(chance[i]), float(rows["a_year"][i]))
             for i in pick]
    return tuple(sorted(found, key=lambda s: (-s.a_year, s.row, s.product)))


def _next(base: Base, found: dict) -> Next | None:
    products = sorted(set(found["product_id"]))
    if len(products) < 3 or len(base.register) * len(products) > _WIDEST:
        return None
    days = np.full((len(base.register), len(products)), np.nan)
    column = {product: i for i, product in enumerate(products)}
    days[found["customer"], [column[p] for p in found["product_id"]]] = [d.toordinal() for d in found["day"]]
    purchases, today = Purchases(days), base.firm.as_of.toordinal()
    n, rule, popular, apart = tested(purchases, today - _YEAR)
    if n < _FEWEST:
        return Next(n, rule, popular, Interval(None), ())
    gain = (rule - popular) / n
    half = Z90 * np.sqrt(max(apart / n - gain**2, 1 / n) / n)
    difference = Interval(gain, gain - half, gain + half)
    if difference.low <= 0:
        return Next(n, rule, popular, difference, ())
    rows = base.rows(ACTIVE, RETURNED)[:_MOST_SUGGESTED]
    owned = purchases.until(today)[base.history.customer[rows]]
    best = learn(purchases, today).suggest(owned)
    return Next(n, rule, popular, difference,
                tuple((int(row), products[b]) for row, b in zip(rows, best, strict=True) if b >= 0))


def findings(base: Base) -> list[Finding]:
    """Silent losses as a decision, and what is known of next products."""
    return [f for f in (_lost(base), _suggested(base)) if f is not None]


def _lost(base: Base) -> Finding | None:
    lost = base.parts.get("stopped", ())
    if not lost:
        return None
    total, accounts = float(sum(max(s.a_year, 0.0) for s in lost)), len({s.row for s in lost})
    names = ListOf(base.names(np.array(list(dict.fromkeys(s.row for s in lost)))[:words.MOST_NAMED]))
    values = {
        "accounts": words.customers(accounts), "n": len(lost), "money": words.money(base, total),
        "day": words.deadline(base), "first": _(" ({names})", names=names) if base.names_shown else "",
        "who": words.department(plans.plan(base).rule[plans.REPEAT])}
    return Finding(
        function=f"{words.TOPIC}.silent_loss", owner=plans.plan(base).rule[plans.REPEAT], unit="count", n=len(lost),
        method=_METHOD, estimate=Interval(len(lost)), rank=total * (1 - RATE),
        impact=Impact(total * (1 - RATE), 0.0, total, base.firm.currency, "products that active customers stopped"),
        statement=_(
            "Customers who go on ordering have silently stopped buying a product: {accounts}, {n} products; in their "
            "last year they brought {money}.", **values),
        action=_("Ask each of them why, by {day}{first}, and write the reason down. It worked if the product is "
                 "ordered again, or the reason stands in the customers' voice.", **values),
        rival=_("A need may have ended, or an order have moved to another product; about one in ten of the list is "
                "chance."))


_METHOD = _(
    "The product's share of the customer's order days before its last purchase, and the chance that none of the later "
    "order days would hold it; longer than ever before; false discoveries held to one in ten.")


def _suggested(base: Base) -> Finding | None:
    found = base.parts.get("next")
    if found is None:
        return None
    values = {"n": words.customers(found.customers), "rule": found.rule, "popular": found.popular,
              "day": words.deadline(base, 2)}
    method = _("Learned up to a year ago, tested on the first new product of each customer since; paired difference.")
    if found.difference.value is None:
        return None
    values |= {"low": Number(100 * found.difference.low, 1), "high": Number(100 * found.difference.high, 1)}
    own, rest = (Interval(k / found.customers) for k in (found.rule, found.popular))
    common = {"function": f"{words.TOPIC}.next_product", "unit": "share", "n": found.customers, "method": method,
              "owner": "sales", "baseline": rest, "difference": found.difference}
    if found.better:
        return Finding(
            **common, estimate=own, verdict=Verdict.HIGHER, rank=0.0, statement=_(
                "What similar customers bought next is a better guess than the most popular product: of {n} who began "
                "a new product in the last year it named {rule} right, the popular one {popular} ({low} to {high} "
                "percentage points).",
                **values),
            action=_("Raise the product of the list in the next talk with each customer, until {day}. It worked "
                     "if more of them begin it than of those not on the list.", **values))
    return Finding(
        **common, estimate=own,
        statement=_(
            "What similar customers bought next is no better guess than the most popular product, so no next product "
            "is suggested: of {n} who began a new product in the last year it named {rule} right, the popular one "
            "{popular} ({low} to {high} percentage points).", **values))


def _name(base: Base, product: str) -> str:
    names = base.parts.get("product_names", {})
    return names.get(product, product)


def stopped_table(base: Base) -> Table | Note:
    """Products that active accounts stopped ordering."""
    if not base.told or not base.parts.get("products"):
        return Note(_("Orders do not name products, so what a customer stopped buying cannot be seen."))
    lost = base.parts["stopped"]
    if not lost:
        return Note(_("No customer who goes on ordering has stopped buying a product that it bought regularly."))
    if not base.names_shown:
        return Note(withheld(base))
    rows = [(base.names(np.array([s.row]))[0], _name(base, s.product), Count(s.times), Day(s.last_day),
    Count(s.without), Count(s.longest), Count(s.silence), Money(s.a_year, base.firm.currency, exact=True))
            for s in lost[:_MOST_LISTED]]
    return Table(
        caption=_("Products that customers who go on ordering have stopped buying"),
        columns=(Column(_("customer"), "left"), Column(_("product"), "left"), Column(_("times bought")),
                 Column(_("last bought"), "left"), Column(_("orders without it since")),
                 Column(_("longest interval before"), unit=_("days")), Column(_("silent for"), unit=_("days")),
                 Column(_("in its last year"), unit=Text(base.firm.currency))),
        rows=tuple(rows))


def withheld(base: Base) -> Text:
    """Why no customer is named."""
    return _("Customers are not named in this disclosure profile; the internal report has the list.")


def next_table(base: Base) -> Table | Note | None:
    """What similar customers bought next, only where it beat the popular product on later data."""
    found = base.parts.get("next")
    if found is None or not found.better:
        return None
    if not base.names_shown:
        return Note(withheld(base))
    rows = [(name, _name(base, product)) for name, (_row, product) in
            zip(base.names(np.array([row for row, _p in found.suggestions])), found.suggestions, strict=True)]
    return Table(
        caption=_("What the largest active customers may buy next"),
        columns=(Column(_("customer"), "left"), Column(_("product"), "left")), rows=tuple(rows),
        notes=(_("Right for {share} of those who began a new product in the last year.",
                 share=Share(found.rule / found.customers, 0)),))
