"""What was planted on purpose: effects, equals and decoys, each with what a good report says of it.

The documentation page and the last part of truth.json are both made from `PLANTS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from insights.sample import plan
from insights.sample.agreement import CLAUSES
from insights.sample.assortment import product_id
from insights.sample.leads import Model

_RECORDED = "recorded by the detectors, and said"


@dataclass(frozen=True)
class Plant:
    """One planted truth: its name, measure, subject, value (null twin: `none`), and what a good report says."""

    name: str
    measure: str
    subject: tuple[tuple[str, str], ...]
    value: float | str
    unit: str
    none: float | str | None
    says: str


def _plant(name, measure, subject, value, unit, none, says) -> Plant:
    return Plant(name, measure, tuple(sorted(subject.items())), value, unit, none, says)


def _odds(name, subject, milli, says) -> Plant:
    return _plant(name, "odds_ratio", subject, milli / 1000, "ratio", 1.0, says)


_SEGMENT_PLANTS = tuple(
    _odds(f"{segment.name} segment", {"industry": segment.industry, "size": segment.size, "country": country},
          segment.odds, segment.says)
    for segment in plan.SEGMENTS for country, _ in segment.countries
)
_MAIN_PLANTS = tuple(
    _odds("main effect", {dimension: word}, odds, "a main effect: no separate combination is claimed for it")
    for dimension, words in (("industry", plan.INDUSTRIES), ("size", plan.SIZES), ("country", plan.COUNTRIES))
    for word, _, odds in words if odds != 1000
)
PLANTS = (
    *_SEGMENT_PLANTS,
    *_MAIN_PLANTS,
    _plant("key segment", "margin_per_win_ratio", {"industry": "C28", "size": "medium"}, 1.5, "ratio", 1.0,
           "deals of the key segment are half as large again"),
    _plant("one deal", "share_of_year_margin", {"industry": "D35"}, 0.12, "share", 0.0,
           "not a winner: without its largest deal nothing is left"),
    _odds("Simpson pair", {"source": "partner"}, 1250,
          "partner leads win more often than distributor leads in every size band and less often overall: mix named"),
    _odds("speed of first contact", {"speed": "within 24 hours"}, plan.FAST_ODDS,
          "the interval holds 1.25; the raw odds ratio is higher, because good leads are called first"),
    _plant("unworked leads", "unworked_share", {}, 0.12, "share", 0.12,
           "the share is said, and that weak leads are left"),
    _odds("not ready product", {"product": "P07"}, plan.UNREADY_ODDS,
          "unprepared sellers win fewer leads for the monitoring: priced, with the seller taken into account"),
    _odds("ready everywhere decoy", {"product": "P11"}, 1000, "little knowledge does no harm: not flagged"),
    _odds("price", {"discount": "5 points more"}, plan.DISCOUNT_ODDS,
          "a discount wins deals and costs margin: the trade-off in profit"),
    _plant("mix shift", "share_change", {"source": "portal"}, 0.12, "share", 0.0,
           "the weak source's share grew in the third year: mix"),
    _odds("quality fall", {"origin": "marketing", "period": "third year"}, plan.YEAR_THREE_MARKETING,
          "marketing's leads only, self-generated leads unchanged: not blamed on sales"),
    _odds("rate fall", {"team": plan.RATE_FALL[0], "period": "2025Q2 to 2025Q3"}, plan.RATE_FALL[2],
          "a rate, at the level of the team: two of its four sellers left the day before"),
    *(_plant("sold instead", "sold_instead_share", {"product": product_id(asked), "sold": product_id(sold)},
             plan.SWITCHED / 1000, "share", plan.SWITCHED / 1000, "what was asked for is told from what was sold")
      for asked, sold in plan.SWITCHES.items()),
    *(_plant("leaver", "last_day", {"seller": f"S{seller + 1:02d}"}, plan.LEFT.isoformat(), "date",
             plan.LEFT.isoformat(), "their leads are two others' from the next day") for seller in plan.LEAVERS),
    _odds("quarter-end push", {"origin": "marketing", "period": "last seven days of seven quarters"}, plan.PUSH_ODDS,
          "found: 2.4 times as many leads, each worth a quarter"),
    _odds("innocent fair", {"source": "fair", "period": "last seven days of 2026Q1"}, 1000, "not accused"),
    _plant("never closed", "never_closed_share", {}, 0.30, "share", 0.30, _RECORDED),
    _plant("bulk closing", "bulk_closed_share", {}, 0.25, "share", 0.25, _RECORDED),
    _plant("entered afterwards", "zero_duration_share", {}, 0.05, "share", 0.05, _RECORDED),
    _plant("migration day", "migration_day", {}, "2024-02-01", "date", "2024-02-01", _RECORDED),
    _plant("poor quality", "repeat_order_loss", {"product": "P09"}, 0.35, "share", 0.0,
           "complaints 9% against 2%, win rate unchanged: the loss is in repeat orders"),
    _plant("unwilling", "margin_share", {"product": "P05"}, 0.06, "share", 0.06,
           "sellers do not want to sell what earns nothing: the cause is the margin"),
    _plant("heavy tail", "top_ten_margin_share", {}, 0.38, "share", 0.38, "concentration is said"),
    _plant("technical director decides", "decider_share", {"role": "technical director"}, 0.6, "share", 0.6,
           "campaigns address purchasing: the gap and the missing share are said, no causal claim"),
    _plant("recorded late", "late_role_share", {}, 0.5, "share", 0.5,
           "deciders entered only at the opportunity, the others within ten days, whatever becomes of the lead"),
    _plant("not recorded", "missing_role_share", {}, 0.3, "share", 0.3, "roles of people in leads that nobody wrote"),
    _plant("board contact decoy", "odds_ratio", {"role": "board, added after the offer"}, 1.0, "ratio", 1.0,
           "not credited"),
    _plant("rhythm", "share_of_customers", {"state": "contract"}, 0.155, "share", 0.155,
           "judged by their own rhythm"),
    _plant("rhythm", "share_of_customers", {"state": "seasonal"}, 0.11, "share", 0.11,
           "not called lapsed out of season"),
    _plant("rhythm", "share_of_customers", {"state": "one_time"}, 0.35, "share", 0.35, "a state of their own"),
    _plant("rhythm", "share_of_customers", {"state": "irregular"}, 0.39, "share", 0.39,
           "called late by their own gaps only"),
    _plant("gone for good", "share_of_customers", {"state": "gone"}, 0.08, "share", 0.08, "lapsed"),
    _plant("come back unasked", "share_of_customers", {"state": "returned"}, 0.06, "share", 0.06,
           "no win-back is credited with them"),
    _plant("loud customer", "customers_of_a_theme", {"theme": "custom paint"}, 1, "count", 1,
           "forty mentions by one customer: needs are counted by customers"),
    _plant("one company's leads", "intraclass_correlation", {}, 0.2, "ratio", 0.2,
           "intervals are clustered by company"),
)

EQUALS = (
    ({"industry": "G46"}, {"industry": "H49"}),
    ({"country": "SK"}, {"country": "HU"}),
    ({"region": "Śląskie"}, {"region": "Lubelskie"}),
    ({"source": "web"}, {"source": "fair"}),
    ({"team": "PL North"}, {"team": "PL South"}),
)
"""Pairs with the same law and different numbers of leads; what is expected of them differs by their leads' mix only."""
_CONVERSIONS = ("final_conversion", "margin_per_lead")


