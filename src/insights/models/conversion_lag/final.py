"""Whether a group's final conversion may be shown, and with which interval."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Interval
from insights.models.conversion_lag.fitting import PROFILE_DROP, Profile
from insights.models.conversion_lag.shares import binomial, from_logit, pooled

if TYPE_CHECKING:
    from insights.models.conversion_lag.lag import Lag
    from insights.models.conversion_lag.newton import Fit

KNOWN, TOO_EARLY, TOO_FEW = "known", "too_early", "too_few"
MOST_OF_LAG = 0.9
LEAST_LEADS, LEAST_WINS = 30, 5
LONG_AFTER = 1.5
_NEARLY_ALL = 8.0
_ALIKE = 1e-4


@dataclass(frozen=True)
class Final:
    """A group's final conversion.

    `status`: known, too_early (then `known_on` is the day on which it will be, and `reason` follow_up, families or
    boundary) or too_few. `interval` is the union over the three families where known; `families` what each says.
    Where no family fits the curve but that has long stopped rising, the share is read off it (`reason` plateau).
    `borrowed` where the group has too few wins for a lag of its own and that of all groups was taken.
    """

    status: str
    interval: Interval | None
    n: int
    wins: int
    reason: str = ""
    known_on: dt.date | None = None
    families: dict[str, Interval] | None = None
    borrowed: bool = False


def final(lag: Lag, g: int) -> Final:
    """A group's final conversion by the rule of the house: the oldest leads were watched for longer than nine tenths of
    the eventual wins take, and the three families agree within the interval, which is the union of theirs."""
    n, wins = int(lag.counts.n[g]), int(lag.counts.wins[g])
    if n < LEAST_LEADS or lag.counts.won[g].sum() < LEAST_WINS:
        return Final(TOO_FEW, None, n, wins, "wins" if n >= LEAST_LEADS else "leads")
    fits, profile, row, borrowed = lag.fits_of(g)
    families = {name: _family(lag, fits[name], row, g) for name in ("weibull", "lognormal")}
    families["gamma"] = _gamma(lag, profile, row, g)
    shown = {name: pair[0] for name, pair in families.items()}
    more = {"n": n, "wins": wins, "families": shown, "borrowed": borrowed}
    if lag.misfit(g):
        return _plateau(lag, g, more)
    watched, needed = followed(lag, g), max(quantile for _, quantile in families.values())
    if _on_bound(lag, profile.fits[int(profile.best[row])], row, g):
        return Final(TOO_EARLY, None, reason="boundary", known_on=_day(lag, needed - watched), **more)
    if watched <= needed:
        return Final(TOO_EARLY, None, reason="follow_up", known_on=_day(lag, needed - watched), **more)
    best = shown["gamma"]
    if not all(best.low - _ALIKE <= i.value <= best.high + _ALIKE for i in shown.values()):
        return Final(TOO_EARLY, None, reason="families", known_on=_day(lag, watched / 2), **more)
    union = Interval(best.value, min(i.low for i in shown.values()), max(i.high for i in shown.values()))
    return Final(KNOWN, union, **more)


def followed(lag: Lag, g: int) -> float:
    """Days for which the group's oldest leads could be watched: what the oldest twentieth, and thirty, reached."""
    ages = lag.counts.followed[g]
    least = max(LEAST_LEADS, 0.05 * ages.sum())
    reached = ages[::-1].cumsum()[::-1] >= min(least, ages.sum())
    return float(lag.counts.days[np.flatnonzero(reached).max()]) if reached.any() else 0.0


def _plateau(lag: Lag, g: int, more: dict) -> Final:
    """No family fits: the final share is read off the curve where that has long stopped rising, else unknown."""
    curve = lag.curve.won[g]
    settled = float(lag.counts.days[int(np.searchsorted(curve, 0.95 * curve[-1]))])
    lacking = LONG_AFTER * settled - followed(lag, g)
    if lacking > 0:
        return Final(TOO_EARLY, None, reason="families", known_on=_day(lag, lacking), **more)
    variance = float(lag.curve.variance[g, -1]) * lag.counts.design_effect[g]
    return Final(KNOWN, binomial(float(curve[-1]), variance, lag.counts, g), reason="plateau", **more)


def _day(lag: Lag, days: float) -> dt.date | None:
    if lag.counts.as_of is None:
        return None
    return lag.counts.as_of + dt.timedelta(days=int(np.ceil(min(max(days, 30.0), 3650.0))))


def _on_bound(lag: Lag, fit: Fit, row: int, g: int) -> bool:
    """Whether the share ran to its end without all leads having closed: then the likelihood knows no figure."""
    runaway = bool(fit.theta[row, 0] >= _NEARLY_ALL) or bool(fit.bound[row, 1 if lag.alone else 2])
    return runaway and lag.curve.staying[g, -1] > 0.05


def _family(lag: Lag, fit: Fit, row: int, g: int) -> tuple[Interval, float]:
    logit, variance = lag.share(fit, row)
    interval = from_logit(logit, variance * lag.counts.design_effect[g])
    return pooled(interval, lag.counts, g), lag.quantile_of(fit, row, MOST_OF_LAG)


def _gamma(lag: Lag, profile: Profile, row: int, g: int) -> tuple[Interval, float]:
    """The generalized gamma: at its best q, its interval stretched over all that are not refuted."""
    loglik = profile.loglik[:, row]
    best = int(profile.best[row])
    value, needed = _family(lag, profile.fits[best], row, g)
    others = [_family(lag, profile.fits[i], row, g)[0] for i in range(len(loglik))
              if loglik[best] - loglik[i] <= PROFILE_DROP]
    low = min([value.low, *(o.value for o in others)])
    high = max([value.high, *(o.value for o in others)])
    return Interval(value.value, low, high), needed
