"""`insights sample`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


def sample(out: str, leads: int, seed: int, twin: str | None, quiet: bool) -> None:
    """Write the synthetic firm, with a bar on a terminal."""
    from tqdm import tqdm

    from insights.sample.write import write

    folder = Path(out).expanduser().absolute()
    with tqdm(disable=quiet or not sys.stderr.isatty(), unit=" rows", unit_scale=True, leave=False) as bar:

        def tell(done: int, total: int, label: str) -> None:
            bar.total = total
            bar.set_description(label, refresh=False)
            bar.update(done - bar.n)

        write(folder, leads=leads, seed=seed, twin=twin, progress=tell)
    if not quiet:
        click.echo(f"Sample: {folder}")
