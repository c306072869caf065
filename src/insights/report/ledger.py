"""The ledger of runs: what each worked on, how it ended, how long it took. Every run's own `run.json` is its entry."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from insights.report.publish import FAILED, LATEST, RECORD, WORK

PACKAGES = ("insights", "duckdb", "matplotlib", "nbconvert", "numpy", "pandas", "papermill", "pyarrow",
            "scikit-learn", "scipy", "sqlglot")


def now() -> datetime:
    """The clock, for when a run was, never for what it says."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as run.json has it: UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that results may depend on."""
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def file_hash(file: str) -> str | None:
    """The SHA-256 of a file; None where none is named."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else None


def runs(reports: Path) -> list[dict]:
    """The records of all runs in a folder of reports, newest first; an unreadable one says so in its `outcome`."""
    return sorted((_record(folder) for folder in _folders(reports)),
                  key=lambda record: (record.get("started") or "", record["id"]), reverse=True)


def _folders(reports: Path) -> Sequence[Path]:
    if not reports.is_dir():
        return []
    published = [path for path in reports.iterdir()
                 if path.name not in (LATEST, FAILED, WORK) and (path / RECORD).is_file()]
    failed = reports / FAILED
    return published + ([path for path in failed.iterdir() if path.is_dir()] if failed.is_dir() else [])


def _record(folder: Path) -> dict:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {**record, "id": folder.name}
    except (OSError, ValueError, TypeError):
        return {"id": folder.name, "outcome": "unreadable"}
