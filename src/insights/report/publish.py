"""The folder of reports: one run at a time, written aside, published whole or not at all.

    reports/<run>           a published report
    reports/latest          a link to the last one, switched as the very last act
    reports/failed/<run>    what a failed or killed run left, with the cause in its run.json
    reports/.work/<run>     a run that is being written
    reports/.lock           held while a run writes; it names its process
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from insights.problems import InsightsError

LATEST, FAILED, WORK, LOCK, RECORD, SCRATCH = "latest", "failed", ".work", ".lock", "run.json", ".scratch"
NEEDED_BYTES = 64 * 1024 * 1024
_PREFIX = "insights-"
_NAME = re.compile(r"((notebooks|exports)/)?[A-Za-z0-9_][A-Za-z0-9_.-]*")
_INSIDE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")


class CannotWrite(InsightsError):
    """A folder or disk that takes no report."""

    exit_code = 73


class Locked(InsightsError):
    """Another run is writing there: a later try may succeed."""

    exit_code = 75


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Where the disk refuses something, says so in words: CannotWrite. What the system says of processes is none of
    the disk's."""
    try:
        yield
    except (ProcessLookupError, ChildProcessError):
        raise
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        raise CannotWrite(f"the disk refused{where} ({error.strerror or error}), so nothing was published: make room, "
                          "or give another folder with --reports") from error


def run_id(now: datetime) -> str:
    """The time in UTC to the minute, for people, and six digits that keep it unique if the clock is set back."""
    return f"{now.astimezone(UTC):%Y-%m-%dT%H%MZ}-{secrets.token_hex(3)}"


