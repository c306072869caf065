"""`make bench`, or `make bench ONLY=name`: print one line for each benchmark and write benchmarks/results.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module, metadata
from pathlib import Path

BENCHMARKS = ("startup", "suite")
RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("duckdb", "nbconvert", "numpy", "pandas", "papermill")


def main(only: str | None = None) -> int:
    """Run them all or one; the exit code is 1 if a limit does not hold."""
    if only and only not in BENCHMARKS:
        print(f"there is no benchmark {only!r}: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 64
    results = []
    for name in [only] if only else BENCHMARKS:
        for result in import_module(f"benchmarks.{name}").run():
            print(result, flush=True)
            results.append(result)
    if not only:
        machine = {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version(),
                   **{name: metadata.version(name) for name in PACKAGES}}
        entries = [{**result.to_json(), "value": round(result.value, 4), "machine": machine} for result in results]
        RESULTS.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    return 0 if all(result.holds for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
