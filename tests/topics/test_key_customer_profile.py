"""The key customer profile on firms with a known answer."""

import json
from importlib import resources

import jsonschema
import pytest

import insights
from insights.evidence import Finding, Verdict
from insights.report.show import show
from insights.topics import key_customer_clauses as clauses
from insights.topics import key_customer_deciders as deciders
from insights.topics import key_customer_first as first
from insights.topics import key_customer_profile as topic
from insights.topics import key_customer_refined_view as refined
from insights.topics import key_customer_segments as segments
from insights.topics import key_customer_view as view
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT
from tests.topics.firms import segmented


def judged(data, **parameters):
    return topic.judge(insights.open(data, **parameters))


def verdicts(profile, measure, dimension):
    """The verdict of each group in a measure."""
    return {g.label: g.compared[measure].verdict for g in profile.dimensions[dimension].groups}


def displayed(profile):
    """Show everything that the notebook shows."""
    for key in topic.DIMENSIONS:
        show(view.shares_figure(profile, key), view.of_dimension(profile, key), view.ranking(profile, key))
    show(first.headlines(profile), view.of_strategy(profile), clauses.clauses(profile), view.missing(profile))
    show(refined.rules(profile), refined.looked_back(profile), refined.opposite(profile))
    show(segments.table(profile, profile.combined), deciders.tables(profile, profile.roles))
    show(*(f for f in profile.findings if "_profile." in f.function))


def test_the_better_industry_is_found_and_the_rest_is_not_called_different(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 0.30, "C10": 0.15, "J62": 0.15, "G46": 0.15}))
    found = verdicts(profile, "conversion", "industry")
    assert found["C28"] is Verdict.HIGHER
    higher = [f for f in profile.findings if f.verdict is Verdict.HIGHER]
    assert {f.subject.get("industry") for f in higher} == {"C28"}
    best = next(f for f in higher if f.function.endswith(".conversion"))
    assert best.estimate.low > best.baseline.value and best.owner == "marketing" and best.action


def test_equal_industries_have_no_winner(tmp_path):
    profile = judged(segmented(tmp_path / "firm", dict.fromkeys(["C28", "C10", "J62", "G46"], 0.5), companies=900))
    assert not [f for f in profile.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    said = next(f for f in profile.findings if f.function.endswith("conversion_by_industry"))
    assert said.verdict is Verdict.NO_CLEAR_DIFFERENCE
    assert said.statement.render("en").startswith("No clear difference between industries")
    assert said.statement.render("pl").startswith("Brak wyraźnej różnicy: branże")


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_no_conversions_and_all_conversions_give_a_valid_page(tmp_path, rate):
    profile = judged(segmented(tmp_path / "firm", {"C28": rate, "C10": rate}, companies=60))
    assert not [f for f in profile.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    displayed(profile)
    rates = profile.dimensions["industry"].groups[0].compared["conversion" if rate else "win_rate"].own
    assert rates.value == rate and (rates.low, rates.high)[int(rate == 0)] not in (0.0, 1.0)


def test_one_segment_only_compares_nothing(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 0.2}))
    assert [f.function for f in profile.findings if f.verdict is Verdict.TOO_FEW] and not [
        f for f in profile.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER)]
    displayed(profile)


def test_nothing_closed_yet_says_so(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 0.0, "C10": 0.0}, companies=20, lose=False))
    assert not profile.findings
    assert "No lead has been won or lost yet" in profile.missing[0].render("en")
    displayed(profile)


def test_three_leads_in_all(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 1.0, "C10": 0.0, "J62": 1.0}, companies=1, leads=1))
    assert all(f.verdict in (None, Verdict.TOO_FEW) for f in profile.findings)
    displayed(profile)


def test_small_groups_are_named_but_show_no_figure(tmp_path):
    data = segmented(tmp_path / "firm", {"C28": 0.2, "C10": 0.2}, companies=100)
    for name, text in {"companies": "tiny,tiny,J62,60\n", "leads": "t1,2025-03-01,tiny\n",
                       "lead_stages": "t1,won,2025-03-20,77777777\n"}.items():
        path = tmp_path / "firm" / f"{name}.csv"
        path.write_text(path.read_text() + text)
    profile = judged(data)
    tiny = next(e for e in profile.estimates if e.subject == {"industry": "J62"} and e.measure == "conversion")
    assert tiny.withheld and tiny.to_json()["value"] is None and tiny.to_json()["observed"] is None
    table = next(t for t in view.ranking(profile, "industry") if hasattr(t, "rows"))
    assert not any("J62" in cell.render("en") for row in table.rows for cell in row[:1])
    assert any("J62" in note.render("en") for note in table.notes)


def test_no_losses_recorded_refuses_the_win_rate(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.3}, lose=False))
    keys = [m.key for m in profile.dimensions["industry"].measures]
    assert "win_rate" not in keys and "conversion" in keys
    assert "no lost lead is recorded" in profile.dimensions["industry"].refused[0].render("en")


