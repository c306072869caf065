"""Lead value: recovery of planted chances, the guard against leaks, censoring, forward choice, reasons."""

import numpy as np
import pyarrow as pa
import pytest

from insights.models.lead_value import (
    Bins,
    Cases,
    area_under_curve,
    calibration,
    combining,
    gains,
    learn,
    separates,
    stability,
)
from insights.models.lead_value import logistic as additive
from insights.models.lead_value.combining import combine
from insights.models.lead_value.forward import ADDITIVE, WHOLE, fit_experts

ONLY = ((ADDITIVE, WHOLE),)
COUNTRIES = np.array(["PL", "DE", "CZ", "AT"])
SOURCES = np.array(["web", "fair", "partner"])


def planted(n, seed, effect=1.0):
    """A table of features and the true chance of each case."""
    rng = np.random.default_rng(seed)
    country, source = rng.integers(0, 4, n), rng.integers(0, 3, n)
    size = rng.lognormal(3, 1, n)
    logit = -2.2 + effect * (np.array([0, 0.8, -0.5, 0.2])[country] + np.array([0, 0.5, -0.7])[source]
                             + 0.4 * np.tanh(np.log(size) - 3))
    table = pa.table({"country": COUNTRIES[country], "source": SOURCES[source], "employees": size})
    return table, 1 / (1 + np.exp(-logit)), rng


def logistic_of(table, won):
    bins = Bins.of(table)
    codes = bins.codes(table)
    ordered = np.array([c.ordered for c in bins.columns])
    return bins, additive.fit(codes, bins.sizes, ordered, won.astype(float), np.ones(len(won)), covariance=True)


def test_recovery_intervals_hold_the_true_chances():
    """Pooled over cases and fifteen firms, 90% intervals hold the truth in 86 to 97% (bins of a smooth effect make them
    a little wide)."""
    held = []
    for seed in range(15):
        table, p, rng = planted(3000, seed)
        bins, model = logistic_of(table, rng.random(3000) < p)
        codes = bins.codes(table)
        logits, error = model.logits(codes), model.errors(codes)
        truth = np.log(p / (1 - p))
        held.append(np.mean(np.abs(logits - truth) <= 1.6449 * error))
    assert 0.86 <= np.mean(held) <= 0.97


def test_truth_the_fit_is_scikit_learns_for_the_same_penalty():
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    table, p, rng = planted(4000, 3)
    table = table.select(["country", "source"])
    won = rng.random(4000) < p
    bins, model = logistic_of(table, won)
    codes = bins.codes(table)
    x = OneHotEncoder().fit_transform(codes.T)
    theirs = LogisticRegression(C=1 / model.penalty, tol=1e-10, max_iter=5000).fit(x, won)
    assert np.abs(theirs.decision_function(x) - model.logits(codes)).max() < 1e-4


