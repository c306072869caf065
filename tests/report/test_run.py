"""A run as its user sees it: what is published, what is not, and what is said."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
from pathlib import Path

import nbformat
import pytest

from insights.problems import DataError, NoInput, Problem, UsageError
from insights.report import publish
from insights.report.chapters import DataChanged, NotebookFailed
from insights.report.execute import Executed
from insights.report.guard import Ended, Leak
from insights.report.progress import Bar, Lines
from insights.report.run import Request, run
from tests.report.suites import DATA_HASH, open_stub, run_stub, write_notebook


def record(folder: Path) -> dict:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))


def failed(reports: Path) -> dict:
    [folder] = (reports / "failed").iterdir()
    return record(folder)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two chapters and the document that is composed from them, in a folder with a difficult name."""
    folder = tmp_path_factory.mktemp("żółw") / "a folder {with} braces"
    write_notebook(folder, "second", "import os, sys", "block(sys.executable)", "finding('second.b', 0.45)",
                   "block(repr([data, as_of, period, seed, os.environ.get('OMP_NUM_THREADS')]))", chapter=2)
    write_notebook(folder, "first", "finding('first.a', rank=1)", "finding('first.b', rank=9)",
                   "shown_twice('first.won_share')")
    write_notebook(folder, "document", "import json", "collected = json.load(open(findings_from))",
                   "ids = ', '.join(entry['id'] for entry in collected['findings'])",
                   "block('decide on ' + ids, 'headline')", chapter=9, needs=("*",))
    write_notebook(folder, "bench", "1 / 0")
    bench = folder / "bench.ipynb"
    content = json.loads(bench.read_text(encoding="utf-8"))
    content["metadata"].pop("insights")
    bench.write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(scope="module")
def published(suite: Path, log: io.StringIO) -> Path:
    """A published report; `document` shows what it was given."""
    return run_stub(suite, suite.parent / "raporty ąę", Lines(log), parameters=("seed=7",))


class TestPublished:
    def test_files(self, published: Path) -> None:
        assert set(tree(published)) == {
            "index.html", "index.pl.html", "findings.json", "estimates.json", "run.json",
            *(f"{name}.{language}.html" for name in ("first", "second", "document") for language in ("en", "pl")),
            *(f"notebooks/{name}.ipynb" for name in ("first", "second", "document"))}

    def test_latest_is_a_link_to_the_report_within_the_folder(self, published: Path) -> None:
        latest = published.parent / "latest"
        assert latest.is_symlink()
        assert os.readlink(latest) == published.name

    def test_nothing_else_is_left(self, published: Path) -> None:
        assert not any((published.parent / ".work").iterdir())
        assert not (published.parent / "failed").exists()

    def test_findings_come_in_the_order_of_chapters_with_their_place(self, published: Path) -> None:
        content = json.loads((published / "findings.json").read_text(encoding="utf-8"))
        assert [entry["id"] for entry in content["findings"]] == ["first.a", "first.b", "second.b"]
        assert content["findings"][0]["evidence"] == {
            "notebook": "first", "cell": "first-03", "figure": None, "sql": "select 1", "read_from": "leads@5f5f"}
        assert content["run"]["id"] == published.name
        assert content["run"]["data_hash"] == DATA_HASH
        assert content["run"]["as_of"] == "2026-09-30"

    def test_estimates_shown_twice_are_listed_once(self, published: Path) -> None:
        content = json.loads((published / "estimates.json").read_text(encoding="utf-8"))
        assert [entry["id"] for entry in content["estimates"]] == ["first.won_share[country=DE]"]

    def test_the_document_was_given_what_the_others_found(self, published: Path) -> None:
        assert "decide on first.a, first.b, second.b" in (published / "document.en.html").read_text(encoding="utf-8")
        assert "decide on first.a, first.b, second.b" in (published / "index.html").read_text(encoding="utf-8")

    def test_a_chapter_is_listed_with_its_weightiest_finding(self, published: Path) -> None:
        assert "first.b to 0.5." in (published / "index.pl.html").read_text(encoding="utf-8")

    def test_kernels_run_the_same_python_with_the_run_s_parameters(self, suite: Path, published: Path) -> None:
        import html
        import sys

        page = html.unescape((published / "second.en.html").read_text(encoding="utf-8"))
        assert sys.executable in page
        assert repr([str(suite), "2026-09-30", "2025-10-01..2026-09-30", 7, "1"]) in page

    def test_run_json_tells_what_was_run_on_what(self, published: Path) -> None:
        told = record(published)
        assert told["outcome"] == "published"
        assert told["exit_code"] == 0
        assert told["parameters"]["seed"] == 7
        assert told["period"] == ["2025-10-01", "2026-09-30"]
        assert told["next_step"] == {"en": "Add costs.", "pl": "Add costs."}
        assert told["mapping_hash"] is None
        assert told["versions"]["papermill"]
        assert [(entry["name"], entry["outcome"], entry["findings"]) for entry in told["notebooks"]] == [
            ("first", "done", 2), ("second", "done", 1), ("document", "done", 0)]
        assert all(entry["seconds"] > 0 for entry in told["notebooks"])

    def test_the_log_says_what_happens_when_it_does(self, published: Path, log: io.StringIO) -> None:
        lines = [line.split(" ", 1) for line in log.getvalue().splitlines()]
        assert all(len(time) == 8 for time, _ in lines)
        said = [text for _, text in lines]
        assert said[:2] == ["checking the data", "running notebooks: 3, 2 at a time"]
        assert sorted(said[2:4]) == ["first: running", "second: running"]
        assert any(text.startswith("document: done in ") for text in said)


