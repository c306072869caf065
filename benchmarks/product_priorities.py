"""The product priorities over firms with planted mismatches: is each found with its cause, does its interval hold the
planted loss, and is no decoy flagged."""

from __future__ import annotations

import os
from collections.abc import Iterator

from benchmarks.measure import Result
from benchmarks.seeds import Case, each

SEEDS = int(os.environ.get("INSIGHTS_BENCH_SEEDS", "200"))
CAUSES = {"P07": ("not_prepared", "not_ready"), "P05": ("not_willing", "unwilling"),
          "P09": ("poor_quality", "poor_quality")}
DECOYS = ("P01", "P11")


def missing_of_new_customers(seed: int, leads: int = 12_000) -> float:
    """Margin of the last year's repeat orders that stayed away from customers who bought the product of poor quality
    first, within the records: truth.json counts old customers too, whose first purchase no table holds."""
    import numpy as np

    from insights.sample.book import Book
    from insights.sample.calendar import MINUTES, START
    from insights.sample.companies import Register
    from insights.sample.deals import Orders
    from insights.sample.feedback import Complaints
    from insights.sample.leads import Model
    from insights.sample.money import Money

    class NewOnly(Book):
        """Takes down customers whose first order the data hold."""

        def add(self, customers, lives, position, nth) -> None:
            if (customers.since >= START * MINUTES).any():
                super().add(customers, lives, position, nth)

    model = Model(Register(seed, leads), None)
    book = NewOnly(False)
    Orders(model, Money(model), book, Complaints(model, 0)).of_leads(model.leads(np.arange(leads)), (6, 6))
    return book.sums["lost_margin@last_year"] / 1000


def look(case: Case) -> dict:
    """What the page says of one firm: causes by product, prices with the planted loss of the last year."""
    from insights.topics import product_priorities as topic
    from insights.topics import product_priorities_mismatch as kinds

    result = topic.judge(case.firm)
    found = {(m.product.id, m.cause) for m in result.mismatches}
    priced = {}
    for product, (_cause, planted) in CAUSES.items():
        item = result.assortment.products[product]
        of = {"P07": kinds.of_readiness, "P05": kinds.of_willingness, "P09": kinds.of_quality}[product]
        case_of = of(result.assortment, item)
        truth = (missing_of_new_customers(case.seed) if planted == "poor_quality" else
                 case.truths[f"lost_margin[cause={planted},product={product}]@last_year"]["value"])
        if case_of is not None and case_of.worth is not None:
            worth = case_of.worth
            priced[product] = (worth.value, worth.low, worth.high, truth)
    return {
        "seed": case.seed, "found": sorted(found), "priced": priced, "gems": [g.id for g in result.gems],
        "clauses": {f.clause_id: str(f.verdict) for f in result.findings if f.clause is not None}}


def run() -> Iterator[Result]:
    """Shares of seeds with their Monte Carlo error in the note."""
    looks = list(each(look, range(1, SEEDS + 1)))
    n = len(looks)
    held = []
    for product, (cause, _planted) in CAUSES.items():
        hits = sum((product, cause) in look_["found"] for look_ in looks) / n
        wrong = sum(any(p == product and c != cause for p, c in look_["found"]) for look_ in looks) / n
        yield Result(f"priorities_found_{cause}", hits, "share", None, "what was planted", note=f"{n} seeds")
        yield Result(f"priorities_wrong_cause_{cause}", wrong, "share", 0.10, "what was planted", note=f"{n} seeds")
        prices = [look_["priced"][product] for look_ in looks if product in look_["priced"]]
        inside = [low <= truth <= high for _value, low, high, truth in prices]
        held += inside
        yield Result(f"priorities_covered_{cause}", sum(inside) / max(len(inside), 1), "share", None,
                     "the planted loss of the last year", note=f"{len(inside)} of {n} seeds priced")
    error = 1.645 * (0.9 * 0.1 / max(len(held), 1)) ** 0.5
    yield Result("priorities_covered", sum(held) / max(len(held), 1), "share", 0.94 + error,
                 "the planted losses of the last year, pooled", floor=0.86 - error,
                 note=f"{len(held)} intervals, Monte Carlo error {error:.3f}")
    flagged = sum(any(p in DECOYS for p, _c in look_["found"]) for look_ in looks) / n
    yield Result("priorities_decoys_flagged", flagged, "share", 0.10, "two planted decoys", note=f"{n} seeds")
    gems = sum("P12" in look_["gems"] for look_ in looks) / n
    yield Result("priorities_found_unpromoted", gems, "share", None, "the planted gem", note=f"{n} seeds")
