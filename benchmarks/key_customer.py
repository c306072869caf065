"""The key customer profile against what was planted, over many seeds of the synthetic firm and its twins.

Truths are drawn anew for each seed: the exact expectation of every group, from the generator's own probabilities, over
the same leads that the measure counts. The topic's count of shuffled data that would have given as good a best segment
is cut short here: no verdict rests on it.
"""

from __future__ import annotations

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

SEEDS = int(os.environ.get("INSIGHTS_BENCH_SEEDS", "200"))
LEADS = 12_000
MEASURES = ("win_rate", "conversion", "margin_per_lead")
KEY = (("industry", ("C28",)), ("size", ("medium",)), ("country", ("CZ", "DE")))
DECOYS = {
    "one_deal": {"industry": "D35", "size": "large", "country": "PL"},
    "high_conversion_low_margin": {"industry": "C10", "size": "small", "country": "PL"},
}
EXTREMES = {("industry", "C28"), ("industry", "D35"), ("industry", "C10"), ("size", "medium"), ("country", "DE")}
DECIDED = ("higher", "lower")


@dataclass
class Seen:
    """What one seed showed. `covered`: (measure, group, planted extreme, own interval holds, difference holds);
    `selected`: whether each selected figure's interval holds its truth; `said` and `false`: reported differences and
    those of the wrong sign or against nothing; `oracle` and `found`: the key segment."""

    covered: list[tuple] = field(default_factory=list)
    selected: list[bool] = field(default_factory=list)
    said: int = 0
    false: int = 0
    named: bool = False
    oracle: bool = False
    found: bool = False
    recommended: dict[str, bool] = field(default_factory=dict)


class Truth:
    """Exact expectations of one firm, lead by lead."""

    def __init__(self, seed: int, twin: str | None, days: int, leads: int = LEADS) -> None:
        from insights.sample.calendar import MINUTES
        from insights.sample.companies import Register
        from insights.sample.leads import Model
        from insights.sample.ledger import WORDS, Ledger
        from insights.sample.money import Money

        model = Model(Register(seed, leads), twin)
        money, numbers = Money(model), np.arange(leads)
        drawn, ledger = model.leads(numbers), Ledger(model, money)
        measures, self.words = ledger._measures(drawn), WORDS
        self.codes = ledger.codes(drawn)
        self.created = model._created(numbers) // MINUTES
        won = measures[f"won_within_{days}"] / 2**32
        self.parts = {
            "win_rate": (measures["won_by_end"] / 2**32,
                         (measures["won_by_end"] + measures["lost_by_end"]) / 2**32),
            "conversion": (won, measures[f"old_{days}"] / 2**32),
            "margin_per_lead": (won * money.expected_margin(drawn), measures[f"old_{days}"] / 2**32),
        }

    def of(self, measure: str, inside: np.ndarray) -> float:
        """The expected ratio over the leads chosen."""
        y, n = self.parts[measure]
        return float(y[inside].sum() / n[inside].sum()) if n[inside].sum() > 0 else 0.0

    def mask(self, parts) -> np.ndarray:
        """The leads of a segment, by what is recorded of them."""
        inside = np.ones(len(self.created), dtype=bool)
        for attribute, values in parts:
            wanted = [self.words[attribute].index(value) for value in values]
            inside &= np.isin(self.codes[attribute], wanted)
        return inside

    def known(self, attribute: str) -> np.ndarray:
        """Leads whose value of the attribute is recorded."""
        return self.codes[attribute] < len(self.words[attribute])

    def between(self, start, end) -> np.ndarray:
        """The leads created in a span of days."""
        import datetime as dt

        from insights.sample.calendar import START
        from insights.sample.truths import SPANS

        first = dt.date.fromisoformat(SPANS["all"][0])
        low, high = ((day - first).days + START for day in (start, end))
        return (self.created >= low) & (self.created < high)


def judge_firm(case: Case) -> Seen:
    """The firm with everything planted."""
    return _judge(case, None)


def judge_null(case: Case) -> Seen:
    """The twin without any effect."""
    return _judge(case, "null")


def judge_misspecified(case: Case) -> Seen:
    """The twin whose rates move and whose companies cluster more."""
    return _judge(case, "misspecified")


