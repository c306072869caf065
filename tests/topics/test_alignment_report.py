"""The joint strategy document: it grows from whatever findings there are, and says what is missing."""

import datetime as dt

import pytest

import insights
from insights.evidence import Finding, Impact, Interval, Verdict
from insights.figures.model import Clauses, Heading, Note
from insights.language import Text
from insights.topics import alignment_clauses, alignment_worth
from insights.topics import alignment_report as topic
from insights.topics.alignment_changes import Earlier, letter, months, restated
from insights.topics.headlines import choose
from tests.topics.firms import segmented

STRATEGY = """
[agreement]
agreed_on = 2025-01-01
valid_from = 2025-01-01
by = { marketing = "A", sales = "B", board = "C" }
[key_customer]
industries = ["C28", "C10"]
[products]
promote = ["P01"]
[[products.new]]
id = "P15"
on = 2027-01-15
[[kpi]]
name = "margin"
department = "shared"
target = 1000
period = "quarter"
[sla]
first_touch_hours = 24
"""


def finding(function="product_priorities.unready", verdict=Verdict.HIGHER, *, owner="sales", worth=None, **more):
    action = Text("Decide by 31 December.")
    impact = worth and Impact(worth, worth / 2, 2 * worth, "EUR", more.pop("pool", "leads"))
    estimate = Interval(0.1, 0.05, 0.2) if verdict not in (Verdict.TOO_FEW, Verdict.TOO_EARLY) else Interval(None)
    given = {"estimate": estimate, "statement": Text(f"About {function}."), "unit": "share", "n": 40, "action": action,
             "method": Text("Counted, not estimated."), "impact": impact or None}
    return Finding(function=function, owner=owner, verdict=verdict, **(given | more))


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("firm") / "data"
    return insights.open(segmented(folder, {"C28": 0.3, "C10": 0.1}, strategy=STRATEGY))


def test_every_clause_has_a_row_and_what_nobody_judged_says_what_is_missing(firm):
    document = topic.document(firm, [
        finding("key_customer_profile.declared_industry", Verdict.NOT_KEPT, clause=Text("Industries"),
                agreed=Text("both")),
        finding("product_pipeline.agreed_launch", Verdict.TOO_EARLY, subject={"product": "P15"},
                clause=Text("New product"), agreed=Text("on that day"))])
    clauses = document.clauses()
    assert isinstance(clauses, Clauses)
    assert [row.verdict for row in clauses.rows] == [
        "not_kept", "not_enough_data", "too_early", "not_enough_data", "not_enough_data"]
    said = {f.clause_id: f.statement.render("en") for f in clauses.findings}
    assert "these tables are missing: campaign_products, readiness, orders" in said["products.promote=P01"]
    assert "these tables are missing: touches" in said["sla.first_touch_hours=24"]
    counted = document.own_findings()[0].statement.render("en")
    assert counted == ("Clauses of the strategy: 5; kept 0, not kept 1, too early to tell 1, not enough data 3.")


def test_a_finding_about_one_value_judges_that_clause_and_one_that_names_its_clause_always_does(firm):
    rows = alignment_clauses.judged(firm, [
        finding("key_customer_profile.declared_industry", Verdict.KEPT, subject={"industry": "C28"},
                clause=Text("a"), agreed=Text("C28")),
        finding("key_customer_profile.declared_industry", Verdict.NOT_KEPT, subject={"industry": "C10"},
                clause=Text("b"), agreed=Text("C10")),
        finding("kpi_alignment.anything", Verdict.KEPT, clause=Text("c"), agreed=Text("x"), clause_id="kpi=margin"),
        finding("kpi_alignment.not_in_the_file", Verdict.KEPT, clause=Text("d"), agreed=Text("y"))])
    verdicts = {j.clauses[0].id if j.clauses else "": str(j.finding.verdict) for j in rows}
    assert verdicts["key_customer.industries=C28"] == "kept"
    assert verdicts["key_customer.industries=C10"] == "not_kept"
    assert verdicts["kpi=margin"] == "kept"
    assert verdicts[""] == "kept", "a clause that the file does not hold is shown all the same"


