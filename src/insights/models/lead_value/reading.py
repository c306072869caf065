"""A firm's leads as cases to learn from, without the columns that know the outcome."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.metrics import lead_features as metrics
from insights.models.lead_value.bins import Bins
from insights.models.lead_value.cases import Cases
from insights.models.lead_value.guard import Leak, filled_afterwards, separates

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.firm import Firm

OF_COMPANY = ("company_won", "company_orders", "company_leads")
MOST_LEADS = 60_000
BLOCKS = 4
FIRST_BLOCK = 0.30
GROUPS = {
    "origin": "source", "channel": "source", "family": "product", "team": "seller",
    "stage_days": "stage", "touch_days": "touches", "first_touch_hours": "touches",
    "decider": "people", "amount": "stage", "company_won": "company", "company_orders": "company",
    "company_leads": "company",
}
"""Columns that say nearly the same: they give one reason together, that of the first of them."""

VALUED_BY = ("product", "family", "industry", "size", "country", "source", "amount", "company_orders")
"""What the worth of a deal may depend on."""


@dataclass(frozen=True)
class Reading:
    """The cases; `money`: what each won one brought (NaN where no amount is known); `once`: one over the looks at its
    lead; `starts`: the days on which the blocks for trying begin; what was left out and why."""

    cases: Cases
    money: np.ndarray
    once: np.ndarray
    starts: np.ndarray
    leaks: tuple[Leak, ...]
    dropped: dict[str, str]
    one_in: int


def delivered(firm: Firm) -> metrics.Delivered:
    """Which tables the features can be read from."""
    return metrics.Delivered(**{name: firm.has(name) for name in metrics.Delivered.__dataclass_fields__})


def day_number(firm: Firm) -> int:
    """The as-of day as the features count days."""
    return (firm.as_of - firm.as_of.__class__(1970, 1, 1)).days


def read(firm: Firm, horizon: int, leads: int, *, margin: bool, since: dt.date | None = None) -> Reading:
    """The firm's leads as they were at several ages, with what became of them; `margin` says whether costs are known
    well enough to speak of margin, `since` from which day on results were recorded. At most about `MOST_LEADS` leads, a
    fair part of more."""
    one_in = max(-(-leads // MOST_LEADS), 1)
    table = firm.query(metrics.learned(firm.as_of, delivered(firm), one_in=one_in, since=since))
    at, ends = _floats(table["at"]), _floats(table["ends"])
    ends = np.where(np.isnan(ends), np.inf, ends)
    group = _floats(table["age_group"]).astype(int)
    won = np.array(table["won"].to_pylist(), dtype=bool)
    features = table.select(list(metrics.FEATURES))
    cluster, source = _clusters(table["company"], table["lead_id"]), numbered(table["source"])
    cases = Cases(features, at, ends, won, float(horizon), cluster, group, source)
    leaks = tuple(_leaks(cases, day_number(firm)))
    known_after = {leak.column for leak in leaks}
    known_after |= {name for column in known_after for name in metrics.DERIVED.get(column, ())}
    kept = [name for name in features.column_names if name not in known_after]
    cases = Cases(features.select(kept), at, ends, won, float(horizon), cluster, group,
                  None if "source" in known_after else source)
    revenue, money = _floats(table["revenue"]), _floats(table["margin" if margin else "revenue"])
    looks = np.unique(np.array(table["lead_id"].to_pylist()), return_inverse=True, return_counts=True)
    return Reading(
        cases, np.where(won & (revenue > 0), money, np.nan), 1 / looks[2][looks[1]].astype(float),
        _starts(at, day_number(firm), horizon), leaks, Bins.of(features).dropped, one_in)


def current(firm: Firm) -> pa.Table:
    """The open leads as they are known on the as-of day."""
    return firm.query(metrics.current(firm.as_of, delivered(firm)))


def _starts(at: np.ndarray, day: float, horizon: float) -> np.ndarray:
    """Blocks of equal length from the first third of the records on, up to the last day whose outcomes are all known;
    later cases belong to the last block."""
    if not len(at):
        return np.zeros(0)
    first = float(np.quantile(at, FIRST_BLOCK))
    last = max(day - horizon, first + 1)
    return np.unique(np.floor(np.linspace(first, last, BLOCKS + 1)[:-1]))


def _leaks(cases: Cases, day: float) -> list[Leak]:
    """Watched columns that know the outcome, by leads as they were when they came in."""
    fresh = cases.pick(cases.group == cases.group.min()) if len(cases) else cases
    if not len(fresh):
        return []
    bins = Bins.of(fresh.features)
    codes, watched = bins.codes(fresh.features), set(metrics.UNDATED)
    y, w = fresh.known(day)
    found = [leak for leak in filled_afterwards(bins, codes, np.isfinite(fresh.ends), fresh.at)
             if leak.column in watched | set(OF_COMPANY)]
    rest = watched - {leak.column for leak in found}
    known = w > 0
    return [*found, *separates(bins, codes[:, known], y[known], fresh.at[known], rest, fresh.cluster[known])]


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.cast("double").to_numpy(), dtype=float)


def numbered(column: pa.ChunkedArray) -> np.ndarray:
    """A number for each value of a column of texts, -1 where it is missing."""
    return column.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)


def _clusters(company: pa.ChunkedArray, lead: pa.ChunkedArray) -> np.ndarray:
    """Numbers of companies; a lead of unknown company is its own."""
    names = [c if c is not None else f"\0{lead_id}" for c, lead_id in
             zip(company.to_pylist(), lead.to_pylist(), strict=True)]
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.int64)
