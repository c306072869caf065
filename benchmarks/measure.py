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
    """One line of the results: `value` must not exceed `limit`; `peer` is what it was measured against."""

    name: str
    value: float
    unit: str
    limit: float
    peer: str

    @property
    def holds(self) -> bool:
        return self.value <= self.limit

    def to_json(self) -> dict:
        return {**asdict(self), "holds": self.holds}

    def __str__(self) -> str:
        mark = "holds" if self.holds else "FAILS"
        return f"{self.name:<28} {self.value:>9.3f} {self.unit:<6} limit {self.limit:<7g} {mark}  against {self.peer}"


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
