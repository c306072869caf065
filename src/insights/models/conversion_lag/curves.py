"""Without a family: Kaplan-Meier and Aalen-Johansen from counts, with late entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from insights.models.conversion_lag.counts import Counts


@dataclass(frozen=True)
class Curve:
    """Shares won by each day (groups, days), their variance, the leads still at risk on it, and the share of all that
    have not ended in any way."""

    days: np.ndarray
    won: np.ndarray
    variance: np.ndarray
    at_risk: np.ndarray
    staying: np.ndarray
    ended: np.ndarray

    def at(self, day: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Share won by that day, its variance, and the leads at risk on it."""
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        if place < 0:
            zero = np.zeros(len(self.won))
            return zero, zero, self.at_risk[:, 0] if self.at_risk.shape[1] else zero
        following = self.at_risk[:, min(place + 1, self.at_risk.shape[1] - 1)] if len(self.days) else 0
        return self.won[:, place], self.variance[:, place], following


def aalen_johansen(counts: Counts) -> Curve:
    """Cumulative incidence of `won` with `ended` as the competing event (Aalen and Johansen 1978), its variance by the
    delta method (Marubini and Valsecchi 1995, 10.12). Losses known to lie in a span stand on its last day."""
    won, ended = counts.won, counts.ended.copy()
    if len(counts.within):
        np.add.at(ended, (counts.within[:, 0], counts.within[:, 2]), counts.within[:, 3])
    leaving = won + ended + counts.open - counts.entered
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    risk = np.maximum(at_risk, 1.0)
    events = np.minimum(won + ended, at_risk)
    hazard = np.where(at_risk > 0, events / risk, 0.0)
    staying = np.cumprod(1 - hazard, axis=1)
    before = np.concatenate([np.ones((len(won), 1)), staying[:, :-1]], axis=1)
    share = np.where(at_risk > 0, won / risk, 0.0) * before
    lost = np.where(at_risk > 0, ended / risk, 0.0) * before
    incidence = share.cumsum(axis=1)
    return Curve(counts.days, incidence, _variance(won, events, at_risk, before, incidence), at_risk, staying,
                 lost.cumsum(axis=1))


def _variance(won, events, at_risk, before, incidence) -> np.ndarray:
    risk, rest = np.maximum(at_risk, 1.0), np.maximum(at_risk - events, 1.0)
    here = at_risk > 0
    a = np.where(here & (at_risk > events), events / (risk * rest), 0.0)
    b = np.where(here, before**2 * (at_risk - won) * won / risk**3, 0.0)
    c = np.where(here, before * won / risk**2, 0.0)
    f = incidence
    total = (f**2 * a.cumsum(1) - 2 * f * (f * a).cumsum(1) + (f**2 * a).cumsum(1) + b.cumsum(1)
             - 2 * (f * c.cumsum(1) - (f * c).cumsum(1)))
    return np.maximum(total, 0.0)


def kaplan_meier(counts: Counts) -> Curve:
    """Share won by each day if every lead that was not won were only not watched any longer (Kaplan and Meier 1958):
    for records without losses. `staying` is the survival curve."""
    from dataclasses import replace

    nothing = np.zeros_like(counts.won)
    alone = replace(counts, ended=nothing, within=np.zeros((0, 4), dtype=np.int64), open=counts.unwon)
    return aalen_johansen(alone)
