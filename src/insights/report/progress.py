"""What a run says while it works: a bar for people, a line for each event in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO


class Progress:
    """Says nothing: the quiet form, and the interface of the others."""

    def phase(self, text: str) -> None:
        """A step of the whole run begins."""

    def begin(self, total: int) -> None:
        """So many notebooks are going to run."""

    def started(self, name: str) -> None:
        """A notebook begins."""

    def ended(self, name: str, outcome: str) -> None:
        """A notebook has ended: "done in 6.1 s", or what went wrong."""

    def tick(self) -> None:
        """Time has passed."""

    def close(self) -> None:
        """Nothing more follows."""


class Lines(Progress):
    """One line for each event, with the local time, for logs."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout

    def phase(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", file=self.stream, flush=True)

    def started(self, name: str) -> None:
        self.phase(f"{name}: running")

    def ended(self, name: str, outcome: str) -> None:
        self.phase(f"{name}: {outcome}")


class Bar(Lines):
    """A bar that counts notebooks and names those at work with their seconds; what went wrong stays above it."""

    def begin(self, total: int) -> None:
        from tqdm import tqdm

        self._since: dict[str, float] = {}
        self._bar = tqdm(total=total, file=self.stream, leave=False, bar_format="{n_fmt}/{total_fmt} |{bar:20}| {desc}")

    def started(self, name: str) -> None:
        self._since[name] = time.monotonic()
        self.tick()

    def ended(self, name: str, outcome: str) -> None:
        self._since.pop(name, None)
        self._bar.write(f"{name}: {outcome}", file=self.stream)
        self._bar.update(1)
        self.tick()

    def tick(self) -> None:
        now = time.monotonic()
        self._bar.set_description_str(", ".join(f"{n} {now - since:.0f} s" for n, since in self._since.items()))

    def close(self) -> None:
        if hasattr(self, "_bar"):
            self._bar.close()


def progress(quiet: bool = False, stream: TextIO | None = None) -> Progress:
    """The form that fits who is listening: a bar on a terminal, else lines."""
    if quiet:
        return Progress()
    stream = stream or sys.stdout
    return Bar(stream) if stream.isatty() else Lines(stream)
