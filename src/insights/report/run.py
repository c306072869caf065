"""A run: the data checked, the notebooks executed, the report published, or nothing at all."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from insights.evidence.words import both
from insights.language import LANGUAGES
from insights.period import parse_day, parse_period
from insights.problems import DataError, InsightsError, UsageError
from insights.report import each, exports, forked, guard, ledger, listing, publish
from insights.report.chapters import Chapters
from insights.report.execute import TRACEBACK_LINES, Kernels, load_machinery
from insights.report.notebooks import Notebook, discover, select
from insights.report.parameters import OPTIONS, Value, all_parameters, given_values, refuse_secret, values_for
from insights.report.previous import previous
from insights.report.progress import Progress
from insights.report.schedule import execute_all

if TYPE_CHECKING:
    from insights.firm import Firm


CHECKED = "checked"


@dataclass(frozen=True)
class Request:
    """What is asked of a run. Empty texts stand for what `insights.open` takes by default; `parameters` are
    `NAME=VALUE` pairs; no `chapters` means all notebooks; `each` names what the firm is divided by, for a report of
    every part beside that of the whole; `timeout` is in seconds for the whole run."""

    notebooks: Path
    reports: Path
    data: str = "sample"
    mapping: str = ""
    strategy: str = ""
    as_of: str = ""
    period: str = ""
    languages: tuple[str, ...] = LANGUAGES
    chapters: tuple[str, ...] = ()
    each: str = ""
    parameters: tuple[str, ...] = ()
    jobs: int = 2
    timeout: float | None = None


def run(request: Request, progress: Progress, open_firm: Callable[..., Firm] | None = None) -> Path:
    """Run the suite; the folder of the published report.

    What is asked is checked before anything starts. From then on every end has its entry in the ledger, in the report
    or under `failed`; the last good report stays as it is until the new one is complete.

    Raises UsageError (64), DataError (65), NoInput (66), Unavailable (69), NotebookFailed (70), CannotWrite (73),
    Locked (75) and guard.Ended (124, 130, 143).
    """
    notebooks, values = checked(request)
    publish.prepare(request.reports)
    with publish.lock(request.reports), guard.ended_from_outside(request.timeout):
        for killed in publish.sweep(request.reports):
            progress.phase(f"found {killed}, a run that was killed: moved it to {publish.FAILED}")
        return _Run(request, progress, notebooks, values).end_well(open_firm)


def checked(request: Request) -> tuple[list[Notebook], dict[str, Value]]:
    """The notebooks in their order and the values of `-p`; UsageError or NoInput for what cannot be run."""
    for language in request.languages:
        if language not in LANGUAGES:
            raise UsageError(f"there is no language {language[:20]!r}: the suite speaks {', '.join(LANGUAGES)}")
    if not request.data.strip():
        raise UsageError("--data is empty: name a folder or a DuckDB file, or leave the option out for the sample")
    for name in OPTIONS:
        refuse_secret(name, getattr(request, name))
    if request.each:
        each.dimension(request.each)
    day = parse_day(request.as_of) if request.as_of else dt.date(2000, 1, 1)
    try:
        parse_period(request.period, day)
    except ValueError:
        raise UsageError(f"period {request.period[:40]!r} lies outside the calendar") from None
    notebooks = select(discover(request.notebooks), request.chapters)
    return notebooks, given_values(request.parameters, all_parameters(n.parameters for n in notebooks))


class _Run:
    """One run and its record, which becomes its run.json."""

    def __init__(
        self, request: Request, progress: Progress, notebooks: Sequence[Notebook], values: Mapping[str, Value],
    ) -> None:
        self.request, self.progress, self.notebooks, self.values = request, progress, notebooks, values
        self.secrets = guard.own_secrets()
        self.started = ledger.now()
        self.record: dict = {
            "started": ledger.stamp(self.started), "process": os.getpid(), "parameters": self._parameters(),
            "languages": list(request.languages), "jobs": request.jobs, "notebooks": []}
        self.work = publish.start(request.reports, self.record, self.started)
        self.record = {"schema": 1, "id": self.work.id, **self.record}

    def end_well(self, open_firm: Callable[..., Firm] | None) -> Path:
        """Publish, or record why not and raise that."""
        try:
            with publish.writing():
                return self._publish(open_firm)
        except InsightsError as error:
            self._fail(error, getattr(error, "cause", type(error).__name__))
            raise
        except BaseException as error:
            self.record["traceback"] = traceback.format_exc().splitlines()[-TRACEBACK_LINES:]
            self._fail(error, "internal_error")
            raise

    def _publish(self, open_firm: Callable[..., Firm] | None) -> Path:
        # The zygote imports what kernels need while this process checks the data.
        with forked.started([notebook.path for notebook in self.notebooks]) as zygote:
            threading.Thread(target=load_machinery, daemon=True).start()
            self.progress.phase("checking the data")
            paths = self._paths()
            firm = self._open(open_firm, paths)
            plan = each.plan(firm, each.dimension(self.request.each)) if self.request.each else None
            with self.work.scratch() as scratch:
                chapters = self._report(firm, paths, scratch, zygote, self.work, self.record)
                chapters.refuse_failures()
                heads = self._heads(plan, firm, paths, scratch, zygote) if plan else []
        chapters.finish(heads, plan)
        self.record |= {"outcome": "published", "exit_code": 0, "cause": None, "headlines": chapters.headlines,
                        "forecasts": chapters.forecasts, "files": self.work.files(), **self._time()}
        self.work.write_json(publish.RECORD, self.record)
        self._refuse_leaks()
        # Between here and the return lies the moment of publication: it is short, and must not be cut in two.
        guard.undisturbed()
        published = self.work.publish()
        listing.renew(self.request.reports, self.request.languages)
        return published

    def _paths(self) -> dict[str, str]:
        """The data, mapping and strategy as absolute paths: kernels work in another folder than this process."""
        from insights.firm import locate

        names = {name: getattr(self.request, name) for name in ("data", "mapping", "strategy")}
        return {name: str(locate(value)) if value else "" for name, value in names.items()}

    def _open(self, open_firm: Callable[..., Firm] | None, paths: Mapping[str, str]) -> Firm:
        if open_firm is None:
            from insights.firm import open_firm
        own = {name: self.values[name] for name in ("profile", "seed") if name in self.values}
        firm = open_firm(**paths, as_of=self.request.as_of, period=self.request.period, **own)
        self.record |= {
            "firm": firm.name, "as_of": firm.as_of.isoformat(),
            "period": [firm.period.start.isoformat(), firm.period.last_day.isoformat()], "currency": firm.currency,
            "mapping_hash": ledger.file_hash(paths["mapping"]),
            "strategy_hash": firm.strategy.sha256 if firm.strategy else None, "versions": ledger.versions(),
            **_told(firm)}
        return firm

    def _report(
        self, firm: Firm, paths: Mapping[str, str], scratch: Path, zygote: forked.Zygote | None, work: publish.Work,
        record: dict,
    ) -> Chapters:
        """The notebooks executed on a firm (or a part of it), with their pages, findings and lists in `work`."""
        earlier = previous(self.request.reports, self.record, work.inside)
        chapters = Chapters(self.notebooks, self.request.languages, work, record, self.progress, earlier, firm)
        kernels = Kernels(scratch, threads=1 if self.request.jobs > 1 else None, checked=scratch / CHECKED,
                          exports=scratch / exports.FOLDER, zygote=zygote)
        values = {**self.values, **paths, "as_of": firm.as_of.isoformat(), "period": str(firm.period)}

        def values_of(notebook: Notebook) -> dict[str, object]:
            collected = scratch / f"{notebook.name}.findings.json"
            needed = chapters.collect(notebook, collected)
            return values_for(notebook.parameters, {**values, "findings_from": str(collected) if needed else ""})

        count = len(self.notebooks)
        if not work.inside:
            self.progress.phase(f"running notebooks: {count}, {min(self.request.jobs, count)} at a time")
        # Data are read and checked once a run, and all notebooks see the same.
        firm.hand_over(paths["data"], paths["mapping"], scratch / CHECKED)
        self.progress.begin(count)
        try:
            execute_all(self.notebooks, kernels, self.request.jobs, self.progress,
                        values=values_of, finished=chapters.finished)
        finally:
            self.progress.close()
            record["notebooks"] = chapters.outcomes()
        for file in exports.written(scratch / exports.FOLDER):
            work.take(f"{exports.FOLDER}/{file.name}", file)
        return chapters

    def _heads(
        self, plan: each.Plan, firm: Firm, paths: Mapping[str, str], scratch: Path, zygote: forked.Zygote | None,
    ) -> list[tuple[each.Head, Mapping | None]]:
        """The report of each part, in a folder of its own; what the first screen of each says."""
        self.record["each"] = plan.to_json()
        said = []
        for number, head in enumerate(plan.heads, 1):
            self.progress.phase(f"{each.label(head.part).render('en')} ({number} of {len(plan.heads)})")
            own, place = each.divided(firm, head.part, scratch / CHECKED), scratch / f"part{number}"
            place.mkdir()
            kept = ("schema", "id", "started", "parameters", "languages", "firm", "as_of", "period", "currency",
                    "mapping_hash", "strategy_hash", "versions")
            record = {**{key: self.record[key] for key in kept}, "part": vars(head.part), **_told(own)}
            work = self.work.part(head.folder)
            chapters = self._report(own, paths, place, zygote, work, record)
            chapters.finish()
            work.write_json(publish.RECORD, {**record, "outcome": "published", "exit_code": 0, "cause": None,
                                             "headlines": chapters.headlines, "forecasts": chapters.forecasts})
            shutil.rmtree(place, ignore_errors=True)
            said.append((head, chapters.headlines))
        return said

    def _parameters(self) -> dict[str, object]:
        """As they were given, paths included: what a person would type again."""
        options = {name: getattr(self.request, name) for name in OPTIONS}
        # Only where it was given, so that runs from before the option are compared with those without it.
        divided = {"each": each.dimension(self.request.each)} if self.request.each else {}
        return {**options, **divided, **self.values}

    def _time(self) -> dict[str, object]:
        ended = ledger.now()
        return {"ended": ledger.stamp(ended), "seconds": round((ended - self.started).total_seconds(), 3)}

    def _refuse_leaks(self) -> None:
        for file, variable in guard.leaks(self.work.folder, self.secrets):
            raise guard.Leak(f"{file} holds the value of the environment variable {variable}, so nothing was "
                             "published: take it out of the notebook's output")

    def _fail(self, error: BaseException, cause: str) -> None:
        guard.undisturbed()
        message = guard.redacted(str(error) or type(error).__name__, self.secrets)
        self.record |= {"outcome": "failed", "exit_code": getattr(error, "exit_code", 70), "cause": cause,
                        "message": message, **self._time()}
        if isinstance(error, DataError):
            self.record["problems"] = [problem.to_json() for problem in error.problems]
        for file, _ in guard.leaks(self.work.folder, self.secrets):
            (self.work.folder / file).unlink()
        self.work.fail(guard.without(self.record, self.secrets))


def _told(firm: Firm) -> dict[str, object]:
    """What run.json says of a firm's data, or of a part of them."""
    from insights.topics.alignment_changes import months

    return {"level": firm.level.number, "next_step": both(firm.level.next_step), "data_hash": firm.data_hash,
            "months": months(firm), "problems": [problem.to_json() for problem in firm.problems]}
