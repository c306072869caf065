"""What is said of the speed of the first touch against what was planted: odds of 1.25 (good leads are called first), of
1 in the twin `unhurried`, and calls by lot in the twin `randomised`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import sqrt

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

SEEDS = int(os.environ.get("INSIGHTS_SPEED_SEEDS", "40"))
TRUTH = {None: 1.25, "unhurried": 1.0, "randomised": 1.25}


def judge(case: Case) -> dict:
    """The odds like beside like and by the clock, each with its interval, and whether speed is said to sell."""
    from insights.models import conversion_lag as lags
    from insights.topics import lead_conversion_work as work

    found = lags.practice(case.firm)
    speed = work.read(case.firm, float(lags.counts(case.firm, found=found).design_effect[0])).speed
    row = {"alike": (speed.contrast.odds.value, speed.contrast.odds.low, speed.contrast.odds.high)}
    if speed.late is not None and speed.late.holds:
        row |= {"clock": (speed.late.odds.value, speed.late.odds.low, speed.late.odds.high),
                "claimed": speed.late.effect.low > 0}
    return row


def run() -> Iterator[Result]:
    """Coverage by the clock where that can tell, claims where there is no effect, coverage where calls went by lot."""
    for twin, truth in TRUTH.items():
        rows = list(each(judge, range(SEEDS), twin=twin))
        name = twin or "firm"
        told = [row for row in rows if "clock" in row]
        if twin != "randomised":
            held = [row["clock"][1] <= truth <= row["clock"][2] for row in told]
            share = sum(held) / len(held)
            yield Result(f"odds_by_the_clock_hold_{name}", share, "share", None, f"planted odds {truth}", 0.82,
                         f"{len(told)} of {SEEDS} firms have an instrument that holds, Monte Carlo error "
                         f"{sqrt(share * (1 - share) / len(held)):.3f}")
            raw = sum(row["alike"][1] > truth for row in rows) / len(rows)
            yield Result(f"odds_like_beside_like_miss_{name}", raw, "share", None, "hidden quality, planted")
        else:
            held = [row["alike"][1] <= truth <= row["alike"][2] for row in rows]
            yield Result("odds_by_lot_hold", sum(held) / len(held), "share", None, f"planted odds {truth}", 0.82)
            yield Result("instrument_found_where_there_is_none", len(told) / len(rows), "share", 0.15,
                         "calls by lot: late hours change nothing")
        claimed = sum(row.get("claimed", False) for row in rows) / len(rows)
        yield Result(f"speed_claimed_{name}", claimed, "share", 0.1 if truth == 1.0 else None, f"planted odds {truth}")
