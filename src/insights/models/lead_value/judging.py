"""The scores of a chosen model held against what came of later leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.models.lead_value.curves import Bin, Cut, calibration, gains
from insights.models.lead_value.forward import losses
from insights.models.lead_value.guard import area_under_curve
from insights.models.lead_value.model import LeadModel, value_model

_Z = 1.6448536269514722


@dataclass(frozen=True)
class Judged:
    """On `n` later cases, `won` of them within the horizon: area under the curve of the scores and of a plain table of
    rates, by how much the scores' log-loss is lower than the table's (`better`) and than that of the mere base rate
    (`told`), mean probability and mean outcome, calibration, and gains by expected money (by probability, where there
    is no money)."""

    n: int
    won: int
    area: float
    table_area: float
    better: Interval
    told: float
    said: float
    came: Interval
    bins: tuple[Bin, ...]
    error: float
    cuts: tuple[Cut, ...]


def judge_scores(
    model: LeadModel, money: np.ndarray, once: np.ndarray, valued_by: Sequence[str], seed: int,
) -> Judged | None:
    """Judge the chosen candidate's forward scores; None where no later case has been followed for the horizon, or none
    of them was won."""
    track, cases = model.track, model.track.cases
    y, w = cases.settled(model.day)
    p = model.calibrated[model.candidate]
    used = np.flatnonzero((track.block >= 0) & (w > 0) & np.isfinite(p))
    if not len(used) or not 0 < y[used].sum() < len(used):
        return None
    cluster = used if cases.cluster is None else cases.cluster[used]
    y, w, p, table, base = y[used], w[used], p[used], track.table[used], track.base[used]
    found, error = calibration(p, y, w, cluster, seed)
    worth = _worth(model, money, once, valued_by, used)
    paid = np.where(y > 0, np.nan_to_num(money[used]), 0.0) if worth is not None else None
    cuts = gains(p * worth if worth is not None else p, y, w, cluster, seed, paid)
    return Judged(
        len(used), int(y.sum()), area_under_curve(p, y, w), area_under_curve(table, y, w),
        mean_over(losses(table, y) - losses(p, y), w, cluster),
        float(np.average(losses(base, y) - losses(p, y), weights=w)),
        float(np.average(p, weights=w)), mean_over(y, w, cluster), tuple(found), error, tuple(cuts))


def _worth(
    model: LeadModel, money: np.ndarray, once: np.ndarray, valued_by: Sequence[str], used: np.ndarray,
) -> np.ndarray | None:
    """What each case would bring if won, from deals that were known before the first block (all, where those are too
    few)."""
    cases, codes = model.track.cases, model.bins.codes(model.track.cases.features)
    paid = cases.won & np.isfinite(money)
    before = paid & (cases.at + cases.ends < model.track.starts[0])
    found = value_model(model.bins, codes, before, money, once, valued_by) or model.value
    return None if found is None else np.maximum(found.values(codes[:, used]), 0.0)


def mean_over(values: np.ndarray, w: np.ndarray, cluster: np.ndarray) -> Interval:
    """A weighted mean with its interval over clusters."""
    mean = float(w @ values / w.sum())
    totals = np.bincount(np.unique(cluster, return_inverse=True)[1], w * (values - mean))
    error = float(np.sqrt(totals @ totals) / w.sum())
    return Interval(mean, mean - _Z * error, mean + _Z * error)