@dataclass
class Work:
    """The files of one run, until `publish` or `fail` moves them to their place."""

    reports: Path
    id: str
    inside: str = ""

    @property
    def folder(self) -> Path:
        return self.reports / WORK / self.id / self.inside

    def part(self, name: str) -> Work:
        """A folder inside the report's, for the report of a part; only the whole is published."""
        if not _INSIDE.fullmatch(name):
            raise CannotWrite(f"{name[:80]!r} cannot be the name of a part of a report")
        return replace(self, inside=name)

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the report and flush it to the disk. The name is a plain one, in `notebooks/`,
        in `exports/` or in neither."""
        if not _NAME.fullmatch(name):
            raise CannotWrite(f"{name[:80]!r} cannot be the name of a file of a report")
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())

    def take(self, name: str, file: Path) -> None:
        """Move a finished file into the report, whatever its size, and flush it to the disk."""
        if not _NAME.fullmatch(name):
            raise CannotWrite(f"{name[:80]!r} cannot be the name of a file of a report")
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, path)
        with path.open("rb") as moved:
            os.fsync(moved.fileno())

    def write_json(self, name: str, content: Mapping) -> None:
        """Write a JSON file, people's letters kept as they are."""
        self.write(name, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for what kernels need while they run. It lies with the system's temporary files, because sockets
        have short paths, and a note of it with the run, so that `sweep` finds it after a kill."""
        note = self.folder.with_suffix(SCRATCH)
        with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as folder:
            note.write_text(folder, encoding="utf-8")
            try:
                yield Path(folder)
            finally:
                note.unlink(missing_ok=True)

    def files(self) -> dict[str, dict[str, object]]:
        """Every file of the report but its record, by its path inside: bytes and SHA-256, so that a copy can be
        checked."""
        found = {path.relative_to(self.folder).as_posix(): path.read_bytes()
                 for path in sorted(self.folder.rglob("*")) if path.is_file() and path != self.folder / RECORD}
        return {name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in found.items()}

    def publish(self) -> Path:
        """Move the report to its place and switch `latest` to it; the published folder.

        Where the switch fails the report is taken back, so that whoever looks finds the last good one untouched.
        """
        published = self.reports / self.id
        for folder in (*self.folder.glob("**/"), self.folder):
            _sync(folder)
        self.folder.rename(published)
        try:
            _sync(self.reports)
            _switch(self.reports, self.id)
        except OSError:
            published.rename(self.folder)
            raise
        return published

    def fail(self, record: Mapping) -> Path | None:
        """Move what there is to `failed` with its record; None where the disk takes not even that."""
        failed = self.reports / FAILED / self.id
        try:
            self.write_json(RECORD, record)
            failed.parent.mkdir(exist_ok=True)
            self.folder.rename(failed)
        except OSError:
            shutil.rmtree(self.folder, ignore_errors=True)
            return None
        return failed


def prepare(reports: Path, needed: int = NEEDED_BYTES) -> None:
    """Make the folder of reports; CannotWrite unless it takes files and has room for a report."""
    try:
        (reports / WORK).mkdir(parents=True, exist_ok=True)
        probe = reports / WORK / f".probe-{secrets.token_hex(4)}"
        probe.write_bytes(b"x")
        probe.unlink()
        free = shutil.disk_usage(reports).free
    except OSError as error:
        raise CannotWrite(f"cannot write reports to {reports} ({error.strerror}): "
                          "give another folder with --reports") from None
    if free < needed:
        raise CannotWrite(f"only {free // 2**20} MB are free for reports in {reports}: "
                          f"make room for {needed // 2**20} MB, or give another folder with --reports")
    latest = reports / LATEST
    if latest.exists() and not latest.is_symlink():
        raise CannotWrite(f"{latest} should be a link to the last report: move it out of the way")


@contextlib.contextmanager
def lock(reports: Path) -> Iterator[None]:
    """Hold the folder of reports; Locked where another run does. The system lets go of it when the process ends,
    however it ends."""
    import fcntl

    with writing():
        opened = (reports / LOCK).open("a+", encoding="utf-8")
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read(100).strip() or "another process"
            raise Locked(f"{holder} is writing to {reports}: wait for it to end, "
                         "or give another folder with --reports") from None
        with writing():
            file.truncate(0)
            file.write(f"the run in process {os.getpid()}")
            file.flush()
        yield


def sweep(reports: Path) -> list[str]:
    """Move runs that were killed while writing to `failed`; their ids. Call it with the lock held: then whatever is
    being written has no writer any more."""
    swept = []
    for folder in sorted((reports / WORK).iterdir()):
        if not folder.is_dir():
            if folder.suffix == SCRATCH:
                _forget(Path(folder.read_text(encoding="utf-8")))
            folder.unlink()
            continue
        record = _record(folder)
        Work(reports, folder.name).fail({
            "schema": 1, "id": folder.name, **record, "outcome": "failed", "cause": "killed",
            "message": "the run was killed while it was working", "exit_code": None})
        swept.append(folder.name)
    return swept


def start(reports: Path, record: Mapping, now: datetime) -> Work:
    """A new run's folder with its first record, so that a run killed later says when and on what it worked."""
    work = Work(reports, run_id(now))
    with writing():
        work.folder.mkdir()
        try:
            work.write_json(RECORD, {"schema": 1, "id": work.id, **record, "outcome": "running"})
        except OSError:
            shutil.rmtree(work.folder, ignore_errors=True)
            raise
    return work


def _forget(scratch: Path) -> None:
    """Remove the scratch folder of a killed run, and never anything else that a note may name."""
    if scratch.is_absolute() and scratch.name.startswith(_PREFIX):
        shutil.rmtree(scratch, ignore_errors=True)


def _record(folder: Path) -> dict:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _switch(reports: Path, run: str) -> None:
    """Point `latest` to a run: a new link is renamed over the old one, so that at no time there is none."""
    link = reports / f".{LATEST}-{run}"
    link.symlink_to(run, target_is_directory=True)
    try:
        link.replace(reports / LATEST)
    except OSError:
        link.unlink()
        raise
    # The report is published now, whatever the disk says to this.
    with contextlib.suppress(OSError):
        _sync(reports)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
