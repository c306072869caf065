"""Data against the contract: every problem in one go, and typed tables of what can be kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from insights.contract import TABLES
from insights.problems import Problem
from insights.tables import layout, sql
from insights.tables.calendar import snapshot
from insights.tables.checked import Checked, TableInfo
from insights.tables.finishing import finish
from insights.tables.histories import histories
from insights.tables.money import Conversion, currencies_used, rated_currencies, reporting_currency
from insights.tables.profile import delivered, profile
from insights.tables.recording import detectors
from insights.tables.staging import reading_problems, stage
from insights.tables.words import Texts

if TYPE_CHECKING:
    from insights.sources import Source

AT_ONCE = 2


def check(source: Source) -> Checked:
    """Read the delivered tables by the contract.

    Bad data never raise: all problems come back together, the source's own among them, each with table, row, column,
    value, count and remedy. `Checked.errors` stop a run; tables are made as far as they can be.
    """
    problems = [*source.problems, *layout.missing_tables(source)]
    engine = source.engine
    engine.execute(f"create schema if not exists {sql.WORK}")
    columns: dict[str, frozenset[str]] = {}
    names = sorted(set(source.tables) & set(TABLES), key=list(TABLES).index)
    # Small tables cost planning, which one core does alone: two at a time.
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        read_tables = list(pool.map(lambda name: _read(source, name), names))
    for name, (found, read) in zip(names, read_tables, strict=True):
        problems += found
        if read is not None:
            columns[name] = read
    last = snapshot(engine, columns)
    used = currencies_used(engine, columns)
    currency, found = reporting_currency(source.settings, used, rated_currencies(engine, columns))
    tables, judged = _finish_all(source, columns, last, currency, used)
    problems += found + judged + histories(engine, tables) + detectors(engine, tables, last)
    engine.execute(f"drop schema {sql.WORK} cascade")
    return Checked(
        engine=engine, tables=tables, problems=tuple(problems), snapshot_on=last,
        settings=dataclasses.replace(source.settings, reporting_currency=currency), data_hash=source.data_hash)


def _read(source: Source, name: str) -> tuple[list[Problem], frozenset[str] | None]:
    """Make the typed copy of one table; None where required columns are missing."""
    table = TABLES[name]
    problems, usable = layout.columns_of(source, table)
    problems += layout.emptiness(source, table)
    if not usable:
        return problems, None
    columns = delivered(table, source.tables[name], source.settings)
    found = profile(source, table, columns)
    problems += reading_problems(columns, found)
    stage(source, table, columns, found)
    dropped = {f.column for d, f in zip(columns, found, strict=True)
               if isinstance(d.reader, Texts) and d.reader.dropped(f)}
    return problems, frozenset(d.column.name for d in columns) - dropped


def _finish_all(source: Source, columns: Mapping[str, frozenset[str]], last: dt.date | None, currency: str | None,
                used: Mapping[str, Mapping[str, int]]) -> tuple[dict[str, TableInfo], list[Problem]]:
    """The canonical tables, each after those it refers to."""
    problems: list[Problem] = []
    tables: dict[str, TableInfo] = {}
    for table in layout.order():
        if table.name in columns:
            present = {**{name: f"main.{sql.name(name)}" for name in tables}, table.name: sql.work(table.name)}
            conversion = Conversion(table, currency, used.get(table.name, {}), "exchange_rates" in tables, last)
            tables[table.name], found = finish(
                source.engine, table, present, columns[table.name], source.tables[table.name].rows, source.settings,
                last, conversion)
            problems += found
    return {name: tables[name] for name in TABLES if name in tables}, problems
