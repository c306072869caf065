"""Two values for each group, before and now, on one scale."""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures.drawing import CONTEXT, INK, MUTED, PAPER, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import Text, render

ROW = 28
NARROW_ROW = 44
HEAD = 26


@dataclass(frozen=True)
class Pair:
    """A row: its name, the two values, whether it clearly rose (1), fell (-1) or neither (0), and both as words."""

    label: object
    before: float
    now: float
    moved: int
    words: object


def pairs(rows: list[Pair], legend: Text) -> dict[str, dict[str, str]]:
    """An open dot for before, a filled one for now, a line between; coloured only where the change is clear."""
    top = max([max(row.before, row.now) for row in rows], default=1.0) or 1.0

    def height(width: str) -> float:
        return HEAD + len(rows) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide, pixels = width == "wide", height(width)
        left, right = (0.41, 0.74) if wide else (0.02, 0.98)
        axes = figure.add_axes((left, 0.0, right - left, 1 - HEAD / pixels))
        plain_axes(axes)
        axes.set_xlim(-0.03 * top, 1.05 * top)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.axvline(0, color=GRID, linewidth=1)
        figure.text(0.0, 1 - 10 / pixels, render(legend, language), ha="left", va="center", color=MUTED)
        for i, row in enumerate(rows):
            y = i if wide else i + 0.2
            colour = {1: ACCENT, -1: SECOND}.get(row.moved, CONTEXT)
            axes.plot([row.before, row.now], [y, y], color=colour, linewidth=2.5, solid_capstyle="butt")
            axes.plot([row.before], [y], "o", markersize=8, markerfacecolor=PAPER, markeredgecolor=colour)
            axes.plot([row.now], [y], "o", markersize=8, markerfacecolor=colour if row.moved else INK,
                      markeredgecolor=colour if row.moved else INK)
            place = (1 - HEAD / pixels) * (1 - ((i if wide else i - 0.26) + 0.5) / len(rows))
            label, words = render(row.label, language), render(row.words, language)
            figure.text(0.0, place, fitted(label, 40 if wide else 46 - len(words)), va="center", ha="left")
            figure.text(1.0, place, words, va="center", ha="right", color=INK if wide else MUTED)

    return draw(height, paint)