def test_a_target_is_too_early_before_its_first_period_has_ended(tmp_path):
    strategy = STRATEGY.replace("valid_from = 2025-01-01", "valid_from = 2025-12-01")
    early = insights.open(segmented(tmp_path / "f", {"C28": 0.3}, strategy=strategy))
    [row] = [j.finding for j in alignment_clauses.judged(early, []) if j.clauses[0].key == "kpi"]
    assert row.verdict is Verdict.TOO_EARLY
    assert "it can be told from 1 April 2026" in row.statement.render("en")


def test_chapters_come_in_the_order_of_the_document_and_new_topics_are_not_lost(firm):
    document = topic.document(firm, [
        finding("customer_base.lapsed"), finding("key_customer_profile.win_rate"), finding("brand_new.thing")])
    titles = [thing.text.render("en") for thing in document.chapters() if isinstance(thing, Heading)]
    assert titles == ["The key customer", "Existing customers", "Further findings"]


def test_the_first_screen_hears_each_chapter_and_asks_each_department():
    many = [finding(f"key_customer_profile.a{i}", owner="sales", rank=100 - i) for i in range(4)]
    chosen = choose(Text(""), [*many, finding("product_priorities.b", owner="sales", rank=2),
                               finding("customer_base.c", owner="marketing", rank=1),
                               finding("kpi_alignment.d", Verdict.NO_CLEAR_DIFFERENCE),
                               finding("kpi_alignment.e", Verdict.KEPT)])
    assert len(chosen.decisions) == 3
    assert {f.topic for f in chosen.decisions} == {"key_customer_profile", "product_priorities", "customer_base"}
    assert {f.owner for f in chosen.decisions} == {"sales", "marketing"}
    assert [f.function for f in chosen.not_proved + chosen.works] == ["kpi_alignment.d", "kpi_alignment.e"]


def test_money_leads():
    first, second = finding("a.x", rank=1e9), finding("b.y", worth=10.0)
    assert choose(Text(""), [first, second]).decisions[0] is second


def test_a_weak_spot_with_a_price_comes_before_a_chance_without_one():
    chance, weak = finding("a.x", Verdict.HIGHER, rank=1e9), finding("b.y", Verdict.LOWER, worth=10.0)
    assert choose(Text(""), [chance, weak]).decisions == (weak, chance)


class TestJointWorth:
    """One what-if: overlapping amounts are not added up, and nobody earns more than there is."""

    def test_decisions_about_the_same_leads_count_once(self, firm):
        same = [finding(f"a.f{i}", worth=1000.0, subject={"industry": "C28"}) for i in range(2)]
        assert alignment_worth.joint_worth(firm, same).estimate.value == pytest.approx(1000, rel=1e-6)

    def test_decisions_about_other_leads_add_up_and_half_overlapping_ones_in_between(self, firm):
        apart = [finding("a.x", worth=1000.0, subject={"industry": "C28"}),
                 finding("b.y", worth=1000.0, subject={"industry": "C10"})]
        assert alignment_worth.joint_worth(firm, apart).estimate.value == pytest.approx(2000, rel=1e-6)
        mixed = [finding("a.x", worth=1000.0, subject={"industry": "C28"}), finding("b.y", worth=1000.0,
                                                                                    subject={"size": "medium"})]
        assert 1000 < alignment_worth.joint_worth(firm, mixed).estimate.value < 2000

    def test_one_pool_of_customers_counts_once(self, firm):
        pools = [finding("a.x", worth=500.0, pool="customers"), finding("b.y", worth=300.0, pool="customers"),
                 finding("c.z", worth=200.0, pool="others")]
        assert alignment_worth.joint_worth(firm, pools).estimate.value == pytest.approx(700, rel=1e-6)

    def test_it_never_exceeds_what_was_earned(self, firm):
        huge = [finding(f"a.f{i}", worth=1e9, subject={"industry": code}) for i, code in enumerate(("C28", "C10"))]
        earned = alignment_worth.yields(firm)
        joint = alignment_worth.joint_worth(firm, huge)
        assert joint.estimate.high <= earned.margin
        assert joint.estimate.low <= joint.estimate.value <= joint.estimate.high

    def test_what_is_only_at_stake_is_no_gain(self, firm):
        stake = finding("customer_base.lapsed", None, worth=5000.0, estimate=Interval(3))
        assert alignment_worth.joint_worth(firm, [finding("a.x", worth=10.0), stake]) is None
        assert choose(Text(""), [stake, finding("a.x", worth=10.0)]).decisions[0].function == "a.x"

    def test_one_priced_decision_has_no_joint_worth(self, firm):
        assert alignment_worth.joint_worth(firm, [finding(worth=10.0), finding("b.c")]) is None

    def test_the_top_line_gives_the_joint_worth_and_warns_of_adding_up(self, firm):
        decisions = [finding("key_customer_profile.x", worth=1000.0, subject={"industry": "C28"}, owner="marketing"),
                     finding("product_priorities.y", worth=800.0, subject={"size": "medium"})]
        line = topic.document(firm, decisions).headlines().top_line
        assert line.render("en").startswith("2 decisions to take. Together they are worth about ")
        assert "nie wolno ich sumować" in line.render("pl")


