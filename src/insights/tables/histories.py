"""Leads whose stages contradict each other: several wins, a win before the lead, a return after the end."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from insights.contract import TERMINAL_STAGES
from insights.problems import Problem
from insights.tables import sql
from insights.tables.checked import examples

if TYPE_CHECKING:
    from insights.sources import Engine


def histories(engine: Engine, tables: Collection[str]) -> list[Problem]:
    """What the canonical lead_stages say of each lead that cannot be, or that is worth a note."""
    if "leads" not in tables or "lead_stages" not in tables:
        return []
    ends = sql.texts(TERMINAL_STAGES)
    per_lead = f"""
        select s.lead_id, min(s._row) as _row, count(*) filter (where stage = 'won') as wins,
            min(entered_at) filter (where stage = 'won') as won_at,
            min(entered_at) filter (where stage in {ends}) as ended_at,
            max(entered_at) filter (where stage not in {ends}) as open_at
        from main.lead_stages as s group by s.lead_id"""
    faults = {"several_wins": ("wins > 1", "wins"), "won_before_created": ("won_at < created_at", "won_at"),
              "reopened": ("open_at > ended_at", "open_at")}
    aggregates = ", ".join(
        f"count(*) filter (where {where}) as {rule}, {sql.first(where, value, 'lead_id')} as {sql.name('e_' + rule)}"
        for rule, (where, value) in faults.items())
    columns = {"several_wins": "stage", "won_before_created": "entered_at", "reopened": "stage"}
    row = engine.query(f"select {aggregates} from (select h.*, l.created_at from ({per_lead}) as h "
                       "join main.leads as l using (lead_id))").to_pylist()[0]
    return [Problem(rule, "lead_stages", columns[rule], row[rule], examples(row[f"e_{rule}"]))
            for rule in faults if row[rule]]
