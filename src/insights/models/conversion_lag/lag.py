"""Conversion with its lag: final shares with intervals where the data carry them, and the day when they will."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from insights.evidence import Interval
from insights.models.conversion_lag import fitting
from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.curves import Curve, aalen_johansen, kaplan_meier
from insights.models.conversion_lag.families import Shape
from insights.models.conversion_lag.fitting import LagTest, Profile
from insights.models.conversion_lag.newton import Fit
from insights.models.conversion_lag.shares import Z, binomial, from_logit, pooled

KNOWN, TOO_EARLY, TOO_FEW = "known", "too_early", "too_few"
MOST_OF_LAG = 0.9
LEAST_LEADS, LEAST_WINS = 30, 5
_NEARLY_ALL = 8.0
_PROFILE_DROP = 1.353


@dataclass(frozen=True)
class Final:
    """A group's final conversion.

    `status`: known, too_early (then `known_on` is the day on which it will be, and `reason` follow_up, families or
    boundary) or too_few. `interval` is the union over the three families where known; `families` what each says.
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


class Lag:
    """A fitted set of groups.

    `final(group)`, `finals()`: final conversion; `by(day)`: share won within so many days, without a family;
    `matured_share(age, group)`: the part of the eventual wins that are in by an age; `future(age, group)`: probability
    that a lead still open at an age is won later; `median(group)`: days to a win; `test`: whether one lag does for all
    groups, `shared` whether one was taken, `alone` whether won was modelled alone, no loss being recorded.
    """

    def __init__(self, counts: Counts, curve: Curve, test: LagTest | None, own: tuple | None, one: tuple,
                 alone: bool) -> None:
        self.counts, self.curve, self.test, self.alone = counts, curve, test, alone
        self._own, self._one = own, one
        self.shared = own is None

    @property
    def groups(self) -> tuple[object, ...]:
        return self.counts.groups

    def place(self, group: object) -> int:
        """The group's position."""
        return self.groups.index(group)

    def _of(self, g: int) -> tuple[dict[str, Fit], Profile, int, bool]:
        """The fits that hold for a group, its row in them, and whether its lag is borrowed."""
        if self._own is None:
            return (*self._one, g, False)
        fits, profile, rows = self._own
        return (fits, profile, int(rows[g]), False) if rows[g] >= 0 else (*self._one, g, True)

    def best(self, group: object) -> tuple[Fit, int]:
        """The likeliest of the three families for a group, and the group's row in it."""
        _, profile, row, _ = self._of(self.place(group))
        return profile.fits[int(profile.best[row])], row

    def final(self, group: object = ()) -> Final:
        """The group's final conversion, or why and until when there is none."""
        g = self.place(group)
        n, wins = int(self.counts.n[g]), int(self.counts.wins[g])
        if n < LEAST_LEADS or self.counts.won[g].sum() < LEAST_WINS:
            return Final(TOO_FEW, None, n, wins, "wins" if n >= LEAST_LEADS else "leads")
        fits, profile, row, borrowed = self._of(g)
        families = {name: self._family(fits[name], row, g) for name in ("weibull", "lognormal")}
        families["gamma"] = self._gamma(profile, row, g)
        shown = {name: pair[0] for name, pair in families.items()}
        followed, needed = self.followed(g), max(quantile for _, quantile in families.values())
        best = shown["gamma"]
        union = Interval(best.value, min(i.low for i in shown.values()), max(i.high for i in shown.values()))
        ready = self._day(g, needed - followed)
        if self._on_bound(profile.fits[int(profile.best[row])], row, g):
            return Final(TOO_EARLY, None, n, wins, "boundary", ready, shown, borrowed)
        if followed <= needed:
            return Final(TOO_EARLY, None, n, wins, "follow_up", ready, shown, borrowed)
        if not all(best.low <= i.value <= best.high for i in shown.values()):
            return Final(TOO_EARLY, None, n, wins, "families", self._day(g, followed / 2), shown, borrowed)
        return Final(KNOWN, union, n, wins, families=shown, borrowed=borrowed)

    def finals(self) -> dict[object, Final]:
        """The final conversion of every group."""
        return {group: self.final(group) for group in self.groups}

    def followed(self, g: int) -> float:
        """Days for which the group's oldest leads could be watched: what the oldest twentieth, and thirty, reached."""
        ages = self.counts.followed[g]
        least = max(LEAST_LEADS, 0.05 * ages.sum())
        reached = ages[::-1].cumsum()[::-1] >= min(least, ages.sum())
        return float(self.counts.days[np.flatnonzero(reached).max()]) if reached.any() else 0.0

    def _day(self, g: int, days: float) -> dt.date | None:
        if self.counts.as_of is None:
            return None
        return self.counts.as_of + dt.timedelta(days=int(np.ceil(min(max(days, 30.0), 3650.0))))

    def _on_bound(self, fit: Fit, row: int, g: int) -> bool:
        """Whether the share ran to its end without all leads having closed: then the likelihood knows no figure."""
        runaway = bool(fit.theta[row, 0] >= _NEARLY_ALL) or bool(fit.bound[row, 1 if self.alone else 2])
        return runaway and self.curve.staying[g, -1] > 0.05

    def _share(self, fit: Fit, row: int) -> tuple[float, float]:
        """Log-odds of the final share among leads with a duration, and its variance."""
        theta, covariance = fit.theta[row], fit.covariance[row]
        p = 1 / (1 + np.exp(-theta[0]))
        if self.alone:
            return float(theta[0]), float(covariance[0, 0])
        r = 1 / (1 + np.exp(-theta[1]))
        c = p * r
        slope = np.array([1 - p, 1 - r]) / max(1 - c, 1e-9)
        return float(np.log(c / (1 - c))), float(slope @ covariance[:2, :2] @ slope)

    def _family(self, fit: Fit, row: int, g: int) -> tuple[Interval, float]:
        logit, variance = self._share(fit, row)
        interval = from_logit(logit, variance * self.counts.design_effect[g])
        return pooled(interval, self.counts, g), self.quantile_of(fit, row, MOST_OF_LAG)

    def _gamma(self, profile: Profile, row: int, g: int) -> tuple[Interval, float]:
        """The generalized gamma: at its best q, its interval stretched over all that are not refuted."""
        loglik = profile.loglik[:, row]
        best = int(profile.best[row])
        value, needed = self._family(profile.fits[best], row, g)
        others = [self._family(profile.fits[i], row, g)[0] for i in range(len(loglik))
                  if loglik[best] - loglik[i] <= _PROFILE_DROP]
        low = min([value.low, *(o.value for o in others)])
        high = max([value.high, *(o.value for o in others)])
        return Interval(value.value, low, high), needed

    def quantile_of(self, fit: Fit, row: int, p: float) -> float:
        """Days within which a share p of the eventual wins came."""
        at = 1 if self.alone else 2
        return float(np.exp(fit.theta[row, at] + np.exp(fit.theta[row, at + 1]) * fit.laws[0].quantile(p)))

    def matured_share(self, age: np.ndarray | float, group: object = ()) -> np.ndarray:
        """The part of a group's eventual wins that have come by an age in days."""
        fit, row = self.best(group)
        at = 1 if self.alone else 2
        x = np.log(np.maximum(np.asarray(age, float) + self.counts.shift, 1e-9))
        return fit.laws[0].cdf((x - fit.theta[row, at]) / np.exp(fit.theta[row, at + 1]))

    def future(self, age: np.ndarray | float, group: object = ()) -> np.ndarray:
        """Probability that a lead still open at an age is won later."""
        fit, row = self.best(group)
        logit, _ = self._share(fit, row)
        c = 1 / (1 + np.exp(-logit))
        won = self.matured_share(age, group)
        if self.alone:
            return c * (1 - won) / np.maximum(1 - c * won, 1e-12)
        p = 1 / (1 + np.exp(-fit.theta[row, 0]))
        x = np.log(np.maximum(np.asarray(age, float) + self.counts.shift, 1e-9))
        lost = fit.laws[1].cdf((x - fit.theta[row, 4]) / np.exp(fit.theta[row, 5]))
        return c * (1 - won) / np.maximum(1 - c * won - (p - c) * lost, 1e-12)

    def median(self, group: object = ()) -> Interval:
        """Days within which half of the eventual wins come, with its interval (delta method on the log)."""
        fit, row = self.best(group)
        at = 1 if self.alone else 2
        z = fit.laws[0].quantile(0.5)
        slope = np.array([1.0, np.exp(fit.theta[row, at + 1]) * z])
        error = Z * np.sqrt(max(slope @ fit.covariance[row][at:at + 2, at:at + 2] @ slope, 0.0))
        value = self.quantile_of(fit, row, 0.5)
        return Interval(value, value * np.exp(-error), value * np.exp(error))

    def by(self, day: int) -> list[Interval | None]:
        """Share of each group won within so many days; None where hardly any lead could be watched that long."""
        won, variance, _ = self.curve.at(day + 1e-9)
        watched = self.counts.followed[:, self.counts.days >= day].sum(axis=1)
        return [
            binomial(float(won[g]), float(variance[g]) * self.counts.design_effect[g], self.counts, g)
            if watched[g] >= LEAST_LEADS else None for g in range(len(self.groups))]


