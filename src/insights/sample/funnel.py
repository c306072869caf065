"""The stages a lead enters, and the contacts with it, with the faults of the firm's recording left in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from insights.sample.assortment import NOT_READY, POOR_QUALITY
from insights.sample.calendar import (
    END,
    MIGRATION,
    MIGRATION_WINDOW,
    MINUTES,
    QUARTER_STARTS,
    quarter_of,
    to_office_hours,
)
from insights.sample.leads import Leads, Model
from insights.sample.money import CURRENCIES, Money
from insights.sample.plan import MARKETING_SOURCES, SOURCES
from insights.sample.render import identifiers, money, stamps, words
from insights.sample.rng import below, choose, share, thresholds

STAGES = ("new", "mql", "accepted", "touched", "opportunity", "proposal", "won", "lost", "returned")
NEW, MQL, ACCEPTED, TOUCHED, OPPORTUNITY, PROPOSAL, WON, LOST, RETURNED = range(len(STAGES))
@dataclass(frozen=True)
class Blocker:
    """What a product lacks, how many thousandths of those who did not buy say so, and the item that brings it."""

    item: str
    product: int
    share: int
    polish: str
    english: str


BLOCKERS = (
    Blocker("R1", 1, 120, "za mała wydajność pompy", "flow too low"),
    Blocker("R2", 7, 100, "brak sterownika w ofercie", "no controller offered"),
    Blocker("R4", NOT_READY, 80, "brak alarmów w telefonie", "no alarms on the phone"),
    Blocker("R5", 11, 150, "brak wersji naściennej", "no wall mounted version"),
)
_CODES = {"price": "price", "competitor": "competition", "postponed": "timing", "no budget": None, "no answer": None,
          "technical fit": "fit", "lead time": None}
_RETURNS = ("no need", "wrong contact", "too small", "outside territory")
REASON_CLASS = {
    **_CODES,
    "handlowiec nie znał produktu": "readiness", "technical questions not answered": "readiness",
    "zła opinia o jakości": "quality", "bad experience with quality": "quality",
    **{reason: "fit" for blocker in BLOCKERS for reason in (blocker.polish, blocker.english)},
}
"""What each reason of a loss says, None where it says nothing that one of six classes holds."""
REASONS = (*_CODES, *_RETURNS, *list(REASON_CLASS)[len(_CODES):])
_AT_UNKNOWING, _AT_QUALITY, _AT_BLOCKERS = (len(_CODES) + len(_RETURNS) + k for k in (0, 2, 4))
UNSAID, UNKNOWING, QUALITY_SAID = 220, 300, 60
"""Thousandths of the losses without a reason; of those with an unprepared seller that say so; of those of the product
of poor quality that blame it."""
_LOST_REASONS = (260, 180, 150, 120, 120, 90, 80)
_RETURN_REASONS = (400, 300, 200, 100)
RETURNED_SHARE, NEVER_CLOSED, BULK_CLOSED = 80, 300, 250
"""Thousandths of the leads not won that go back to marketing; of the others: never closed, closed in bulk."""
NEVER = END * MINUTES * 2


class Funnel:
    """When each stage of a batch of leads is entered; `NEVER` where it is not."""

    def __init__(self, model: Model, leads: Leads) -> None:
        self.model, self.leads = model, leads
        self.times = self._times()

    def _times(self) -> np.ndarray:
        leads, draw = self.leads, self.model.draw
        number, created, closes = leads.number, leads.created, leads.closes
        times = np.full((len(STAGES), len(number)), NEVER, dtype=np.int64)
        times[NEW] = created
        span = np.maximum(closes - created, 20)
        touch, handed_over = first_touch(self.model, leads), _is_marketing(leads)
        times[MQL] = np.where(handed_over, created + touch // 3, NEVER)
        times[ACCEPTED] = np.where(handed_over, created + touch * 2 // 3, NEVER)
        times[TOUCHED] = np.where(leads.worked, created + touch, NEVER)
        depth = choose(draw("depth", number), thresholds((620, 230, 150)))
        depth = np.where(leads.wins, 2, np.where(leads.worked, depth, 0))
        times[OPPORTUNITY] = np.where(depth >= 1, created + touch + (span - touch) * 35 // 100, NEVER)
        times[PROPOSAL] = np.where(depth >= 2, created + touch + (span - touch) * 60 // 100, NEVER)
        times[WON] = np.where(leads.wins, closes, NEVER)
        self._end_unwon(times, created + touch, closes)
        times[1:WON, leads.afterthought] = NEVER
        self._migrate(times)
        times[times >= END * MINUTES] = NEVER
        return times

    def _end_unwon(self, times: np.ndarray, touched: np.ndarray, closes: np.ndarray) -> None:
        """Losses, a quarter of them closed in bulk on the quarter's last day, and returns to marketing."""
        number, draw = self.leads.number, self.model.draw
        unwon = ~self.leads.wins
        back = unwon & (draw("returned", number) < share(RETURNED_SHARE))
        times[RETURNED] = np.where(back, touched + MINUTES + below(draw("return", number), 20 * MINUTES), NEVER)
        times[TOUCHED:PROPOSAL + 1, back] = NEVER
        ways = thresholds((NEVER_CLOSED, BULK_CLOSED, 1000 - NEVER_CLOSED - BULK_CLOSED))
        closing = choose(draw("closing", number), ways)
        last_day = np.array(QUARTER_STARTS)[quarter_of(closes // MINUTES) + 1] - 1
        bulk = last_day * MINUTES + 1_200 + number % 200
        when = np.where(closing == 1, np.maximum(bulk, closes), np.where(closing == 2, closes, NEVER))
        times[LOST] = np.where(unwon & ~back, when, NEVER)

    def _migrate(self, times: np.ndarray) -> None:
        """The day the firm changed its CRM: open leads' last stages all got that day's stamp."""
        start, day = (MIGRATION - MIGRATION_WINDOW) * MINUTES, MIGRATION * MINUTES
        old = (times[NEW] < day) & (times[WON:].min(axis=0) >= day + MINUTES)
        for stage in range(MQL, WON):
            moved = (times[stage] >= start) & (times[stage] < day + MINUTES) & old
            times[stage, moved] = day + 300 + stage

    def stage_columns(self, width: int, values: Money) -> dict[str, pa.Array]:
        """Rows of lead_stages, by lead and then by stage."""
        entered = (self.times < NEVER).T
        position, stage = np.nonzero(entered)
        leads = self.leads
        number, when = leads.number[position], self.times[stage, position]
        lost, back = stage == LOST, stage == RETURNED
        reason = np.where(lost, self._lost_reasons()[position], -1)
        returned = len(_LOST_REASONS) + choose(self.model.draw("return reason", number), thresholds(_RETURN_REASONS))
        reason = np.where(back, returned, reason)
        unsaid = lost & (self.model.draw("reason said", number) < share(UNSAID))
        priced = (stage == OPPORTUNITY) | (stage == PROPOSAL) | (stage == WON)
        deal = values.deal(leads)
        amount = np.where(stage == OPPORTUNITY, deal.list_revenue[position], deal.revenue[position])
        return {
            "lead_id": identifiers("L", number + 1, width),
            "stage": words(STAGES, stage),
            "entered_at": stamps(to_office_hours(when)),
            "reason": words(REASONS, reason, unsaid),
            "amount": money(amount, ~priced),
            "currency": words(CURRENCIES, np.where(priced, deal.currency[position], -1)),
        }

    def blocked(self) -> np.ndarray:
        """The roadmap item (a position in BLOCKERS) that would have removed the stated reason of each lost lead, or
        -1."""
        said = self.model.draw("reason said", self.leads.number) >= share(UNSAID)
        return np.where((self.times[LOST] < NEVER) & said, self._blocker(), -1)

    def _blocker(self) -> np.ndarray:
        stated = self.model.draw("stated blocker", self.leads.number)
        found = np.full(len(stated), -1)
        for number, blocker in enumerate(BLOCKERS):
            found[(self.leads.product == blocker.product) & (stated < share(blocker.share))] = number
        return found

    def _lost_reasons(self) -> np.ndarray:
        """Positions in REASONS: one of the list; or, in words of the customer's language, what the firm could not
        offer, what the seller did not know, or what is said about the quality."""
        leads, draw = self.leads, self.model.draw
        reason = choose(draw("lost reason", leads.number), thresholds(_LOST_REASONS))
        foreign = (leads.firms.country != 0).astype(np.int64)
        unknowing = self.model.unprepared(leads.firms, leads.product, leads.created // MINUTES)
        unknowing &= leads.product == NOT_READY
        words_for = draw("in words", leads.number)
        reason = np.where(unknowing & (words_for < share(UNKNOWING)), _AT_UNKNOWING + foreign, reason)
        poor = (leads.product == POOR_QUALITY) & (words_for < share(QUALITY_SAID))
        reason = np.where(poor, _AT_QUALITY + foreign, reason)
        blocker = self._blocker()
        return np.where(blocker >= 0, _AT_BLOCKERS + 2 * blocker + foreign, reason)


def first_touch(model: Model, leads: Leads) -> np.ndarray:
    """Minutes from creation to the first contact, if there is one."""
    span = np.maximum(leads.closes - leads.created, 20)
    slow = 2 * MINUTES + below(model.draw("slow touch", leads.number), 9 * MINUTES)
    quick = 30 + below(model.draw("quick touch", leads.number), 1_300)
    return np.minimum(np.where(leads.fast, quick, slow), span * 3 // 10)


def _is_marketing(leads: Leads) -> np.ndarray:
    return np.array([source.name in MARKETING_SOURCES for source in SOURCES])[leads.source]
