"""Lists for other systems: displayed by a notebook, written by a run that names a folder for them.

A notebook run by hand, by nbval or by papermill's own command line writes nothing: it only says what a run would write.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from insights.language import Text

if TYPE_CHECKING:
    from insights.figures.model import Export

PLACE = "INSIGHTS_EXPORTS"
FOLDER = "exports"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def deliver(export: Export) -> Text:
    """Write the list if a run asked for it, and say in a sentence what there is. ValueError for a name that is none, or
    that another notebook of the run has taken."""
    if not _NAME.fullmatch(export.name):
        raise ValueError(f"{export.name!r} cannot name an export: letters, digits and _")
    folder = os.environ.get(PLACE)
    if folder:
        from insights.sources import save_table

        path = Path(folder) / f"{export.name}.csv"
        if path.exists():
            raise ValueError(f"two notebooks export {path.name}")
        save_table(export.table, path)
    return Text("{title}: the whole list is the file {file} ({rows}).", title=export.title,
                file=f"{FOLDER}/{export.name}.csv",
                rows=Text("{n} row", plural="{n} rows", n=export.table.num_rows))


def written(folder: Path) -> list[Path]:
    """The lists that notebooks have left in a run's folder, by name."""
    return sorted(folder.glob("*.csv")) if folder.is_dir() else []
