"""Specification of the lead-grain relation: a few rows in, one row per lead out."""

import datetime as dt

import pytest

import insights
from insights.metrics.sql import select
from tests.tables.firms import firm as tables_of
from tests.tables.firms import write

COMPANIES = [
    {"company_id": "c1", "name": "A", "industry": "C28", "country": "PL", "employees": "120",
     "annual_turnover": "9000000", "currency": "EUR"},
    {"company_id": "c2", "name": "B", "industry": "J62", "country": "DE", "employees": "40"},
]
CONTACTS = [{"contact_id": "k1", "company_id": "c2"}]


def stage(lead, name, day, **more):
    return {"lead_id": lead, "stage": name, "entered_at": day, **more}


def leads_of(tmp_path, leads, stages, as_of="2026-06-30", **tables):
    folder = write(tmp_path, tables_of(companies=COMPANIES, leads=leads, lead_stages=stages, **tables))
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\n')
    firm = insights.open(str(folder), as_of=as_of)
    rows = firm.query(select("select * from lead_grain order by lead_id")).to_pylist()
    return {row["lead_id"]: row for row in rows}


def lead(lead_id, created="2026-01-01", **more):
    return {"lead_id": lead_id, "created_at": created, "company_id": "c1", **more}


@pytest.mark.parametrize("events, outcome", [
    ([("new", "2026-01-01")], "open"),
    ([("new", "2026-01-01"), ("won", "2026-02-01")], "won"),
    ([("opportunity", "2026-01-05"), ("lost", "2026-02-01")], "lost"),
    ([("mql", "2026-01-05"), ("returned", "2026-02-01")], "returned"),
    ([("lost", "2026-02-01"), ("opportunity", "2026-03-01")], "open"),
    ([("lost", "2026-02-01"), ("opportunity", "2026-03-01"), ("lost", "2026-04-01")], "lost"),
    ([("won", "2026-02-01"), ("lost", "2026-03-01")], "won"),
])
def test_outcome(tmp_path, events, outcome):
    """The first win ends a lead; a terminal stage followed by a later open one is open again."""
    assert leads_of(tmp_path, [lead("l1")], [stage("l1", *e) for e in events])["l1"]["outcome"] == outcome


def test_what_happens_after_as_of_is_not_seen(tmp_path):
    leads = [lead("l1"), lead("l2", created="2026-05-01")]
    stages = [stage("l1", "won", "2026-04-01"), stage("l2", "new", "2026-05-01")]
    seen = leads_of(tmp_path, leads, stages, as_of="2026-03-31")
    assert set(seen) == {"l1"} and seen["l1"]["outcome"] == "open"
    same_day = leads_of(tmp_path, leads, stages, as_of="2026-04-01")
    assert same_day["l1"]["outcome"] == "won"


def test_what_was_recorded_late_was_not_known(tmp_path):
    stages = [stage("l1", "won", "2026-02-01", recorded_at="2026-05-01")]
    assert leads_of(tmp_path, [lead("l1")], stages, as_of="2026-04-30")["l1"]["outcome"] == "open"


def test_a_duplicate_folds_into_its_original(tmp_path):
    leads = [lead("l1"), lead("l2", created="2026-01-05", duplicate_of="l1")]
    seen = leads_of(tmp_path, leads, [stage("l2", "won", "2026-02-10", amount="500")])
    assert set(seen) == {"l1"}
    assert (seen["l1"]["outcome"], seen["l1"]["days_to_win"], float(seen["l1"]["revenue"])) == ("won", 40, 500.0)


def test_money_comes_from_orders_else_from_the_amount_at_won_never_both(tmp_path):
    leads = [lead("l1"), lead("l2")]
    stages = [stage("l1", "won", "2026-02-01", amount="999"), stage("l2", "won", "2026-02-01", amount="700")]
    orders = [
        {"order_id": "o1", "company_id": "c1", "ordered_at": "2026-02-02", "lead_id": "l1", "revenue": "1000.50",
         "cost": "600", "rebate": "50"},
        {"order_id": "o2", "company_id": "c1", "ordered_at": "2026-02-03", "lead_id": "l1", "revenue": "-100",
         "cost": "-60", "kind": "return"}]
    seen = leads_of(tmp_path, leads, stages, orders=orders)
    assert [float(seen["l1"][k]) for k in ("revenue", "margin", "costed_revenue")] == [900.5, 310.5, 900.5]
    assert [float(seen["l2"][k]) for k in ("revenue", "costed_revenue")] == [700.0, 0.0]


def test_cost_falls_back_to_the_product(tmp_path):
    products = [{"product_id": "p1", "name": "Pump", "status": "launched", "unit_cost": "30", "currency": "EUR"}]
    orders = [{"order_id": "o1", "company_id": "c1", "ordered_at": "2026-02-02", "lead_id": "l1", "revenue": "100",
               "product_id": "p1", "quantity": "2"}]
    seen = leads_of(tmp_path, [lead("l1")], [stage("l1", "won", "2026-02-01")], orders=orders, products=products)
    assert float(seen["l1"]["margin"]) == 40.0


def test_a_lead_without_company_has_that_of_its_contact(tmp_path):
    leads = [{"lead_id": "l1", "created_at": "2026-01-01", "contact_id": "k1"},
             {"lead_id": "l2", "created_at": "2026-01-01"}]
    seen = leads_of(tmp_path, leads, [stage("l1", "new", "2026-01-01")], contacts=CONTACTS)
    assert (seen["l1"]["company_id"], seen["l1"]["country"]) == ("c2", "DE")
    assert seen["l2"]["company_id"] is None and seen["l2"]["outcome"] == "open"


def test_a_win_before_the_lead_has_no_duration(tmp_path):
    seen = leads_of(tmp_path, [lead("l1", created="2026-03-01")], [stage("l1", "won", "2026-02-01")])
    assert seen["l1"]["outcome"] == "won" and seen["l1"]["days_to_win"] is None


@pytest.mark.parametrize("people, turnover, balance, band", [
    (9, None, None, "micro"), (9, 2_000_000, None, "micro"), (9, 3_000_000, 2_000_000, "micro"),
    (9, 3_000_000, 3_000_000, "small"), (10, None, None, "small"), (49, 11_000_000, 10_000_000, "small"),
    (50, 1, 1, "medium"), (249, 50_000_000, 90_000_000, "medium"), (249, 51_000_000, 44_000_000, "large"),
    (250, None, None, "large"), (None, 1_000_000, None, None),
])
def test_size_band_of_the_recommendation(tmp_path, people, turnover, balance, band):
    """Recommendation 2003/361/EC: head-count under the limit, and turnover or balance total not above it."""
    company = {"company_id": "c1", "name": "A", "employees": people or "", "annual_turnover": turnover or "",
               "balance_total": balance or "", "currency": "EUR"}
    folder = write(tmp_path, tables_of(
        companies=[company], leads=[lead("l1")], lead_stages=[stage("l1", "new", "2026-01-01")]))
    firm = insights.open(str(folder))
    assert firm.row(select("select size from lead_grain"))["size"] == band


def test_dates_are_local(tmp_path):
    """Half past eleven in the evening in London is the next day in Warsaw."""
    folder = write(tmp_path, tables_of(companies=COMPANIES, leads=[lead("l1", created="2026-01-31T23:30Z")],
                                       lead_stages=[stage("l1", "new", "2026-01-31T23:30Z")]))
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\ntime_zone = "Europe/Warsaw"\n')
    firm = insights.open(str(folder))
    assert firm.row(select("select created_on from lead_grain"))["created_on"] == dt.date(2026, 2, 1)
