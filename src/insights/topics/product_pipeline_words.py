"""Names and phrases that the product pipeline's findings share."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING

from insights.language import Day, Money, Text
from insights.metrics import launches
from insights.models.texts import folded
from insights.period import add_months

if TYPE_CHECKING:
    from insights.firm import Firm

TOPIC = "product_pipeline"
_ = Text

COUNTED = _("Counted, not estimated.")
CAUTION = _("A loss story is not a loss cause: what customers or sellers write down as the reason need not be it.")


def customers(n: int) -> Text:
    """So many customers."""
    return _("{n} customer", plural="{n} customers", n=n)


def items(n: int) -> Text:
    """So many items of the roadmap."""
    return _("{n} item", plural="{n} items", n=n)


def entries(n: int) -> Text:
    """So many entries of feedback."""
    return _("{n} entry", plural="{n} entries", n=n)


def behind(firm: Firm, asked: int, sales: float) -> Text:
    """What stands behind a matter: so many customers and what they bought lately."""
    return _("Behind it: {customers} with sales of {revenue} in the last twelve months.", customers=customers(asked),
             revenue=Money(sales, firm.currency))


def slug(text: str) -> str:
    """A text as a part of a finding's id: the same in every run, whatever the text holds."""
    plain = re.sub(r"[^a-z0-9]+", "_", folded(text)).strip("_")[:40]
    return plain or hashlib.sha256(text.encode()).hexdigest()[:8]


def before(firm: Firm, day: dt.date, days: int) -> Day:
    """A deadline so many days before a day, but not sooner than two weeks from the as-of date."""
    return Day(max(day - dt.timedelta(days=days), firm.as_of + dt.timedelta(days=14)))


def deadline(firm: Firm, months: int = 3) -> Day:
    """The end of the month that lies so many months ahead."""
    return Day(add_months(firm.as_of.replace(day=1), months + 1) - dt.timedelta(days=1))


def deal_size(firm: Firm) -> float:
    """Mean revenue of a won lead, or of an order where there are no leads: the scale of what hangs on a sale."""
    if not firm.has("orders") and not firm.has("leads", "lead_stages"):
        return 1.0
    return firm.row(launches.deal_size(leads=firm.has("leads", "lead_stages")))["size"] or 1.0