def equal_to(model: Model, subject: dict[str, str]) -> dict[str, str] | None:
    """The subject that has the same truth, if one was planted; in the null twin every word of a dimension has."""
    for first, second in EQUALS:
        if subject == first:
            return second
        if subject == second:
            return first
    return None


def expected_verdict(model: Model, measure: str, subject: dict[str, str]) -> str | None:
    """What a good report says: higher, no_clear_difference, too_few_to_say or not_recommended; None if not planted."""
    if measure not in _CONVERSIONS or not subject:
        return None
    if not model.planted:
        return "no_clear_difference"
    for segment in plan.SEGMENTS:
        whole = {"industry": segment.industry, "size": segment.size}
        if subject in [whole | {"country": country} for country, _ in segment.countries]:
            return segment.expect
    if subject in ({"industry": "C28"}, {"size": "medium"}, {"country": "DE"}):
        return "higher"
    if subject == {"industry": "D35"}:
        return "not_recommended"
    if any(subject in pair for pair in EQUALS[:3]):
        return "no_clear_difference"
    return None


def truths(model: Model) -> list[dict[str, object]]:
    """The entries of truth.json for what was planted, whatever its subject."""
    return [
        {"id": f"{plant.measure}.{plant.name.replace(' ', '_')}[{','.join(f'{k}={v}' for k, v in plant.subject)}]",
         "measure": plant.measure, "subject": dict(plant.subject),
         "value": plant.value if model.planted else plant.none, "unit": plant.unit,
         "equal_to": None, "says": plant.says}
        for plant in PLANTS
    ] + [
        {"id": f"clause[clause={clause}]", "measure": "clause", "subject": {"clause": clause},
         "value": verdict if model.planted else None, "unit": "verdict", "equal_to": None, "says": why}
        for clause, verdict, why in CLAUSES
    ]
