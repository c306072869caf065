"""What differs between two published runs: findings, and the definitions, data and parameters that moved them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from insights.evidence.changes import CHANGED, GONE, NEW, Change, compare
from insights.problems import NoInput

# Of run.json, what a figure may depend on.
INPUTS = ("firm", "as_of", "period", "currency", "data_hash", "mapping_hash", "strategy_hash", "level")


@dataclass(frozen=True)
class Diff:
    """Two runs set side by side. `findings` are those that are not the same; `inputs`, `parameters` and `versions` give
    (before, after) of what is another; `restated` the past months of each measure whose records were changed."""

    before: str
    after: str
    findings: tuple[Change, ...]
    stand: int
    inputs: Mapping[str, tuple]
    parameters: Mapping[str, tuple]
    versions: Mapping[str, tuple]
    restated: Mapping[str, list[str]]

    def of(self, status: str) -> list[Change]:
        """The findings of one status, redefined ones left out."""
        return [c for c in self.findings if c.status == status and not c.redefined]

    @property
    def redefined(self) -> list[Change]:
        """Findings whose definition is another: their figures cannot be compared."""
        return [c for c in self.findings if c.redefined]

    @property
    def moved(self) -> list[Change]:
        """Exact counts that are others."""
        return [c for c in self.findings if c.moved and not c.redefined]

    def to_json(self) -> dict:
        """For machines: everything that text says."""
        return {
            "schema": 1, "before": self.before, "after": self.after, "stand": self.stand,
            "findings": [{"id": c.id, "status": c.status, "moved": c.moved, "redefined": c.redefined,
                          "before": _figures(c.before), "after": _figures(c.after)} for c in self.findings],
            "inputs": {k: list(v) for k, v in self.inputs.items()},
            "parameters": {k: list(v) for k, v in self.parameters.items()},
            "versions": {k: list(v) for k, v in self.versions.items()}, "restated": dict(self.restated)}


def diff(reports: Path, before: str, after: str) -> Diff:
    """Compare two runs, each the name of a run in the folder of reports ("latest" too) or a folder of its own; NoInput
    where one cannot be read."""
    one, other = (_run(reports, name) for name in (before, after))
    found = compare(one["findings"], other["findings"])
    unlike = tuple(c for c in found if c.status != "standing" or c.moved or c.redefined)
    return Diff(
        one["record"]["id"], other["record"]["id"], unlike, len(found) - len(unlike),
        _unlike(one["record"], other["record"], INPUTS),
        _unlike(one["record"].get("parameters", {}), other["record"].get("parameters", {})),
        _unlike(one["record"].get("versions", {}), other["record"].get("versions", {})),
        _restated(one["record"], other["record"]))


def _restated(one: Mapping, other: Mapping) -> dict[str, list[str]]:
    from insights.topics.alignment_changes import restated

    return restated(one.get("months"), other.get("months") or {})


def _run(reports: Path, name: str) -> dict:
    folder = next((path for path in (reports / name, Path(name).expanduser()) if (path / "run.json").is_file()), None)
    if folder is None:
        raise NoInput(f"there is no run {name[:80]!r} in {reports}: insights runs lists them")
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return {"record": {**record, "id": folder.resolve().name},
                "findings": json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NoInput(f"the run {name[:80]!r} cannot be compared ({type(error).__name__}): its files are damaged, or "
                      "it failed") from None


def _unlike(one: Mapping, other: Mapping, keys: tuple[str, ...] = ()) -> dict[str, tuple]:
    names = keys or tuple(sorted({*one, *other}))
    return {key: (one.get(key), other.get(key)) for key in names if one.get(key) != other.get(key)}


def _figures(entry: Mapping | None) -> dict | None:
    return entry and {key: entry.get(key) for key in ("value", "interval", "unit", "n", "verdict", "statement")}


__all__ = ["CHANGED", "GONE", "NEW", "Diff", "diff"]
