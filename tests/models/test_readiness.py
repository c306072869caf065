"""The contrast of prepared and unprepared sellers: recovered from simulations in which better sellers learn more."""

import numpy as np
import pyarrow as pa
import pytest

from insights.evidence import Verdict
from insights.metrics.readiness import CONTROLS
from insights.models.around_training import around
from insights.models.effects import fit
from insights.models.readiness import LeadCells, gaps

SELLERS, PRODUCTS, LEADS = 24, 6, 60


def rate(log_odds):
    return 1 / (1 + np.exp(-log_odds))


def simulated(rng, effect=-0.55, strength=2.2, leads=LEADS):
    """Cells of leads by seller and product, and the true gap: skill raises wins and the chance to be prepared alike."""
    skill, demand = rng.normal(0, 0.55, SELLERS), rng.normal(0, 0.2, PRODUCTS)
    prepared = rng.random((SELLERS, PRODUCTS)) < rate(strength * skill[:, None] / 0.55)
    base = -1.9 + skill[:, None] + demand[None, :]
    won = rng.binomial(leads, rate(base + effect * ~prepared))
    lost = (rate(base) - rate(base + effect))[~prepared]
    return table(prepared, np.full(won.shape, leads), won), float(lost.mean())


def table(prepared, n, won, states=("prepared", "unprepared")):
    """What `metrics.readiness.lead_cells` would return."""
    s, p = (x.ravel() for x in np.indices(n.shape))
    columns = {
        "product_id": [f"P{i}" for i in p], "seller_id": [f"S{i}" for i in s],
        "state": [states[0] if x else states[1] for x in prepared.ravel()],
        **{name: ["all"] * n.size for name in CONTROLS},
        "willing": [True] * n.size, "self_assessed": [False] * n.size,
        **{name: n.ravel().tolist() for name in ("leads", "old", "old_touched", "fair", "recent")},
        **{name: won.ravel().tolist() for name in ("old_won", "fair_won")}}
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def standardised(cells):
    """The difference of raw rates within each product, weighted by the unprepared sellers' leads."""
    lost, weight = 0.0, 0.0
    for gap in cells.values():
        if gap.naive is not None:
            lost, weight = lost - gap.naive * gap.old[1], weight + gap.old[1]
    return lost / weight


def measured(cells):
    return sum(g.lost_share.value * g.old[1] for g in cells.values() if g.compared) / sum(
        g.old[1] for g in cells.values() if g.compared)


def test_seller_and_product_effects_remove_what_skill_pretends():
    """The methods page's case: the raw difference within products is more than twice the true gap, the contrast within
    sellers and products is near it (there: true .032, raw .080, within .036)."""
    rng = np.random.default_rng(7)
    raw, within, truth = [], [], []
    for _ in range(12):
        cells, true = simulated(rng)
        found = gaps(LeadCells(cells))
        raw.append(standardised(found))
        within.append(measured(found))
        truth.append(true)
    assert np.mean(raw) > 2 * np.mean(truth)
    assert abs(np.mean(within) - np.mean(truth)) < 0.2 * np.mean(truth)


def test_intervals_hold_the_true_gap_about_nine_times_in_ten():
    """One gap a firm, so that the estimates are independent."""
    rng = np.random.default_rng(11)
    held = []
    for _ in range(30):
        cells, true = simulated(rng, strength=1.0)
        found = [g for g in gaps(LeadCells(cells)).values() if g.compared]
        gap = found[0]
        held.append(gap.lost_share.low <= true <= gap.lost_share.high)
    assert np.mean(held) >= 0.75


def test_no_effect_is_seldom_called_one():
    rng = np.random.default_rng(5)
    called = sum(any(g.compared and g.compared.verdict is Verdict.LOWER
                     for g in gaps(LeadCells(simulated(rng, effect=0.0)[0])).values()) for _ in range(10))
    assert called <= 2


@pytest.mark.parametrize("prepared, refused", [
    (np.ones((8, 2), dtype=bool), "all_prepared"), (np.zeros((8, 2), dtype=bool), "none_prepared"),
    (np.arange(16).reshape(8, 2) < 4, "few_sellers"),
])
def test_without_overlap_no_figure_is_given(prepared, refused):
    n = np.full((8, 2), 40)
    found = gaps(LeadCells(table(prepared, n, n // 8)))
    assert {gap.refused for gap in found.values()} == {refused}
    assert all(gap.compared is None and gap.lost_share is None for gap in found.values())


def test_leads_assessed_only_afterwards_are_counted_and_compared_with_nobody():
    prepared = np.arange(16).reshape(8, 2) % 4 < 2
    n = np.full((8, 2), 40)
    found = gaps(LeadCells(table(prepared, n, n // 8, states=("later", "never"))))
    assert {gap.refused for gap in found.values()} == {"later"} or {gap.refused for gap in found.values()} == {
        "later", "never"}
    assert sum(gap.leads[2] + gap.leads[3] for gap in found.values()) == n.sum()


def test_the_model_agrees_with_scikit_learn():
    """Truth: the same penalised likelihood fitted by another implementation."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(3)
    seller, product, treated = rng.integers(0, 6, 900), rng.integers(0, 4, 900), rng.random(900) < 0.4
    y = (rng.random(900) < rate(-1 + 0.3 * seller - 0.2 * product - 0.6 * treated)).astype(float)
    ours = fit([seller, product], [treated], np.ones(900), y)
    x = np.hstack([np.eye(6)[seller], np.eye(4)[product], treated[:, None]]).astype(float)
    theirs = LogisticRegression(C=2.5**2, tol=1e-10, max_iter=5000).fit(x, y)
    assert np.allclose(ours.coefficients[1:-1], theirs.coef_[0], atol=1e-4)


def event_rows(rng, effect, drift=0.0, pairs=40):
    """Rows as `metrics.readiness.around_training` returns them: half of the pairs are trained in the middle."""
    rows = {"product_id": [], "seller_id": [], "quarter": [], "phase": [], "old": [], "won": []}
    for pair in range(pairs):
        own = rng.normal(-1.4, 0.4)
        for quarter in range(8):
            phase = None
            if pair % 2:
                phase = ("early", "early", "before", "before", "soon", "soon", "later", "later")[quarter]
            change = effect if phase in ("soon", "later") else drift if phase == "early" else 0.0
            rows["product_id"].append("P")
            rows["seller_id"].append(f"S{pair}")
            rows["quarter"].append(f"q{quarter}")
            rows["phase"].append(phase)
            rows["old"].append(40)
            rows["won"].append(int(rng.binomial(40, rate(own + change))))
    return pa.table(rows)


def test_the_event_study_finds_a_step_at_training_and_none_where_there_is_none():
    rng = np.random.default_rng(2)
    assert around(event_rows(rng, 0.8)).change.low > 0
    nothing = around(event_rows(rng, 0.0))
    assert nothing.change.low < 0 < nothing.change.high


def test_a_drift_before_the_training_is_seen():
    seen = around(event_rows(np.random.default_rng(4), 0.8, drift=-0.9))
    assert seen.drift.low > 0


def test_too_few_trainings_tell_nothing():
    few = around(event_rows(np.random.default_rng(1), 0.8, pairs=4))
    assert few.pairs == 2 and few.change is None
