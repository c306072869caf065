"""What customers order after their first purchase, each by a rhythm of its own, and what becomes of them.

Of a hundred customers fifteen or sixteen call off from a contract, eleven buy in a season, thirty-five once, the others
irregularly. Some leave for good, some stay away for a year or so and come back unasked. Twice, the firm looks for
lapsed customers and addresses those of high past value: most would have come back anyway. Some companies were customers
before the data begin. The hidden future after the last day is drawn too, so that forecasts can be judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.sample.assortment import POOR_QUALITY, PRODUCTS
from insights.sample.calendar import END, MINUTES, START, ZERO, off_weekends
from insights.sample.companies import Companies, Register, is_double
from insights.sample.leads import Model
from insights.sample.lognormal import LOGNORMAL
from insights.sample.money import PRICES
from insights.sample.plan import DISCOUNTS
from insights.sample.rng import below, choose, share, thresholds

CONTRACT, SEASON, ONCE, IRREGULAR = range(4)
RHYTHM_NAMES = ("contract", "seasonal", "one_time", "irregular")
RHYTHMS, RHYTHMS_OLD = (106, 79, 540, 275), (215, 175, 0, 610)
"""Frequencies among new and old customers: of all that order in the three years 15.5% call off from a contract, 11%
buy in a season, 35% once, 39% irregularly."""
GONE, RETURNING = 82, 195
"""Thousandths of the customers that are marked to leave for good, or to stay away for a time, unless a win-back wave
decides otherwise; set so that 8% of all customers are gone on the last day and 6% have come back."""
OLD_CUSTOMERS = 43
"""Thousandths of the companies that bought before the data begin."""
ACCOUNT_EVERY, ACCOUNT_VOLUME, ACCOUNT_OFFSET = 650, 20, 17
"""One company in 650 is a key account whose orders are so many times larger."""
QUALITY_LOSS = 350
WAVES = tuple((date(year, 9, 15) - ZERO).days * MINUTES for year in (2024, 2025))
"""When lapsed customers are sought, in minutes."""
SPONTANEOUS, UPLIFT = (120, 240), 30
"""Thousandths of the lapsed customers that come back within a year unasked, of low and of high past value, and what
being addressed adds."""
WORTH = 100_000
"""PLN of past orders at list prices from which a customer's past value is high."""
SILENCE = 180
"""Days of silence, and twice the usual gap, before a customer is lapsed."""
MOST = 56
FUTURE = (END + 365) * MINUTES
NEVER = FUTURE * 2
_CONSUMED = [0 if p.leads == 0 else 6 if p.family in ("parts", "valves", "service") else 2 for p in PRODUCTS]
"""How often each product is bought again, relatively."""
_LOGNORMAL = np.array(LOGNORMAL)


@dataclass(frozen=True)
class Customers:
    """Companies that may order again: since when (minutes; for old customers before the data), what they bought first,
    what that was worth (PLN at list prices), and how many of their leads are won in the three years."""

    firms: Companies
    since: np.ndarray
    product: np.ndarray
    worth: np.ndarray
    wins: np.ndarray

    @property
    def begun(self) -> np.ndarray:
        """Whose first purchase lies within the three years."""
        return self.since >= START * MINUTES


@dataclass(frozen=True)
class Lives:
    """Later orders, one row a customer and one column an order (`times` is NEVER where there is none, `missed` where
    poor quality kept it away), and each customer's fate; win-back waves are columns of `lapsed`, `addressed`, `back`
    (came back within a year) and `hope` (thousandths, the chance of that if not addressed)."""

    rhythm: np.ndarray
    times: np.ndarray
    missed: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    discount: np.ndarray
    returns: np.ndarray
    gone: np.ndarray
    returned: np.ndarray
    lapsed: np.ndarray
    addressed: np.ndarray
    back: np.ndarray
    hope: np.ndarray


def is_old(law: Model | Register, company: np.ndarray) -> np.ndarray:
    """Companies that bought before the data begin; every key account did, and every firm that is entered twice."""
    twice = is_double(company) | is_double(company + 1)
    return (law.draw("old", company) < share(OLD_CUSTOMERS)) | is_account(company) | twice


