"""The key customer profile on poor records: it says what they cannot carry, and makes nothing up."""

import datetime as dt

import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.topics import key_customer_clauses as clauses
from insights.topics import key_customer_profile as topic
from insights.topics import key_customer_score as score
from tests.tables.firms import write
from tests.topics.firms import segmented
from tests.topics.test_key_customer_profile import displayed

DECIDED = (Verdict.HIGHER, Verdict.LOWER)
START = dt.date(2023, 1, 1)


def firm(folder, companies, leads, *, as_of="2025-12-31", strategy="", orders=None, more=""):
    """A firm from rows: companies as (id, attributes), leads as (company, day, days to the end, won, amount)."""
    rows = {"companies": [{"company_id": c, "name": c, **a} for c, a in companies], "leads": [], "lead_stages": []}
    for i, (company, day, days, won, amount) in enumerate(leads):
        lead, end = f"L{i}", day + dt.timedelta(days=days)
        rows["leads"].append({"lead_id": lead, "created_at": day.isoformat(), "company_id": company})
        rows["lead_stages"] += [
            {"lead_id": lead, "stage": "new", "entered_at": day.isoformat(), "amount": ""},
            {"lead_id": lead, "stage": "won" if won else "lost", "entered_at": end.isoformat(),
             "amount": str(amount) if won else ""}]
    if orders:
        rows["orders"] = orders
    folder.mkdir(exist_ok=True)
    write(folder, rows)
    (folder / "insights.toml").write_text(f'[defaults]\ncurrency = "EUR"\nas_of = "{as_of}"\n{more}')
    if strategy:
        (folder / "strategy.toml").write_text(strategy)
    return topic.judge(insights.open(str(folder)))


def drawn(n, seed=1, *, rate=0.3, amount=100, attributes=lambda i: {"industry": ("C10", "C28")[i % 2]}, quiet=None):
    """Companies and two leads each over three years; `quiet` is a year without a win."""
    rng = np.random.default_rng(seed)
    companies = [(f"C{i}", attributes(i)) for i in range(n)]
    leads = []
    for i in range(n):
        for _ in range(2):
            day = START + dt.timedelta(days=int(rng.integers(0, 1000)))
            won = rng.random() < rate and day.year != quiet
            leads.append((f"C{i}", day, int(rng.integers(5, 60)), won, amount))
    return companies, leads


def test_a_dimension_missing_for_half_of_the_firm_is_counted_and_the_rest_judged(tmp_path):
    attributes = lambda i: {"industry": ("C10", "C28")[i % 2] if i % 4 < 2 else "", "country": "PL"}  # noqa: E731
    profile = firm(tmp_path / "firm", *drawn(400, attributes=attributes))
    assert profile.dimensions["industry"].unknown_leads == 400
    assert {g.label for g in profile.dimensions["industry"].groups} == {"C10", "C28"}
    displayed(profile)


def test_one_company_with_a_third_of_all_money_makes_no_winner(tmp_path):
    companies, leads = drawn(400)
    leads = [*leads, ("C1", dt.date(2024, 5, 1), 20, True, 100 * 120)]
    profile = firm(tmp_path / "firm", companies, leads)
    money = [f for f in profile.findings if f.verdict is Verdict.HIGHER and f.unit == "EUR"]
    assert not money
    assert profile.refined.profile.compared is None or profile.refined.profile.compared.verdict is not Verdict.HIGHER


def test_ten_thousand_industries_in_free_text_are_mapped_or_listed(tmp_path):
    attributes = lambda i: {"industry": "Manufacture of machinery" if i % 3 == 0 else f"odd trade {i}"}  # noqa: E731
    companies = [(f"C{i}", attributes(i)) for i in range(10_000)]
    leads = [(f"C{i}", START + dt.timedelta(days=i % 900), 20, i % 5 == 0, 10) for i in range(10_000)]
    profile = firm(tmp_path / "firm", companies, leads)
    shown = [g.label for g in profile.dimensions["industry"].groups if not g.small]
    assert shown == ["C28"]
    unmapped = next(p for p in profile.firm.problems if p.rule == "industry_unmapped")
    assert unmapped.count == 6_666 and "odd trade" in unmapped.message.render("en")
    displayed(profile)


def test_a_parent_with_two_hundred_subsidiaries_is_no_error(tmp_path):
    companies, leads = drawn(200)
    companies = [(c, {**a, "parent_id": "" if c == "C0" else "C0"}) for c, a in companies]
    profile = firm(tmp_path / "firm", companies, leads)
    assert profile.totals["leads"] == 400
    displayed(profile)


@pytest.mark.parametrize("word, code", [("28.13.Z", "C28"), ("28", "C28"), ("Manufacture of machinery", "C28"),
                                        ("K62", "J62"), ("333", "C28"), ("333914", "C28")])
