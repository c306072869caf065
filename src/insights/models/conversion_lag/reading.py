"""Counts of a firm's leads: one query by group, kind and day, and one over companies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.metrics import lags as metrics
from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.practice import Practice, practice

if TYPE_CHECKING:
    from insights.firm import Firm

MIDDLE_OF_DAY = 0.5
_TABLES = ("won", "ended", "open", "followed", "unwon", "entered")
_AT_ONCE = {"won_at_once": "at_once", "won_before": "at_once", "ended_at_once": "ended_at_once",
            "ended_before": "ended_at_once"}


def counts(firm: Firm, by: tuple[str, ...] | str = (), *, as_of: dt.date | None = None,
           found: Practice | None = None) -> Counts:
    """The firm's leads counted as a lag model reads them.

    `by` names one or more of `metrics.lags.GROUPINGS` (month, source, campaign, industry, ...); with none all leads are
    one group, (). With one the groups are its values, with several tuples of values; leads without a value are the
    group None. `as_of` repeats what was known on an earlier day; `found` is what is known of recording (by default it
    is looked for).
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    if unknown := [name for name in by if name not in metrics.GROUPINGS]:
        raise ValueError(f"leads are not grouped by {', '.join(unknown)}")
    as_of = as_of or firm.as_of
    found = found or practice(firm, as_of)
    counted = table(firm, by, as_of, found=found)
    rows = firm.query(metrics.company_sums(by, as_of, known_from=found.known_from)).to_pylist()
    sums = {_label(row, len(by)): row for row in rows}
    from dataclasses import replace

    squares = np.array([float(sums[g]["nn"]) if g in sums else 0.0 for g in counted.groups])
    companies = np.array([float(sums[g]["companies"]) if g in sums else 0.0 for g in counted.groups])
    return replace(counted, clusters=squares, companies=companies, correlation=found.correlation)


def table(firm: Firm, by: tuple[str, ...], as_of: dt.date, *, found: Practice | None = None,
          since: dt.date | None = None) -> Counts:
    """The counts without what is known of companies; of leads created `since` a day where one is given."""
    bulk = found.bulk_days if found else ()
    known_from = found.known_from if found else None
    rows = firm.query(metrics.lag_counts(
        by, as_of, bulk_days=bulk, known_from=known_from, since=since)).to_pydict()
    labels = [_label({f"g{i}": rows[f"g{i}"][k] for i in range(len(by))}, len(by)) for k in range(len(rows["n"]))]
    groups = sorted(set(labels), key=lambda label: (label is None, str(label)))
    place = {label: i for i, label in enumerate(groups)}
    used = sorted({d for d in (*rows["day"], *rows["start"]) if d is not None and d >= 0})
    days = np.array(used, dtype=float)
    column = {d: i for i, d in enumerate(used)}
    made = {name: np.zeros((len(groups), len(days))) for name in _TABLES}
    once = {name: np.zeros(len(groups)) for name in ("at_once", "ended_at_once")}
    within, oldest, left_out = [], [None] * len(groups), {}
    for label, kind, day, start, n, first in zip(
            labels, rows["kind"], rows["day"], rows["start"], rows["n"], rows["oldest"], strict=True):
        g = place[label]
        oldest[g] = first if oldest[g] is None else min(oldest[g], first)
        if kind in made:
            made[kind][g, column[day]] += n
        elif kind == "within":
            within.append((g, column[start] if start < day and start > 0 else -1, column[day], n))
        else:
            once[_AT_ONCE[kind]][g] += n
            left_out[kind] = left_out.get(kind, 0) + n
    return Counts(
        groups=tuple(groups), days=days, **made, within=np.array(within, dtype=np.int64).reshape(-1, 4), **once,
        clusters=np.zeros(len(groups)), companies=np.zeros(len(groups)), as_of=as_of, oldest=tuple(oldest),
        shift=MIDDLE_OF_DAY, left_out=left_out)


def _label(row: dict, keys: int) -> object:
    values = tuple(row[f"g{i}"] for i in range(keys))
    return values[0] if keys == 1 else values
