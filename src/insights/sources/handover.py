"""Checked tables handed from the process that checked them to those that read them: a run checks its data once.

The tables are a database file, what was found beside them a pickle of the same process's own making; both lie in the
run's scratch folder, which only its user can read and which goes with the run.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from insights.sources.engine import FILE, DuckDB

PLACE = "INSIGHTS_CHECKED"
_FOUND = "found.pickle"


def hand_over(engine: DuckDB, asked: tuple[str, ...], found: object, folder: Path) -> None:
    """Close the engine and leave its tables in the folder, with what was `found` and what had been `asked` for."""
    engine.connection.close()
    os.replace(engine.scratch / FILE, folder / FILE)
    engine.close()
    (folder / _FOUND).write_bytes(pickle.dumps((asked, found)))


def taken_over(asked: tuple[str, ...]) -> tuple[DuckDB, object] | None:
    """The tables, to be read only, and what was found, if the same was asked for; None where nothing was handed."""
    place = os.environ.get(PLACE)
    if not place:
        return None
    handed, found = pickle.loads((Path(place) / _FOUND).read_bytes())
    return (DuckDB(handed=Path(place) / FILE), found) if handed == asked else None
