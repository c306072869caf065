"""The leads of the period one by one, valued by the model of leads where the records carry one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.metrics import kpi_customers as metrics
from insights.metrics import lead_features
from insights.metrics.sql import select
from insights.metrics.sql import text as sql_text

if TYPE_CHECKING:
    from insights.topics.kpi_alignment import Alignment

MOST_LEADS = 60_000
"""Above so many leads the model learns from a part of them: the treaty then values kinds of leads."""


def scored(result: Alignment) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray], str] | None:
    """Expected margin and calibrated chance of each lead of the period as it came in, with what became of it (`leads`,
    `worked`, `won`, `returned`) and the SQL; None without a model that says what leads are worth, or where later leads
    have shown its scores to mislead."""
    from insights.topics import lead_value

    firm = result.firm
    if result.board.total("leads", 0, result.board.months) > MOST_LEADS or not result.margin:
        return None
    found = lead_value.learned(firm)
    if found.model is None or found.model.value is None or found.reading is None or not found.margin:
        return None
    if lead_value.refuted(lead_value.judged_of(found)):
        return None
    start, end = result.period
    looks = lead_features.learned(firm.as_of, lead_value.delivered(firm)).sql(dialect="duckdb")
    query = select(f"""
        select * from ({looks}) where age_group = {lead_features.AGES[0]}
            and at >= date_diff('day', date '1970-01-01', cast(:start as date))
            and at < date_diff('day', date '1970-01-01', cast(:end as date))""", start=start, end=end)
    table = firm.query(query)
    if not table.num_rows:
        return None
    scores = found.model.score(table.select(found.reading.cases.features.column_names))
    fates = {row["lead_id"]: row for row in firm.query(metrics.fates(
        start, end, result.days, firm.as_of)).to_pylist()}
    rows = [fates.get(lead) for lead in table["lead_id"].to_pylist()]
    kept = np.array([row is not None for row in rows])
    columns = {name: np.array([float(bool(row[name])) for row in rows if row])
               for name in ("worked", "won", "returned")}
    columns["leads"] = np.ones(int(kept.sum()))
    return scores.expected[kept], scores.final[kept], columns, sql_text(query)
