"""What goes with conversion, leads that nobody works, and the funnel, on firms with a known answer."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.models.adjusted import contrast, instrument
from insights.topics import lead_conversion as topic
from insights.topics import lead_conversion_waiting as waiting
from insights.topics import lead_conversion_work_said as said
from tests.tables.firms import write

START, END = dt.datetime(2024, 1, 1), dt.date(2026, 6, 30)


def firm_of(folder, *, n=4000, effect=1.0, hidden=0.0, left=0.1, touches=True, clock=True, seed=1,
            span=800):
    """Leads of hidden quality: good ones are called first (`hidden`), a call within a day multiplies the chance of a
    win by `effect`, a share `left` is never called; leads that come in after 17:00 are called the day after next."""
    rng = np.random.default_rng(seed)
    rows = {"companies": [], "leads": [], "lead_stages": [], "touches": []}
    for i in range(n):
        at = START + dt.timedelta(minutes=int(rng.integers(0, span * 1440)))
        at = at.replace(hour=int(rng.integers(8, 20)))
        good = rng.random() < 0.5
        worked = rng.random() >= left * (1.5 if not good else 0.5)
        fast = rng.random() < (0.1 if at.hour >= 17 else 0.5 + (hidden if good else -hidden))
        chance = (0.15 if good else 0.05 if hidden else 0.1) * (effect if fast else 1.0) * worked
        created = at.isoformat(timespec="minutes") if clock else at.date().isoformat()
        rows["companies"].append({"company_id": f"c{i}", "name": f"c{i}"})
        rows["leads"].append({"lead_id": f"l{i}", "created_at": created, "company_id": f"c{i}", "source": "web"})
        rows["lead_stages"].append({"lead_id": f"l{i}", "stage": "new", "entered_at": created})
        first = at + dt.timedelta(hours=5 if fast else 60)
        if worked and touches and first.date() <= END:
            rows["touches"].append({"touched_at": first.isoformat(timespec="minutes"), "lead_id": f"l{i}"})
        won = rng.random() < chance
        end = at + dt.timedelta(days=5 + float(rng.exponential(30)))
        if end.date() <= END and worked:
            rows["lead_stages"].append({"lead_id": f"l{i}", "stage": "won" if won else "lost", "amount": "1000",
                                        "entered_at": end.isoformat(timespec="minutes")})
    if not rows["touches"]:
        del rows["touches"]
    folder.mkdir()
    write(folder, rows)
    (folder / "insights.toml").write_text(f'[defaults]\ncurrency = "EUR"\nas_of = "{END}"\n')
    return topic.judge(insights.open(str(folder)))


def of(result, name):
    return next(f for f in result.findings if f.function.endswith(f".{name}"))


def test_good_leads_called_first_are_no_proof_that_calling_early_sells(tmp_path):
    """No effect of speed at all: hidden quality alone makes the difference, and nothing is claimed."""
    result = firm_of(tmp_path / "data", hidden=0.35, n=6000)
    plain = result.work.speed.contrast
    assert plain.plain.low > 0
    finding = of(result, "speed_of_first_touch")
    assert finding.verdict is Verdict.TOO_FEW and finding.estimate.value is None and finding.impact is None
    text = finding.statement.render("en") + finding.rival.render("en")
    assert "goes with more wins" in text and "call good leads first" in text


def test_leads_that_nobody_called_are_no_slow_calls(tmp_path):
    """Calls by lot without any effect, and a third of the leads never called: the odds are those of one."""
    result = firm_of(tmp_path / "data", left=0.33, n=6000)
    odds = result.work.speed.contrast.odds
    assert odds.low < 1 < odds.high
    assert result.work.speed.never > 1000


def test_an_effect_that_the_clock_decides_is_said(tmp_path):
    result = firm_of(tmp_path / "data", effect=3.0, n=8000)
    late = result.work.speed.late
    assert late.holds and late.effect.low > 0
    assert of(result, "speed_of_first_touch").verdict is Verdict.HIGHER
    odds = next(e.estimate for e in result.estimates if e.measure == "odds_ratio")
    assert odds.low > 1 and odds.low < 0.3 / 0.7 * 9 < odds.high


def test_leads_that_nobody_worked_are_counted_and_their_worth_is_a_range_from_nothing(tmp_path):
    result = firm_of(tmp_path / "data", left=0.2)
    found = result.work.unworked
    assert 0.15 < found.share < 0.25 and found.worked > found.overall
    finding = of(result, "unworked_leads")
    assert finding.owner == "sales" and str(found.random) in finding.action.render("en")
    assert "sellers probably leave the weaker ones" in finding.statement.render("en")
    assert finding.impact is None or finding.impact.low == 0


def test_without_touches_the_page_says_what_to_record(tmp_path):
    result = firm_of(tmp_path / "data", touches=False, n=1500)
    assert result.work.no_touches and not result.work.unworked
    shown = said.show(result)
    assert "no first touch is recorded" in shown[-1].text.render("en")


def test_dates_without_a_time_refuse_hours(tmp_path):
    result = firm_of(tmp_path / "data", clock=False, n=1500)
    assert result.work.dates_only and result.work.speed is None and result.waiting is None
    assert "no time" in said.show(result)[-1].text.render("en")


def test_a_skipped_stage_counts_as_passed(tmp_path):
    result = firm_of(tmp_path / "data", n=1500)
    counts = result.work.funnel
    assert counts["reached_opportunity"] == counts["reached_won"] > 0 == counts["recorded_opportunity"]
    assert counts["n"] == counts["reached_new"]
    stages = [row[0].render("en") for row in said.funnel(result).rows]
    assert stages == ["new", "won"]


def test_like_beside_like_undoes_a_mix():
    """Equal shares within each stratum, another mix: a plain difference and none like beside like."""
    found = contrast(np.array([900, 100]), np.array([180, 5]), np.array([100, 900]), np.array([20, 45]))
    assert found.plain.low > 0.05
    assert abs(found.alike.value) < 1e-9 and found.odds.value == pytest.approx(1)
    assert found.odds.low < 1 < found.odds.high


def test_a_weak_or_lopsided_instrument_does_not_hold():
    strata = np.array([[500, 500], [250, 250]])
    strong = instrument(np.array([1000, 500]), np.array([600, 100]), np.array([100, 30]), strata, 1.0)
    weak = instrument(np.array([1000, 500]), np.array([300, 145]), np.array([100, 30]), strata, 1.0)
    uneven = instrument(np.array([1000, 500]), np.array([600, 100]), np.array([100, 30]),
                        np.array([[800, 200], [250, 250]]), 1.0)
    assert strong.holds and not weak.holds and not uneven.holds
    assert strong.effect.value == pytest.approx((0.1 - 0.06) / (0.6 - 0.2))


def test_open_leads_stay_on_the_clock_of_the_first_touch(tmp_path):
    """Leads that nobody has called yet are neither dropped nor taken for late before their time is up."""
    result = firm_of(tmp_path / "data", n=4000, left=0.2, span=911)
    found = result.waiting
    assert found.hours == 24 and not found.agreed
    listed = found.open.to_pylist()
    assert found.over == sum(row["hours"] > 24 for row in listed) > 0
    assert [row["hours"] for row in listed] == sorted((row["hours"] for row in listed), reverse=True)
    finding = of(result, "waiting_for_a_first_call")
    assert finding.verdict is Verdict.LOWER and finding.owner == "sales"
    assert str(found.over) in finding.statement.render("en")
    export = waiting.show(result)[-1]
    assert export.name == "waiting" and export.table.num_rows == len(listed)


def test_a_lead_that_waits_counts_for_as_long_as_it_has_waited():
    """Ten leads: four called in the first hour, three still waiting since half an hour, three called on day two."""
    rows = [{"hour": 0, "ended": "touched", "n": 4}, {"hour": 1, "ended": "open", "n": 3},
            {"hour": 24, "ended": "touched", "n": 3}]
    assert waiting.in_time(rows, 24.0, 1.0).value == pytest.approx(0.4)
    later = [*rows[:2], {"hour": 5, "ended": "touched", "n": 3}]
    found = waiting.in_time(later, 24.0, 1.0)
    assert found.value == 1.0
    half = [*rows[:2], {"hour": 5, "ended": "touched", "n": 1}, {"hour": 24, "ended": "touched", "n": 2}]
    assert waiting.in_time(half, 24.0, 1.0).value == pytest.approx(1 - 0.6 * 2 / 3)


def test_roles_written_down_after_two_weeks_are_not_read(tmp_path):
    """Every won lead gets its decider on day 20: read without regard to time, the decider would seem to sell."""
    folder = tmp_path / "data"
    firm_of(folder, n=3000)
    rng = np.random.default_rng(3)
    created, won = {}, set()
    for line in (folder / "leads.csv").read_text().splitlines()[1:]:
        fields = line.split(",")
        created[fields[0]] = dt.datetime.fromisoformat(fields[1])
    for line in (folder / "lead_stages.csv").read_text().splitlines()[1:]:
        if ",won," in line:
            won.add(line.split(",")[0])
    rows = []
    for lead, at in created.items():
        early = rng.random() < 0.5
        rows.append({"lead_id": lead, "contact_id": "k1", "role": "decision_maker" if early else "user",
                     "added_at": (at + dt.timedelta(days=1)).isoformat(timespec="minutes")})
        if lead in won:
            rows.append({"lead_id": lead, "contact_id": "k2", "role": "decision_maker",
                         "added_at": (at + dt.timedelta(days=20)).isoformat(timespec="minutes")})
    write(folder, {"lead_contacts": rows, "contacts": [{"contact_id": k, "company_id": "c1"} for k in ("k1", "k2")]})
    result = topic.judge(insights.open(str(folder)))
    role = result.work.role
    assert role.unknown == 0
    assert role.contrast.alike.low < 0 < role.contrast.alike.high
    text = " ".join(note.render("en") for note in said.drivers(result).notes)
    assert "no proof that knowing who decides sells" in text
