"""What a user sees of an opened source: rows, sentences, places."""

from __future__ import annotations


def rows(source, table: str) -> list[tuple]:
    """The rows of a raw table without their numbers."""
    found = source.engine.query(f"SELECT * EXCLUDE (_row) FROM raw.{table} ORDER BY _row")
    return [tuple(row.values()) for row in found.to_pylist()]


def said(source, severity: str = "error") -> list[str]:
    """What a user reads about the problems of that severity: message and remedy."""
    return [f"{p.message.render('en')}. {p.remedy.render('en')}" for p in source.problems if p.severity == severity]


def places(source, rule: str) -> list[tuple[str | None, int | None]]:
    """The files and lines that the examples of a rule name."""
    return [(e.file, e.line) for p in source.problems if p.rule == rule for e in p.examples]
