"""Europe as a grid of equal tiles: every country is as large as every other, so that small ones can be read too.

A tile stands roughly where its country lies. The layout is our own; no border, projection or foreign file is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from insights.figures.drawing import CONTEXT, INK, MUTED, PAPER, draw, plain_axes
from insights.figures.palette import ACCENT, GRID, SECOND
from insights.language import render

# Column and row of each country, from the north-west.
PLACES = {
    "IS": (0, 0), "NO": (3, 0), "SE": (4, 0), "FI": (5, 0), "DK": (3, 1), "EE": (5, 1), "LV": (6, 1),
    "IE": (0, 2), "GB": (1, 2), "NL": (2, 2), "DE": (3, 2), "PL": (4, 2), "LT": (5, 2), "BY": (6, 2),
    "BE": (1, 3), "LU": (2, 3), "CZ": (3, 3), "SK": (4, 3), "UA": (5, 3),
    "FR": (1, 4), "CH": (2, 4), "AT": (3, 4), "HU": (4, 4), "RO": (5, 4), "MD": (6, 4),
    "PT": (0, 5), "ES": (1, 5), "IT": (2, 5), "SI": (3, 5), "HR": (4, 5), "RS": (5, 5), "BG": (6, 5),
    "MT": (2, 6), "BA": (3, 6), "ME": (4, 6), "MK": (5, 6), "GR": (6, 6), "AL": (4, 7), "CY": (6, 7), "TR": (7, 6),
}
TILE, NARROW_TILE = 62, 43


@dataclass(frozen=True)
class Tile:
    """A country's figure in a few characters (none: too few to show), and whether it is clearly above (1) or below (-1)
    the rest, or neither (0)."""

    words: object
    clear: int


def tiles(countries: dict[str, Tile]) -> dict[str, dict[str, str]]:
    """A bold outline with a mark is clearly above (▲) or below (▼) the rest; countries without leads are faint."""
    columns = 1 + max(x for x, _y in PLACES.values())
    rows = 1 + max(y for _x, y in PLACES.values())

    def height(width: str) -> float:
        return rows * (TILE if width == "wide" else NARROW_TILE)

    def paint(figure, language: str, width: str) -> None:
        wide = width == "wide"
        axes = figure.add_axes((0.0, 0.0, 1.0 if not wide else columns * TILE / 680, 1.0))
        plain_axes(axes)
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(rows - 0.5, -0.5)
        axes.set_xticks([])
        axes.set_yticks([])
        for code, (x, y) in PLACES.items():
            _tile(axes, code, x, y, countries.get(code), language, wide)

    return draw(height, paint)


def _tile(axes, code: str, x: int, y: int, tile: Tile | None, language: str, wide: bool) -> None:
    colour = GRID if tile is None else {1: ACCENT, -1: SECOND}.get(tile.clear, CONTEXT)
    corners = [x - 0.46, x + 0.46, x + 0.46, x - 0.46, x - 0.46], [y - 0.46, y - 0.46, y + 0.46, y + 0.46, y - 0.46]
    axes.fill(*corners, facecolor=PAPER, edgecolor=colour, linewidth=2.5 if tile and tile.clear else 1)
    mark = "" if tile is None else {1: " ▲", -1: " ▼"}.get(tile.clear, "")
    axes.annotate(code + mark, (x, y), xytext=(0, 8 if tile else 0), textcoords="offset points", ha="center",
                  va="center", color=INK if tile else MUTED, fontsize=13 if wide else 12)
    if tile is not None:
        axes.annotate(render(tile.words, language), (x, y), xytext=(0, -9), textcoords="offset points", ha="center",
                      va="center", color=INK if tile.clear else MUTED, fontsize=13 if wide else 12)
