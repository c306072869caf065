"""The stages a lead enters, and the contacts with it, with the faults of the firm's recording left in."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

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
from insights.sample.render import empty, identifiers, money, stamps, words
from insights.sample.rng import below, choose, share, thresholds

STAGES = ("new", "mql", "accepted", "touched", "opportunity", "proposal", "won", "lost", "returned")
NEW, MQL, ACCEPTED, TOUCHED, OPPORTUNITY, PROPOSAL, WON, LOST, RETURNED = range(len(STAGES))
REASONS = ("price", "competitor", "postponed", "no budget", "no answer", "technical fit", "lead time", "no need",
           "wrong contact", "too small", "outside territory")
_LOST_REASONS = (260, 180, 150, 120, 120, 90, 80)
_RETURN_REASONS = (400, 300, 200, 100)
RETURNED_SHARE, NEVER_CLOSED, BULK_CLOSED = 80, 300, 250
"""Thousandths of the leads not won that go back to marketing; of the others: never closed, closed in bulk."""
_NEVER = END * MINUTES * 2


class Funnel:
    """When each stage of a batch of leads is entered; `_NEVER` where it is not."""

    def __init__(self, model: Model, leads: Leads) -> None:
        self._model, self.leads = model, leads
        self.times = self._times()

    def _times(self) -> np.ndarray:
        leads, draw = self.leads, self._model.draw
        number, created, closes = leads.number, leads.created, leads.closes
        times = np.full((len(STAGES), len(number)), _NEVER, dtype=np.int64)
        times[NEW] = created
        span = np.maximum(closes - created, 20)
        slow = 2 * MINUTES + below(draw("slow touch", number), 9 * MINUTES)
        quick = 30 + below(draw("quick touch", number), 1_300)
        touch = np.minimum(np.where(leads.fast, quick, slow), span * 3 // 10)
        times[ACCEPTED] = created + touch * 2 // 3
        times[MQL] = np.where(_is_marketing(leads), created + touch // 3, _NEVER)
        times[TOUCHED] = np.where(leads.worked, created + touch, _NEVER)
        depth = choose(draw("depth", number), thresholds((620, 230, 150)))
        depth = np.where(leads.wins, 2, np.where(leads.worked, depth, 0))
        times[OPPORTUNITY] = np.where(depth >= 1, created + touch + (span - touch) * 35 // 100, _NEVER)
        times[PROPOSAL] = np.where(depth >= 2, created + touch + (span - touch) * 60 // 100, _NEVER)
        times[WON] = np.where(leads.wins, closes, _NEVER)
        self._end_unwon(times, created + touch, closes)
        times[1:WON, leads.afterthought] = _NEVER
        self._migrate(times)
        times[times >= END * MINUTES] = _NEVER
        return times

    def _end_unwon(self, times: np.ndarray, touched: np.ndarray, closes: np.ndarray) -> None:
        """Losses, a quarter of them closed in bulk on the quarter's last day, and returns to marketing."""
        number, draw = self.leads.number, self._model.draw
        unwon = ~self.leads.wins
        back = unwon & (draw("returned", number) < share(RETURNED_SHARE))
        times[RETURNED] = np.where(back, touched + MINUTES + below(draw("return", number), 20 * MINUTES), _NEVER)
        times[TOUCHED:PROPOSAL + 1, back] = _NEVER
        ways = thresholds((NEVER_CLOSED, BULK_CLOSED, 1000 - NEVER_CLOSED - BULK_CLOSED))
        closing = choose(draw("closing", number), ways)
        last_day = np.array(QUARTER_STARTS)[quarter_of(closes // MINUTES) + 1] - 1
        bulk = last_day * MINUTES + 1_200 + number % 200
        when = np.where(closing == 1, np.maximum(bulk, closes), np.where(closing == 2, closes, _NEVER))
        times[LOST] = np.where(unwon & ~back, when, _NEVER)

    def _migrate(self, times: np.ndarray) -> None:
        """The day the firm changed its CRM: open leads' last stages all got that day's stamp."""
        start, day = (MIGRATION - MIGRATION_WINDOW) * MINUTES, MIGRATION * MINUTES
        old = (times[NEW] < day) & (times[WON:].min(axis=0) >= day + MINUTES)
        for stage in range(MQL, WON):
            moved = (times[stage] >= start) & (times[stage] < day + MINUTES) & old
            times[stage, moved] = day + 300 + stage

    def stage_columns(self, width: int, values: Money) -> dict[str, pa.Array]:
        """Rows of lead_stages, by lead and then by stage."""
        entered = (self.times < _NEVER).T
        position, stage = np.nonzero(entered)
        leads = self.leads
        number, when = leads.number[position], self.times[stage, position]
        lost, back = stage == LOST, stage == RETURNED
        reason = np.where(lost, choose(self._model.draw("lost reason", number), thresholds(_LOST_REASONS)), -1)
        returned = len(_LOST_REASONS) + choose(self._model.draw("return reason", number), thresholds(_RETURN_REASONS))
        reason = np.where(back, returned, reason)
        unsaid = lost & (self._model.draw("reason said", number) < share(220))
        priced = (stage == PROPOSAL) | (stage == WON)
        deal = values.deal(leads)
        amount = np.where(stage == WON, deal.revenue[position], deal.list_revenue[position])
        return {
            "lead_id": identifiers("L", number + 1, width),
            "stage": words(STAGES, stage),
            "entered_at": stamps(to_office_hours(when)),
            "reason": words(REASONS, reason, unsaid),
            "amount": money(amount, ~priced),
            "currency": words(CURRENCIES, np.where(priced, deal.currency[position], -1)),
        }

    def touch_columns(self, width: int) -> dict[str, pa.Array]:
        """Rows of touches: the first call of a worked lead, and up to two later ones."""
        leads, draw = self.leads, self._model.draw
        open_until = np.minimum(self.times[WON:].min(axis=0), END * MINUTES)
        span = np.maximum(leads.closes - leads.created, 20)
        first = np.where(leads.worked, leads.created + np.minimum(
            np.where(leads.fast, 30 + below(draw("quick touch", leads.number), 1_300),
                     2 * MINUTES + below(draw("slow touch", leads.number), 9 * MINUTES)), span * 3 // 10), _NEVER)
        more = np.where(self.times[OPPORTUNITY] < _NEVER, 2, below(draw("touches", leads.number), 3) // 2)
        touches = np.stack([first, np.where(more >= 1, first + span // 3, _NEVER),
                            np.where(more >= 2, first + span // 2, _NEVER)])
        seen = (touches < open_until) & leads.worked & ~leads.afterthought
        position, nth = np.nonzero(seen.T)
        number = leads.number[position]
        later = choose(draw("touch kind", number * 4 + nth), thresholds((500, 200, 300)))
        inbound = draw("direction", number * 4 + nth) < share(150)
        return {
            "touched_at": stamps(to_office_hours(touches[nth, position])),
            "lead_id": identifiers("L", number + 1, width),
            "company_id": empty(len(number)),
            "campaign_id": empty(len(number)),
            "seller_id": identifiers("S", leads.firms.seller[position] + 1, 2),
            "channel": empty(len(number)),
            "kind": words(("call", "visit", "mail"), np.where(nth == 0, 0, later)),
            "direction": words(("outbound", "inbound"), inbound.astype(np.int64)),
        }


def _is_marketing(leads: Leads) -> np.ndarray:
    return np.array([source.name in MARKETING_SOURCES for source in SOURCES])[leads.source]
