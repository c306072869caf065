"""The drawings of the customers' page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from insights.figures.bars import Shares, share_bars
from insights.figures.model import Figure
from insights.language import ListOf, Share, Text
from insights.topics import customer_base_words as words

if TYPE_CHECKING:
    from insights.topics.customer_base import Base

_MOST = 7
_ = Text


def largest(base: Base) -> Figure | None:
    """The largest customers' shares of the last twelve months and of the next; None where nobody may be named."""
    if not base.told or not base.names_shown or len(base.history) <= _MOST:
        return None
    before, after = np.maximum(base.history.year, 0), np.maximum(base.worth.value, 0)
    if before.sum() <= 0 or after.sum() <= 0:
        return None
    rows = np.lexsort((base.history.customer, -after))[:_MOST]
    others = np.setdiff1d(np.arange(len(after)), rows)
    shares = [Shares(name, (float(before[row] / before.sum()), float(after[row] / after.sum())))
              for row, name in zip(rows, base.names(rows), strict=True)]
    shares.append(Shares(_("all others: {n}", n=words.customers(len(others))), (
        float(before[others].sum() / before.sum()), float(after[others].sum() / after.sum()))))
    return Figure(
        title=_("Seven customers will bring {share} of what the base brings", share=Share(float(
            after[rows].sum() / after.sum()), 0)),
        subtitle=_("Share of margin, last 12 months and the next 12, by customer") if base.money == "margin" else _(
            "Share of revenue, last 12 months and the next 12, by customer"),
        svg=share_bars(shares, (_("last 12 months"), _("next 12 months"))),
        alt=ListOf([_("{name}: {before} and {after}", name=one.label, before=Share(one.shares[0], 0),
                      after=Share(one.shares[1], 0)) for one in shares]))
