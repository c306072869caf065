"""The customers we have, on firms with a known answer."""

import datetime as dt

import pytest

import insights
from insights.models.repeat_orders import states as st
from insights.models.repeat_orders.history import KINDS
from insights.report.show import show
from insights.topics import customer_base as topic
from insights.topics import customer_base_export as export
from insights.topics import customer_base_leads as leads
from insights.topics import customer_base_products as products
from insights.topics import customer_base_time as over_time
from insights.topics import customer_base_view as view
from insights.topics import customer_base_winback as win_back
from tests.laws.messages import ROOT
from tests.topics.ordering import END, many, order, ordering, rhythm

SHARED = ROOT.parent / "shared" / "data"
MAVEN = SHARED / "maven_crm"


def judged(data, **parameters):
    return topic.judge(insights.open(str(data), **parameters))


def state_of(base, company):
    """The state of a customer by its identifier."""
    number = base.register.columns["company_id"].index(company)
    return st.STATES[base.state[list(base.history.customer).index(number)]]


def kind_of(base, company):
    number = base.register.columns["company_id"].index(company)
    return KINDS[base.history.kind[list(base.history.customer).index(number)]]


def displayed(base):
    """Show everything that the notebook shows."""
    show(view.headlines(base), list(base.findings), view.decisive(base), view.calls(base), export.customers(base),
         view.states(base), view.doubles(base), view.forecasts(base), view.calibration(base), view.missing(base))
    show(over_time.repeat_orders(base), over_time.cohorts(base), over_time.over_time(base), over_time.flow_table(base),
         [over_time.segments(base, key) for key in over_time.SEGMENTS], over_time.rfm(base))
    show(products.next_table(base), products.stopped_table(base), win_back.table(base), leads.table(base))


def test_each_customer_is_judged_by_its_own_rhythm(tmp_path):
    """Half a year of silence is nothing for one that orders yearly, and a loss for one that orders monthly."""
    stop = END - dt.timedelta(days=180)
    base = judged(ordering(tmp_path / "firm", many() + rhythm("monthly", 30, end=stop) + rhythm("slow", 290)))
    assert state_of(base, "monthly") == "lapsed"
    assert state_of(base, "slow") == "active"
    assert kind_of(base, "monthly") == "regular"
    assert all(state_of(base, f"r{i}") == "active" for i in range(40))
    displayed(base)


def test_a_few_days_late_is_late_and_not_lapsed(tmp_path):
    lines = rhythm("weekly", 30, end=END - dt.timedelta(days=36), jitter=0.03)
    last = max(line["ordered_at"] for line in lines)
    base = judged(ordering(tmp_path / "firm", many(jitter=0.03) + lines))
    assert state_of(base, "weekly") in ("late", "lapsed"), last
    row = list(base.history.customer).index(base.register.columns["company_id"].index("weekly"))
    assert 0 < base.outlook.late[row] < 60


def test_a_seasonal_buyer_is_not_late_out_of_season(tmp_path):
    spring = [order("spring", dt.date(year, 3, day)) for year in (2023, 2024, 2025) for day in (1, 12, 25)]
    base = judged(ordering(tmp_path / "firm", many() + spring), as_of="2026-02-15")
    assert kind_of(base, "spring") == "seasonal" and state_of(base, "spring") == "active"


def test_one_time_buyers_are_a_state_of_their_own(tmp_path):
    once = [order(f"once{i}", dt.date(2025, 1, 10)) for i in range(8)]
    known = [{"company_id": "once0", "first_order_on": "2019-05-01"}]
    base = judged(ordering(tmp_path / "firm", many() + once, companies=known))
    assert [state_of(base, f"once{i}") for i in range(1, 8)] == ["one_time"] * 7
    assert state_of(base, "once0") != "one_time", "it ordered before the orders delivered"


def test_the_base_forecast_is_near_what_comes(tmp_path):
    """Twenty-five customers who order on, judged a year before the end: the interval holds what came."""
    folder = ordering(tmp_path / "firm", many(60))
    base = judged(folder, as_of="2025-06-30")
    came = judged(folder).history.year.sum()
    assert base.total.low <= came <= base.total.high
    assert base.total.value == pytest.approx(came, rel=0.1)
    assert base.money == "margin"


def test_all_customers_with_one_order_give_a_valid_page(tmp_path):
    base = judged(ordering(tmp_path / "firm", [order(f"c{i}", dt.date(2025, 3, 1 + i)) for i in range(20)]))
    assert not base.told and "more than one day" in base.missing[0].render("en")
    displayed(base)


def test_less_than_a_year_of_orders_says_what_cannot_be_checked(tmp_path):
    lines = [line for line in many() if line["ordered_at"] >= "2025-11-01"]
    base = judged(ordering(tmp_path / "firm", lines))
    assert base.told and not base.scored
    assert any("less than two years" in text.text.render("en") for text in view.missing(base))
    displayed(base)


def test_names_stay_inside(tmp_path):
    folder = ordering(tmp_path / "firm", many() + rhythm("gone", 30, end=dt.date(2025, 12, 1)))
    base = judged(folder, profile="external")
    assert export.customers(base) is None
    said = [text.render("en") for f in base.findings for text in (f.statement, f.action) if text]
    assert not any("Firma" in text for text in said)
    displayed(base)


@pytest.mark.skipif(not MAVEN.is_dir(), reason="the public export is not here")
def test_no_lapsed_customer_is_invented_where_none_is_dormant():
    base = judged(MAVEN, mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml"))
    assert base.from_deals and base.money == "revenue" and len(base.history) == 85
    assert not len(base.rows(st.LAPSED)) and len(base.rows(st.LATE)) <= 2
    assert not [f for f in base.findings if f.function.endswith(".lapsed")]
    displayed(base)


def test_the_export_has_each_customer_once_with_one_owner(tmp_path):
    base = judged(ordering(tmp_path / "firm", many() + rhythm("gone", 30, end=dt.date(2025, 12, 1))))
    table = export.customers(base).table.to_pylist()
    assert len({row["company_id"] for row in table}) == len(table) == 41
    gone = next(row for row in table if row["company_id"] == "gone")
    assert gone["list"] == "win_back" and gone["owner"] == "marketing" and gone["stop_on"] > END
    assert gone["late_days"] > 100 and gone["probability_active"] < 0.5
