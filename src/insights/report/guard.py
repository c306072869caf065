"""What ends a run from outside: a signal or the end of its time. And what must never leave it: secrets."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from insights.problems import InsightsError

_SECRET_NAME = re.compile(r".*(PASSWORD|TOKEN|SECRET|KEY)", re.IGNORECASE)
_SHORTEST_SECRET = 8
_SIGNALS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "terminated"}


class Ended(InsightsError):
    """The run was ended from outside; `cause` is interrupted, terminated or timeout."""

    def __init__(self, message: str, cause: str, exit_code: int) -> None:
        super().__init__(message)
        self.cause = cause
        self.exit_code = exit_code


class Leak(InsightsError):
    """A file of the report that holds a secret."""

    exit_code = 70
    cause = "secret"


@contextlib.contextmanager
def ended_from_outside(timeout: float | None) -> Iterator[None]:
    """Raises Ended in the main thread at SIGINT, SIGTERM, SIGHUP, or when so many seconds have passed.

    Only the first of them counts: what tidies up afterwards is not disturbed. `undisturbed` keeps them all away.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: object) -> None:
        undisturbed()
        if number == signal.SIGALRM:
            raise Ended(f"the run was not done within {timeout:g} seconds: give it more with --timeout", "timeout", 124)
        cause = _SIGNALS[signal.Signals(number)]
        raise Ended(f"the run was {cause}; nothing was published", cause, 128 + number)

    before = {number: signal.signal(number, end) for number in (*_SIGNALS, signal.SIGALRM)}
    if timeout:
        signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def undisturbed() -> None:
    """From here on the run cannot be ended from outside but by kill -9: for the moment of publication."""
    if threading.current_thread() is threading.main_thread():
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def secrets_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets of an environment: variables whose names end in PASSWORD, TOKEN, SECRET or KEY, by name."""
    return {name: value for name, value in environment.items()
            if _SECRET_NAME.fullmatch(name) and len(value) >= _SHORTEST_SECRET}


def leaks(folder: Path, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """The files under a folder that hold a secret, each with the name of the variable it comes from."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for name, value in secrets.items():
            if any(form in content for form in _forms(value)):
                found.append((path.relative_to(folder).as_posix(), name))
    return found


def redacted(text: str, secrets: Mapping[str, str]) -> str:
    """The text with every secret replaced by the name of its variable."""
    for name, value in secrets.items():
        text = text.replace(value, f"[{name}]")
    return text


def without(record: object, secrets: Mapping[str, str]) -> object:
    """A JSON value with every secret in its texts redacted."""
    if isinstance(record, str):
        return redacted(record, secrets)
    if isinstance(record, Mapping):
        return {key: without(value, secrets) for key, value in record.items()}
    if isinstance(record, list | tuple):
        return [without(value, secrets) for value in record]
    return record


def own_secrets() -> dict[str, str]:
    """The secrets of this process's environment."""
    return secrets_in(os.environ)


def _forms(value: str) -> set[bytes]:
    """A secret as it stands in text, in JSON and in HTML."""
    import html
    import json

    return {value.encode(), json.dumps(value)[1:-1].encode(), json.dumps(value, ensure_ascii=False)[1:-1].encode(),
            html.escape(value).encode()}
