"""Kernels forked from a process that has the libraries imported already."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from insights.report import forked
from insights.report.execute import Kernels, execute
from tests.report.suites import run_stub, write_notebook
from tests.report.test_process import until
from tests.report.test_run import alive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    folder = write_notebook(
        tmp_path / "n", "one", "import os, sys, json",
        "print(json.dumps([os.getppid(), os.environ.get('WHERE'), os.getcwd(), __name__, sys.executable]))")
    return next(folder.glob("*.ipynb"))


def said(executed) -> list:
    import json

    assert executed.failure is None
    return json.loads(next(o.text for c in executed.notebook.cells for o in c.get("outputs", ()) if o.get("text")))


def test_a_forked_kernel_is_the_zygotes_child_in_its_own_folder_and_environment(notebook, tmp_path, monkeypatch):
    with forked.started([notebook]) as zygote:
        monkeypatch.setenv("WHERE", "set after the zygote began")
        kernels = Kernels(tmp_path, zygote=zygote)
        parent, where, folder, name, executable = said(execute(notebook, {}, kernels))
        kernels.stop()
        assert parent == zygote.process.pid
    assert (where, folder, name, executable) == (
        "set after the zygote began", str(notebook.parent), "__main__", sys.executable)
    assert zygote.process.poll() is not None


def test_without_the_zygote_kernels_start_one_by_one(notebook, tmp_path):
    with forked.started([notebook]) as zygote:
        zygote.process.kill()
        zygote.process.wait()
        kernels = Kernels(tmp_path, zygote=zygote)
        assert said(execute(notebook, {}, kernels))[0] == os.getpid()
        kernels.stop()


def test_a_killed_kernel_says_by_what(tmp_path):
    folder = write_notebook(tmp_path / "n", "dies", "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)")
    path = next(folder.glob("*.ipynb"))
    with forked.started([path]) as zygote:
        kernels = Kernels(tmp_path, zygote=zygote)
        failure = execute(path, {}, kernels).failure
        kernels.stop()
    assert failure.cause == "kernel_died" and f"signal {int(signal.SIGKILL)}" in failure.message


def test_a_kernel_that_has_ended_takes_a_signal_even_before_its_end_is_told(monkeypatch):
    def gone(pid, number):
        raise ProcessLookupError(3, "No such process")

    monkeypatch.setattr(os, "kill", gone)
    kernel = forked.ForkedKernel(4_000_000, forked.Zygote(None, None))
    assert kernel.poll() is None
    kernel.send_signal(signal.SIGINT)
    kernel.kill()


def test_no_kernel_outlives_the_zygote(tmp_path):
    pid = tmp_path / "pid"
    folder = write_notebook(tmp_path / "n", "busy", f"import os\nopen({str(pid)!r}, 'w').write(str(os.getpid()))")
    path = next(folder.glob("*.ipynb"))
    with forked.started([path]) as zygote:
        kernels = Kernels(tmp_path, zygote=zygote)
        manager = kernels.start(folder)
        kernel = manager.provisioner.pid
        assert alive(kernel)
    until(lambda: not alive(kernel), 5)


def test_forked_and_started_kernels_leave_the_same_pages(tmp_path, monkeypatch):
    notebooks = write_notebook(tmp_path / "n", "one", "finding('one.a')")
    first = run_stub(notebooks, tmp_path / "a")
    monkeypatch.setattr(forked.sys, "platform", "darwin")
    second = run_stub(notebooks, tmp_path / "b")
    for name in ("one.en.html", "one.pl.html"):
        pages = [(run / name).read_text(encoding="utf-8").replace(run.name, "run") for run in (first, second)]
        assert pages[0] == pages[1]
