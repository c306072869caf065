"""What a lead is worth: learned forward in time, calibrated on later leads, explained in words.

    cases = Cases(features, at, ends, won, horizon, cluster, group, source)     # features, outcomes and time
    model = learn(cases, day, starts)        # None with fewer than 50 wins; candidates tried on blocks from `starts`
    model.score(features)                    # Scores: probability with interval, expected profit, days, reasons
    calibration(...), gains(...)             # how good scores have been on later cases
    importance(model, seed), dependence(model, name, seed)
    filled_afterwards(...), separates(...)   # the leak guard; stability(...) the drift
"""

from insights.models.lead_value.bins import Bins
from insights.models.lead_value.cases import Cases
from insights.models.lead_value.curves import calibration, gains
from insights.models.lead_value.drift import stability
from insights.models.lead_value.explaining import dependence, importance
from insights.models.lead_value.guard import Leak, area_under_curve, filled_afterwards, separates
from insights.models.lead_value.model import KINDS, MIN_WINS, LeadModel, Scores, learn, tail_of

__all__ = [
    "KINDS", "MIN_WINS", "Bins", "Cases", "LeadModel", "Leak", "Scores", "area_under_curve", "calibration",
    "dependence", "filled_afterwards", "gains", "importance", "learn", "separates", "stability", "tail_of",
]
