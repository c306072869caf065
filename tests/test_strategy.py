"""The strategy file: read, checked, chosen by its date."""

import datetime as dt

import pytest

import insights
from insights import strategy
from tests.topics.firms import segmented

KNOWN = strategy.Known(
    products={"P01": "Pompa W10", "P12": "Odzysk ciepła"}, kpis=("leads", "orders_won", "margin"),
    country=lambda word: {"DE": "DE", "PL": "PL", "Germany": "DE"}.get(word))


def written(folder, text, name="strategy.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_version_in_force_is_chosen(tmp_path):
    written(tmp_path, '[agreement]\nvalid_from = 2025-01-01\n[key_customer]\ncountries = ["PL"]\n', "strategy-1.toml")
    written(tmp_path, '[agreement]\nvalid_from = 2026-01-01\n[key_customer]\ncountries = ["DE"]\n', "strategy-2.toml")
    written(tmp_path, '[key_customer]\ncountries = ["FR"]\n', "strategy.proposed.toml")
    assert strategy.find(tmp_path, dt.date(2025, 12, 31)).key_customer.countries == ("PL",)
    assert strategy.find(tmp_path, dt.date(2026, 1, 1)).key_customer.countries == ("DE",)
    assert strategy.find(tmp_path, dt.date(2024, 12, 31)) is None


def test_two_versions_valid_from_one_day_are_refused_with_both_names(tmp_path):
    for name in ("strategy-a.toml", "strategy-b.toml"):
        written(tmp_path, "[agreement]\nvalid_from = 2025-01-01\n", name)
    with pytest.raises(strategy.StrategyError, match=r"strategy-a\.toml and strategy-b\.toml both hold from 2025"):
        strategy.history(tmp_path)
    written(tmp_path, "", "strategy-a.toml")
    written(tmp_path, "", "strategy-b.toml")
    with pytest.raises(strategy.StrategyError, match="without a valid_from"):
        strategy.history(tmp_path)


@pytest.mark.parametrize("text, said", [
    ("[key_customers]\n", "line 1: section 'key_customers' is unknown; did you mean 'key_customer'?"),
    ('[key_customer]\nindustry = ["C28"]\n', "line 2: key in [key_customer] 'industry' is unknown; did you mean 'indu"),
    ('[key_customer]\nsizes = ["big"]\n', "allowed are micro, small, medium, large, enterprise"),
    ("[key_customer]\nsizes = [1]\n", "line 2: sizes in [key_customer] must be a list of texts"),
    ("[agreement]\nvalid_from = 'soon'\n", "line 2: valid_from in [agreement] must be a date"),
    ("[key_customer\n", "line 1"),
    ("[agreement]\n\nagreed_on = 2025-06-18\nvalid_from = 2025-05-01\n",
     "line 4: valid_from 2025-05-01 is earlier than agreed_on 2025-06-18"),
    ("[agreement]\nagreed_on = 2025-06-18\nby = { sales = { name = 'x', on = 2025-07-01 } }\n",
     "sales signed on 2025-07-01, after agreed_on 2025-06-18"),
    ("[agreement]\nby = { finance = 'x' }\n", "allowed are marketing, sales, board"),
    ('[products]\npromote = ["P011"]\n', "line 2: product in [products] 'P011' is unknown; did you mean 'P01'?"),
    ('[products]\npromote = ["Odzysk ciepla"]\n', "did you mean 'P12'?"),
    ('[products]\npromote = ["P01"]\nhold = ["P01"]\n', "line 3: product 'P01' stands under promote and under hold"),
    ('[[products.new]]\nid = "P15"\n', "[[products.new]] needs the key 'on'"),
    ('[[products.new]]\nid = "P15"\non = 2027-02-30\n', "line 3"),
    ('[key_customer]\ncountries = ["Germany"]\n', "did you mean 'DE'?"),
    ('[key_customer]\ncountries = ["XX"]\n', "line 2: country 'XX' in [key_customer] is unknown"),
    ('[[kpi]]\nname = "lead"\ndepartment = "sales"\ntarget = 1\n',
     "line 2: name in [kpi]: KPI 'lead' is unknown; did you mean 'leads'"),
    ('[[kpi]]\nname = "leads"\ndepartment = "it"\ntarget = 1\n', "line 3: department in [kpi] 'it' is unknown"),
    ('[[kpi]]\nname = "leads"\ndepartment = "sales"\ntarget = "many"\n', "line 4: target in [kpi] must be a number"),
    ('[[kpi]]\nname = "leads"\ndepartment = "sales"\ntarget = 0\n', "greater than zero"),
    ('[[kpi]]\nname = "leads"\ndepartment = "sales"\ntarget = 1\n' * 2, "line 5: [[kpi]] 'leads' is there twice"),
    ('[kpi]\nname = "leads"\n', "must be written as [[kpi]]"),
    ("[sla]\nfirst_touch = 3\n", "did you mean 'first_touch_hours'?"),
    ('[customers]\nwin_back = "nobody"\n', "allowed are marketing, sales, both"),
    ("key_customer = 3\n", "[key_customer] must be a section"),
])
def test_a_mistake_is_named_with_its_line_and_what_is_allowed(tmp_path, text, said):
    with pytest.raises(strategy.StrategyError, match=r"strategy\.toml") as error:
        strategy.load(written(tmp_path, text), KNOWN)
    assert said in str(error.value)
    assert error.value.exit_code == 65


def test_all_mistakes_are_told_at_once_and_names_of_any_length_are_cut(tmp_path):
    text = f'[key_customer]\nsizes = ["big"]\ncountries = ["{"x" * 10_000}\u202e"]\n[sla]\nspeed = 1\n'
    with pytest.raises(strategy.StrategyError) as error:
        strategy.load(written(tmp_path, text), KNOWN)
    lines = str(error.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [f"strategy.toml, line {n}" for n in (2, 3, 5)]
    assert len(str(error.value)) < 900 and "\u202e" not in str(error.value)


def test_an_empty_file_is_a_strategy_without_clauses_and_a_missing_one_is_named(tmp_path):
    assert strategy.load(written(tmp_path, "")).clauses == ()
    with pytest.raises(strategy.StrategyError, match=r"agreed\.toml is not there"):
        strategy.load(tmp_path / "agreed.toml")


def test_the_clauses_of_a_file_are_what_can_be_observed(tmp_path):
    read = strategy.load(written(tmp_path, """
        [agreement]
        agreed_on = 2025-06-18
        valid_from = 2025-07-01
        by = { marketing = "A", sales = { name = "B", on = 2025-06-17 } }
        [definitions]
        lead = "every row of leads"
        [key_customer]
        industries = ["C28", "C10", "C28"]
        audience = "purchasing"
        [products]
        promote = ["P01"]
        new = [{ id = "P15", on = 2027-01-15 }]
        [[kpi]]
        name = "margin"
        department = "shared"
        target = 1000
        period = "quarter"
        [customers]
        win_back = "marketing"
        [sla]
        first_touch_hours = 24
        """), KNOWN)
    assert [c.id for c in read.clauses] == [
        "key_customer.industries=C28", "key_customer.industries=C10", "key_customer.audience=purchasing",
        "products.promote=P01", "products.new=P15", "kpi=margin", "customers.win_back=marketing",
        "sla.first_touch_hours=24"]
    due = {c.key: c.due for c in read.clauses}
    assert due["products.new"] == dt.date(2027, 1, 15)
    assert due["kpi"] == dt.date(2025, 10, 1), "the first whole quarter since the strategy holds"
    assert [(s.department, s.on) for s in read.signatures] == [("marketing", None), ("sales", dt.date(2025, 6, 17))]
    assert read.definitions == {"lead": "every row of leads"}


@pytest.mark.parametrize("valid_from, period, end", [
    ("2025-07-01", "quarter", dt.date(2025, 10, 1)), ("2025-07-02", "quarter", dt.date(2026, 1, 1)),
    ("2025-12-01", "month", dt.date(2026, 1, 1)), ("2025-01-01", "year", dt.date(2026, 1, 1)),
    ("2025-02-01", "year", dt.date(2027, 1, 1))])
def test_a_target_can_be_judged_after_its_first_whole_period(tmp_path, valid_from, period, end):
    text = (f'[agreement]\nvalid_from = {valid_from}\n[[kpi]]\nname = "leads"\ndepartment = "sales"\ntarget = 1\n'
            f'period = "{period}"\n')
    assert strategy.load(written(tmp_path, text)).clauses[0].due == end


def test_a_period_is_judged_by_the_strategy_of_its_time(tmp_path):
    data = segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.1}, companies=20)
    for year, code in ((2024, "C10"), (2025, "C28")):
        written(tmp_path / "firm", f'[agreement]\nvalid_from = {year}-07-01\n[key_customer]\nindustries = ["{code}"]\n',
                f"strategy-{year}.toml")
    assert insights.open(data, period="2025Q1").strategy.key_customer.industries == ("C10",)
    now = insights.open(data, period="2025Q3")
    assert now.strategy.key_customer.industries == ("C28",)
    assert [v.file for v in now.versions] == ["strategy-2024.toml", "strategy-2025.toml"]
    assert insights.open(data, period="2024Q2").strategy is None


