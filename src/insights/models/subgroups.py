"""All conjunctions of attributes up to a depth, counted exactly in one pass over cells (or rows).

"Industry C28 and medium-sized and in Germany" is a conjunction of depth three. Every one of them gets a place in one
long array, so that any sum over all of them is a single counting step; nothing is pruned, so nothing is missed.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Items = tuple[tuple[int, int], ...]

# Up to so many cells a joint count of all attributes costs nothing worth counting.
_FEW_CELLS = 50_000


@dataclass(frozen=True)
class Conjunctions:
    """Conjunctions of up to `depth` of the attributes, where a cell's level -1 belongs to none.

    `levels[k][i]` is the level of attribute k in cell i, `sizes[k]` how many levels it has, `apart` pairs of attributes
    of which one implies the other (region and country), never joined.
    """

    levels: tuple[np.ndarray, ...]
    sizes: tuple[int, ...]
    depth: int = 3
    apart: tuple[tuple[int, int], ...] = ()

    @cached_property
    def subsets(self) -> list[tuple[int, ...]]:
        """The attributes that are joined, shallow ones first."""
        every = range(len(self.levels))
        joined = itertools.chain.from_iterable(itertools.combinations(every, d) for d in range(1, self.depth + 1))
        return [s for s in joined if not any(a in s and b in s for a, b in self.apart)]

    @cached_property
    def starts(self) -> np.ndarray:
        """Where the conjunctions of each subset begin; the last entry is their number."""
        return np.concatenate([[0], np.cumsum([int(np.prod([self.sizes[k] for k in s])) for s in self.subsets])])

    @property
    def number(self) -> int:
        """How many places there are, those without a cell among them."""
        return int(self.starts[-1])

    @cached_property
    def depths(self) -> np.ndarray:
        """The depth of each conjunction."""
        return np.repeat([len(s) for s in self.subsets], np.diff(self.starts))

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Every (conjunction, cell) with the cell in the conjunction, in order of the conjunctions."""
        places, cells = [], []
        for start, subset in zip(self.starts, self.subsets, strict=False):
            place, known = self._places(subset)
            cells.append(np.flatnonzero(known))
            places.append(start + place[known])
        place, cell = np.concatenate(places), np.concatenate(cells)
        order = np.argsort(place, kind="stable")
        return place[order], cell[order]

    def _places(self, subset: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        place = np.zeros(len(self.levels[0]), dtype=np.int64)
        known = np.ones(len(place), dtype=bool)
        for k in subset:
            place = place * self.sizes[k] + self.levels[k]
            known &= self.levels[k] >= 0
        return place, known

    def totals(self, *values: np.ndarray) -> list[np.ndarray]:
        """The sum of each of the cells' values over every conjunction."""
        place, cell = self._pairs
        return [np.bincount(place, value[cell], self.number) for value in values]

    def counts(self, *values: np.ndarray) -> list[np.ndarray]:
        """The same for many rows that are counted once: no list of pairs is kept."""
        out = [np.zeros(self.number) for _ in values]
        for start, end, subset in zip(self.starts, self.starts[1:], self.subsets, strict=False):
            place, known = self._places(subset)
            if not known.all():
                place = np.where(known, place, end - start)
            for total, value in zip(out, values, strict=True):
                total[start:end] = np.bincount(place, value, end - start + 1)[:end - start]
        return out

    def counted(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How many rows each conjunction has, and how many of those chosen (positions). The rows are read once where
        the cells of all attributes are not many more than they; every conjunction is a margin of a longer one."""
        padded = [size + int((level < 0).any()) for size, level in zip(self.sizes, self.levels, strict=True)]
        levels = [np.where(level < 0, size, level) if pad > size else level
                  for level, size, pad in zip(self.levels, self.sizes, padded, strict=True)]
        axes = {s: tuple(sorted(s, key=lambda k: padded[k])) for s in [*self.subsets, tuple(range(len(levels)))]}
        few = 2 * max(len(self.levels[0]), _FEW_CELLS)
        wanted = [s for s in axes if s in self.subsets or math.prod(padded) <= few]
        cubes: dict[tuple[int, ...], np.ndarray] = {}
        for subset in sorted(wanted, key=len, reverse=True):
            shape = [padded[k] for k in axes[subset]]
            wider = [s for s in cubes if set(subset) < set(s) and cubes[s].size <= 2 * few]
            if wider:
                parent = min(wider, key=lambda s: cubes[s].size)
                out = tuple(1 + i for i, k in enumerate(axes[parent]) if k not in subset)
                cubes[subset] = cubes[parent].sum(axis=out)
            else:
                place = levels[axes[subset][0]].astype(np.int64)
                for k in axes[subset][1:]:
                    place *= padded[k]
                    place += levels[k]
                cells = math.prod(shape)
                both = np.concatenate([place, place[chosen] + cells])
                cubes[subset] = np.bincount(both, minlength=2 * cells).reshape(2, *shape)
        known = []
        for subset in self.subsets:
            cube = cubes[subset].transpose(0, *(1 + axes[subset].index(k) for k in subset))
            known.append(cube[(slice(None), *(slice(self.sizes[k]) for k in subset))].reshape(2, -1))
        every, mine = np.concatenate(known, axis=1).astype(float)
        return every, mine

    def largest(self, value: np.ndarray) -> np.ndarray:
        """The largest of the cells' values in every conjunction (0 where there is no cell)."""
        place, cell = self._pairs
        out = np.zeros(self.number)
        if len(place):
            first = np.flatnonzero(np.diff(place, prepend=-1))
            out[place[first]] = np.maximum.reduceat(value[cell], first)
        return out

    def items(self, conjunction: int) -> Items:
        """The (attribute, level) pairs of a conjunction."""
        which = int(np.searchsorted(self.starts, conjunction, side="right")) - 1
        subset, place, found = self.subsets[which], conjunction - int(self.starts[which]), []
        for k in reversed(subset):
            place, level = divmod(place, self.sizes[k])
            found.append((k, level))
        return tuple(reversed(found))


def weighted_accuracy(n: np.ndarray, positives: np.ndarray, cases: float, hits: float) -> np.ndarray:
    """WRAcc of each conjunction: its share of the cases times how much its rate of hits exceeds that of all (Lavrač,
    Flach and Zupan 1999)."""
    rate = np.divide(positives, n, out=np.zeros_like(positives, dtype=float), where=n > 0)
    return n / cases * (rate - hits / cases)


def best_conjunctions(space: Conjunctions, hit: np.ndarray, top: int, weight: np.ndarray | None = None) -> list[
        tuple[float, Items]]:
    """The `top` conjunctions by weighted relative accuracy, exactly; `weight` is how many cases each row stands for."""
    if weight is None and not np.any(hit * (1 - hit)):
        n, positives = space.counted(np.flatnonzero(hit))
    else:
        n, positives = space.counts(np.ones_like(hit, dtype=float) if weight is None else weight, hit)
    cases = float(len(hit) if weight is None else weight.sum())
    quality = weighted_accuracy(n, positives, cases, float(hit.sum()))
    likely = np.arange(len(quality))
    if len(quality) > top:
        likely = np.flatnonzero(quality >= np.partition(quality, -top)[-top])
    best = likely[np.argsort(-quality[likely], kind="stable")][:top]
    return [(float(quality[i]), space.items(int(i))) for i in best]
