"""The versions of a strategy: which one held on a day, so that a period is judged by the strategy of its time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path

from insights.strategy.model import Strategy
from insights.strategy.reading import Known, StrategyError, load


def history(folder: Path, known: Known | None = None) -> tuple[Strategy, ...]:
    """All versions among the folder's `strategy*.toml`, the oldest first; proposals are none.

    StrategyError where two of them hold from the same day: then nobody can say which one holds.
    """
    files = sorted(path for path in folder.glob("strategy*.toml") if ".proposed" not in path.name)
    versions = sorted((load(path, known) for path in files), key=lambda v: (v.valid_from or dt.date.min, v.file))
    for one, other in itertools.pairwise(versions):
        if one.valid_from == other.valid_from:
            day = f"from {one.valid_from}" if one.valid_from else "without a valid_from"
            raise StrategyError(f"{one.file} and {other.file} both hold {day}: give each version its own valid_from, "
                                "or take one of them away")
    return tuple(versions)


def in_force(versions: Sequence[Strategy], day: dt.date) -> Strategy | None:
    """The version in force on a day; None before the first."""
    held = [v for v in versions if v.valid_from is None or v.valid_from <= day]
    return held[-1] if held else None


def find(folder: Path, as_of: dt.date, known: Known | None = None) -> Strategy | None:
    """The version in force on `as_of` among the folder's `strategy*.toml`; None where there is none."""
    return in_force(history(folder, known), as_of)
