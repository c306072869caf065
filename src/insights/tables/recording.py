"""Detectors of how the CRM is kept. Where records cannot carry a figure, it is refused, and the page says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from insights.contract import TERMINAL_STAGES
from insights.language import Day, Number, Share
from insights.problems import Problem
from insights.tables import sql
from insights.tables.checked import TableInfo

if TYPE_CHECKING:
    from insights.sources import Engine

# Thresholds, each stated in the severity table; the counts keep one row from being a pattern.
SAME_DAY_WINS, ONE_DAY, NEVER_CLOSED, ONE_REASON, LATE_COMPANY, LATE_START = 0.20, 0.05, 0.30, 0.40, 0.10, 0.90
MANY, FEW = 200, 30
VAT = (1.225, 1.235)
YEAR = dt.timedelta(days=365)
_BEFORE_OPPORTUNITY = ("new", "mql", "accepted", "touched")


def detectors(engine: Engine, tables: Mapping[str, TableInfo], snapshot: dt.date | None) -> list[Problem]:
    """What the canonical tables show about recording."""
    out: list[Problem] = []
    if {"leads", "lead_stages"} <= set(tables) and tables["leads"].rows_kept:
        row = _leads(engine, snapshot, contacts="contacts" in tables)
        out += _leads_without(row) + _late_entries(row)
        out += _bulk(engine) + _reasons(engine)
    if "orders" in tables:
        out += _vat(engine, tables)
    return out


def _one(engine: Engine, query: str) -> dict:
    return engine.query(query).to_pylist()[0]


def _leads(engine: Engine, snapshot: dt.date | None, contacts: bool) -> dict:
    """Counts over leads, each with what its stages say."""
    ends, early = sql.texts(TERMINAL_STAGES), sql.texts(_BEFORE_OPPORTUNITY)
    company = "coalesce(l.company_id, k.company_id)" if contacts else "l.company_id"
    join = "left join main.contacts as k on l.contact_id = k.contact_id" if contacts else ""
    old = f"created_at < DATE '{snapshot - YEAR}'" if snapshot else "false"
    return _one(engine, f"""
        select count(*) as leads, count(*) filter (where company is null) as no_company,
            count(*) filter (where created_at is null) as no_date,
            count(*) filter (where closed) as closed,
            count(*) filter (where closed and company is null) as closed_without,
            count(*) filter (where won_at is not null and created_at is not null) as wins,
            count(*) filter (where won_at::DATE = created_at::DATE) as same_day,
            count(*) filter (where {old}) as old, count(*) filter (where {old} and not closed) as old_open,
            count(*) filter (where staged) as staged, count(*) filter (where staged and not early) as late
        from (select l.created_at, {company} as company, s.won_at, coalesce(s.closed, false) as closed,
                coalesce(s.early, false) as early, s.lead_id is not null as staged
            from main.leads as l {join} left join (
                select lead_id, min(entered_at) filter (where stage = 'won') as won_at,
                    bool_or(stage in {ends}) as closed, bool_or(stage in {early}) as early
                from main.lead_stages group by lead_id) as s on l.lead_id = s.lead_id)""")


def _leads_without(row: dict) -> list[Problem]:
    out = []
    for rule, column, n in (("leads_without_company", "company_id", row["no_company"]),
                            ("leads_without_date", "created_at", row["no_date"])):
        if n:
            out.append(Problem(rule, "leads", column, n, values={"share": Share(n / row["leads"])}))
    opened = row["leads"] - row["closed"]
    if opened >= FEW and row["closed"] >= FEW:
        open_share = (row["no_company"] - row["closed_without"]) / opened
        closed_share = row["closed_without"] / row["closed"]
        if abs(open_share - closed_share) > LATE_COMPANY:
            out.append(Problem("company_filled_at_closing", "leads", "company_id", row["no_company"], values={
                "open": Share(open_share), "closed": Share(closed_share)}))
    return out


def _late_entries(row: dict) -> list[Problem]:
    out = []
    if row["wins"] and row["same_day"] > SAME_DAY_WINS * row["wins"]:
        out.append(Problem("entered_afterwards", "lead_stages", "entered_at", row["same_day"], values={
            "share": Share(row["same_day"] / row["wins"])}))
    if row["old"] >= FEW and row["old_open"] > NEVER_CLOSED * row["old"]:
        out.append(Problem("never_closed", "leads", None, row["old_open"], values={
            "share": Share(row["old_open"] / row["old"])}))
    if row["staged"] and row["late"] > LATE_START * row["staged"]:
        out.append(Problem("opportunities_only", "lead_stages", "stage", row["late"], values={
            "share": Share(row["late"] / row["staged"])}))
    return out


def _bulk(engine: Engine) -> list[Problem]:
    row = _one(engine, """
        select sum(n)::BIGINT as changes, arg_max(day, n) as day, max(n) as most from (
            select entered_at::DATE as day, count(*) as n from main.lead_stages
            where stage <> 'new' and entered_at is not null group by 1 order by 1)""")
    if not row["changes"] or row["changes"] < MANY or row["most"] <= ONE_DAY * row["changes"]:
        return []
    return [Problem("stages_in_bulk", "lead_stages", "entered_at", row["most"], values={
        "share": Share(row["most"] / row["changes"]), "day": Day(row["day"])})]


def _reasons(engine: Engine) -> list[Problem]:
    rows = engine.query("""
        select reason, count(*) as n, sum(count(*)) over ()::BIGINT as all_reasons, count(*) over () as different
        from main.lead_stages where stage = 'lost' and reason is not null
        group by reason order by n desc, reason limit 1""").to_pylist()
    if not rows or rows[0]["all_reasons"] < FEW or rows[0]["n"] <= ONE_REASON * rows[0]["all_reasons"]:
        return []
    return [Problem("one_reason_for_all", "lead_stages", "reason", rows[0]["n"], values={
        "reason": rows[0]["reason"], "share": Share(rows[0]["n"] / rows[0]["all_reasons"])})]


def _vat(engine: Engine, tables: Mapping[str, TableInfo]) -> list[Problem]:
    """Revenue over list revenue; where orders have none, over quantity times list price in the same currency."""
    listed, join = "o.list_revenue", ""
    if "products" in tables:
        listed = "coalesce(o.list_revenue, case when o.currency = p.currency then o.quantity * p.list_price end)"
        join = "left join main.products as p on o.product_id = p.product_id"
    row = _one(engine, f"""
        select count(*) as n, median(ratio) as middle from (
            select o.revenue::DOUBLE / nullif({listed}, 0)::DOUBLE as ratio from main.orders as o {join}
            where o.revenue > 0) where ratio is not null""")
    if row["n"] < FEW or not VAT[0] <= row["middle"] <= VAT[1]:
        return []
    return [Problem("vat_included", "orders", "revenue", row["n"], values={"ratio": Number(row["middle"], 2)})]