def _judge(case: Case, twin: str | None) -> Seen:
    from insights.topics import key_customer_profile as topic
    from insights.topics import key_customer_segments

    key_customer_segments.SHUFFLES = 1
    profile, seen = topic.judge(case.firm), Seen()
    truth = Truth(case.seed, twin, profile.days)
    _groups(profile, truth, seen)
    _searches(profile, truth, seen)
    about_roles = ("decider_known", "who_decides", "decision_maker", "audience", "drift")
    seen.named = any(str(f.verdict) in DECIDED for f in profile.findings
                     if not f.function.endswith(about_roles) and ".drift" not in f.function)
    for name, decoy in DECOYS.items():
        seen.recommended[name] = _recommends(profile, truth, decoy)
    return seen


def _groups(profile, truth: Truth, seen: Seen) -> None:
    for key, dimension in profile.dimensions.items():
        shown = {m.key for m in dimension.measures}
        for group in dimension.groups:
            mine = truth.mask(((key, (group.label,)),))
            rest = truth.known(key) & ~mine
            for measure in MEASURES:
                compared = group.compared.get(measure)
                if compared is None or compared.withheld or measure not in shown:
                    continue
                own, difference = truth.of(measure, mine), truth.of(measure, mine) - truth.of(measure, rest)
                seen.covered.append((
                    measure, f"{key}={group.label}", (key, group.label) in EXTREMES,
                    compared.own.low <= own <= compared.own.high,
                    compared.difference.low <= difference <= compared.difference.high))
                if str(compared.verdict) in DECIDED:
                    seen.said += 1
                    seen.false += (difference > 0) != (str(compared.verdict) == "higher")


def _searches(profile, truth: Truth, seen: Seen) -> None:
    from insights.models.combinations import Candidate, confirm
    from insights.models.leaves import Segment
    from insights.topics.key_customer_windows import leaves

    combined, refined = profile.combined, profile.refined
    if combined is None:
        return
    found, kind = combined.windows, combined.windows.kind.key
    span = truth.between(found.split, found.end)
    key = Segment(KEY)
    held = leaves(profile, found, found.split, found.end)
    seen.oracle = str(confirm(held, [Candidate(key, 1.0)])[0].verdict) == "higher"
    inside = truth.mask(KEY)
    for candidate, compared in combined.pairs:
        if str(compared.verdict) not in DECIDED:
            continue
        parts = candidate.segment.parts
        mine = truth.mask(parts)
        own = truth.of(kind, mine & span)
        seen.selected.append(compared.own.low <= own <= compared.own.high)
        seen.said += 1
        higher = str(compared.verdict) == "higher"
        seen.false += (own > truth.of(kind, span)) != higher
        seen.found |= higher and (mine & inside & span).sum() >= 0.5 * (mine & span).sum()
    judged = refined.profile
    if judged.compared is not None and not judged.compared.withheld:
        mine = np.any([truth.mask(rule.segment.parts) for rule in judged.rules], axis=0)
        own, rest = truth.of(kind, mine & span), truth.of(kind, ~mine & span)
        seen.selected.append(judged.compared.own.low <= own <= judged.compared.own.high)
        if str(judged.compared.verdict) in DECIDED:
            seen.said += 1
            seen.false += (own > rest) != (str(judged.compared.verdict) == "higher")


def _recommends(profile, truth: Truth, decoy: dict[str, str]) -> bool:
    """Whether anything called better in money consists of the decoy for the most part."""
    inside = truth.mask(tuple((key, (value,)) for key, value in decoy.items()))

    def mostly(parts) -> bool:
        mine = truth.mask(parts)
        return bool(mine.any() and (mine & inside).sum() >= 0.5 * mine.sum())

    for finding in profile.findings:
        money = finding.unit not in ("share", "count")
        if money and str(finding.verdict) == "higher" and finding.subject and "role" not in finding.subject:
            parts = tuple((key, tuple(value.split("|"))) for key, value in finding.subject.items())
            if "region" not in finding.subject and mostly(parts):
                return True
    refined = profile.refined
    if refined is None or refined.profile.compared is None or str(refined.profile.compared.verdict) != "higher":
        return False
    return any(mostly(rule.segment.parts) for rule in refined.rules)


