"""Scores against what came: the calibration of probabilities, and what the best leads hold of all wins and money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from insights.evidence.words import Interval
from insights.figures.drawing import CONTEXT, INK, MUTED, draw, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import Share, render

HEIGHT = {"wide": 330, "narrow": 300}
FOOT, LEFT = 48, 64
COLOURS = (ACCENT, SECOND)
MARKS = ("-", "--")


@dataclass(frozen=True)
class Line:
    """Points (x, value with its range) that belong together, with the name drawn beside them."""

    name: object
    points: tuple[tuple[float, Interval], ...]


def calibration_dots(points: Sequence[tuple[float, Interval]], across: object, up: object) -> dict[str, dict[str, str]]:
    """What was said across, what came up, with intervals, on scales of square roots, so that small chances can be
    read; on the line both agree."""
    top = max(max(said, came.high) for said, came in points) * 1.05

    def paint(figure, language: str, width: str) -> None:
        axes = _axes(figure, width)
        for scale in (axes.set_xscale, axes.set_yscale):
            scale("function", functions=(lambda v: abs(v) ** 0.5, lambda v: v**2))
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        ticks = [t for t in (0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8) if t < top]
        _ticks(axes, ticks, ticks, language)
        axes.plot([0, top], [0, top], color=MUTED, linewidth=1)
        for said, came in points:
            axes.plot([said, said], [came.low, came.high], color=ACCENT, linewidth=2.5, solid_capstyle="butt")
            axes.plot([said], [came.value], "o", markersize=7, color=ACCENT)
        _titles(figure, width, render(across, language), render(up, language))

    return draw(lambda width: HEIGHT[width], paint)


def gain_curves(lines: Sequence[Line], chance: object, across: object, up: object) -> dict[str, dict[str, str]]:
    """The share held by the best so many leads, with its band; the grey line is what chance would hold."""

    def paint(figure, language: str, width: str) -> None:
        axes = _axes(figure, width)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1.02)
        ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
        _ticks(axes, ticks, ticks, language)
        axes.plot([0, 1], [0, 1], color=CONTEXT, linewidth=1.2)
        axes.text(0.72, 0.64, render(chance, language), color=MUTED, ha="left", va="top")
        for k, line in enumerate(lines):
            colour = COLOURS[k % len(COLOURS)]
            x = [0.0, *(p[0] for p in line.points)]
            axes.fill_between(x, [0.0, *(p[1].low for p in line.points)], [0.0, *(p[1].high for p in line.points)],
                              color=colour, alpha=0.15, linewidth=0)
            axes.plot(x, [0.0, *(p[1].value for p in line.points)], MARKS[k % len(MARKS)], color=colour, linewidth=2.2)
        for k, line in enumerate(lines):
            y = 0.16 - 0.09 * k
            axes.plot([0.44, 0.52], [y, y], MARKS[k % len(MARKS)], color=COLOURS[k % len(COLOURS)], linewidth=2.2)
            axes.text(0.54, y, render(line.name, language), color=INK, ha="left", va="center")
        _titles(figure, width, render(across, language), render(up, language))

    return draw(lambda width: HEIGHT[width], paint)


def _axes(figure, width: str):
    pixels = HEIGHT[width]
    wide = 680 if width == "wide" else 343
    square = min(wide - LEFT - 16, 460) if width == "wide" else wide - LEFT - 12
    axes = figure.add_axes((LEFT / wide, FOOT / pixels, square / wide, 1 - (FOOT + 34) / pixels))
    plain_axes(axes)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return axes


def _ticks(axes, across: list[float], up: list[float], language: str) -> None:
    axes.set_xticks(across, [render(Share(t, 0), language) for t in across], color=MUTED)
    axes.set_yticks(up, [render(Share(t, 0), language) for t in up], color=MUTED)
    axes.minorticks_off()


def _titles(figure, width: str, across: str, up: str) -> None:
    pixels = HEIGHT[width]
    wide = 680 if width == "wide" else 343
    figure.text(0.0, 1 - 12 / pixels, up, ha="left", va="center", color=MUTED)
    figure.text(LEFT / wide, 10 / pixels, across, ha="left", va="center", color=MUTED)
