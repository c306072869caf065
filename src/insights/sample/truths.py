"""truth.json: the planted truths, from the generator's own expectations and from its plan."""

from __future__ import annotations

import numpy as np

from insights.sample import lags, planted
from insights.sample.book import STATES, Book
from insights.sample.companies import Register
from insights.sample.customers import SPONTANEOUS, UPLIFT
from insights.sample.leads import SOURCE_NAMES, Model
from insights.sample.ledger import WORDS, Ledger
from insights.sample.money import Money
from insights.sample.plan import SEGMENTS

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


def truths(model: Model, ledger: Ledger, book: Book) -> list[Truth]:
    """All truths of a firm: what is to be expected of each subject, and what was planted."""
    found = []
    for period in SPANS:
        for subject in _subjects():
            found += _expected(model, ledger, subject, period)
    found += [_entry("days_to_win_median", {"source": name}, lags.median(model.lag_name(code)), "days")
              for code, name in enumerate(SOURCE_NAMES)]
    return found + _customers(model, book) + planted.truths(model)


def _subjects() -> list[dict[str, str]]:
    single = [{dimension: word} for dimension, words in WORDS.items() for word in words]
    whole = [{"country": country, "industry": segment.industry, "size": segment.size}
             for segment in SEGMENTS for country, _ in segment.countries]
    return [{}, *single, *whole, {"country": "DE", "size": "medium"}]


def _expected(model: Model, ledger: Ledger, subject: dict[str, str], period: str) -> list[Truth]:
    told = ALWAYS if period == "all" else BY_YEAR
    values = {name: value for name, value in ledger.values(subject, period).items() if name in told}
    entries = []
    for measure, value in values.items():
        equal = planted.equal_to(model, subject)
        entry = _entry(measure, subject, value, _UNITS.get(measure, "share"), period,
                       _name(measure, equal, period) if equal and measure != "n_leads" else None)
        expect = planted.expected_verdict(model, measure, subject)
        entries.append(entry | {"expect": expect} if expect else entry)
    return entries


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
