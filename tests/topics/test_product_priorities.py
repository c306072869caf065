"""The product priorities on the synthetic firm, on firms with a known answer, and on bad input."""

import json
from importlib import resources

import jsonschema
import pytest

import insights
from insights.evidence import Finding, Verdict
from insights.report.show import show
from insights.topics import product_priorities as topic
from insights.topics import product_priorities_clauses as clauses
from insights.topics import product_priorities_lists as lists
from insights.topics import product_priorities_sold as sold
from insights.topics import product_priorities_view as view
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT


def displayed(result):
    """Show everything that the notebook shows."""
    show(view.headlines(result), view.counted(result), view.product_map(result), view.demand_table(result),
         view.support_table(result), view.price_strips(result), view.decided(result), view.undecided(result),
         view.readiness_by_team(result), lists.training(result), sold.instead(result),
         sold.asked_and_sold(result), view.of_strategy(result),
         clauses.clauses(result), view.missing(result))


def causes(result):
    """Product and cause of every mismatch."""
    return {(m.product.id, m.cause) for m in result.mismatches}


@pytest.fixture(scope="module")
def sample():
    return topic.judge(insights.open("sample"))


@pytest.fixture(scope="module")
def maven():
    return topic.judge(insights.open(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml")))


def test_planted_products_are_found_with_their_cause(sample):
    """The unwanted and the poor one always; the unprepared one is at least priced, whatever the verdict."""
    found = causes(sample)
    assert ("P05", "not_willing") in found and ("P09", "poor_quality") in found
    gap = sample.assortment.products["P07"].gap
    assert gap.compared is not None and gap.compared.difference.value < 0


def test_planted_decoys_are_not_flagged(sample):
    """P01 is promoted much and sold well, P11 is known to nobody and sold well all the same."""
    assert not {"P01", "P11"} & {product for product, _cause in causes(sample)}
    assert sample.assortment.products["P11"].gap.refused == "none_prepared"


def test_the_first_screen_has_at_most_five_decisions_and_shows_their_worth(sample):
    first = view.headlines(sample)
    assert 1 <= len(first.decisions) <= 5
    priced = [f for f in first.decisions if f.impact]
    assert len(priced) >= 2
    for finding in priced:
        assert 0 <= finding.impact.low <= finding.impact.value <= finding.impact.high


def test_the_declared_priorities_get_their_planted_verdicts(sample):
    verdicts = {f.clause_id: f.verdict for f in sample.findings if f.clause is not None}
    assert verdicts["products.promote=P01"] is Verdict.KEPT
    assert verdicts["products.hold=P12"] is Verdict.NOT_KEPT


def test_a_share_of_margin_rests_on_orders_not_on_money(sample):
    shares = [f for f in sample.findings if f.function.endswith("hardly_promoted") and f.unit == "share"]
    orders = {p.id: p.lines for p in sample.products}
    assert shares and all(f.n == orders[f.subject["product"]] for f in shares)
    assert all(e.n <= max(orders.values()) for e in sample.estimates if e.measure == "margin_share")


def test_no_figure_for_a_campaign_that_was_never_run(sample):
    best = [f for f in sample.findings if f.function.endswith("hardly_promoted")]
    assert "P12" in {f.subject["product"] for f in best} and not any(f.impact for f in best)


def test_the_page_says_everything_in_both_languages(sample):
    displayed(sample)
    for finding in sample.findings:
        assert finding.statement.render("pl") != finding.statement.render("en")


def test_findings_keep_the_published_schema_and_survive_json(sample):
    folder = resources.files("insights") / "evidence" / "schema"
    run = {"id": "x", "as_of": "2025-12-31", "period": ["2025-01-01", "2025-12-31"], "data_hash": "0"}
    for name, entries in (("findings", sample.findings), ("estimates", sample.estimates)):
        schema = json.loads((folder / f"{name}.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(
            {"schema": 1, "run": run, name: [entry.to_json() for entry in entries]})
    once = [f.to_json() for f in sample.findings]
    assert [Finding.from_json(json.loads(json.dumps(entry))).to_json() for entry in once] == once


def test_what_is_sold_instead_of_what_was_asked_for_is_told(sample):
    """Planted: a fifth of the leads for three products is sold another one of the family."""
    truths = json.loads((ROOT / "data" / "sample" / "truth.json").read_text(encoding="utf-8"))["truths"]
    planted = {t["subject"]["product"]: t for t in truths if t["measure"] == "sold_instead_share"}
    assert planted
    seen = {one.product: one for one in sample.switched}
    assert {product: one.instead for product, one in seen.items() if one.won} == {
        product: truth["subject"]["sold"] for product, truth in planted.items()}
    deals = sum(seen[product].compared.n for product in planted)
    share = sum(seen[product].won for product in planted) / deals
    true = next(iter(planted.values()))["value"]
    assert abs(share - true) < 2.6 * (true * (1 - true) / deals) ** 0.5
    said = {f.subject["product"] for f in sample.findings if f.function.endswith("sold_instead")}
    assert said and said <= set(planted)


@needs("maven_crm")
def test_the_real_export_has_its_published_products(maven):
    """Win rates and values recomputed from the files by their README, to the unit."""
    assert {p.id: (p.won, p.revenue) for p in maven.products} == {
        "GTX Pro": (729, 3_510_578), "GTX Plus Pro": (479, 2_629_651), "MG Advanced": (654, 2_216_387),
        "GTX Plus Basic": (653, 705_275), "GTX Basic": (915, 499_263), "GTK 500": (15, 400_612),
        "MG Special": (793, 43_768)}


@needs("maven_crm")
def test_the_real_export_has_its_published_win_rate(maven):
    """4,238 won and 2,473 lost of 6,711 closed: .631501; every product's rate is its won over its closed deals."""
    won, lost = (sum(getattr(p, name) for p in maven.products) for name in ("won", "lost"))
    assert (won, lost) == (4_238, 2_473) and round(won / (won + lost), 6) == 0.631501
    assert all(p.compared["win_rate"].own.value == pytest.approx(p.won / (p.won + p.lost)) for p in maven.products
               if not p.compared["win_rate"].withheld)
    assert sum(p.revenue for p in maven.products) == 10_005_534


@needs("maven_crm")
def test_what_the_real_export_does_not_hold_is_said_in_a_sentence_each(maven):
    said = " ".join(text.render("en") for text in maven.missing)
    for table in ("readiness", "campaign_products", "orders", "feedback"):
        assert table in said
    assert not maven.mismatches
    displayed(maven)
