"""Rows with several measures side by side, each on a scale of its own: the map of products, the readiness of teams."""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures.drawing import FONT_SIZE, MUTED, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, CONTEXT, GRID, INK, SECOND
from insights.language import Text, render

ROW = 30
NARROW_ROW = 54
HEAD = 58


@dataclass(frozen=True)
class Cell:
    """A measure of a row: how long its bar is (None: not known), the figure in words, and how it was judged: bad (drawn
    in the second colour, with a triangle pointing down), good (pointing up), or plain."""

    size: float | None
    words: object
    mark: str = "plain"


@dataclass(frozen=True)
class Row:
    """A row with its name and one cell for each measure."""

    label: object
    cells: tuple[Cell, ...]


_MARKS = {"bad": ("▼ ", SECOND, SECOND), "good": ("▲ ", ACCENT, ACCENT), "plain": ("", CONTEXT, INK)}


def grid(rows: list[Row], measures: tuple[Text, ...], *, whole: bool = False,
         narrow: tuple[int, ...] | None = None) -> dict[str, dict[str, str]]:
    """A panel for each measure, a bar for each row; `whole`: all bars are shares of one (else of the longest in their
    panel); `narrow`: the measures for which a narrow screen has room (by default all). The figure stands beside each
    bar in words."""
    tops = [1.0 if whole else max([r.cells[k].size or 0.0 for r in rows] or [0.0]) or 1.0 for k in range(len(measures))]

    def height(width: str) -> float:
        return HEAD + len(rows) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide, pixels = width == "wide", height(width)
        left = 0.27 if wide else 0.0
        shown = range(len(measures)) if wide or not narrow else narrow
        panel = (1 - left) / len(shown)
        for place, k in enumerate(shown):
            measure = measures[k]
            axes = figure.add_axes((left + place * panel, 0.0, panel * 0.95, 1 - HEAD / pixels))
            plain_axes(axes)
            axes.set_xlim(0, tops[k] * (2.4 if wide else 2.2))
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_xticks([])
            axes.set_yticks([])
            if wide:
                axes.axvline(0, color=GRID, linewidth=1)
            head = _lines(render(measure, language), int(panel * (680 if wide else 343) / 7.5))
            figure.text(left + place * panel, 1 - 4 / pixels, head, ha="left", va="top",
                        color=MUTED, fontsize=FONT_SIZE - 1)
            for i, row in enumerate(rows):
                cell, y = row.cells[k], i if wide else i + 0.2
                mark, bar, ink = _MARKS[cell.mark]
                size = max(cell.size or 0.0, 0.0)
                if cell.size is not None:
                    axes.barh(y, size, height=0.5 if wide else 0.28, color=bar)
                axes.text(size + tops[k] * 0.06, y, mark + render(cell.words, language), va="center", ha="left",
                          color=ink if cell.size is not None else MUTED, fontsize=FONT_SIZE - (0 if wide else 1))
        for i, row in enumerate(rows):
            y = (1 - HEAD / pixels) * (1 - ((i if wide else i - 0.25) + 0.5) / len(rows))
            figure.text(0.0, y, fitted(render(row.label, language), 25 if wide else 46), va="center", ha="left")

    return draw(height, paint)


def _lines(text: str, characters: int) -> str:
    """The text broken at spaces into lines of at most so many characters, where words allow."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > characters:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines[:3])
