"""Findings that a run has collected, read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from insights.problems import NoInput

if TYPE_CHECKING:
    from insights.evidence import Finding
    from insights.topics.alignment_changes import Earlier


def collected(file: str) -> list[Finding] | None:
    """The findings in a `findings.json`; None where no file is named, so that the topics are asked instead.

    NoInput if the file is not there or holds something else.
    """
    from insights.evidence import Finding

    if not file:
        return None
    return _read(file, lambda content: [Finding.from_json(entry) for entry in content["findings"]])


def earlier(file: str) -> Earlier | None:
    """The run before, as a run left it in the same file; None where there was none, or no file is named."""
    from insights.topics.alignment_changes import Earlier

    if not file:
        return None
    return _read(file, lambda content: Earlier(**content["earlier"]) if content.get("earlier") else None)


def _read(file: str, reading: Callable[[dict], object]) -> object:
    try:
        return reading(json.loads(Path(file).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoInput(f"{Path(file).name} holds no collected findings ({type(error).__name__}): leave "
                      "findings_from empty to have every topic asked") from None
