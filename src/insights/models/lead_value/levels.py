"""The columns of levels behind binned columns: sums over them, and how their coefficients are held together.

The columns of zeros and ones never exist as a whole: sums are counts, products are made block by block.
"""

from __future__ import annotations

import numpy as np

from insights.models.lead_value.bins import FIRST

BLOCK = 4096
RIDGE = 0.05


class Levels:
    """Where each column's coefficients stand, and what its penalty is."""

    def __init__(self, sizes: np.ndarray, ordered: np.ndarray) -> None:
        self.sizes = np.asarray(sizes, dtype=int)
        self.starts = 1 + np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(int)
        self.total = 1 + int(self.sizes.sum())
        self.form = np.zeros((self.total, self.total))
        for start, size, smooth in zip(self.starts, self.sizes, ordered, strict=True):
            self.form[start:start + size, start:start + size] = _smooth(size) if smooth else np.eye(size)

    def start(self, y: np.ndarray, w: np.ndarray) -> np.ndarray:
        beta = np.zeros(self.total)
        rate = np.clip((w @ y) / max(w.sum(), 1e-12), 1e-6, 1 - 1e-6)
        beta[0] = np.log(rate / (1 - rate))
        return beta

    def split(self, beta: np.ndarray) -> list[np.ndarray]:
        return [beta[s:s + k] for s, k in zip(self.starts, self.sizes, strict=True)]

    def logits(self, codes: np.ndarray, beta: np.ndarray) -> np.ndarray:
        total = np.full(codes.shape[1], beta[0])
        for table, code in zip(self.split(beta), codes, strict=True):
            total += table[code]
        return total

    def sums(self, codes: np.ndarray, values: np.ndarray) -> np.ndarray:
        """X'v for the level columns X."""
        out = np.empty(self.total)
        out[0] = values.sum()
        for s, k, code in zip(self.starts, self.sizes, codes, strict=True):
            out[s:s + k] = np.bincount(code, values, k)
        return out

    def gram(self, codes: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """X'WX, block by block."""
        whole = np.zeros((self.total, self.total))
        for begin in range(0, codes.shape[1], BLOCK):
            part = codes[:, begin:begin + BLOCK]
            # Single precision serves: the matrix only leads the steps, their end is where the gradient is zero.
            x = np.zeros((part.shape[1], self.total), dtype=np.float32)
            root = np.sqrt(weight[begin:begin + BLOCK]).astype(np.float32)
            x[:, 0] = root
            rows = np.arange(part.shape[1])
            for s, code in zip(self.starts, part, strict=True):
                x[rows, s + code] = root
            whole += x.T @ x
        return whole


def _smooth(size: int) -> np.ndarray:
    """Differences of neighbouring bins (codes from 3 on), and a little of each coefficient itself."""
    form = np.eye(size) * RIDGE
    form[:FIRST, :FIRST] = np.eye(FIRST)
    steps = np.diff(np.eye(size - FIRST), axis=0)
    form[FIRST:, FIRST:] += steps.T @ steps
    return form
