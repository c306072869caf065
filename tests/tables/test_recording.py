"""Specification: how the CRM is kept, and how far the data reach."""

import datetime as dt

from insights.tables import level
from tests.tables.firms import COMPANIES, LEADS, STAGES, checked, firm, found

DAY = dt.date(2024, 1, 1)


def history(
    n,
    won_after=30,
    reason="",
    company=lambda i: "c1",
    first="new",
    won=lambda i: i % 2 == 0,
    closed=lambda i: True,
    closed_on=None,
):
    """n leads, one a day, closed some days after."""
    leads, stages = [], []
    for i in range(n):
        created = DAY + dt.timedelta(days=i)
        leads.append({"lead_id": f"l{i}", "created_at": str(created), "company_id": company(i)})
        stages.append({"lead_id": f"l{i}", "stage": first, "entered_at": str(created)})
        if closed(i):
            day = closed_on or created + dt.timedelta(days=won_after)
            stages.append(
                {
                    "lead_id": f"l{i}",
                    "stage": "won" if won(i) else "lost",
                    "entered_at": str(day),
                    "reason": "" if won(i) else reason,
                }
            )
    return firm(leads=leads, lead_stages=stages)


def rules(result):
    return {p.rule for p in result.problems if p.table in ("leads", "lead_stages", "orders")}


def test_a_well_kept_crm_is_not_accused(tmp_path):
    assert rules(checked(tmp_path, history(300))) == {"column_empty"}


def test_wins_recorded_on_the_day_of_creation(tmp_path):
    (problem,) = found(checked(tmp_path, history(40, won_after=0)), "entered_afterwards")
    assert problem.severity == "excluded" and problem.count == 20 and "100%" in problem.message.render("en")


def test_a_bulk_closing(tmp_path):
    result = checked(tmp_path, history(250, closed_on=DAY + dt.timedelta(days=260)))
    (problem,) = found(result, "stages_in_bulk")
    assert problem.count == 250 and "17 September 2024" in problem.message.render("en")


def test_leads_that_are_never_closed(tmp_path):
    result = checked(tmp_path, history(500, closed=lambda i: i % 2 == 1 or i > 400))
    (problem,) = found(result, "never_closed")
    assert problem.severity == "warning"


def test_one_reason_for_everything(tmp_path):
    (problem,) = found(checked(tmp_path, history(80, reason="Other")), "one_reason_for_all")
    assert problem.count == 40 and "“Other”" in problem.message.render("en")


def test_companies_filled_in_at_closing(tmp_path):
    result = checked(tmp_path, history(100, company=lambda i: "c1" if i % 2 else "", closed=lambda i: i % 2 == 1))
    assert found(result, "company_filled_at_closing")[0].severity == "excluded"
    assert found(result, "leads_without_company")[0].count == 50


def test_a_company_known_through_the_contact_is_known(tmp_path):
    contacts = [{"contact_id": "p1", "company_id": "c1"}]
    leads = [{**row, "company_id": "", "contact_id": "p1"} for row in LEADS]
    assert not found(checked(tmp_path, firm(leads=leads, contacts=contacts)), "leads_without_company")


def test_opportunities_are_not_called_leads(tmp_path):
    assert found(checked(tmp_path, history(40, first="opportunity")), "opportunities_only")[0].severity == "note"


def test_revenue_with_vat(tmp_path):
    orders = [
        {
            "order_id": f"o{i}",
            "company_id": "c1",
            "ordered_at": "2026-01-05",
            "revenue": f"{100 + i}",
            "list_revenue": f"{(100 + i) / 1.23:.4f}",
            "currency": "PLN",
        }
        for i in range(40)
    ]
    (problem,) = found(checked(tmp_path, firm(orders=orders)), "vat_included")
    assert problem.severity == "excluded" and "1.23 times" in problem.message.render("en")


def test_nothing_won_all_won_and_no_stage_at_all_do_not_raise(tmp_path):
    for i, won in enumerate((lambda i: False, lambda i: True)):
        folder = tmp_path / str(i)
        folder.mkdir()
        assert not checked(folder, history(40, won=won)).errors
    folder = tmp_path / "none"
    folder.mkdir()
    assert checked(folder, {**firm(), "lead_stages": "lead_id,stage,entered_at\n"}).errors


def test_the_level_names_the_cheapest_next_step(tmp_path):
    orders = [{"order_id": "o1", "company_id": "c1", "ordered_at": "2026-03-01", "revenue": "10.5", "currency": "PLN"}]
    folders = [tmp_path / name for name in ("invoices", "deals", "stages")]
    for folder in folders:
        folder.mkdir()
    invoices = level(checked(folders[0], firm(leads=None, lead_stages=None, orders=orders)))
    assert invoices.number == 0 and "about 4 h" in invoices.next_step.render("en")
    deals = level(checked(folders[1], firm()))
    assert deals.number == 1 and "orders" in deals.missing_tables
    campaigns = [{"campaign_id": "k", "name": "Fair", "channel": "fair", "started_on": "2026-01-01"}]
    spend = [{"campaign_id": "k", "spent_on": "2026-01-02", "amount": "5", "currency": "PLN"}]
    between = [{"lead_id": "l3", "stage": stage, "entered_at": "2026-01-20"} for stage in ("mql", "proposal")]
    stages = level(
        checked(
            folders[2],
            firm(orders=orders, campaigns=campaigns, spend=spend, lead_stages=[*STAGES, *between], companies=COMPANIES),
        )
    )
    assert stages.number == 2 and "targets" in stages.next_step.render("en")
