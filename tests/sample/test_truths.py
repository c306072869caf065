"""What was planted is there, and what is said to be expected is what comes out on average."""

import numpy as np
import pytest

from insights.sample import expectations, plan
from insights.sample.calendar import END, MINUTES, YEAR_THREE, quarter_of
from insights.sample.companies import COUNTRY_CODES, INDUSTRY_CODES, SIZE_NAMES, Register
from insights.sample.leads import SOURCE_NAMES, Model
from insights.sample.ledger import WORDS, tally
from insights.sample.money import COSTS, PRICES, Money
from insights.sample.rng import ONE

MANY = 400_000


def firm(leads=MANY, seed=1, twin=None):
    model = Model(Register(seed, leads), twin)
    return model, model.leads(np.arange(leads))


@pytest.fixture(scope="module")
def large():
    return firm()


@pytest.fixture(scope="module")
def null():
    return firm(twin="null")


def cell(leads, industry=None, size=None, country=None):
    firms, chosen = leads.firms, np.ones(len(leads.number), dtype=bool)
    for codes, words, word in ((firms.industry, INDUSTRY_CODES, industry), (firms.size, SIZE_NAMES, size),
                               (firms.country, COUNTRY_CODES, country)):
        if word:
            chosen &= codes == words.index(word)
    return chosen


def odds_ratio(leads, one, other):
    rates = [leads.wins[chosen].mean() for chosen in (one, other)]
    return rates[0] / (1 - rates[0]) / (rates[1] / (1 - rates[1]))


@pytest.mark.parametrize(("one", "other", "planted"), [
    (("C28", "medium", "CZ"), ("C25", "medium", "CZ"), 2.2),
    (("C28", "medium", "DE"), ("C25", "medium", "DE"), 2.2),
    (("C10", "small", "PL"), ("C25", "small", "PL"), 1.6),
    (("C25", "medium", "PL"), ("C25", "large", "PL"), 1.3),
    (("C25", None, "DE"), ("C25", None, "AT"), 1.4),
    (("F43", None, None), ("G46", None, None), 0.7),
    (("G46", None, None), ("H49", None, None), 1.0),
    (("G46", None, "SK"), ("G46", None, "HU"), 1.0),
])
def test_planted_odds_ratios_are_recovered_by_counting(large, one, other, planted):
    _, leads = large
    sides = cell(leads, *one), cell(leads, *other)
    wins = [leads.wins[side].sum() for side in sides]
    # Mixing over other effects draws a ratio of odds towards one by a few percent; 1.2 for clusters of a company.
    error = 2.6 * 1.2 * (1 / wins[0] + 1 / wins[1]) ** 0.5 + 0.05
    assert abs(np.log(odds_ratio(leads, *sides) / planted)) < error


