"""What a proposed strategy would be worth against the agreed one, as far as records of leads can tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.evidence import Interval
from insights.language import Count, Money, MoneyRange, Share, Text
from insights.metrics import fit as fit_metrics
from insights.metrics import segments as segment_metrics
from insights.models.fit import Fit, TwoFits, compared
from insights.period import add_months
from insights.topics.measures import Measure, measure

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.strategy import Strategy

AS_GOOD, MOVED = 0.6, 0.1
_COVERED = 0.95
_ = Text
_DIMENSIONS = {"industry": "industries", "size": "sizes", "country": "countries"}


@dataclass(frozen=True)
class Price:
    """The proposed key customer against the agreed one and against all leads, on all records and (against all leads) on
    the latest twelve months of them; `worth` is money a year where MOVED of all leads were replaced by leads of the
    proposed kind; `unpriced` are the other changed clauses."""

    measure: Measure
    agreed: TwoFits
    everyone: TwoFits
    last_year: TwoFits
    worth: Interval | None
    unpriced: tuple[str, ...]


def price(firm: Firm, agreed: Strategy | None, proposed: Strategy) -> Price | None:
    """Set the two key customers against each other; None where no lead has closed yet."""
    if not firm.has("leads", "lead_stages"):
        return None
    totals = firm.row(segment_metrics.totals(firm.period.start, firm.period.end))
    if not totals["won"]:
        return None
    days = firm.query(segment_metrics.horizon())["days"][0].as_py() or 0
    covered = totals["revenue"] and float(totals["costed_revenue"]) >= _COVERED * float(totals["revenue"])
    key = ("margin_per_lead" if covered else "revenue_per_lead") if days else "revenue_per_closed"
    kind = measure(key, days=days, currency=firm.currency, opportunities=False)
    groups = _groups(agreed), _groups(proposed)
    year = add_months(firm.as_of + dt.timedelta(days=1), -12) - dt.timedelta(days=days)
    asked = ((groups[0], None), ({}, None), ({}, year))
    found = [compared(firm.row(fit_metrics.two_fits(one, groups[1], key, days=max(days, 1), as_of=firm.as_of,
                                                    start=start))) for one, start in asked]
    return Price(kind, *found, _worth(found[1]), _unpriced(agreed, proposed))


def sentences(found: Price, firm: Firm) -> list[Text]:
    """The price in words, its assumptions with it."""
    said = [_side(_("Agreed"), found.agreed.one, found), _side(_("Proposed"), found.agreed.other, found),
            _side(_("All leads"), found.everyone.one, found)]
    said += [_difference(name, two, found) for name, two in (
        (_("Proposed against agreed"), found.agreed), (_("Proposed against all leads"), found.everyone),
        (_("The same on the latest twelve months of leads that are old enough"), found.last_year))]
    if found.worth is not None:
        said.append(_("Expected: {value} a year ({range}), if {moved} of last year's {leads} leads were of the "
                      "proposed kind instead, with the same seller time, and were {share} as good as those on record.",
                      leads=Count(found.everyone.one.leads), moved=Share(MOVED, 0), share=Share(AS_GOOD),
                      value=Money(found.worth.value, firm.currency),
                      range=MoneyRange(found.worth.low, found.worth.high, firm.currency)))
    said.append(_("A proposal drawn from the same records looks better on them than it will prove: judge it on the "
                  "leads of the next two quarters."))
    if found.unpriced:
        said.append(_("Not in this price, because no lead tells it: {clauses}.", clauses="; ".join(found.unpriced)))
    return said


def _groups(strategy: Strategy | None) -> dict[str, tuple[str, ...]]:
    return {dimension: getattr(strategy.key_customer, key) if strategy else ()
            for dimension, key in _DIMENSIONS.items()}


def _worth(found: TwoFits) -> Interval | None:
    """The difference per lead for MOVED of a year's leads, new ones AS_GOOD as those on record."""
    if found.difference is None:
        return None
    leads = found.one.leads * MOVED * AS_GOOD
    d = found.difference
    return Interval(leads * d.value, leads * d.low, leads * d.high)


def _unpriced(agreed: Strategy | None, proposed: Strategy) -> tuple[str, ...]:
    before = {c.id for c in agreed.clauses} if agreed else set()
    after = {c.id for c in proposed.clauses}
    priced = tuple(f"key_customer.{key}=" for key in _DIMENSIONS.values())
    changed = [f"+ {c}" for c in sorted(after - before)] + [f"− {c}" for c in sorted(before - after)]
    return tuple(c for c in changed if not c[2:].startswith(priced))


def _side(name: Text, side: Fit, found: Price) -> Text:
    values = {"name": name, "n": Count(side.n), "leads": Count(side.leads), "paying": Count(side.paying)}
    if side.value.value is None:
        return _("{name}: too few to say ({n} leads old enough, {paying} companies that bought; {leads} leads in the "
                 "last twelve months).", **values)
    return _("{name}: {measure} {value} ({range}; {n} leads on record, {leads} in the last twelve months).",
             measure=found.measure.name, value=found.measure.value(side.value.value),
             range=found.measure.range(side.value), **values)


def _difference(name: Text, two: TwoFits, found: Price) -> Text:
    d = two.difference
    if d is None:
        return _("{name}: too few to compare.", name=name)
    values = {"name": name, "value": found.measure.value(d.value), "range": found.measure.range(d)}
    if d.low > 0:
        return _("{name}: {value} more per lead ({range}), more than chance would make.", **values)
    if d.high < 0:
        return _("{name}: {value} per lead ({range}), less than chance would make.", **values)
    return _("{name}: {value} per lead ({range}), which may be chance.", **values)
