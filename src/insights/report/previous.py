"""The run that a run is compared with: the last published one of the same firm that asked the same of other data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from insights.report import ledger
from insights.report.publish import FAILED, RECORD

# What makes two runs the same: then the later is compared with what the earlier was compared with, so that repeating a
# run changes no page.
_SAME = ("data_hash", "as_of", "period", "strategy_hash", "mapping_hash", "versions", "languages")
_PLACES = ("data", "mapping", "strategy", "as_of")


def previous(reports: Path, record: Mapping, part: str = "") -> dict | None:
    """What the earlier run said, as `Earlier` takes it; None where there is none. A run whose files are damaged is not
    passed over in silence: `problem` names it. With `part`, what the earlier run said in that part's folder."""
    runs = ledger.runs(reports)
    for earlier in runs:
        if earlier.get("outcome") == "unreadable" and not (reports / FAILED / earlier["id"]).is_dir():
            return _none(f"{earlier['id']}: run.json is damaged")
        if earlier.get("outcome") != "published" or not _comparable(earlier, record) or _same(earlier, record):
            continue
        said = _said_of_part(reports / earlier["id"] / part) if part else _said(reports / earlier["id"], earlier)
        return said and {**said, "forecasts": _forecasts(reports, runs, record, part)}
    return None


def _forecasts(reports: Path, runs: list[dict], record: Mapping, part: str) -> list[dict]:
    """The forecasts of all earlier runs of the kind, the latest run's where several were made of one day."""
    noted: dict[tuple, dict] = {}
    for run in runs:
        if run.get("outcome") != "published" or not _comparable(run, record):
            continue
        for entry in _record_of_part(reports / run["id"] / part).get("forecasts") or () if part else \
                run.get("forecasts") or ():
            noted.setdefault((entry["measure"], entry["made_on"], entry["start"], entry["end"]), entry)
    return sorted(noted.values(), key=lambda e: (e["made_on"], e["measure"]))


def _record_of_part(folder: Path) -> dict:
    try:
        return json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _said_of_part(folder: Path) -> dict | None:
    if not folder.is_dir():
        return None
    try:
        return _said(folder, json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return _none(f"{folder.parent.name}: {folder.name}/{RECORD} is damaged")


def _comparable(earlier: Mapping, record: Mapping) -> bool:
    """The same firm in the same currency, seen by the same readers, over a period asked for in the same way."""
    if any(earlier.get(key) != record.get(key) for key in ("firm", "currency")):
        return False
    one, other = _asked(earlier), _asked(record)
    return one == other


def _asked(record: Mapping) -> dict:
    return {key: value for key, value in record.get("parameters", {}).items() if key not in _PLACES}


def _same(earlier: Mapping, record: Mapping) -> bool:
    return all(earlier.get(key) == record.get(key) for key in _SAME)


def _said(folder: Path, record: Mapping) -> dict:
    try:
        findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
        if not all({"id", "topic", "verdict", "value", "interval", "unit", "statement"} <= set(f) for f in findings):
            raise ValueError
        return {"findings": findings, "as_of": record["as_of"], "data_hash": record["data_hash"],
                "months": record.get("months"), "problem": ""}
    except (OSError, ValueError, TypeError, KeyError):
        return _none(f"{folder.name}: findings.json is damaged")


def _none(problem: str) -> dict:
    return {"findings": [], "as_of": "", "data_hash": "", "months": None, "problem": problem}
