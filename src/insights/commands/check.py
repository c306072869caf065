"""`insights check`."""

from __future__ import annotations

import json
import sys

import click

BAD_DATA = 65


def check(data: str, mapping: str, form: str) -> None:
    """Print every problem of the data; exit with 65 where one is an error."""
    from insights import tables
    from insights.firm import locate
    from insights.sources import open_source

    with open_source(locate(data), locate(mapping) if mapping else None) as source:
        checked = tables.check(source)
    if form == "json":
        click.echo(json.dumps(tables.as_json(checked.problems), ensure_ascii=False, indent=1))
    else:
        rows = ", ".join(f"{name} {info.rows_kept:,}" for name, info in sorted(checked.tables.items()))
        click.echo(f"Rows kept: {rows or 'none'}\n\n{tables.as_text(checked.problems)}")
    if checked.errors:
        sys.exit(BAD_DATA)
