"""Small files that a firm lays beside its data: rules of its own, not tables."""

from __future__ import annotations

from pathlib import Path

from insights.problems import UsageError

LARGEST = 1 << 20


def text_beside(data: Path, name: str) -> str | None:
    """The text of a file of that name in the data folder, or beside a database file; None where there is none."""
    folder = data if data.is_dir() else data.parent
    path = folder / name
    if not path.is_file():
        return None
    if path.stat().st_size > LARGEST:
        raise UsageError(f"{name} is too large for a file of rules")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name} is not UTF-8 text: save it as UTF-8") from None
