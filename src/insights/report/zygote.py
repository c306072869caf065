"""A process that has imported what notebooks need and forks a kernel from it whenever a run asks for one.

Starting an interpreter and importing the suite's libraries takes longer than most notebooks; a fork has both at once.
The process imports while the run still checks its data, answers a request between two imports, reaps its kernels and
tells how each ended, and ends them all when the run closes its end of the socket or dies. Linux only: elsewhere a
process with these libraries cannot be forked safely, and kernels start one by one.

It runs as `python -m insights.report.zygote`, with the socket as its standard input; a line of JSON is a message.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import tempfile

KERNEL = ("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")
LIBRARIES = (
    "numpy", "pyarrow.compute", "duckdb", "sqlglot", "insights.firm", "insights.tables", "insights.report.show",
    "insights.report.fragments", "insights.report.templates", "babel.numbers", "babel.dates", "babel.lists",
    "matplotlib.backends.backend_svg", "matplotlib.figure", "scipy.special", "scipy.stats", "scipy.optimize",
    "scipy.cluster.hierarchy", "sklearn.linear_model", "sklearn.ensemble", "sklearn.preprocessing",
    "sklearn.feature_extraction.text")
WAKE_SECONDS = 0.2


def main() -> None:
    """Import, answer, reap, until the other end of the socket is closed."""
    channel = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    waiting = [*KERNEL, *(_suite() if "--suite" in sys.argv else ())]
    children: set[int] = set()
    buffer = b""
    while True:
        ready, _, _ = select.select([channel], [], [], 0 if waiting else WAKE_SECONDS)
        if ready:
            received = channel.recv(1 << 20)
            if not received:
                _end(children)
                return
            *lines, buffer = (buffer + received).split(b"\n")
            for line in lines:
                pid = _fork(json.loads(line), channel)
                children.add(pid)
                _tell(channel, {"started": pid})
        elif waiting:
            # A library that cannot be imported is the notebook's to complain about.
            with contextlib.suppress(Exception):
                importlib.import_module(waiting.pop(0))
            if not waiting:
                gc.collect()
                gc.freeze()
        _reap(children, channel)


def _suite() -> list[str]:
    import insights.topics

    topics = [f"insights.topics.{module.name}" for module in pkgutil.iter_modules(insights.topics.__path__)]
    return [*LIBRARIES, *topics]


def _fork(asked: dict, channel: socket.socket) -> int:
    """A child that becomes the kernel; its process id. The child never returns."""
    pid = os.fork()
    if pid:
        return pid
    try:
        channel.close()
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(asked["env"])
        tempfile.tempdir = None
        os.chdir(asked["cwd"])
        sys.argv = ["ipykernel_launcher", *asked["arguments"], f"--IPKernelApp.parent_handle={os.getppid()}"]
        # As `python -m ipykernel_launcher` has it, so that notebooks import from their own folder.
        sys.path[0] = asked["cwd"]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(0)


def _reap(children: set[int], channel: socket.socket) -> None:
    for pid in list(children):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            children.discard(pid)
            _tell(channel, {"ended": pid, "status": os.waitstatus_to_exitcode(status)})


def _tell(channel: socket.socket, message: dict) -> None:
    # The run may be gone already; the next read says so.
    with contextlib.suppress(OSError):
        channel.sendall(json.dumps(message).encode() + b"\n")


def _end(children: set[int]) -> None:
    for pid in children:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
