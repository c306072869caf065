"""Complaints: how many per order of each product, how fast they are answered, and who orders again afterwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Estimate, Finding, Interval, Sums, Verdict, compare_with_rest
from insights.language import Count, Number, Per100, ShareRange, Text
from insights.metrics import voice as metrics
from insights.topics import product_pipeline_complained as complained
from insights.topics import product_pipeline_words as words

if TYPE_CHECKING:
    from insights.firm import Firm

DELTA = 0.10
Z90 = 1.6448536269514722
MIN_COMPLAINED = 30
_SUMS = ("companies", "n", "y", "nn", "yy", "ny", "paying", "top_n", "top_y")
_ = Text

METHOD = _(
    "Complaints per order line of a product against all other products; interval clustered by customer; smallest "
    "difference that matters one tenth; false discoveries held to one in ten over the products (Benjamini and "
    "Hochberg).")
AGAIN = _(
    "Customers who complained against customers with as many orders and as recent a last one who did not (Mantel and "
    "Haenszel); each customer once; ordered again within a year.")


@dataclass(frozen=True)
class Product:
    """A product's complaints per order, against those of all others."""

    product: str
    name: str
    orders: int
    complaints: int
    compared: Comparison


@dataclass(frozen=True)
class Again:
    """Ordering again within a year: customers who complained, comparable ones, and the difference."""

    complained: Interval
    others: Interval
    difference: Interval
    n: int
    verdict: Verdict


@dataclass(frozen=True)
class Complaints:
    """What is known of complaints; `again` is None where there is nobody to compare."""

    products: tuple[Product, ...]
    again: Again | None
    without_order: int
    segments: tuple[complained.Segment, ...] = ()


def read(firm: Firm) -> Complaints | None:
    """Judge every product's complaints per order; None without orders or without complaints that name a product."""
    if not firm.has("feedback", "orders"):
        return None
    table = firm.query(metrics.complaints_by_product(firm.as_of, leads=firm.has("leads")))
    if not table.num_rows or not sum(table["y"].to_pylist()):
        return None
    columns = {name: np.nan_to_num(np.array(table[name].to_pylist(), dtype=float)) for name in _SUMS}
    compared = compare_with_rest(Sums.of(**columns), share=True)
    names = _names(firm)
    ids = table["product"].to_pylist()
    products = tuple(
        Product(key, names.get(key, key), int(columns["n"][i]), int(columns["y"][i]), compared[i])
        for i, key in enumerate(ids))
    rows = firm.query(metrics.repeat_after_complaint(firm.as_of, leads=firm.has("leads"))).to_pylist()
    return Complaints(products, ordered_again(rows), int(sum(x or 0 for x in table["without_order"].to_pylist())),
                      complained.segments(firm))


def _names(firm: Firm) -> dict[str, str]:
    if not firm.has("products"):
        return {}
    table = firm.query(metrics.product_names())
    return dict(zip(table["product"].to_pylist(), table["name"].to_pylist(), strict=True))


def ordered_again(rows: Sequence[dict]) -> Again | None:
    """The share that ordered again among customers with a complaint and comparable ones: the risk difference of Mantel
    and Haenszel (1959) with the variance of Sato (1989), over strata that hold both.

    None where no stratum holds both. Verdicts: smallest difference that matters one tenth of the comparable ones.
    """
    strata: dict[tuple, dict[bool, tuple[int, int]]] = {}
    for row in rows:
        strata.setdefault((row["orders"], row["since"]), {})[bool(row["complained"])] = (row["n"], row["again"])
    both = [(s[True], s[False]) for s in strata.values() if len(s) == 2]
    if not both:
        return None
    n1, y1, n0, y0 = (np.array(x, dtype=float) for x in zip(*((*a, *b) for a, b in both), strict=True))
    total = n1 + n0
    weight = n1 * n0 / total
    difference = float(((y1 * n0 - y0 * n1) / total).sum() / weight.sum())
    p = (n1**2 * y0 - n0**2 * y1 + n1 * n0 * (n0 - n1) / 2) / total**2
    q = (y1 * (n0 - y0) + y0 * (n1 - y1)) / (2 * total)
    variance = (difference * p.sum() + q.sum()) / weight.sum() ** 2
    half = Z90 * math.sqrt(max(float(variance), 0.0))
    rate = float((y1).sum() / n1.sum())
    others = rate - difference
    verdict = _verdict(difference, half, abs(others) * DELTA, int(n1.sum()))
    spread = Z90 * math.sqrt(max(rate * (1 - rate), 0.0) / n1.sum())
    return Again(
        Interval(rate, max(rate - spread, 0.0), min(rate + spread, 1.0)), Interval(others),
        Interval(difference, difference - half, difference + half), int(n1.sum()), verdict)


