"""truth.json: the planted truths, from the generator's own expectations and from its plan."""

from __future__ import annotations

from datetime import date

import numpy as np

from insights.sample import lags, plan, planted
from insights.sample.assortment import PRODUCTS, product_id
from insights.sample.book import STATES, Book
from insights.sample.calendar import MONTHS
from insights.sample.campaigns import spend_shares
from insights.sample.companies import Register
from insights.sample.customers import SPONTANEOUS, UPLIFT
from insights.sample.deals import COMPLAINTS, COMPLAINTS_POOR
from insights.sample.feedback import customers_of, mentions
from insights.sample.funnel import BLOCKERS, REASON_CLASS
from insights.sample.leads import SOURCE_NAMES, Model
from insights.sample.ledger import WORDS, Ledger
from insights.sample.lists import ITEMS, NOTICES, ROADMAP_GAPS
from insights.sample.losses import FAMILIES, Losses
from insights.sample.money import Money
from insights.sample.plan import SEGMENTS
from insights.sample.themes import LOUD, LOUD_MENTIONS, THEMES

Truth = dict[str, object]
SPANS = {"all": ("2023-10-01", "2026-10-01"), "last_year": ("2025-10-01", "2026-10-01")}
BY_YEAR = ("n_leads", "final_conversion", "win_rate", "margin_per_lead")
ALWAYS = (*BY_YEAR, "margin_per_win", "conversion_within_180", "conversion_within_210", "conversion_within_240")
_UNITS = {"n_leads": "count", "margin_per_lead": "PLN", "margin_per_win": "PLN"}


def expectations(leads: int = 12_000, seed: int = 1, twin: str | None = None, chunk: int = 1 << 16) -> Ledger:
    """The sums of a firm's expectations without writing the firm: what its estimates have to cover."""
    model = Model(Register(seed, leads), twin)
    ledger = Ledger(model, Money(model))
    for start in range(0, leads, chunk):
        ledger.add(model.leads(np.arange(start, min(start + chunk, leads), dtype=np.int64)))
    return ledger


def truths(model: Model, money: Money, ledger: Ledger, book: Book, losses: Losses) -> list[Truth]:
    """All truths of a firm: what is to be expected of each subject, and what was planted."""
    found = []
    for period in SPANS:
        for subject in _subjects():
            found += _expected(model, ledger, subject, period)
    found += [_entry("days_to_win_median", {"source": name}, lags.median(model.lag_name(code)), "days")
              for code, name in enumerate(SOURCE_NAMES)]
    found += _movement(model, ledger) + _products(model, money, losses) + _voice(model, losses)
    return found + _customers(model, book) + planted.truths(model)


def _subjects() -> list[dict[str, str]]:
    single = [{dimension: word} for dimension, words in WORDS.items() for word in words]
    whole = [{"country": country, "industry": segment.industry, "size": segment.size}
             for segment in SEGMENTS for country, _ in segment.countries]
    return [{}, *single, *whole, {"country": "DE", "size": "medium"}]


def _expected(model: Model, ledger: Ledger, subject: dict[str, str], period: str) -> list[Truth]:
    told = ALWAYS if period == "all" else BY_YEAR
    if "month" in subject:
        told = ("n_leads", "final_conversion") if period == "all" else ()
    values = {name: value for name, value in ledger.values(subject, period).items() if name in told}
    entries = []
    for measure, value in values.items():
        equal = planted.equal_to(model, subject)
        entry = _entry(measure, subject, value, _UNITS.get(measure, "share"), period,
                       _name(measure, equal, period) if equal and measure != "n_leads" else None)
        expect = planted.expected_verdict(model, measure, subject)
        entries.append(entry | {"expect": expect} if expect else entry)
    return entries


def _movement(model: Model, ledger: Ledger) -> list[Truth]:
    """What moved between the years, whether quarter ends were pushed, what more spend brings."""
    found = [_entry("conversion_change", {"by": by, "part": part}, value, "share", "last_year")
             for by in ("source", "industry", "size", "country", "origin")
             for part, value in ledger.change(by).items()]
    for number in range(12):
        kind = "push" if number in plan.PUSH_QUARTERS else "fair" if number == plan.FAIR_QUARTER else "none"
        quarter = f"{MONTHS[3 * number][:4]}Q{int(MONTHS[3 * number][5:]) // 3 + 1}"
        found.append(_entry("quarter_end", {"quarter": quarter}, kind if model.planted else "none", "kind"))
    return found + [
        _entry("marginal_to_average", {"source": source}, elasticity / 1000 if model.planted else None, "ratio")
        for source, (_, elasticity, _) in plan.BUDGETS.items() if elasticity]


