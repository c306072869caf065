"""The further sections of the page, in their order: each is asked for its findings and estimates."""

from __future__ import annotations

from collections.abc import Callable

from insights.evidence import Estimate, Finding
from insights.topics import (
    kpi_alignment_conflicts,
    kpi_alignment_customers,
    kpi_alignment_handover,
    kpi_alignment_moves,
    kpi_alignment_plan,
    kpi_alignment_prices,
    kpi_alignment_push,
    kpi_alignment_treaty,
    kpi_alignment_value,
)

PARTS: tuple[Callable[[object], tuple[list[Finding], list[Estimate]]], ...] = (
    kpi_alignment_moves.judge, kpi_alignment_push.judge, kpi_alignment_prices.judge, kpi_alignment_value.judge,
    kpi_alignment_handover.judge, kpi_alignment_plan.judge,
    kpi_alignment_treaty.judge, kpi_alignment_conflicts.judge, kpi_alignment_customers.judge,
)
