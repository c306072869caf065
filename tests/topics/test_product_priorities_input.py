"""The product priorities on firms with a known answer and on bad input: a valid page that says what is missing."""

import pytest

import insights
from insights.evidence import Verdict
from insights.problems import DataError
from insights.topics import product_priorities as topic
from insights.topics import product_priorities_reasons as reasons
from tests.tables.firms import write
from tests.topics.offers import offering
from tests.topics.test_product_priorities import causes, displayed


def judged(data, **parameters):
    return topic.judge(insights.open(data, **parameters))


def missing(result):
    return " ".join(text.render("en") for text in result.missing)


def test_the_product_that_half_of_the_sellers_cannot_sell_is_found_and_priced(tmp_path):
    result = judged(offering(tmp_path / "firm", unready={"B": 0.25}, leads=60, campaigns={"c1": ["B"], "c2": ["A"]}))
    assert causes(result) == {("B", "not_prepared")}
    found = next(f for f in result.findings if f.function.endswith("not_prepared"))
    assert found.impact.low > 0 and found.owner == "both" and "6 of our 12 sellers" in found.statement.render("en")
    steps = [step for step in result.training if step.product.id == "B"]
    assert [s.per_day.value for s in steps] == sorted((s.per_day.value for s in steps), reverse=True)
    assert all(s.gain.high <= sum(p.margin_in_period for p in result.products) * 1.01 for s in steps)
    displayed(result)


def test_sellers_who_are_all_as_good_are_no_case(tmp_path):
    result = judged(offering(tmp_path / "firm", unready={"B": 1.0}, leads=60, campaigns={"c1": ["B"], "c2": ["A"]}))
    assert not result.mismatches
    assert not any(s.decided for s in result.training)


def test_without_a_readiness_table_the_lost_reasons_speak_alone(tmp_path):
    data = offering(tmp_path / "firm", readiness=None, reasons={"A": "za drogo", "B": "handlowiec nie znał produktu",
                                                                "C": "price"})
    result = judged(data)
    assert "readiness is missing" in missing(result) and not result.mismatches
    stated = [f for f in result.findings if f.function.endswith("stated_readiness")]
    assert [f.subject["product"] for f in stated] == ["B"] and stated[0].impact is None
    assert "loss story" in stated[0].rival.render("en")
    displayed(result)


def test_readiness_assessed_only_after_the_leads_decides_nothing_and_is_counted(tmp_path):
    result = judged(offering(tmp_path / "firm", unready={"B": 0.2}, readiness="2025-12-01"))
    assert not result.mismatches and not result.training
    assert "came before the first assessment" in missing(result)
    assert result.assortment.products["B"].gap.refused == "later"
    displayed(result)


def test_a_self_assessment_is_labelled(tmp_path):
    result = judged(offering(tmp_path / "firm", unready={"B": 0.25}, leads=60, assessed_by="self"))
    found = next(f for f in result.findings if f.function.endswith("not_prepared"))
    assert "by the seller's own word" in found.rival.render("en")


def test_a_product_that_is_promoted_but_not_on_sale_is_named(tmp_path):
    result = judged(offering(tmp_path / "firm", status={"C": "retired"}, campaigns={"c1": ["C"], "c2": ["A"]}))
    assert "not on sale: Product C" in missing(result)
    displayed(result)


def test_a_seller_who_left_is_not_sent_to_training(tmp_path):
    data = offering(tmp_path / "firm", unready={"B": 0.2}, leads=60)
    write(tmp_path / "firm", {"sellers": [
        {"seller_id": f"S{s}", "team": "T", "active_to": "2025-06-30" if s < 3 else ""} for s in range(12)]})
    assert {step.of for step in judged(data).training if step.product.id == "B"} == {3}


@pytest.mark.parametrize("promoted", [["A", "B", "C"], []])
def test_a_campaign_for_everything_or_for_nothing_counts_to_no_product(tmp_path, promoted):
    result = judged(offering(tmp_path / "firm", campaigns={"all": promoted, "one": ["A"]}))
    spend = {p.id: p.promotion.spend for p in result.products}
    assert spend == {"A": 1000.0, "B": 0.0, "C": 0.0}
    assert "names no product or nearly all" in missing(result)
    displayed(result)


def test_a_product_that_loses_money_is_found(tmp_path):
    result = judged(offering(tmp_path / "firm", margin={"C": -0.2}, campaigns={"c1": ["C"], "c2": ["A"]}))
    assert causes(result) == {("C", "does_not_pay")}
    found = next(f for f in result.findings if f.function.endswith("does_not_pay"))
    assert "loses money" in found.statement.render("en") and found.impact.value > 0
    displayed(result)


