"""Odd records of spend, customers, offers and sellers: said or counted, nothing silently lost."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.models.period_ends import pushes
from insights.problems import DataError
from insights.topics import kpi_alignment as topic
from insights.topics import kpi_alignment_board as scoreboard
from insights.topics.kpi_alignment_pages import customers, treaty
from tests.tables.firms import write

YEAR = (dt.date(2025, 1, 1), dt.date(2026, 1, 1))


def firm(folder, *, spend=(), campaigns=("M1", "M2"), more=None):
    """A firm of 240 leads of campaign M1, a quarter won, over two years."""
    rng = np.random.default_rng(3)
    rows = {"companies": [], "leads": [], "lead_stages": [], "campaigns": [
        {"campaign_id": name, "name": name, "channel": "search", "started_on": "2024-01-01"} for name in campaigns]}
    for i in range(240):
        at = dt.date(2024, 1, 2) + dt.timedelta(days=3 * i)
        rows["companies"].append({"company_id": f"c{i}", "name": f"c{i}"})
        rows["leads"].append({"lead_id": f"l{i}", "created_at": at.isoformat(), "company_id": f"c{i}",
                              "campaign_id": "M1", "source": "web"})
        for stage, days in (("opportunity", 5), ("won" if rng.random() < 0.25 else "lost", 20)):
            rows["lead_stages"].append({"lead_id": f"l{i}", "stage": stage, "amount": "1000",
                                        "entered_at": (at + dt.timedelta(days=days)).isoformat()})
    if spend:
        rows["spend"] = [dict(zip(("campaign_id", "spent_on", "amount"), row, strict=True)) for row in spend]
    folder.mkdir(exist_ok=True)
    write(folder, rows | (more or {}))
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n')
    return topic.judge(insights.open(str(folder)))


def figure(result, name, span=YEAR):
    found = scoreboard.value(result, name, span)
    return found.figure.value if found.known else None


def test_spend_of_a_campaign_that_brought_no_lead_counts_as_spend_and_is_no_return(tmp_path):
    result = firm(tmp_path / "a", spend=[("M1", "2025-03-01", "500"), ("M2", "2025-04-01", "700")])
    assert figure(result, "spend") == 1200
    assert set(result.parts["returns"]) <= {"M1"}


def test_spend_that_names_no_known_campaign_is_said_and_left_out_and_refused_where_it_is_most(tmp_path):
    rows = [("M1", f"2025-{m:02d}-{d:02d}", "10") for m in range(1, 13) for d in (1, 11, 21)]
    result = firm(tmp_path / "a", spend=[*rows, ("M9", "2025-04-01", "700")])
    assert any(p.table == "spend" and p.column == "campaign_id" and p.count == 1 for p in result.firm.checked.problems)
    assert figure(result, "spend") == 360
    with pytest.raises(DataError, match=r"spend\.campaign_id names rows that campaigns does not have"):
        firm(tmp_path / "b", spend=[("M1", "2025-03-01", "500"), ("M9", "2025-04-01", "700")])


def test_campaigns_without_spend_have_leads_and_no_cost(tmp_path):
    result = firm(tmp_path / "a")
    assert figure(result, "leads") and figure(result, "spend") is None and figure(result, "cost_per_lead") is None
    without = firm(tmp_path / "b", spend=[("M2", "2025-04-01", "700")])
    assert without.parts["returns"] == {}


def test_a_push_in_the_week_across_new_year_is_told_by_days_and_not_by_numbers_of_weeks():
    first, lasts = dt.date(2023, 1, 1), [dt.date(y, m, d) for y in (2023, 2024, 2025)
                                         for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))]
    rng = np.random.default_rng(4)
    n = rng.poisson(12, 1096).astype(float)
    won = rng.binomial(n.astype(int), 0.1).astype(float)
    for last in (dt.date(2023, 12, 31), dt.date(2024, 12, 31)):
        at = (last - first).days
        more = rng.poisson(20, 7)
        n[at - 6:at + 1] += more
    found = pushes(first, n, n, won, lasts)
    assert {e.last for e in found.ends if e.pushed} == {dt.date(2023, 12, 31), dt.date(2024, 12, 31)}
    assert all(e.expected == pytest.approx(84, rel=0.25) for e in found.ends)


def test_customers_are_new_once_and_repeat_and_win_back_are_watched_for_their_time(tmp_path):
    orders = [("c0", "2024-01-10"), ("c0", "2024-06-01"), ("c1", "2024-01-15"), ("c2", "2023-02-01"),
              ("c2", "2024-03-01"), ("c3", "2024-08-01")]
    more = {"orders": [{"order_id": f"o{i}", "company_id": c, "ordered_at": at, "revenue": "100"}
                       for i, (c, at) in enumerate(orders)]}
    result = firm(tmp_path / "a", more=more)
    flows = result.board.flows
    # Months begin with the first lead: c2 was new before.
    assert flows["new"].sum() == 3
    # A year after their first orders: c0 had ordered again, c1, c2 and c3 had not.
    assert (flows["repeat_due"].sum(), flows["repeat"].sum()) == (4, 1)
    # Silent for a year: c0 since June 2024, c1, c2 in 2023 (back within the half year after) and again since 2024, not
    # yet c3, whose half year is not over.
    assert (flows["lapsed"].sum(), flows["won_back"].sum()) == (4, 1)


def test_customers_from_before_the_records_are_not_new(tmp_path):
    more = {"orders": [{"order_id": "o1", "company_id": "c0", "ordered_at": "2025-03-01", "revenue": "100"}],
            "companies": [{"company_id": f"c{i}", "name": f"c{i}", "first_order_on": "2019-01-01" if i == 0 else ""}
                          for i in range(240)]}
    assert firm(tmp_path / "a", more=more).board.flows["new"].sum() == 0


def test_a_leavers_time_costs_until_the_last_day_and_nothing_without_a_wage(tmp_path):
    sellers = [{"seller_id": "S1", "team": "A", "hours_per_week": "40", "hourly_cost": "70", "active_to": "2025-06-30"}]
    result = firm(tmp_path / "a", more={"sellers": sellers})
    half, rest = ((dt.date(2025, 1, 1), dt.date(2025, 7, 1)), (dt.date(2025, 7, 1), dt.date(2026, 1, 1)))
    lo, hi = result.board.span(*half)
    assert result.board.total("seller_cost", lo, hi) == pytest.approx(0.5 * 40 * 70 * 181 / 7)
    assert result.board.total("seller_cost", *result.board.span(*rest)) == 0


def test_offers_open_at_a_quarters_end_stand_against_the_next_quarters_plan(tmp_path):
    targets = {"targets": [{"department": "sales", "kpi": "revenue", "period_start": "2025-07-01",
                            "period_end": "2025-09-30", "value": "10000", "currency": "EUR"}]}
    result = firm(tmp_path / "a", more=targets)
    # One lead in three days, an opportunity for some fifteen days, 1,000 each: five stand open.
    covered = figure(result, "pipeline_coverage", (dt.date(2025, 4, 1), dt.date(2025, 7, 1)))
    assert covered == pytest.approx(0.5, abs=0.11)
    assert figure(result, "pipeline_coverage", (dt.date(2025, 7, 1), dt.date(2025, 10, 1))) is None


def test_without_a_model_of_leads_the_treaty_values_kinds_of_leads_and_worth_is_not_made_up(tmp_path):
    result = firm(tmp_path / "a")
    assert result.parts.get("treaty") is None or result.parts["treaty"].chance is None
    assert treaty.curve(result) and customers.customers(result)


def test_with_enough_wins_the_treaty_values_each_lead_by_its_calibrated_chance(tmp_path):
    rng = np.random.default_rng(7)
    rows = {"companies": [], "leads": [], "lead_stages": [], "orders": []}
    for i in range(900):
        good, at = bool(rng.random() < 0.4), dt.date(2024, 1, 1) + dt.timedelta(days=i * 680 // 900)
        rows["companies"].append({"company_id": f"c{i}", "name": f"c{i}", "industry": "C28" if good else "G46"})
        rows["leads"].append({"lead_id": f"l{i}", "created_at": at.isoformat(), "company_id": f"c{i}",
                              "source": "web" if rng.random() < 0.5 else "fair"})
        end = (at + dt.timedelta(days=int(rng.integers(2, 40)))).isoformat()
        won = rng.random() < (0.3 if good else 0.06)
        rows["lead_stages"] += [{"lead_id": f"l{i}", "stage": "new", "entered_at": at.isoformat()},
                                {"lead_id": f"l{i}", "stage": "won" if won else "lost", "entered_at": end}]
        if won:
            rows["orders"].append({"order_id": f"o{i}", "lead_id": f"l{i}", "company_id": f"c{i}", "ordered_at": end,
                                   "revenue": "1000", "cost": "600"})
    write(tmp_path, rows)
    (tmp_path / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n')
    found = topic.judge(insights.open(str(tmp_path))).parts["treaty"]
    assert found.chance is not None and len(found.chance) == len(found.value) == found.leads.sum()
    assert np.all(np.diff(found.value) <= 1e-9)
    # Four in ten leads are good ones: the first four tenths are theirs, and what they are said to bring they bring.
    first = slice(0, int(0.38 * len(found.value)))
    assert found.chance[first].mean() == pytest.approx(0.3, abs=0.08)
    assert found.value[first].mean() == pytest.approx(400 * found.chance[first].mean(), rel=0.15)
