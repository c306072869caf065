"""The reporting currency, and amounts converted into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from insights.contract import TABLES, Column, Table
from insights.language import ListOf
from insights.problems import Problem
from insights.tables import sql
from insights.tables.words import counted_texts, currencies

if TYPE_CHECKING:
    from insights.sources import Engine, Settings


def currencies_used(engine: Engine, tables: Iterable[str]) -> dict[str, dict[str, int]]:
    """For each typed table with amounts, how many rows have an amount in each currency."""
    out = {}
    for name in tables:
        amounts = amounts_of(TABLES[name])
        if amounts:
            given = " or ".join(f"{sql.name(c.name)} is not null" for c in amounts)
            currency = sql.name(amounts[0].currency)
            rows = engine.query(f"select {currency} as currency, count(*) as n from {sql.work(name)} "
                                f"where ({given}) and {currency} is not null group by 1 order by 1").to_pylist()
            out[name] = {row["currency"]: row["n"] for row in rows}
    return out


def amounts_of(table: Table) -> list[Column]:
    """The money columns whose rows name their currency."""
    return [c for c in table.columns if c.type == "money" and c.currency]


def rated_currencies(engine: Engine, columns: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The currencies for which any exchange rate was delivered, other than one."""
    if "exchange_rates" not in columns:
        return frozenset()
    rows = engine.query(f"select distinct currency from {sql.work('exchange_rates')} "
                        f"where currency is not null and rate <> 1")
    return frozenset(rows["currency"].to_pylist())


def reporting_currency(
    settings: Settings, used: Mapping[str, Mapping[str, int]], rated: frozenset[str] = frozenset(),
) -> tuple[str | None, list[Problem]]:
    """The currency of the report: declared, else the default of rows without one, else the only one in the data, else
    the only one without an exchange rate (`rated`: those that have one)."""
    declared = settings.reporting_currency or settings.currency
    if declared:
        if declared not in currencies():
            return None, [Problem("unknown_reporting_currency", "[defaults]", "reporting_currency",
                                  values={"given": declared})]
        return declared, []
    totals: dict[str, int] = {}
    for counts in used.values():
        for currency, n in counts.items():
            totals[currency] = totals.get(currency, 0) + n
    without_rate = sorted(set(totals) - rated)
    if len(totals) > 1 and len(without_rate) == 1:
        # Rates are given in units of the reporting currency, which needs none for itself.
        return without_rate[0], []
    if len(totals) > 1:
        return None, [Problem("no_reporting_currency", "[defaults]", "reporting_currency", sum(totals.values()),
                              values={"texts": counted_texts(totals)})]
    return next(iter(totals), None), []


class Conversion:
    """How a table's amounts become twins in the reporting currency."""

    def __init__(self, table: Table, currency: str | None, used: Mapping[str, int], rates: bool,
                 snapshot: dt.date | None) -> None:
        self.amounts, self.currency, self.snapshot = amounts_of(table), currency, snapshot
        self.foreign = [c for c in used if c != currency]
        self.joins = bool(self.foreign) and rates and currency is not None

    def columns(self) -> list[str]:
        """The twins as select items over the aliases t (amounts) and r (rates)."""
        return [f"{self._twin(column)} as {sql.name(column.name + '_rc')}" for column in self.amounts]

    def _twin(self, column: Column) -> str:
        if self.currency is None:
            return "NULL::DECIMAL(18,2)"
        amount, own = f"t.{sql.name(column.name)}", f"t.{sql.name(column.currency)} = {sql.text(self.currency)}"
        same = f"try_cast({amount} as DECIMAL(18,2))"
        foreign = f"try_cast(round({amount}::DOUBLE * r.rate, 2) as DECIMAL(18,2))" if self.joins else "NULL"
        return f"case when {own} then {same} else {foreign} end"

    def join(self) -> str:
        """The rate that holds on each row's day: the one with the latest valid_from up to it."""
        if not self.joins:
            return ""
        column = self.amounts[0]
        if not column.dated:
            return (f" left join (select currency, arg_max(rate, valid_from) as rate from main.exchange_rates "
                    f"where valid_from <= cast({self._today()} as DATE) group by 1) as r "
                    f"on t.{sql.name(column.currency)} = r.currency")
        day = f"cast(coalesce(t.{sql.name(column.dated)}, {self._today()}) as DATE)"
        return (f" asof left join (select currency, valid_from, rate from main.exchange_rates) as r "
                f"on t.{sql.name(column.currency)} = r.currency and {day} >= r.valid_from")

    def _today(self) -> str:
        return f"TIMESTAMP '{self.snapshot}'" if self.snapshot else "TIMESTAMP '2100-01-01'"

    def problems(self, engine: Engine, table: Table) -> list[Problem]:
        """Amounts in another currency for which no rate holds."""
        if not self.foreign or self.currency is None:
            return []
        out = []
        for column in self.amounts:
            amount, currency = sql.name(column.name), sql.name(column.currency)
            day = sql.name(column.dated) if column.dated else "NULL"
            rows = engine.query(
                f"select {currency} as currency, count(*) as n, min({day})::VARCHAR as day "
                f"from main.{sql.name(table.name)} "
                f"where {amount} is not null and {currency} is not null and {sql.name(column.name + '_rc')} is null "
                f"group by 1 order by 1").to_pylist()
            if rows:
                out.append(Problem("no_rate", table.name, column.name, sum(row["n"] for row in rows), values={
                    "texts": ListOf([row["currency"] for row in rows]), "reporting": self.currency,
                    "earliest": min((row["day"][:10] for row in rows if row["day"]), default=str(self.snapshot))}))
        return out
