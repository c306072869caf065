"""Specification: keys, references, dates, amounts, and leads whose stages contradict each other."""

import datetime as dt
from decimal import Decimal

import pytest

from insights.tables.calendar import latest_day
from tests.tables.firms import COMPANIES, LEADS, STAGES, checked, firm, found, rows

ORDER = {
    "order_id": "o1",
    "company_id": "c1",
    "ordered_at": "2026-02-01",
    "quantity": "1",
    "revenue": "100",
    "currency": "PLN",
}
MANY = [{**ORDER, "order_id": f"o{i}"} for i in range(200)]


def test_equal_rows_count_once_and_are_counted(tmp_path):
    result = checked(tmp_path, firm(leads=[*LEADS, LEADS[0]], lead_stages=[*STAGES, STAGES[10]]))
    assert {p.table: p.count for p in found(result, "duplicate_rows")} == {"leads": 1, "lead_stages": 1}
    assert not result.errors and result.tables["leads"].rows_kept == 10


def test_different_rows_under_one_key_are_an_error_that_lists_them(tmp_path):
    (problem,) = found(checked(tmp_path, firm(leads=[*LEADS, {**LEADS[0], "company_id": "c1"}])), "conflicting_keys")
    assert problem.severity == "error" and problem.count == 2
    assert [(e.row, e.key) for e in problem.examples] == [(1, "l1"), (11, "l1")]


def test_rows_without_a_key_that_differ_in_an_unknown_column_are_two(tmp_path):
    spend = [
        {"campaign_id": "k1", "spent_on": "2026-01-01", "amount": "5", "currency": "PLN", "invoice": i} for i in "ab"
    ]
    campaigns = [{"campaign_id": "k1", "name": "Fair", "channel": "fair", "started_on": "2026-01-01"}]
    result = checked(tmp_path, firm(spend=spend, campaigns=campaigns))
    assert result.tables["spend"].rows_kept == 2


def test_an_optional_reference_that_points_nowhere_becomes_unknown(tmp_path):
    leads = [{**LEADS[0], "lead_id": f"x{i}"} for i in range(20)] + LEADS
    leads[3]["company_id"] = "ghost"
    result = checked(tmp_path, firm(leads=leads))
    (problem,) = found(result, "orphan_value")
    assert problem.severity == "excluded" and problem.count == 1
    assert [(e.row, e.key, e.value) for e in problem.examples] == [(4, "x3", "ghost")]
    assert result.tables["leads"].rows_kept == 30
    assert [row["lead_id"] for row in rows(result, "leads") if row["company_id"] is None] == ["x3"]


def test_a_required_reference_that_points_nowhere_leaves_the_row_out(tmp_path):
    result = checked(tmp_path, firm(lead_stages=[*STAGES, {"lead_id": "ghost", "stage": "won"}]))
    (problem,) = found(result, "orphan_row")
    assert problem.count == 1 and result.tables["lead_stages"].rows_kept == 12 and not result.errors


def test_more_than_a_tenth_of_orphans_is_an_error(tmp_path):
    (problem,) = found(
        checked(tmp_path, firm(leads=[{**row, "company_id": "ghost"} for row in LEADS])), "too_many_orphans"
    )
    assert problem.severity == "error" and problem.count == 10 and "100%" in problem.message.render("en")


@pytest.mark.parametrize(
    ("ours", "theirs", "hint"),
    [
        ("17850", "17850.0", "once “.0” is cut off"),
        ("0042", "42", "leading zeros"),
        ("ab1", "AB1", "upper and lower case"),
    ],
)
def test_identifiers_that_only_look_different_are_explained_and_not_repaired(tmp_path, ours, theirs, hint):
    companies = [{**COMPANIES[0], "company_id": ours}]
    result = checked(
        tmp_path, firm(companies=companies, leads=[{**LEADS[0], "company_id": theirs}], lead_stages=STAGES[:1])
    )
    (problem,) = found(result, "too_many_orphans")
    assert hint in problem.remedy.render("en")


def test_sentinel_dates_become_unknown_and_too_many_are_an_error(tmp_path):
    orders = [{**row, "company_id": "c1"} for row in MANY]
    orders[0]["ordered_at"] = "1900-01-01"
    result = checked(tmp_path, firm(orders=orders))
    (problem,) = found(result, "implausible_date_row")
    assert problem.severity == "excluded" and result.tables["orders"].rows_kept == 199
    for row in orders[:5]:
        row["ordered_at"] = "9999-12-31"
    (problem,) = found(checked(tmp_path, firm(orders=orders)), "too_many_implausible_dates")
    assert problem.severity == "error" and problem.count == 5


def test_the_snapshot_is_the_latest_event_unless_stragglers_lie_far_behind(tmp_path):
    day = dt.date(2026, 1, 1)
    days = {day + dt.timedelta(days=i): 2 for i in range(100)}
    last = max(days)
    assert latest_day(days) == last
    assert latest_day({**days, dt.date(2031, 1, 1): 2}) == last
    assert latest_day({**days, dt.date(2031, 1, 1): 3}) == dt.date(2031, 1, 1)
    assert latest_day({**days, last + dt.timedelta(days=60): 1}) == last + dt.timedelta(days=60)
    assert latest_day({**days, dt.date(2027, 1, 1): 1, dt.date(2031, 1, 1): 1}) == last
    assert latest_day({}) is None


