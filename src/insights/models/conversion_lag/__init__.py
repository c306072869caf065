"""Conversion with its lag: how many leads are won in the end, and how long it takes, from counts alone.

    found = practice(firm)                        # how the records were kept: bulk closing, first day of closings
    counted = counts(firm, by="source")           # one query; a few thousand rows, whatever the number of leads
    lag = fit(counted)                            # all groups at once
    lag.final("web")                              # Final: known with its interval, too_early with the day, or too_few
    lag.by(90)                                    # share of each group won within 90 days, without a family
    lag.matured_share(age, "web")                 # the part of the eventual wins that are in by an age in days
    lag.future(age, "web")                        # probability that a lead open at that age is won later
    lag.median("web")                             # days to a win

    cohorts(counts(firm, by=("month", "source")), lag)   # months set right for their age by their sources' lags

`counts` takes one or several groupings of `metrics.lags.GROUPINGS` and an earlier `as_of`; `from_durations` makes the
same of single durations. Everything else (curves, families, tests) hangs on the fitted `Lag`.
"""

from insights.models.conversion_lag.cohorts import Cohort, cohorts, gathered
from insights.models.conversion_lag.counts import Counts, from_durations
from insights.models.conversion_lag.curves import Curve, aalen_johansen, kaplan_meier
from insights.models.conversion_lag.final import KNOWN, LEAST_WINS, TOO_EARLY, TOO_FEW, Final
from insights.models.conversion_lag.lag import Lag, fit
from insights.models.conversion_lag.practice import Practice, practice
from insights.models.conversion_lag.reading import counts

__all__ = [
    "KNOWN", "LEAST_WINS", "TOO_EARLY", "TOO_FEW", "Cohort", "Counts", "Curve", "Final", "Lag", "Practice",
    "aalen_johansen", "cohorts", "counts", "fit", "from_durations", "gathered", "kaplan_meier", "practice",
]
