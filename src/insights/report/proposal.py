"""The file `strategy.proposed.toml` of a run: the strategy as its findings would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insights.firm import Firm


def proposal(
    firm: Firm | None, findings: Sequence[Mapping], estimates: Sequence[Mapping], language: str,
) -> str | None:
    """The proposed file; None where neither a strategy nor the records give anything to propose."""
    from insights.evidence import Finding
    from insights.language import render
    from insights.strategy.propose import proposed
    from insights.topics.alignment_first import first
    from insights.topics.alignment_proposal import edits, heading

    # The strategy is the whole firm's: no part of it proposes another.
    if firm is None or firm.part is not None:
        return None
    standing = [f for f in findings if f.get("status") != "gone"]
    changed = edits(firm, [Finding.from_json(f) for f in standing])
    if firm.strategy is None and not firm.versions:
        changed += first(standing, estimates, {(edit.section, edit.key) for edit in changed})
    changed = [replace(edit, note=render(edit.note, language)) for edit in changed]
    if firm.strategy is None and not changed:
        return None
    return proposed(firm.strategy, changed, [line.render(language) for line in heading(firm)])