def test_a_country_that_the_firm_does_not_know_stops_a_run_of_bad_data(tmp_path):
    data = segmented(tmp_path / "firm", {"C28": 0.3}, companies=8, strategy='[key_customer]\ncountries = ["Niemcy"]\n')
    with pytest.raises(strategy.StrategyError, match="did you mean 'DE'"):
        insights.open(data)


def test_a_kpi_that_the_dictionary_does_not_hold_stops_a_run_with_the_nearest_name(tmp_path):
    kpi = '[[kpi]]\nname = "{}"\ndepartment = "sales"\ntarget = 3\n'
    data = segmented(tmp_path / "firm", {"C28": 0.3}, companies=8, strategy=kpi.format("conversoin"))
    with pytest.raises(strategy.StrategyError, match=r"line 2: name in \[kpi\]: KPI 'conversoin' is unknown; did you "
                                                     "mean 'conversion'"):
        insights.open(data)
    written(tmp_path / "firm", kpi.format("Win rate"))
    assert insights.open(data).strategy.kpis[0].name == "Win rate", "case and spaces don't matter"


def test_the_example_file_holds_every_key_that_a_strategy_may_hold_and_is_right():
    from insights import kpis
    from insights.strategy import schema
    from insights.tables.countries import country_codes
    from tests.laws.messages import ROOT

    known = strategy.Known(kpis=kpis.names(), country=lambda word: country_codes({word: 1, "PL": 2}).get(word))
    example = strategy.load(ROOT / "examples" / "strategy.toml", known)
    for section, keys in schema.SECTIONS.items():
        given = set(example.content[section])
        assert given >= set(keys), f"[{section}] lacks {set(keys) - given}"
    for section, keys in schema.REPEATED.items():
        entries = example.content
        for part in section.split("."):
            entries = entries[part]
        assert set().union(*entries) == set(keys), section
    lines = example.text.splitlines()
    commented = [line for line in lines if "#" in line]
    assert len(commented) > 30, "an example explains its lines"
    assert {clause.key for clause in example.clauses} >= {"key_customer.sizes", "products.hold", "kpi", "sla.attempts"}
