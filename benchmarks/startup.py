"""What the command line costs before it does anything."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Result, in_turn, median_difference, python, seconds

RUNS = 9


def run() -> Iterator[Result]:
    """Importing the package and printing the help, less a bare interpreter."""
    bare = lambda: seconds(python("-c", "pass"))  # noqa: E731
    imported = in_turn(lambda: seconds(python("-c", "import insights")), bare, RUNS)
    yield Result("import_insights", median_difference(imported), "s", 0.05, "python -c pass")
    helped = in_turn(lambda: seconds(python("-m", "insights", "--help")), bare, RUNS)
    yield Result("insights_help", median_difference(helped), "s", 0.3, "python -c pass")
