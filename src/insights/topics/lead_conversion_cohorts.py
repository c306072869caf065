"""Conversion by month of creation, what would have been said earlier, and whether anything changed lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from insights.evidence import Comparison, Interval, compare_estimates
from insights.firm import Firm
from insights.models import conversion_lag as lags
from insights.period import add_months

BEFORE_MONTHS, MOST_RECENT = 12, 6
LOOK_BACK, FIRST_YEAR, MOST_MONTHS = 8, 12, 60
SETTLED = 0.97
PARTLY = "partly"


@dataclass(frozen=True)
class Then:
    """What would have been said on an earlier day of the leads of the three months before it, and what became of them:
    their naive rate, the rate they were said to end at with its range, and where they stand now."""

    day: dt.date
    first: dt.date
    n: int
    naive: float
    said: Interval
    happened: float

    @property
    def held(self) -> bool:
        """Whether the range held what happened."""
        return self.said.low - 1e-9 <= self.happened <= self.said.high + 1e-9


@dataclass(frozen=True)
class Months:
    """Cohorts of leads: `stratum` names what their lag was taken from (a source, or nothing), `lag` is that fit.

    `months` in order; `quarter` the last quarter of which nine in ten wins are in; `recent` the immature months as one
    and `before` the twelve before them, compared in `change`; `spread` is the usual variance of the log-odds from
    quarter to quarter; `past` the look-back.
    """

    stratum: str
    lag: lags.Lag | None
    months: tuple[lags.Cohort, ...]
    quarter: lags.Cohort | None = None
    recent: lags.Cohort | None = None
    before: lags.Cohort | None = None
    change: Comparison | None = None
    spread: float = 0.0
    past: tuple[Then, ...] = ()


def read(firm: Firm, found: lags.Practice, *, past: bool = True) -> Months:
    """The firm's cohorts as they stand, and (with `past`) the look-back.

    Months of which the records know only what was still open at a later day (closings known from then on) are shown
    without a figure.
    """
    stratum, lag, counted = _at(firm, firm.as_of, found)
    counted, partly = _whole(counted, found)
    months = [*(replace(c, status=PARTLY) for c in lags.cohorts(partly, None)), *lags.cohorts(counted, lag)]
    if lag is None or not any(m.expected for m in months):
        return Months(stratum, lag, tuple(months))
    quarters = _quarters(counted, lag)
    spread = _spread([q for q in quarters if q.mature])
    recent, before, change = _change(counted, lag, months, spread)
    mature = [q for q in quarters if q.mature and q.expected]
    return Months(stratum, lag, tuple(months), mature[-1] if mature else None, recent, before, change, spread,
                  tuple(_look_back(firm, counted, lag, months)) if past else ())


def _whole(counted: lags.Counts, found: lags.Practice) -> tuple[lags.Counts, lags.Counts]:
    """The months that the records know whole, and those they know in part."""
    since = found.known_from and (found.known_from if found.known_from.day == 1
                                  else add_months(found.known_from.replace(day=1), 1))
    early = [g for g, group in enumerate(counted.groups) if since and group[0] < since]
    return counted.pick([g for g in range(len(counted.groups)) if g not in early]), counted.pick(early)


def _at(
    firm: Firm, day: dt.date, found: lags.Practice, since: dt.date | None = None,
) -> tuple[str, lags.Lag | None, lags.Counts]:
    """The lag as of a day, by source where one lag does not do for all sources, and the counts of the months (since a
    day)."""
    counted = lags.counts(firm, "source", as_of=day, found=found)
    stratum, lag = "", None
    if counted.won.sum() >= lags.LEAST_WINS:
        by_source = lags.fit(counted) if len(counted.groups) > 1 else None
        if by_source is not None and not by_source.shared:
            stratum, lag = "source", by_source
        else:
            lag = lags.fit(lags.counts(firm, (), as_of=day, found=found))
    by = ("month", "source") if stratum else ("month", "lead_type")
    months = lags.counts(firm, by, as_of=day, found=found, since=since)
    return stratum, lag, months


def _quarters(counted: lags.Counts, lag: lags.Lag) -> list[lags.Cohort]:
    groups = tuple((_quarter(group[0]), *group[1:]) for group in counted.groups)
    return lags.cohorts(replace(counted, groups=groups), lag)


def _quarter(month: dt.date) -> dt.date:
    return month.replace(month=3 * ((month.month - 1) // 3) + 1, day=1)


def _spread(quarters: list[lags.Cohort]) -> float:
    """Variance of the log-odds between quarters beyond chance (DerSimonian and Laird 1986)."""
    usable = [q for q in quarters if q.expected and 0 < q.wins < q.n]
    if len(usable) < 3:
        return 0.0
    p = np.array([q.expected.value for q in usable])
    y = np.log(p / (1 - p))
    w = np.array([q.wins * (1 - q.naive) / q.effect for q in usable])
    mean = (w * y).sum() / w.sum()
    excess = (w * (y - mean) ** 2).sum() - (len(y) - 1)
    return float(max(excess / (w.sum() - (w**2).sum() / w.sum()), 0.0))


def _change(counted, lag, months, spread):
    """The immature months as one against the twelve before them; quarters differ by their usual spread anyhow."""
    young = [m for m in months if not m.mature][-MOST_RECENT:]
    young = [m for m in young if m.matured >= 0.02]
    older = [m for m in months if m.mature and (not young or m.key < young[0].key)][-BEFORE_MONTHS:]
    if not young or len(older) < 3:
        return None, None, None
    recent = lags.gathered(counted, {m.key for m in young}, "recent", lag)
    before = lags.gathered(counted, {m.key for m in older}, "before", lag)
    if not recent.expected or not before.expected:
        return recent, before, None
    wider = [_widened(c.expected, spread / max(len(group) / 3, 1)) for c, group in ((recent, young), (before, older))]
    change = compare_estimates([wider[0]], [wider[1]], base=before.expected.value, n=[recent.n + before.n],
                               companies=[recent.n], withheld=[""])[0]
    return recent, before, change


def _widened(interval: Interval, variance: float) -> Interval:
    """The interval with a further variance of the log-odds."""
    if not variance or not 0 < interval.value < 1:
        return interval
    logit = [np.log(x / (1 - x)) if 0 < x < 1 else None for x in (interval.low, interval.value, interval.high)]
    extra = 1.6448536269514722 * np.sqrt(variance)
    low, high = interval.low, interval.high
    if logit[0] is not None:
        low = 1 / (1 + np.exp(-(logit[1] - np.hypot(logit[1] - logit[0], extra))))
    if logit[2] is not None:
        high = 1 / (1 + np.exp(-(logit[1] + np.hypot(logit[2] - logit[1], extra))))
    return Interval(interval.value, min(low, interval.value), max(high, interval.value))


def _look_back(firm: Firm, counted: lags.Counts, lag: lags.Lag, now: list[lags.Cohort]) -> list[Then]:
    """For the ends of past months, a year of records at least before them: the leads of the three months before."""
    settled = {m.key for m in now if m.matured >= SETTLED and m.expected}
    first = min(m.key for m in now if m.status != PARTLY)
    end = firm.as_of.replace(day=1)
    days = sorted(add_months(end, -k) for k in range(MOST_MONTHS))
    days = [d for d in days if d >= add_months(first, FIRST_YEAR)
            and {add_months(d, -k) for k in (1, 2, 3)} <= settled][-LOOK_BACK:]
    told = []
    for day in days:
        keys = {add_months(day, -k) for k in (1, 2, 3)}
        eve = day - dt.timedelta(days=1)
        _, then, months = _at(firm, eve, lags.practice(firm, eve), min(keys))
        if then is None:
            continue
        said = lags.gathered(months, keys, "then", then)
        became = lags.gathered(counted, keys, "then", lag)
        if said.outcome is not None:
            told.append(Then(eve, min(keys), said.n, said.naive, said.outcome, became.naive))
    return told
