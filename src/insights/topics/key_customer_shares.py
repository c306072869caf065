"""Customers, money and campaign spend by group, each as a share of its whole, in the period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insights.topics.key_customer_profile import Profile

OTHER = "other"


@dataclass(frozen=True)
class GroupShares:
    """A group's share of customers won, of margin (or revenue), and of the spend that has a declared target; None
    where the whole is nothing."""

    label: str
    customers: float | None
    money: float | None
    spend: float | None

    @property
    def shares(self) -> tuple[float | None, float | None, float | None]:
        """The three shares in their order."""
        return self.customers, self.money, self.spend


def shares(profile: Profile, dimension: str) -> list[GroupShares]:
    """Every group of the dimension that has a customer or is addressed, the most customers first.

    Customers are companies with a won lead created in the period; the groups' shares are of those whose group is known.
    Groups under the minimum size stand together as OTHER, unless a campaign addresses them by name.
    """
    cells = profile.cells["period"]
    kind = profile.dimensions[dimension].money
    column = "margin" if kind is not None and kind.key == "margin_per_lead" else "revenue"
    spend: dict[str, float] = {}
    for row in profile.addressed:
        if row[dimension]:
            spend[row[dimension]] = spend.get(row[dimension], 0.0) + row["spend"]
    small = {group.label for group in profile.dimensions[dimension].groups if group.small} - set(spend)
    members = {label: {label} for label in {*cells.labels(dimension), *spend} - small}
    if small:
        members[OTHER] = small
    labels = sorted(members)
    counted = {label: (cells.count("customers", cells.mask(dimension, members[label])),
                       cells.count(column, cells.mask(dimension, members[label]))) for label in labels}
    customers, money = (sum(values[i] for values in counted.values()) for i in (0, 1))
    rows = [
        GroupShares(label, _share(counted[label][0], customers), _share(counted[label][1], money),
                    _share(spend.get(label, 0.0), sum(spend.values())))
        for label in labels if counted[label][0] or spend.get(label)]
    return sorted(rows, key=lambda row: (row.label == OTHER, -(row.customers or 0), row.label))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
