"""Findings that a run has collected, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from insights.problems import NoInput

if TYPE_CHECKING:
    from insights.evidence import Finding


def collected(file: str) -> list[Finding] | None:
    """The findings in a `findings.json`; None where no file is named, so that the topics are asked instead.

    NoInput if the file is not there or holds something else.
    """
    from insights.evidence import Finding

    if not file:
        return None
    try:
        return [Finding.from_json(entry) for entry in json.loads(Path(file).read_text(encoding="utf-8"))["findings"]]
    except (OSError, ValueError, KeyError) as error:
        raise NoInput(f"{Path(file).name} holds no collected findings ({type(error).__name__}): leave "
                      "findings_from empty to have every topic asked") from None
