"""Scikit-learn's histogram gradient boosting on the same codes that the additive model reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

ROUNDS, LEAVES, LEAST_LEAF, RATE = 60, 15, 40, 0.1
MOST_LEVELS = 250


@dataclass(frozen=True)
class Boosted:
    """A fitted model."""

    model: HistGradientBoostingClassifier

    def logits(self, codes: np.ndarray) -> np.ndarray:
        """The log-odds of each case."""
        return self.model.decision_function(np.ascontiguousarray(codes.T))


def fit(codes: np.ndarray, ordered: np.ndarray, y: np.ndarray, w: np.ndarray, seed: int = 0) -> Boosted:
    """Fit to outcomes `y` with weights `w`; `codes` has a row per column."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_LEAF, l2_regularization=1.0,
        categorical_features=np.flatnonzero(~np.asarray(ordered)), early_stopping=False, random_state=seed)
    return Boosted(model.fit(np.ascontiguousarray(codes.T), y, sample_weight=w))
