"""Conversion with its lag: final shares with intervals where the data carry them, and the day when they will."""

from __future__ import annotations

import numpy as np

from insights.evidence import Interval
from insights.models.conversion_lag import fitting
from insights.models.conversion_lag.counts import Counts
from insights.models.conversion_lag.curves import Curve, aalen_johansen, kaplan_meier
from insights.models.conversion_lag.families import Shape
from insights.models.conversion_lag.final import KNOWN, LEAST_LEADS, LEAST_WINS, Final, final
from insights.models.conversion_lag.fitting import PROFILE_DROP, LagTest, Profile
from insights.models.conversion_lag.newton import Fit
from insights.models.conversion_lag.shares import Z, binomial

_KOLMOGOROV = 1.36


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
        self._misfits: dict[int, bool] = {}
        self._finals: dict[int, Final] = {}

    @property
    def groups(self) -> tuple[object, ...]:
        return self.counts.groups

    def place(self, group: object) -> int:
        """The group's position."""
        return self.groups.index(group)

    def fits_of(self, g: int) -> tuple[dict[str, Fit], Profile, int, bool]:
        """The fits that hold for a group, its row in them, and whether its lag is borrowed."""
        if self._own is None:
            return (*self._one, g, False)
        fits, profile, rows = self._own
        return (fits, profile, int(rows[g]), False) if rows[g] >= 0 else (*self._one, g, True)

    def best(self, group: object) -> tuple[Fit, int]:
        """The likeliest of the three families for a group, and the group's row in it."""
        _, profile, row, _ = self.fits_of(self.place(group))
        return profile.fits[int(profile.best[row])], row

    def misfit(self, g: int) -> bool:
        """Whether the best law departs from the curve by more than chance allows (Kolmogorov's limit at 5%, over the
        days to a win of those won so far)."""
        if g not in self._misfits:
            self._misfits[g] = self._misfit(g)
        return self._misfits[g]

    def _misfit(self, g: int) -> bool:
        curve, wins = self.curve.won[g], float(self.counts.won[g].sum())
        _, profile, row, _ = self.fits_of(g)
        fit = profile.fits[int(profile.best[row])]
        fitted = self._law(fit, row, self.counts.days)
        end = fitted[-1] if len(fitted) else 0.0
        if wins < LEAST_WINS or curve[-1] <= 0 or end <= 0:
            return False
        return bool(np.abs(fitted / end - curve / curve[-1]).max() > _KOLMOGOROV / np.sqrt(wins))

    def _law(self, fit: Fit, row: int, age: np.ndarray | float) -> np.ndarray:
        at = 1 if self.alone else 2
        x = np.log(np.maximum(np.asarray(age, float) + self.counts.shift, 1e-9))
        return fit.laws[0].cdf((x - fit.theta[row, at]) / np.exp(fit.theta[row, at + 1]))

    def _empirical(self, g: int, age: np.ndarray | float) -> np.ndarray:
        curve = self.curve.won[g] / max(float(self.curve.won[g, -1]), 1e-12)
        place = np.searchsorted(self.counts.days, np.asarray(age, float), side="right") - 1
        return np.where(place < 0, 0.0, curve[np.maximum(place, 0)])

    def final(self, group: object = ()) -> Final:
        """The group's final conversion, or why there is none, and from when there will be one."""
        g = self.place(group)
        if g not in self._finals:
            self._finals[g] = final(self, g)
        return self._finals[g]

    def finals(self) -> dict[object, Final]:
        """The final conversion of every group."""
        return {group: self.final(group) for group in self.groups}

    def share(self, fit: Fit, row: int) -> tuple[float, float]:
        """Log-odds of the final share among leads with a duration, and its variance."""
        theta, covariance = fit.theta[row], fit.covariance[row]
        p = 1 / (1 + np.exp(-theta[0]))
        if self.alone:
            return float(theta[0]), float(covariance[0, 0])
        r = 1 / (1 + np.exp(-theta[1]))
        c = p * r
        slope = np.array([1 - p, 1 - r]) / max(1 - c, 1e-9)
        return float(np.log(c / (1 - c))), float(slope @ covariance[:2, :2] @ slope)

    def quantile_of(self, fit: Fit, row: int, p: float) -> float:
        """Days within which a share p of the eventual wins came."""
        at = 1 if self.alone else 2
        return float(np.exp(fit.theta[row, at] + np.exp(fit.theta[row, at + 1]) * fit.laws[0].quantile(p)))

    def matured_share(self, age: np.ndarray | float, group: object = ()) -> np.ndarray:
        """The part of a group's eventual wins that have come by an age in days."""
        g = self.place(group)
        if self.misfit(g):
            return self._empirical(g, age)
        return self._law(*self.best(group), age)

    def level(self, group: object = ()) -> float:
        """The final share of leads with a duration, as fitted: a weight, not a figure to be shown."""
        if self.misfit(g := self.place(group)):
            return float(self.curve.won[g, -1])
        fit, row = self.best(group)
        return float(1 / (1 + np.exp(-self.share(fit, row)[0])))

    def maturity(self, ages: np.ndarray, weights: np.ndarray, group: object = ()) -> tuple[float, float]:
        """The part of the eventual wins of leads of these ages that are in by now, and its standard error: that of the
        lag's parameters, and the spread over all laws that the likelihood does not refute."""
        g = self.place(group)
        if self.misfit(g):
            share = float(weights @ self._empirical(g, ages) / max(float(weights.sum()), 1e-12))
            return share, float(np.sqrt(share * (1 - share) / max(self.counts.won[g].sum(), 1.0)))
        _, profile, row, _ = self.fits_of(g)
        loglik, at = profile.loglik[:, row], 1 if self.alone else 2
        x = np.log(np.maximum(np.asarray(ages, float) + self.counts.shift, 1e-9))
        weights = weights / max(float(weights.sum()), 1e-12)
        found = {}
        for i in np.flatnonzero(loglik.max() - loglik <= PROFILE_DROP):
            fit = profile.fits[i]
            sigma = np.exp(fit.theta[row, at + 1])
            z = (x - fit.theta[row, at]) / sigma
            density = np.exp(fit.laws[0].slopes(z)[0])
            slope = -np.array([weights @ density / sigma, weights @ (z * density)])
            variance = slope @ fit.covariance[row][at:at + 2, at:at + 2] @ slope
            found[i] = (float(weights @ fit.laws[0].cdf(z)), float(max(variance, 0.0)))
        value, variance = found[int(profile.best[row])]
        shares = [share for share, _ in found.values()]
        return value, float(np.sqrt(variance + ((max(shares) - min(shares)) / 2 / Z) ** 2))

    def future(self, age: np.ndarray | float, group: object = ()) -> np.ndarray:
        """Probability that a lead still open at an age is won later."""
        g = self.place(group)
        fit, row = self.best(group)
        c, won = self.level(group), self.matured_share(age, group)
        if self.misfit(g) or self.alone:
            lost = self.curve.ended[g] if not self.alone else np.zeros(len(self.counts.days))
            place = np.searchsorted(self.counts.days, np.asarray(age, float), side="right") - 1
            gone = np.where(place < 0, 0.0, lost[np.maximum(place, 0)])
        else:
            p = 1 / (1 + np.exp(-fit.theta[row, 0]))
            x = np.log(np.maximum(np.asarray(age, float) + self.counts.shift, 1e-9))
            gone = (p - c) * fit.laws[1].cdf((x - fit.theta[row, 4]) / np.exp(fit.theta[row, 5]))
        return np.minimum(c * (1 - won) / np.maximum(1 - c * won - gone, 1e-12), 1.0)

    def median(self, group: object = ()) -> Interval | None:
        """Days within which half of the eventual wins come, in whole days as they are recorded.

        Where the share won by each day, over the final share, passes one half; the interval is where it may pass (the
        test of a quantile inverted, Woodruff 1952): no family is asked for the middle of the curve. None where the
        final share is not known.
        """
        g = self.place(group)
        final = self.final(group)
        if final.status != KNOWN:
            return None
        fit, row = self.best(group)
        logit, variance = self.share(fit, row)
        c = float(self.curve.won[g, -1]) if self.misfit(g) else 1 / (1 + np.exp(-logit))
        reached = self.curve.won[g] / c
        unsure = 0.25 / max(self.counts.won[g].sum(), 1.0) + 0.25 * variance * (1 - c) ** 2 * max(1 - reached[-1], 0.0)
        error = Z * np.sqrt(unsure)
        days = [self._passes(reached, level) for level in (0.5, 0.5 - error, 0.5 + error)]
        return Interval(days[0], min(days[1], days[0]), max(days[2], days[0]))

    def _passes(self, reached: np.ndarray, level: float) -> float:
        place = int(np.searchsorted(reached, level))
        return float(self.counts.days[min(place, len(self.counts.days) - 1)])

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
    everything = fitting.cells(counts.together(), alone=alone, coarse=True)
    losses = fitting.loss_law(everything)
    data = fitting.cells(counts, alone=alone, coarse=True)
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