def fit(counts: Counts, *, shared: bool | None = None, alone: bool | None = None) -> Lag:
    """Fit final shares and lags of all groups at once.

    `shared`: one lag for all groups, or one of each; by default what the likelihood-ratio test says. `alone`: the cure
    model of won alone; by default only where no loss is recorded. ValueError if there is nothing to fit.
    """
    if not counts.won.sum():
        raise ValueError("no lead was won after the day of its creation: there is no lag to fit")
    no_losses = not counts.ended.sum() and not len(counts.within)
    alone = no_losses if alone is None else alone
    curve = kaplan_meier(counts) if alone else aalen_johansen(counts)
    everything = fitting.cells(counts.together(), alone=alone)
    losses = fitting.loss_law(everything)
    data = fitting.cells(counts, alone=alone)
    wins = counts.won.sum(axis=1)
    effect = float((counts.design_effect * counts.n).sum() / max(counts.n.sum(), 1.0))
    test = fitting.same_lag(data, losses, wins, effect) if len(counts.groups) > 1 else None
    one = fitting.family_fits(data, losses, shared=len(counts.groups) > 1)
    keep_shared = (test is None or test.shared) if shared is None else shared
    own = None
    if not keep_shared and len(counts.groups) > 1:
        large = wins >= fitting.OWN_WINS
        rows = np.where(large, np.cumsum(large) - 1, -1)
        own = (*fitting.family_fits(data.pick(large), losses, shared=False), rows)
    return Lag(counts, curve, test, own, one, alone)


def shape_of(lag: Lag, group: object = ()) -> Shape:
    """The law of the days to a win that suits a group best."""
    found, _ = lag.best(group)
    return found.laws[0]
