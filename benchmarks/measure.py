"""Whole processes timed in turn, so that a drift of the machine's speed hits both sides alike."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """One line of the results: `value` must not exceed `limit` nor fall below `floor` (None: no such bound); `peer` is
    what it was measured against, `note` what else a reader must know (how many seeds, the Monte Carlo error)."""

    name: str
    value: float
    unit: str
    limit: float | None
    peer: str
    floor: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        return bool((self.limit is None or self.value <= self.limit)
                    and (self.floor is None or self.value >= self.floor))

    def to_json(self) -> dict:
        return {**asdict(self), "value": float(f"{self.value:.5g}"), "holds": self.holds}

    def __str__(self) -> str:
        mark = "holds" if self.holds else "FAILS"
        bounds = " ".join(f"{word} {bound:g}" for word, bound in (("floor", self.floor), ("limit", self.limit))
                          if bound is not None)
        note = f" ({self.note})" if self.note else ""
        return f"{self.name:<40} {self.value:>10.4g} {self.unit:<6} {bounds:<22} {mark}  against {self.peer}{note}"


def seconds(command: Sequence[str]) -> float:
    """Wall seconds of a command; CalledProcessError with its output if it fails."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return time.perf_counter() - start


def in_turn(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> list[tuple[float, float]]:
    """Pairs of timings, one side after the other, after one run of each that does not count."""
    ours(), theirs()
    return [(ours(), theirs()) for _ in range(runs)]


def median_difference(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(a - b for a, b in pairs)


def median_ratio(pairs: list[tuple[float, float]]) -> float:
    return statistics.median(a / b for a, b in pairs)


def python(*arguments: str) -> list[str]:
    """A command of this interpreter."""
    return [sys.executable, *arguments]
