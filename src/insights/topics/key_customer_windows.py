"""Which leads a profile is found on, and which later ones it is judged on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insights.metrics import segments as segment_metrics
from insights.models.leaves import Leaves, Vocabulary
from insights.models.segments import Cells

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile
    from insights.topics.measures import Measure

YEAR = dt.timedelta(days=365)
LEAST_EARLIER = dt.timedelta(days=180)
LEAST_CASES = 200
PREFERRED = ("margin_per_lead", "revenue_per_lead", "revenue_per_closed", "conversion", "win_rate")
LAGGED = ("margin_per_lead", "revenue_per_lead", "conversion")


@dataclass(frozen=True)
class Windows:
    """Leads created in [first, split) are searched, those in [split, end) are held back; later ones are too young to
    be judged by the measure. `kind` is that measure: money where every dimension has it."""

    kind: Measure
    days: int
    first: dt.date
    split: dt.date
    end: dt.date
    home: str | None
    across: dt.date | None = None
    _counted: dict[tuple, Cells] = field(default_factory=dict, repr=False, compare=False)

    @property
    def lag(self) -> dt.timedelta:
        """How old a lead must be to be judged."""
        return dt.timedelta(days=self.days if self.kind.key in LAGGED else 0)


def windows(profile: Profile) -> Windows | None:
    """The two windows; None where there are too few leads, or too short a time, to search and judge apart."""
    kind = _kind(profile)
    first = profile.totals.get("first_day")
    if kind is None or first is None:
        return None
    lag = dt.timedelta(days=profile.days if kind.key in LAGGED else 0)
    end = profile.firm.as_of - lag + dt.timedelta(days=1)
    split = end - YEAR if end - YEAR - first >= LEAST_EARLIER else first + (end - first) * 3 / 5
    if profile.cells["all"].columns(kind.key)["n"].sum() < LEAST_CASES or end - first < LEAST_EARLIER:
        return None
    home = profile.firm.row(segment_metrics.home_country()) if any(profile.cells["all"].values("country")) else {}
    return Windows(kind, profile.days, first, split, end, home.get("country") if home.get("regions", 0) > 1 else None,
                   next((p.values["day"].day for p in profile.firm.problems if p.rule == "stages_in_bulk"), None))


def _kind(profile: Profile) -> Measure | None:
    shown = [{m.key: m for m in d.measures} for d in profile.dimensions.values() if len(d.groups) > 1]
    for key in PREFERRED:
        if shown and all(key in measures for measures in shown):
            return shown[0][key]
    return None


def cells(profile: Profile, found: Windows, start: dt.date, end: dt.date, *, region: bool = False) -> Cells:
    """The cells of the leads created in [start, end) with the measure, counted once however many ask."""
    asked = (start, end, region)
    if asked not in found._counted:
        query = segment_metrics.cells(
            (found.kind.key,), days=max(found.days, 1), as_of=profile.firm.as_of, start=start, end=end,
            home=found.home if region else None, across=found.across)
        found._counted[asked] = Cells(profile.firm.query(query), (found.kind.key,))
    return found._counted[asked]


def leaves(profile: Profile, found: Windows, start: dt.date, end: dt.date, vocabulary: Vocabulary | None = None, *,
           region: bool = False) -> Leaves:
    """The same as whole numbers, in the words of `vocabulary` (by default their own)."""
    counted = cells(profile, found, start, end, region=region)
    return Leaves(counted, found.kind.key, vocabulary or Vocabulary.of(counted, found.kind.key))
