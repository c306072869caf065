"""The cells of a segmentation as whole numbers: levels of attributes and sums over companies, ready for a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from insights.evidence import Sums
from insights.models.segments import SHARE_MEASURES, Cells
from insights.models.subgroups import Conjunctions

ATTRIBUTES = ("industry", "size", "country", "region")
MOST_LEVELS = 60


@dataclass(frozen=True)
class Segment:
    """Companies whose attributes take one of the values named: (("industry", ("C28",)), ("country", ("CZ", "DE")))."""

    parts: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def depth(self) -> int:
        """How many attributes it names."""
        return len(self.parts)

    def value(self, attribute: str) -> tuple[str, ...]:
        """The values of an attribute; none where it is free."""
        return dict(self.parts).get(attribute, ())


@dataclass(frozen=True)
class Vocabulary:
    """The values of each attribute that may name a segment, the most frequent first; all others are "other"."""

    words: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, cells: Cells, measure: str) -> Vocabulary:
        """The values with most cases; at most so many for each attribute that a search stays short."""
        n, words = cells.columns(measure)["n"], {}
        for attribute in ATTRIBUTES:
            counted: dict[str, float] = {}
            for value, cases in zip(cells.values(attribute), n, strict=True):
                if value is not None:
                    counted[value] = counted.get(value, 0.0) + cases
            ranked = sorted(counted, key=lambda word: (-counted[word], word))
            words[attribute] = tuple(ranked[:MOST_LEVELS])
        return cls({attribute: found for attribute, found in words.items() if len(found) > 1})

    def levels(self, attribute: str, values: list[str | None]) -> np.ndarray:
        """Each value's place, -1 for unknown ones and "other"."""
        place = {word: i for i, word in enumerate(self.words[attribute])}
        return np.array([place.get(value, -1) for value in values], dtype=np.int64)


class Leaves:
    """Cells of one window of time with one measure."""

    def __init__(self, cells: Cells, measure: str, vocabulary: Vocabulary) -> None:
        self.cells, self.measure, self.vocabulary = cells, measure, vocabulary
        self.share = measure in SHARE_MEASURES
        self.sums = cells.columns(measure)
        self.attributes = tuple(vocabulary.words)
        self.levels = tuple(vocabulary.levels(a, cells.values(a)) for a in self.attributes)

    @cached_property
    def space(self) -> Conjunctions:
        """All conjunctions up to depth three of the attributes."""
        return self._space(self.attributes, self.levels)

    def _space(self, attributes: tuple[str, ...], levels: tuple[np.ndarray, ...]) -> Conjunctions:
        apart = ()
        if "country" in attributes and "region" in attributes:
            apart = ((attributes.index("country"), attributes.index("region")),)
        sizes = tuple(len(self.vocabulary.words[a]) for a in attributes)
        return Conjunctions(levels, sizes, depth=3, apart=apart)

    @property
    def main(self) -> list[np.ndarray]:
        """Levels for a fit of main effects: unknown and other are a level of their own."""
        return [np.where(level < 0, len(self.vocabulary.words[a]), level)
                for a, level in zip(self.attributes, self.levels, strict=True)]

    def segment(self, conjunction: int) -> Segment:
        """The conjunction of that number in words."""
        parts = [(self.attributes[k], (self.vocabulary.words[self.attributes[k]][level],))
                 for k, level in self.space.items(conjunction)]
        return Segment(tuple(parts))

    def mask(self, segment: Segment) -> np.ndarray:
        """The cells of a segment."""
        inside = np.ones(len(self.sums["n"]), dtype=bool)
        for attribute, values in segment.parts:
            inside &= self.cells.mask(attribute, set(values))
        return inside

    def any_of(self, segments: tuple[Segment, ...] | list[Segment]) -> np.ndarray:
        """The cells of any of the segments."""
        inside = np.zeros(len(self.sums["n"]), dtype=bool)
        for segment in segments:
            inside |= self.mask(segment)
        return inside

    def total(self, masks: list[np.ndarray]) -> Sums:
        """Sums over companies for each mask."""
        return self.cells.sums(self.measure, masks)
