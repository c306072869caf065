"""Industry by size at a glance: the money per lead, how many leads stand behind it, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence.comparison import DOMINANCE, MIN_COMPANIES, MIN_CUSTOMERS, MIN_LEADS
from insights.figures.crossed import Cell, crossing
from insights.figures.model import Column, Figure, Note, Table
from insights.figures.tiles import PLACES, Tile, tiles
from insights.language import Count, Day, ListOf, Number, SizeBand, Text
from insights.language.values import SIZE_BANDS
from insights.models.leaves import Leaves, Segment, Vocabulary
from insights.models.profiles import estimates
from insights.topics import key_customer_words as words

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

MOST_ROWS = 9
SHORT = {"micro": Text("micro"), "small": Text("small"), "medium": Text("medium"), "large": Text("large"),
         "enterprise": Text("very large")}
_ = Text


@dataclass(frozen=True)
class Crossed:
    """One industry and size: leads, the shrunk figure and its robust bounds."""

    industry: str
    size: str
    leads: int
    value: float
    low: float
    high: float


def crossed(profile: Profile) -> tuple[float, list[Crossed]]:
    """The average of all and every combination of industry and size that is large enough to be shown."""
    kind = profile.dimensions["industry"].money or profile.dimensions["industry"].rate
    if kind is None or kind.key not in profile.cells["all"].measures:
        return 0.0, []
    counted = profile.cells["all"]
    leaves = Leaves(counted, kind.key, Vocabulary.of(counted, kind.key))
    if not {"industry", "size"} <= set(leaves.attributes) or leaves.sums["y"].sum() <= 0:
        return 0.0, []
    shrunk, found = estimates(leaves), []
    for industry in leaves.vocabulary.words["industry"]:
        for size in leaves.vocabulary.words["size"]:
            inside = leaves.mask(Segment((("industry", (industry,)), ("size", (size,)))))
            if not _large(leaves, inside):
                continue
            value, low, high = shrunk.of(leaves, inside, 2)
            found.append(Crossed(industry, size, int(leaves.sums["n"][inside].sum()), value, low, high))
    return shrunk.base, found


def _large(leaves: Leaves, inside: np.ndarray) -> bool:
    """Enough leads and companies; in money also enough customers, and none that brings nearly all."""
    sums = {name: column[inside] for name, column in leaves.sums.items()}
    if sums["n"].sum() < MIN_LEADS or sums["companies"].sum() < MIN_COMPANIES:
        return False
    return leaves.share or sums["y"].sum() <= 0 or (
        sums["paying"].sum() >= MIN_CUSTOMERS and sums["top_y"].max() <= DOMINANCE * sums["y"].sum())


def figure(profile: Profile) -> Figure | Note:
    """The map, with its numbers as a table."""
    if not {"industry", "size"} <= set(profile.dimensions):
        return Note(_("There is no map of industries and sizes: the records carry no comparison."))
    base, found = crossed(profile)
    kind = profile.dimensions["industry"].money or profile.dimensions["industry"].rate
    if len(found) < 4:
        return Note(_("There is no map of industries and sizes: fewer than four combinations have thirty leads."))
    volume = {i: sum(c.leads for c in found if c.industry == i) for i in {c.industry for c in found}}
    industries = sorted(volume, key=lambda i: (-volume[i], i))[:MOST_ROWS]
    sizes = [size for size in SIZE_BANDS if any(c.size == size for c in found)]
    largest = max(c.leads for c in found)
    cells = {(industries.index(c.industry), sizes.index(c.size)): Cell(
        kind.value(c.value), _("n {n}", n=Count(c.leads)), c.leads / largest, _sure(c, base))
        for c in found if c.industry in industries}
    above = [c for c in found if _sure(c, base) > 0]
    above = sorted(above, key=lambda c: -c.value)[:3]
    named = [_("{first}, {second}", first=words.label("industry", c.industry), second=SHORT[c.size]) for c in above]
    title = _("Probably above the average in {measure}: {groups}", measure=kind.name,
              groups=ListOf(named)) if named else _(
        "No combination of industry and size is clearly above the average in {measure}", measure=kind.name)
    return Figure(
        title=title, subtitle=_(
            "{measure} by industry and size, leads up to {end}; average of all {base}. The larger the mark, the more "
            "leads; a filled triangle is probably above or below the average, an open disc may be either. Each is "
            "judged by itself, so some triangles may be chance. Small groups are pulled towards what their "
            "industry and size lead to expect.", measure=kind.name,
            end=Day(profile.firm.as_of), base=kind.value(base)),
        svg=crossing([words.label("industry", i) for i in industries], [SHORT[size] for size in sizes], cells),
        alt=ListOf([_("{label}: {words}", label=_("{first}, {second}", first=words.label("industry", c.industry),
                                                  second=SHORT[c.size]), words=kind.value(c.value))
                    for c in found if c.industry in industries]),
        table=_table(kind, found))


def _sure(one: Crossed, base: float) -> int:
    return int(np.sign(one.value - base)) if one.low > base or one.high < base else 0


def _table(kind, found: list[Crossed]) -> Table:
    rows = tuple((words.label("industry", c.industry), SizeBand(c.size), Count(c.leads), kind.value(c.value),
                  _("{low} to {high}", low=kind.value(max(c.low, 0.0)), high=kind.value(c.high)))
                 for c in sorted(found, key=lambda c: (c.industry, SIZE_BANDS.index(c.size))))
    return Table(caption=_("Industry by size"),
                 columns=(Column(_("industry"), "left"), Column(_("size"), "left"), Column(_("leads")),
                          Column(kind.name), Column(_("probably between"), "left")), rows=rows)


def europe(profile: Profile) -> Figure | Note | None:
    """The countries of Europe as tiles; none where fewer than two countries can be shown."""
    dimension = profile.dimensions.get("country")
    kind = dimension and (dimension.money or dimension.rate)
    if not kind:
        return None
    groups = [g for g in dimension.groups if not g.withheld(kind.key)]
    shown = {g.label: Tile(_short(kind, g.compared[kind.key].own.value),
                           {"higher": 1, "lower": -1}.get(str(g.compared[kind.key].verdict), 0))
             for g in groups if g.label in PLACES}
    few = {g.label: Tile("?", 0) for g in dimension.groups if g.withheld(kind.key) and g.label in PLACES}
    if len(shown) < 2:
        return None
    outside = [words.label("country", g.label) for g in groups if g.label not in PLACES]
    notes = (_("Not on the map: {countries}.", countries=ListOf(outside)),) if outside else ()
    rows = tuple((words.label("country", g.label), Count(g.compared[kind.key].n),
                  kind.value(g.compared[kind.key].own.value), kind.range(g.compared[kind.key].own),
                  words.judged_in_words(g.compared[kind.key])) for g in groups)
    clear = [words.label("country", code) for code, tile in shown.items() if tile.clear]
    title = _("Clearly different from the rest in {measure}: {groups}", measure=kind.name,
              groups=ListOf(clear)) if clear else _("No country stands out in {measure}", measure=kind.name)
    unit = _("thousands of {currency}", currency=kind.currency) if not kind.share else _("percent")
    return Figure(
        title=title, subtitle=_(
            "{measure} by country, in {unit}; tiles stand roughly where the countries lie. A triangle is clearly above "
            "or below the rest, a question mark has too few leads or customers to be shown.", measure=kind.name,
            unit=unit),
        svg=tiles(few | shown),
        alt=ListOf([_("{label}: {words}", label=words.label("country", g.label),
                      words=kind.value(g.compared[kind.key].own.value)) for g in groups]),
        table=Table(caption=_("Countries"), columns=(
            Column(_("country"), "left"), Column(_("leads")), Column(kind.name), Column(_("probably between"), "left"),
            Column(_("against the rest"), "left")), rows=rows, notes=notes))


def _short(kind, value: float) -> Number:
    """A figure that fits into a tile: percent, or thousands."""
    return Number(100 * value, 1) if kind.share else Number(value / 1000, 1)
