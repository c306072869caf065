"""What is judged row by row once texts are typed: references, dates, ranges, amounts without a currency.

Each condition is one expression over the typed copy; all those of a table are counted in one scan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insights.contract import Column, Table
from insights.language import Share, Text, _
from insights.problems import Example, Problem
from insights.tables import sql
from insights.tables.checked import examples

if TYPE_CHECKING:
    from insights.sources import Engine

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2100, 1, 1)
# The column that says when a row's event happened; such rows of the future have not happened and are left out.
EVENTS = {"leads": "created_at", "lead_stages": "entered_at", "orders": "ordered_at", "touches": "touched_at",
          "feedback": "recorded_at"}
ORPHANS_ALLOWED, DATES_ALLOWED = 0.10, 0.01
_NEGATIVE_KEPT = {("orders", "quantity"), ("orders", "revenue"), ("orders", "cost"), ("orders", "list_revenue"),
                  ("orders", "rebate"), ("spend", "amount"), ("lead_stages", "amount"), ("targets", "value"),
                  ("brand", "value")}


@dataclass(frozen=True)
class Condition:
    """A fault that rows may have: `where` holds for them. `drops` says what is left out: the row, the value, or
    nothing; above `allowed` (a share of the table's rows) the rule is `too_many` instead."""

    rule: str
    column: str | None
    where: str
    drops: str = "nothing"
    too_many: str | None = None
    allowed: float = 1.0
    values: Mapping[str, object] = field(default_factory=dict)
    shown: str | None = None


@dataclass(frozen=True)
class Met:
    """A condition that some rows meet."""

    condition: Condition
    count: int
    rows: int
    examples: tuple[Example, ...]

    def problem(self, table: str, **more: object) -> Problem:
        c, share = self.condition, self.count / self.rows
        rule = c.too_many if c.too_many and share > c.allowed else c.rule
        return Problem(rule, table, c.column, self.count, self.examples, {**c.values, "share": Share(share), **more})


def conditions(table: Table, present: Mapping[str, str], columns: frozenset[str],
               snapshot: dt.date | None) -> list[Condition]:
    """The conditions of a table. `present` maps each table that can be referred to to its relation; `columns` are those
    delivered."""
    out: list[Condition] = []
    for column in table.columns:
        if column.name not in columns:
            continue
        if column.references:
            out += _reference(table, column, present)
        if column.type in ("date", "timestamp"):
            out += _dates(table, column, snapshot)
        out += _range(table, column)
        if column.type == "money" and column.currency:
            out.append(Condition("amount_without_currency", column.name,
                                 f"{_c(column)} is not null and {sql.name(column.currency)} is null"))
    for group in table.one_of:
        nothing = " and ".join(f"{sql.name(name)} is null" for name in group)
        out.append(Condition("none_of", None, nothing, "row", values={"columns": ", ".join(group)}))
    return out


def _c(column: Column) -> str:
    return sql.name(column.name)


def _reference(table: Table, column: Column, present: Mapping[str, str]) -> list[Condition]:
    target, key = column.references.split(".")
    if target not in present:
        return []
    where = f"{_c(column)} is not null and {_c(column)} not in (select {sql.name(key)} from {present[target]})"
    rule, drops = ("orphan_row", "row") if column.required else ("orphan_value", "value")
    return [Condition(rule, column.name, where, drops, "too_many_orphans", ORPHANS_ALLOWED,
                      {"target": target, "key": key}, column.name)]


def _dates(table: Table, column: Column, snapshot: dt.date | None) -> list[Condition]:
    x = _c(column)
    implausible = f"({x} < DATE '{EARLIEST}' or {x} >= DATE '{LATEST}')"
    drops = "row" if column.required else "value"
    out = [Condition(f"implausible_date_{drops}", column.name, implausible, drops, "too_many_implausible_dates",
                     DATES_ALLOWED, shown=column.name)]
    if EVENTS.get(table.name) == column.name and snapshot is not None:
        future = f"({x} >= DATE '{snapshot + dt.timedelta(days=1)}' and {x} < DATE '{LATEST}')"
        drops = "value" if table.name == "leads" else "row"
        out.append(Condition(f"future_date_{drops}", column.name, future, drops, "too_many_future_dates", DATES_ALLOWED,
                             {"snapshot": str(snapshot)}, column.name))
    return out


def _range(table: Table, column: Column) -> list[Condition]:
    x = _c(column)
    if column.type == "share":
        return [Condition("share_out_of_range", column.name, f"{x} < 0 or {x} > 1", shown=column.name)]
    if (table.name, column.name) == ("exchange_rates", "rate"):
        return [Condition("rate_not_positive", column.name, f"{x} <= 0", shown=column.name)]
    if column.type not in ("integer", "decimal", "money"):
        return []
    if (table.name, column.name) in _NEGATIVE_KEPT:
        return [Condition("negative_kept", column.name, f"{x} < 0", shown=column.name)]
    return [Condition("negative_ignored", column.name, f"{x} < 0", "value", shown=column.name)]


def judge(engine: Engine, table: Table, wanted: list[Condition]) -> list[Met]:
    """Count all conditions in one scan; those that no row meets are left out."""
    if not wanted:
        return []
    flags = ", ".join(f"coalesce({c.where}, false) as {sql.name(f'f{i}')}" for i, c in enumerate(wanted))
    key = sql.name(table.key[0]) if table.key else "NULL"
    aggregates = ["count(*) as n"]
    for i, c in enumerate(wanted):
        flag = sql.name(f"f{i}")
        shown = sql.name(c.shown) if c.shown else "NULL"
        aggregates += [f"count(*) filter (where {flag}) as {sql.name(f'n{i}')}",
                       f"{sql.first(flag, shown, key)} as {sql.name(f'e{i}')}"]
    row = engine.query(f"select {', '.join(aggregates)} from (select *, {flags} from {sql.work(table.name)})"
                       ).to_pylist()[0]
    return [Met(c, row[f"n{i}"], row["n"], examples(row[f"e{i}"])) for i, c in enumerate(wanted) if row[f"n{i}"]]


def orphan_hint(engine: Engine, table: Table, met: Met, relation: str) -> Text | str:
    """Whether the identifiers would match if they were written alike: '17850.0', leading zeros, case."""
    column, key = sql.name(met.condition.column), sql.name(met.condition.values["key"])
    forms = {"decimal": r"regexp_replace({x}, '\.0+$', '')", "zeros": "ltrim({x}, '0')", "case": "lower({x})"}
    counts = ", ".join(
        f"count(*) filter (where {form.format(x=column)} in (select {form.format(x=key)} from {relation})) as {label}"
        for label, form in forms.items())
    row = engine.query(f"select {counts} from {sql.work(table.name)} where {met.condition.where}").to_pylist()[0]
    hints = {
        "decimal": _("{n} of them match once “.0” is cut off: identifiers went through a number; write them as text, "
                     "or use replace({column}, '.0', '') in the mapping's SELECT.",
                     n=row["decimal"], column=met.condition.column),
        "zeros": _("{n} of them match once leading zeros are ignored: identifiers went through a number; write them as "
                   "text in both files.", n=row["zeros"]),
        "case": _("{n} of them match if upper and lower case are not told apart: write them alike.", n=row["case"]),
    }
    label = max(forms, key=lambda name: row[name])
    return hints[label] if row[label] else ""