def _verdict(difference: float, half: float, delta: float, n: int) -> Verdict:
    if n < MIN_COMPLAINED or not half:
        return Verdict.TOO_FEW
    if abs(difference) - half > delta:
        return Verdict.HIGHER if difference > 0 else Verdict.LOWER
    return Verdict.NO_CLEAR_DIFFERENCE if abs(difference) + half <= delta else Verdict.TOO_FEW


def findings(firm: Firm, found: Complaints | None) -> list[Finding]:
    """Products with clearly more complaints than others, and what goes with a complaint."""
    if found is None:
        return []
    said = [_more(firm, p) for p in found.products if p.compared.verdict is Verdict.HIGHER]
    return [*said, *([_again(firm, found.again)] if found.again else [])]


def _more(firm: Firm, product: Product) -> Finding:
    own, rest = product.compared.own, product.compared.rest
    values = {
        "product": product.name, "own": Per100(own.value), "rest": Per100(rest.value),
        "low": Number(100 * own.low, 1), "high": Number(100 * own.high, 1), "n": Count(product.orders),
        "day": words.deadline(firm)}
    extra = max(own.value - rest.value, 0.0) * product.orders
    return Finding(
        function=f"{words.TOPIC}.complaints", subject={"product": product.product}, unit="share", n=product.orders,
        owner="board", method=METHOD, verdict=Verdict.HIGHER, estimate=own, baseline=rest,
        difference=product.compared.difference, rank=extra * words.deal_size(firm) / 100,
        rival=_("Customers of {product} may be quicker to complain, or its complaints better recorded.", **values),
        statement=_("{product}: {own} complaints for 100 orders against {rest} for other products ({low} to {high}; "
                    "{n} orders).", **values),
        action=_("Find the cause with service by {day}, and tell sellers what to promise until then. It worked if "
                 "complaints fall towards {rest} for 100 orders.", **values))


def _again(firm: Firm, again: Again) -> Finding:
    values = {
        "own": Per100(again.complained.value), "others": Per100(again.others.value), "n": words.customers(again.n),
        "range": ShareRange(again.difference.low, again.difference.high), "day": words.deadline(firm)}
    common = {"function": f"{words.TOPIC}.again_after_complaint", "unit": "share", "n": again.n, "owner": "both",
              "method": AGAIN, "verdict": again.verdict}
    if again.verdict is Verdict.TOO_FEW:
        return Finding(**common, statement=_(
            "Whether a complaint goes with fewer orders later cannot be told yet: only {n} with a complaint can be "
            "compared with others like them.", **values),
            action=_("Keep writing down every complaint with its customer and product."))
    common |= {"estimate": again.complained, "baseline": again.others, "difference": again.difference}
    if again.verdict is Verdict.NO_CLEAR_DIFFERENCE:
        return Finding(**common, statement=_(
            "Customers who complained order again as often as comparable ones: {own} of 100 against {others} ({n}).",
            **values), action=_("Keep the way complaints are handled."))
    statement = _(
        "A complaint goes with fewer orders later: {own} of 100 customers with one ordered again within a year, of "
        "comparable ones {others} ({n}).", **values,
    ) if again.verdict is Verdict.LOWER else _(
        "Customers who complained order again more often than comparable ones: {own} of 100 against {others} ({n}).",
        **values)
    return Finding(
        **common, statement=statement,
        rival=_("Customers who complain may differ in ways that the records do not hold."),
        action=_("Sales calls every customer within a week of an answered complaint, starting by {day}. It worked if "
                 "as many of them order again as of the others.", **values))


def estimates(found: Complaints | None) -> list[Estimate]:
    """Complaints per order of every product with its comparison."""
    if found is None:
        return []
    return [Estimate(
        measure="complaints_per_order", subject={"product": p.product}, estimate=p.compared.own, unit="share",
        n=max(p.compared.n, 1), method=METHOD.render("en"), verdict=p.compared.verdict, baseline=p.compared.rest,
        difference=p.compared.difference, companies=p.compared.companies, topic=words.TOPIC,
        withheld=p.compared.withheld) for p in found.products] + complained.estimates(found.segments)
