"""An export as canonical tables: CSV files that read back to the same values, and a sheet that reconciles them.

The files are data, not spreadsheets: a text that begins with "=" stays as it is, because a sign put before it against
formula injection would be read back as part of the text. Sheets for people are guarded where they are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from insights.contract import TABLES, Column
from insights.problems import DataError
from insights.tables import sql
from insights.tables.checked import Checked
from insights.tables.checks import check
from insights.tables.profile import delivered, layers, profile

if TYPE_CHECKING:
    from insights.sources import Settings, Source

SHEET = "reconciliation.csv"


@dataclass(frozen=True)
class Reconciled:
    """One line of the sheet: a measure in the source (the delivery as mapped, before any row is left out) and in the
    contract (the canonical tables); `unit` is rows, leads or a currency code."""

    table: str
    measure: str
    unit: str
    source: Decimal
    contract: Decimal

    @property
    def difference(self) -> Decimal:
        """What was left out (negative), each part of which is a problem of severity "excluded"."""
        return self.contract - self.source


def convert(source: Source, out: Path) -> tuple[Checked, list[Reconciled]]:
    """Write the canonical tables, `insights.toml` with the settings to read them by, and the reconciliation sheet.

    DataError where the data break the contract: then nothing is written.
    """
    from insights.sources import write

    checked = check(source)
    if checked.errors:
        raise DataError(checked.problems)
    lines = reconcile(source, checked)
    for name, info in checked.tables.items():
        columns = ", ".join(_item(name, column) for column in TABLES[name].columns if column.name in info.columns)
        query = f"select {columns} from main.{sql.name(name)} order by _row"
        write.save_query(source.engine, query, out / f"{name}.csv")
    write.save_text(_settings(checked.settings), out / "insights.toml")
    write.save_rows(("table", "measure", "unit", "source", "contract", "difference"),
                    ((r.table, r.measure, r.unit, r.source, r.contract, r.difference) for r in lines), out / SHEET)
    return checked, lines


def _item(table: str, column: Column) -> str:
    x = sql.name(column.name)
    if column.type == "timestamp":
        return f"replace({x}::VARCHAR, ' ', 'T') as {x}"
    if table == "companies" and column.type in ("country", "industry"):
        # What has no code keeps its own name, which is read again as it was.
        return f"coalesce({x}, {sql.name(column.name + '_given')}) as {x}"
    return x


def _settings(settings: Settings) -> str:
    """The [defaults] by which the written tables mean the same again."""
    lines = ["[defaults]", f'time_zone = "{settings.time_zone}"']
    if settings.reporting_currency:
        lines.append(f'reporting_currency = "{settings.reporting_currency}"')
    if settings.as_of:
        lines.append(f'as_of = "{settings.as_of}"')
    return "\n".join(lines) + "\n"


def reconcile(source: Source, checked: Checked) -> list[Reconciled]:
    """Rows of every table, leads won and lost, and net sales in each currency: source against contract."""
    lines = [Reconciled(name, "rows", "rows", Decimal(info.rows_in), Decimal(info.rows_kept))
             for name, info in checked.tables.items()]
    if "lead_stages" in checked.tables:
        before, after = _typed(source, "lead_stages"), "main.lead_stages"
        for stage in ("won", "lost"):
            query = f"select 'leads' as unit, count(distinct lead_id) as n from {{}} where stage = {sql.text(stage)}"
            lines += _compared(source, "lead_stages", stage, query, before, after)
        query = ("select currency as unit, sum(amount) as n from {} where stage = 'won' and amount is not null "
                 "group by 1")
        lines += _compared(source, "lead_stages", "amount at won", query, before, after)
    if "orders" in checked.tables:
        query = "select currency as unit, sum(revenue) as n from {} where revenue is not null group by 1"
        lines += _compared(source, "orders", "net sales", query, _typed(source, "orders"), "main.orders")
    return lines


def _typed(source: Source, name: str) -> str:
    """The delivery as mapped and typed, with every row: read again, independently of what the checks left out."""
    columns = delivered(TABLES[name], source.tables[name], source.settings)
    found = profile(source, TABLES[name], columns)
    read = {d.column.name: d.reader.value(sql.name(f"x_{d.column.name}"), f)
            for d, f in zip(columns, found, strict=True)}
    wanted = ("lead_id", "stage", "amount", "revenue", "currency")
    items = ", ".join(f"{read.get(c.name, 'NULL')} as {sql.name(c.name)}"
                      for c in TABLES[name].columns if c.name in wanted)
    return f"(select {items} from ({layers(name, columns, None, kinds=False)}))"


def _compared(source: Source, table: str, measure: str, query: str, before: str, after: str) -> list[Reconciled]:
    given, kept = ({row["unit"]: Decimal(row["n"]) for row in source.engine.query(query.format(relation)).to_pylist()}
                   for relation in (before, after))
    return [Reconciled(table, measure, unit or "", given.get(unit, Decimal(0)), kept.get(unit, Decimal(0)))
            for unit in sorted({*given, *kept}, key=str)]
