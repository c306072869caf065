"""Two dimensions crossed: in each cell the figure, how many cases stand behind it, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures.drawing import INK, MUTED, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, CONTEXT, GRID, SECOND
from insights.language import render

ROW = 46
NARROW_ROW = 66
HEAD = 30
LARGEST = 17


@dataclass(frozen=True)
class Cell:
    """A cell: its figure and the number of cases as words, the cases as a share of the largest cell's, and whether the
    figure is surely above (1) or below (-1) the average, or not sure (0)."""

    words: object
    cases: object
    weight: float
    sure: int


def crossing(
    rows: list[object], columns: list[object], cells: dict[tuple[int, int], Cell],
) -> dict[str, dict[str, str]]:
    """The size of the disc is the number of cases; an upward triangle beside the figure is surely above the average, a
    downward one below, and a pale disc with a question mark cannot be told from it."""

    def height(width: str) -> float:
        return HEAD + len(rows) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide, pixels = width == "wide", height(width)
        left = 0.34 if wide else 0.0
        axes = figure.add_axes((left, 0.0, 1 - left, 1 - HEAD / pixels))
        plain_axes(axes)
        axes.set_xlim(-0.5, len(columns) - 0.5)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        for j, column in enumerate(columns):
            figure.text(left + (j + 0.5) * (1 - left) / len(columns), 1 - 12 / pixels, render(column, language),
                        ha="center", va="center", color=MUTED)
        for i, row in enumerate(rows):
            axes.axhline(i - 0.5, color=GRID, linewidth=0.8)
            place = (1 - HEAD / pixels) * (1 - ((i if wide else i - 0.33) + 0.5) / len(rows))
            figure.text(0.0, place, fitted(render(row, language), 32 if wide else 44), va="center", ha="left")
            for j in range(len(columns)):
                cell = cells.get((i, j))
                if cell is not None:
                    _cell(axes, j, i if wide else i + 0.16, cell, language, wide)

    return draw(height, paint)


def _cell(axes, x: float, y: float, cell: Cell, language: str, wide: bool) -> None:
    colour = {1: ACCENT, -1: SECOND}.get(cell.sure, CONTEXT)
    mark = {1: "^", -1: "v"}.get(cell.sure, "o")
    size = 4 + LARGEST * max(cell.weight, 0.0) ** 0.5 * (1.0 if wide else 0.7)
    axes.plot([x - 0.3], [y], mark, markersize=size, markeredgecolor=colour,
              markerfacecolor=colour if cell.sure else "none")
    axes.annotate(render(cell.words, language), (x - 0.12, y), xytext=(0, 6), textcoords="offset points",
                  va="center", ha="left", color=INK if cell.sure else MUTED)
    axes.annotate(render(cell.cases, language), (x - 0.12, y), xytext=(0, -8), textcoords="offset points",
                  va="center", ha="left", color=MUTED)
