"""Real data that belong to others: they stand beside the project and do not come with it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared" / "data"
MAVEN = SHARED / "maven_crm"


def needs(folder: str) -> pytest.MarkDecorator:
    """A mark for tests on the real data of that folder: skipped where they are not at hand."""
    return pytest.mark.skipif(
        not (SHARED / folder).is_dir(),
        reason=f"checks figures of real data that belong to others and do not come with the project: {folder}, looked "
               "for in ../shared/data")
