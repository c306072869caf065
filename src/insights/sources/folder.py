"""Which files a data folder holds, and which of them a name or a pattern means. Nothing outside the folder is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEXT = (".csv", ".tsv", ".txt")
PARQUET = ".parquet"


@dataclass(frozen=True)
class Delivered:
    """A file of the folder: its path, its name below the folder, and its stem, which names its view."""

    path: Path
    name: str
    stem: str

    @property
    def parquet(self) -> bool:
        """Parquet, not text."""
        return self.path.name.lower().endswith(PARQUET)


def stem(name: str) -> str | None:
    """The stem of a table file's name (`Deals.csv.gz` has `Deals`); None for other files."""
    base = name[:-3] if name.lower().endswith(".gz") else name
    suffix = Path(base).suffix.lower()
    if suffix in TEXT or (suffix == PARQUET and base == name):
        return Path(base).stem
    return None


def delivered(folder: Path) -> tuple[Delivered, ...]:
    """The table files directly in the folder, by name; hidden ones and links that lead out of it are left out."""
    files = []
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        file = _delivered(folder, path)
        if file is not None:
            files.append(file)
    return tuple(files)


def matching(folder: Path, pattern: str) -> tuple[Delivered, ...]:
    """The table files that match a glob pattern relative to the folder, by name.

    Raises ValueError for a pattern that is empty, absolute or climbs out of the folder.
    """
    if not pattern or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise ValueError(pattern)
    paths = sorted(folder.glob(pattern), key=lambda path: path.as_posix())
    return tuple(file for path in paths if (file := _delivered(folder, path)) is not None)


def _delivered(folder: Path, path: Path) -> Delivered | None:
    name = stem(path.name)
    inside = path.resolve().is_relative_to(folder.resolve())
    if name is None or path.name.startswith(".") or not inside or not path.is_file():
        return None
    return Delivered(path, path.relative_to(folder).as_posix(), name)
