"""Publication: whole or not at all."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.report import ledger, publish
from insights.report.guard import leaks, redacted, secrets_in

NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports of żółw"
    publish.prepare(folder)
    return folder


def written(reports: Path, text: str = "x") -> publish.Work:
    work = publish.start(reports, {"started": "2026-09-30T12:00:00.000Z"}, NOON)
    work.write("index.html", text)
    work.write_json("run.json", {"outcome": "published", "started": f"2026-09-30T12:00:0{len(text)}.000Z"})
    return work


def latest(reports: Path) -> str:
    return (reports / "latest" / "index.html").read_text(encoding="utf-8")


def test_latest_is_switched_to_each_new_report(reports: Path) -> None:
    written(reports, "one").publish()
    assert latest(reports) == "one"
    written(reports, "two").publish()
    assert latest(reports) == "two"
    assert not [path for path in reports.iterdir() if path.name.startswith(".latest")]


def test_run_ids_are_unique_within_a_minute() -> None:
    ids = {publish.run_id(NOON) for _ in range(50)}
    assert len(ids) == 50
    assert all(one.startswith("2026-09-30T1200Z-") for one in ids)


@pytest.mark.parametrize("call", ["rename", "symlink_to", "replace"])
def test_wherever_publication_fails_the_last_good_report_stays(
    reports: Path, call: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    written(reports, "good").publish()
    before = os.readlink(reports / "latest")
    work = written(reports, "new")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, call, refuse)
        with pytest.raises(OSError, match="No space"):
            work.publish()
    assert os.readlink(reports / "latest") == before
    assert latest(reports) == "good"
    assert not (reports / work.id).exists()
    assert work.fail({"outcome": "failed"}) == reports / "failed" / work.id


def test_a_record_that_cannot_be_written_leaves_nothing_half_done(
    reports: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = written(reports)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish.Work, "write", refuse)
    assert work.fail({"outcome": "failed"}) is None
    assert not any((reports / ".work").iterdir())


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "notebooks/../x", ".hidden", "", "a\nb"])
def test_a_file_stays_inside_its_report(reports: Path, name: str) -> None:
    with pytest.raises(publish.CannotWrite):
        written(reports).write(name, "x")


def test_a_folder_in_the_place_of_the_link(reports: Path) -> None:
    (reports / "latest").mkdir()
    with pytest.raises(publish.CannotWrite, match="should be a link"):
        publish.prepare(reports)


def test_a_disk_without_room(reports: Path) -> None:
    with pytest.raises(publish.CannotWrite, match="MB are free"):
        publish.prepare(reports, needed=2**80)


def test_only_the_disk_is_said_to_refuse():
    with pytest.raises(ProcessLookupError), publish.writing():
        raise ProcessLookupError(3, "No such process")


def test_two_runs_do_not_meet(reports: Path) -> None:
    with publish.lock(reports), pytest.raises(publish.Locked, match=f"process {os.getpid()}"), publish.lock(reports):
        pass
    with publish.lock(reports):
        pass


def test_what_a_killed_run_left_is_swept_with_what_is_known_of_it(reports: Path) -> None:
    known = written(reports)
    (reports / ".work" / "torn").mkdir()
    (reports / ".work" / "torn" / "run.json").write_text('{"half', encoding="utf-8")
    (reports / ".work" / ".probe-1").write_text("x", encoding="utf-8")
    assert publish.sweep(reports) == [known.id, "torn"]
    told = json.loads((reports / "failed" / known.id / "run.json").read_text(encoding="utf-8"))
    assert (told["outcome"], told["cause"]) == ("failed", "killed")
    assert told["started"] == "2026-09-30T12:00:01.000Z"
    assert publish.sweep(reports) == []


def test_the_ledger_lists_every_run_newest_first(reports: Path) -> None:
    first, second = written(reports, "1").publish().name, written(reports, "22").publish().name
    failed = written(reports, "333")
    failed.fail({"outcome": "failed", "started": "2026-09-30T12:00:03.000Z"})
    (reports / "failed" / "torn").mkdir()
    (reports / "failed" / "torn" / "run.json").write_text('{"half', encoding="utf-8")
    (reports / "README.md").write_text("x", encoding="utf-8")
    assert [(entry["id"], entry["outcome"]) for entry in ledger.runs(reports)] == [
        (failed.id, "failed"), (second, "published"), (first, "published"), ("torn", "unreadable")]
    assert ledger.runs(reports / "nowhere") == []


def test_secrets_are_found_in_every_form(tmp_path: Path) -> None:
    environment = {"CRM_PASSWORD": 'zażółć"&gęślą', "api_key": "short", "PATH": "/usr/bin:/bin", "GH_TOKEN": "t" * 8}
    secrets = secrets_in(environment)
    assert set(secrets) == {"CRM_PASSWORD", "GH_TOKEN"}
    (tmp_path / "a.json").write_text(json.dumps({"x": environment["CRM_PASSWORD"]}), encoding="utf-8")
    (tmp_path / "b.html").write_text("za&#380;zażółć&quot;&amp;gęślą", encoding="utf-8")
    (tmp_path / "c.txt").write_text("tttttttt", encoding="utf-8")
    (tmp_path / "d.txt").write_text("nothing", encoding="utf-8")
    assert leaks(tmp_path, secrets) == [("a.json", "CRM_PASSWORD"), ("b.html", "CRM_PASSWORD"), ("c.txt", "GH_TOKEN")]
    assert redacted("with tttttttt", secrets) == "with [GH_TOKEN]"
