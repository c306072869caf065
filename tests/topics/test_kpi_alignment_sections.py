"""Hand-over, treaty, targets that fight: on small firms whose answer is known."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.topics import kpi_alignment as topic
from insights.topics.kpi_alignment_handover import by_team, judged, rows_of
from insights.topics.kpi_alignment_push import mean_ratio
from tests.tables.firms import write
from tests.topics.test_kpi_alignment_moves import changed

SLA = '[sla]\nfirst_touch_hours = 24\naccepted_days = 3\n'


def firm(folder, hours, *, sellers=4, strategy=SLA, touched=True, extra="", n=240, start=dt.date(2025, 3, 1)):
    """Leads touched after so many hours by the sellers of two teams; half of the leads are won."""
    rng = np.random.default_rng(5)
    rows = {"companies": [], "leads": [], "lead_stages": [], "touches": [], "sellers": [
        {"seller_id": f"{team}{i}", "team": team, "hours_per_week": "40", "hourly_cost": "50"}
        for team in ("A", "B") for i in range(sellers)]}
    for i in range(n):
        team = "AB"[i % 2]
        at = dt.datetime.combine(start, dt.time(9)) + dt.timedelta(days=i // 2)
        rows["companies"].append({"company_id": f"c{i}", "name": f"c{i}"})
        rows["leads"].append({"lead_id": f"l{i}", "created_at": at.isoformat(), "company_id": f"c{i}",
                              "seller_id": f"{team}{i % sellers}"})
        rows["lead_stages"].append({"lead_id": f"l{i}", "stage": "new", "entered_at": at.isoformat()})
        if touched:
            rows["touches"].append({"touched_at": (at + dt.timedelta(hours=hours[team])).isoformat(),
                                    "lead_id": f"l{i}", "kind": "call"})
        end = at + dt.timedelta(days=20)
        rows["lead_stages"].append({"lead_id": f"l{i}", "stage": "won" if rng.random() < .5 else "lost",
                                    "entered_at": end.isoformat(), "amount": "1000"})
    if not touched:
        del rows["touches"]
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text(
        '[defaults]\ncurrency = "PLN"\ntime_zone = "Europe/Warsaw"\nas_of = "2025-12-31"\n')
    (folder / "strategy.toml").write_text(strategy + extra)
    return str(folder)


def said(result, name):
    return next((f for f in result.findings if f.function.endswith(name)), None)


def test_a_kept_and_a_broken_rule(tmp_path):
    kept = topic.judge(insights.open(firm(tmp_path / "a", {"A": 2, "B": 20})))
    finding = said(kept, "hand_over_touched")
    assert finding.verdict is Verdict.KEPT and finding.clause_id == "sla.first_touch_hours=24"
    broken = topic.judge(insights.open(firm(tmp_path / "b", {"A": 2, "B": 30})))
    finding = said(broken, "hand_over_touched")
    assert finding.verdict is Verdict.NOT_KEPT and "team B with 0%" in finding.action.render("en")
    assert {t: k.verdict for t, k, _n in by_team(broken, rows_of(broken), "touched")} == {
        "A": Verdict.KEPT, "B": Verdict.NOT_KEPT}


def test_a_miss_is_real_or_noise():
    assert judged("touched", 26, 30, 1.0).verdict is Verdict.NOT_ENOUGH_DATA
    assert judged("touched", 200, 300, 1.0).verdict is Verdict.NOT_KEPT
    assert judged("touched", 20, 29, 1.0).verdict is Verdict.NOT_ENOUGH_DATA
    assert judged("touched", 295, 300, 1.0).verdict is Verdict.KEPT


def test_a_night_with_a_change_of_the_clocks_has_real_hours(tmp_path):
    """From Saturday to Sunday, 25 October 2025: the same hour on the clock is 25 hours later."""
    data = firm(tmp_path / "f", {"A": 24, "B": 24}, n=2, start=dt.date(2025, 10, 25))
    [row] = [r for r in rows_of(topic.judge(insights.open(data))) if r["team"] == "A"]
    assert row["in_time"] == 0 and row["median_hours"] == 25


def test_teams_of_fewer_than_four_are_not_shown(tmp_path):
    result = topic.judge(insights.open(firm(tmp_path / "f", {"A": 2, "B": 30}, sellers=2)))
    assert not [e for e in result.estimates if e.measure.startswith("hand_over_")]


def test_a_team_that_lost_its_people_is_not_shown(tmp_path):
    data = firm(tmp_path / "f", {"A": 2, "B": 30})
    rows = (tmp_path / "f" / "sellers.csv").read_text().splitlines()
    rows = [f"{row},{'active_to' if i == 0 else '2024-06-30' if row.startswith(('B0', 'B1')) else ''}"
            for i, row in enumerate(rows)]
    (tmp_path / "f" / "sellers.csv").write_text("\n".join(rows) + "\n")
    teams = {e.subject.get("team") for e in topic.judge(insights.open(data)).estimates
             if e.measure.startswith("hand_over_")}
    assert "A" in teams and "B" not in teams


def test_without_touches_nothing_is_said_of_speed(tmp_path):
    result = topic.judge(insights.open(firm(tmp_path / "f", {}, touched=False)))
    assert said(result, "hand_over_touched") is None


def test_without_agreed_rules_the_assumed_ones_are_named(tmp_path):
    result = topic.judge(insights.open(firm(tmp_path / "f", {"A": 2, "B": 2}, strategy="")))
    assert any("are assumed" in text.render("en") for text in result.missing)
    assert said(result, "hand_over_touched").clause_id is None


def test_targets_that_cannot_both_be_met_are_named_before_the_period(tmp_path):
    data = changed(tmp_path / "f", {"web": (.3, .3), "own": (.3, .3)}, {"web": (.5, .5), "own": (.5, .5)})
    targets = ("department,kpi,period_start,period_end,value,currency\nmarketing,leads,2025-07-01,2025-09-30,400,\n"
               "sales,won,2025-07-01,2025-09-30,{won},\n")
    for won, words in ((250, "can hardly both be met: 250 wins from 400 leads"), (20, "do not fit"), (120, "")):
        (tmp_path / "f" / "targets.csv").write_text(targets.format(won=won))
        finding = said(topic.judge(insights.open(data)), "targets_that_fight")
        assert (words in finding.statement.render("en") and finding.owner == "board") if words else finding is None


def test_the_treaty_cuts_where_the_last_lead_pays_for_the_sellers_time(tmp_path):
    treaty = topic.judge(insights.open(firm(tmp_path / "f", {"A": 2, "B": 2}))).parts.get("treaty")
    if treaty is not None:
        assert np.all(np.diff(treaty.value) <= 0) and treaty.cut <= treaty.leads.sum()


def test_specification_the_range_around_quarter_ends_is_that_of_their_mean():
    """Ratios 1, 2, 3: standard error 1 / sqrt(3), Student's t with two degrees 2.920 (published tables)."""
    found = mean_ratio(np.array([1.0, 2.0, 3.0]))
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 0.314, 3.686), abs=0.002)
    assert mean_ratio(np.array([0.1, 1.9])).low == 0
