"""The lag model against other implementations, against simulated truth, and on records with faults."""

import datetime as dt

import numpy as np
import pytest

import insights
from benchmarks.conversion_lag import below_recorded
from insights.models import conversion_lag as model
from insights.models.conversion_lag.families import Shape
from insights.models.conversion_lag.mixture import Cells, evaluate
from insights.models.conversion_lag.newton import maximise, start
from tests.beside import needs
from tests.tables.firms import write


def simulated(n=4000, *, won=0.25, lost=0.6, middle=60.0, spread=0.8, span=900, seed=1, whole=True):
    """Leads with a lognormal lag to a win and a shorter one to a loss, watched for up to `span` days."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, span, n).astype(float)
    fate = rng.random(n)
    days = np.where(fate < won, middle, middle / 2) * np.exp(spread * rng.normal(size=n))
    days = np.ceil(days) if whole else days
    closed = (fate < won + lost) & (days <= age)
    outcome = np.where(closed, np.where(fate < won, 1, 2), 0)
    return np.where(closed, days, age), outcome, age


def test_the_gradient_and_the_hessian_are_those_of_the_likelihood():
    rng = np.random.default_rng(2)
    x = np.log(np.arange(40) + 0.5)
    won, lost, still = (rng.poisson(m, (2, 40)).astype(float) for m in (2, 3, 5))
    within = np.array([[0, -1, 20, 3], [1, 5, 30, 2]])
    for laws in ((Shape(1.0), Shape(0.0)), (Shape(0.5), Shape(-0.7))):
        cells = Cells(x, (won, lost), still, within)
        theta = start(cells) + 0.1
        _, gradient, hessian = evaluate(cells, laws, theta)
        for p in range(6):
            step = np.zeros_like(theta)
            step[:, p] = 1e-5
            (up, above, _), (down, below, _) = (evaluate(cells, laws, theta + s) for s in (step, -step))
            assert np.allclose((up - down) / 2e-5, gradient[:, p], rtol=1e-4, atol=1e-3)
            assert np.allclose((above - below) / 2e-5, hessian[:, :, p], rtol=1e-4, atol=1e-2)


def test_kaplan_meier_and_aalen_johansen_equal_scikit_survival():
    from sksurv import nonparametric as sksurv

    time, outcome, _ = simulated(1500)
    counts = model.from_durations(time, outcome)
    curve = model.aalen_johansen(counts)
    days, incidence, own_bound = sksurv.cumulative_incidence_competing_risks(
        outcome, time, conf_type="log-log", var_type="Dinse_Approx")
    places = np.searchsorted(curve.days, days)
    assert np.allclose(curve.won[0][places], incidence[1], rtol=0, atol=1e-9)
    assert np.allclose(curve.ended[0][places], incidence[2], rtol=0, atol=1e-9)
    own = model.kaplan_meier(model.from_durations(time, (outcome == 1).astype(int)))
    days, survival = sksurv.kaplan_meier_estimator(outcome == 1, time)
    assert np.allclose(own.staying[0][np.searchsorted(own.days, days)], survival, rtol=0, atol=1e-9)
    share, variance = curve.won[0][places], curve.variance[0][places]
    later = days > 20
    spread = 1.959963984540054 * np.sqrt(variance[later]) / (share[later] * np.log(share[later]))
    assert np.abs(share[later] ** np.exp(-spread) - own_bound[1, 0][later]).max() < 1e-9


def test_late_entry_equals_scikit_survival():
    """Kaplan-Meier with leads that the records know only from an age on."""
    from sksurv import nonparametric as sksurv

    time, outcome, _ = simulated(1500, lost=0.0)
    entry = np.where(np.arange(1500) % 3 == 0, np.floor(time / 2), 0.0)
    curve = model.kaplan_meier(model.from_durations(time, (outcome == 1).astype(int), entry=entry, followed=time))
    days, survival = sksurv.kaplan_meier_estimator(outcome == 1, time_enter=entry, time_exit=time)
    assert np.allclose(curve.staying[0][np.searchsorted(curve.days, days)], survival, rtol=0, atol=1e-9)


@needs("convoys")
def test_truth_the_cure_model_is_at_least_as_likely_as_convoys_and_lifelines_on_their_data():
    assert below_recorded() <= 1e-6


@pytest.mark.parametrize("alone", [False, True])
def test_the_final_share_and_the_lag_are_recovered(alone):
    time, outcome, age = simulated(20_000)
    final = model.fit(model.from_durations(time, outcome, followed=age), alone=alone)
    found = final.final(0)
    assert found.status == "known" and found.interval.low <= 0.25 <= found.interval.high
    assert abs(final.median(0).value - 60) < 3
    naive = (outcome == 1).mean()
    assert naive < found.interval.low


def test_a_lost_lead_is_no_lead_that_is_still_open():
    """Losses taken for open leads would push the final share towards one."""
    time, outcome, age = simulated(20_000, won=0.25, lost=0.74)
    found = model.fit(model.from_durations(time, outcome, followed=age)).final(0)
    assert found.interval.high < 0.28


def test_young_leads_are_too_early_and_the_day_is_named():
    time, outcome, age = simulated(3000, span=60, middle=120)
    counts = model.from_durations(time, outcome, followed=age)
    from dataclasses import replace

    found = model.fit(replace(counts, as_of=dt.date(2026, 6, 30))).final(0)
    assert found.status == "too_early" and found.interval is None
    assert found.known_on > dt.date(2026, 6, 30)


def test_one_lag_for_all_is_tested_and_kept_only_where_it_holds():
    groups = np.repeat(["a", "b"], 6000)
    same = [simulated(6000, seed=3), simulated(6000, seed=4)]
    other = [simulated(6000, seed=3), simulated(6000, seed=4, middle=25)]
    for parts, shared in ((same, True), (other, False)):
        time, outcome, age = (np.concatenate(x) for x in zip(*parts, strict=True))
        lag = model.fit(model.from_durations(time, outcome, groups, followed=age))
        assert lag.shared is shared
        assert all(lag.final(g).interval.low <= 0.25 <= lag.final(g).interval.high for g in "ab")


def test_all_groups_at_once_find_what_each_alone_finds():
    parts = [simulated(3000, seed=s, won=0.1 + 0.1 * s) for s in range(3)]
    time, outcome, age = (np.concatenate(x) for x in zip(*parts, strict=True))
    together = model.from_durations(time, outcome, np.repeat(range(3), 3000), followed=age)
    from insights.models.conversion_lag.fitting import cells

    found = maximise(cells(together, alone=True), (Shape(1.0),))
    for g, (t, o, a) in enumerate(parts):
        single = maximise(cells(model.from_durations(t, o, followed=a), alone=True), (Shape(1.0),))
        assert np.isclose(found.loglik[g], single.loglik[0], rtol=0, atol=1e-7)
        assert np.allclose(found.theta[g], single.theta[0], atol=1e-4)


def leads(tmp_path, rows, as_of="2026-06-30"):
    """A firm of single leads: (lead, company, created, stage, entered)."""
    companies = sorted({row[1] for row in rows})
    write(tmp_path, {
        "companies": [{"company_id": c, "name": c} for c in companies],
        "leads": [{"lead_id": r[0], "company_id": r[1], "created_at": r[2], "source": "web"} for r in rows],
        "lead_stages": [{"lead_id": r[0], "stage": "new", "entered_at": r[2]} for r in rows]
        + [{"lead_id": r[0], "stage": r[3], "entered_at": r[4]} for r in rows if r[3]]})
    (tmp_path / "insights.toml").write_text(f'[defaults]\ncurrency = "EUR"\nas_of = "{as_of}"\n')
    return insights.open(str(tmp_path))


def test_durations_of_zero_and_below_count_to_the_share_and_to_no_lag(tmp_path):
    rows = [(f"l{i}", f"c{i}", "2026-01-10", "won", "2026-02-10") for i in range(4)]
    rows += [("same", "c90", "2026-01-10", "won", "2026-01-10"), ("lost", "c91", "2026-01-10", "lost", "2026-01-10"),
             ("open", "c92", "2026-01-10", None, None)]
    counted = model.counts(leads(tmp_path, rows), "source")
    assert counted.n.tolist() == [7] and counted.wins.tolist() == [5]
    assert counted.won.sum() == 4 and counted.left_out == {"won_at_once": 1, "ended_at_once": 1}
    assert counted.days[counted.won[0] > 0].tolist() == [31]


def test_counts_of_an_earlier_day_know_nothing_of_later_ones(tmp_path):
    rows = [("a", "c1", "2026-01-10", "won", "2026-02-10"), ("b", "c2", "2026-03-10", "won", "2026-04-10"),
            ("c", "c3", "2026-01-10", "lost", "2026-03-20")]
    counted = model.counts(leads(tmp_path, rows), as_of=dt.date(2026, 3, 1))
    assert counted.n.tolist() == [2] and counted.wins.tolist() == [1]
    assert counted.days[counted.open[0] > 0].tolist() == [50]


def test_nothing_won_says_so(tmp_path):
    firm = leads(tmp_path, [(f"l{i}", f"c{i}", "2026-01-10", None, None) for i in range(4)])
    with pytest.raises(ValueError, match="no lead was won"):
        model.fit(model.counts(firm))


def test_losses_closed_on_one_day_are_found_and_lie_within_a_span(tmp_path):
    rng = np.random.default_rng(5)
    rows = []
    for i in range(240):
        start = dt.date(2026, 1, 1) + dt.timedelta(days=int(rng.integers(0, 60)))
        end = dt.date(2026, 3, 31) if i % 3 == 0 else start + dt.timedelta(days=int(rng.integers(1, 80)))
        rows.append((f"l{i}", f"c{i}", start.isoformat(), "lost" if i % 5 else "won", end.isoformat()))
    firm = leads(tmp_path, rows)
    found = model.practice(firm)
    assert found.bulk_days == (dt.date(2026, 3, 31),) and found.bulk_losses >= 60
    counted = model.counts(firm, found=found)
    assert counted.within[:, 3].sum() == found.bulk_losses and (counted.within[:, 1] < counted.within[:, 2]).all()


def test_wins_known_only_from_a_day_on_are_found(tmp_path):
    """Leads of four months, of which all that closed in the first two have left no trace."""
    rng = np.random.default_rng(6)
    rows, first = [], dt.date(2026, 3, 1)
    for i in range(1500):
        start = dt.date(2026, 1, 1) + dt.timedelta(days=int(rng.integers(0, 150)))
        end = start + dt.timedelta(days=int(1 + rng.exponential(25)))
        if end >= first:
            rows.append((f"l{i}", f"c{i}", start.isoformat(), "won" if rng.random() < 0.6 else "lost", end.isoformat()))
    firm = leads(tmp_path, rows, as_of="2026-12-31")
    found = model.practice(firm)
    assert found.known_from is not None and abs((found.known_from - first).days) <= 3 and found.expected_before > 10
    lag = model.fit(model.counts(firm, found=found))
    naive = lag.counts.wins[0] / lag.counts.n[0]
    assert lag.final(()).interval.low <= 0.6 <= lag.final(()).interval.high and naive > 0.5
