"""The chapters of a report: executed notebooks become pages, findings and an index, or reasons not to publish."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from insights.problems import InsightsError
from insights.report.execute import Executed, Failure
from insights.report.notebooks import Notebook
from insights.report.outputs import Outputs, incomplete, joined, outputs
from insights.report.progress import Progress
from insights.report.publish import Work

if TYPE_CHECKING:
    from insights.firm import Firm
    from insights.report.each import Head, Plan

PROPOSED = "strategy.proposed.toml"
SCHEMAS = Path(__file__).parents[1] / "evidence" / "schema"
STAMPED = ("id", "as_of", "period", "currency", "data_hash", "strategy_hash", "versions")


class NotebookFailed(InsightsError):
    """A notebook that failed; the others still ran."""

    exit_code = 70

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class DataChanged(InsightsError):
    """The data are not the same any more as when the run checked them: a later try may succeed."""

    exit_code = 75
    cause = "data_changed"


class Chapters:
    """Collects what notebooks bring, in the thread that calls it, and writes it into the run's folder."""

    def __init__(
        self, notebooks: Sequence[Notebook], languages: Sequence[str], work: Work, run: Mapping, progress: Progress,
        earlier: Mapping | None = None, firm: Firm | None = None,
    ) -> None:
        self._notebooks, self._languages, self._work, self._run = notebooks, tuple(languages), work, run
        self._progress, self._earlier, self._firm = progress, earlier, firm
        self._found: dict[str, Outputs] = {}
        self._failures: dict[str, Failure] = {}
        self._entries: dict[str, dict] = {}
        self._pages = None
        # What the report forecasts, for the run that can score it; known when it is finished.
        self.forecasts: list[dict] = []

    def collect(self, notebook: Notebook, file: Path) -> bool:
        """Write the findings of the notebooks that this one needs to a file; False where it needs none of the run's."""
        needed = [self._found[need] for need in notebook.needs if need in self._found]
        if not needed:
            return False
        findings, estimates, _ = joined(needed)
        stamp = self._stamp()
        content = {"schema": 1, "run": stamp, "findings": findings, "estimates": estimates, "earlier": self._earlier}
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return True

    def finished(self, notebook: Notebook, executed: Executed | None) -> bool:
        """Take in an executed notebook (None: it was skipped) and write its pages; whether it succeeded."""
        if executed is None:
            return self._skip(notebook)
        failure, found = executed.failure, None
        if executed.notebook is not None:
            self._write_notebook(notebook, executed)
            found = outputs(executed.notebook, notebook.name)
            failure = failure or incomplete(executed.notebook, found) or self._stale(found)
        entry = {"name": notebook.name, "outcome": "failed" if failure else "done",
                 "seconds": round(executed.seconds, 3), "findings": len(found.findings) if found else 0,
                 "estimates": len(found.estimates) if found else 0}
        self._entries[notebook.name] = entry
        if failure:
            self._failures[notebook.name] = failure
            entry["failure"] = {"cause": failure.cause, "cell": failure.cell, "cell_id": failure.cell_id,
                                "error": failure.error, "message": failure.message,
                                "traceback": list(failure.traceback)}
            self._progress.ended(notebook.name, _described(failure))
            return False
        self._found[notebook.name] = found
        self._write_pages(notebook, executed)
        self._progress.ended(notebook.name, f"done in {executed.seconds:.1f} s")
        return True

    def outcomes(self) -> list[dict]:
        """What became of each notebook, for run.json; those that a run did not come to are missing."""
        return [self._entries[n.name] for n in self._notebooks if n.name in self._entries]

    @property
    def headlines(self) -> Mapping | None:
        """What the report's first screen says, for the list of runs."""
        said = [found.headlines for n in self._notebooks if (found := self._found.get(n.name)) and found.headlines]
        return said[-1] if said else None

    def finish(self, heads: Sequence[tuple[Head, Mapping | None]] = (), plan: Plan | None = None) -> None:
        """Write the index, findings and estimates; NotebookFailed or DataChanged where a chapter is missing. The index
        lists the reports of the parts, `heads` with what each says first."""
        from insights.topics.alignment_forecasts import made

        self.refuse_failures()
        chapters = [self._found[notebook.name] for notebook in self._notebooks]
        findings, estimates, doubled = joined(chapters)
        if doubled:
            raise NotebookFailed(f"two findings have the id {doubled}: each needs its own function or subject",
                                 "doubled_finding")
        self.forecasts = made(dt.date.fromisoformat(self._run["as_of"]), findings,
                              self._run.get("parameters", {}).get("year_starts_in", 1))
        findings = with_status(findings, self._earlier["findings"] if self._earlier else [])
        for kind, entries in (("findings", findings), ("estimates", estimates)):
            document = {"schema": 1, "run": self._stamp(), kind: entries}
            _validate(kind, document)
            self._work.write_json(f"{kind}.json", document)
        self._write_index(chapters, heads, plan, proposed=self._write_proposal(findings, estimates))

    def _write_proposal(self, findings: Sequence[Mapping], estimates: Sequence[Mapping]) -> bool:
        """The strategy file as these findings would change it; whether one can be proposed."""
        from insights.report.proposal import proposal

        text = proposal(self._firm, findings, estimates, self._languages[0])
        if text:
            self._work.write(PROPOSED, text)
        return bool(text)

    def refuse_failures(self) -> None:
        """NotebookFailed or DataChanged where a notebook did not succeed."""
        if not self._failures:
            return
        name, failure = next((n.name, self._failures[n.name]) for n in self._notebooks if n.name in self._failures)
        if failure.cause == DataChanged.cause:
            raise DataChanged("the data changed during the run, so nothing was published: run again when nobody "
                              "writes to them")
        more = len(self._failures) - 1
        others = f" (and {more} more failed)" if more else ""
        of = f" for {self._work.inside}" if self._work.inside else ""
        raise NotebookFailed(f"{name}{of} {_described(failure)}{others}; nothing was published, see "
                             f"failed/{self._work.id}/run.json in the folder of reports", failure.cause)

    def _skip(self, notebook: Notebook) -> bool:
        needs = ", ".join(need for need in notebook.needs if need in self._entries and need not in self._found)
        self._entries[notebook.name] = {"name": notebook.name, "outcome": "skipped", "seconds": 0.0, "findings": 0,
                                        "estimates": 0, "because": needs}
        self._progress.ended(notebook.name, f"skipped, because it needs {needs}")
        return False

    def _stale(self, found: Outputs) -> Failure | None:
        if found.done["data_hash"] == self._run["data_hash"]:
            return None
        return Failure(DataChanged.cause, "it read other data than the run had checked")

    def _write_notebook(self, notebook: Notebook, executed: Executed) -> None:
        import nbformat

        self._work.write(f"notebooks/{notebook.name}.ipynb", nbformat.writes(executed.notebook) + "\n")

    def _write_pages(self, notebook: Notebook, executed: Executed) -> None:
        from insights.report.page import Pages
        from insights.report.templates import file_name

        self._pages = self._pages or Pages(self._languages)
        siblings = [(n.name, n.title) for n in self._notebooks]
        for language in self._languages:
            page = self._pages.html(executed.notebook, language, name=notebook.name, title=notebook.title,
                                    siblings=siblings, run=self._run)
            self._work.write(file_name(notebook.name, language, self._languages), page)

    def _write_index(self, chapters: Sequence[Outputs], heads: Sequence, plan: Plan | None, *, proposed: bool) -> None:
        from insights.report.index import index, listed_parts
        from insights.report.templates import file_name

        # The document that the others lead to comes last; its headlines are the report's.
        last = next((found for found in reversed(chapters) if "headline" in found.blocks), chapters[-1])
        listed = [{"name": n.name, "title": n.title, "question": None, "status": None, "top_line": found.top_line}
                  for n, found in zip(self._notebooks, chapters, strict=True)]
        for language in self._languages:
            page = index(self._run, listed, headlines=last.blocks.get("headline"),
                         quality=last.blocks.get("quality"), language=language, languages=self._languages,
                         proposed=proposed, parts=listed_parts(heads, plan, language, self._languages))
            self._work.write(file_name("index", language, self._languages), page)

    def _stamp(self) -> dict:
        return {key: self._run[key] for key in STAMPED}


