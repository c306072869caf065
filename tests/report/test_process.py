"""A run as a process: ended by signals, killed, locked out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from insights.report.publish import Locked
from tests.report.suites import run_stub, write_notebook
from tests.report.test_run import alive

RUN = """
import sys
from pathlib import Path
from insights.problems import InsightsError
from tests.report.suites import run_stub
try:
    run_stub(Path(sys.argv[1]), Path(sys.argv[2]))
except InsightsError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""
ROOT = Path(__file__).parents[2]


def start(notebooks: Path, reports: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, notebooks, reports], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def until(holds: Callable[[], object], seconds: float = 20) -> object:
    """What `holds` returns when it first holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A notebook that never ends and tells its kernel's process id."""
    pid = tmp_path / "pid"
    return write_notebook(tmp_path / "n", "busy", f"import os\nopen({str(pid)!r}, 'w').write(str(os.getpid()))",
                          "while True: pass")


def kernel(notebooks: Path) -> int:
    file = notebooks.parent / "pid"
    return until(lambda: file.exists() and file.read_text(encoding="utf-8") and int(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("number", "code", "cause"), [
    (signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")])
def test_a_signal_ends_the_kernels_and_is_recorded(
    busy: Path, tmp_path: Path, number: int, code: int, cause: str,
) -> None:
    process = start(busy, tmp_path / "reports")
    pid = kernel(busy)
    process.send_signal(number)
    _, said = process.communicate(timeout=15)
    assert process.returncode == code
    assert said == f"the run was {cause}; nothing was published\n"
    assert not alive(pid)
    [folder] = (tmp_path / "reports" / "failed").iterdir()
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["cause"] == cause


def test_a_killed_run_is_locked_until_then_and_swept_by_the_next(busy: Path, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    process = start(busy, reports)
    pid = kernel(busy)
    quick = write_notebook(tmp_path / "quick", "quick", "finding('quick.a')")
    with pytest.raises(Locked, match=f"process {process.pid}"):
        run_stub(quick, reports)
    assert not (reports / "failed").exists()
    process.kill()
    process.communicate()
    until(lambda: not alive(pid), 10)
    [note] = (reports / ".work").glob("*.scratch")
    scratch = Path(note.read_text(encoding="utf-8"))
    assert scratch.is_dir()
    published = run_stub(quick, reports)
    assert os.readlink(reports / "latest") == published.name
    assert not any((reports / ".work").iterdir())
    assert not scratch.exists()
    [folder] = (reports / "failed").iterdir()
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (told["outcome"], told["cause"]) == ("failed", "killed")
    assert told["started"]


def test_another_registered_kernel_is_not_used(tmp_path: Path) -> None:
    """A user may have registered any Python as "python3"; notebooks run in the one that runs insights."""
    kernels = tmp_path / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    other = {"argv": ["/bin/false"], "display_name": "other", "language": "python"}
    (kernels / "kernel.json").write_text(json.dumps(other), encoding="utf-8")
    notebooks = write_notebook(tmp_path / "n", "one", "import sys", f"assert sys.executable == {sys.executable!r}")
    process = subprocess.run(
        [sys.executable, "-c", RUN, notebooks, tmp_path / "reports"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "JUPYTER_PATH": str(tmp_path / "jupyter"), "JUPYTER_PREFER_ENV_PATH": "0"}, check=False)
    assert (process.returncode, process.stderr) == (0, "")