def test_specification_weights_of_cases_cut_off_by_the_calendar():
    """Ten leads, horizon 10 days, looked at on day 20 and followed 20, 5 or 12 days."""
    at = np.array([0.0] * 4 + [15.0] * 4 + [8.0] * 2)
    ends = np.array([5, np.inf, 12, 20, 3, np.inf, np.inf, 30, np.inf, 9], dtype=float)
    won = np.array([1, 0, 1, 0, 1, 0, 0, 1, 0, 1], dtype=bool)
    cases = Cases(pa.table({"x": np.arange(10)}), at, ends, won, horizon=10.0)
    y, w = cases.known(20.0)
    assert y.tolist() == [1, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    # Those that needed ten days stand for the share 6 of 10 followed so long; the win after 3 days was sure to be seen.
    assert w == pytest.approx([1.0, 10 / 6, 10 / 6, 10 / 6, 1.0, 0, 0, 0, 10 / 6, 10 / 6], abs=1e-12)
    assert cases.known(-1.0)[1].sum() == 0


def test_recovery_leads_too_young_do_not_lower_the_chance():
    """Half the leads came in lately: counted as lost they halve the rate, weighted they leave it."""
    rng = np.random.default_rng(5)
    n = 20_000
    at, wait = rng.uniform(0, 200, n), rng.exponential(40, n)
    wins = rng.random(n) < 0.3
    cases = Cases(pa.table({"x": np.zeros(n)}), at, np.where(wins, wait, np.inf), wins, horizon=100.0)
    y, w = cases.known(200.0)
    truth = 0.3 * (1 - np.exp(-100 / 40))
    assert (w @ y) / w.sum() == pytest.approx(truth, abs=0.012)


def test_recovery_cases_that_stand_in_for_others_are_not_taken_for_many():
    """Leads of eight months, one in nine of them followed to the end and standing in for the others: thirty columns of
    pure chance tell nothing apart, and the mean chance stays near the truth."""
    ratios, apart = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n, day, horizon = 2400, 225.0, 200.0
        at = rng.uniform(0, day, n)
        won = rng.random(n) < 0.08
        lost = np.where(rng.random(n) < 0.3, rng.lognormal(3.3, 0.8, n), np.inf)
        ends = np.where(won, rng.lognormal(4, 0.6, n), lost)
        names = np.array([f"v{k}" for k in range(6)])
        table = pa.table({f"c{k}": names[rng.integers(0, 6, n)] for k in range(30)})
        cases = Cases(table, at, np.floor(ends), won, horizon)
        expert = fit_experts(cases, day, ONLY)[0]
        fresh = pa.table({f"c{k}": names[rng.integers(0, 6, 3000)] for k in range(30)})
        logits = expert.logits(fresh)
        p = 1 / (1 + np.exp(-logits))
        apart.append(logits.std())
        ratios.append(p.mean() / (won & (ends <= horizon)).mean())
    assert np.mean(apart) < 0.2
    assert abs(np.mean(ratios) - 1) < 0.1


def test_quarters_that_differ_by_chance_shift_little_and_a_lasting_drift_does():
    rng = np.random.default_rng(0)
    block = np.repeat(np.arange(6), 3000)
    logits = np.full((1, len(block)), -2.0)

    def found(shift):
        y = (rng.random(len(block)) < 1 / (1 + np.exp(2.0 - np.asarray(shift)[block]))).astype(float)
        return combine(logits, y, np.ones(len(y)), block)

    chance = found([0.25, -0.2, 0.2, -0.25, 0.1, 0.3])
    assert abs(chance.intercept) < 0.12
    assert chance.spread > 0.15
    assert found([0.3, 0.5, 0.6, 0.8, 0.9, 1.0]).intercept > 0.8
    assert found([0.0] * 6).spread < 0.1


def test_truth_the_level_of_the_block_to_come_is_that_of_the_joint_normal_distribution():
    rng = np.random.default_rng(3)
    logits, block = rng.normal(-1, 0.5, (1, 4000)), np.repeat(np.arange(5), 800)
    y = (rng.random(4000) < 1 / (1 + np.exp(-logits[0] - np.array([0.1, -0.3, -0.2, -0.5, -0.4])[block]))).astype(float)
    found = combine(logits, y, np.ones(4000), block)
    shift, information = combining._shifts(logits[0], y, np.ones(4000), block)
    steps, nodes = np.minimum.outer(np.arange(1, 6), np.arange(1, 6)), []
    for wander in combining._DEVIATIONS:
        for differ in combining._DEVIATIONS:
            cov = wander**2 * steps + np.diag(differ**2 + 1 / information)
            ahead = np.linalg.solve(cov, wander**2 * np.arange(1.0, 6))
            told = -(np.linalg.slogdet(cov)[1] + shift @ np.linalg.solve(cov, shift)) / 2
            nodes.append((told - np.log(2) * (wander + differ) / combining.USUAL, ahead @ shift))
    told, level = np.array(nodes).T
    w = np.exp(told - told.max()) / np.exp(told - told.max()).sum()
    assert found.intercept == pytest.approx(w @ level, rel=1e-9)


def test_recovery_a_change_is_seen_in_leads_that_are_still_young():
    rng = np.random.default_rng(0)
    n, horizon, day = 20_000, 300.0, 1000.0
    at = np.sort(rng.uniform(0, day, n))
    won = rng.random(n) < np.where(at < 700, 0.2, 0.1)
    ends = np.where(won, rng.exponential(80, n), np.inf)
    in_time = won & (ends <= horizon)
    cases = Cases(pa.table({"x": np.zeros(n)}), at, ends, won, horizon)
    y, seen = cases.watched(day)
    settled = at <= day - horizon
    assert np.array_equal(y[settled], in_time[settled])
    assert not y[at + ends > day].any()
    assert np.all(seen[settled] == 1)
    young = ~settled & (at < day - 30)
    assert seen[young].mean() == pytest.approx(((1 - np.exp(-(day - at[young]) / 80)) / (1 - np.exp(-300 / 80))).mean(),
                                               abs=0.02)
    rate = in_time[settled].mean()
    logits = np.full((1, n), np.log(rate / (1 - rate)))
    found = combine(logits, y, seen, (at // 100).astype(int) // 2)
    came = in_time[at >= 700].mean()
    assert found.intercept == pytest.approx(np.log(came / (1 - came)) - logits[0, 0], abs=0.15)


def test_recovery_where_slow_sources_gain_the_level_stays():
    """Two sources with one chance, one quick and one slow; lately all leads are slow. By the wins of both together
    more of theirs should be in by now, and the chance would seem to fall."""
    rng = np.random.default_rng(0)
    n, horizon, day = 40_000, 300.0, 1000.0
    at = np.sort(rng.uniform(0, day, n))
    slow = rng.random(n) < np.where(at < 700, 0.3, 1.0)
    won = rng.random(n) < 0.2
    ends = np.where(won, np.where(slow, rng.uniform(100, 300, n), rng.uniform(0, 60, n)), np.inf)
    logits = np.full((1, n), np.log(0.2 / 0.8))
    levels = {}
    for name, source in (("apart", slow.astype(int)), ("together", None)):
        y, seen = Cases(pa.table({"x": np.zeros(n)}), at, ends, won, horizon, source=source).watched(day)
        levels[name] = combine(logits, y, seen, (at // 100).astype(int)).intercept
    assert levels["apart"] == pytest.approx(0, abs=0.08)
    assert levels["together"] < -0.15


def test_a_source_with_few_wins_is_taken_with_the_others():
    at, won = np.concatenate([np.zeros(200), [60.0, 90.0]]), np.concatenate([np.ones(200), [0, 0]]).astype(bool)
    ends = np.where(won, np.tile(np.arange(1.0, 101.0), 3)[:202], np.inf)
    source = np.concatenate([np.zeros(200), [0, 1]]).astype(int)
    cases = Cases(pa.table({"x": np.zeros(202)}), at, ends, won, 100.0, source=source)
    assert cases.watched(110.0)[1][-2:].tolist() == [0.5, 0.2]


def test_a_value_never_seen_falls_back_to_the_average_and_one_win_is_no_favourite():
    table, p, rng = planted(3000, 7)
    won = rng.random(3000) < p
    country = table["country"].to_pylist()
    country[0], won[0] = "MT", True
    table = table.set_column(0, "country", pa.array(country))
    bins, model = logistic_of(table, won)

    def chance(name):
        row = pa.table({"country": [name], "source": ["web"], "employees": [20.0]})
        return float(1 / (1 + np.exp(-model.logits(bins.codes(row))[0])))

    known = [chance(name) for name in COUNTRIES]
    assert min(known) < chance("MT") < max(known)
    assert min(known) < chance("never seen") < max(known)


def test_constant_empty_and_identifier_columns_are_left_out_and_named():
    n = 500
    table = pa.table({"same": ["a"] * n, "none": pa.nulls(n, pa.string()), "id": [f"L{i}" for i in range(n)],
                      "one": np.ones(n), "source": ["web", "fair"] * (n // 2)})
    bins = Bins.of(table)
    assert bins.names == ("source",)
    assert bins.dropped == {"same": "constant", "none": "empty", "id": "identifier", "one": "constant"}


def test_the_guard_names_the_column_that_knows_the_outcome_and_no_honest_one():
    table, p, rng = planted(6000, 11)
    won = rng.random(6000) < p
    talk = rng.lognormal(5, 1, 6000) * np.where(won, 4, 1)
    with_leak = table.append_column("duration", pa.array(talk))
    bins = Bins.of(with_leak)
    found = separates(bins, bins.codes(with_leak), won.astype(float), np.arange(6000), set(bins.names))
    assert [leak.column for leak in found] == ["duration"]
    assert found[0].alone > found[0].others
    bins = Bins.of(table)
    assert not separates(bins, bins.codes(table), won.astype(float), np.arange(6000), set(bins.names))


def test_the_simpler_model_is_kept_where_boosting_is_no_better():
    table, p, rng = planted(6000, 13)
    won = rng.random(6000) < p
    model = learn(Cases.of_outcomes(table, won), 6000.0, np.arange(2000, 6000, 500))
    assert model.candidate == "additive"
    scores = model.score(table)
    assert abs(scores.probability.mean() - won.mean()) < 0.05 * won.mean()
    assert np.all((scores.low <= scores.probability) & (scores.probability <= scores.high))


def test_boosting_is_chosen_where_columns_act_together():
    rng = np.random.default_rng(17)
    a, b = rng.integers(0, 2, 8000), rng.integers(0, 2, 8000)
    won = rng.random(8000) < np.where(a == b, 0.4, 0.05)
    table = pa.table({"a": np.array(["x", "y"])[a], "b": np.array(["x", "y"])[b]})
    model = learn(Cases.of_outcomes(table, won), 8000.0, np.arange(3000, 8000, 500))
    assert model.candidate != "additive"
    p = model.calibrated[model.candidate][3000:]
    assert area_under_curve(p, won[3000:].astype(float)) > 0.73


def test_fewer_than_fifty_wins_or_one_class_give_no_model():
    table = planted(400, 19)[0]
    few = np.zeros(400, dtype=bool)
    few[:49] = True
    assert learn(Cases.of_outcomes(table, few), 400.0, np.array([200.0])) is None
    assert learn(Cases.of_outcomes(table, np.ones(400, dtype=bool)), 400.0, np.array([200.0])) is None
    assert learn(Cases.of_outcomes(table, np.zeros(400, dtype=bool)), 400.0, np.array([200.0])) is None


def test_reasons_name_what_raises_and_lowers_the_chance():
    table, p, rng = planted(6000, 23)
    model = learn(Cases.of_outcomes(table, rng.random(6000) < p), 6000.0, np.array([3000.0]), kinds=ONLY)
    scores = model.score(pa.table({"country": ["DE"], "source": ["partner"], "employees": [20.0]}))
    said = {model.bins.names[model.reasons[r][0]]: pull for r, pull in zip(scores.reason[:, 0], scores.pull[:, 0],
                                                                           strict=True) if r >= 0}
    assert said["country"] > 0 > said["source"]


def test_scores_of_rows_one_by_one_are_those_of_the_table():
    table, p, rng = planted(3000, 29)
    model = learn(Cases.of_outcomes(table, rng.random(3000) < p), 3000.0, np.array([1500.0]), kinds=ONLY)
    whole = model.score(table.slice(0, 50)).probability
    assert whole == pytest.approx([model.score(table.slice(i, 1)).probability[0] for i in range(50)], rel=1e-12)


def test_curves_hold_their_definitions():
    rng = np.random.default_rng(31)
    p = rng.beta(1, 9, 5000)
    y = (rng.random(5000) < p).astype(float)
    w, cluster = np.ones(5000), np.arange(5000)
    bins, error = calibration(p, y, w, cluster, 0)
    assert len(bins) == 10 and error < 0.02
    assert sum(b.came.low <= b.said <= b.came.high for b in bins) >= 7
    cuts = gains(p, y, w, cluster, 0, y * 100)
    assert cuts[-1].gain.value == pytest.approx(1) and cuts[-1].money.value == pytest.approx(1)
    best = np.argsort(-p)[:1000]
    fifth = next(c for c in cuts if c.share == 0.2)
    assert fifth.gain.value == pytest.approx(y[best].sum() / y.sum(), abs=0.002)
    assert fifth.lift.value == pytest.approx(fifth.gain.value / 0.2)


def test_a_shift_between_then_and_now_is_measured():
    rng = np.random.default_rng(37)
    then = pa.table({"source": SOURCES[rng.integers(0, 3, 5000)], "x": rng.normal(0, 1, 5000)})
    now = pa.table({"source": SOURCES[rng.choice(3, 2000, p=[0.9, 0.05, 0.05])], "x": rng.normal(0, 1, 2000)})
    bins = Bins.of(then)
    first, second = stability(bins, bins.codes(then), bins.codes(now), np.zeros(5000), np.zeros(2000))
    assert first.column == "source" and first.changed
    assert not second.moved
