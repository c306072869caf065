"""Dots with intervals: groups ranked by a measure, beside the figure of all."""

from __future__ import annotations

from dataclasses import dataclass

from insights.evidence.words import Interval, Verdict
from insights.figures.drawing import CONTEXT, FONT_SIZE, INK, MUTED, PAPER, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import Text, render

ROW = 26
NARROW_ROW = 42
AXIS = 34


@dataclass(frozen=True)
class Dot:
    """A row: its name (with n), the estimate, how it was judged, the figure with its range as words, and without (for
    narrow screens)."""

    label: object
    estimate: Interval
    verdict: Verdict | None
    words: object
    short: object


_MARKS = {
    Verdict.HIGHER: ("^", ACCENT, ACCENT), Verdict.LOWER: ("v", SECOND, SECOND),
    Verdict.NO_CLEAR_DIFFERENCE: ("o", INK, INK),
}
_UNDECIDED = ("o", PAPER, CONTEXT)


def dots(rows: list[Dot], reference: float, reference_label: Text) -> dict[str, dict[str, str]]:
    """One row for each dot, in the order given; a line marks the reference (all groups together).

    A triangle pointing up is clearly higher than the rest, one pointing down clearly lower, a filled dot not clearly
    different, an open dot undecided; the bar shows where the true value probably lies.
    """
    top = max(row.estimate.high for row in rows)
    low = min(row.estimate.low for row in rows)
    if 0 < low < 0.5 * top:
        low = 0.0

    def height(width: str) -> float:
        return AXIS + len(rows) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide = width == "wide"
        pixels = height(width)
        left, right = (0.41, 0.66) if wide else (0.02, 0.98)
        axes = figure.add_axes((left, 0.0, right - left, 1 - AXIS / pixels))
        plain_axes(axes)
        margin = 0.02 * (top - low) or 1.0
        axes.set_xlim(low - margin, top + margin)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.axvline(reference, color=MUTED, linewidth=1, zorder=1)
        axes.annotate(
            render(reference_label, language), (reference, 1), xycoords=("data", "axes fraction"), xytext=(0, 6),
            textcoords="offset points", ha=_anchor(reference, low, top), va="bottom", color=MUTED, fontsize=FONT_SIZE)
        for i, row in enumerate(rows):
            y = i if wide else i + 0.2
            axes.axhline(y, color=GRID, linewidth=0.8, zorder=0)
            shape, face, edge = _MARKS.get(row.verdict, _UNDECIDED)
            axes.plot([row.estimate.low, row.estimate.high], [y, y], color=edge, linewidth=2.5, solid_capstyle="butt")
            axes.plot([row.estimate.value], [y], shape, markersize=9, markerfacecolor=face, markeredgecolor=edge)
            label, words = render(row.label, language), render(row.words if wide else row.short, language)
            if wide:
                figure.text(0.0, _level(i, rows, pixels), fitted(label, 40), va="center", ha="left")
                figure.text(1.0, _level(i, rows, pixels), words, va="center", ha="right")
            else:
                y_text = _level(i - 0.26, rows, pixels)
                figure.text(0.0, y_text, fitted(label, 46 - len(words)), va="center", ha="left")
                figure.text(1.0, y_text, words, va="center", ha="right", color=MUTED)

    return draw(height, paint)


def _level(row: float, rows: list, pixels: float) -> float:
    """The height of a row's middle as a fraction of the figure."""
    return (1 - AXIS / pixels) * (1 - (row + 0.5) / len(rows))


def _anchor(value: float, low: float, top: float) -> str:
    """Labels near an edge hang inwards."""
    place = (value - low) / (top - low or 1)
    return "left" if place < 0.25 else "right" if place > 0.75 else "center"
