"""Peers that cannot live in the suite's own environment (they cap pandas, or are large): each has a virtual environment
of its own, made when a benchmark first asks for it from `benchmarks/peers/<name>.txt`."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

OUT = Path(__file__).with_name("out")
LISTS = Path(__file__).with_name("peers")


class NoPeer(RuntimeError):
    """A peer that could not be installed here."""


def interpreter(name: str) -> Path:
    """The Python of the peer's environment. NoPeer says why there is none."""
    wanted = LISTS / f"{name}.txt"
    key = hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]
    folder = OUT / "peers" / f"{name}-{key}"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        print(f"setting up the peer {name}", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted],
            capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoPeer(f"{name} cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
        (folder / ".ready").touch()
    return python


def ask(name: str, script: str, *arguments: str) -> object:
    """What a script, run by the peer's Python, prints as JSON in its last line."""
    done = subprocess.run([interpreter(name), "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoPeer(f"{name} failed: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])
