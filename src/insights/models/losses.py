"""What is lost where sellers leave a product's leads alone, and where its quality keeps customers from coming back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from insights.evidence import Comparison, Interval, Sums, Verdict, compare_with_rest, decide, significance, summarise
from insights.evidence.comparison import DELTA, MIN_COMPANIES, MIN_LEADS
from insights.models.amounts import Z, positive
from insights.models.readiness import LeadCells

_PULL = 5.0
"""Leads' worth of the average by which a seller's own share is steadied."""


@dataclass(frozen=True)
class Repeats:
    """Repeat orders for each customer and year by the product bought first: own against all other products, and how
    many times as often the others' customers order (`times`; None where too few customers bought the product first)."""

    compared: Comparison
    times: Interval | None


def untouched(cells: LeadCells) -> dict[str, Comparison]:
    """Share of a product's leads that a seller has contacted, against what the same sellers contact of their leads for
    other products; over leads old enough, in one search over all products. Variance over sellers, at least that of
    independent leads."""
    sellers, products = cells.codes["seller_id"], cells.codes["product_id"]
    shape = (len(cells.names["seller_id"]), len(cells.names["product_id"]))
    flat = sellers * shape[1] + products
    n = np.bincount(flat, cells.counts["old"], shape[0] * shape[1]).reshape(shape)
    touched = np.bincount(flat, cells.counts["old_touched"], shape[0] * shape[1]).reshape(shape)
    n[-1], touched[-1] = 0.0, 0.0
    names = cells.names["product_id"]
    places = [i for i, name in enumerate(names) if name is not None]
    compared = decide([_contacted(n, touched, place) for place in places])
    return {names[place]: comparison for place, comparison in zip(places, compared, strict=True)}


def _contacted(n: np.ndarray, touched: np.ndarray, place: int) -> Comparison:
    own_n, own = n[:, place], touched[:, place]
    other_n, other = n.sum(axis=1) - own_n, touched.sum(axis=1) - own
    total = own_n.sum()
    if total < MIN_LEADS or other_n[own_n > 0].sum() < MIN_LEADS:
        nothing = Interval(0.0, 0.0, 0.0)
        return Comparison(nothing, nothing, nothing, Verdict.TOO_FEW, 1.0, int(total), int((own_n > 0).sum()), 0.0,
                          "few_leads")
    average = other.sum() / other_n.sum()
    usual = (other + _PULL * average) / (other_n + _PULL)
    expected, seen = float(own_n @ usual / total), float(own.sum() / total)
    gaps = own - own_n * usual
    sellers = int((own_n > 0).sum())
    clustered = ((gaps - own_n * (seen - expected)) ** 2).sum() * sellers / max(sellers - 1, 1)
    independent = (own_n * usual * (1 - usual) * (1 + own_n / (other_n + _PULL))).sum()
    error = Z * math.sqrt(max(clustered, independent)) / total
    d = seen - expected
    own_error = Z * math.sqrt(max(seen * (1 - seen), 1e-9) / total)
    between = Interval(d, d - error, d + error)
    return Comparison(
        own=Interval(seen, max(seen - own_error, 0.0), min(seen + own_error, 1.0)),
        rest=Interval(expected, max(expected - error, 0.0), min(expected + error, 1.0)), difference=between,
        verdict=Verdict.TOO_FEW, p=significance(between, DELTA * expected), n=int(total), companies=sellers,
        delta=DELTA * expected)


def repeats(sums: Sums, names: list[str]) -> dict[str, Repeats]:
    """Repeat orders by the product that a customer bought first, each product against all others in one search.

    A few customers order very often, and a product may by chance have none of them: then its own customers hide how
    much rates vary. So the error of each rate is at least what the variation among all customers makes it.
    """
    compared = compare_with_rest(sums, share=False)
    total = sums.total()
    everyone = float(total.y[0] / total.n[0]) if total.n[0] else 0.0
    squares = total.yy - 2 * everyone * total.ny + everyone**2 * total.nn
    spread = math.sqrt(max(float(squares[0] / total.nn[0]), 0.0)) / everyone if everyone else 0.0
    found = {}
    for i, name in enumerate(names):
        own = sums.pick(np.array([i]))
        rest = Sums(**{k: getattr(total, k) for k in Sums.__dataclass_fields__}) - own
        enough = own.companies[0] >= MIN_COMPANIES and rest.companies[0] >= MIN_COMPANIES and own.y[0] > 0
        times = None
        if enough:
            error = math.hypot(_log_error(own, spread), _log_error(rest, spread))
            times = positive(float(rest.y[0] / rest.n[0]) / float(own.y[0] / own.n[0]), error)
        found[name] = Repeats(compared[i], times)
    return found


@dataclass(frozen=True)
class Unlike:
    """How much single leads differ, as squared coefficients of variation: in their chance to be won (`chance`), in what
    a won one brings (`deal`). A sum over few leads is the less certain the more they differ: which leads a year holds
    is chance."""

    chance: float = 0.0
    deal: float = 0.0

    def of_wins(self, leads: float) -> Interval:
        """What the wins of so many leads may be, over what is expected of the average lead."""
        return positive(1.0, math.sqrt(self.chance / max(leads, 1.0)))

    def of_deals(self, leads: float) -> Interval:
        """The same of the money of a win; with `of_wins` it makes (1 + chance)(1 + deal) - 1 over the leads."""
        return positive(1.0, math.sqrt(self.deal * (1 + self.chance) / max(leads, 1.0)))


def unlike(row: dict, deals: Sums) -> Unlike:
    """From `metrics.products.likeness` and the deals of all products.

    Chances cannot be seen, but leads of one company share theirs: two leads of a company are both won more often than
    two of different companies by the factor 1 + the variation of chances between companies (as for twins; an estimate
    below, since leads of one company differ as well, and at most 4, since pairs are few).
    """
    n, y = float(row.get("n") or 0), float(row.get("y") or 0)
    pairs, both = float(row.get("nn") or 0) - n, float(row.get("yy") or 0) - y
    chance = both / pairs / (y / n) ** 2 - 1 if pairs > 0 and y else 0.0
    return Unlike(min(max(chance, 0.0), 4.0), _spread(deals) ** 2)


def steadied(sums: Sums) -> list[Interval]:
    """Each group's ratio of money to cases, its error at least what the variation within all groups makes it: a dozen
    deals seldom hold one of the large ones, and so hide how much deals vary."""
    spread = _spread(sums)
    return [positive(float(sums.y[i] / sums.n[i]), _log_error(sums.pick(np.array([i])), spread))
            if sums.n[i] > 0 and sums.y[i] > 0 else own for i, own in enumerate(summarise(sums, share=False))]


def _spread(sums: Sums) -> float:
    """The coefficient of variation of a case's money within its group, over all groups."""
    rate = np.divide(sums.y, sums.n, out=np.zeros_like(sums.y), where=sums.n > 0)
    used = rate > 0
    squares = (sums.yy - 2 * rate * sums.ny + rate**2 * sums.nn)[used] / rate[used] ** 2
    return math.sqrt(max(float(squares.sum() / sums.nn[used].sum()), 0.0)) if used.any() else 0.0


def _log_error(sums: Sums, spread: float) -> float:
    """The error of a rate on the log scale: from its own customers, at least from the spread among all."""
    own = summarise(sums, share=False)[0]
    seen = math.log(own.high / own.value) / Z if own.value > 0 and own.high > own.value else 0.0
    return max(seen, spread * math.sqrt(float(sums.nn[0])) / float(sums.n[0]))