def test_nothing_is_planted_in_the_null_twin(null):
    model, leads = null
    chances = leads.chance[leads.worked]
    quarters = quarter_of(leads.created // MINUTES)[leads.worked]
    assert all(len(np.unique(chances[(quarters == k) & ~leads.afterthought[leads.worked]])) == 1 for k in range(12))
    assert len({model.lag_name(code) for code in range(len(SOURCE_NAMES))}) == 1
    assert odds_ratio(leads, cell(leads, "C28", "medium", "DE"), cell(leads, "C25")) == pytest.approx(1, abs=0.12)


def test_equal_sources_end_equal_and_arrive_at_different_times(large):
    _, leads = large
    rate = {name: leads.wins[leads.source == code].mean() for code, name in enumerate(SOURCE_NAMES)}
    assert rate["web"] == pytest.approx(rate["fair"], rel=0.08)
    assert rate["portal"] < 0.8 * rate["web"] and rate["tender"] > 1.4 * rate["web"]
    days = (leads.closes - leads.created) // MINUTES
    real = leads.wins & ~leads.afterthought
    medians = [np.median(days[real & (leads.source == SOURCE_NAMES.index(name))]) for name in ("web", "portal", "fair")]
    assert medians == pytest.approx([25, 60, 120], abs=4)


def test_the_better_source_is_better_in_every_size_and_worse_overall(large):
    _, leads = large
    partner, distributor = (leads.source == SOURCE_NAMES.index(name) for name in ("partner", "distributor"))
    share = leads.chance / ONE
    for size in SIZE_NAMES[:3]:
        here = cell(leads, size=size)
        assert share[here & partner].mean() > share[here & distributor].mean()
    assert share[partner].mean() < share[distributor].mean()


@pytest.mark.parametrize(("twin", "planted"), [(None, 0.2), ("null", 0.2), ("misspecified", 0.35)])
def test_leads_of_a_company_are_correlated(twin, planted):
    _, leads = firm(twin=twin)
    order = np.argsort(leads.firms.number, kind="stable")
    together = np.flatnonzero(np.diff(leads.firms.number[order]) == 0)
    share = leads.chance / ONE
    surprise = (leads.wins - share)[order]
    spread = (share * (1 - share))[order]
    correlation = (surprise[together] * surprise[together + 1]).mean() / spread[together].mean()
    assert correlation == pytest.approx(planted, abs=0.03)


def test_planted_segments_have_exactly_their_size():
    leads = firm(12_000)[1]
    sizes = [int((leads.firms.segment == number).sum()) for number in range(len(plan.SEGMENTS))]
    assert sizes == [600, 600, 80, 40]
    for number, segment in enumerate(plan.SEGMENTS):
        everywhere = sum(cell(leads, segment.industry, segment.size, code).sum() for code, _ in segment.countries)
        assert everywhere == sizes[number], "nobody else falls into the combination"


def test_the_decoy_has_three_wins_and_one_of_them_is_an_eighth_of_a_year():
    for seed in (1, 2, 3):
        model, leads = firm(12_000, seed)
        money = Money(model)
        margin = money.quantity(leads) * (PRICES[leads.sold] * (1000 - leads.discount) / 1000 - COSTS[leads.sold])
        decoy = leads.won & (leads.firms.segment == plan.ONE_DEAL)
        assert decoy.sum() == 3
        year = leads.won & (leads.closes // MINUTES >= YEAR_THREE)
        large = leads.number == model.one_deal
        assert 0.09 < margin[large & year].sum() / margin[year].sum() < 0.18


def test_expectations_are_what_comes_out_on_average():
    """Pooled over forty firms: the realised sums lie on the expected ones within their Monte Carlo error."""
    subjects = [{}, {"industry": "C28"}, {"size": "medium"}, {"country": "DE"}, {"source": "tender"},
                {"industry": "C28", "size": "medium", "country": "DE"}]
    expected = np.zeros((len(subjects), 3))
    counted = np.zeros((len(subjects), 3))
    for seed in range(1, 41):
        leads = firm(12_000, seed)[1]
        ledger = expectations(12_000, seed)
        age = END - 1 - leads.created // MINUTES
        days = (leads.closes - leads.created) // MINUTES
        for row, subject in enumerate(subjects):
            chosen = _recorded(ledger, leads, subject)
            sums = ledger.sums(subject)
            assert sums["n"] == chosen.sum()
            expected[row] += sums["won"] / ONE, sums["won_by_end"] / ONE, sums["won_within_180"] / ONE
            within = leads.wins & (age >= 180) & (days <= 180)
            counted[row] += leads.wins[chosen].sum(), leads.won[chosen].sum(), within[chosen].sum()
    error = 3.0 * 1.2 / expected**0.5
    assert (np.abs(counted / expected - 1) < error + 0.005).all(), counted / expected


def _recorded(ledger, leads, subject):
    codes = ledger.codes(leads)
    chosen = np.ones(len(leads.number), dtype=bool)
    for dimension, word in subject.items():
        chosen &= codes[dimension] == WORDS[dimension].index(word)
    return chosen


def test_expected_margins_are_what_deals_bring(large):
    model, leads = large
    money = Money(model)
    margin = money.quantity(leads) * (PRICES[leads.sold] * (1000 - leads.discount) / 1000 - COSTS[leads.sold])
    usual = leads.number != model.one_deal
    expected = money.expected_margin(leads)
    for segment in (-1, 0, 1):
        chosen = leads.wins & usual & (leads.firms.segment == segment)
        assert margin[chosen].sum() / expected[chosen].sum() == pytest.approx(1, abs=0.05)
    values = expectations(60_000).values({})
    key = expectations(60_000).values({"industry": "C28", "size": "medium", "country": "DE"})
    cheap = expectations(60_000).values({"industry": "C10", "size": "small", "country": "PL"})
    assert key["margin_per_lead"] > 3 * values["margin_per_lead"]
    assert cheap["final_conversion"] > 1.2 * values["final_conversion"]
    assert cheap["margin_per_lead"] < 0.6 * values["margin_per_lead"]


def test_base_conversion_is_six_in_a_hundred():
    rates = [expectations(12_000, seed).values({})["final_conversion"] for seed in range(1, 13)]
    assert np.mean(rates) == pytest.approx(0.062, abs=0.003)


def test_subjects_that_were_not_summed_together_are_refused():
    with pytest.raises(KeyError, match="team"):
        expectations(300).values({"team": "DACH", "country": "DE"})


def test_sums_are_exact_beyond_the_precision_of_doubles():
    values = np.array([2**61 + 1, 3, -(2**40) - 7, 2**61 + 1], dtype=np.int64)
    assert tally(np.array([0, 1, 1, 0]), values, 3).tolist() == [2**62 + 2, 3 - 2**40 - 7, 0]
