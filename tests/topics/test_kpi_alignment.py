"""The page of both departments: exact totals, targets, bad input."""

import datetime as dt
import json
from importlib import resources

import jsonschema
import pytest

import insights
from insights.evidence import Verdict
from insights.report.show import show
from insights.topics import kpi_alignment as topic
from insights.topics import kpi_alignment_board as scoreboard
from insights.topics.kpi_alignment_pages import (
    conflicts,
    customers,
    handover,
    moves_view,
    plan,
    push,
    treaty,
    value_view,
    view,
)
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT
from tests.topics.firms import segmented

SIZES = {"C28": 0.3, "C10": 0.15}


def judged(data, **parameters):
    own = {name: parameters.pop(name) for name in ("year_starts_in", "certainty") if name in parameters}
    return topic.judge(insights.open(data, **parameters), **own)


def displayed(result):
    """Show everything that the notebook shows."""
    show(view.headlines(result), view.of_board(result), view.scoreboard(result), view.exact_tables(result),
         moves_view.of_moves(result), moves_view.moves(result), value_view.of_value(result), value_view.value(result),
         push.of_push(result), push.table(result), handover.of_hand_over(result), handover.tables(result),
         treaty.of_treaty(result), treaty.curve(result), conflicts.of_conflicts(result), conflicts.meter(result),
         customers.customers(result), plan.of_plan(result), plan.plan(result), view.glossary(result),
         view.missing(result))


def firm(tmp_path, targets="", strategy="", rates="", **more):
    """A firm of two industries, with a table of targets."""
    data = segmented(tmp_path / "firm", SIZES, companies=60, strategy=strategy, **more)
    if targets:
        (tmp_path / "firm" / "targets.csv").write_text(
            "department,kpi,period_start,period_end,value,currency\n" + targets)
    if rates:
        (tmp_path / "firm" / "exchange_rates.csv").write_text("currency,valid_from,rate\n" + rates)
    return data


def said(result):
    return " ".join(text.render("en") for text in result.missing)


def attained(result, department):
    return next(f for f in result.findings if f.function.endswith(f"attained_{department}"))


def agreed(result, department):
    return scoreboard.attainment(result, department)[2]


