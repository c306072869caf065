"""Adds up what each planted cause costs: the expected wins and margin of the same leads without it, less those with it.

Every lead's probability under the other law is exact, as in the ledger; the causes are taken one at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from insights.sample import plan
from insights.sample.assortment import NOT_READY, PRODUCTS, UNWILLING, product_id
from insights.sample.calendar import MINUTES, YEAR_THREE, quarter_of, to_office_hours
from insights.sample.funnel import BLOCKERS, Funnel, first_touch
from insights.sample.leads import Leads, Model, chance_of
from insights.sample.ledger import tally
from insights.sample.money import Money
from insights.sample.rng import ONE

PERIODS = ("all", "last_year")
FAMILIES = tuple(dict.fromkeys(product.family for product in PRODUCTS if product.leads))
Key = tuple[str, tuple[tuple[str, str], ...], str]


class Losses:
    """Sums over leads, each kept by measure, subject and period; values in units of 2^-32."""

    def __init__(self, model: Model, money: Money, listed: bool) -> None:
        self._model, self._money, self._listed = model, money, listed
        self.sums: dict[Key, int] = defaultdict(int)
        self._blocked: dict[str, list[int]] = {blocker.item: [] for blocker in BLOCKERS}

    def add(self, leads: Leads, funnel: Funnel) -> None:
        """Add a batch of leads."""
        margin = self._money.expected_margin(leads)
        last = leads.created // MINUTES >= YEAR_THREE
        for cause, subject, chosen, chance in self._causes(leads):
            more = np.where(chosen, chance - leads.chance, 0)
            self._keep("lost_wins", {"cause": cause, **subject}, more, last)
            self._keep("lost_margin", {"cause": cause, **subject}, (more >> 12) * margin, last)
            if cause == "not_ready" and subject["product"] == product_id(NOT_READY):
                for seller in np.unique(leads.seller[chosen]).tolist():
                    mine = np.where(leads.seller == seller, (more >> 12) * margin, 0)
                    self._keep("lost_margin", {"cause": cause, **subject, "seller": f"S{seller + 1:02d}"}, mine, last)
        self._shares(leads, last)
        self._discounts(leads, last)
        blocked = funnel.blocked()
        for number, blocker in enumerate(BLOCKERS):
            found = leads.number[blocked == number]
            self.sums[("lost_for_blocker", (("item", blocker.item),), "all")] += len(found)
            if self._listed:
                self._blocked[blocker.item] += found.tolist()

    def leads(self, width: int) -> dict[str, list[str]]:
        """The lead_ids that each roadmap item's absence lost, by their own word."""
        return {item: [f"L{number + 1:0{width}d}" for number in sorted(found)]
                for item, found in self._blocked.items()} if self._listed else {}

    def _keep(self, measure: str, subject: dict[str, str], values: np.ndarray, last: np.ndarray) -> None:
        both = tally(last.astype(np.int64), values, 2)
        key = tuple(sorted(subject.items()))
        self.sums[(measure, key, "all")] += int(both[0] + both[1])
        self.sums[(measure, key, "last_year")] += int(both[1])

    def _causes(self, leads: Leads) -> Iterator[tuple[str, dict[str, str], np.ndarray, np.ndarray]]:
        """Cause, subject, the leads it touches, and their chances without it."""
        planted, day = self._model.planted, leads.created // MINUTES
        unprepared = self._model.unprepared(leads.firms, leads.product, day) & leads.worked & planted
        unprepared &= leads.product == NOT_READY
        without = chance_of(leads.odds * 1000 // plan.UNREADY_ODDS)
        yield "not_ready", {"product": product_id(NOT_READY)}, unprepared, without
        nobody = np.zeros(len(day), dtype=bool)
        for number, product in enumerate(PRODUCTS):
            if product.part in ("ready_everywhere", "promoted_and_good"):
                yield "not_ready", {"product": product_id(number)}, nobody, leads.chance
        yield "unwilling", {"product": product_id(UNWILLING)}, leads.unwilling, chance_of(leads.odds)
        team, quarters, fall = plan.RATE_FALL
        mine = leads.firms.team == [name for name, _ in plan.TEAMS].index(team)
        fell = mine & np.isin(quarter_of(day), quarters) & leads.worked & planted
        yield "rate_fall", {"team": team}, fell, chance_of(leads.odds * 1000 // fall)
        matters = planted and self._model.twin != "unhurried"
        slow = leads.worked & ~leads.fast & (leads.firms.segment != plan.ONE_DEAL)
        yield "slow_contact", {}, slow & matters, chance_of(leads.odds * plan.FAST_ODDS // 1000)

    def _shares(self, leads: Leads, last: np.ndarray) -> None:
        """By product, how many leads were worked by anyone or had an unprepared seller, and what deals bring."""
        chance = np.where(leads.firms.segment == plan.ONE_DEAL, 0, leads.chance)
        revenue, margin = self._money.expected_revenue(leads), self._money.expected_margin(leads)
        unprepared = self._model.unprepared(leads.firms, leads.product, leads.created // MINUTES)
        for number, product in enumerate(PRODUCTS):
            if product.leads:
                here, subject = leads.product == number, {"product": product_id(number)}
                sold = np.where(leads.sold == number, chance >> 12, 0)
                self._keep("sold", subject, sold * revenue, last)
                self._keep("earned", subject, sold * margin, last)
                self._keep("n", subject, here.astype(np.int64), last)
                self._keep("worked", subject, (here & leads.worked).astype(np.int64), last)
                self._keep("unprepared", subject, (here & unprepared).astype(np.int64), last)
        raw = leads.worked & ~leads.afterthought
        gap = to_office_hours(leads.created + first_touch(self._model, leads)) - to_office_hours(leads.created)
        for name, side in (("fast", raw & (gap < MINUTES)), ("later", raw & (gap >= MINUTES))):
            self._keep(name, {}, side.astype(np.int64), last)
            self._keep(f"{name}_won", {}, np.where(side, leads.chance, 0), last)
        self._keep("n", {}, np.ones(len(last), dtype=np.int64), last)
        self._keep("worked", {}, leads.worked.astype(np.int64), last)

    def _discounts(self, leads: Leads, last: np.ndarray) -> None:
        """Expected margin of each family as it is, and with every offer five points lower."""
        usual = leads.number != self._model.one_deal
        lower = self._money.expected_margin(leads, 50)
        margin, chance, cheaper = self._money.expected_margin(leads), leads.chance, leads.chance
        if self._model.planted:
            cheaper = np.where(leads.worked, chance_of(leads.odds * plan.DISCOUNT_ODDS // 1000), 0)
        families = np.array([FAMILIES.index(p.family) if p.leads else -1 for p in PRODUCTS])[leads.product]
        for number, family in enumerate(FAMILIES):
            here = usual & (families == number) & (leads.firms.segment != plan.ONE_DEAL)
            self._keep("margin_now", {"family": family}, np.where(here, (chance >> 12) * margin, 0), last)
            self._keep("margin_then", {"family": family}, np.where(here, (cheaper >> 12) * lower, 0), last)

    def raw_odds_ratio(self) -> float | None:
        """Odds of a win of leads touched within a day over those of leads touched later, with nothing adjusted."""
        odds = []
        for side in ("fast", "later"):
            won, leads = self.value(f"{side}_won", {}), self.value(side, {}) * ONE
            odds.append(won / (leads - won) if 0 < won < leads else 0.0)
        return float(f"{odds[0] / odds[1]:.6g}") if all(odds) else None

    def value(self, measure: str, subject: dict[str, str], period: str = "all") -> int:
        """A sum; nothing was added for an unknown one."""
        return self.sums.get((measure, tuple(sorted(subject.items())), period), 0)

    def expected(self, measure: str, subject: dict[str, str], period: str = "all") -> float:
        """Wins, or margin in PLN."""
        scale = ONE if measure == "lost_wins" else ONE >> 12
        return float(f"{self.value(measure, subject, period) / scale:.9g}")