class TestChanges:
    """The change letter names what changed, and nothing else."""

    def test_without_an_earlier_run_it_says_so(self, firm):
        assert "first report" in letter(firm, [], None).top_line.render("en")

    def test_a_damaged_earlier_run_is_named(self, firm):
        assert "could not be read" in letter(firm, [], Earlier(problem="x")).top_line.render("en")

    def test_nothing_changed(self, firm):
        found = [finding("a.b"), finding("a.c", Verdict.TOO_FEW)]
        earlier = Earlier([f.to_json() for f in found], "2025-11-30", "h", months(firm))
        told = letter(firm, found, earlier)
        assert told.groups == ()
        assert told.top_line.render("en").endswith("since the report as at 30 November 2025; 1 statement stands.")

    def test_one_planted_change_is_the_only_one_named(self, firm):
        before = [finding("a.b"), finding("a.c"), finding("a.d", Verdict.TOO_FEW)]
        after = [finding("a.b"), finding("a.c", estimate=Interval(0.6, 0.5, 0.7)), finding("a.d", Verdict.TOO_FEW)]
        told = letter(firm, after, Earlier([f.to_json() for f in before], "2025-11-30", "h", months(firm)))
        [group] = told.groups
        assert group.title.render("en") == "Changed beyond noise"
        assert [now.render("en") for now, _before in group.statements] == ["About a.c."]

    def test_a_statement_is_withdrawn_where_the_past_was_rewritten(self, firm):
        past = {table: {m: dict(v) for m, v in listed.items()} for table, listed in months(firm).items()}
        past["leads"]["2025-05"]["won"] += 3
        before, after = [finding("a.b"), finding("a.c")], [finding("a.b"), finding("a.c", Verdict.TOO_FEW)]
        told = letter(firm, after, Earlier([f.to_json() for f in before], "2025-11-30", "h", past))
        titles = {g.title.render("en"): g for g in told.groups}
        group = titles["Withdrawn, because records of past months were changed afterwards"]
        assert [b.render("en") for _now, b in group.statements] == ["About a.c."]
        assert group.meaning.render("en") == "Wins of May 2025 are not what the last report saw."
        assert restated(past, months(firm)) == {"won": ["2025-05"]}

    def test_later_months_are_no_restatement(self, firm):
        past = {"leads": {m: v for m, v in months(firm)["leads"].items() if m < "2025-09"}}
        assert restated(past, months(firm)) == {}


