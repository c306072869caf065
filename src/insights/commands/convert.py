"""`insights convert`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from insights.problems import DataError, UsageError


def convert(data: str, mapping: str, out: str) -> None:
    """Write the tables of the contract and the reconciliation sheet, all of them or none, and show the sheet."""
    from insights import tables
    from insights.firm import locate
    from insights.sources import open_source
    from insights.tables.convert import SHEET
    from insights.tables.convert import convert as write_tables

    folder = Path(out).expanduser().absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{out} is there already and not an empty folder: give a new one with --out")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        with open_source(locate(data), locate(mapping) if mapping else None) as source:
            checked, lines = write_tables(source, part)
        part.rename(folder)
    except DataError as error:
        click.echo(tables.as_text(error.problems), err=True)
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    for line in lines:
        same = "the same" if not line.difference else f"{line.difference:+,} left out, listed by insights check"
        click.echo(f"{line.table}, {line.measure}: {line.contract:,} {line.unit} ({same})")
    click.echo(f"Tables: {folder}\nTo sign: {folder / SHEET}")
    if not checked.tables:
        click.echo("The data hold no table of the contract.", err=True)
