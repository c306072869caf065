"""The strategy as it speaks of a part of the firm: what was agreed for the whole is not judged by one country."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from insights.strategy.model import Strategy

_GROUPS = {"country": "countries", "industry": "industries", "size": "sizes"}


def for_part(
    strategy: Strategy, dimension: str, values: Collection[str], products: Collection[str] | None = None,
) -> Strategy:
    """The version with those clauses that can be kept or broken within one part: not the clause that chose the part,
    and of the targets only those of this team, or of its products. `products` are the part's own where it is a family
    of them; then clauses about other products are left out."""
    key_customer = strategy.key_customer
    if dimension in _GROUPS:
        key_customer = replace(key_customer, **{_GROUPS[dimension]: ()})

    def own(product: str) -> bool:
        return products is None or product in products

    kpis = tuple(k for k in strategy.kpis
                 if (dimension == "team" and k.team in values) or (products is not None and k.product in products))
    return replace(
        strategy, key_customer=key_customer, kpis=kpis, promote=tuple(filter(own, strategy.promote)),
        hold=tuple(filter(own, strategy.hold)), new_products=tuple(p for p in strategy.new_products if own(p.id)))
