"""What an executed notebook left: findings, estimates, blocks of its page, and the mark that it ran to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from insights.report.execute import Failure, own_cells
from insights.report.show import BLOCK, DONE, ESTIMATES, FINDING, HEADLINES

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Outputs:
    """The data in a notebook's outputs, in the order of its cells; findings know their notebook and cell."""

    done: Mapping | None = None
    findings: tuple[dict, ...] = ()
    estimates: tuple[dict, ...] = ()
    blocks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headlines: Mapping | None = None

    @property
    def top_line(self) -> Mapping[str, str] | None:
        """The statement of the weightiest finding, per language."""
        ranked = sorted(self.findings, key=lambda entry: -(entry.get("rank") or 0))
        return ranked[0]["statement"] if ranked else None


def outputs(notebook: NotebookNode, name: str) -> Outputs:
    """The data that the notebook's cells displayed. `blocks` holds the first block of each kind, `headlines` what the
    first screen says."""
    done, headlines, findings, estimates, blocks = None, None, [], [], {}
    for cell_id, data in _bundles(notebook):
        place = {"notebook": name, "cell": cell_id}
        if FINDING in data:
            findings.append({**data[FINDING], "evidence": {**(data[FINDING].get("evidence") or {}), **place}})
        estimates += data.get(ESTIMATES, ())
        if BLOCK in data:
            blocks.setdefault(data[BLOCK]["kind"], data[BLOCK]["html"])
        done, headlines = data.get(DONE, done), headlines or data.get(HEADLINES)
    return Outputs(done, tuple(findings), tuple(_once(estimates)), blocks, headlines)


def incomplete(notebook: NotebookNode, found: Outputs) -> Failure | None:
    """Why a notebook that raised no error is still no chapter: its last cell must have displayed the completion mark,
    and nothing may have failed unseen (papermill takes sys.exit(0) for success)."""
    for number, cell in enumerate(own_cells(notebook), 1):
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename == "SystemExit":
                return Failure("early_exit", "it called sys.exit before its last cell", number, cell.get("id"))
            if output.output_type == "stream" and "Exception in thread " in output.text:
                return Failure("thread_error", "a thread that it started failed", number, cell.get("id"),
                               traceback=tuple(output.text.splitlines()[-5:]))
    if found.done is None:
        return Failure("no_completion", "it did not reach insights.finish(firm), which its last cell must call")
    return None


def joined(chapters: Sequence[Outputs]) -> tuple[list[dict], list[dict], str | None]:
    """The findings and the estimates of all chapters, and the id under which two of them disagree, if one does."""
    findings = [finding for chapter in chapters for finding in chapter.findings]
    estimates = [estimate for chapter in chapters for estimate in chapter.estimates]
    seen: set[str] = set()
    for finding in findings:
        if finding["id"] in seen:
            return findings, estimates, finding["id"]
        seen.add(finding["id"])
    return findings, list(_once(estimates)), None


def _bundles(notebook: NotebookNode) -> Iterator[tuple[str | None, Mapping]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type in ("display_data", "execute_result"):
                yield cell.get("id"), output.data


def _once(estimates: Sequence[dict]) -> Iterator[dict]:
    """A figure and the table beside it show the same estimates: each is kept where it stands first."""
    seen: set[str] = set()
    for estimate in estimates:
        content = json.dumps(estimate, sort_keys=True)
        if content not in seen:
            seen.add(content)
            yield estimate
