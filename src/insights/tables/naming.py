"""Countries and industries: delivered names to codes, what has none listed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from insights.contract import Table
from insights.problems import Problem
from insights.tables import sql
from insights.tables.countries import country_codes
from insights.tables.industries import industry_codes
from insights.tables.personal import masked
from insights.tables.words import counted_texts

if TYPE_CHECKING:
    from insights.sources import Engine, Settings

# More different names than this are not names of countries or industries; the rest stays unmapped.
NAMES = 20_000


@dataclass(frozen=True)
class Naming:
    """How one column's names become codes: a join with a small table of names."""

    column: str
    relation: str
    keeps_given: bool

    @property
    def code(self) -> str:
        return f"{sql.name('map_' + self.column)}.code"

    @property
    def join(self) -> str:
        alias = sql.name("map_" + self.column)
        return f" left join {self.relation} as {alias} on t.{sql.name(self.column)} = {alias}.given"


def map_names(engine: Engine, table: Table, columns: frozenset[str], settings: Settings) -> tuple[
        list[Naming], list[Problem]]:
    """The joins for the table's country and industry columns, and what was mapped or remains unmapped."""
    namings, problems = [], []
    for column in table.columns:
        if column.type in ("country", "industry"):
            counted = _counted(engine, table.name, column.name) if column.name in columns else {}
            codes = _mapper(column.type, settings)(counted)
            relation = sql.work(f"map_{table.name}_{column.name}")
            engine.execute(f"create table {relation} (given VARCHAR, code VARCHAR)")
            if codes:
                rows = ", ".join(f"({sql.text(given)}, {sql.text(code)})" for given, code in codes.items())
                engine.execute(f"insert into {relation} values {rows}")
            namings.append(Naming(column.name, relation, table.name == "companies"))
            problems += _said(table.name, column.name, column.type, counted, codes)
    return namings, problems


def _mapper(kind: str, settings: Settings) -> Callable[[dict[str, int]], dict[str, str]]:
    if kind == "country":
        return country_codes
    version = str(settings.defaults.get("industry_version") or "2")
    return lambda counted: industry_codes(counted, version)


def _counted(engine: Engine, table: str, column: str) -> dict[str, int]:
    x = sql.name(column)
    rows = engine.query(f"select {x} as given, count(*) as n from {sql.work(table)} where {x} is not null "
                        f"group by 1 order by n desc, given limit {NAMES}").to_pylist()
    return {row["given"]: row["n"] for row in rows}


def _said(table: str, column: str, kind: str, counted: dict[str, int], codes: dict[str, str]) -> list[Problem]:
    out = []
    mapped = {f"{given} → {code}": counted[given] for given, code in codes.items() if given != code}
    if mapped:
        out.append(Problem(f"{kind}_mapped", table, column, sum(mapped.values()), values={
            "texts": counted_texts(mapped, limit=200)}))
    unmapped = {given: n for given, n in counted.items() if given not in codes}
    if unmapped:
        first = masked(next(iter(unmapped)))
        out.append(Problem(f"{kind}_unmapped", table, column, sum(unmapped.values()), values={
            "texts": counted_texts(unmapped, limit=200), "first": first}))
    return out
