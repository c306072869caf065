"""`insights score`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from insights.problems import DataError, InsightsError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from insights.topics.lead_value import Learned

BATCH = 65_536
FORMS = (".csv", ".parquet")


class NotEnoughData(InsightsError):
    """Data that keep the contract, but hold too little to learn a score from, or one that later leads have refuted."""

    exit_code = 65


def score(*, data: str, mapping: str, as_of: str, capacity: int, out: str, language: str, quiet: bool) -> None:
    """Learn, score the open leads batch by batch, write them by rank, and say what the first of them are worth."""
    from insights.firm import open_firm
    from insights.tables import as_text
    from insights.topics.lead_value import judged_of, learned, refuted

    path = Path(out).expanduser().absolute()
    if path.suffix not in FORMS:
        raise UsageError(f"--out {out!r} is neither .csv nor .parquet")
    try:
        firm = open_firm(data=data, mapping=mapping, as_of=as_of)
    except DataError as error:
        click.echo(as_text(error.problems), err=True)
        raise
    found = learned(firm)
    if found.model is None:
        raise NotEnoughData(found.missing[0].render("en"))
    for text in found.missing:
        click.echo(f"insights: {text.render('en')}", err=True)
    if refuted(judged_of(found)):
        raise NotEnoughData(
            f"no file was written: on later leads scores learned from {data} did worse than a plain table of rates and "
            "no better than the average, so ranking by them would mislead; choose leads by the rates of their groups "
            "on the page lead_conversion")
    run = _Run(found, language, capacity)
    from insights.sources import save_ranked

    rows = save_ranked(
        firm.checked.engine, run.tables(quiet), path, run.key, "lead_id", least=run.capacity, named="work_now")
    if not quiet:
        click.echo("\n".join(run.said(rows, path)))


class _Run:
    """One pass over the open leads; keeps of each lead what the sum of a week needs."""

    def __init__(self, found: Learned, language: str, capacity: int) -> None:
        from insights.topics.lead_value import pace

        self.found, self.language, self.seen = found, language, not capacity
        self.capacity = capacity or pace(found.firm)
        self.money = found.model.value is not None
        self.kind = "margin" if found.margin else "revenue"
        self.key = f"expected_{self.kind}" if self.money else "probability_finally"
        self._kept: list[tuple[np.ndarray, ...]] = []

    def tables(self, quiet: bool) -> Iterator[pa.Table]:
        """The scored leads, a batch at a time, with a bar on a terminal."""
        from tqdm import tqdm

        from insights.metrics import lead_features
        from insights.models.lead_value.reading import delivered
        from insights.topics.lead_value import ages, worth
        from insights.topics.lead_value_reasons import table

        firm, model = self.found.firm, self.found.model
        query = lead_features.current(firm.as_of, delivered(firm))
        total = self.found.totals["open"] - self.found.totals["open_undated"]
        with tqdm(total=total, disable=quiet or not sys.stderr.isatty(), unit=" leads", unit_scale=True, leave=False,
                  desc="scoring") as bar:
            for leads in firm.batches(query, BATCH):
                scores = model.score(leads)
                self._kept.append((*worth(scores), ages(leads)))
                yield table(model, leads, scores, (self.language,), firm.currency, money=self.money,
                            margin=self.found.margin)
                bar.update(leads.num_rows)
            if not self._kept:
                leads = firm.query(query.limit(0))
                yield table(model, leads, model.score(leads), (self.language,), firm.currency, money=self.money,
                            margin=self.found.margin)

    def said(self, rows: int, path: Path) -> list[str]:
        """What the file holds and what the first of it are expected to bring, against leads as they came."""
        from insights.language import Money
        from insights.topics.lead_value import queue

        lines = []
        if rows:
            value, low, high, age = (np.concatenate(column) for column in zip(*self._kept, strict=True))
            week = queue(value, low, high, age, self.capacity, seen=self.seen, money=self.money)

            def say(x: float) -> str:
                if not self.money:
                    return f"{x:.1f} wins"
                return f"{Money(x, self.found.firm.currency).render('en')} of {self.kind}"

            lines.append(
                f"Work these {week.capacity} first: expected to bring {say(week.ranked.value)} "
                f"({say(week.ranked.low)} to {say(week.ranked.high)}), the newest {week.capacity} "
                f"{say(week.in_order.value)}")
        undated = self.found.totals["open_undated"]
        if undated:
            lines.append(f"Not scored, since they have no date of creation: {undated}")
        return [*lines, f"Scored leads: {path} ({rows:,})"]
