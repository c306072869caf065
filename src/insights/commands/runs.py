"""`insights runs`."""

from __future__ import annotations

import click

COLUMNS = ("run", "started", "data", "as of", "outcome", "seconds")


def runs(reports: str, form: str) -> None:
    """Print the ledger of a folder of reports."""
    from insights.commands.run import reports_folder
    from insights.report import ledger

    folder = reports_folder(reports)
    records = ledger.runs(folder)
    if form == "json":
        import json

        click.echo(json.dumps(records, ensure_ascii=False, indent=1))
    elif records:
        click.echo(_table([COLUMNS, *(_row(record) for record in records)]))
    else:
        click.echo(f"No runs yet in {folder}.")


def _row(record: dict) -> tuple[str, ...]:
    outcome = record.get("outcome", "unreadable")
    if record.get("cause"):
        outcome += f": {record['cause']}"
    seconds = record.get("seconds")
    return (record["id"], (record.get("started") or "")[:16].replace("T", " "),
            str(record.get("parameters", {}).get("data", "")), record.get("as_of") or "", outcome,
            "" if seconds is None else f"{seconds:.1f}")


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    aligned = [[cell.rjust(width) if i == len(COLUMNS) - 1 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in aligned)
