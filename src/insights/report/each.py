"""`insights run --each country`: a report for the head of every country, team or product family, from one run.

The data are read and checked once; each part gets its rows of the same checked tables, the same notebooks in kernels
forked from the same process, and a folder of its own inside the report, which links to nothing outside of it. A part
of fewer than 30 leads (orders, where no leads are recorded) or 5 companies gets no report but a line that says so.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from insights.evidence import disclosure
from insights.language import Country, Industry, SizeBand, Text
from insights.metrics import kpis, parts
from insights.metrics.leads import LEAD_GRAIN, SEGMENT_CELLS
from insights.metrics.parts import Part
from insights.problems import UsageError

if TYPE_CHECKING:
    from insights.firm import Firm

FEWEST_LEADS, FEWEST_COMPANIES = 30, 5
MOST_PARTS = 40
_ = Text
NAMES = {"country": _("Country"), "region": _("Region"), "industry": _("Industry"), "size": _("Size"),
         "team": _("Sales team"), "family": _("Product family")}
_VALUES = {"country": Country, "industry": Industry, "size": SizeBand}


@dataclass(frozen=True)
class Head:
    """Whose report it is: the part, the folder of the report, and how much is recorded of it."""

    part: Part
    folder: str
    companies: int
    leads: int
    orders: int

    def to_json(self) -> dict:
        """As run.json has it."""
        return {"value": self.part.value, "folder": self.folder, "companies": self.companies, "leads": self.leads,
                "orders": self.orders}


@dataclass(frozen=True)
class Plan:
    """The parts that get a report, and those that are too small for one."""

    dimension: str
    heads: tuple[Head, ...]
    small: tuple[Part, ...] = ()

    def to_json(self) -> dict:
        """As run.json has it."""
        return {"dimension": self.dimension, "parts": [head.to_json() for head in self.heads],
                "too_small": [part.value for part in self.small]}


def label(part: Part | Mapping) -> Text:
    """The part as readers call it: "Country: Germany"."""
    dimension, value = (part["dimension"], part["value"]) if isinstance(part, Mapping) else (part.dimension, part.value)
    return _("{dimension}: {value}", dimension=NAMES[dimension], value=called(dimension, value))


def called(dimension: str, value: str) -> object:
    """A value of a dimension in words."""
    return _VALUES[dimension](value) if dimension in _VALUES else value


def dimension(given: str) -> str:
    """The dimension that is meant; UsageError with the nearest one where there is none."""
    name = "_".join(given.strip().lower().replace("-", " ").split())
    name = parts.ALSO.get(name, name)
    if name in parts.DIMENSIONS:
        return name
    near = difflib.get_close_matches(name, [*parts.DIMENSIONS, *parts.ALSO], 1)
    hint = f"did you mean {near[0]}?" if near else f"it can be divided by {', '.join(parts.DIMENSIONS)}"
    raise UsageError(f"--each {given[:40]!r}: a firm cannot be divided by that; {hint}")


def plan(firm: Firm, by: str) -> Plan:
    """The parts of a firm, the largest first; UsageError where these data do not say which row belongs to which."""
    has = _has(firm)
    if parts.DIMENSIONS[by] not in has or not {"leads", "orders"} & set(has):
        able = [d for d, table in parts.DIMENSIONS.items() if table in has]
        raise UsageError(f"--each {by}: these data have no table {parts.DIMENSIONS[by]}; they can be divided by "
                         f"{', '.join(able)}")
    # Teams of fewer than four sellers stand together: no report shows what one or two people do.
    merged = disclosure.merged_teams({row["team"]: row["sellers"] for row in firm.query(
        kpis.team_sizes()).to_pylist()}) if by == "team" else None
    rows = firm.query(parts.sizes(by, has, firm.eur_rate, merged)).to_pylist()
    rows = [{**row, "values": (merged or {}).get(row["value"], (row["value"],))} for row in rows]
    if not rows:
        raise UsageError(f"--each {by}: the column {by} of {parts.DIMENSIONS[by]} is empty for every lead and order")
    enough = [row for row in rows if _enough(row)]
    kept = disclosure.kept_apart([row["companies"] for row in rows], [row in enough for row in rows], firm.profile)
    large = [row for row, keep in zip(rows, kept, strict=True) if keep]
    if len(large) > MOST_PARTS:
        raise UsageError(f"--each {by}: {len(large)} reports in one run are too many ({MOST_PARTS} at most); divide "
                         "the firm by something coarser")
    if not large:
        raise UsageError(f"--each {by}: no {by} has {FEWEST_LEADS} leads (or orders) of {FEWEST_COMPANIES} companies, "
                         "which a report of its own needs; run without --each")
    folders = _folders(by, [row["value"] for row in large])
    return Plan(by, tuple(Head(Part(by, row["value"], row["values"]), folder, row["companies"], int(row["leads"]),
                               int(row["orders"])) for row, folder in zip(large, folders, strict=True)),
                tuple(Part(by, row["value"], row["values"]) for row in rows if row not in large))


def _has(firm: Firm) -> list[str]:
    """The tables with rows; leads only with their stages, for without them nothing is known of a lead's segment."""
    staged = firm.has("leads", "lead_stages")
    return [name for name in firm.checked.tables if firm.has(name) and (staged or name != "leads")]