def is_account(company: np.ndarray) -> np.ndarray:
    """The key accounts."""
    return company % ACCOUNT_EVERY == ACCOUNT_OFFSET


class Base:
    """The law of the customers of a firm."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def lives(self, customers: Customers) -> Lives:
        """What becomes of these customers."""
        company, draw = customers.firms.number, self._model.draw
        rhythm = self._rhythm(company)
        basket = self._baskets(customers, rhythm)
        return Lives(rhythm, **basket, **self._fates(customers, rhythm, basket, draw))

    def _rhythm(self, company: np.ndarray) -> np.ndarray:
        draws = self._model.draw("rhythm", company)
        old = is_old(self._model, company)
        rhythm = np.where(old, choose(draws, thresholds(RHYTHMS_OLD)), choose(draws, thresholds(RHYTHMS)))
        return np.where(is_account(company), CONTRACT, rhythm)

    def _baskets(self, customers: Customers, rhythm: np.ndarray) -> dict[str, np.ndarray]:
        """What each later order would hold, whether or not it comes."""
        company, draw = customers.firms.number[:, None], self._model.draw
        rows = company * 64 + np.arange(MOST)
        same = (draw("same product", rows) < share(400)) | (rhythm == CONTRACT)[:, None]
        other = choose(draw("product again", rows), thresholds(_CONSUMED))
        product = np.where(same, customers.product[:, None], other)
        volume = np.where(is_account(company), ACCOUNT_VOLUME * 250, 250)
        units = np.array([p.quantity for p in PRODUCTS])[product] * _LOGNORMAL[draw("value again", rows) >> 22] * volume
        quantity = np.maximum(1, (units + 500_000) // 1_000_000)
        returns = (draw("sent back", rows) < share(12)) & (np.arange(MOST) > 0)
        quantity = np.where(returns, -np.maximum(1, quantity // 4), quantity)
        level = choose(draw("discount again", rows), thresholds([weight for _, weight, _ in DISCOUNTS]))
        discount = np.array([cut for cut, _, _ in DISCOUNTS])[level]
        poor = (customers.product == POOR_QUALITY) & self._model.planted
        missed = poor[:, None] & (draw("quality loss", rows) < share(QUALITY_LOSS))
        return {"product": product, "quantity": quantity, "discount": discount, "returns": returns, "missed": missed}

    def _fates(self, customers: Customers, rhythm, basket, draw) -> dict[str, np.ndarray]:
        """When each customer orders again, step by step, with the win-back waves in between."""
        company, first, end = customers.firms.number, START * MINUTES, END * MINUTES
        pace = 30 + below(draw("pace", company), 4) * 20
        usual = 70 + below(draw("usual gap", company), 150)
        own = np.select([rhythm == CONTRACT, rhythm == SEASON, rhythm == IRREGULAR], [pace, 340, usual], END)
        span = np.maximum(end - np.maximum(customers.since, first), 0)
        leaves = (draw("gone", company) < share(GONE)) & ~is_account(company)
        last = np.where(leaves, end - span + below(draw("gone at", company), span), NEVER)
        away = (draw("away", company) < share(RETURNING)) & ~is_account(company) & (rhythm != ONCE)
        worth = basket["quantity"] * PRICES[basket["product"]]
        rows = len(company)
        times = np.full((rows, MOST), NEVER, dtype=np.int64)
        # Who buys anew through a lead has not lapsed.
        buys_anew = customers.wins > customers.begun
        waves = _Waves(self._model, company, 2 * np.maximum(own, SILENCE // 2) * MINUTES, ~buys_anew)
        seen = np.where(customers.since >= first, 1, 0)
        seen_last, value = customers.since.copy(), customers.worth.copy()
        now, ended, returned = customers.since.copy(), np.full(rows, NEVER), np.zeros(rows, dtype=bool)
        for nth in range(MOST):
            key = company * 64 + nth
            gap = np.select(
                [rhythm == CONTRACT, rhythm == SEASON, rhythm == IRREGULAR],
                [pace * MINUTES + below(draw("jitter", key), 10 * MINUTES),
                 (340 if nth % 2 else 15) * MINUTES + below(draw("jitter", key), 20 * MINUTES),
                 usual * MINUTES * _LOGNORMAL[draw("gap", key) >> 22] // 1000],
                NEVER)
            absent = away & (nth == 2)
            absence = 300 * MINUTES + below(draw("absence", key), 200 * MINUTES)
            after = np.minimum(now + gap + np.where(absent, absence, 0), NEVER)
            after = np.where(after < last, after, NEVER)
            after, ripe, back = waves.decide(now, after, seen, seen_last, value)
            last = np.where(ripe, NEVER, last)
            _order_for_sure(basket, nth, ripe & back)
            ended = np.where((after >= NEVER) & (now < NEVER), np.minimum(ended, now), ended)
            when = np.where(after < NEVER, off_weekends(after, customers.since), NEVER)
            times[:, nth] = when
            comes = (when < NEVER) & ~basket["missed"][:, nth]
            shown = comes & (when >= first)
            returned |= shown & (when < end) & np.where(ripe, back, absent)
            seen, seen_last = seen + shown, np.where(comes, when, seen_last)
            value, now = value + np.where(shown, worth[:, nth], 0), after
        return {"times": times, "gone": (rhythm != ONCE) & (ended < end), "returned": returned, **waves.outcome()}


def _order_for_sure(basket: dict[str, np.ndarray], nth: int, who: np.ndarray) -> None:
    """Who comes back comes with an order: neither kept away by poor quality nor something sent back."""
    sent_back = who & basket["returns"][:, nth]
    basket["missed"][who, nth] = False
    basket["quantity"][sent_back, nth] *= -4
    basket["returns"][sent_back, nth] = False


class _Waves:
    """The two searches for lapsed customers: whom they find, address and win back."""

    def __init__(self, model: Model, company: np.ndarray, limit: np.ndarray, may: np.ndarray) -> None:
        self._model, self._company, self._limit, self._may = model, company, limit, may
        shape = len(company), len(WAVES)
        self._lapsed, self._addressed, self._back = (np.zeros(shape, dtype=bool) for _ in range(3))
        self._hope = np.zeros(shape, dtype=np.int64)

    def decide(self, now, after, seen, seen_last, value):
        """The next order's time, with who was found lapsed before it and who of those comes back."""
        found, returning = np.zeros(len(now), dtype=bool), np.zeros(len(now), dtype=bool)
        draw, company = self._model.draw, self._company
        for number, wave in enumerate(WAVES):
            ripe = self._may & (now < wave) & (after >= wave) & (seen >= 2) & (wave - seen_last > self._limit)
            high = value >= WORTH
            coin = draw(f"addressed {number}", company) < share(500)
            addressed = ripe & (coin if self._model.twin == "randomised" else high)
            hope = np.where(high, SPONTANEOUS[1], SPONTANEOUS[0]) if self._model.planted else np.full(
                len(now), sum(SPONTANEOUS) // 2)
            chance = hope + np.where(addressed & self._model.planted, UPLIFT, 0)
            back = ripe & (draw(f"win-back {number}", company) < share(1) * chance)
            returns = wave + 10 * MINUTES + below(draw(f"back on {number}", company), 330 * MINUTES)
            after = np.where(ripe, np.where(back, returns, NEVER), after)
            self._lapsed[:, number] |= ripe
            self._addressed[:, number] |= addressed
            self._back[:, number] |= back
            self._hope[:, number] = np.where(ripe, hope, self._hope[:, number])
            found, returning = found | ripe, np.where(ripe, back, returning)
        return after, found, returning

    def outcome(self) -> dict[str, np.ndarray]:
        """The columns of Lives about the waves."""
        return {"lapsed": self._lapsed, "addressed": self._addressed, "back": self._back, "hope": self._hope}
