"""Random numbers that are the same on every machine: a hash of (seed, stream, row), in 64-bit integers only.

Every draw is a function of its row's number, so that rows can be made in any order, in chunks of any size, and one row
can be asked for without making those before it. The hash is splitmix64 (Steele, Lea, Flood 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_GOLDEN = 0x9E3779B97F4A7C15
_WORD = (1 << 64) - 1
ONE = 1 << 32
"""A probability of one: probabilities are whole numbers from 0 to 2^32."""


def mix(bits: np.ndarray) -> np.ndarray:
    """The finishing steps of splitmix64 on an array of uint64."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def stream(seed: int, name: str) -> int:
    """The 64-bit key of a named stream (FNV-1a of the name, mixed with the seed)."""
    state = 0xCBF29CE484222325
    for byte in name.encode("ascii"):
        state = ((state ^ byte) * 0x100000001B3) & _WORD
    start = np.array([(state + seed * _GOLDEN) & _WORD], dtype=np.uint64)
    return int(mix(mix(start))[0])


def uniform(key: int, rows: np.ndarray) -> np.ndarray:
    """One whole number from 0 to 2^32 - 1 for each row, as int64."""
    state = rows.astype(np.uint64) * np.uint64(_GOLDEN) + np.uint64((key + _GOLDEN) & _WORD)
    return (mix(state) >> np.uint64(32)).astype(np.int64)


def below(draws: np.ndarray, limit: int | np.ndarray) -> np.ndarray:
    """Draws turned into whole numbers from 0 to limit - 1."""
    return (draws * limit) >> 32


def share(per_mille: int) -> int:
    """A probability given in thousandths, as a threshold for a draw."""
    return per_mille * ONE // 1000


def thresholds(weights: Sequence[int]) -> np.ndarray:
    """Upper thresholds of each choice but the last, for `choose`."""
    total, running, limits = sum(weights), 0, []
    for weight in weights[:-1]:
        running += weight
        limits.append(running * ONE // total)
    return np.array(limits, dtype=np.int64)


def choose(draws: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """The number of the choice that each draw falls on."""
    return np.searchsorted(limits, draws, side="right").astype(np.int64)


def choose_by_row(draws: np.ndarray, limits: np.ndarray, row: np.ndarray) -> np.ndarray:
    """As `choose`, each draw with the thresholds `limits[row]` of its own."""
    chosen = np.zeros(len(draws), dtype=np.int64)
    for column in range(limits.shape[1]):
        chosen += draws >= limits[row, column]
    return chosen


class Permutation:
    """A fixed shuffle of 0 .. size - 1 without memory: a four-round Feistel network, walked until it lands inside.

    It spreads a company's leads over the years; `place` goes one way and `find` back.
    """

    def __init__(self, seed: int, name: str, size: int) -> None:
        self.size = size
        self._half = max(1, ((max(size - 1, 1)).bit_length() + 1) // 2)
        self._mask = (1 << self._half) - 1
        self._keys = [stream(seed, f"{name} {turn}") for turn in range(4)]

    def place(self, numbers: np.ndarray) -> np.ndarray:
        """Where each number goes."""
        return self._walk(numbers, self._forward)

    def find(self, places: np.ndarray) -> np.ndarray:
        """Which number went to each place."""
        return self._walk(places, self._backward)

    def _walk(self, numbers: np.ndarray, step) -> np.ndarray:
        numbers = step(numbers.astype(np.int64))
        outside = np.flatnonzero(numbers >= self.size)
        while len(outside):
            numbers[outside] = step(numbers[outside])
            outside = outside[numbers[outside] >= self.size]
        return numbers

    def _forward(self, numbers: np.ndarray) -> np.ndarray:
        left, right = numbers >> self._half, numbers & self._mask
        for key in self._keys:
            left, right = right, left ^ (uniform(key, right) & self._mask)
        return (left << self._half) | right

    def _backward(self, numbers: np.ndarray) -> np.ndarray:
        left, right = numbers >> self._half, numbers & self._mask
        for key in reversed(self._keys):
            left, right = right ^ (uniform(key, left) & self._mask), left
        return (left << self._half) | right
