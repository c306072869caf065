"""A report for the head of each country, team or product family, from one run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import insights
from insights.problems import UsageError
from insights.report import each
from insights.report.chapters import NotebookFailed
from insights.report.each import FEWEST_COMPANIES, divided, plan
from insights.report.progress import Progress
from insights.report.run import Request, run
from tests.report.suites import PARAMETERS, write_notebook
from tests.tables.firms import write

DAY = "2026-06-30"
STRATEGY = """
[agreement]
valid_from = 2026-01-01
[key_customer]
countries = ["DE"]
sizes = ["small"]
[products]
promote = ["P1", "P2"]
[[kpi]]
name = "leads"
department = "marketing"
target = 1000
period = "year"
[[kpi]]
name = "won"
department = "sales"
target = 5
period = "year"
team = "North"
"""


def firm(folder: Path, countries: dict[str, int]) -> Path:
    """A firm with so many companies in each country and two leads from each: sellers of teams North (four) and South
    (one) and East (three) take turns, campaigns M1 and M2 bring the leads and cost 300 and 100."""
    sellers = [{"seller_id": f"S{i}", "team": team, "hours_per_week": "40"}
               for i, team in enumerate(["North"] * 4 + ["South"] + ["East"] * 3)]
    rows: dict[str, list[dict]] = {
        "companies": [], "leads": [], "lead_stages": [], "orders": [], "sellers": sellers, "touches": [],
        "products": [{"product_id": f"P{i}", "name": f"Product {i}", "family": f"family {i}", "status": "launched"}
                     for i in (1, 2)],
        "campaigns": [{"campaign_id": f"M{i}", "name": f"M{i}", "channel": "mail", "started_on": "2026-01-01"}
                      for i in (1, 2)],
        "spend": [{"campaign_id": f"M{i}", "spent_on": "2026-02-01", "amount": amount, "currency": "EUR"}
                  for i, amount in ((1, "300"), (2, "100"))],
        "targets": [{"department": "sales", "kpi": "won", "period_start": "2026-01-01", "period_end": "2026-12-31",
                     "value": "9", "team": "North"},
                    {"department": "sales", "kpi": "won", "period_start": "2026-01-01", "period_end": "2026-12-31",
                     "value": "50"}]}
    number = 0
    for country, companies in countries.items():
        for c in range(companies):
            company = f"{country}{c}"
            rows["companies"].append({"company_id": company, "name": f"Firm {company}", "country": country,
                                      "employees": "20"})
            for _ in range(2):
                lead, seller, product = f"L{number}", f"S{number % 8}", f"P{1 + number % 2}"
                rows["leads"].append({
                    "lead_id": lead, "created_at": "2026-02-01", "company_id": company, "seller_id": seller,
                    "product_id": product, "campaign_id": "M1" if number % 4 else "M2"})
                rows["lead_stages"] += [
                    {"lead_id": lead, "stage": "new", "entered_at": "2026-02-01"},
                    {"lead_id": lead, "stage": "won" if number % 5 == 0 else "lost", "entered_at": "2026-03-01"}]
                rows["orders"].append({"order_id": f"O{number}", "company_id": company, "ordered_at": "2026-03-01",
                                       "kind": "order", "product_id": product, "seller_id": seller, "revenue": "100",
                                       "currency": "EUR"})
                rows["touches"].append({"touched_at": "2026-02-02", "lead_id": lead, "seller_id": seller,
                                        "kind": "call"})
                number += 1
    folder.mkdir(parents=True)
    write(folder, rows)
    (folder / "insights.toml").write_text(f'[defaults]\ncurrency = "EUR"\nreporting_currency = "EUR"\nas_of = "{DAY}"\n'
                                          'firm = "Pompy"\n')
    (folder / "strategy.toml").write_text(STRATEGY)
    return folder


@pytest.mark.parametrize(("given", "meant"), [("country", "country"), ("Product-Family", "family"), ("teams", "team")])
def test_a_dimension_may_be_written_as_people_write_it(given, meant):
    assert each.dimension(given) == meant


def test_an_unknown_dimension_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="did you mean country"):
        each.dimension("contry")
    with pytest.raises(UsageError, match="it can be divided by country, region"):
        each.dimension("weather")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return firm(tmp_path_factory.mktemp("each") / "firm", {"DE": 30, "PL": 40, "CZ": 2})


@pytest.mark.parametrize(("by", "sums"), [("country", True), ("family", True), ("team", True)])
def test_the_parts_hold_every_row_once_and_no_more_money_than_the_firm(tmp_path, data, by, sums):
    whole = insights.open(str(data))
    rows = {name: whole.row(f"select count(*) as n from {name}")["n"] for name in ("leads", "orders", "lead_stages")}
    parts = [head.part for head in plan(whole, by).heads] + list(plan(whole, by).small)
    whole.hand_over(str(data), "", tmp_path / "checked")
    found = [divided(whole, part, tmp_path / "checked") for part in parts]
    for name, n in rows.items():
        assert sum(f.row(f"select count(*) as n from {name}")["n"] for f in found) == n, name
    spend = sum(f.row("select coalesce(sum(amount_rc), 0) as n from spend")["n"] for f in found)
    assert float(spend) == pytest.approx(400, abs=0.05)
    hours = sum(f.row("select coalesce(sum(hours_per_week), 0) as n from sellers")["n"] for f in found)
    assert float(hours) == pytest.approx(8 * 40)
    grains = sum(f.row("select count(*) as n from lead_grain")["n"] for f in found)
    assert grains == rows["leads"]


def test_small_parts_get_a_line_and_small_teams_stand_together(data):
    found = plan(insights.open(str(data)), "country")
    assert [h.part.value for h in found.heads] == ["PL", "DE"] and [p.value for p in found.small] == ["CZ"]
    assert found.heads[0].leads == 80 and found.heads[0].companies == 40
    teams = plan(insights.open(str(data)), "team")
    assert {h.part.value for h in teams.heads} == {"North", "East + South"}


def test_a_withheld_part_cannot_be_worked_out_from_the_whole_by_outsiders(tmp_path):
    data = firm(tmp_path / "firm", {"DE": 30, "PL": 40, "AT": 20, "CZ": 2})
    assert len(plan(insights.open(str(data)), "country").heads) == 3
    found = plan(insights.open(str(data), profile="external"), "country")
    assert [h.part.value for h in found.heads] == ["PL", "DE"], "Austria goes with Czechia"
    assert sum(1 for _ in found.small) == 2


def test_what_cannot_be_divided_says_why(tmp_path, data):
    few = firm(tmp_path / "few", {"DE": FEWEST_COMPANIES - 1})
    with pytest.raises(UsageError, match="no country has 30 leads"):
        plan(insights.open(str(few)), "country")
    with pytest.raises(UsageError, match="the column region of companies is empty"):
        plan(insights.open(str(data)), "region")
    (few / "sellers.csv").unlink()
    with pytest.raises(UsageError, match="have no table sellers; they can be divided by country"):
        plan(insights.open(str(few)), "team")


def test_clauses_and_targets_of_the_whole_are_not_judged_by_a_part(tmp_path, data):
    whole = insights.open(str(data))
    by = {by: [head.part for head in plan(whole, by).heads] for by in ("country", "team", "family")}
    whole.hand_over(str(data), "", tmp_path / "checked")
    germany = divided(whole, by["country"][1], tmp_path / "checked")
    assert {c.id for c in germany.strategy.clauses} == {
        "key_customer.sizes=small", "products.promote=P1", "products.promote=P2"}
    assert not germany.has("targets")
    north = divided(whole, next(p for p in by["team"] if p.value == "North"), tmp_path / "checked")
    assert "kpi=won" in {c.id for c in north.strategy.clauses} and "kpi=leads" not in {
        c.id for c in north.strategy.clauses}
    assert north.row("select count(*) as n, max(value) as v from targets") == {"n": 1, "v": 9}
    first = divided(whole, by["family"][0], tmp_path / "checked")
    assert [c.id for c in first.strategy.clauses if c.key == "products.promote"] == ["products.promote=P1"]
    assert germany.data_hash != north.data_hash != whole.data_hash
    assert germany.level == whole.level, "what was delivered was delivered for all"


OPEN = ("import insights\nfirm = insights.open(data=data, mapping=mapping, strategy=strategy, as_of=as_of, "
        "period=period, profile=profile, seed=seed)\nn = firm.row('select count(*) as n from leads')['n']")


@pytest.fixture(scope="module")
def reported(tmp_path_factory, data) -> Path:
    """The report of a run by country, the second one on these data."""
    place = tmp_path_factory.mktemp("suite")
    write_notebook(place / "n", "topic", OPEN, "finding('topic.leads', float(n))", "block(f'{n} leads')",
                   parameters=PARAMETERS, finish="insights.finish(firm)")
    asked = Request(notebooks=place / "n", reports=place / "reports", data=str(data), each="country")
    run(asked, Progress())
    (data / "leads.csv").write_text((data / "leads.csv").read_text().replace("2026-02-01", "2026-02-02", 1))
    return run(asked, Progress())


def test_each_part_has_a_whole_report_of_its_own(reported):
    said = {}
    for folder in (".", "country-DE", "country-PL"):
        said[folder] = json.loads((reported / folder / "findings.json").read_text())["findings"][0]["value"]
        assert (reported / folder / "index.pl.html").is_file() and (reported / folder / "topic.en.html").is_file()
        assert (reported / folder / "notebooks" / "topic.ipynb").is_file()
    assert said == {".": 144.0, "country-DE": 60.0, "country-PL": 80.0}
    assert not (reported / "country-CZ").exists()
    assert not list(reported.glob("country-*/strategy.proposed.toml")), "a part proposes no strategy of the firm"
    record = json.loads((reported / "run.json").read_text())
    assert [part["value"] for part in record["each"]["parts"]] == ["PL", "DE"]
    assert record["each"]["too_small"] == ["CZ"] and record["parameters"]["each"] == "country"


def test_the_index_leads_to_the_parts_and_they_lead_nowhere_outside(reported):
    index = (reported / "index.pl.html").read_text(encoding="utf-8")
    assert 'href="country-DE/index.pl.html"' in index and "Niemcy" in index and "60 leadów" in index
    assert "Bez własnego raportu" in index and "Czechy" in index
    for page in reported.glob("country-DE/*.html"):
        text = page.read_text(encoding="utf-8")
        assert "Niemcy" in text or "Germany" in text, "whose report it is stands in the first line"
        for link in re.findall(r'href="([^"#]+)"', text):
            if link != "data:,":
                assert (page.parent / link).is_file() and ".." not in link, link


def test_a_part_is_compared_with_the_same_part_of_the_run_before(reported):
    runs = sorted(p for p in reported.parent.iterdir() if (p / "run.json").is_file() and not p.is_symlink())
    assert len(runs) == 2
    for folder in ("country-DE", "country-PL"):
        entries = json.loads((reported / folder / "findings.json").read_text())["findings"]
        assert [entry["status"] for entry in entries] == ["standing"], "not new: the earlier run had it"


def test_a_notebook_that_fails_in_one_part_publishes_nothing_and_names_the_part(tmp_path, data):
    write_notebook(tmp_path / "n", "topic", OPEN, "assert n == 144, 'too few'", finish="insights.finish(firm)")
    asked = Request(notebooks=tmp_path / "n", reports=tmp_path / "reports", data=str(data), each="country")
    with pytest.raises(NotebookFailed, match="topic for country-PL failed in cell"):
        run(asked, Progress())
    assert not (tmp_path / "reports" / "latest").exists()