@pytest.mark.parametrize("declared, verdict, words", [
    ("C28", Verdict.KEPT, "are the better ones"), ("C10", Verdict.NOT_KEPT, "are the weaker ones"),
    ("F43", Verdict.NOT_ENOUGH_DATA, "not one lead"),
])
def test_the_declared_key_customer_is_judged(tmp_path, declared, verdict, words):
    profile = judged(segmented(
        tmp_path / "firm", {"C28": 0.40, "C10": 0.10, "J62": 0.25, "G46": 0.25}, companies=300,
        strategy=f'[key_customer]\nindustries = ["{declared}"]\n'))
    finding = next(f for f in profile.findings if f.clause is not None)
    assert finding.verdict is verdict and words in finding.statement.render("en")
    assert clauses.clauses(profile).rows[0].verdict == verdict


def test_findings_are_the_same_each_time_and_survive_json(tmp_path):
    data = segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.1, "J62": 0.2})
    once, twice = ([f.to_json() for f in judged(data).findings] for _ in range(2))
    assert once == twice
    assert [Finding.from_json(json.loads(json.dumps(entry))).to_json() for entry in once] == once


def test_findings_and_estimates_keep_the_published_schema(tmp_path):
    profile = judged(segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.1, "J62": 0.2},
                               strategy='[key_customer]\nindustries = ["C10"]\ncountries = ["DE"]\n'))
    folder = resources.files("insights") / "evidence" / "schema"
    run = {"id": "x", "as_of": "2025-12-31", "period": ["2025-01-01", "2025-12-31"], "data_hash": "0"}
    for name, entries in (("findings", profile.findings), ("estimates", profile.estimates)):
        schema = json.loads((folder / f"{name}.json").read_text())
        document = {"schema": 1, "run": run, name: [entry.to_json() for entry in entries]}
        assert entries
        jsonschema.Draft202012Validator(schema).validate(document)


def test_orders_alone_still_give_a_page(tmp_path):
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "companies.csv").write_text("company_id,name\nc1,A\n")
    (folder / "orders.csv").write_text("order_id,company_id,ordered_at,revenue,currency\no1,c1,2025-01-02,10,EUR\n")
    profile = judged(str(folder))
    assert "add the tables leads and lead_stages" in profile.missing[0].render("en")
    displayed(profile)


@pytest.fixture(scope="module")
def maven():
    return judged(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml"))


@needs("maven_crm")
def test_the_real_export_has_its_published_totals(maven):
    """Figures recomputed from the files by their README."""
    totals = maven.totals
    assert (totals["won"], totals["lost"], totals["revenue"]) == (4238, 2473, 10_005_534)
    assert totals["without_company"] == 1425 and totals["leads"] == 8800


@needs("maven_crm")
def test_real_industries_that_hardly_differ_have_no_winner(maven):
    said = next(f for f in maven.findings if f.function.endswith("win_rate_by_industry"))
    assert said.verdict is Verdict.NO_CLEAR_DIFFERENCE
    assert not [f for f in maven.findings if f.verdict in (Verdict.HIGHER, Verdict.LOWER)]


@needs("maven_crm")
def test_records_that_begin_with_the_opportunity_are_named_so(maven):
    assert [m.key for m in maven.dimensions["industry"].measures] == ["win_rate", "revenue_per_closed"]
    assert maven.dimensions["industry"].rate.name.render("en") == "win rate of opportunities"


@needs("maven_crm")
def test_countries_of_a_single_account_are_withheld(maven):
    shown = [g.label for g in maven.dimensions["country"].groups if not g.small]
    assert shown == ["US"] and len(maven.dimensions["country"].groups) == 15


@needs("maven_crm")
def test_countries_withheld_are_named_with_the_reason(maven):
    from insights.topics import key_customer_view as view

    assert set(maven.scored.card.points["country"]) == {"US", "unknown"}
    table = next(t for t in view.ranking(maven, "country") if hasattr(t, "rows"))
    withheld = next(n.render("en") for n in table.notes if "fewer than 30 leads or 5 companies" in n.render("en"))
    assert "Poland" in withheld and "Kenya" in withheld and "United States" not in withheld


@needs("maven_crm")
def test_nothing_is_made_up_about_roles_and_campaigns(maven):
    from insights.topics import key_customer_first as first
    from insights.topics import key_customer_view as view

    assert maven.roles is None and maven.addressed == []
    assert not [f for f in maven.findings if "role" in f.subject]
    said = first.top_line(maven).render("en")
    assert "advertise" not in said and "decided" not in said
    missing = [n.text.render("en") for n in view.missing(maven)]
    assert any("campaigns and spend are missing" in m for m in missing)
    assert any("contacts and lead_contacts are missing" in m for m in missing)
    rates = [g.compared["win_rate"].own.value for g in maven.dimensions["industry"].groups]
    assert 0.60 < min(rates) < max(rates) < 0.66
