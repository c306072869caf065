"""What the evidence would change in the strategy, and what that would be worth."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest

import insights
from insights.evidence import Finding, Interval, Verdict
from insights.firm import strategy_known
from insights.language import Text, render
from insights.strategy import load, read
from insights.strategy.propose import Edit, proposed
from insights.topics.alignment_first import first
from insights.topics.alignment_price import price, sentences
from insights.topics.alignment_proposal import edits, heading
from tests.topics.firms import segmented

STRATEGY = """# ours
[key_customer]
# we like them
industries = ["C10", "F43"]
sizes = ["medium"]  # always

[products]
promote = ["P01", "P02"]

[[products.new]]
id = "P15"
on = 2027-01-15

[[kpi]]
name = "margin"
department = "shared"
target = 1000
"""


def group(label, verdict, dimension="industry", unit="EUR"):
    return Finding(function="key_customer_profile.margin_per_lead", subject={dimension: label}, verdict=verdict, n=40,
                   unit=unit, owner="marketing", statement=Text("x"), action=Text("y"), method=Text("z"),
                   estimate=Interval(1, 0.5, 2))


def broken(function, clause_id, **subject):
    return Finding(function=function, subject=subject, verdict=Verdict.NOT_KEPT, n=1, unit="count", owner="board",
                   statement=Text("x"), action=Text("y"), method=Text("z"), clause=Text("c"), agreed=Text("a"),
                   clause_id=clause_id)


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("firm") / "data"
    return insights.open(segmented(folder, {"C28": 0.3, "C10": 0.1}, strategy=STRATEGY))


def text_of(firm, findings):
    return proposed(firm.strategy, edits(firm, findings), [line.render("en") for line in heading(firm)])


def test_changed_lines_name_their_findings_and_everything_else_stays(firm):
    text = text_of(firm, [
        group("C28", Verdict.HIGHER), group("C10", Verdict.LOWER), group("large", Verdict.HIGHER, "size", "share"),
        broken("product_priorities.promoted", "products.promote=P02", product="P02"),
        broken("product_pipeline.agreed_launch", "products.new=P15", product="P15"),
        broken("kpi_alignment.target", "kpi=margin")])
    changed = tomllib.loads(text)
    assert changed["key_customer"]["industries"] == ["F43", "C28"]
    assert changed["products"]["promote"] == ["P01"]
    assert changed["kpi"][0]["target"] == 1000, "a target that was missed is no wrong target"
    lines = text.splitlines()
    industries = next(line for line in lines if line.startswith("industries"))
    assert industries.endswith('# was ["C10", "F43"], because of key_customer_profile.margin_per_lead[industry=C10], '
                               "key_customer_profile.margin_per_lead[industry=C28]")
    assert "target = 1000 # because of kpi_alignment.target" in text
    assert "on = 2027-01-15 # because of product_pipeline.agreed_launch[product=P15]" in text
    assert {"# ours", "# we like them"} <= set(lines)
    assert read(text.encode(), "strategy.proposed.toml").key_customer.sizes == ("medium", "large")


def test_groups_without_a_better_one_are_not_all_dropped(firm):
    """The line keeps its groups; the findings against them stand beside it."""
    found = edits(firm, [group("C10", Verdict.LOWER), group("F43", Verdict.LOWER)])
    assert not any(edit.add or edit.drop for edit in found)


def test_a_firm_without_strategy_gets_a_first_one(tmp_path):
    bare = insights.open(segmented(tmp_path / "f", {"C28": 0.3}))
    text = text_of(bare, [group("C28", Verdict.HIGHER)])
    assert "Nothing here is agreed" in text
    assert tomllib.loads(text) == {"key_customer": {"industries": ["C28"]}}


def test_no_name_of_the_data_can_break_the_file_or_its_comments():
    nasty = 'x"]\n[evil]\u202e'
    edit = Edit("key_customer", "industries", add=(nasty,), because=(f"t.f[industry={nasty}]",))
    text = proposed(None, [edit], ["a\nb"])
    assert tomllib.loads(text) == {"key_customer": {"industries": [nasty]}}
    assert text.startswith("# a b\n")


class TestPrice:
    """The worth of another key customer."""

    def test_the_better_key_customer_is_priced_with_its_interval(self, firm, tmp_path):
        (tmp_path / "p.toml").write_text('[key_customer]\nindustries = ["C28"]\n[products]\nhold = ["P09"]\n')
        found = price(firm, read(b'[key_customer]\nindustries = ["C10"]\n', "a.toml"), load(tmp_path / "p.toml"))
        assert found.agreed.difference.low > found.everyone.difference.low > 0
        assert 0.1 * 1000 < found.agreed.difference.value < 0.3 * 1000
        assert found.worth.low > 0 and found.unpriced == ("+ products.hold=P09",)
        said = " ".join(s.render("en") for s in sentences(found, firm))
        assert "more than chance would make" in said and "60% as good" in said
        assert "Oczekiwana wartość" in " ".join(s.render("pl") for s in sentences(found, firm))

    def test_the_same_key_customer_is_worth_nothing_more(self, firm):
        same = read(b'[key_customer]\nindustries = ["C28"]\n', "a.toml")
        found = price(firm, same, same)
        assert found.agreed.difference == Interval(0, 0, 0)

    def test_a_key_customer_that_no_lead_fits_cannot_be_compared(self, firm):
        none = read(b'[key_customer]\nindustries = ["Z99"]\n', "a.toml")
        found = price(firm, None, none)
        assert found.agreed.difference is None and found.worth is None
        assert "Proposed: too few to say (0 leads" in " ".join(s.render("en") for s in sentences(found, firm))

    def test_the_interval_of_a_difference_of_overlapping_groups_covers(self):
        """Simulated: companies with leads in both groups, wins clustered by company; the truth is zero."""
        from insights.models.fit import compared

        rng, hits, runs = np.random.default_rng(4), 0, 400
        for _run in range(runs):
            rate = rng.beta(2, 8, 300)
            n_both, n_b = rng.integers(1, 4, 300), rng.integers(0, 4, 300)
            y_both, y_b = rng.binomial(n_both, rate), rng.binomial(n_b, rate)
            columns = {"n_a": n_both, "y_a": y_both, "n_b": n_both + n_b, "y_b": y_both + y_b}
            names = list(columns)
            row = {"companies": 300, "leads_a": 0, "leads_b": 0, "paying_a": 9, "paying_b": 9}
            row |= {name: values.sum() for name, values in columns.items()}
            row |= {f"{x}_{z}": (columns[x] * columns[z]).sum() for i, x in enumerate(names) for z in names[i:]}
            d = compared(row).difference
            hits += d.low <= 0 <= d.high
        assert 0.86 <= hits / runs <= 0.94


def entry(topic, measure, value, n, **subject):
    return {"topic": topic, "measure": measure, "subject": subject, "value": value, "n": n, "interval": None,
            "observed": None}


def test_a_firm_without_a_strategy_gets_a_first_one_even_where_no_group_is_clearly_better(tmp_path):
    firm = insights.open(segmented(tmp_path / "data", {"C28": 0.3, "C10": 0.3}))
    months = [f"2025-{month:02}" for month in range(1, 13)]
    groups = [entry("key_customer_profile", "margin_per_lead", 50.0, n, industry=code)
              for code, n in (("C28", 300), ("C10", 200), ("C25", 40))]
    counts = [entry("kpi_alignment", name, value, 1, month=month) for month in months
              for name, value in (("leads", 101.0), ("won", 11.0), ("revenue", 70_123.0))]
    spoken = [{"id": identity, "topic": identity.split(".")[0], "status": "new"} for identity in (
        "key_customer_profile.most_best_addressed_industry", "kpi_alignment.totals", "customer_base.expected")]
    lines = first(spoken, groups + counts, set())
    text = proposed(None, [replace(line, note=render(line.note, "pl")) for line in lines],
                    [line.render("pl") for line in heading(firm)])
    agreed = read(text.encode(), "strategy.toml", strategy_known(firm.checked))
    assert agreed.key_customer.industries == ("C28",), "the fewest groups with half of the money"
    assert [(k.name, k.department, k.target) for k in agreed.kpis] == [
        ("leads", "marketing", 1210), ("won", "sales", 132), ("revenue", "shared", 841_000)]
    assert (agreed.repeat_orders, agreed.win_back) == ("sales", "marketing")
    assert "żadna grupa nie jest wyraźnie lepsza; because of key_customer_profile.most_best" in text
    assert "\n\n[[kpi]] # tyle, ile" in text


def test_a_first_strategy_claims_nothing_that_the_records_do_not_hold():
    assert first([], [], set()) == []
    short = [entry("kpi_alignment", "leads", 9.0, 1, month=f"2025-{month:02}") for month in range(1, 12)]
    assert first([], short, set()) == [], "eleven months are no year"
    known = [entry("key_customer_profile", "margin_per_lead", 50.0, 90, industry="C28")]
    assert first([], known, {("key_customer", "industries")}) == [], "what findings say stands already"
