"""Groups of leads too young to have converted, set right for their age by the lag of what they are made of.

A cohort (a month of creation, say) has too few wins for a lag of its own. Its leads fall into strata (sources) whose
lags are known from older leads; the cohort's wins so far, divided by the part of the eventual wins that should be in by
now, give the rate it is heading for, whatever that rate is: nothing is assumed of its level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.final import KNOWN, LEAST_LEADS, TOO_EARLY, TOO_FEW
from insights.models.conversion_lag.lag import Lag
from insights.models.conversion_lag.shares import Z

LEAST_MATURED, MATURE = 0.1, 0.9
LEAST_GAP = 0.1
_LEVELS = (np.arange(40) + 0.5) / 40
_MANY = 400


@dataclass(frozen=True)
class Cohort:
    """One cohort: its leads, wins and those still open; `matured`, the part of its eventual wins that are in (with the
    error of that); `naive`, won so far of all; `expected`, the rate it is heading for; `outcome`, the share that will
    have been won when all its leads have closed (it holds the luck of the leads that are still open)."""

    key: object
    n: int
    wins: int
    open: int
    matured: float
    error: float
    naive: float
    status: str
    expected: Interval | None = None
    outcome: Interval | None = None
    effect: float = 1.0
    reason: str = ""

    @property
    def mature(self) -> bool:
        """Whether nine in ten of its wins are in."""
        return self.matured >= MATURE


def cohorts(counts: Counts, lag: Lag | None) -> list[Cohort]:
    """Every cohort of counts by (cohort, stratum), with the lags of the strata.

    `lag` is fitted on the strata, or on all leads as one group, (); None where nothing could be fitted. Too early: less
    than a tenth of the wins are in, or the strata's own final shares are not known yet, or (`reason` pace) its leads
    close at another pace than older ones.
    """
    keys = sorted({group[0] for group in counts.groups if group[0] is not None})
    known = lag is not None and sum(
        f.n for f in lag.finals().values() if f.status == KNOWN) > 0.5 * float(lag.counts.n.sum())
    return [_cohort(key, counts, lag, known) for key in keys]


def gathered(counts: Counts, keys: set, label: object, lag: Lag | None) -> Cohort:
    """Several cohorts as one."""
    from dataclasses import replace

    groups = tuple((label if group[0] in keys else None, *group[1:]) for group in counts.groups)
    return next(c for c in cohorts(replace(counts, groups=groups), lag) if c.key == label)


def _cohort(key: object, counts: Counts, lag: Lag | None, known: bool) -> Cohort:
    rows = [g for g, group in enumerate(counts.groups) if group[0] == key]
    n, wins, once = (float(values[rows].sum()) for values in (counts.n, counts.wins, counts.at_once))
    still_open = float(counts.open[rows].sum())
    effect = 1 + counts.correlation * max(float(counts.clusters[rows].sum()) / max(n, 1.0) - 1, 0.0)
    base = {"key": key, "n": int(n), "wins": int(wins), "open": int(still_open), "naive": wins / max(n, 1.0),
            "effect": effect}
    if lag is None:
        return Cohort(**base, matured=0.0, error=0.0, status=TOO_EARLY)
    matured, error = _matured(counts, rows, lag)
    base |= {"matured": matured, "error": error}
    if n < LEAST_LEADS:
        return Cohort(**base, status=TOO_FEW)
    if not known or matured < LEAST_MATURED:
        return Cohort(**base, status=TOO_EARLY)
    if matured < MATURE and _other_pace(counts, rows, lag, n, still_open, effect):
        return Cohort(**base, status=TOO_EARLY, reason="pace")
    k = wins - once
    rates = _rates(k / effect, n / effect, matured, error)
    rest = once / n
    value = min(k / n / matured, (k + still_open) / n)
    rates = np.minimum(rates, (k + still_open) / n)
    low, high = (float(np.quantile(rates, p)) for p in (0.05, 0.95))
    expected = Interval(rest + value, rest + min(low, value), rest + max(high, value))
    return Cohort(**base, status=KNOWN, expected=expected, outcome=_outcome(rates, wins, n, still_open, matured, value))


def _matured(counts: Counts, rows: list[int], lag: Lag) -> tuple[float, float]:
    """The part of the eventual wins that should be in, weighted by the strata's final shares, and its error."""
    total, value, variance = 0.0, 0.0, 0.0
    for g in rows:
        group = _group(counts.groups[g], lag)
        watched = counts.followed[g]
        weight = float(watched.sum()) * lag.level(group)
        if not weight:
            continue
        share, error = lag.maturity(counts.days, watched, group)
        total, value, variance = total + weight, value + weight * share, variance + (weight * error) ** 2
    return (value / total, np.sqrt(variance) / total) if total else (0.0, 0.0)


def _other_pace(counts: Counts, rows: list[int], lag: Lag, n: float, still_open: float, effect: float) -> bool:
    """Whether leads of the cohort close at another pace than older ones did: then their lag says nothing of it. More or
    fewer than a tenth of them are open than should be, and that is beyond chance."""
    expected = 0.0
    for g in rows:
        place = lag.place(_group(counts.groups[g], lag))
        column = np.clip(np.searchsorted(lag.counts.days, counts.days, side="right") - 1, 0, None)
        expected += float(counts.followed[g] @ lag.curve.staying[place][column])
    share = min(max(expected / n, 0.0), 1.0)
    gap = abs(still_open / n - share)
    return gap > LEAST_GAP and gap > 3 * np.sqrt(share * (1 - share) * effect / n)


def _group(label: tuple, lag: Lag) -> object:
    """The group of the lag that a cohort's stratum belongs to."""
    stratum = label[1:]
    stratum = stratum[0] if len(stratum) == 1 else stratum
    return stratum if stratum in lag.groups else lag.groups[0]


def _rates(k: float, n: float, matured: float, error: float) -> np.ndarray:
    """Rates that the wins so far are compatible with, as equally likely values: those of the share won so far (by
    Jeffreys' prior) over those of the part that is in."""
    from scipy.special import betaincinv, ndtri

    so_far = betaincinv(k + 0.5, max(n - k, 0.0) + 0.5, _LEVELS)
    relative = np.exp(ndtri((np.arange(9) + 0.5) / 9) * error / max(matured, 1e-9))
    parts = np.minimum(matured * relative, 1.0)
    return np.sort(np.minimum(so_far[:, None] / parts[None, :], 1.0).ravel())


def _outcome(rates: np.ndarray, wins: float, n: float, still_open: float, matured: float, value: float) -> Interval:
    """The share won in the end: wins so far and what the open leads may still bring."""
    from scipy.special import bdtr

    trials = round(still_open)
    chances = np.minimum(rates * (1 - matured) * n / max(still_open, 1.0), 1.0)
    mean = float(min(value * (1 - matured) * n, still_open))
    if not trials or mean < 1e-6:
        return Interval(wins / n, wins / n, wins / n)
    if trials > _MANY:
        spread = np.sqrt(trials * chances.mean() * (1 - chances.mean()) + (trials * chances.std()) ** 2)
        low, high = max(mean - Z * spread, 0.0), min(mean + Z * spread, float(trials))
    else:
        x = np.arange(trials + 1)
        below = bdtr(x[:, None].astype(float), trials, chances[None, ::9]).mean(axis=1)
        low, high = float(np.searchsorted(below, 0.05)), float(np.searchsorted(below, 0.95))
    low, high = min(low, mean), max(high, mean)
    return Interval((wins + mean) / n, (wins + low) / n, (wins + high) / n)