def test_margin_of_zero_everywhere_is_no_case_and_no_crash(tmp_path):
    result = judged(offering(tmp_path / "firm", margin=dict.fromkeys("ABC", 0.0), unready={"B": 0.2}, leads=60))
    assert causes(result) == {("B", "not_prepared")}
    assert next(m for m in result.mismatches).worth is None
    displayed(result)


def test_missing_cost_makes_money_revenue_and_says_so(tmp_path):
    result = judged(offering(tmp_path / "firm", margin=dict.fromkeys("ABC"), unready={"B": 0.2}, leads=60))
    assert result.assortment.money == "revenue" and "less than 95% of revenue" in missing(result)
    found = next(f for f in result.findings if f.function.endswith("not_prepared"))
    assert "of revenue a year" in found.statement.render("en")


def test_the_strategy_s_products_are_judged(tmp_path):
    result = judged(offering(
        tmp_path / "firm", unready={"B": 0.2}, margin={"C": 0.3}, leads=60, campaigns={"c1": ["B"], "c2": ["A"]},
        strategy='[products]\npromote = ["A", "B"]\nhold = ["C"]\n'))
    assert {f.clause_id: f.verdict for f in result.findings if f.clause is not None} == {
        "products.promote=A": Verdict.KEPT, "products.promote=B": Verdict.NOT_KEPT, "products.hold=C": Verdict.KEPT}


@pytest.mark.parametrize("parameters", [
    {"leads": 1, "sellers": 1, "rates": {"A": 0.5}}, {"lose": False}, {"orders": False}, {"rates": {"A": 0.001}},
    {"rates": {"A": 0.999, "B": 0.999}}, {"leads": 1, "sellers": 3},
])
def test_little_data_gives_a_valid_page(tmp_path, parameters):
    displayed(judged(offering(tmp_path / "firm", **parameters)))


def test_orders_alone_give_a_page(tmp_path):
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "companies.csv").write_text("company_id,name\nc1,A\n")
    (folder / "orders.csv").write_text(
        "order_id,company_id,ordered_at,revenue,currency,product_id\no1,c1,2025-01-02,10,EUR,p1\no2,c1,2025-02-02,10,EUR,p2\n")
    (folder / "products.csv").write_text("product_id,name,status\np1,One,launched\np2,Two,launched\n")
    result = judged(str(folder))
    assert "Without leads and their stages" in missing(result)
    displayed(result)


def test_a_firm_s_own_rules_of_reasons_are_used(tmp_path):
    data = offering(tmp_path / "firm", reasons={"A": "za drogo"}, rates={"A": 0.2, "B": 0.2})
    (tmp_path / "firm" / "reasons.toml").write_text('timing = ["drogo"]\n')
    result = judged(data)
    assert set(result.reasons.counts["A"]) == {"timing"}
    assert reasons.table(result).rows[0][0] == "Product A" or reasons.table(result).rows[1][0] == "Product A"


def test_nobody_s_name_stands_in_a_reason(tmp_path):
    """Masked before any rule or page sees it, and markup is out; addresses and numbers are masked at the door."""
    said = "<b>kapitalna ropucha</b> Pan Kowalski, rozmowa z Janem Nowakiem"
    result = judged(offering(tmp_path / "firm", reasons={"A": said, "B": "za drogo"}))
    heard = {word for word, _n in result.reasons.words}
    assert {"kapitalna", "ropucha"} <= heard and not heard & {"kowalski", "janem", "nowakiem", "b"}


def test_a_seller_who_no_longer_exists_costs_no_lead(tmp_path):
    """A message names the column and counts the rows, the leads stay in every count, nobody is sent to training."""
    data = offering(tmp_path / "firm", unready={"B": 0.25}, leads=60)
    write(tmp_path / "firm", {"sellers": [{"seller_id": f"S{s}", "team": f"T{s % 3}"} for s in range(1, 12)]})
    firm = insights.open(data)
    said = [problem.message.render("en") for problem in firm.checked.problems]
    assert [text for text in said if "leads.seller_id names rows that sellers does not have" in text], said
    result = topic.judge(firm)
    assert sum(p.leads for p in result.products) == 3 * 12 * 60
    assert {step.of for step in result.training if step.product.id == "B"} <= {5, 6}
    displayed(result)


def test_a_product_that_no_longer_exists_is_refused_by_name(tmp_path):
    data = offering(tmp_path / "firm", unready={"B": 0.25})
    kept = [{"product_id": p, "name": f"Product {p}", "status": "launched"} for p in "AB"]
    write(tmp_path / "firm", {"products": kept})
    with pytest.raises(DataError, match=r"product_id names rows that products does not have; rows: \d+"):
        insights.open(data)


def test_unclassified_reasons_are_counted_with_their_words(tmp_path):
    result = judged(offering(tmp_path / "firm", reasons={"A": "kapitalna ropucha", "B": "za drogo"}))
    assert result.reasons.unclassified > 50
    assert {"kapitalna", "ropucha"} <= dict(result.reasons.words).keys()
