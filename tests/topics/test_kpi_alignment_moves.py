"""Whose move it was, on firms whose change is known."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.models import change as model
from insights.models.replicates import Replicates, curve
from insights.report.show import show
from insights.topics import kpi_alignment as topic
from insights.topics import kpi_alignment_moves_view as view
from tests.tables.firms import write

END = dt.date(2026, 1, 1)


def changed(folder, rates, shares, *, per_year=1500, lag=30, origin=True, seed=1):
    """Two years of leads by source: `rates[source]` and `shares[source]` are pairs, one for each year."""
    rng = np.random.default_rng(seed)
    rows = {"companies": [], "leads": [], "lead_stages": []}
    for year in (0, 1):
        names = list(rates)
        weights = np.array([shares[n][year] for n in names])
        for i in range(per_year):
            name = names[rng.choice(len(names), p=weights / weights.sum())]
            key = f"{year}-{i}"
            day = dt.date(2023 + year, 1, 1) + dt.timedelta(days=int(rng.integers(0, 365)))
            rows["companies"].append({"company_id": f"c{key}", "name": f"c{key}"})
            lead = {"lead_id": key, "created_at": day.isoformat(), "company_id": f"c{key}", "source": name}
            if origin:
                lead["origin"] = "sales" if name.startswith("own") else "marketing"
            rows["leads"].append(lead)
            rows["lead_stages"].append({"lead_id": key, "stage": "new", "entered_at": day.isoformat()})
            stage = "won" if rng.random() < rates[name][year] else "lost"
            end = day + dt.timedelta(days=int(rng.integers(1, lag)))
            rows["lead_stages"].append({"lead_id": key, "stage": stage, "entered_at": end.isoformat(),
                                        "amount": "1000" if stage == "won" else ""})
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-06-30"\n')
    return str(folder)


def judged(data, period="2024", **parameters):
    return topic.judge(insights.open(data, period=period, **parameters))


def finding(result, name):
    return next((f for f in result.findings if f.function.endswith(name)), None)


def test_a_planted_shift_of_the_mix_is_mix_and_no_departments_fault(tmp_path):
    result = judged(changed(tmp_path / "f", {"weak": (.1, .1), "own": (.4, .4)}, {"weak": (.3, .7), "own": (.7, .3)}))
    change = result.parts["moves"].conversion
    assert change.total == pytest.approx(sum(change.parts.values()), abs=1e-12)
    mix = change.interval("mix")
    grown = change.shares[change.segments.index("weak")]
    assert mix.low <= -.3 * (grown[1] - grown[0]) <= mix.high
    assert change.interval("rate").low <= 0 <= change.interval("rate").high
    assert "no proof against either department" in finding(result, "conversion_change").statement.render("en")
    said = finding(result, "mix_change")
    assert said.verdict is Verdict.LOWER and said.subject == {"source": "weak"} and said.owner == "marketing"
    show(view.of_moves(result), view.moves(result))


@pytest.mark.parametrize("rates, words", [
    ({"web": (.4, .2), "own": (.4, .4)}, "it is the quality of these leads, not the selling"),
    ({"web": (.4, .2), "own": (.4, .2)}, "it is the selling or the market"),
])
def test_a_department_is_named_only_where_the_control_supports_it(tmp_path, rates, words):
    result = judged(changed(tmp_path / "f", rates, {"web": (.5, .5), "own": (.5, .5)}))
    said = finding(result, "conversion_change")
    assert said.verdict is Verdict.LOWER and words in said.statement.render("en")
    assert said.impact.low <= said.impact.value <= said.impact.high


def test_without_origins_nobody_is_named(tmp_path):
    result = judged(changed(tmp_path / "f", {"web": (.4, .2), "own": (.4, .4)}, {"web": (.5, .5), "own": (.5, .5)},
                            origin=False))
    assert "cannot be attributed" in finding(result, "conversion_change").statement.render("en")


def test_a_source_of_one_year_only_enters_as_mix(tmp_path):
    result = judged(changed(tmp_path / "f", {"web": (.3, .3), "new": (.6, .6)}, {"web": (1, .5), "new": (0, .5)}))
    change = result.parts["moves"].conversion
    new = change.segments.index("new")
    assert change.by_segment["rate"][new] == 0 and change.by_segment["mix"][new] > 0
    assert change.total == pytest.approx(sum(change.parts.values()), abs=1e-12)


def test_young_leads_are_maturity_not_selling(tmp_path):
    data = changed(tmp_path / "f", {"web": (.4, .4), "own": (.4, .4)}, {"web": (.5, .5), "own": (.5, .5)}, lag=300)
    result = judged(data, period="2024", as_of="2024-12-31")
    change = result.parts["moves"].conversion
    assert change.total < -.1 and change.interval("maturity", "speed").value < .8 * change.total
    assert change.interval("rate").low <= 0 <= change.interval("rate").high


def test_the_same_rows_in_another_order_give_the_same_parts(tmp_path):
    data = changed(tmp_path / "f", {"web": (.4, .2), "own": (.4, .4)}, {"web": (.5, .6), "own": (.5, .4)}, per_year=400)
    before = [f.to_json() for f in judged(data).findings]
    path = tmp_path / "f" / "leads.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    after = [f.to_json() for f in judged(data).findings]
    for entry in (*before, *after):
        entry["evidence"]["read_from"] = ""
    assert before == after


def test_records_that_begin_too_late_say_so(tmp_path):
    result = judged(changed(tmp_path / "f", {"web": (.4, .2), "own": (.4, .4)}, {"web": (.5, .5), "own": (.5, .5)}),
                    period="2023")
    said = finding(result, "conversion_change")
    assert said.verdict is Verdict.TOO_FEW and "do not reach back" in said.statement.render("en")


def test_the_life_table_is_the_share_won_where_all_are_old():
    leads = np.zeros((1, 4))
    leads[0, 3] = 100
    wins = np.zeros((1, 4, 3))
    wins[0, 3] = [10, 5, 20]
    assert curve(leads, wins)[0].tolist() == pytest.approx([0, .10, .15, .35])


def test_intervals_hold_the_planted_change(tmp_path):
    """Forty pairs of years with clustered companies, drawn as sums: a small version of the benchmark."""
    rng, held = np.random.default_rng(3), 0
    for seed in range(40):
        leads, wins = np.zeros((128, 2, 2, 2)), np.zeros((128, 2, 2, 2, 1))
        for g in range(128):
            for s, (rate, n) in enumerate((((.10, .07), (20, 30)), ((.25, .25), (20, 10)))):
                for p in (0, 1):
                    firm = rng.beta(rate[p] * 8, (1 - rate[p]) * 8, size=n[p] // 5)
                    leads[g, s, p, 1] = n[p]
                    wins[g, s, p, 1, 0] = rng.binomial(5, firm).sum()
        money = {name: wins.sum((-1, -2)) for name in ("revenue", "listed", "at_list", "margin")}
        found = Replicates(("a", "b"), leads, wins, money, np.zeros(2))
        change = model.changes(found, seed, margin=False, draws=200)[0]
        interval = change.interval("rate")
        held += interval.low <= -.03 * (.5 + .75) / 2 <= interval.high
    assert held >= 32
