"""What a customer buys next for the first time: from what others who bought the same things bought after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PRIOR = 10.0
"""A pair of products is believed to be as popular as any, as firmly as after ten customers."""


@dataclass(frozen=True)
class Purchases:
    """First purchases: for each customer (row) and product (column) the day, as a number; NaN where never."""

    days: np.ndarray

    def until(self, day: float) -> np.ndarray:
        """What each customer had bought by the day."""
        return np.nan_to_num(self.days, nan=np.inf) <= day


@dataclass(frozen=True)
class Followers:
    """`after[a, b]`: chance that a customer who bought a buys b later; `popular[b]`: share of customers who bought "
      "b."""

    after: np.ndarray
    popular: np.ndarray

    def suggest(self, owned: np.ndarray) -> np.ndarray:
        """The product each customer is most likely to begin with next, among those it does not have; -1 without one."""
        weight = owned / np.maximum(owned.sum(axis=1, keepdims=True), 1)
        return _best(weight @ self.after, owned)

    def most_popular(self, owned: np.ndarray) -> np.ndarray:
        """The product most customers have, among those it does not have; -1 without one."""
        return _best(np.broadcast_to(self.popular, owned.shape), owned)


def learn(purchases: Purchases, day: float) -> Followers:
    """From first purchases up to a day."""
    known = np.where(purchases.until(day), purchases.days, np.inf)
    has = np.isfinite(known)
    popular = has.mean(axis=0)
    products = known.shape[1]
    after = np.empty((products, products))
    for a in range(products):
        rows = has[:, a]
        later = (known[rows] > known[rows, a][:, None]) & has[rows]
        after[a] = (later.sum(axis=0) + PRIOR * popular) / (rows.sum() + PRIOR)
    return Followers(after, popular)


def tested(purchases: Purchases, day: float) -> tuple[int, int, int, int]:
    """On purchases after the day: customers who began a new product, hits of the rule, hits of the popular product, and
    customers whom exactly one of the two hit. Both are learned up to the day."""
    followers = learn(purchases, day)
    owned = purchases.until(day)
    later = np.where(owned | np.isnan(purchases.days), np.inf, purchases.days)
    first = later.min(axis=1)
    rows = np.isfinite(first) & owned.any(axis=1) & ~owned.all(axis=1)
    target = later[rows] == first[rows][:, None]
    rule, popular = (suggested(owned[rows]) for suggested in (followers.suggest, followers.most_popular))
    at = np.arange(int(rows.sum()))
    hit_rule, hit_popular = target[at, rule], target[at, popular]
    return int(rows.sum()), int(hit_rule.sum()), int(hit_popular.sum()), int((hit_rule != hit_popular).sum())


def _best(score: np.ndarray, owned: np.ndarray) -> np.ndarray:
    open_score = np.where(owned, -np.inf, score)
    best = open_score.argmax(axis=1)
    return np.where(owned.all(axis=1), -1, best)
