"""The firm as a topic sees it: checked tables in an engine, the date, the period, the strategy."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from insights.evidence import disclosure
from insights.metrics import dominance
from insights.metrics import leads as lead_metrics
from insights.metrics.sql import select, text
from insights.period import Period, parse_day, parse_period
from insights.problems import DataError, NoInput, Problem, UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from insights.metrics.parts import Part
    from insights.strategy import Known, Strategy
    from insights.tables import Checked, Level
    from insights.tables.reasons import Rules

PROFILES = ("internal", "team", "external")


@dataclass
class Firm:
    """What a topic is given. `query` runs an expression and remembers it; `has` says which tables were delivered;
    `strategy` is the version of the joint strategy in force at the end of the period, `versions` all there are;
    `reasons` are the firm's own rules for reasons of lost leads (None: those that come with the package); `part` is the
    country, team or product family whose rows alone these are (None: the whole firm)."""

    name: str
    checked: Checked
    as_of: dt.date
    period: Period
    currency: str
    strategy: Strategy | None
    profile: str = "internal"
    seed: int = 0
    problems: tuple[Problem, ...] = ()
    versions: tuple[Strategy, ...] = ()
    reasons: Rules | None = None
    part: Part | None = None
    _built: set[str] = field(default_factory=set)
    _own: set[str] = field(default_factory=set, repr=False)
    _level: Level | None = None

    def has(self, *tables: str) -> bool:
        """Whether all these tables were delivered with at least one row."""
        return all(name in self.checked.tables and self.checked.tables[name].rows_kept for name in tables)

    def query(self, expression: exp.Expression) -> pa.Table:
        """The result of a query over the checked tables and the lead-grain relation."""
        if self.has("leads", "lead_stages"):
            self._build_lead_grain()
        return self.checked.engine.query(expression)

    def relation(self, name: str, expression: exp.Expression) -> None:
        """Keep the rows of a query as a relation of that name for later queries of this process."""
        if name not in self._own:
            if self.has("leads", "lead_stages"):
                self._build_lead_grain()
            self.checked.engine.execute(f"create temp table {name} as {text(expression)}")
            self._own.add(name)

    def batches(self, expression: exp.Expression, rows: int) -> Iterator[pa.Table]:
        """The result of a query, so many rows at a time."""
        self.query(expression.copy().limit(0))
        return self.checked.engine.batches(expression, rows)

    def row(self, expression: exp.Expression) -> dict:
        """The single row of a query, as a dictionary."""
        return self.query(expression).to_pylist()[0]

    @functools.cached_property
    def level(self) -> Level:
        """How much the delivered tables can answer, and the cheapest next step; of a part those of the whole firm,
        whose tables were delivered."""
        from insights.tables import level

        return self._level or level(self.checked)

    @property
    def data_hash(self) -> str:
        return self.checked.data_hash

    @property
    def read_from(self) -> str:
        """What findings read: the relation and the hash of the data, never a path."""
        return f"{lead_metrics.LEAD_GRAIN}@{self.data_hash[:12]}"

    @functools.cached_property
    def company_grain(self) -> exp.Expression:
        """The query of one row per company with the groupings of a segment."""
        return lead_metrics.company_grain(self.eur_rate)

    @functools.cached_property
    def lead_grain_sql(self) -> str:
        """The query of the lead-grain relation, as executed."""
        return text(self._lead_grain)

    @functools.cached_property
    def _lead_grain(self) -> exp.Expression:
        return lead_metrics.lead_grain(
            self.as_of, orders=self.has("orders"), products=self.has("products"), contacts=self.has("contacts"),
            eur_rate=self.eur_rate)

    def _build_lead_grain(self) -> None:
        if "leads" not in self._built:
            self._built.add("leads")
            self.checked.engine.execute(f"create table {lead_metrics.LEAD_GRAIN} as {self.lead_grain_sql}")
            names = text(lead_metrics.segment_cells())
            self.checked.engine.execute(f"create table {lead_metrics.SEGMENT_CELLS} as {names}")

    def hand_over(self, data: str, mapping: str, folder: Path) -> None:
        """Leave the checked tables and the lead-grain relation in a new folder, for other processes that open the same
        data with the same mapping as of the same day. The firm itself cannot be queried any more."""
        from insights import sources

        if self.has("leads", "lead_stages"):
            self._build_lead_grain()
        folder.mkdir()
        # Both are asked of the tables, which nobody can ask any more once they are handed over.
        level, _rate = self.level, self.eur_rate
        found = (replace(self.checked, engine=None), self._built, self.part, level)
        sources.hand_over(self.checked.engine, (data, mapping, self.as_of.isoformat()), found, folder)

    def of_part(self, part: Part, checked: Checked | None = None) -> Firm:
        """This firm as one that holds the rows of a part alone (`checked`; those it has by default), with the clauses
        of the strategy that such rows can keep or break."""
        from insights.strategy.parts import for_part

        rows = checked or self.checked
        products = None
        if part.through == "products":
            listed = rows.engine.query(select("select product_id from products order by 1"))
            products = listed["product_id"].to_pylist()
        values = part.values or (part.value,)
        versions = tuple(for_part(v, part.dimension, values, products) for v in self.versions)
        held = self.strategy and for_part(self.strategy, part.dimension, values, products)
        return replace(self, checked=rows, part=part, versions=versions, strategy=held, _own=set(), _level=self.level)

    def confidential(self) -> list[tuple[str, str]]:
        """The groups, as (subject key, value), that outsiders must not see by themselves."""
        has = [name for name in ("leads", "orders") if self.has(name) and (name == "orders" or self.has("lead_stages"))]
        if not has:
            return []
        expression = dominance.confidential(
            has, self.eur_rate, disclosure.MINIMUM[disclosure.EXTERNAL], disclosure.DOMINANT)
        return [(row["key"], row["value"]) for row in self.query(expression).to_pylist()]

    @functools.cached_property
    def eur_rate(self) -> float | None:
        """Units of the reporting currency for one euro on the as-of date; None where no rate is known."""
        if self.currency == "EUR":
            return 1.0
        if not self.has("exchange_rates"):
            return None
        rates = self.checked.engine.query(select(
            """select rate from exchange_rates where currency = 'EUR' and valid_from <= :as_of
               order by valid_from desc limit 1""", as_of=self.as_of))
        return float(rates["rate"][0].as_py()) if rates.num_rows else None


def open_firm(
    data: str = "sample", mapping: str = "", strategy: str = "", as_of: str = "", period: str = "",
    profile: str = "internal", seed: int = 0,
) -> Firm:
    """Read and check a firm's tables.

    `data` is a folder, a DuckDB file, or "sample" for the synthetic firm; relative names are looked for from the
    working directory, then from the project's root. `mapping` and `strategy` are files ("" for none, and for the
    strategy.toml in the data folder). `as_of` is an ISO date, by default the mapping's, else that of the latest event.

    DataError lists every problem of data that break the contract; UsageError names a wrong parameter; NoInput says
    what was not found.
    """
    if profile not in PROFILES:
        raise UsageError(f"profile {profile!r} is unknown: give {', '.join(PROFILES)}")
    folder = locate(data)
    checked, built, part, known = _checked(folder, locate(mapping) if mapping else None, as_of)
    day = parse_day(as_of) if as_of else checked.settings.as_of or checked.snapshot_on
    if day is None:
        raise NoInput(f"{data}: no table holds a dated event, so there is nothing to report on")
    asked = parse_period(period, day)
    versions, held = _strategy(folder, strategy, min(day, asked.last_day), checked)
    firm = Firm(
        name=checked.settings.defaults.get("firm") or folder.stem, checked=checked, as_of=day,
        period=asked, currency=checked.settings.reporting_currency or "EUR", strategy=held, profile=profile,
        seed=seed, problems=checked.problems, versions=versions, reasons=_reasons(folder), _built=built, _level=known)
    disclosure.hold(profile, firm.confidential() if profile == disclosure.EXTERNAL else ())
    return firm.of_part(part) if part else firm


def _checked(folder: Path, mapping: Path | None, as_of: str) -> tuple[Checked, set[str], Part | None, Level | None]:
    """The checked data, which relations stand already, the part of the firm that they hold and the level of the whole:
    from the run that checked them, else checked here."""
    from insights.sources import open_source, taken_over
    from insights.tables import check

    handed = taken_over((str(folder), str(mapping or ""), as_of))
    if handed is not None:
        engine, (checked, *found) = handed
        return replace(checked, engine=engine), *found
    checked = check(open_source(folder, mapping))
    if checked.errors:
        raise DataError(checked.problems)
    return checked, set(), None, None


def _strategy(folder: Path, file: str, day: dt.date, checked: Checked) -> tuple[tuple[Strategy, ...], Strategy | None]:
    """All versions of the strategy, and the one that held on that day; a named file holds whatever its dates."""
    from insights import strategy

    known = strategy_known(checked)
    if file:
        named = strategy.load(locate(file), known)
        return (named,), named
    versions = strategy.history(folder, known) if folder.is_dir() else ()
    return versions, strategy.in_force(versions, day)


def _reasons(folder: Path) -> Rules | None:
    from insights.sources.beside import text_beside
    from insights.tables import reasons

    text = text_beside(folder, reasons.FILE)
    return None if text is None else reasons.parsed(text)


def strategy_known(checked: Checked) -> Known:
    """What a strategy file's words are checked against: the firm's products, the countries of ISO 3166, the KPIs of the
    dictionary."""
    from insights import kpis
    from insights.strategy import Known
    from insights.tables.countries import country_codes

    products = None
    if "products" in checked.tables and checked.tables["products"].rows_kept:
        rows = checked.engine.query(select("select product_id, name from products order by 1")).to_pylist()
        products = {row["product_id"]: row["name"] or "" for row in rows}
    return Known(products=products, kpis=kpis.names(), country=lambda word: country_codes({word: 1, "PL": 2}).get(word))


def locate(name: str | os.PathLike) -> Path:
    """The absolute path of a name: as given, or relative to the working directory, or to the project's root."""
    if str(name) == "sample":
        name = Path("data") / "sample"
    path = Path(name).expanduser()
    if path.is_absolute():
        return path
    for base in (Path.cwd(), project_root()):
        if (base / path).exists():
            return (base / path).resolve()
    raise NoInput(f"{name} is not there: looked in {Path.cwd()} and {project_root()}")


def project_root() -> Path:
    """The project's folder: the nearest one above the working directory that holds notebooks, else the one from which
    the package was installed."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir() and (folder / "pyproject.toml").is_file():
            return folder
    return Path(__file__).resolve().parents[2]