def test_the_same_inputs_give_the_same_findings_and_pages(suite: Path, published: Path) -> None:
    again = run_stub(suite, published.parent, parameters=("seed=7",), jobs=2)
    for name in ("findings.json", "estimates.json"):
        one, other = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in (published, again))
        assert one["run"].pop("id") != other["run"].pop("id")
        assert one == other
    assert (published / "first.en.html").read_bytes() == (again / "first.en.html").read_bytes()
    assert os.readlink(published.parent / "latest") == again.name


def test_the_record_lists_every_file_with_its_size_and_hash(published: Path) -> None:
    listed = json.loads((published / "run.json").read_text(encoding="utf-8"))["files"]
    there = {p.relative_to(published).as_posix(): p.read_bytes() for p in published.rglob("*") if p.is_file()}
    assert set(listed) == set(there) - {"run.json"}
    assert all(listed[name] == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
               for name, content in there.items() if name != "run.json")


def test_one_notebook_in_one_language(suite: Path, tmp_path: Path) -> None:
    stream = io.StringIO()
    published = run_stub(suite, tmp_path, Bar(stream), chapters=("first",), languages=("pl",), jobs=1)
    assert {name for name in tree(published) if name.endswith("html")} == {"index.html", "first.pl.html"}
    assert "first: done in" in stream.getvalue()
    assert "1/1" in stream.getvalue()


class TestAsked:
    """What cannot be run is refused before anything is written."""

    @pytest.mark.parametrize(("asked", "said"), [
        ({"parameters": ("sed=7",)}, "did you mean seed?"),
        ({"parameters": ("seed=many",)}, "whole number"),
        ({"parameters": ("as_of=2026-01-01",)}, "--as-of"),
        ({"parameters": ("findings_from=x",)}, "set by the run"),
        ({"chapters": ("frist",)}, "did you mean first?"),
        ({"chapters": ("../../etc/passwd",)}, "there is no notebook"),
        ({"chapters": ("bench",)}, "there is no notebook"),
        ({"languages": ("../en",)}, "en, pl"),
        ({"as_of": "2026-02-30"}, "is not a date"),
        ({"as_of": "20260230x"}, "is not a date"),
        ({"period": "2026Q5"}, "a quarter (2025Q3)"),
        ({"period": "9999"}, "outside the calendar"),
        ({"period": "0000"}, "outside the calendar"),
        ({"period": "2026-02-01..2026-01-01"}, "ends before it begins"),
    ])
    def test_refused(self, suite: Path, tmp_path: Path, asked: dict, said: str) -> None:
        with pytest.raises(UsageError) as refused:
            run_stub(suite, tmp_path / "reports", **asked)
        assert said in str(refused.value)
        assert not (tmp_path / "reports").exists()

    def test_a_connection_with_a_password_is_refused_without_repeating_it(self, suite: Path, tmp_path: Path) -> None:
        request = Request(suite, tmp_path / "reports", data="postgresql://me:hunter2@crm/db")
        with pytest.raises(UsageError) as refused:
            run(request, Lines(io.StringIO()), open_stub)
        assert "hunter2" not in str(refused.value)


