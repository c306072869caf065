"""The run's side of the zygote: kernels forked from a process that has the suite's libraries imported already."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FORK_SECONDS = 60
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class NoZygote(RuntimeError):
    """The zygote is gone: kernels start one by one."""


@dataclass
class Zygote:
    """The process that forks kernels; made by `started`. Its methods may be called from any thread."""

    process: subprocess.Popen
    channel: socket.socket
    _asked: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _begun: list[int] = field(default_factory=list)
    _ended: dict[int, int] = field(default_factory=dict)
    _gone: bool = False

    def fork(self, arguments: Sequence[str], env: Mapping[str, str], cwd: str) -> ForkedKernel:
        """A new kernel with these arguments of `ipykernel_launcher`; NoZygote where none answers."""
        message = {"arguments": list(arguments), "env": dict(env), "cwd": cwd}
        with self._asked:
            try:
                self.channel.sendall(json.dumps(message).encode() + b"\n")
            except OSError as error:
                raise NoZygote(str(error)) from error
            end = time.monotonic() + FORK_SECONDS
            with self._changed:
                while not self._begun:
                    if self._gone or not self._changed.wait(max(0.0, end - time.monotonic())):
                        raise NoZygote("it does not answer")
                return ForkedKernel(self._begun.pop(), self)

    def status(self, pid: int) -> int | None:
        """The exit status of a kernel, as subprocess has it; None while it runs."""
        with self._changed:
            return self._ended.get(pid, 1 if self._gone else None)

    def listen(self) -> None:
        """Take in what the zygote tells, until it is gone; in a thread of its own."""
        with contextlib.suppress(OSError, ValueError), self.channel.makefile("rb") as lines:
            for line in lines:
                told = json.loads(line)
                with self._changed:
                    if "started" in told:
                        self._begun.append(told["started"])
                    else:
                        self._ended[told["ended"]] = told["status"]
                    self._changed.notify_all()
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def close(self) -> None:
        """End the zygote and every kernel that still runs."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.channel.close()


@dataclass
class ForkedKernel:
    """A kernel as `subprocess.Popen` would show it."""

    pid: int
    zygote: Zygote
    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        return self.zygote.status(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; subprocess.TimeoutExpired after so many seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("kernel", timeout)
            time.sleep(0.02)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel alone; none to one that has ended, even if its end is still to be told."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def started(notebooks: Sequence[Path]) -> Iterator[Zygote | None]:
    """A zygote for these notebooks, importing what topics need where one of them has a topic; None where processes
    cannot be forked."""
    if sys.platform != "linux":
        yield None
        return
    suite = any("insights.topics" in path.read_text(encoding="utf-8") for path in notebooks)
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "insights.report.zygote", *(["--suite"] if suite else [])], stdin=theirs.fileno(),
            env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}, start_new_session=True)
    zygote = Zygote(process, ours)
    threading.Thread(target=zygote.listen, daemon=True).start()
    try:
        yield zygote
    finally:
        zygote.close()


@functools.cache
def provisioner() -> type:
    """jupyter_client's own provisioner, with kernels from a zygote where there is one."""
    from jupyter_client.provisioning import LocalProvisioner

    class ForkedProvisioner(LocalProvisioner):
        """Launches a kernel by a fork; by a process of its own where the zygote is gone."""

        zygote: Zygote | None = None

        async def launch_kernel(self, cmd, **kwargs):
            """Launch the kernel whose command is `python -m ipykernel_launcher …`."""
            try:
                self.process = self.zygote.fork(cmd[3:], kwargs["env"], str(kwargs["cwd"]))
            except NoZygote:
                return await super().launch_kernel(cmd, **kwargs)
            self.pid = self.pgid = self.process.pid
            self.cwd = kwargs["cwd"]
            return self.connection_info

    return ForkedProvisioner
