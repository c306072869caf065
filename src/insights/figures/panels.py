"""Small multiples: a panel for each measure, the same quarters in all, each on a scale of its own from zero."""

from __future__ import annotations

import math
from dataclasses import dataclass

from insights.figures.drawing import MUTED, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, CONTEXT, GRID, SECOND
from insights.language import render

PANEL = 118
COLUMNS = {"wide": 3, "narrow": 1}


@dataclass(frozen=True)
class Panel:
    """A measure over time: a point (value, low, high, whether it can be judged) or None for each quarter, the plan
    where there is one, and the last value in words."""

    title: object
    points: tuple[tuple[float, float | None, float | None, bool] | None, ...]
    targets: tuple[float | None, ...]
    last: object


def panels(found: list[Panel], first: object, last: object) -> dict[str, dict[str, str]]:
    """The panels side by side. Dots that can be judged are filled, others grey and open; a band is the interval, a
    dash the plan."""

    def height(width: str) -> float:
        return PANEL * math.ceil(len(found) / COLUMNS[width])

    def paint(figure, language: str, width: str) -> None:
        columns = COLUMNS[width]
        rows = math.ceil(len(found) / columns)
        gap = 0.03 if columns > 1 else 0.0
        wide = (1 - gap * (columns - 1)) / columns
        for k, panel in enumerate(found):
            left, top = (k % columns) * (wide + gap), 1 - (k // columns) / rows
            axes = figure.add_axes((left, top - 0.80 / rows, wide, 0.52 / rows))
            plain_axes(axes)
            _paint(axes, panel)
            characters = 22 if columns > 1 else 30
            figure.text(left, top - 0.11 / rows, fitted(render(panel.title, language), characters), ha="left",
                        va="center")
            figure.text(left + wide, top - 0.11 / rows, render(panel.last, language), ha="right", va="center",
                        color=MUTED)
            if k >= len(found) - columns:
                figure.text(left, top - 0.90 / rows, render(first, language), ha="left", va="center", color=MUTED,
                            fontsize=12)
                figure.text(left + wide, top - 0.90 / rows, render(last, language), ha="right", va="center",
                            color=MUTED, fontsize=12)

    return draw(height, paint)


def _paint(axes, panel: Panel) -> None:
    known = [p for p in panel.points if p]
    tops = [p[2] if p[2] is not None else p[0] for p in known] + [t for t in panel.targets if t]
    low = min([0.0, *(p[0] if p[1] is None else p[1] for p in known)])
    top = max([*tops, 1e-9])
    axes.set_xlim(-0.5, len(panel.points) - 0.5)
    axes.set_ylim(low - 0.04 * (top - low), top * 1.06)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axhline(0, color=GRID, linewidth=1)
    judged = [(i, p[0]) for i, p in enumerate(panel.points) if p and p[3]]
    axes.plot([i for i, _v in judged], [v for _i, v in judged], color=ACCENT, linewidth=1.4)
    for i, point in enumerate(panel.points):
        target = panel.targets[i]
        if target is not None:
            axes.plot([i - 0.35, i + 0.35], [target, target], color=SECOND, linewidth=2)
        if point is None:
            continue
        value, low, high, sure = point
        colour = ACCENT if sure else CONTEXT
        if low is not None:
            axes.plot([i, i], [low, high], color=colour, linewidth=4, alpha=0.35, solid_capstyle="butt")
        axes.plot([i], [value], "o", markersize=4.5, markerfacecolor=colour if sure else "none", markeredgecolor=colour)
