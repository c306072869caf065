"""The canonical tables: the typed copies without what was left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from insights.contract import Table
from insights.problems import Problem
from insights.tables import sql
from insights.tables.checked import TableInfo
from insights.tables.conditions import Condition, conditions, judge, orphan_hint
from insights.tables.duplicates import remove_duplicates
from insights.tables.money import Conversion
from insights.tables.naming import Naming, map_names

if TYPE_CHECKING:
    from insights.sources import Engine, Settings


def finish(engine: Engine, table: Table, present: Mapping[str, str], columns: frozenset[str], rows_in: int,
           settings: Settings, snapshot: dt.date | None, conversion: Conversion) -> tuple[TableInfo, list[Problem]]:
    """Judge the rows of a typed copy and make the canonical table of those that are kept."""
    problems = remove_duplicates(engine, table)
    met = judge(engine, table, conditions(table, present, columns, snapshot))
    for one in met:
        target = one.condition.values.get("target")
        hint = {"hint": orphan_hint(engine, table, one, present[target])} if target else {}
        problems.append(one.problem(table.name, **hint))
    namings, more = map_names(engine, table, columns, settings)
    problems += more
    _create(engine, table, [one.condition for one in met], namings, conversion)
    problems += conversion.problems(engine, table)
    kept = engine.query(f"select count(*) as n from main.{sql.name(table.name)}").to_pylist()[0]["n"]
    return TableInfo(table.name, rows_in, kept, columns), problems


def _create(engine: Engine, table: Table, met: list[Condition], namings: list[Naming], conversion: Conversion) -> None:
    named = {naming.column: naming for naming in namings}
    items = ["t._row"]
    for column in table.columns:
        # The condition's own names are those of the typed copy; a subquery keeps them apart from joined tables.
        value = named[column.name].code if column.name in named else f"t.{sql.name(column.name)}"
        items.append(f"{value} as {sql.name(column.name)}")
    items += [f"t.{sql.name(n.column)} as {sql.name(n.column + '_given')}" for n in namings if n.keeps_given]
    items += conversion.columns()
    joins = "".join(naming.join for naming in namings) + conversion.join()
    engine.execute(f"create table main.{sql.name(table.name)} as select {', '.join(items)} "
                   f"from ({_kept(table, met)}) as t{joins}")


def _kept(table: Table, met: list[Condition]) -> str:
    """The typed copy with values left out as NULL, without rows left out."""
    items = ["_row"]
    for column in table.columns:
        x = sql.name(column.name)
        faults = [f"({c.where})" for c in met if c.column == column.name and c.drops == "value"]
        items.append(f"case when {' or '.join(faults)} then NULL else {x} end as {x}" if faults else x)
    rows = [f"coalesce({c.where}, false)" for c in met if c.drops == "row"]
    where = f" where not ({' or '.join(rows)})" if rows else ""
    # Aliases must not hide the columns that the conditions speak of, so rows are filtered first.
    return f"select {', '.join(items)} from (select * from {sql.work(table.name)}{where})"