def with_status(findings: Sequence[Mapping], earlier: Sequence[Mapping]) -> list[dict]:
    """The findings with their status against the run before, those that are gone as they stood there."""
    from insights.evidence.changes import GONE, compare

    changes = {change.id: change for change in compare(earlier, findings)}
    told = [{**f, "status": changes[f["id"]].status} if f["id"] in changes else dict(f) for f in findings]
    return told + [{**change.before, "status": GONE} for change in changes.values() if change.status == GONE]


def _described(failure: Failure) -> str:
    """Where and why, in one line."""
    first = failure.message.splitlines()[0] if failure.message else failure.cause
    if failure.cell is None:
        return f"failed: {first}"
    named = f" ({failure.cell_id})" if failure.cell_id else ""
    return f"failed in cell {failure.cell}{named}: {first}"


def _validate(kind: str, document: Mapping) -> None:
    """NotebookFailed where the document is not what its published schema promises."""
    from insights.report.execute import load_machinery

    schema = json.loads((SCHEMAS / f"{kind}.json").read_text(encoding="utf-8"))
    load_machinery()
    import jsonschema

    validator = jsonschema.validators.validator_for(schema)(schema)
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path)
        raise NotebookFailed(f"{kind}.json would break its schema at {place}: {error.message[:200]}", "schema")
