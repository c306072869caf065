"""What was known of a lead on a day: specifications, a few rows in, a value out."""

import datetime as dt

import pytest

import insights
from insights.metrics import lead_features
from tests.tables.firms import write

STAGES = ("new", "mql", "accepted", "opportunity")


@pytest.mark.parametrize("order", [1, -1])
def test_of_stages_entered_in_one_moment_the_later_one_counts_whatever_the_order_of_rows(tmp_path, order):
    rows = [{"lead_id": lead, "stage": stage, "entered_at": "2026-01-05T09:00"}
            for lead in ("L1", "L2") for stage in STAGES if lead == "L1" or stage != "opportunity"]
    write(tmp_path, {
        "companies": [{"company_id": "c", "name": "C"}], "lead_stages": rows[::order],
        "leads": [{"lead_id": lead, "created_at": "2026-01-05T09:00", "company_id": "c"} for lead in ("L1", "L2")]})
    (tmp_path / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2026-02-01"\n')
    firm = insights.open(str(tmp_path))
    found = firm.query(lead_features.current(firm.as_of, lead_features.Delivered())).to_pylist()
    assert [(row["lead_id"], row["stage"]) for row in found] == [("L1", "opportunity"), ("L2", "accepted")]


def looked_at(folder, created):
    """What is known on the first of February 2026 of open leads created on the days given, by the sources given."""
    leads = [{"lead_id": f"L{i:03}", "created_at": f"{day}T09:00", "company_id": "c", "source": source}
             for i, (day, source) in enumerate(created)]
    write(folder, {
        "companies": [{"company_id": "c", "name": "C"}], "leads": leads,
        "lead_stages": [{"lead_id": x["lead_id"], "stage": "new", "entered_at": x["created_at"]} for x in leads]})
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2026-02-01"\n')
    firm = insights.open(str(folder))
    return firm.query(lead_features.current(firm.as_of, lead_features.Delivered())).to_pylist()


def test_a_lead_knows_whether_its_source_brought_more_than_in_a_usual_week(tmp_path):
    first, last, later = dt.date(2025, 10, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 2)
    usual = [first + dt.timedelta(days=7 * week + day) for week in range(13) for day in (0, 3)]
    rows = looked_at(tmp_path, [
        *((day, "fair") for day in [*usual, last, last, last]), (last, "web"), *[(later, "fair")] * 9])
    # Two leads a week before; three on the last day of the year, after one of the Saturday before.
    assert [row["inflow"] for row in rows[26:30]] == ["high", "high", "high", None]
    # Until a source was there for thirteen weeks nobody knows what is usual.
    assert [row["inflow"] for row in rows[:26]] == [None] * 26


@pytest.mark.parametrize("source", ["fair", None])
def test_leads_without_a_source_have_a_usual_week_together(tmp_path, source):
    days = [dt.date(2025, 9, 1) + dt.timedelta(days=k) for k in range(100)]
    rows = looked_at(tmp_path, [(day, source) for day in days])
    assert {row["inflow"] for row in rows[90:]} == {"usual"}


def test_what_comes_after_a_lead_does_not_tell_of_it(tmp_path):
    days = [dt.date(2025, 9, 1) + dt.timedelta(days=k) for k in range(100)]
    rows = looked_at(tmp_path, [*((day, "fair") for day in days), *[(days[-1] + dt.timedelta(days=1), "fair")] * 60])
    assert rows[99]["inflow"] == "usual" and rows[100]["inflow"] == "high"


def test_fewer_leads_than_usual(tmp_path):
    days = [dt.date(2025, 9, 1) + dt.timedelta(days=k) for k in range(100)]
    rows = looked_at(tmp_path, [*((day, "fair") for day in days), (days[-1] + dt.timedelta(days=5), "fair")])
    assert rows[-1]["inflow"] == "low"


def test_the_last_week_of_a_quarter(tmp_path):
    days = [dt.date(2025, 9, 23), dt.date(2025, 9, 24), dt.date(2025, 9, 30), dt.date(2025, 10, 1)]
    assert [row["quarter_end"] for row in looked_at(tmp_path, [(day, "fair") for day in days])] == [
        "no", "yes", "yes", "no"]


def test_with_a_handful_of_leads_there_is_no_usual_week(tmp_path):
    rows = looked_at(tmp_path, [(dt.date(2025, 1, 1) + dt.timedelta(days=20 * k), "fair") for k in range(12)])
    assert [row["inflow"] for row in rows] == [None] * 12


def test_a_source_that_comes_back_or_comes_by_events_has_no_usual_week(tmp_path):
    back = dt.date(2025, 10, 1)
    steady = [back + dt.timedelta(days=7 * week + day) for week in range(8) for day in range(8)]
    events = [dt.date(2025, 2, 1) + dt.timedelta(days=80 * k) for k in range(4) for _ in range(30)]
    rows = looked_at(tmp_path, [(dt.date(2024, 1, 1), "relaunched"), *((day, "relaunched") for day in steady),
                                *((day, "events") for day in events)])
    assert {row["inflow"] for row in rows} == {None}