@pytest.fixture(scope="module")
def maven():
    return judged(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml"))


@needs("maven_crm")
def test_the_real_exports_revenue_by_quarter_is_exact(maven):
    found = {s[0]: (scoreboard.value(maven, "won", s).figure.value, scoreboard.value(maven, "revenue", s).figure.value)
             for s in maven.spans}
    assert [found[dt.date(2017, m, 1)] for m in (1, 4, 7, 10)] == [
        (531, 1_134_672), (1254, 3_086_111), (1257, 2_982_255), (1196, 2_802_496)]


@needs("maven_crm")
def test_the_real_exports_offices_and_top_seller_are_exact(maven):
    assert {r["key"]: r["revenue"] for r in scoreboard.exact(maven, "team")} == {
        "Central": 3_346_293, "East": 3_090_594, "West": 3_568_647}
    by_team = view.exact_tables(maven)[-1]
    assert [cell.render("en") if hasattr(cell, "render") else cell for cell in by_team.rows[-1][:2]] == [
        "largest total of one seller", 349]
    assert {e.measure: e.estimate.value for e in by_team.estimates if not e.subject} == {
        "exact_won_top_seller": 349, "exact_revenue_top_seller": 1_153_214}


@needs("maven_crm")
def test_no_page_names_a_seller_and_other_profiles_have_none_at_all(maven):
    texts = " ".join(str(c.render("en")) if hasattr(c, "render") else str(c)
                     for t in view.exact_tables(maven) for row in t.rows for c in row)
    assert "S-" not in texts
    outside = judged(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml"), profile="external")
    assert not [e for e in outside.estimates if "seller" in e.subject or "top_seller" in e.measure]


def test_months_add_up_to_quarters_and_to_the_firm(tmp_path):
    result = judged(firm(tmp_path))
    board = result.board
    for event in ("leads", "won", "lost", "revenue"):
        quarters = [board.total(event, *board.span(*s)) for s in result.spans]
        assert sum(quarters) == pytest.approx(board.total(event, 0, board.months), abs=1e-6)
    row = result.firm.query(topic.segment_metrics.totals(dt.date(2025, 1, 1), dt.date(2026, 1, 1))).to_pylist()[0]
    assert board.total("leads", 0, board.months) == row["leads"]
    assert board.total("won", 0, board.months) == row["won"]


def test_a_plan_is_kept_or_not(tmp_path):
    result = judged(firm(
        tmp_path, "marketing,leads,2025-01-01,2025-12-31,200,\nsales,won,2025-01-01,2025-12-31,500,\n"))
    assert attained(result, "marketing").verdict is Verdict.KEPT
    missed = attained(result, "sales")
    assert missed.verdict is Verdict.NOT_KEPT and agreed(result, "sales") == 500
    assert "Marketing reached" in view.headlines(result).top_line.render("en")
    assert "Plan marketingu wykonany w" in view.headlines(result).top_line.render("pl")
    displayed(result)


def test_quarters_targets_add_up_to_the_year(tmp_path):
    quarters = "".join(f"marketing,leads,2025-{m:02d}-01,2025-{m + 2:02d}-{30 if m in (4, 7) else 31},50,\n"
                       for m in (1, 4, 7, 10))
    assert agreed(judged(firm(tmp_path, quarters)), "marketing") == 200


def test_without_targets_the_page_says_so(tmp_path):
    result = judged(firm(tmp_path))
    assert "No targets are recorded" in said(result)
    assert not [f for f in result.findings if ".attained_" in f.function]
    displayed(result)


def test_a_target_for_an_unknown_kpi_names_the_nearest(tmp_path):
    result = judged(firm(tmp_path, "sales,win_rat,2025-01-01,2025-12-31,0.2,\n"))
    assert "names no KPI of the glossary: did you mean “win_rate”?" in said(result)


def test_a_target_in_another_currency_is_converted_or_left_out(tmp_path):
    target = "sales,revenue,2025-01-01,2025-12-31,100000,USD\n"
    assert "there is no exchange rate" in said(judged(firm(tmp_path, target)))
    converted = judged(firm(tmp_path, target, rates="USD,2024-01-01,0.5\n"))
    assert agreed(converted, "sales") == 50_000


def test_overlapping_and_contradicting_targets_are_named(tmp_path):
    result = judged(firm(tmp_path, "marketing,leads,2025-01-01,2025-06-30,50,\n"
                         "marketing,leads,2025-04-01,2025-12-31,90,\n"
                         "sales,won,2025-01-01,2025-12-31,9,\nsales,won,2025-01-01,2025-12-31,8,\n"))
    assert "overlap" in said(result) and "contradict each other" in said(result)


def test_a_target_of_broken_months_is_left_out(tmp_path):
    assert "does not cover whole months" in said(judged(firm(tmp_path, "sales,won,2025-01-15,2025-12-31,9,\n")))


def test_the_strategys_standing_target_counts_for_each_quarter(tmp_path):
    strategy = ('[agreement]\nvalid_from = 2025-01-01\n[[kpi]]\nname = "leads"\ndepartment = "marketing"\n'
                'target = 10\nperiod = "quarter"\n')
    result = judged(firm(tmp_path, strategy=strategy))
    found = attained(result, "marketing")
    assert agreed(result, "marketing") == 40 and found.clause_id == "kpi=leads" and found.verdict is Verdict.KEPT


def test_each_target_of_the_strategy_gets_its_verdict(tmp_path):
    """Also those that are no department's first measure: a clause that nobody judges would be called unknown."""
    strategy = "[agreement]\nvalid_from = 2025-01-01\n" + "".join(
        f'[[kpi]]\nname = "{name}"\ndepartment = "sales"\ntarget = {target}\nperiod = "quarter"\n'
        for name, target in (("revenue", 1), ("orders_won", 100_000)))
    result = judged(firm(tmp_path, strategy=strategy))
    verdicts = {f.clause_id: f.verdict for f in result.findings if f.clause_id and f.clause_id.startswith("kpi=")}
    assert verdicts == {"kpi=revenue": Verdict.KEPT, "kpi=orders_won": Verdict.NOT_KEPT}


def test_a_fiscal_year_that_begins_in_april(tmp_path):
    result = judged(firm(tmp_path), year_starts_in=4)
    assert {s[0].month for s in result.spans} <= {1, 4, 7, 10}
    result = judged(str(tmp_path / "firm"), year_starts_in=2)
    assert {s[0].month for s in result.spans} <= {2, 5, 8, 11}
    board = result.board
    assert sum(board.total("leads", *board.span(*s)) for s in result.spans) == board.total("leads", 0, board.months)
    displayed(result)


def test_a_period_without_any_lead(tmp_path):
    result = judged(firm(tmp_path), period="2020")
    assert next(f for f in result.findings if f.function.endswith(".totals")).estimate.value == 0
    displayed(result)


def test_the_same_day_gives_the_same_page_whatever_was_recorded_later(tmp_path):
    data = firm(tmp_path)
    before = [f.to_json() for f in judged(data, as_of="2025-08-31").findings]
    stages = tmp_path / "firm" / "lead_stages.csv"
    header = stages.read_text().splitlines()[0].split(",")
    late = {"lead_id": "C28-0-0", "stage": "won", "entered_at": "2025-11-01", "amount": "999999"}
    stages.write_text(stages.read_text() + ",".join(late.get(name, "") for name in header) + "\n")
    after = [f.to_json() for f in judged(data, as_of="2025-08-31").findings]
    for entry in (*before, *after):
        entry["evidence"]["read_from"] = ""
    assert before == after


def test_orders_alone_and_three_leads_give_a_page(tmp_path):
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "companies.csv").write_text("company_id,name\nc1,A\n")
    (folder / "orders.csv").write_text("order_id,company_id,ordered_at,revenue,currency\no1,c1,2025-01-02,10,EUR\n")
    result = judged(str(folder))
    assert "add the tables leads and lead_stages" in said(result)
    displayed(result)
    displayed(judged(segmented(tmp_path / "three", {"C28": 1.0, "C10": 0.0, "J62": 1.0}, companies=1, leads=1)))


def test_no_losses_and_no_wins(tmp_path):
    displayed(judged(segmented(tmp_path / "a", SIZES, companies=20, lose=False)))
    displayed(judged(segmented(tmp_path / "b", {"C28": 0.0, "C10": 0.0}, companies=20, lose=False)))


def test_findings_and_estimates_keep_the_published_schema(tmp_path):
    result = judged(firm(tmp_path, "sales,won,2025-01-01,2025-12-31,500,\n"))
    folder = resources.files("insights") / "evidence" / "schema"
    run = {"id": "x", "as_of": "2025-12-31", "period": ["2025-01-01", "2025-12-31"], "data_hash": "0"}
    for name, entries in (("findings", result.findings), ("estimates", result.estimates)):
        schema = json.loads((folder / f"{name}.json").read_text())
        assert entries
        jsonschema.Draft202012Validator(schema).validate(
            {"schema": 1, "run": run, name: [entry.to_json() for entry in entries]})
