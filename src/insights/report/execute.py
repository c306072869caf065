"""Papermill in this process: a notebook is executed in a kernel of its own, which is gone when the call returns."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from insights.report import exports, forked
from insights.sources.handover import PLACE

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

ENGINE = "insights"
TRACEBACK_LINES = 30
# Unix sockets have paths of at most about 100 bytes; the kernel's five end in "-ipc-1".
_LONGEST_SOCKET = 90
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not succeed: `cause` is a short name (cell_error, kernel_died, …), `cell` the number of the
    cell in the notebook (counted from 1, as in the file) and `cell_id` its id."""

    cause: str
    message: str
    cell: int | None = None
    cell_id: str | None = None
    error: str | None = None
    traceback: tuple[str, ...] = ()


@dataclass
class Executed:
    """An executed notebook, as far as it came, and why it failed if it did."""

    notebook: NotebookNode | None = None
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass
class Kernels:
    """The kernels of a run, which find the checked data in `checked` and leave lists in `exports`. `stop` kills those
    that run, with every process they started, and lets no other start. With a `zygote` kernels are forked from it."""

    scratch: Path
    threads: int | None = None
    checked: Path | None = None
    exports: Path | None = None
    zygote: forked.Zygote | None = None
    _running: set[int] = field(default_factory=set)
    _count: int = 0
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, folder: Path) -> AsyncKernelManager:
        """A started kernel of this very Python, whatever kernels the user has registered."""
        from jupyter_core.utils import run_sync

        with self._lock:
            if self._stopped:
                raise Stopped
            self._count += 1
            manager = _manager(self.scratch / f"kernel{self._count}")
            if self.zygote is not None:
                manager.provisioner = forked.provisioner()(
                    kernel_id=str(self._count), kernel_spec=manager.kernel_spec, parent=manager)
                manager.provisioner.zygote = self.zygote
            # History belongs to people at a prompt; a file of it would be shared by all kernels.
            run_sync(manager.start_kernel)(
                extra_arguments=["--HistoryManager.hist_file=:memory:"], env=self._environment(), cwd=str(folder))
            self._running.add(manager.provisioner.pid)
            return manager

    def end(self, manager: AsyncKernelManager) -> int | None:
        """End one kernel and what it started; the status it had ended with by itself, None if it still ran."""
        from jupyter_core.utils import run_sync

        status = run_sync(manager.provisioner.poll)()
        with self._lock:
            self._running.discard(manager.provisioner.pid)
            # The whole group, and at once: a polite shutdown takes 0.8 s and leaves the kernel's own children.
            _kill_group(manager.provisioner.pid)
        run_sync(manager.shutdown_kernel)(now=True)
        return status

    def stop(self) -> None:
        """Kill everything that runs, from any thread."""
        with self._lock:
            self._stopped = True
            for group in self._running:
                _kill_group(group)

    def _environment(self) -> dict[str, str]:
        # Temporary files go where the run sweeps, and a user's IPython profile must not change a report.
        environment = {**os.environ, "TMPDIR": str(self.scratch), "IPYTHONDIR": str(self.scratch / "ipython")}
        if self.checked is not None and self.checked.is_dir():
            environment[PLACE] = str(self.checked)
        if self.exports is not None:
            environment[exports.PLACE] = str(self.exports)
        if self.threads:
            environment |= dict.fromkeys(_ONE_THREAD, str(self.threads))
        return environment


class Stopped(Exception):
    """The run is ending: no kernel starts any more."""