class TestFailures:
    """Whatever fails, the last good report stays byte for byte, and the cause stands in run.json."""

    @pytest.fixture
    def reports(self, tmp_path: Path):
        """A folder with a good report; afterwards it must be unchanged and nothing half-written be left."""
        reports = tmp_path / "reports"
        good = reports / "2026-01-01T0000Z-000000"
        good.mkdir(parents=True)
        (good / "index.html").write_text("good", encoding="utf-8")
        (reports / "latest").symlink_to(good.name)
        yield reports
        assert os.readlink(reports / "latest") == good.name
        assert tree(good) == {"index.html": b"good"}
        assert not any((reports / ".work").iterdir())
        assert {path.name for path in reports.iterdir()} <= {good.name, "latest", "failed", ".work", ".lock"}

    def test_an_error_in_a_cell(self, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CRM_PASSWORD", "hunter2hunter2")
        notebooks = write_notebook(tmp_path / "n", "bad", "import os",
                                   "raise ValueError('no such ' + os.environ['CRM_PASSWORD'])", "finding('bad.a')")
        write_notebook(notebooks, "fine", "finding('fine.a')", chapter=2)
        write_notebook(notebooks, "document", "1 / 0", chapter=9, needs=("*",))
        log = io.StringIO()
        with pytest.raises(NotebookFailed) as error:
            run_stub(notebooks, reports, Lines(log))
        assert error.value.exit_code == 70
        assert "bad failed in cell 5 (bad-04): ValueError: no such" in str(error.value)
        told = failed(reports)
        assert (told["outcome"], told["exit_code"], told["cause"]) == ("failed", 70, "cell_error")
        assert [(entry["name"], entry["outcome"]) for entry in told["notebooks"]] == [
            ("bad", "failed"), ("fine", "done"), ("document", "skipped")]
        failure = told["notebooks"][0]["failure"]
        assert (failure["cell"], failure["cell_id"], failure["error"]) == (5, "bad-04", "ValueError")
        assert any("raise ValueError" in line for line in failure["traceback"])
        assert "bad: failed in cell 5 (bad-04)" in log.getvalue()
        assert "document: skipped, because it needs bad" in log.getvalue()
        for content in tree(reports / "failed").values():
            assert b"hunter2hunter2" not in content

    def test_ends_that_papermill_takes_for_success(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "exits", "import sys", "sys.exit(0)")
        write_notebook(notebooks, "unfinished", "finding('unfinished.a')", finish="1", chapter=2)
        write_notebook(notebooks, "thread", "import threading", "def fail():\n    raise OSError('in a thread')",
                       "thread = threading.Thread(target=fail)\nthread.start()\nthread.join()", chapter=3)
        write_notebook(notebooks, "other_data", finish="done('00')", chapter=4)
        with pytest.raises(NotebookFailed) as error:
            run_stub(notebooks, reports, jobs=4)
        assert "exits failed in cell 5 (exits-04): it called sys.exit" in str(error.value)
        assert "(and 3 more failed)" in str(error.value)
        assert [entry["failure"]["cause"] for entry in failed(reports)["notebooks"]] == [
            "early_exit", "no_completion", "thread_error", "data_changed"]

    def test_data_that_change_during_the_run(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "other_data", finish="done('00')")
        with pytest.raises(DataChanged) as error:
            run_stub(notebooks, reports)
        assert error.value.exit_code == 75
        assert failed(reports)["cause"] == "data_changed"

    def test_a_killed_kernel(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "dies", "import os", "os.kill(os.getpid(), 9)")
        with pytest.raises(NotebookFailed) as error:
            run_stub(notebooks, reports)
        assert "dies failed in cell 5 (dies-04): its kernel was killed by signal 9; most often the memory ran out" \
            in str(error.value)
        assert failed(reports)["cause"] == "kernel_died"

    def test_an_endless_cell_ends_with_all_it_started(self, reports: Path, tmp_path: Path) -> None:
        pids = tmp_path / "pids"
        notebooks = write_notebook(
            tmp_path / "n", "endless", "import os, subprocess\nchild = subprocess.Popen(['sleep', '600'])",
            f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')", "while True: pass")
        with pytest.raises(Ended) as error:
            run_stub(notebooks, reports, timeout=8)
        assert error.value.exit_code == 124
        assert "--timeout" in str(error.value)
        told = failed(reports)
        assert (told["cause"], told["exit_code"]) == ("timeout", 124)
        for pid in pids.read_text(encoding="utf-8").split():
            assert not alive(int(pid))

    def test_a_secret_on_a_page(self, reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WAREHOUSE_TOKEN", 'abc"<def>"123')
        notebooks = write_notebook(tmp_path / "n", "leaks", "import os, html",
                                   "block(html.escape(os.environ['WAREHOUSE_TOKEN']))")
        with pytest.raises(Leak) as error:
            run_stub(notebooks, reports)
        assert "WAREHOUSE_TOKEN" in str(error.value)
        assert "abc" not in str(error.value)
        assert failed(reports)["cause"] == "secret"
        assert not [name for name in tree(reports / "failed") if "leaks" in name]

    def test_two_findings_with_one_id(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "one", "finding('one.same')", "finding('one.same', 0.45)")
        with pytest.raises(NotebookFailed, match=r"two findings have the id one\.same"):
            run_stub(notebooks, reports)

    def test_a_finding_that_breaks_the_schema(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "one", "finding('one.a', value='half')")
        with pytest.raises(NotebookFailed, match=r"findings.json would break its schema at findings/0"):
            run_stub(notebooks, reports)

    def test_bad_data_stop_the_run_before_any_notebook(self, reports: Path, tmp_path: Path) -> None:
        problem = Problem("file_empty", "leads", values={"file": "leads.csv"})

        def refuse(**_: object) -> None:
            raise DataError((problem,))

        notebooks = write_notebook(tmp_path / "n", "one", "1 / 0")
        with pytest.raises(DataError):
            run(Request(notebooks, reports, data=str(tmp_path)), Lines(io.StringIO()), refuse)
        told = failed(reports)
        assert told["exit_code"] == 65
        assert [entry["rule"] for entry in told["problems"]] == ["file_empty"]
        assert told["notebooks"] == []

    def test_data_that_are_not_there(self, reports: Path, tmp_path: Path) -> None:
        notebooks = write_notebook(tmp_path / "n", "one", "1 / 0")
        with pytest.raises(NoInput):
            run(Request(notebooks, reports, data=str(tmp_path / "nowhere") + "x/y"), Lines(io.StringIO()))
        assert failed(reports)["exit_code"] == 66


class TestFullDisk:
    """Any write of a report may be the one that fails; each time the last good report stays, and nothing is torn."""

    @pytest.fixture
    def executed(self, suite: Path, published: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A suite of one notebook that has been executed already."""
        notebook = nbformat.read(published / "notebooks" / "first.ipynb", as_version=4)
        monkeypatch.setattr("insights.report.schedule.execute", lambda *_: Executed(notebook, 0.1))
        return suite

    @pytest.mark.parametrize("step", ["os.fsync", "os.rename", "os.symlink", "os.replace", "io.open"])
    def test_at_every_step(self, executed: Path, tmp_path: Path, step: str) -> None:
        reports = tmp_path / "reports"
        good = run_stub(executed, reports, chapters=("first",))
        before = tree(good)
        for fails_at in range(1, 100):
            published, error = attempt(executed, reports, step, fails_at)
            assert not any((reports / ".work").iterdir())
            assert os.readlink(reports / "latest") == (published or good).name
            if published:
                assert set(tree(published)) == set(before)
                break
            assert "No space left on device" in str(error)
            assert tree(good) == before
        assert fails_at > 1


def attempt(
    notebooks: Path, reports: Path, step: str, fails_at: int,
) -> tuple[Path | None, publish.CannotWrite | None]:
    """A run in which this call of `step` fails: its report, or the error that it ended with."""
    module, name = {"os": os, "io": io}[step.split(".")[0]], step.split(".")[1]
    real, count = getattr(module, name), 0

    def failing(*arguments: object, **options: object) -> object:
        nonlocal count
        count += name != "open" or arguments[1] in ("w", "wb", "a+")
        if count == fails_at:
            count += 1
            raise OSError(28, "No space left on device")
        return real(*arguments, **options)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, name, failing)
        try:
            return run_stub(notebooks, reports, chapters=("first",)), None
        except publish.CannotWrite as error:
            return None, error


def test_a_folder_that_takes_no_reports(suite: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder", encoding="utf-8")
    with pytest.raises(publish.CannotWrite, match="--reports"):
        run_stub(suite, file / "reports")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder(suite: Path, tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(publish.CannotWrite, match="--reports"):
        run_stub(suite, tmp_path / "reports")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
