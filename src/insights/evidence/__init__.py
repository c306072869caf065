"""The typed words of a report: estimates, verdicts, findings, and the one policy by which comparisons are judged."""

from insights.evidence.comparison import (
    Comparison,
    Sums,
    compare_with_expected,
    compare_with_rest,
    decide,
    holm,
    significance,
    summarise,
)
from insights.evidence.estimated import compare_estimates
from insights.evidence.words import Estimate, Evidence, Finding, Impact, Interval, Verdict, round_estimate, subject_id

__all__ = [
    "Comparison", "Estimate", "Evidence", "Finding", "Impact", "Interval", "Sums", "Verdict",
    "compare_estimates", "compare_with_expected", "compare_with_rest", "decide", "holm", "round_estimate",
    "significance", "subject_id", "summarise",
]
