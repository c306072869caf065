"""Leads: what each one is, how likely it is won, and what became of it.

The probability of a win is exact (a whole number of 2^-32), the fate is drawn from it. Two leads of one company share a
draw now and then, which leaves each lead's probability as it is and correlates their fates by .2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.sample import lags, plan
from insights.sample.assortment import NOT_READY, PREPARED, PRODUCTS, UNWILLING
from insights.sample.calendar import (
    DAYS,
    END,
    FAIR_QUARTER,
    MINUTES,
    MONTHS,
    PUSH_QUARTERS,
    START,
    YEAR_THREE,
    ZERO,
    lead_days,
    month_of,
    off_weekends,
    quarter_end_quarter,
    quarter_of,
    source_volumes,
)
from insights.sample.companies import BLOCK_COMPANIES, SIZE_NAMES, Companies, Register
from insights.sample.rng import ONE, below, choose, choose_by_row, share, thresholds

MILLE = 1000
_ODDS_ONE = 1 << 24
SOURCE_NAMES = tuple(source.name for source in plan.SOURCES)
_MARKETING = np.isin(SOURCE_NAMES, plan.MARKETING_SOURCES)
_FAIR = SOURCE_NAMES.index("fair")


@dataclass(frozen=True)
class Leads:
    """A batch of leads; times are in minutes, before they are squeezed into office hours. `product` was asked for,
    `sold` is offered and sold."""

    number: np.ndarray
    place: np.ndarray
    firms: Companies
    created: np.ndarray
    source: np.ndarray
    product: np.ndarray
    discount: np.ndarray
    quality: np.ndarray
    fast: np.ndarray
    worked: np.ndarray
    value: np.ndarray
    chance: np.ndarray
    wins: np.ndarray
    closes: np.ndarray
    afterthought: np.ndarray
    odds: np.ndarray
    unwilling: np.ndarray
    seller: np.ndarray
    sold: np.ndarray

    @property
    def won(self) -> np.ndarray:
        """Leads whose win lies before the end of the data."""
        return self.wins & (self.closes < END * MINUTES)

    def where(self, chosen: np.ndarray) -> Leads:
        """The leads chosen by a mask or by positions."""
        parts = {name: value[chosen] for name, value in vars(self).items() if name != "firms"}
        return Leads(**parts, firms=self.firms.where(chosen))


def chance_of(odds: np.ndarray) -> np.ndarray:
    """The probability (of 2^-32) that goes with odds in units of 2^-24."""
    return (odds << 32) // (odds + _ODDS_ONE)


class Model:
    """The firm's law: from a lead's number to everything about it. `twin` changes the law, not the draws."""

    def __init__(self, register: Register, twin: str | None) -> None:
        self.register, self.twin = register, twin
        self.planted = twin != "null"
        heavy = twin == "misspecified"
        self._shared = plan.SHARED_HEAVY if heavy else plan.SHARED if self.planted else plan.SHARED_NULL
        shocks = np.array(plan.SHOCKS_HEAVY if heavy else plan.SHOCKS)
        # The last two quarters share a shock: the last four months are flat.
        self.shock = shocks[self.draw("quarter", np.minimum(np.arange(12), 10)) >> 28]
        self._days = lead_days(register.seed, self.planted)
        sellers, products = len(plan.SKILL), len(PRODUCTS)
        self.knowledge = self._knowledge(sellers, products)
        self._sources = self._source_table()
        self.one_deal, self._decoy_wins = self._plant_one_deal()

    def draw(self, name: str, rows: np.ndarray) -> np.ndarray:
        """Draws of a named stream."""
        return self.register.draw(name, rows)

    def leads(self, number: np.ndarray) -> Leads:
        """The leads of these numbers, whatever their order."""
        company, place = self.register.company_of(number)
        firms = self.register.companies(company)
        created = self._created(number)
        day = created // MINUTES
        row = np.clip(firms.size, 0, len(SIZE_NAMES) - 1) * len(MONTHS) + month_of(day)
        source = choose_by_row(self.draw("source", number), self._sources, row)
        if self.planted:
            ending = quarter_end_quarter()[day - START]
            more = self.draw("fair", number) < share(1000 - 1_000_000 // plan.PUSH_VOLUME)
            source = np.where(more & (ending == FAIR_QUARTER), _FAIR, source)
            pushed = choose(self.draw("pushed source", number), thresholds([s.early for s in plan.SOURCES[:3]]))
            source = np.where(more & np.isin(ending, PUSH_QUARTERS), pushed, source)
        product = choose(self.draw("product", number), thresholds([p.leads for p in PRODUCTS]))
        level = choose(self.draw("discount", number), thresholds([weight for _, weight, _ in plan.DISCOUNTS]))
        large = number == self.one_deal
        product, level = np.where(large, plan.ONE_DEAL_PRODUCT, product), np.where(large, 0, level)
        quality = choose(self.draw("quality", number), thresholds([weight for weight, _, _, _ in plan.QUALITY]))
        late_hour = created % MINUTES >= 1080
        fast_share = np.array([f for _, _, f, _ in plan.QUALITY])[quality]
        if self.twin == "randomised":
            fast_share = np.full(len(number), 500)
        else:
            fast_share = np.where(late_hour, fast_share // 3, fast_share)
        fast = self.draw("fast", number) < fast_share * ONE // MILLE
        worked, unwilling = self._worked(number, product, quality)
        odds = self._odds(firms, day, source, product, level, quality, fast)
        chance = np.where(worked, chance_of(odds), 0)
        chance, wins = self._fate(number, company, place, firms, chance)
        closes = self._closes(number, created, source, wins, firms, place)
        afterthought = wins & (self.draw("afterthought", number) < share(50)) & (closes < END * MINUTES)
        return Leads(
            number, place, firms, np.where(afterthought, closes, created), source, product,
            self._discount(firms, level), quality, fast, worked | wins,
            self.draw("value", number) >> 22, chance, wins, closes, afterthought, odds, unwilling,
            self.seller_on(firms, day), self._sold(number, product),
        )

    def seller_on(self, firms: Companies, day: np.ndarray) -> np.ndarray:
        """Who looks after each company on a day: those who left handed their companies to two who stayed."""
        gone = np.isin(firms.seller, plan.LEAVERS) & (day > (plan.LEFT - ZERO).days)
        return np.where(gone, firms.seller - len(plan.LEAVERS), firms.seller)

    def lag_name(self, source: int) -> str:
        """The table of days to a win that a source follows."""
        return plan.SOURCES[source].lag if self.planted else "middle"

    def _created(self, number: np.ndarray) -> np.ndarray:
        total, leads = int(self._days[-1]), self.register.leads
        spot = (number * total + below(self.draw("spot", number), total)) // leads
        day = np.searchsorted(self._days, spot, side="right")
        before = np.where(day > 0, self._days[day - 1], 0)
        minute = (spot - before) * MINUTES // (self._days[day] - before)
        return (START + np.minimum(day, DAYS - 1)) * MINUTES + minute

    def _source_table(self) -> np.ndarray:
        rows = []
        volumes = source_volumes().tolist()
        for size in range(len(SIZE_NAMES)):
            for month in range(len(MONTHS)):
                weights = []
                for code, source in enumerate(plan.SOURCES):
                    weight = source.late if month >= 24 and self.planted else source.early
                    volume = volumes[month][code] if self.planted else MILLE
                    weights.append(weight * plan.SOURCE_BY_SIZE.get(source.name, (MILLE,) * 4)[size] * volume)
                rows.append(thresholds(weights))
        return np.array(rows)

    def _knowledge(self, sellers: int, products: int) -> np.ndarray:
        """Each seller's knowledge of each product in thousandths on the first day: better sellers know more, few know
        the monitoring."""
        seller, product = np.divmod(np.arange(sellers * products), products)
        known = 600 + below(self.draw("knowledge", seller * 100 + product), 380)
        rank = below(self.draw("learner", seller), MILLE) + (np.array(plan.SKILL)[seller] - MILLE) * 2
        low = 150 + below(self.draw("low knowledge", seller * 100 + product), 400)
        order = np.argsort(rank[::products], kind="stable")
        unready, trained = order[:plan.UNREADY_SELLERS], order[:plan.UNREADY_SELLERS][::-1]
        self.trained: dict[int, int] = {}
        for when, count in plan.TRAINED:
            self.trained |= {int(one): (when - ZERO).days for one in trained[len(self.trained):][:count]}
        hard = (product == NOT_READY) & np.isin(seller, unready)
        simple = np.array([p.part == "ready_everywhere" for p in PRODUCTS])[product]
        return np.where(hard | simple, low, known).reshape(sellers, products)

    def _odds(self, firms, day, source, product, level, quality, fast) -> np.ndarray:
        """Odds of a win among worked leads, in units of 2^-24: the base times every effect, in whole numbers."""
        odds = np.full(len(day), plan.BASE_ODDS * _ODDS_ONE // MILLE, dtype=np.int64)
        quarter = quarter_of(day)
        effects = [self.shock[quarter]]
        if self.twin == "misspecified":
            effects.append(700 + (quarter * 5 % 12) * 55)
        if self.planted:
            effects += [
                np.array([effect for _, _, effect in plan.INDUSTRIES])[firms.industry],
                np.array([effect for _, _, effect in plan.SIZES])[firms.size],
                np.array([effect for _, _, effect in plan.COUNTRIES])[firms.country],
                np.array([*(s.odds for s in plan.SEGMENTS), MILLE])[firms.segment],
                np.array([s.odds for s in plan.SOURCES])[source],
                np.array(plan.SKILL)[self.seller_on(firms, day)],
                np.array([effect for _, effect, _, _ in plan.QUALITY])[quality],
                np.array([effect for _, _, effect in plan.DISCOUNTS])[level],
                np.where(fast & (self.twin != "unhurried"), plan.FAST_ODDS, MILLE),
                np.where((product == NOT_READY) & self.unprepared(firms, product, day), plan.UNREADY_ODDS, MILLE),
                self._in_time(firms, day, quarter, source),
            ]
        for effect in effects:
            odds = odds * effect // MILLE
        return odds

    def _worked(self, number, product, quality) -> tuple[np.ndarray, np.ndarray]:
        """Leads that a seller calls at all: weak ones are left, and two in five for the product that earns nothing.
        With those left for that reason alone."""
        left = np.array([per_mille for _, _, _, per_mille in plan.QUALITY])[quality]
        worked = self.draw("worked", number) >= left * ONE // MILLE
        unwilling = (product == UNWILLING) & (self.draw("unwilling", number) < share(400)) & self.planted
        return worked & ~unwilling, worked & unwilling

    def _sold(self, number: np.ndarray, product: np.ndarray) -> np.ndarray:
        """The product that is offered and sold, which now and then is another one than was asked for."""
        instead = np.arange(len(PRODUCTS))
        instead[list(plan.SWITCHES)] = list(plan.SWITCHES.values())
        other = (self.draw("switched", number) < share(plan.SWITCHED)) & (number != self.one_deal)
        return np.where(other, instead[product], product)

    def unprepared(self, firms: Companies, product: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Leads whose seller knows less of the product than PREPARED, and was not trained in it by the day."""
        since = np.full(len(plan.SKILL), END)
        since[list(self.trained)] = list(self.trained.values())
        seller = self.seller_on(firms, day)
        low = self.knowledge[seller, product] < PREPARED
        return low & ((product != NOT_READY) | (day < since[seller]))

    def _in_time(self, firms, day, quarter, source) -> np.ndarray:
        """What holds for a time only: pushed leads, the third year's marketing leads, the team that lost two people."""
        effect = np.full(len(day), MILLE)
        effect[_MARKETING[source] & (day >= YEAR_THREE)] = plan.YEAR_THREE_MARKETING
        pushed = _MARKETING[source] & np.isin(quarter_end_quarter()[day - START], PUSH_QUARTERS)
        effect = np.where(pushed, effect * plan.PUSH_ODDS // MILLE, effect)
        team, quarters, fall = plan.RATE_FALL
        number = [name for name, _ in plan.TEAMS].index(team)
        return np.where((firms.team == number) & np.isin(quarter, quarters), effect * fall // MILLE, effect)

    def _fate(self, number, company, place, firms, chance) -> tuple[np.ndarray, np.ndarray]:
        together = self.draw("together", number) < self._shared
        draws = np.where(together, self.draw("company fate", company), self.draw("fate", number))
        wins = draws < chance
        if self.planted:
            alone = firms.segment == plan.ONE_DEAL
            fixed = alone & self._fixed_win(number, company, place)
            chance = np.where(alone, np.where(fixed, ONE, 0), chance)
            wins = np.where(alone, fixed, wins)
        return chance, wins

    def _closes(self, number, created, source, wins, firms, place) -> np.ndarray:
        """When the lead is won or lost, in minutes."""
        entry = self.draw("lag", number) >> 22
        days = lags.table("lost")[entry]
        for code in range(len(SOURCE_NAMES)):
            chosen = wins & (source == code)
            days[chosen] = lags.table(self.lag_name(code))[entry[chosen]]
        if self.planted:
            capped = np.minimum(days, np.maximum((END - 1 - created // MINUTES) // 2, 0))
            days = np.where(wins & (firms.segment == plan.ONE_DEAL), capped, days)
        minute = below(self.draw("closing minute", number), MINUTES)
        exact = (created // MINUTES + days) * MINUTES + minute
        return np.where(wins & (firms.segment == plan.ONE_DEAL), np.maximum(created, exact - 2 * MINUTES),
                        np.maximum(created + 20, off_weekends(exact, created + MINUTES)))

    def _discount(self, firms, level) -> np.ndarray:
        """Discount in thousandths of the list price."""
        extra = np.array([*(s.discount for s in plan.SEGMENTS), 0])[firms.segment] if self.planted else 0
        return np.array([discount for discount, _, _ in plan.DISCOUNTS])[level] + extra

    def _plant_one_deal(self) -> tuple[int, np.ndarray]:
        """The lead with the one large deal, early in the third year, and the two small wins beside it.

        They are chosen among the decoy's first forty leads; -1 and none in a firm too small to hold the decoy.
        """
        segment = plan.SEGMENTS[plan.ONE_DEAL]
        blocks = [segment.block, segment.block + segment.every]
        firms = np.concatenate([block * BLOCK_COMPANIES + np.arange(segment.slots) for block in blocks])
        firms = firms[firms < self.register.size]
        if not self.planted or not len(firms):
            return -1, np.array([], dtype=np.int64)
        number = np.sort(self.register.leads_of(firms)[1])
        later = number[self._created(number) >= YEAR_THREE * MINUTES]
        large = int(later[0] if len(later) else number[-1])
        others = number[number != large]
        return large, np.concatenate([[large], others[len(others) // 4::max(1, len(others) // 3)][:2]])

    def _fixed_win(self, number, company, place) -> np.ndarray:
        """The three leads in forty that the one-deal decoy wins."""
        block = company // BLOCK_COMPANIES
        segment = plan.SEGMENTS[plan.ONE_DEAL]
        by_place = np.where(block // segment.every % 2 == 1, place == 3, (place == 0) | (place == 7))
        return np.where(block < 2 * segment.every, np.isin(number, self._decoy_wins), by_place)
