"""What preparing sellers for a product is worth: the first sellers to train, the expected gain, and the gain for each
day of training."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Interval, Verdict
from insights.models.amounts import scaled
from insights.topics.product_priorities_mismatch import priced

if TYPE_CHECKING:
    from insights.topics.product_priorities_read import Assortment, Product

MIN_TEAM = 4
"""Teams of fewer sellers are not named: a figure about three people is one about each of them."""


@dataclass(frozen=True)
class Step:
    """Training the first `sellers` of a product's unprepared sellers (those with the most such leads): the days it
    takes, their leads of a year, and the margin that is expected of it."""

    product: Product
    sellers: int
    of: int
    days: float
    leads: float
    gain: Interval
    teams: tuple[tuple[str, int], ...]
    decided: bool

    @property
    def per_day(self) -> Interval:
        """Expected gain for each day of training."""
        return scaled(self.gain, 1 / self.days)


def steps(assortment: Assortment, days_per_seller: float) -> list[Step]:
    """A quarter, half and all of the unprepared sellers of each product whose gap could be measured; the most gain
    for a day of training first. `decided` where preparation clearly goes with more wins."""
    found = []
    for item in assortment.products.values():
        if item.gap is None or item.gap.compared is None or item.gap.lost_share.value <= 0:
            continue
        sellers = unprepared(assortment, item)
        for count in sorted({math.ceil(len(sellers) * part) for part in (0.25, 0.5, 1.0)} - {0}):
            step = of_first(assortment, item, sellers, count, days_per_seller)
            if step is not None:
                found.append(step)
    return sorted(found, key=lambda s: (-s.per_day.value, s.product.id, s.sellers))


def first_half(assortment: Assortment, item: Product) -> tuple[int, tuple[tuple[str, int], ...]]:
    """How many sellers to train first, so that half of the unprepared ones' leads are in prepared hands, by team."""
    sellers = unprepared(assortment, item)
    total, count, covered = sum(leads for _team, leads in sellers), 0, 0.0
    while count < len(sellers) and covered < total / 2:
        covered += sellers[count][1]
        count += 1
    count = max(count, 1) if sellers else 0
    return count, _teams(assortment, sellers[:count])


def of_first(assortment: Assortment, item: Product, sellers: list[tuple[str, int]], count: int,
             days_per_seller: float) -> Step | None:
    """The step of training so many sellers; None where their leads have no price."""
    recent = sum(n for _team, n in sellers[:count])
    leads = recent * assortment.per_year
    _wins, gain, _limited = priced(assortment, item, scaled(item.gap.lost_share, leads), recent)
    if gain is None or not leads or days_per_seller <= 0:
        return None
    return Step(item, count, len(sellers), count * days_per_seller, leads, gain,
                _teams(assortment, sellers[:count]), item.gap.compared.verdict is Verdict.LOWER)


def unprepared(assortment: Assortment, item: Product) -> list[tuple[str, int]]:
    """Today's unprepared sellers of a product as (team, their leads for it in the period), the most leads first."""
    rows = [(row["team"] or "", assortment.recent_leads.get((item.id, row["seller_id"]), 0), row["seller_id"])
            for row in assortment.pairs if row["product_id"] == item.id and not row["prepared"]]
    return [(team, leads) for team, leads, _seller in sorted(rows, key=lambda r: (-r[1], r[2]))]


def _teams(assortment: Assortment, sellers: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Sellers by team; teams too small to be named together, without a name, at the end."""
    sizes = Counter(team for team, _seller in {(row["team"] or "", row["seller_id"]) for row in assortment.pairs})
    counted = Counter(team if team and sizes[team] >= MIN_TEAM else "" for team, _leads in sellers)
    return tuple(sorted(counted.items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))