def test_what_is_missing_is_said_once_for_each_chapter(firm):
    listed = topic.document(firm, [finding("key_customer_profile.x")]).not_told()
    text = " ".join(item.render("en") for thing in listed for item in getattr(thing, "items", ()))
    assert "Existing customers: nothing can be said, because these tables are missing: orders." in text
    assert "The key customer: nothing" not in text


def test_a_firm_without_strategy_and_findings_gets_a_page_that_makes_nothing_up(tmp_path):
    bare = insights.open(segmented(tmp_path / "f", {"C28": 0.3}, companies=2))
    document = topic.document(bare, [])
    assert "what is missing stands below" in document.headlines().top_line.render("en")
    assert isinstance(document.clauses(), Note) and isinstance(document.decisions(), Note)
    assert document.own_findings() == [] and document.chapters() == []


def test_net_sales_are_set_against_the_firms_own_total(tmp_path):
    sample = insights.open("sample")
    own = alignment_worth.net_sales(sample)
    assert "Compare it with your books" in own.statement.render("en")
    for factor, said in ((1.0, "so the two agree"), (1.1, "Explain the difference")):
        sample.checked.settings.control[str(sample.period)] = own.estimate.value * factor
        assert said in alignment_worth.net_sales(sample).statement.render("en")


def test_versions_are_listed_with_what_changed_between_them(tmp_path):
    folder = segmented(tmp_path / "f", {"C28": 0.3})
    for day, code in (("2024-01-01", "C10"), ("2025-06-01", "C28")):
        (tmp_path / "f" / f"strategy-{day}.toml").write_text(
            f'[agreement]\nvalid_from = {day}\nagreed_on = {day}\nby = {{ sales = "X" }}\n'
            f'[key_customer]\nindustries = ["{code}"]\n')
    shown = topic.document(insights.open(folder), []).agreement()
    assert dt.date(2025, 6, 1) == insights.open(folder).strategy.valid_from
    assert shown[1].rows[1][-1] == "+ key_customer.industries=C28; − key_customer.industries=C10"


def group(label, verdict, unit="EUR", dimension="industry"):
    name = "margin_per_lead" if unit == "EUR" else "win_rate"
    return finding(f"key_customer_profile.{name}", verdict, unit=unit, subject={dimension: label},
                   baseline=Interval(0.3, 0.2, 0.4))


class TestValuesOfTheKeyCustomer:
    """Each declared value has its own verdict where its chapter can tell them apart."""

    def verdicts(self, firm, *found):
        whole = finding("key_customer_profile.declared_industry", Verdict.NOT_KEPT, clause=Text("x"),
                        agreed=Text("both"))
        rows = alignment_clauses.judged(firm, [whole, *found])
        return [(tuple(c.value for c in j.clauses), str(j.finding.verdict)) for j in rows
                if j.clauses and j.clauses[0].key == "key_customer.industries"]

    def test_told_apart_by_money(self, firm):
        assert self.verdicts(firm, group("C28", Verdict.HIGHER), group("C10", Verdict.LOWER),
                             group("C10", Verdict.HIGHER, "share")) == [(("C28",), "kept"), (("C10",), "not_kept")]

    def test_a_low_rate_is_against_it_and_a_high_one_alone_is_not_for_it(self, firm):
        assert self.verdicts(firm, group("C28", Verdict.HIGHER, "share"), group("C10", Verdict.LOWER, "share")) == [
            (("C28",), "not_enough_data"), (("C10",), "not_kept")]

    def test_without_a_word_on_any_of_them_the_whole_set_has_one_row(self, firm):
        assert self.verdicts(firm) == [(("C28", "C10"), "not_kept")]

    def test_a_set_that_misses_the_better_group_is_not_kept(self, firm):
        little = finding("key_customer_profile.declared_industry", Verdict.NOT_ENOUGH_DATA, clause=Text("x"),
                         agreed=Text("both"))
        rows = alignment_clauses.judged(firm, [little, group("F43", Verdict.HIGHER)])
        assert [str(j.finding.verdict) for j in rows][:2] == ["not_kept", "not_kept"]