def execute(path: Path, parameters: Mapping[str, object], kernels: Kernels) -> Executed:
    """Execute a notebook with these parameters.

    Never raises for what a notebook does: errors in cells, an early exit and a kernel's death are in `failure`.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError

    executed, started = Executed(), time.monotonic()
    _register_engine()
    try:
        papermill.execute_notebook(
            _load(path), None, parameters=dict(parameters), engine_name=ENGINE, kernel_name="python3",
            language="python", progress_bar=False, folder=path.parent, kernels=kernels, executed=executed)
    except papermill.PapermillExecutionError as error:
        executed.failure = _cell_error(executed.notebook, error)
    except Stopped:
        executed.failure = Failure("stopped", "the run ended before the notebook did")
    except (DeadKernelError, RuntimeError) as error:
        # nbclient says RuntimeError where a kernel dies before it answers for the first time.
        executed.failure = executed.failure or Failure("kernel_died", f"its kernel did not start ({error})")
    finally:
        executed.seconds = time.monotonic() - started
    return executed


def load_machinery() -> None:
    """Import papermill, about a second; in a thread of its own while something else is read."""
    # jsonschema imports rfc3987_syntax where JupyterLab has installed it, and that module builds a grammar for 1.2 s
    # which notebooks never need. It is optional: without it jsonschema leaves out the formats "iri" and the like.
    sys.modules.setdefault("rfc3987_syntax", None)
    import papermill  # noqa: F401

    _register_engine()


def own_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that the notebook's file has, without those that papermill added (parameters, error marks)."""
    added = {"injected-parameters", "papermill-error-cell-tag"}
    return [cell for cell in notebook.cells if added.isdisjoint(cell.metadata.get("tags", ()))]


def _load(path: Path) -> NotebookNode:
    """The notebook as a node: papermill takes paths for templates and would fill in what stands in {braces}."""
    import nbformat

    return nbformat.read(path, as_version=4)


def _manager(connection: Path) -> AsyncKernelManager:
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager

    class OwnPython(KernelSpecManager):
        """Knows one kernel: the Python that runs this process."""

        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
            return KernelSpec(
                argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], name=kernel_name,
                display_name="Python 3", language="python")

    # Sockets in a folder of our own need no ports, which parallel runs could race for, and nobody else reads them.
    transport = "ipc" if len(os.fsencode(connection)) < _LONGEST_SOCKET else "tcp"
    return AsyncKernelManager(
        kernel_spec_manager=OwnPython(), kernel_name="python3", connection_file=f"{connection}.json",
        transport=transport)


@functools.cache
def _register_engine() -> None:
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.log import logger

    # What goes wrong is told once, in a run's own words.
    logger.propagate = False
    logger.addHandler(logging.NullHandler())

    class Engine(NBClientEngine):
        """papermill's own engine, with a kernel that a run can end at any time, and the notebook kept on failure."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man, kernel_name, *, folder: Path, kernels: Kernels, executed: Executed, **_,
        ) -> None:
            executed.notebook = nb_man.nb
            manager = kernels.start(folder)
            client = PapermillNotebookClient(nb_man, km=manager, kernel_name=kernel_name, log=logger)
            try:
                client.execute()
            except Exception:
                status = kernels.end(manager)
                if status is not None:
                    executed.failure = _death(nb_man.nb, status)
                raise
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()
                if manager.has_kernel:
                    kernels.end(manager)

    papermill_engines.register(ENGINE, Engine)


def _kill_group(leader: int) -> None:
    # PermissionError: on macOS, where the group consists of zombies.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _cell_error(notebook: NotebookNode, error: object) -> Failure:
    lines = [_ANSI.sub("", line) for part in error.traceback for line in part.splitlines()]
    number, cell_id = _place(notebook, error.exec_count)
    return Failure("cell_error", f"{error.ename}: {_ANSI.sub('', error.evalue)}", number, cell_id, error.ename,
                   tuple(lines[-TRACEBACK_LINES:]))


def _place(notebook: NotebookNode, count: int | None) -> tuple[int | None, str | None]:
    """The number and id of a cell, by its execution count, as the notebook's file has them."""
    for number, cell in enumerate(own_cells(notebook), 1):
        if cell.cell_type == "code" and count is not None and cell.execution_count == count:
            return number, cell.get("id")
    return None, None


def _death(notebook: NotebookNode, status: int) -> Failure:
    """The failure of a kernel that ended by itself, in the last cell that was started."""
    begun = [(number, cell) for number, cell in enumerate(own_cells(notebook), 1)
             if cell.cell_type == "code" and cell.metadata.get("papermill", {}).get("start_time")]
    number, cell = begun[-1] if begun else (None, {})
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    why = "; most often the memory ran out" if status == -signal.SIGKILL else ""
    return Failure("kernel_died", f"its kernel {how}{why}", number, cell.get("id"))