def test_a_strategy_in_another_classification_is_read_and_said(tmp_path, word, code):
    attributes = lambda i: {"industry": ("C10", "C28", "J62")[i % 3]}  # noqa: E731
    profile = firm(tmp_path / "firm", *drawn(300, attributes=attributes),
                   strategy=f'[key_customer]\nindustries = ["{word}"]\n')
    assert clauses.declared(profile, "industry") == (code,)
    said = clauses.reread(profile)[0].text.render("en")
    assert f"names the industry {word}" in said and "it is read as" in said
    assert ("NAICS" in said) == word.startswith("333")
    assert code in clauses.reread(profile)[0].text.render("pl")


def test_a_code_of_no_european_classification_is_named(tmp_path):
    profile = firm(tmp_path / "firm", *drawn(100), strategy='[key_customer]\nindustries = ["99.999", "3561"]\n')
    nowhere, several = (note.text.render("en") for note in clauses.reread(profile))
    assert "99.999, which is no code" in nowhere and "SIC, NAICS" in nowhere
    assert "3561, which may mean" in several and "(D35) by NACE" in several and "(C28) by SIC" in several


def test_sizes_and_countries_of_the_strategy_are_judged_apart(tmp_path):
    """Medium-sized firms in Germany pay, large ones and Poland do not: each dimension has its own verdict."""
    rng = np.random.default_rng(3)
    attributes = lambda i: {"employees": ("100", "600")[i % 2], "country": ("DE", "PL")[i // 2 % 2]}  # noqa: E731
    companies, leads = drawn(600, attributes=attributes)
    leads = [(c, day, days, bool(rng.random() < (0.5 if int(c[1:]) % 2 == 0 else 0.1)), 100)
             for c, day, days, *_ in leads]
    profile = firm(tmp_path / "firm", companies, leads,
                   strategy='[key_customer]\nsizes = ["large"]\ncountries = ["DE"]\n')
    rows = {row.agreed.render("en"): row for row in clauses.clauses(profile).rows}
    large, germany = rows["large companies (250 people or more)"], rows["Germany"]
    assert large.verdict == Verdict.NOT_KEPT and "elsewhere" in large.observed.render("en")
    assert germany.verdict in (Verdict.NOT_ENOUGH_DATA, Verdict.NOT_KEPT) and len(rows) == 2


def test_a_period_without_wins_says_so_and_draws_nothing(tmp_path):
    companies, leads = drawn(300, quiet=2025)
    leads = [lead for lead in leads if lead[1].year < 2025 or not lead[3]]
    profile = firm(tmp_path / "firm", companies, leads)
    assert profile.drift is None
    displayed(profile)


def test_nothing_won_in_three_leads(tmp_path):
    profile = firm(tmp_path / "firm", [("C1", {"industry": "C28"})], [("C1", START, 3, False, 0)] * 3)
    assert profile.combined is None and profile.scored is None
    assert "no fit score" in score.export(profile, profile.scored).text.render("en")
    displayed(profile)


def test_a_crm_filled_in_afterwards_has_no_durations(tmp_path):
    companies, leads = drawn(300)
    leads = [(c, day, 0 if won else days, won, amount) for c, day, days, won, amount in leads]
    profile = firm(tmp_path / "firm", companies, leads)
    dimension = profile.dimensions["industry"]
    assert [m.key for m in dimension.measures] == ["win_rate", "revenue_per_closed"]
    assert "written down when they were won" in dimension.refused[0].render("en")


def test_durations_across_a_day_of_bulk_changes_are_left_out(tmp_path):
    companies, leads = drawn(300)
    bulk = dt.date(2024, 6, 1)
    leads = [(c, day, (bulk - day).days if day < bulk and (bulk - day).days < 90 else days, won, amount)
             for c, day, days, won, amount in leads]
    profile = firm(tmp_path / "firm", companies, leads)
    assert topic.bulk_day(profile.firm) == bulk
    spanning = sum(day <= bulk <= day + dt.timedelta(days=profile.days) for _c, day, *_ in leads)
    old = sum(day + dt.timedelta(days=profile.days) <= dt.date(2025, 12, 31) for _c, day, *_ in leads)
    assert profile.cells["all"].count("conversion_n") == old - spanning
    assert any("Conversion leaves out" in t.render("en") for t in profile.dimensions["industry"].refused)


def test_money_with_vat_in_it_is_refused(tmp_path):
    companies, leads = drawn(300)
    orders = [{"order_id": f"O{i}", "company_id": c, "lead_id": f"L{i}", "ordered_at": (day + dt.timedelta(
        days=days)).isoformat(), "revenue": "123", "list_revenue": "100", "cost": "50", "currency": "EUR"}
        for i, (c, day, days, won, _amount) in enumerate(leads) if won]
    profile = firm(tmp_path / "firm", companies, leads, orders=orders)
    assert {m.key for d in profile.dimensions.values() for m in d.measures} <= {"win_rate", "conversion"}
    assert any("VAT" in t.render("en") for t in profile.dimensions["industry"].refused)
    displayed(profile)


def test_the_exported_scores_are_those_of_the_card(tmp_path):
    """The engine's sum, company by company, against the card added up by hand."""
    attributes = lambda i: {"industry": ("C10", "C28", "")[i % 3], "country": ("PL", "DE")[i % 2], "employees": str(  # noqa: E731
        5 + 60 * (i % 5))}
    profile = firm(tmp_path / "firm", *drawn(400, attributes=attributes))
    rows = score.export(profile, profile.scored).table.to_pylist()
    card = profile.scored.card
    assert len(rows) == 400
    for row in rows:
        exact = card.score({key: row[key] for key in ("industry", "size", "country")})
        assert abs(exact - row["fit_score"]) <= 0.51 and row["tier"] == card.tier(exact)
    assert max(r["fit_score"] for r in rows) <= 100 and min(r["fit_score"] for r in rows) >= 0


def test_repeat_orders_join_the_deals_margin_at_the_rate_of_leads_old_enough(tmp_path):
    """Each win earns 50 and, within the year, a repeat order that earns 20; a late one does not count."""
    companies, leads = drawn(300, rate=0.4)
    orders = []
    for i, (c, day, days, won, _amount) in enumerate(leads):
        if not won:
            continue
        end = day + dt.timedelta(days=days)
        base = {"company_id": c, "currency": "EUR"}
        orders.append({"order_id": f"O{i}", "lead_id": f"L{i}", "ordered_at": end.isoformat(), "revenue": "100",
                       "cost": "50", **base})
        orders.append({"order_id": f"R{i}", "lead_id": "", "ordered_at": (end + dt.timedelta(days=1)).isoformat(),
                       "revenue": "30", "cost": "10", **base})
        orders.append({"order_id": f"S{i}", "lead_id": "", "ordered_at": (end + dt.timedelta(days=1200)).isoformat(),
                       "revenue": "900", "cost": "1", **base})
    profile = firm(tmp_path / "firm", companies, leads, orders=[o for o in orders if o["ordered_at"] <= "2025-12-31"])
    group = next(g for g in profile.dimensions["industry"].groups if g.label == "C28")
    deal, joined = (group.compared[k].own.value for k in ("margin_per_lead", "expected_margin"))
    assert joined == pytest.approx(deal * 70 / 50, rel=0.06)


def test_a_shift_of_the_customers_won_is_said(tmp_path):
    """From C10 to C28 between the two years."""
    companies, leads = drawn(600, rate=0.5)
    leads = [(c, day, days, won and (int(c[1:]) % 2 == (day.year == 2025)), amount)
             for c, day, days, won, amount in leads]
    leads = [lead for lead in leads if lead[1] >= dt.date(2024, 1, 1)]
    profile = firm(tmp_path / "firm", companies, leads, as_of="2025-09-27")
    moved = {f.subject["industry"]: f.verdict for f in profile.findings if ".drift" in f.function and f.subject}
    assert moved == {"C28": Verdict.HIGHER, "C10": Verdict.LOWER}


def test_region_inside_the_home_country_is_searched_and_never_joined_with_the_country(tmp_path):
    def attributes(i):
        home = {"country": "DE", "region": ""}
        if i % 3:
            home = {"country": "PL", "region": ("Śląskie", "Lubelskie")[i % 2]}
        return {"industry": ("C10", "C28")[i % 2], **home}

    profile = firm(tmp_path / "firm", *drawn(500, attributes=attributes))
    assert profile.combined.windows.home == "PL"
    assert not [c for c, _j in profile.combined.pairs if {"country", "region"} <= set(dict(c.segment.parts))]


@pytest.mark.parametrize("people, turnover, balance, band", [
    (9, "2000000", "", "micro"), (9, "2000001", "2000001", "small"), (9, "99000000", "1", "micro"),
    (49, "", "", "small"), (50, "1", "1", "medium"), (249, "50000001", "43000000", "medium"),
    (249, "50000001", "43000001", "large"), (250, "1", "1", "large"), ("", "1", "1", None)])
def test_size_bands_are_those_of_the_recommendation(tmp_path, people, turnover, balance, band):
    """Recommendation 2003/361/EC, annex, article 2: head-count and either turnover or balance."""
    firm(tmp_path / "firm", [("C1", {"employees": str(people), "annual_turnover": turnover, "balance_total": balance,
                                     "currency": "EUR"})], [("C1", START, 3, True, 1)])
    from insights.metrics.sql import select

    opened = insights.open(str(tmp_path / "firm"))
    assert opened.row(select("select size from lead_grain"))["size"] == band


def test_the_page_holds_on_a_firm_without_losses_and_one_industry(tmp_path):
    profile = topic.judge(insights.open(segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.2}, lose=False)))
    displayed(profile)
