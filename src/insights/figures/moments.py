"""Shares over time: what was seen so far, what is to be expected with its range, and what happened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from insights.evidence.words import Interval
from insights.figures.drawing import CONTEXT, FONT_SIZE, INK, MUTED, PAPER, draw, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import Share, Text, render

HEIGHT = {"wide": 300, "narrow": 280}
_LEFT = {"wide": 0.07, "narrow": 0.13}
MOST_NARROW = 18


@dataclass(frozen=True)
class Moment:
    """One point in time: the range to be drawn (None: nothing can be told), whether it is `young` (greyed), the plain
    share seen so far, and what became of it."""

    day: dt.date
    estimate: Interval | None
    young: bool = False
    seen: float | None = None
    happened: float | None = None


@dataclass(frozen=True)
class Words:
    """What the marks are called: the estimate, the share seen so far, what happened."""

    estimate: Text
    seen: Text | None = None
    happened: Text | None = None


def over_time(moments: list[Moment], words: Words) -> dict[str, dict[str, str]]:
    """One column for each moment. A dot with its bar is the estimate with its range (hollow and grey where young), a
    cross what was seen so far, a diamond what happened."""

    def paint(figure, language: str, width: str) -> None:
        shown = moments if width == "wide" else moments[-MOST_NARROW:]
        top = max([m.estimate.high for m in shown if m.estimate] + [m.seen or 0.0 for m in shown]
                  + [m.happened or 0.0 for m in shown] + [1e-6])
        left = _LEFT[width]
        axes = figure.add_axes((left, 0.11, 0.985 - left, 0.77))
        plain_axes(axes)
        axes.set_xlim(-0.6, len(shown) - 0.4)
        axes.set_ylim(0, top * 1.05)
        ticks = [tick for tick in axes.get_yticks() if 0 <= tick <= top * 1.05]
        ticks = ticks if len(ticks) <= 5 else ticks[::2]
        axes.set_yticks(ticks, [render(Share(tick, 0 if top >= 0.05 else 1), language) for tick in ticks])
        for tick in ticks:
            axes.axhline(tick, color=GRID, linewidth=0.8, zorder=0)
        _months(axes, shown, language, 7 if width == "wide" else 4)
        size = 8 if len(shown) <= 20 else 6
        for i, m in enumerate(shown):
            colour = CONTEXT if m.young else INK
            if m.estimate:
                axes.plot([i, i], [m.estimate.low, m.estimate.high], color=colour, linewidth=2, solid_capstyle="butt")
                axes.plot([i], [m.estimate.value], "o", markersize=size, markeredgecolor=colour,
                          markerfacecolor=PAPER if m.young else INK)
            if m.seen is not None:
                axes.plot([i], [m.seen], "x", markersize=size - 1, color=SECOND, markeredgewidth=1.8)
            if m.happened is not None:
                axes.plot([i], [m.happened], "D", markersize=size - 1, color=ACCENT)
        _legend(figure, words, shown, language)

    return draw(lambda width: HEIGHT[width], paint)


def _months(axes, shown: list[Moment], language: str, most: int) -> None:
    from babel.dates import format_date

    step = max(1, -(-len(shown) // most))
    places = list(range(len(shown) - 1, -1, -step))[::-1]
    labels = [format_date(shown[i].day, "LLL yyyy", locale=language) for i in places]
    axes.set_xticks(places, labels)
    for label in axes.get_xticklabels():
        label.set_fontsize(FONT_SIZE - 1)
    if places and places[-1] == len(shown) - 1:
        axes.get_xticklabels()[-1].set_horizontalalignment("right")


def _legend(figure, words: Words, shown: list[Moment], language: str) -> None:
    entries = [("\N{BLACK CIRCLE}", words.estimate, INK)]
    if words.seen is not None and any(m.seen is not None for m in shown):
        entries.append(("\N{MULTIPLICATION SIGN}", words.seen, SECOND))
    if words.happened is not None:
        entries.append(("\N{BLACK DIAMOND}", words.happened, ACCENT))
    x, y = 0.0, 0.955
    limit = figure.get_figwidth() * 72
    for mark, text, colour in entries:
        label = f"{mark} {render(text, language)}"
        pixels = 7.0 * len(label) + 16
        if x and x + pixels > limit:
            x, y = 0.0, y - 0.065
        figure.text(x / limit, y, label, color=colour if colour != INK else MUTED, ha="left", va="center")
        x += pixels
