"""Conversion with its lag against what the synthetic firm was planted with, over many seeds."""

from __future__ import annotations

import os

from benchmarks.seeds import Case

SEEDS = int(os.environ.get("INSIGHTS_LAG_SEEDS", "200"))
BY = ("source", "team", "size", "country")


def judge(case: Case) -> list[dict]:
    """Each group's planted final conversion and median lag beside what is said of them."""
    from insights.models.conversion_lag import counts, fit, practice

    found = practice(case.firm)
    rows = []
    for by in BY:
        counted = counts(case.firm, by, found=found)
        lag = fit(counted)
        for group, final in lag.finals().items():
            truth = case.truths.get(f"final_conversion[{by}={group}]")
            if truth is None:
                continue
            median = case.truths.get(f"days_to_win_median[{by}={group}]")
            row = {"seed": case.seed, "by": by, "group": group, "status": final.status, "reason": final.reason,
                   "truth": truth["value"], "naive": final.wins / final.n, "n": final.n, "wins": final.wins,
                   "effect": float(counted.design_effect[lag.place(group)]), "shared": lag.shared}
            if final.interval:
                row |= {"value": final.interval.value, "low": final.interval.low, "high": final.interval.high}
            days = lag.median(group)
            if median and days:
                row |= {"days": median["value"], "days_value": days.value, "days_low": days.low, "days_high": days.high}
            rows.append(row)
    return rows
