"""The ground of every drawing: an SVG at a known width in pixels, text as text, the same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from insights.figures.palette import CONTEXT, GRID, INK, MUTED, PAPER
from insights.language import LANGUAGES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTHS = {"wide": 680, "narrow": 343}
FONT_SIZE = 13
_STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "insights", "font.size": FONT_SIZE, "font.family": "sans-serif",
    "text.color": INK, "axes.labelcolor": MUTED, "axes.edgecolor": GRID, "xtick.color": MUTED, "ytick.color": INK,
    "axes.facecolor": "none", "figure.facecolor": "none", "axes.linewidth": 1, "text.parse_math": False,
    "xtick.labelsize": FONT_SIZE, "ytick.labelsize": FONT_SIZE,
}

__all__ = ["CONTEXT", "FONT_SIZE", "INK", "MUTED", "PAPER", "WIDTHS", "draw", "fitted", "plain_axes"]


def draw(height: Callable[[str], float], paint: Callable[[Figure, str, str], None]) -> dict[str, dict[str, str]]:
    """The drawing in every language and width, as SVG.

    `height(width_name)` is its height in pixels; `paint(figure, language, width_name)` draws. One unit of the drawing
    is one pixel.
    """
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawings: dict[str, dict[str, str]] = {}
    with matplotlib.rc_context(_STYLE):
        for language in LANGUAGES:
            drawings[language] = {}
            for name, width in WIDTHS.items():
                figure = Figure(figsize=(width / 72, height(name) / 72), dpi=72)
                FigureCanvasSVG(figure)
                paint(figure, language, name)
                out = io.StringIO()
                figure.savefig(out, format="svg", dpi=72, metadata={"Date": None, "Creator": None})
                drawings[language][name] = _inline(out.getvalue())
    return drawings


def _inline(svg: str) -> str:
    """The svg element alone: no prologue, no metadata, no fixed size, the page's own typeface."""
    svg = svg[svg.index("<svg"):]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r"font: (?:normal )?(bold )?([\d.]+)px [^;\"]*", r"font-size: \2px; font-family: inherit", svg)
    return re.sub(r">\s+<", "><", svg).strip()


def fitted(label: str, characters: int) -> str:
    """A label cut to so many characters; a code in brackets and a number of cases at its end stay."""
    if len(label) <= characters:
        return label
    kept = _TAIL.search(label)[0]
    return label[:len(label) - len(kept)][:characters - 1 - len(kept)].rstrip() + "…" + kept


_TAIL = re.compile(r"(?: \([^()]{1,5}\))?(?:, \d[\d.,\s]*)?$")


def plain_axes(axes: Axes) -> None:
    """Axes without a frame: a faint line where the scale begins."""
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
