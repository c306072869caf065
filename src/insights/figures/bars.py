"""Shares of one whole side by side: where customers are, where money is made, whom we address."""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures.drawing import MUTED, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, CONTEXT, GRID, SECOND
from insights.language import Share, Text, render

ROW = 28
NARROW_ROW = 46
HEAD = 30
COLOURS = (CONTEXT, ACCENT, SECOND)


@dataclass(frozen=True)
class Shares:
    """A group's share of each whole; None where the whole is unknown."""

    label: object
    shares: tuple[float | None, ...]


def share_bars(rows: list[Shares], wholes: tuple[Text, ...]) -> dict[str, dict[str, str]]:
    """A small panel for each whole, all on one scale from zero, a row for each group."""
    top = max([s for row in rows for s in row.shares if s is not None], default=1.0) or 1.0

    def height(width: str) -> float:
        return HEAD + len(rows) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide, pixels = width == "wide", height(width)
        left = 0.42 if wide else 0.0
        panel = (1 - left) / len(wholes)
        for k, whole in enumerate(wholes):
            axes = figure.add_axes((left + k * panel, 0.0, panel * 0.94, 1 - HEAD / pixels))
            plain_axes(axes)
            axes.set_xlim(0, top * 1.45)
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_xticks([])
            axes.set_yticks([])
            if wide:
                axes.axvline(0, color=GRID, linewidth=1)
            figure.text(left + k * panel, 1 - 10 / pixels, render(whole, language), ha="left", va="center", color=MUTED)
            for i, row in enumerate(rows):
                y = i if wide else i + 0.2
                share = row.shares[k]
                if share is None:
                    axes.text(0, y, " ?", va="center", color=MUTED)
                    continue
                axes.barh(y, share, height=0.5 if wide else 0.32, color=COLOURS[k % len(COLOURS)])
                axes.text(share + top * 0.03, y, render(Share(share, 0), language), va="center", ha="left")
        for i, row in enumerate(rows):
            y = (1 - HEAD / pixels) * (1 - ((i if wide else i - 0.26) + 0.5) / len(rows))
            figure.text(0.0, y, fitted(render(row.label, language), 38 if wide else 44), va="center", ha="left")

    return draw(height, paint)
