"""Items on a time line: when each was first planned, told to sellers, announced to customers, and launched or due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from insights.figures.drawing import CONTEXT, FONT_SIZE, INK, MUTED, PAPER, draw, fitted, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import Month, Text, render

ROW = 40
NARROW_ROW = 56
HEAD = 34
FOOT = 22


@dataclass(frozen=True)
class Track:
    """One item: its name, and its days (None: not known or not yet)."""

    label: object
    first: dt.date | None
    told: dt.date | None
    announced: dt.date | None
    due: dt.date
    done: bool


def timeline(tracks: Sequence[Track], today: dt.date, today_label: Text) -> dict[str, dict[str, str]]:
    """A row for each item, in the order given; a line marks today. An open circle is the first plan, a triangle when
    sellers were told, a diamond when customers were, a filled circle the launch, an open square one still to come."""
    days = [d for t in tracks for d in (t.first, t.told, t.announced, t.due) if d] + [today]
    start, end = min(days), max(days)
    margin = max((end - start).days * 0.05, 10)

    def height(width: str) -> float:
        return HEAD + FOOT + len(tracks) * (ROW if width == "wide" else NARROW_ROW)

    def paint(figure, language: str, width: str) -> None:
        wide, pixels = width == "wide", height(width)
        left = 0.36 if wide else 0.03
        axes = figure.add_axes((left, FOOT / pixels, 0.97 - left, 1 - (HEAD + FOOT) / pixels))
        plain_axes(axes)
        axes.set_xlim(start.toordinal() - margin, end.toordinal() + margin)
        axes.set_ylim(len(tracks) - 0.5, -0.5)
        axes.set_yticks([])
        ticks = _quarters(start, end, 4 if wide else 2)
        axes.set_xticks([t.toordinal() for t in ticks], [render(Month(t), language) for t in ticks], color=MUTED)
        axes.axvline(today.toordinal(), color=MUTED, linewidth=1, zorder=1)
        near = (today.toordinal() - start.toordinal()) / max((end - start).days, 1)
        axes.annotate(render(today_label, language), (today.toordinal(), 1), xycoords=("data", "axes fraction"),
                      xytext=(0, 6), textcoords="offset points", va="bottom", color=MUTED, fontsize=FONT_SIZE,
                      ha="left" if near < 0.25 else "right" if near > 0.75 else "center")
        for i, track in enumerate(tracks):
            y = i if wide else i + 0.18
            begin = min(d for d in (track.first, track.told, track.announced, track.due) if d)
            axes.plot([begin.toordinal(), max(track.due, track.first or track.due).toordinal()], [y, y], color=GRID,
                      linewidth=4, solid_capstyle="round", zorder=0)
            _mark(axes, track.first, y, "o", PAPER, CONTEXT, 7)
            _mark(axes, track.told, y, "^", ACCENT, ACCENT, 8)
            _mark(axes, track.announced, y, "D", SECOND, SECOND, 7)
            _mark(axes, track.due, y, "o" if track.done else "s", INK if track.done else PAPER, INK, 9)
            place = 1 - (HEAD + (i + (0.5 if wide else 0.24)) * (pixels - HEAD - FOOT) / len(tracks)) / pixels
            figure.text(0.0, place, fitted(render(track.label, language), 34 if wide else 44), va="center", ha="left")

    return draw(height, paint)


def _mark(axes, day: dt.date | None, y: float, shape: str, face: str, edge: str, size: float) -> None:
    if day:
        axes.plot([day.toordinal()], [y], shape, markersize=size, markerfacecolor=face, markeredgecolor=edge, zorder=3)


def _quarters(start: dt.date, end: dt.date, most: int) -> list[dt.date]:
    """Firsts of months between the days, at most so many, at equal steps."""
    months = (end.year - start.year) * 12 + end.month - start.month
    step = max(1, -(-months // most))
    firsts = [start.year * 12 + start.month - 1 + k for k in range(1, months + 1, step)]
    return [dt.date(m // 12, m % 12 + 1, 1) for m in firsts]
