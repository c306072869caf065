"""Contacts with customers: the sellers' calls, visits and mails about a lead, and what marketing sent, showed or
received before there was one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from insights.sample.calendar import END, MINUTES, START, to_office_hours
from insights.sample.campaigns import campaign_of, other_campaign
from insights.sample.funnel import NEVER, OPPORTUNITY, WON, Funnel, first_touch
from insights.sample.leads import SOURCE_NAMES
from insights.sample.plan import MARKETING_SOURCES
from insights.sample.registers import asker_unknown, contact_ids
from insights.sample.render import empty, identifiers, stamps, words
from insights.sample.rng import below, choose, share, thresholds

KINDS = ("call", "visit", "mail", "form", "event", "ad")
CALL, VISIT, MAIL, FORM, EVENT, AD = range(len(KINDS))
ASSISTED, ASSISTED_OWN = 400, 150
"""Thousandths of marketing's leads, and of others, that another campaign had reached before."""


def touch_columns(funnel: Funnel, widths: tuple[int, int]) -> dict[str, pa.Array]:
    """Rows of touches, lead by lead: first those of campaigns (they name the person, for there is no lead yet), then
    the first call of a worked lead and up to two later contacts."""
    mine, theirs = _by_campaigns(funnel), _by_sellers(funnel)
    parts = [np.concatenate(pair) for pair in zip(mine, theirs, strict=True)]
    order = np.argsort(parts[0], kind="stable")
    row, when, kind, campaign, inbound = (part[order] for part in parts)
    leads, ours = funnel.leads, campaign >= 0
    return {
        "touched_at": stamps(to_office_hours(when)),
        "lead_id": identifiers("L", leads.number[row] + 1, widths[0], ours),
        "contact_id": contact_ids(leads.firms.number[row], np.zeros(len(row), dtype=np.int64), widths[1], ~ours),
        "company_id": empty(len(row)),
        "campaign_id": identifiers("M", campaign + 1, 3, ~ours),
        "seller_id": identifiers("S", funnel.model.seller_on(leads.firms.where(row), when // MINUTES) + 1, 2, ours),
        "channel": empty(len(row)),
        "kind": words(KINDS, kind),
        "direction": words(("outbound", "inbound"), inbound),
    }


def _by_sellers(funnel: Funnel):
    leads, draw = funnel.leads, funnel.model.draw
    open_until = np.minimum(funnel.times[WON:].min(axis=0), END * MINUTES)
    span = np.maximum(leads.closes - leads.created, 20)
    first = np.where(leads.worked, leads.created + first_touch(funnel.model, leads), NEVER)
    more = np.where(funnel.times[OPPORTUNITY] < NEVER, 2, below(draw("touches", leads.number), 3) // 2)
    touches = np.stack([first, np.where(more >= 1, first + span // 3, NEVER),
                        np.where(more >= 2, first + span // 2, NEVER)])
    seen = (touches < open_until) & leads.worked & ~leads.afterthought
    position, nth = np.nonzero(seen.T)
    number = leads.number[position]
    later = choose(draw("touch kind", number * 4 + nth), thresholds((500, 200, 300)))
    inbound = (draw("direction", number * 4 + nth) < share(150)).astype(np.int64)
    return position, touches[nth, position], np.where(nth == 0, CALL, later), np.full(len(position), -1), inbound


def _by_campaigns(funnel: Funnel):
    """Two in five of marketing's leads and some others were reached by another campaign of their market before; the
    last contact before each of marketing's own is the form or the visit to the stand that made it a lead."""
    leads, draw = funnel.leads, funnel.model.draw
    number, own = leads.number, campaign_of(leads)
    known = ~asker_unknown(funnel.model, number)
    reached = draw("assisted", number) < share(1) * np.where(own >= 0, ASSISTED, ASSISTED_OWN)
    other = other_campaign(leads, draw("assisting", number))
    before = leads.created - (2 + below(draw("assisted before", number), 60)) * MINUTES
    reached &= known & (before >= START * MINUTES)
    asked = known & (own >= 0)
    fair = np.array(SOURCE_NAMES) == MARKETING_SOURCES[2]
    shown = np.where(below(draw("assist kind", number), 2) == 0, AD, MAIL)
    rows = np.concatenate([np.flatnonzero(reached), np.flatnonzero(asked)])
    when = np.concatenate([before[reached], leads.created[asked]])
    kind = np.concatenate([shown[reached], np.where(fair[leads.source], EVENT, FORM)[asked]])
    campaign = np.concatenate([other[reached], own[asked]])
    inbound = np.concatenate([np.full(int(reached.sum()), -1), np.full(int(asked.sum()), -1)])
    return rows, when, kind, campaign, inbound