def share(values: list[float]) -> tuple[float, float]:
    """A mean over seeds and its Monte Carlo error."""
    error = statistics.stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0
    return statistics.fmean(values), error


def covered(seen: list[Seen], which, place: int = 3) -> tuple[float, float, int]:
    """Coverage pooled over all estimates of a kind, its error (seeds are the clusters), and their number."""
    rows = [[entry[place] for entry in one.covered if which(entry)] for one in seen]
    rows = [row for row in rows if row]
    n, hits = sum(map(len, rows)), sum(map(sum, rows))
    rate = hits / n
    residuals = [sum(row) - rate * len(row) for row in rows]
    return rate, (sum(r * r for r in residuals) ** 0.5) / n, n


def run() -> Iterator[Result]:
    """Coverage, false discoveries, power and decoys."""
    yield from _firm(list(each(judge_firm, range(SEEDS))))
    null = list(each(judge_null, range(SEEDS), twin="null"))
    quiet, error = share([float(not one.named) for one in null])
    yield Result("key_customer_null_without_winner", quiet, "share", None, "the null twin", floor=0.90,
                 note=f"{SEEDS} seeds, error {error:.3f}")
    rate, error, n = covered(null, lambda entry: True)
    yield Result("key_customer_null_coverage", rate, "share", 0.94, "exact truths", floor=0.86,
                 note=f"{n} estimates, error {error:.4f}")
    rough = list(each(judge_misspecified, range(SEEDS), twin="misspecified"))
    rate, error, n = covered(rough, lambda entry: True)
    yield Result("key_customer_misspecified_coverage", rate, "share", None, "the misspecified twin", floor=0.85,
                 note=f"{n} estimates, error {error:.4f}")


def _firm(seen: list[Seen]) -> Iterator[Result]:
    for measure in MEASURES:
        rate, error, n = covered(seen, lambda entry, m=measure: entry[0] == m)
        by_group = defaultdict(list)
        for one in seen:
            for entry in one.covered:
                if entry[0] == measure:
                    by_group[entry[1]].append(entry[3])
        worst = min((statistics.fmean(hits), name) for name, hits in by_group.items() if len(hits) >= SEEDS / 4)
        yield Result(f"key_customer_coverage_{measure}", rate, "share", 0.94, "exact truths of each seed", floor=0.86,
                     note=f"{SEEDS} seeds, {n} estimates, error {error:.4f}; worst single {worst[1]} {worst[0]:.3f}")
        rate, error, n = covered(seen, lambda entry, m=measure: entry[0] == m, place=4)
        yield Result(f"key_customer_difference_{measure}", rate, "share", 0.94, "exact truths of each seed", floor=0.86,
                     note=f"intervals of the differences, error {error:.4f}")
    rate, error, n = covered(seen, lambda entry: entry[2])
    yield Result("key_customer_planted_extremes", rate, "share", None, "exact truths of each seed", floor=0.85,
                 note=f"{n} estimates of planted groups, error {error:.4f}")
    selected = [hit for one in seen for hit in one.selected]
    yield Result("key_customer_selected_findings", statistics.fmean(selected), "share", None, "held-back truths",
                 floor=0.80, note=f"{len(selected)} figures quoted of selected segments")
    said, false = sum(one.said for one in seen), sum(one.false for one in seen)
    yield Result("key_customer_false_discoveries", false / max(said, 1), "share", 0.10, "exact truths",
                 note=f"{false} of {said} reported differences")
    oracle, found = (share([float(getattr(one, name)) for one in seen]) for name in ("oracle", "found"))
    yield Result("key_customer_power_behind_oracle", oracle[0] - found[0], "share", 0.10,
                 "a test of the planted segment alone, same leads, same level",
                 note=f"found {found[0]:.3f}, oracle {oracle[0]:.3f}, error {found[1]:.3f}")
    for name in DECOYS:
        wrong = sum(one.recommended[name] for one in seen)
        yield Result(f"key_customer_decoy_{name}", wrong, "seeds", 0, "never recommended", note=f"of {SEEDS}")
