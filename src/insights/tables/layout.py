"""Whether the tables and columns are there at all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from insights.contract import TABLES, Table
from insights.language import ListOf, Text, _
from insights.problems import Problem
from insights.tables.profile import default_currency, personal_extras

if TYPE_CHECKING:
    from insights.sources import Source


def missing_tables(source: Source) -> list[Problem]:
    """The required tables that are absent: `companies`, and `leads` with `lead_stages`, or `orders`."""
    there = set(source.tables)
    wanted = [name for name in ("companies",) if name not in there]
    if "leads" in there or "lead_stages" in there:
        wanted += [name for name in ("leads", "lead_stages") if name not in there]
    elif "orders" not in there:
        wanted += ["leads", "lead_stages"]
    return [Problem("missing_table", name, values={"delivered": _delivered(source)})
            for name in wanted]


def _delivered(source: Source) -> Text:
    if not source.tables:
        return _("No table of the contract was delivered.")
    return _("Delivered: {tables}.", tables=ListOf(sorted(source.tables)))


def columns_of(source: Source, table: Table) -> tuple[list[Problem], bool]:
    """Problems with the columns of a delivered table, and whether it can be read: all required columns are there."""
    raw = source.tables[table.name]
    out, usable = [], True
    extra = [c for c in raw.columns if c not in {column.name for column in table.columns}]
    for column in table.columns:
        if column.name in raw.columns:
            continue
        if column.required and not default_currency(table, column, source.settings):
            usable = False
            hint = _nearest(column.name, extra)
            out.append(Problem("missing_column", table.name, column.name, values={"hint": hint}))
        elif _case_variant(column.name, extra):
            out.append(Problem("column_in_other_case", table.name, column.name,
                               values={"given": _case_variant(column.name, extra)}))
    personal = personal_extras(source, table.name, extra)
    for name, count in personal.items():
        out.append(Problem("personal_extra", table.name, name, count))
    ignored = [name for name in extra if name not in personal]
    if ignored:
        out.append(Problem("extra_columns", table.name, None, len(ignored), values={"columns": ListOf(ignored[:20])}))
    return out, usable


def _nearest(name: str, candidates: Iterable[str]) -> Text | str:
    candidates = list(candidates)
    same = _case_variant(name, candidates)
    near = same or next(iter(difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)), None)
    return _("The delivery has “{given}”: is that the one?", given=near) if near else ""


def _case_variant(name: str, candidates: Iterable[str]) -> str | None:
    return next((c for c in candidates if c.strip().lower().replace(" ", "_") == name), None)


def emptiness(source: Source, table: Table) -> list[Problem]:
    """A table without a row: an error where the table is required, else a note."""
    if source.tables[table.name].rows:
        return []
    required = table.name in ("companies", "leads", "lead_stages") or (
        table.name == "orders" and "leads" not in source.tables)
    return [Problem("empty_table" if required else "empty_optional_table", table.name, count=0)]


def order() -> list[Table]:
    """The tables in an order in which each comes after those that it refers to."""
    done: list[str] = ["exchange_rates"]
    waiting = [name for name in TABLES if name not in done]
    while waiting:
        for name in list(waiting):
            needs = {c.references.split(".")[0] for c in TABLES[name].columns if c.references} - {name, *done}
            if not needs:
                done.append(name)
                waiting.remove(name)
    return [TABLES[name] for name in done]

