"""The cells of a segmentation rolled up to groups, and the groups judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from insights.evidence import Comparison, Interval, Sums, compare_with_rest, decide
from insights.evidence.comparison import MIN_COMPANIES, MIN_LEADS

if TYPE_CHECKING:
    import pyarrow as pa

SHARE_MEASURES = ("win_rate", "conversion")


@dataclass(frozen=True)
class Group:
    """One group of a dimension: exact totals, and for each measure its comparison with the rest."""

    label: str
    leads: int
    companies: int
    customers: int
    won: int
    revenue: float
    margin: float
    compared: dict[str, Comparison]

    @property
    def small(self) -> bool:
        """Whether the group is under the minimum size of a published group."""
        return self.leads < MIN_LEADS or self.companies < MIN_COMPANIES

    def withheld(self, measure: str) -> str:
        """Why the measure is not shown for the group; empty where it is."""
        return self.compared[measure].withheld


class Cells:
    """The cells of `metrics.segments.cells` as arrays, ready to be summed over any dimension."""

    def __init__(self, table: pa.Table, measures: tuple[str, ...]) -> None:
        self.measures = measures
        self._columns = {name: table[name].to_pylist() for name in ("industry", "size", "country", "region")}
        self._numbers = {
            name: np.array([0.0 if x is None else x for x in table[name].cast("double").to_pylist()], dtype=float)
            for name in table.column_names if name not in (*self._columns, "no_company")}

    def labels(self, dimension: str) -> list[str]:
        """The values of a dimension, unknown left out, in order."""
        return sorted({value for value in self._columns[dimension] if value is not None})

    def count(self, name: str, mask: np.ndarray | None = None) -> float:
        """Total of a column over the cells (of the mask)."""
        values = self._numbers[name]
        return float((values if mask is None else values[mask]).sum())

    def mask(self, dimension: str, labels: set[str] | None = None) -> np.ndarray:
        """Cells whose value of the dimension is among the labels; those with any known value without labels."""
        values = self._columns[dimension]
        return np.array([v is not None if labels is None else v in labels for v in values], dtype=bool)

    def values(self, dimension: str) -> list[str | None]:
        """The value of the dimension in each cell."""
        return self._columns[dimension]

    def columns(self, measure: str) -> dict[str, np.ndarray]:
        """The sums over companies of the measure, cell by cell, by the names of `Sums`."""
        return {name: self._numbers[f"{measure}_{name}"] for name in Sums.__dataclass_fields__}

    def sums(self, measure: str, masks: list[np.ndarray]) -> Sums:
        """Sums over companies for each mask of cells."""
        fields = self.columns(measure)
        rows = [self._joined(measure, self._total(fields, mask), mask) for mask in masks]
        return Sums.of(**{name: [row[name] for row in rows] for name in fields})

    def _joined(self, measure: str, total: dict[str, float], mask: np.ndarray) -> dict[str, float]:
        """With the second part of a measure that has one (repeat orders), at the rate of the leads old enough for it:
        y = y1 + w y2, where w is how many leads stand for each of those."""
        if f"{measure}_y2" not in self._numbers:
            return total
        n2, y2, yy2, y1y2, ny2 = (self._numbers[f"{measure}_{name}"][mask].sum()
                                  for name in ("n2", "y2", "yy2", "y1y2", "ny2"))
        w = total["n"] / n2 if n2 > 0 else 0.0
        return total | {"y": total["y"] + w * y2, "yy": total["yy"] + 2 * w * y1y2 + w**2 * yy2,
                        "ny": total["ny"] + w * ny2}

    @staticmethod
    def _total(fields: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, float]:
        total = {name: float(values[mask].sum()) for name, values in fields.items() if not name.startswith("top")}
        if mask.any():
            best = np.flatnonzero(mask)[int(np.argmax(fields["top_y"][mask]))]
            return total | {"top_n": float(fields["top_n"][best]), "top_y": float(fields["top_y"][best])}
        return total | {"top_n": 0.0, "top_y": 0.0}


def groups(cells: Cells, dimension: str) -> list[Group]:
    """Every group of the dimension with its totals and, per measure, the comparison with all other known groups."""
    labels = cells.labels(dimension)
    masks = [cells.mask(dimension, {label}) for label in labels]
    known = cells.mask(dimension)
    compared = {
        measure: compare_with_rest(
            cells.sums(measure, masks), share=measure in SHARE_MEASURES, total=cells.sums(measure, [known]))
        for measure in cells.measures} if labels else {}
    return [
        Group(
            label=label, leads=int(cells.count("leads", mask)), companies=int(cells.count("companies", mask)),
            customers=int(cells.count("customers", mask)), won=int(cells.count("won", mask)),
            revenue=cells.count("revenue", mask), margin=cells.count("margin", mask),
            compared={measure: comparisons[i] for measure, comparisons in compared.items()})
        for i, (label, mask) in enumerate(zip(labels, masks, strict=True))]


def judged_together(dimensions: dict[str, list[Group]], measures: dict[str, tuple[str, ...]]) -> dict[str, list[Group]]:
    """The groups of all dimensions with the verdicts of one search over the measures that are shown of each."""
    places = [(key, i, measure) for key, found in dimensions.items() for i in range(len(found))
              for measure in measures[key]]
    decided = decide([dimensions[key][i].compared[measure] for key, i, measure in places])
    verdicts = dict(zip(places, decided, strict=True))
    return {
        key: [replace(group, compared={m: verdicts[key, i, m] for m in measures[key]}) for i, group in enumerate(found)]
        for key, found in dimensions.items()}


def compare_set(cells: Cells, dimension: str, labels: set[str], measure: str) -> Comparison | None:
    """A set of groups as one against all other known groups; None where the set has no lead at all."""
    mask = cells.mask(dimension, labels)
    if not mask.any():
        return None
    total = cells.sums(measure, [cells.mask(dimension)])
    return compare_with_rest(cells.sums(measure, [mask]), share=measure in SHARE_MEASURES, total=total)[0]


def overall(cells: Cells, measure: str) -> Interval:
    """The measure over all cells with its interval."""
    from insights.evidence import summarise

    everything = np.ones(len(cells._columns["industry"]), dtype=bool)
    return summarise(cells.sums(measure, [everything]), share=measure in SHARE_MEASURES)[0]
