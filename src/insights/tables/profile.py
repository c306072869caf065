"""The first scan of a delivered table: what kinds of texts its columns hold.

One pass counts everything that decides how the columns are read; texts themselves are fetched only where they are few
(what the mapping names) or wrong (the most frequent ones).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from insights.contract import Column, Table
from insights.tables import sql
from insights.tables.checked import examples
from insights.tables.cleaning import Cleaning
from insights.tables.moments import Moments
from insights.tables.numbers import Numbers
from insights.tables.personal import EMAIL, PHONE
from insights.tables.reader import Found, Reader
from insights.tables.words import Booleans, Currencies, Given, Ids, Texts, Words

if TYPE_CHECKING:
    from insights.sources import RawTable, Settings, Source

LISTED = 200


@dataclass(frozen=True)
class Delivered:
    """One column of the contract that the delivery has, or that a default fills: how its texts are cleaned and read."""

    column: Column
    reader: Reader
    cleaning: Cleaning
    default: str | None = None
    defaulted_where: str = "true"
    present: bool = True

    def trimmed(self) -> str:
        return self.cleaning.trimmed(self.column.name) if self.present else "NULL::VARCHAR"

    def cleaned(self) -> str:
        return self.cleaning.cleaned(_part("t", self.column))

    def text(self) -> str:
        """The text to be typed: cleaned, and the default where there is none."""
        x = _part("c", self.column)
        if self.default is None:
            return x
        return f"coalesce({x}, case when {self.defaulted_where} then {sql.text(self.default)} end)"


def delivered(table: Table, raw: RawTable, settings: Settings) -> list[Delivered]:
    """The columns of the contract that can be read from that delivery."""
    out = []
    for column in table.columns:
        default = default_currency(table, column, settings)
        present = column.name in raw.columns
        amounts = [c for c in table.columns if c.currency == column.name and c.name in raw.columns]
        if not present and (default is None or not (amounts or column.required)):
            continue
        where = "true" if column.required else " or ".join(
            f"{_part('c', c)} is not null" for c in amounts) or "false"
        out.append(Delivered(column, _reader(table, column, settings), Cleaning.of(settings, table.name, column.name),
                             default, where, present))
    return out


def default_currency(table: Table, column: Column, settings: Settings) -> str | None:
    """The declared currency of amounts without one; exchange rates must always name theirs."""
    return settings.currency if column.type == "currency" and table.name != "exchange_rates" else None


def _reader(table: Table, column: Column, settings: Settings) -> Reader:
    declared = settings.formats.get(f"{table.name}.{column.name}")
    if column.type in ("integer", "decimal", "money", "share"):
        return Numbers(column.type, declared.decimal if declared else None)
    if column.type in ("date", "timestamp"):
        return Moments(column.type, settings.time_zone, declared.date if declared else None)
    if column.type == "category":
        return Words(column.values or (), column.required)
    if column.type == "text":
        return Texts(masks=column.required or (table.name, column.name) == ("feedback", "text"))
    if column.type == "id":
        return Ids(hashed=column.name == "tax_id")
    return {"boolean": Booleans, "currency": Currencies, "country": Given, "industry": Given}[column.type]()


def layers(table: str, columns: list[Delivered], key: str | None, kinds: bool, more: str = "") -> str:
    """A SELECT over the delivery: for each column its delivered (r), trimmed (t), cleaned (c) and final text (x), and
    with `kinds` what kind of text that is (k)."""
    first = ", ".join(f"{sql.name(d.column.name) if d.present else 'NULL'} as {_part('r', d.column)}, "
                      f"{d.trimmed()} as {_part('t', d.column)}" for d in columns)
    second = ", ".join(f"{d.cleaned()} as {_part('c', d.column)}" for d in columns)
    third = ", ".join(f"{d.text()} as {_part('x', d.column)}" for d in columns)
    key_text = sql.name(key) if key else "NULL"
    query = (f"select *, {third} from (select *, {second} from (select _row, {key_text} as _key, {first}{more} "
             f"from raw.{sql.name(table)}))")
    if kinds:
        fourth = ", ".join(
            f"case when {x} is not null then {d.reader.kind(x)} end as {_part('k', d.column)}"
            for d in columns for x in [_part("x", d.column)])
        query = f"select *, {fourth} from ({query})"
    return query


def profile(source: Source, table: Table, columns: list[Delivered]) -> list[Found]:
    """What the columns hold."""
    raw = source.tables[table.name]
    key = table.key[0] if table.key and table.key[0] in raw.columns else None
    aggregates = ["count(*) as n"]
    for i, d in enumerate(columns):
        t, c, x, k = (_part(level, d.column) for level in "tcxk")
        wanted = {"empty": f"count(*) - count({x})", "kinds": f"histogram({k})",
                  "empties": sql.first(f"{x} is null", "NULL", "_key"), **d.cleaning.counts(t)}
        if d.present:
            wanted["trimmed"] = f"count(*) filter (where length({_part('r', d.column)}) > length({t}))"
            if d.default is not None:
                wanted["defaulted"] = f"count(*) filter (where {c} is null and {x} is not null)"
        else:
            wanted["defaulted"] = f"count({x})"
        for j, kind in enumerate(d.reader.shown):
            wanted[f"shown{j}"] = sql.first(f"{k} = '{kind}'", x, "_key")
        aggregates += [f"{what} as {sql.name(f'{i}_{label}')}" for label, what in wanted.items()]
    # Materialised, each text is matched once: merged into the aggregates, the patterns would be compiled and run anew
    # for each of them.
    query = (f"with texts as materialized ({layers(table.name, columns, key, kinds=True)}) "
             f"select {', '.join(aggregates)} from texts")
    row = source.engine.query(query).to_pylist()[0]
    return [_listing(source, table, d, columns, key, _found(table, d, row, i)) for i, d in enumerate(columns)]


def _found(table: Table, d: Delivered, row: dict, i: int) -> Found:
    kinds = dict(row[f"{i}_kinds"] or ())
    shown = {kind: examples(row[f"{i}_shown{j}"]) for j, kind in enumerate(d.reader.shown)}
    shown["empty"] = examples(row[f"{i}_empties"])
    return Found(
        table=table.name, column=d.column.name, rows=row["n"], empty=row[f"{i}_empty"], kinds=kinds, examples=shown,
        missing=dict(row.get(f"{i}_missing") or ()), mapped=dict(row.get(f"{i}_mapped") or ()),
        trimmed=row.get(f"{i}_trimmed") or 0, defaulted=row.get(f"{i}_defaulted") or 0)


def _listing(source: Source, table: Table, d: Delivered, columns: list[Delivered], key: str | None,
             found: Found) -> Found:
    """The finding with the most frequent texts of the kinds that its reader wants listed."""
    wanted = [kind for kind in d.reader.listed if found.n(kind)]
    if not wanted:
        return found
    x, k = _part("x", d.column), _part("k", d.column)
    rows = source.engine.query(
        f"select {k} as kind, {x} as text, count(*) as n from ({layers(table.name, columns, key, kinds=True)}) "
        f"where {k} in {sql.texts(wanted)} group by all order by n desc, text limit {LISTED}").to_pylist()
    texts = {kind: {row["text"]: row["n"] for row in rows if row["kind"] == kind} for kind in wanted}
    return replace(found, texts=texts)


def personal_extras(source: Source, table: str, columns: list[str]) -> dict[str, int]:
    """Columns outside the contract that hold e-mail addresses or phone numbers, with the number of such texts."""
    if not columns:
        return {}
    tests = [f"count(*) filter (where {sql.matches(sql.name(c), EMAIL)} or {sql.matches(sql.name(c), PHONE)})"
             for c in columns]
    aggregates = ", ".join(f"{test} as {sql.name(str(i))}" for i, test in enumerate(tests))
    row = source.engine.query(f"select {aggregates} from raw.{sql.name(table)}").to_pylist()[0]
    return {column: row[str(i)] for i, column in enumerate(columns) if row[str(i)]}


def _part(level: str, column: Column) -> str:
    return sql.name(f"{level}_{column.name}")