def _products(model: Model, money: Money, losses: Losses) -> list[Truth]:
    """What each cause costs, and what is said of each product."""
    found = []
    for (measure, subject, period) in sorted(losses.sums):
        if measure in ("lost_wins", "lost_margin"):
            unit = "count" if measure == "lost_wins" else "PLN"
            found.append(_entry(measure, dict(subject), losses.expected(measure, dict(subject), period), unit, period))
    for family in FAMILIES:
        subject = {"family": family}
        now = losses.value("margin_now", subject)
        then = losses.value("margin_then", subject)
        found.append(_entry("discount_worth", subject, float(f"{then / now:.6g}") if now else None, "ratio"))
    shares = {"all": spend_shares(money.rates), "last_year": spend_shares(money.rates, (2,))}
    for number, product in enumerate(PRODUCTS):
        if product.leads:
            found += _product(model, losses, number, shares)
    worked = losses.value("worked", {}) / losses.value("n", {})
    found.append(_entry("raw_odds_ratio", {"speed": "within 24 hours"}, losses.raw_odds_ratio(), "ratio"))
    found.append(_entry("worked_share", {}, float(f"{worked:.6g}"), "share"))
    return found + [_entry("reason_class", {"reason": reason}, what or "none", "class")
                    for reason, what in REASON_CLASS.items()]


def _product(model: Model, losses: Losses, number: int, shares: dict[str, dict[int, float]]) -> list[Truth]:
    product, subject = PRODUCTS[number], {"product": product_id(number)}
    cause = product.part if product.part in ("not_ready", "unwilling", "poor_quality", "gem") else "none"
    complaints = COMPLAINTS_POOR if product.part == "poor_quality" and model.planted else COMPLAINTS
    leads = max(losses.value("n", subject), 1)
    sold, earned = losses.value("sold", subject), losses.value("earned", subject)
    return [
        _entry("mismatch", subject, cause if model.planted or cause == "gem" else "none", "cause"),
        _entry("worked_share", subject, float(f"{losses.value('worked', subject) / leads:.6g}"), "share"),
        _entry("unprepared_share", subject, float(f"{losses.value('unprepared', subject) / leads:.6g}"), "share"),
        _entry("complaint_rate", subject, complaints / 1000, "share"),
        _entry("margin_share", subject, float(f"{earned / sold:.6g}") if sold else None, "share"),
        *(_entry("spend_share", subject, shares[period].get(number + 1, 0.0), "share", period) for period in SPANS),
    ]


def _voice(model: Model, losses: Losses) -> list[Truth]:
    """Themes of the customers' voice and the roadmap that should answer them."""
    found = []
    of, entries = customers_of(model), mentions(model, 1)
    for theme in THEMES:
        subject = {"theme": theme.topic}
        found += [_entry("customers_of_a_theme", subject, of[theme.topic], "count"),
                  _entry("mentions_of_a_theme", subject, len(entries[theme.topic]), "count"),
                  _entry("item_of_a_theme", subject, theme.item, "item")]
    found += [_entry("mentions_of_a_theme", {"theme": LOUD.topic}, LOUD_MENTIONS, "count"),
              _entry("item_of_a_theme", {"theme": LOUD.topic}, None, "item")]
    for item, _, _, _, planned_on, first, announced, _ in ITEMS:
        told = [when for which, _, when, _ in NOTICES if which == item]
        subject = {"item": item}
        found += [_entry("slip_days", subject, _days(first, planned_on), "days"),
                  _entry("roadmap_gap", subject, ROADMAP_GAPS[item], "gap")]
        if announced and told:
            found.append(_entry("days_told_before_announced", subject, _days(min(told), announced), "days"))
    return found + [_entry("lost_for_blocker", {"item": blocker.item},
                           losses.value("lost_for_blocker", {"item": blocker.item}), "count") for blocker in BLOCKERS]


def _days(since: str, until: str) -> int:
    return (date.fromisoformat(until) - date.fromisoformat(since)).days


def _customers(model: Model, book: Book) -> list[Truth]:
    """What became of the customers, and the win-back."""
    sums, lapsed = book.sums, book.sums["lapsed_waves"]
    hope = sums["hope"] / lapsed / 1000 if lapsed else sum(SPONTANEOUS) / 2000
    product = {"cause": "poor_quality", "product": "P09"}
    poor = [_entry(f"lost_{what}", product, sums[f"lost_{what}@{period}"] / 1000 if model.planted else 0, unit, period)
            for what, unit in (("orders", "count"), ("margin", "PLN")) for period in SPANS]
    return [
        _entry("customers", {}, sums["customers"], "count"),
        *(_entry("customers", {"state": state}, sums[state], "count") for state in STATES),
        _entry("orders_next_year", {}, sums["orders_next_year"], "count"),
        _entry("margin_next_year", {}, sums["margin_next_year"], "PLN"),
        _entry("spontaneous_return_share", {}, hope, "share"),
        _entry("win_back_uplift", {}, UPLIFT / 1000 if model.planted else 0.0, "share"),
        *poor,
    ]


def _entry(measure, subject, value, unit, period="all", equal_to=None) -> Truth:
    entry = {"id": _name(measure, subject, period), "measure": measure, "subject": subject, "value": value,
             "unit": unit, "equal_to": equal_to}
    return entry if period == "all" else entry | {"period": list(SPANS[period])}


def _name(measure: str, subject: dict[str, str], period: str) -> str:
    inside = ",".join(f"{key}={subject[key]}" for key in sorted(subject))
    return f"{measure}[{inside}]" + ("" if period == "all" else f"@{period}")
