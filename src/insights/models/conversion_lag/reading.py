"""Counts of a firm's leads: one query by group, kind and day, and one over companies."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from insights.metrics import lags as metrics
from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.practice import Practice, practice

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.firm import Firm

MIDDLE_OF_DAY = 0.5
_TABLES = ("won", "ended", "open", "followed", "unwon", "entered")
_AT_ONCE = {"won_at_once": "at_once", "won_before": "at_once", "ended_at_once": "ended_at_once",
            "ended_before": "ended_at_once"}


def counts(firm: Firm, by: tuple[str, ...] | str = (), *, as_of: dt.date | None = None,
           found: Practice | None = None, since: dt.date | None = None) -> Counts:
    """The firm's leads counted as a lag model reads them.

    `by` names one or more of `metrics.lags.GROUPINGS` (month, source, campaign, industry, ...); with none all leads are
    one group, (). With one the groups are its values, with several tuples of values; leads without a value are the
    group None. `as_of` repeats what was known on an earlier day; `found` is what is known of recording (by default it
    is looked for); leads created before `since` are left out.
    """
    by = (by,) if isinstance(by, str) else tuple(by)
    if unknown := [name for name in by if name not in metrics.GROUPINGS]:
        raise ValueError(f"leads are not grouped by {', '.join(unknown)}")
    as_of = as_of or firm.as_of
    found = found or practice(firm, as_of)
    counted = table(firm, by, as_of, found=found, since=since)
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
        by, as_of, bulk_days=bulk, known_from=known_from, since=since))
    groups, g = _groups(rows, len(by))
    kind = np.array(rows["kind"].to_pylist(), dtype=object)
    day, start = (_whole(rows[name], -1) for name in ("day", "start"))
    n = _whole(rows["n"], 0)
    days = np.unique(np.concatenate([day[day >= 0], start[start >= 0]]))
    shape = (len(groups), len(days))
    column = np.searchsorted(days, day)

    def summed(name: str) -> np.ndarray:
        chosen = kind == name
        flat = np.bincount(g[chosen] * shape[1] + column[chosen], n[chosen], shape[0] * shape[1])
        return flat.reshape(shape)

    made = {name: summed(name) for name in _TABLES}
    once = {name: np.zeros(len(groups)) for name in ("at_once", "ended_at_once")}
    left_out = {}
    for name, place in _AT_ONCE.items():
        chosen = kind == name
        if chosen.any():
            once[place] += np.bincount(g[chosen], n[chosen], len(groups))
            left_out[name] = int(n[chosen].sum())
    inside = kind == "within"
    begun = np.where((start > 0) & (start < day), np.searchsorted(days, start), -1)
    within = np.column_stack([g[inside], begun[inside], column[inside], n[inside]])
    first = np.array(rows["oldest"].to_pylist(), dtype=object)
    oldest = tuple(min(first[g == i]) for i in range(len(groups)))
    return Counts(
        groups=tuple(groups), days=days.astype(float), **made, within=within.astype(np.int64).reshape(-1, 4), **once,
        clusters=np.zeros(len(groups)), companies=np.zeros(len(groups)), as_of=as_of, oldest=oldest,
        shift=MIDDLE_OF_DAY, left_out=left_out)


def _whole(values: pa.ChunkedArray, missing: int) -> np.ndarray:
    return values.cast("int64").fill_null(missing).to_numpy().astype(np.int64)


def _groups(rows: pa.Table, keys: int) -> tuple[list[object], np.ndarray]:
    """The groups in order, unknown ones last, and each row's place among them."""
    code = np.zeros(rows.num_rows, dtype=np.int64)
    for i in range(keys):
        part = rows[f"g{i}"].combine_chunks().dictionary_encode()
        codes = part.indices.fill_null(len(part.dictionary)).to_numpy(zero_copy_only=False).astype(np.int64)
        code = code * (len(part.dictionary) + 1) + codes
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    picked = rows.select([f"g{i}" for i in range(keys)]).take(first).to_pylist() if keys else [{}] * len(first)
    labels = [_label(row, keys) for row in picked]
    order = sorted(range(len(labels)), key=lambda i: (labels[i] is None, str(labels[i])))
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    return [labels[i] for i in order], rank[place.ravel()]


def _label(row: dict, keys: int) -> object:
    values = tuple(row[f"g{i}"] for i in range(keys))
    return values[0] if keys == 1 else values
