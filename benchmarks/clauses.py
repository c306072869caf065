"""The strategy's clauses over many firms: each was planted right, wrong, too early or undecidable."""

from __future__ import annotations

import importlib
import os
import statistics
from collections import Counter
from collections.abc import Iterator

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

SEEDS = int(os.environ.get("INSIGHTS_BENCH_SEEDS", "200"))
# The chapters that judge the planted clauses; the others are not asked, which halves the time.
TOPICS = ("key_customer_profile", "product_priorities", "product_pipeline")


def run() -> Iterator[Result]:
    """The share of wrong verdicts over all planted clauses and seeds: a verdict is wrong where it says kept of a broken
    clause or the reverse, or decides what cannot be decided; *not enough data* about a clause that was planted to be
    decidable is counted apart, since it misleads nobody."""
    told = list(each(verdicts, range(SEEDS)))
    pairs = [(planted, said) for firm in told for planted, said in firm.values()]
    wrong = statistics.mean(is_wrong(*pair) for pair in pairs)
    undecided = statistics.mean(said == "not_enough_data" != planted for planted, said in pairs)
    error = 1.96 * (wrong * (1 - wrong) / max(len(pairs), 1)) ** 0.5
    note = f"{SEEDS} seeds, {len(pairs)} verdicts, Monte Carlo error ±{error:.3f}; by clause: {_worst(told)}"
    yield Result("clauses_wrong", wrong, "share", 0.10, "the planted verdicts", note=note)
    yield Result("clauses_undecided", undecided, "share", None, "the planted verdicts", note="not wrong, but silent")


def verdicts(case: Case) -> dict[str, tuple[str, str]]:
    """For each planted clause of a firm (planted verdict, the document's)."""
    from insights.sample.agreement import CLAUSES
    from insights.topics.alignment_report import document

    topics = [importlib.import_module(f"insights.topics.{name}") for name in TOPICS]
    rows = document(case.firm, [finding for topic in topics for finding in topic.findings(case.firm)]).judged_clauses()
    said = {clause.id: str(row.finding.verdict) for row in rows for clause in row.clauses}
    return {identity: (planted, said.get(identity, "missing")) for identity, planted, _why in CLAUSES}


def is_wrong(planted: str, said: str) -> bool:
    """Whether a verdict misleads: another decided one, or a decision where there is none to take."""
    return said != planted and said != "not_enough_data"


def _worst(told: list[dict[str, tuple[str, str]]]) -> str:
    wrong = Counter(identity for firm in told for identity, pair in firm.items() if is_wrong(*pair))
    return ", ".join(f"{identity} {n / len(told):.0%}" for identity, n in wrong.most_common(4)) or "none wrong"
