"""The further sections of the page, in their order: each is asked for its findings and estimates."""

from __future__ import annotations

from collections.abc import Callable

from insights.evidence import Estimate, Finding
from insights.topics import kpi_alignment_moves, kpi_alignment_push

PARTS: tuple[Callable[[object], tuple[list[Finding], list[Estimate]]], ...] = (
    kpi_alignment_moves.judge, kpi_alignment_push.judge,
)
