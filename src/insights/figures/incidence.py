"""How the share won grows with days, a small panel for each group, beside that of all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from insights.figures.drawing import CONTEXT, FONT_SIZE, INK, MUTED, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, GRID
from insights.language import Days, Share, Text, render

PANEL = 150
MOST_DAYS = 80
"""Days at which a curve is drawn: a panel is some 140 pixels wide, and a step for each day would weigh megabytes."""
COLUMNS = {"wide": 4, "narrow": 2}
_CHARACTERS = {"wide": 22, "narrow": 22}


@dataclass(frozen=True)
class Panel:
    """A group's curve: its name, the days, the share won by each with its range, and the days of its median."""

    label: object
    days: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    median: float | None = None


def incidence(panels: list[Panel], everything: Panel, last_day: int) -> dict[str, dict[str, str]]:
    """Small panels on one scale: the dark line is the group, the band where the truth probably lies, the grey line all
    groups together, the dot the day by which half of the eventual wins are in."""
    panels, everything = [_drawn(panel, last_day) for panel in panels], _drawn(everything, last_day)
    top = max([float(p.high[p.days <= last_day].max(initial=0.0)) for p in panels] + [1e-6]) * 1.05

    def height(width: str) -> float:
        return PANEL * -(-len(panels) // COLUMNS[width]) + 6

    def paint(figure, language: str, width: str) -> None:
        columns = COLUMNS[width]
        rows = -(-len(panels) // columns)
        left = 0.075 if width == "wide" else 0.13
        wide, tall = (1 - left) / columns, 1 / rows
        for i, panel in enumerate(panels):
            column, row = i % columns, i // columns
            axes = figure.add_axes((left + column * wide, 1 - (row + 1) * tall + 0.2 * tall, wide * 0.9, 0.6 * tall))
            plain_axes(axes)
            axes.set_xlim(0, last_day)
            axes.set_ylim(0, top)
            axes.set_xticks([0, last_day], ["0", render(Days(last_day), language)])
            for label, side in zip(axes.get_xticklabels(), ("left", "right"), strict=True):
                label.set_horizontalalignment(side)
                label.set_fontsize(FONT_SIZE - 1)
            axes.set_yticks([top / 2, top / 1.05], [])
            if column == 0:
                axes.set_yticks([top / 1.05], [render(Share(top / 1.05, 0 if top > 0.2 else 1), language)])
            axes.axhline(0, color=GRID, linewidth=1)
            axes.step(everything.days, everything.share, where="post", color=CONTEXT, linewidth=1.2)
            axes.fill_between(panel.days, panel.low, panel.high, step="post", color=ACCENT, alpha=0.22, linewidth=0)
            axes.step(panel.days, panel.share, where="post", color=ACCENT, linewidth=2)
            if panel.median is not None and panel.median <= last_day:
                place = int(np.searchsorted(panel.days, panel.median))
                axes.plot([panel.median], [panel.share[min(place, len(panel.share) - 1)]], "o", color=INK, markersize=6)
            figure.text(left + column * wide, 1 - row * tall - 0.08 * tall,
                        fitted(render(panel.label, language), _CHARACTERS[width]), ha="left", va="center",
                        color=INK if panel.median is not None else MUTED)

    return draw(height, paint)


def _drawn(panel: Panel, last_day: int) -> Panel:
    """The panel at evenly spread days up to the last one shown."""
    shown = np.flatnonzero(np.asarray(panel.days) <= last_day)
    if len(shown) > MOST_DAYS:
        shown = shown[np.unique(np.linspace(0, len(shown) - 1, MOST_DAYS).astype(int))]
    drawn = ("days", "share", "low", "high")
    return replace(panel, **{name: np.asarray(getattr(panel, name))[shown] for name in drawn})


def caption(medians: bool) -> Text:
    """How to read the panels."""
    _ = Text
    return _("The dark line is the group, the band shows where the truth probably lies, the grey line is all together; "
             "the dot marks the day by which half of the eventual wins are in.") if medians else _(
        "The dark line is the group, the band shows where the truth probably lies, the grey line is all together.")
