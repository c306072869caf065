"""The customers we have, on firms with a known answer."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.models.repeat_orders import states as st
from insights.models.repeat_orders.history import KINDS
from insights.report.show import show
from insights.topics import customer_base as topic
from insights.topics import customer_base_export as export
from insights.topics import customer_base_figures as figures
from insights.topics import customer_base_leads as leads
from insights.topics import customer_base_lists as lists
from insights.topics import customer_base_plan as plans
from insights.topics import customer_base_products as products
from insights.topics import customer_base_time as over_time
from insights.topics import customer_base_view as view
from insights.topics import customer_base_winback as win_back
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT
from tests.topics.ordering import END, many, order, ordering, rhythm


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
    show(view.headlines(base), list(base.findings), figures.largest(base), view.decisive(base), view.calls(base),
         export.customers(base),
         view.states(base), view.doubles(base), view.forecasts(base), view.calibration(base), view.missing(base))
    show(over_time.repeat_orders(base), over_time.cohorts(base), over_time.over_time(base), over_time.flow_table(base),
         [over_time.segments(base, key) for key in over_time.SEGMENTS], over_time.rfm(base))
    show(lists.ownership(base), lists.due(base), lists.win_back(base))
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


@needs("maven_crm")
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


def test_orders_cancelled_in_full_never_happened_and_are_counted(tmp_path):
    """The cancelled order makes no one-time buyer, no interval and no money; a return in part is netted."""
    lines = [
        *many(20), order("ghost", dt.date(2025, 5, 5), revenue="777"),
        order("ghost", dt.date(2025, 5, 9), revenue="-777", cost="-600", kind="cancellation"),
        order("r1", dt.date(2026, 6, 1), revenue="300", cost="100", kind="return")]
    base = judged(ordering(tmp_path / "firm", lines))
    assert "ghost" not in base.register.columns["company_id"]
    assert base.totals["cancelled"] == base.totals["cancellations"] == 1 and base.totals["returned"] == 1
    said = next(f for f in base.findings if f.function.endswith(".records")).statement.render("en")
    assert "1 order line cancelled in full" in said and "1 line taken back" in said
    plain = judged(ordering(tmp_path / "plain", many(20)))
    assert plain.history.total.sum() - base.history.total.sum() == pytest.approx(200)


def test_a_cancellation_takes_the_latest_order_before_it(tmp_path):
    """Of two equal orders the second is cancelled, so the silence runs from the first."""
    lines = [*many(20), order("two", dt.date(2025, 1, 1)), order("two", dt.date(2026, 1, 1)),
             order("two", dt.date(2026, 1, 10), revenue="-1000", cost="-600", kind="cancellation")]
    base = judged(ordering(tmp_path / "firm", lines))
    row = list(base.history.customer).index(base.register.columns["company_id"].index("two"))
    assert base.history.orders[row] == 1 and base.history.silence[row] == (END - dt.date(2025, 1, 1)).days


def test_credit_notes_without_a_kind_cancel_what_they_match(tmp_path):
    """Invoices as an ERP exports them: no kind, a negative amount is a credit note."""
    lines = [{key: value for key, value in line.items() if key != "kind"} for line in [
        *many(20), order("once", dt.date(2025, 1, 1), revenue="500"),
        order("once", dt.date(2025, 1, 8), revenue="-500", cost="-600")]]
    base = judged(ordering(tmp_path / "firm", lines))
    assert base.totals["cancelled"] == 1 and "once" not in base.register.columns["company_id"]


def test_many_orders_on_one_day_are_one(tmp_path):
    busy = [order("busy", f"2026-0{month}-03T{hour}:00") for month in (1, 2, 3, 4, 5) for hour in (10, 12, 16)]
    base = judged(ordering(tmp_path / "firm", many(20) + busy))
    row = list(base.history.customer).index(base.register.columns["company_id"].index("busy"))
    assert base.history.orders[row] == 5 and base.history.gaps_n[row] == 4


def test_orders_after_the_as_of_day_are_not_seen_and_are_counted(tmp_path):
    folder = ordering(tmp_path / "firm", [*many(20), order("young", dt.date(2026, 6, 20))])
    base = judged(folder, as_of="2026-05-31")
    assert base.totals["after_as_of"] > 0 and "young" not in base.register.columns["company_id"]
    said = next(f for f in base.findings if f.function.endswith(".records")).statement.render("en")
    assert f"{base.totals['after_as_of']} orders after the as-of day" in said


def test_one_firm_under_two_names_is_reported_and_merged_only_by_a_mapping(tmp_path):
    lines = (many(20) + rhythm("a1", 60, end=dt.date(2025, 3, 1))
             + rhythm("a2", 60, start=dt.date(2025, 4, 20), seed=3))
    companies = [{"company_id": "a1", "name": "ŻÓŁW Sp. z o.o.", "country": "PL"},
                 {"company_id": "a2", "name": "Zolw spółka z ograniczoną odpowiedzialnością", "country": "PL"}]
    base = judged(ordering(tmp_path / "firm", lines, companies=companies))
    names = base.register.columns["company_id"]
    assert [(names[i], names[j]) for i, j, _likeness in base.parts["doubles"]] == [("a1", "a2")]
    assert len(base.history) == 22 and state_of(base, "a1") == "lapsed"
    displayed(base)
    merged = judged(ordering(tmp_path / "merged", lines, companies=companies, company_keys=[
        {"system": "ERP", "key": "a1", "company_id": "a2"}]))
    assert len(merged.history) == 21 and state_of(merged, "a2") == "active" and not merged.parts["doubles"]


def test_names_that_differ_in_a_number_or_a_country_are_not_one_firm(tmp_path):
    companies = [{"company_id": "r0", "name": "Hydro 1 GmbH", "country": "DE"},
                 {"company_id": "r1", "name": "Hydro 2 GmbH", "country": "DE"},
                 {"company_id": "r2", "name": "Metalux s.r.o.", "country": "CZ"},
                 {"company_id": "r3", "name": "Metalux", "country": "SK"}]
    assert not judged(ordering(tmp_path / "firm", many(10), companies=companies)).parts["doubles"]


def test_currencies_are_converted_and_mixed_ones_without_a_rate_are_refused(tmp_path):
    lines = many(20) + [order("de", dt.date(2026, 1, 5 + i), currency="EUR", revenue="100", cost="50") for i in (0, 9)]
    rates = [{"currency": "EUR", "valid_from": "2023-01-01", "rate": "4.0"}]
    base = judged(ordering(tmp_path / "firm", lines, exchange_rates=rates))
    row = list(base.history.customer).index(base.register.columns["company_id"].index("de"))
    assert base.history.total[row] == pytest.approx(2 * 50 * 4)
    with pytest.raises(insights.problems.DataError, match="rate"):
        judged(ordering(tmp_path / "without", lines))


def test_without_costs_money_is_revenue_and_says_so(tmp_path):
    lines = [{key: value for key, value in line.items() if key != "cost"} for line in many(20)]
    base = judged(ordering(tmp_path / "firm", lines))
    assert base.money == "revenue"
    assert "of revenue within 12 months" in view.headlines(base).top_line.render("en")
    assert any("not margin" in note.text.render("en") for note in view.missing(base))


def test_a_company_that_closed_is_nobodys_task(tmp_path):
    lines = many(20) + rhythm("shut", 30, end=dt.date(2025, 10, 1))
    base = judged(ordering(tmp_path / "firm", lines, companies=[{"company_id": "shut", "closed_on": "2025-11-01"}]))
    assert state_of(base, "shut") == "closed"
    row = next(r for r in export.customers(base).table.to_pylist() if r["company_id"] == "shut")
    assert row["list"] == "leave_alone" and row["owner"] == "" and row["stop_on"] is None


STRATEGY = """
[agreement]
agreed_on = 2024-01-01
valid_from = 2024-01-01
[customers]
repeat_orders = "sales"
win_back = "marketing"
"""
COMPANY_TABLES = {
    "campaigns": [{"campaign_id": "w1", "name": "Win-back 2025", "channel": "win-back", "started_on": "2025-01-10"}]}


def contacted(companies, day, campaign=None, channel="letter", seller=None):
    """Outgoing contacts with these companies."""
    return [{"touched_at": f"{day}T09:00", "company_id": c, "campaign_id": campaign or "", "channel": channel,
             "direction": "outbound", "kind": "mail"} for c in companies]


def test_who_works_whom_is_set_against_the_strategy(tmp_path):
    """Eight lapsed customers: marketing wrote to one, sales called five, two were called by nobody."""
    lines = many(30)
    for i in range(8):
        lines += rhythm(f"gone{i}", 30, end=dt.date(2025, 10, 1), seed=i)
    touches = contacted(["gone0"], "2026-06-01", "w1") + contacted([f"gone{i}" for i in range(5)], "2026-06-02")
    folder = ordering(tmp_path / "firm", lines, touches=touches, **COMPANY_TABLES)
    (folder / "strategy.toml").write_text(STRATEGY)
    base = judged(folder)
    clause = next(f for f in base.findings if f.function.endswith("clause_win_back"))
    assert str(clause.verdict) == "not_kept" and clause.clause_id == "customers.win_back=marketing"
    said = clause.statement.render("en")
    assert "1 of 8 customers" in said and "other department only: 4" in said and "nobody: 3" in said
    listed = {row["company_id"]: row["worked_by"] for row in export.customers(base).table.to_pylist()}
    assert (listed["gone0"], listed["gone1"], listed["gone7"]) == ("both", "wrong_one", "neither")


def lapsed_firm(folder, hold_out, back_addressed=24, back_held=8, n=40):
    """Eighty customers silent since mid-2024; half are written to in January 2025, the others drawn or left alone."""
    lines = many(30)
    stop = dt.date(2024, 7, 1)
    for i in range(2 * n):
        lines += rhythm(f"gone{i}", 40, end=stop, seed=i)
    back = [f"gone{i}" for i in range(back_addressed)] + [f"gone{n + i}" for i in range(back_held)]
    lines += [order(company, dt.date(2025, 5, 5)) for company in back]
    touches = contacted([f"gone{i}" for i in range(n)], "2025-01-15", "w1")
    if hold_out:
        touches += contacted([f"gone{n + i}" for i in range(n)], "2025-01-15", "w1", channel="hold-out")
    return ordering(folder, lines, touches=touches, **COMPANY_TABLES)


def test_without_a_lottery_what_came_back_is_never_a_difference(tmp_path):
    base = judged(lapsed_firm(tmp_path / "firm", hold_out=False))
    found = next(f for f in base.findings if f.function.endswith(".win_back"))
    assert str(found.verdict) == "too_few_to_say" and found.difference is None and found.impact is None
    said = found.statement.render("en")
    assert "Of 40 customers" in said and "24 ordered within a year" in said and "would have come back" in said
    assert base.parts["win_back"].unasked.value == pytest.approx(0.2, abs=0.12)
    assert "too few" in found.action.render("en") and "hold-out would take" in found.action.render("en")
    displayed(base)


def test_a_lottery_shows_the_difference(tmp_path):
    base = judged(lapsed_firm(tmp_path / "firm", hold_out=True))
    found = next(f for f in base.findings if f.function.endswith(".win_back"))
    assert str(found.verdict) == "higher" and found.difference.value == pytest.approx(0.4)
    assert found.difference.low > 0 and "held out by lot" in found.statement.render("en")
    displayed(base)


def test_a_lottery_without_effect_claims_nothing(tmp_path):
    base = judged(lapsed_firm(tmp_path / "firm", hold_out=True, back_addressed=9, back_held=8))
    found = next(f for f in base.findings if f.function.endswith(".win_back"))
    assert str(found.verdict) == "too_few_to_say" and found.estimate.value is None
    displayed(base)


SELLERS = [{"seller_id": "s1", "team": "A", "hourly_cost": "100"}]


def test_only_lapsed_customers_whose_return_pays_for_the_contacts_are_sought(tmp_path):
    """Three hours at 100 PLN: worth it for one that bought for thousands, not for one that bought for five."""
    stop = dt.date(2026, 2, 1)
    lines = many(40, jitter=0.4)
    for i in range(3):
        lines += rhythm(f"large{i}", 45, end=stop, seed=i, jitter=0.4, revenue="9000", cost="1000")
        lines += rhythm(f"small{i}", 45, end=stop, seed=i, jitter=0.4, revenue="5", cost="1")
    folder = ordering(tmp_path / "firm", lines, sellers=SELLERS)
    base = judged(folder)
    listed = {row["company_id"]: row for row in export.customers(base).table.to_pylist()}
    gone = [name for name in listed if listed[name]["state"] == "lapsed"]
    small = [n for n in gone if n.startswith("small")]
    large = [n for n in gone if listed[n]["list"] == "win_back"]
    assert large and all(n.startswith("large") for n in large)
    assert small and {listed[n]["list"] for n in small} == {"leave_alone"}
    assert {listed[n]["reason"] for n in small} == {"contacts_cost_more_than_they_may_bring"}
    first = min(large, key=lambda n: listed[n]["win_back_place"])
    row = listed[first]
    assert row["contacts_cost"] == 300 and 0 < row["chance_of_order_unasked"] < 0.5
    assert row["gain_of_chance_that_pays"] == pytest.approx(300 / row["margin_if_back"], abs=1e-4)
    assert row["expected_profit_of_contacts"] is None, "no lottery has told what contacts gain"
    one = topic.judge(insights.open(str(folder)), capacity=1)
    assert [r["company_id"] for r in export.customers(one).table.to_pylist() if r["win_back_now"]] == [first]
    said = next(f for f in one.findings if f.function.endswith(".lapsed")).action.render("en")
    assert "Write to 1 customer" in said and "300" in said
    displayed(one)


def test_a_lottery_prices_the_contacts(tmp_path):
    """With a gain of forty in a hundred each return of a customer is worth its value times that, less the cost."""
    folder = lapsed_firm(tmp_path / "firm", hold_out=True)
    (folder / "sellers.csv").write_text("seller_id,team,hourly_cost\ns1,A,10\n")
    base = judged(folder)
    rows = [r for r in export.customers(base).table.to_pylist() if r["win_back_place"]]
    assert rows and all(r["expected_profit_of_contacts"] == pytest.approx(0.4 * r["margin_if_back"] - 30, abs=0.02)
                        for r in rows)
    assert "expected profit of the contacts" in [c.header.render("en") for c in lists.win_back(base).columns]


def test_customers_on_each_list_are_counted_by_who_works_them(tmp_path):
    lines = many(30) + [line for i in range(4) for line in rhythm(f"gone{i}", 30, end=dt.date(2025, 10, 1), seed=i)]
    touches = contacted(["gone0"], "2026-06-01", "w1") + contacted(["gone0", "gone1", "r1", "r2"], "2026-06-02")
    base = judged(ordering(tmp_path / "firm", lines, touches=touches, **COMPANY_TABLES))
    rows = {row[0].render("en"): [cell.n if hasattr(cell, "n") else cell for cell in row[4:]]
            for row in lists.ownership(base).rows}
    assert rows["repeat-order list"] == [2, 0, 0, 28] and rows["win-back list"] == [0, 1, 1, 2]
    assert "No strategy file" in lists.ownership(base).notes[0].render("en")
    assert (plans.plan(base).worked == plans.BOTH).sum() == 1


def test_orders_due_within_a_month_stand_with_day_and_amount(tmp_path):
    """Every thirty days until the tenth of June: due around the tenth of July."""
    lines = many(20, gap=400) + rhythm("due", 30, start=dt.date(2024, 1, 12), end=dt.date(2026, 6, 10), jitter=0,
                                       revenue="700", cost="200")
    base = judged(ordering(tmp_path / "firm", lines))
    last = max(dt.date.fromisoformat(line["ordered_at"]) for line in lines if line["company_id"] == "due")
    row = next(row for row in lists.due(base).rows if row[0] == "Firma due")
    assert abs((row[4].day - last).days - 30) <= 1 and row[5].value == pytest.approx(500, rel=0.1)


def test_orders_without_a_lead_count_and_are_said(tmp_path):
    lines = [*many(20), order("r1", dt.date(2026, 6, 3), lead_id="")]
    base = judged(ordering(tmp_path / "firm", lines))
    said = next(f for f in base.findings if f.function.endswith(".records")).statement.render("en")
    assert f"{len(lines)} order lines have no lead of their own" in said


PRODUCTS = [{"product_id": p, "name": f"Product {p}", "status": "launched"} for p in ("P1", "P2", "P3")]


def test_a_product_silently_dropped_by_an_active_account_is_found(tmp_path):
    """Oil bought with every second order until a year ago, never since; filters with every order."""
    lines = many(20, product_id="P1")
    account = rhythm("account", 30, product_id="P1")
    lines += account
    early = [line for line in account[::2] if line["ordered_at"] < "2025-07"]
    lines += [{**line, "product_id": "P2", "revenue": "5000"} for line in early]
    base = judged(ordering(tmp_path / "firm", lines, products=PRODUCTS))
    (lost,) = base.parts["stopped"]
    assert lost.product == "P2" and base.names(np.array([lost.row])) == ["Firma account"]
    assert lost.silence > lost.longest and lost.without >= 10
    found = next(f for f in base.findings if f.function.endswith(".silent_loss"))
    assert found.impact.high <= 5000 * 20 and "1 product" in found.statement.render("en")
    displayed(base)


def test_a_product_still_within_its_rhythm_is_not_called_dropped(tmp_path):
    lines = many(20, product_id="P1")
    account = rhythm("account", 30, product_id="P1")
    lines += account + [{**line, "product_id": "P2"} for line in account[::4]]
    assert not judged(ordering(tmp_path / "firm", lines, products=PRODUCTS)).parts["stopped"]


def test_the_next_product_is_suggested_only_where_it_beats_the_popular_one(tmp_path):
    """P2 always follows P1, P4 always follows P3, P5 is popular and follows nothing."""
    products = [{"product_id": f"P{i}", "name": f"Product {i}", "status": "launched"} for i in range(1, 6)]
    lines = []
    for i in range(240):
        first, then = ("P1", "P2") if i % 2 else ("P3", "P4")
        begin = dt.date(2023, 8, 1) + dt.timedelta(days=4 * i)
        lines += rhythm(f"c{i}", 70, start=begin, seed=i, product_id=first)
        if begin + dt.timedelta(days=150) <= END:
            lines.append(order(f"c{i}", begin + dt.timedelta(days=150), product_id=then))
    lines += [line for i in range(60) for line in rhythm(f"p{i}", 90, seed=i, product_id="P5")]
    base = judged(ordering(tmp_path / "firm", lines, products=products))
    found = base.parts["next"]
    assert found.better and found.rule > 0.9 * found.customers
    assert str(next(f for f in base.findings if f.function.endswith(".next_product")).verdict) == "higher"
    displayed(base)
    same = many(60, product_id="P1") + [order(f"r{i}", dt.date(2026, 1, 1 + i % 28), product_id=f"P{1 + i % 5}")
                                         for i in range(60)]
    base = judged(ordering(tmp_path / "random", same, products=products))
    assert base.parts["next"] is None or not base.parts["next"].better


def test_rfm_disagrees_where_a_slow_rhythm_looks_lost(tmp_path):
    lines = many(30, gap=25) + [line for i in range(10) for line in rhythm(f"slow{i}", 210, seed=i, jitter=0.03)]
    base = judged(ordering(tmp_path / "firm", lines))
    recency, frequency, _money = over_time.scores(base)
    groups = over_time.rfm_group(recency, frequency)
    ids = [base.register.columns["company_id"][c] for c in base.history.customer]
    slow = [i for i, company in enumerate(ids) if company.startswith("slow")]
    assert {groups[i] for i in slow} & {"lost", "at_risk"}
    assert sum(st.STATES[base.state[i]] == "active" for i in slow) >= 9


def test_cohorts_show_mature_cells_only(tmp_path):
    base = judged(ordering(tmp_path / "firm", many() + [order(f"n{i}", dt.date(2026, 4, 20)) for i in range(9)]))
    table = over_time.cohorts(base)
    youngest = next(row for row in table.rows if row[0].render("en") == "January 2026")
    assert youngest[1].n == 9 and youngest[2] is None, "70 days are not 90"
    assert all(row[2] is not None for row in table.rows if row[0].render("en") == "July 2023")


def test_the_same_data_give_the_same_findings_in_any_order_of_rows(tmp_path):
    lines = many(30) + rhythm("gone", 30, end=dt.date(2025, 12, 1))
    one = judged(ordering(tmp_path / "one", lines))
    other = judged(ordering(tmp_path / "other", lines[::-1]))
    assert [f.to_json() | {"evidence": None} for f in one.findings] == [
        f.to_json() | {"evidence": None} for f in other.findings]
