"""The synthetic firm's products and services, and what is planted about each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A product: price and cost of a unit in PLN, the median quantity of a deal, how many leads ask for it (relative
    weight), its status, and the part it plays among the planted truths."""

    name: str
    kind: str
    family: str
    status: str
    launched: str
    price: int
    cost: int
    quantity: int
    leads: int
    part: str = ""


PRODUCTS = (
    Product("Pompa odśrodkowa W10", "product", "pumps", "launched", "2014-03-01", 8400, 5180, 16, 120,
            "promoted_and_good"),
    Product("Pompa wirowa W20", "product", "pumps", "launched", "2016-05-10", 12600, 7750, 12, 90),
    Product("Pompa dozująca D5", "product", "pumps", "launched", "2019-09-02", 5200, 3270, 24, 70),
    Product("Sprężarka śrubowa S30", "product", "compressors", "launched", "2015-02-16", 38000, 23400, 4, 90),
    Product("Sprężarka bezolejowa S40", "product", "compressors", "launched", "2021-10-04", 52000, 45700, 3, 50,
            "unwilling"),
    Product("Osuszacz powietrza O7", "product", "compressors", "launched", "2018-04-09", 9800, 6020, 13, 60),
    Product("Monitoring online", "service", "monitoring", "launched", "2023-03-06", 1900, 840, 60, 110, "not_ready"),
    Product("Czujnik drgań M2", "product", "monitoring", "launched", "2022-01-17", 1450, 640, 70, 60),
    Product("Zawór regulacyjny Z12", "product", "valves", "launched", "2020-06-01", 2300, 1380, 55, 80,
            "poor_quality"),
    Product("Zawór bezpieczeństwa Z8", "product", "valves", "launched", "2013-01-07", 1750, 1090, 70, 60),
    Product("Części zamienne", "product", "parts", "launched", "2010-01-04", 340, 190, 260, 90, "ready_everywhere"),
    Product("Odzysk ciepła H1", "product", "heat recovery", "launched", "2022-09-05", 29000, 14900, 4, 20, "gem"),
    Product("Umowa serwisowa", "service", "service", "launched", "2012-01-02", 4600, 2760, 20, 60),
    Product("Przegląd pompowni", "service", "service", "launched", "2017-03-13", 3100, 1900, 26, 40),
    Product("Pompa W30", "product", "pumps", "beta", "", 14200, 8800, 10, 0),
    Product("Sterownik pompowni C1", "product", "monitoring", "in_development", "", 6800, 3700, 18, 0),
    Product("Doradztwo energetyczne", "service", "service", "planned", "", 5200, 3100, 12, 0),
    Product("Sprężarka tłokowa S10", "product", "compressors", "retired", "2008-01-07", 16000, 11800, 6, 0),
)
NOT_READY, UNWILLING, POOR_QUALITY = (
    next(number for number, product in enumerate(PRODUCTS) if product.part == part)
    for part in ("not_ready", "unwilling", "poor_quality")
)
PREPARED = 600
"""Knowledge, in thousandths, from which a seller counts as prepared for a product."""


def product_id(number: int) -> str:
    """The identifier of the product at a position of PRODUCTS: P01, P02, ..."""
    return f"P{number + 1:02d}"
