"""`make bench`, or `make bench ONLY=name`: print one line for each benchmark and keep benchmarks/results.json.

A benchmark is a module of this package with a function `run` that yields results; it is found by itself.
"""

from __future__ import annotations

import json
import os
import pkgutil
import platform
import sys
from importlib import import_module, metadata
from pathlib import Path

import benchmarks

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("duckdb", "nbconvert", "numpy", "pandas", "papermill", "scikit-learn", "scipy")
HELPERS = ("__main__", "measure", "peers", "seeds")


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in HELPERS)


def main(only: str | None = None) -> int:
    """Run them all or one and put their figures in the place of the earlier ones; the exit code is 1 if a limit does
    not hold."""
    if only and only not in names():
        print(f"there is no benchmark {only!r}: {', '.join(names())}", file=sys.stderr)
        return 64
    machine = {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version(),
               **{name: metadata.version(name) for name in PACKAGES}}
    kept = [entry for entry in _earlier() if entry.get("benchmark") in (names() if only else ())]
    holds = True
    for name in [only] if only else names():
        entries = []
        for result in import_module(f"benchmarks.{name}").run():
            print(result, flush=True)
            holds &= result.holds
            entries.append({"benchmark": name, **result.to_json(), "machine": machine})
        kept = sorted([e for e in kept if e["benchmark"] != name] + entries, key=lambda e: e["benchmark"])
        RESULTS.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return 0 if holds else 1


def _earlier() -> list[dict]:
    return json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