def _enough(row: Mapping) -> bool:
    return max(row["leads"], row["orders"]) >= FEWEST_LEADS and row["companies"] >= FEWEST_COMPANIES


def _folders(by: str, values: list[str]) -> list[str]:
    """A folder's name for each value: letters, digits and hyphens, no two alike."""
    found: list[str] = []
    for value in values:
        plain = unicodedata.normalize("NFKD", value.replace("ł", "l").replace("Ł", "L")).encode("ascii", "ignore")
        words = re.sub(r"[^A-Za-z0-9]+", "-", plain.decode()).strip("-")[:40]
        name = f"{by}-{words}".rstrip("-")
        taken = {other.lower() for other in found}
        if not words or name.lower() in taken:
            name = f"{name}-{hashlib.sha256(value.encode()).hexdigest()[:6]}"
        found.append(name)
    return found


def divided(firm: Firm, part: Part, handed: Path) -> Firm:
    """A firm of the rows of one part, copied from the tables that the whole firm has handed over."""
    from insights.sources import FILE, DuckDB, literal

    engine = DuckDB()
    engine.execute(f"attach {literal(str(handed / FILE))} as whole (read_only)")
    engine.execute("use whole")
    has = _has(firm)
    for name, expression in parts.members(part, has, firm.eur_rate):
        engine.execute(f"create temp table {name} as {expression.sql(dialect='duckdb')}")
    kept = {}
    for name, expression in parts.tables(part, has).items():
        engine.execute(f"create table {_HERE}.{name} as {expression.sql(dialect='duckdb')}")
        rows = engine.rows(f"select count(*) from {_HERE}.{name}")[0][0]
        info = firm.checked.tables[name]
        kept[name] = replace(info, rows_in=rows, rows_kept=rows)
    for name in set(firm.checked.tables) - set(has):
        engine.execute(f"create table {_HERE}.{name} as select * from {name} where false")
        kept[name] = firm.checked.tables[name]
    if "leads" in has:
        engine.execute(f"create table {_HERE}.{LEAD_GRAIN} as select * from {LEAD_GRAIN} "
                       "where lead_id in (select lead_id from part_leads)")
        engine.execute(f"create table {_HERE}.{SEGMENT_CELLS} as select * from {SEGMENT_CELLS}")
    engine.execute("use insights")
    engine.execute("detach whole")
    own_hash = hashlib.sha256(f"{firm.data_hash} {part.dimension}={part.value}".encode()).hexdigest()
    checked = replace(firm.checked, engine=engine, tables={name: kept[name] for name in firm.checked.tables},
                      data_hash=own_hash)
    return firm.of_part(part, checked)


_HERE = "insights.main"