def test_an_event_in_the_future_is_left_out_and_counted(tmp_path):
    orders = [*MANY, {**ORDER, "order_id": "late", "ordered_at": "2031-01-01"}]
    result = checked(tmp_path, firm(orders=orders))
    (problem,) = found(result, "future_date_row")
    assert problem.count == 1 and problem.examples[0].key == "late" and result.snapshot_on == dt.date(2026, 2, 11)
    assert result.tables["orders"].rows_kept == 200 and not result.errors


def test_a_win_before_its_lead_is_flagged_and_kept(tmp_path):
    stages = [*STAGES[:11], {"lead_id": "l3", "stage": "won", "entered_at": "2025-12-01"}]
    result = checked(tmp_path, firm(lead_stages=stages))
    (problem,) = found(result, "won_before_created")
    assert problem.severity == "excluded" and problem.examples[0].key == "l3"
    assert result.tables["lead_stages"].rows_kept == 12


def test_two_wins_of_one_lead_are_an_error(tmp_path):
    (problem,) = found(
        checked(tmp_path, firm(lead_stages=[*STAGES, {**STAGES[10], "entered_at": "2026-02-11"}])), "several_wins"
    )
    assert problem.severity == "error" and problem.examples[0].key == "l1"


def test_a_lead_worked_again_after_its_end_is_noted(tmp_path):
    result = checked(
        tmp_path, firm(lead_stages=[*STAGES, {"lead_id": "l2", "stage": "proposal", "entered_at": "2026-02-20"}])
    )
    (problem,) = found(result, "reopened")
    assert problem.severity == "note" and problem.count == 1


def test_returns_are_kept_and_said(tmp_path):
    orders = [ORDER, {**ORDER, "order_id": "o2", "quantity": "-1", "revenue": "-100", "kind": "return"}]
    result = checked(tmp_path, firm(orders=orders))
    assert {p.column: p.count for p in found(result, "negative_kept")} == {"quantity": 1, "revenue": 1}
    assert sum(row["revenue_rc"] for row in rows(result, "orders")) == 0


def test_a_negative_head_count_becomes_unknown(tmp_path):
    result = checked(tmp_path, firm(companies=[{**COMPANIES[0], "employees": "-5"}, COMPANIES[1]]))
    assert found(result, "negative_ignored")[0].examples[0].value == "-5"
    assert rows(result, "companies")[0]["employees"] is None


def test_shares_outside_zero_to_one_are_an_error(tmp_path):
    readiness = [
        {"product_id": "p", "seller_id": "s", "assessed_on": "2026-01-01", "knowledge": "80", "willing": "tak"}
    ]
    products = [{"product_id": "p", "name": "P", "status": "launched"}]
    result = checked(tmp_path, firm(readiness=readiness, products=products, sellers=[{"seller_id": "s"}]))
    (problem,) = found(result, "share_out_of_range")
    assert problem.severity == "error" and problem.examples[0].value == "80.0"
    assert rows(result, "readiness")[0]["willing"] is True


RATES = [
    {"currency": "EUR", "valid_from": "2026-01-01", "rate": "4.0"},
    {"currency": "EUR", "valid_from": "2026-02-10", "rate": "4.25"},
]
EURO = [
    {**ORDER, "order_id": "o1", "ordered_at": "2026-02-09T23:00", "currency": "EUR", "revenue": "10"},
    {**ORDER, "order_id": "o2", "ordered_at": "2026-02-10T00:00", "currency": "EUR", "revenue": "10.01"},
    {**ORDER, "order_id": "o3", "ordered_at": "2026-02-10T00:00", "revenue": "7.125"},
]


def test_amounts_are_converted_at_the_rate_of_their_day_and_rounded_per_row(tmp_path):
    result = checked(tmp_path, firm(orders=EURO, exchange_rates=RATES), 'reporting_currency = "PLN"')
    assert [row["revenue_rc"] for row in rows(result, "orders")] == [
        Decimal("40.00"),
        Decimal("42.54"),
        Decimal("7.13"),
    ]
    assert not result.errors


def test_mixed_currencies_without_a_rate_are_an_error(tmp_path):
    orders = [{**EURO[0], "ordered_at": "2025-12-31"}, EURO[2]]
    (problem,) = found(
        checked(tmp_path, firm(orders=orders, exchange_rates=RATES), 'reporting_currency = "PLN"'), "no_rate"
    )
    assert problem.severity == "error" and problem.count == 1
    assert "EUR" in problem.message.render("en") and "2025-12-31" in problem.remedy.render("en")


def test_several_currencies_without_a_declared_one_are_an_error(tmp_path):
    (problem,) = found(checked(tmp_path, firm(orders=EURO)), "no_reporting_currency")
    assert "“EUR” (2)" in problem.message.render("en") and "“PLN” (2)" in problem.message.render("en")


def test_amounts_without_a_currency_are_an_error_unless_a_default_is_declared(tmp_path):
    stages = [*STAGES[:10], {**STAGES[10], "currency": ""}]
    assert found(checked(tmp_path, firm(lead_stages=stages)), "amount_without_currency")[0].count == 1
    result = checked(tmp_path, firm(lead_stages=stages), 'currency = "PLN"')
    assert not result.errors and found(result, "defaulted")[0].count == 1
    assert rows(result, "lead_stages")[-1]["amount_rc"] == Decimal("1000.00")


def test_a_row_without_any_of_its_references_is_left_out(tmp_path):
    touches = [{"touched_at": "2026-01-01", "lead_id": "l1"}, {"touched_at": "2026-01-02", "lead_id": ""}]
    result = checked(tmp_path, firm(touches=touches))
    assert found(result, "none_of")[0].examples[0].row == 2 and result.tables["touches"].rows_kept == 1
