"""Themes of the customers' voice against the planted ones, and what many texts cost."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

SEEDS = 200
TEXTS = 100_000
LIMIT_SECONDS, LIMIT_BYTES = 180.0, 4 << 30


def run() -> Iterator[Result]:
    """Precision and recall of planted mentions over seeds, with the firm's codes and without; cost of many texts."""
    found = [score for score in each(scores, range(SEEDS)) if score is not None]
    for name, place in (("precision", 0), ("recall", 1)):
        value = float(np.mean([score["coded"][place] for score in found]))
        yield Result(f"themes_{name}", value, "share", None, "planted themes", floor=0.9,
                     note=f"{len(found)} seeds, mean over themes; codes on two entries in five")
        value = float(np.mean([score["plain"][place] for score in found]))
        yield Result(f"themes_{name}_no_codes", value, "share", None, "planted themes", floor=0.9,
                     note="no topic code and no roadmap item given")
    half, whole = (seconds_for(n) for n in (TEXTS // 2, TEXTS))
    yield Result("themes_seconds", whole, "s", LIMIT_SECONDS, f"{TEXTS:,} texts, one core")
    yield Result("themes_growth", whole / half, "ratio", 2.3, "half as many texts")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    yield Result("themes_memory", peak / 2**30, "GiB", LIMIT_BYTES / 2**30, f"{TEXTS:,} texts")


def scores(case: Case) -> dict | None:
    """Mean precision and recall over the planted themes of one firm; None where the firm plants none."""
    from insights.metrics import voice
    from insights.models.texts import cleaned

    # "other" is what belongs to no theme.
    planted = {name: ids for name, ids in case.lists.get("feedback", {}).items() if name != "other"}
    rows = [r for r in case.firm.query(voice.entries(case.firm.as_of, leads=True)).to_pylist()
            if r["kind"] != "complaint"]
    place = {row["id"]: k for k, row in enumerate(rows)}
    wanted = {name: {place[i] for i in ids if i in place} for name, ids in planted.items()}
    wanted = {name: members for name, members in wanted.items() if members}
    if not wanted:
        return None
    texts = [cleaned(row["text"] or "") for row in rows]
    none = [None] * len(rows)
    return {"coded": precision_and_recall(texts, [r["topic"] for r in rows], [r["item"] for r in rows], wanted),
            "plain": precision_and_recall(texts, none, none, wanted)}


def precision_and_recall(texts: list, codes: list, items: list, wanted: dict[str, set[int]]) -> tuple[float, float]:
    """Each planted theme against the found theme that holds most of its mentions."""
    from insights.models.themes import themes

    found = [set(theme.entries.tolist()) for theme in themes(texts, codes, items)]
    pairs = []
    for members in wanted.values():
        best = max(found, key=lambda f: (len(f & members), -len(f)))
        hit = len(best & members)
        pairs.append((hit / len(best), hit / len(members)))
    return statistics.mean(p for p, _ in pairs), statistics.mean(r for _, r in pairs)


def seconds_for(n: int) -> float:
    """Processor seconds to clean and group n texts of a few needs among many other words."""
    from insights.models.texts import cleaned
    from insights.models.themes import themes

    rng = np.random.default_rng(n)
    needs = ("za głośna praca urządzenia", "zbiorcza faktura za miesiąc", "szkolenie operatorów", "operator training",
             "elektronische Rechnung", "too much noise", "dłuższa gwarancja na uszczelnienia", "longer warranty")
    letters = np.array(list("abcdefghijklmnoprstuwz"))
    others = ["".join(rng.choice(letters, int(rng.integers(4, 10)))) for _ in range(5_000)]
    texts = [f"{needs[rng.integers(len(needs))]} {others[rng.integers(5_000)]} {others[rng.integers(5_000)]}"
             for _ in range(n)]
    start = time.process_time()
    themes([cleaned(text) for text in texts], [None] * n, [None] * n)
    return time.process_time() - start
