"""The product pipeline on firms with a known answer."""

import json
from importlib import resources
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest

import insights
from insights.evidence import Verdict
from insights.report.show import show
from insights.topics import product_pipeline as topic
from insights.topics import product_pipeline_complained as complained
from insights.topics import product_pipeline_complaints as complaints
from insights.topics import product_pipeline_view as view
from insights.topics import product_pipeline_words as words
from tests.beside import MAVEN, needs
from tests.laws.messages import ROOT
from tests.tables.firms import write

SELLERS = [{"seller_id": f"s{k}", "team": "A" if k < 4 else "B"} for k in range(8)]
PRODUCTS = [{"product_id": "p1", "name": "Pump", "status": "launched"},
            {"product_id": "p2", "name": "Valve", "status": "launched"},
            {"product_id": "p9", "name": "New pump", "status": "beta"}]
COMPANIES = [{"company_id": f"c{k}", "name": f"C{k}"} for k in range(60)]


def firm(folder, strategy="", **tables):
    folder.mkdir(exist_ok=True)
    rows = {"companies": COMPANIES, "products": PRODUCTS, "sellers": SELLERS, "orders": orders(), **tables}
    write(folder, {name: content for name, content in rows.items() if content})
    (folder / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\nas_of = "2025-12-31"\n')
    if strategy:
        (folder / "strategy.toml").write_text(strategy)
    return topic.judge(insights.open(str(folder)))


def orders(companies=60, per=3, product="p1"):
    return [{"order_id": f"o{product}{c}-{i}", "company_id": f"c{c}", "ordered_at": f"2025-0{2 + 2 * i}-1{c % 9}",
             "product_id": product, "revenue": "100", "currency": "EUR"} for c in range(companies) for i in range(per)]


def item(**changes):
    return {"item_id": "r1", "product_id": "p9", "title": "New pump", "stage": "beta", "planned_on": "2026-02-15",
            "first_planned_on": "2026-02-15", **changes}


def told(teams, trained=False, day="2025-10-01"):
    return [{"item_id": "r1", "team": team, "told_at": day, "trained_at": day if trained else ""} for team in teams]


def said(n, text="za głośno", start=0, **changes):
    return [{"feedback_id": f"f{text[:3]}{start + k}", "kind": "need", "recorded_at": "2025-05-05T10:00",
             "company_id": f"c{start + k}", "text": text, **changes} for k in range(n)]


def names(result):
    return {f.function.removeprefix("product_pipeline.") for f in result.findings}


def displayed(result):
    for part in (view.headlines, view.launches, view.of_launches, view.of_voice, view.themes, view.of_blockers,
                 view.of_complaints, view.complaints, view.missing):
        show(part(result))


@pytest.mark.parametrize("changes, notices, expected", [
    ({"announced_at": "2025-09-01"}, ["A", "B"], "announced_first_r1"),
    ({}, ["A"], "not_told_r1"),
    ({}, ["A", "B"], "not_trained_r1"),
    ({"planned_on": "2026-10-15"}, [], "late_r1"),
])
def test_what_is_most_urgent_about_a_launch(tmp_path, changes, notices, expected):
    result = firm(tmp_path / "f", roadmap=[item(**changes)],
                  roadmap_notices=told(notices) or told(["A"], day="2026-06-01"))
    assert expected in names(result)
    found = next(f for f in result.findings if f.function.endswith(expected))
    assert found.action and found.subject == {"product": "p9"}
    displayed(result)


def test_trained_sellers_and_silent_customers(tmp_path):
    result = firm(tmp_path / "f", roadmap=[item()], roadmap_notices=told(["A", "B"], trained=True))
    assert "not_announced_r1" in names(result)
    assert result.items[0].told == result.items[0].trained == 8


def test_a_launch_in_order_asks_for_nothing(tmp_path):
    result = firm(tmp_path / "f", roadmap=[item(announced_at="2025-11-01")],
                  roadmap_notices=told(["A", "B"], trained=True), feedback=said(4, roadmap_item_id="r1"))
    assert not {n for n in names(result) if n.endswith("_r1")}


def test_a_date_moved_forward_is_no_delay(tmp_path):
    result = firm(tmp_path / "f", roadmap=[item(first_planned_on="2026-06-01", announced_at="2025-11-01")],
                  roadmap_notices=told(["A", "B"], trained=True), feedback=said(4, roadmap_item_id="r1"))
    assert result.items[0].late_days < 0 and "late_r1" not in names(result)
    displayed(result)


@pytest.mark.parametrize("planned, launched, on, verdict", [
    ("2026-02-15", "", "2026-02-15", Verdict.TOO_EARLY), ("2026-04-15", "", "2026-02-15", Verdict.NOT_KEPT),
    ("2025-02-15", "2025-02-10", "2025-02-15", Verdict.KEPT), ("2025-12-30", "", "2025-11-01", Verdict.NOT_KEPT),
])
def test_agreed_launches_are_judged(tmp_path, planned, launched, on, verdict):
    result = firm(tmp_path / "f", roadmap=[item(planned_on=planned, launched_on=launched, first_planned_on="")],
                  strategy=f'[[products.new]]\nid = "p9"\non = {on}\n')
    clause = next(f for f in result.findings if f.clause is not None)
    assert clause.verdict is verdict and clause.subject == {"product": "p9"}


def asked_for(product, seller, won, lost, day):
    """Leads of companies one after the other, won or lost three weeks after they came."""
    leads, stages = [], []
    for k in range(won + lost):
        lead = f"{seller}{product}{day}-{k}"
        leads.append({"lead_id": lead, "created_at": f"{day}T09:00", "source": "web", "company_id": f"c{k}",
                      "seller_id": seller, "product_id": product})
        stages += [{"lead_id": lead, "stage": "new", "entered_at": f"{day}T09:00"},
                   {"lead_id": lead, "stage": "won" if k < won else "lost", "entered_at": f"{day[:8]}27T09:00"}]
    return {"leads": leads, "lead_stages": stages}


def merged(*parts):
    return {name: [row for part in parts for row in part[name]] for name in parts[0]}


def launched(leads, sellers):
    """Team A, the first half of the sellers, was told three months before the launch, team B a week."""
    half = len(sellers) // 2
    return {**leads, "sellers": [{"seller_id": one, "team": "AB"[k >= half]} for k, one in enumerate(sellers)],
            "roadmap": [item(launched_on="2025-01-15")],
            "roadmap_notices": [*told(["A"], day="2024-10-15"), *told(["B"], day="2025-01-08")]}


def by_notice(result):
    return next(f for f in result.findings if f.function.endswith(".sold_by_notice"))


def test_leads_of_a_launch_by_whether_their_seller_knew_in_time(tmp_path):
    """Leads before the launch and of other products don't count."""
    sellers = [f"s{k}" for k in range(12)]
    leads = merged(*(asked_for("p9", one, 5, 5, "2025-02-05") for one in sellers[:6]),
                   *(asked_for("p9", one, 1, 9, "2025-02-05") for one in sellers[6:]),
                   asked_for("p9", "s8", 20, 0, "2025-01-03"), asked_for("p1", "s8", 20, 0, "2025-02-05"),
                   asked_for("p9", "s0", 0, 7, "2025-12-20"))
    result = firm(tmp_path / "f", **launched(leads, sellers))
    found = by_notice(result)
    assert (found.estimate.value, found.baseline.value, found.n) == (pytest.approx(0.5), pytest.approx(0.1), 60)
    assert found.verdict is Verdict.HIGHER and found.rival
    assert "Tell every seller" in found.action.render("en")
    assert "too young: 7; the last of them can be counted on 19 January 2026" in found.statement.render("en")
    displayed(result)


def test_a_team_whose_one_seller_sells_all_is_no_proof_for_early_notice(tmp_path):
    """The same shares, but they rest on one seller of each team: sellers are told, so sellers are what is counted."""
    sellers = [f"s{k}" for k in range(12)]
    leads = merged(asked_for("p9", "s0", 30, 0, "2025-02-05"), asked_for("p9", "s6", 6, 24, "2025-02-05"),
                   *(asked_for("p9", one, 0, 6, "2025-02-05") for one in [*sellers[1:6], *sellers[7:]]))
    assert by_notice(firm(tmp_path / "f", **launched(leads, sellers))).verdict is Verdict.TOO_FEW


def test_too_few_sellers_or_leads_say_nothing_about_early_notice(tmp_path):
    few = merged(asked_for("p9", "s0", 20, 20, "2025-02-05"), asked_for("p9", "s1", 1, 39, "2025-02-05"))
    found = by_notice(firm(tmp_path / "f", **launched(few, ["s0", "s1"])))
    assert found.estimate.value is None and found.verdict is Verdict.TOO_FEW
    assert found.statement.render("en").endswith(
        "whose seller knew in time: 40 (sellers: 1), others: 40 (sellers: 1).")


def test_an_agreed_product_that_the_roadmap_lacks(tmp_path):
    result = firm(tmp_path / "f", roadmap=[item()], strategy='[[products.new]]\nid = "p2"\non = 2026-03-01\n')
    assert next(f for f in result.findings if f.clause is not None).verdict is Verdict.NOT_ENOUGH_DATA


def test_themes_count_customers_and_a_loud_one_counts_once(tmp_path):
    loud = [{**said(1, "kolor czerwony", 50)[0], "feedback_id": f"loud{k}"} for k in range(40)]
    result = firm(tmp_path / "f", feedback=[*said(12), *said(3, "noisy machine", 20, topic="noise"),
                                            *said(2, "za głośno", 30, topic="Noise "), *loud])
    first = result.voice.themes[0]
    assert first.name == "noise" and len(first.customers) == 17
    assert "loud_customer" in names(result)
    assert not any(len(t.customers) == 1 and not t.coded for t in result.voice.themes)
    assert result.voice.single == 40
    assert "no_answer_noise" in names(result)
    displayed(result)


def test_a_theme_is_named_by_what_its_entries_share(tmp_path):
    """Not by who asked or how urgent it is; one entry in eight linked to the roadmap speaks for all that name none."""
    texts = ["Z wizyty: hałas wentylatora - na wczoraj", "hałas wentylatora", "Anruf: Lärm am Ventilator, wentylatora",
             "Serwis: hałas wentylatora", "hałas wentylatora bez decyzji", "Note: hałas wentylatora"] * 2
    feedback = [said(1, text, start=k)[0] | {"feedback_id": f"n{k}"} for k, text in enumerate(texts)]
    feedback[0]["roadmap_item_id"] = feedback[5]["roadmap_item_id"] = "r1"
    theme = firm(tmp_path / "f", feedback=feedback, roadmap=[item()]).voice.themes[0]
    assert theme.name == "hałas wentylatora" and theme.item == "r1" and len(theme.entries) >= 10


def test_the_money_behind_a_theme_is_counted(tmp_path):
    result = firm(tmp_path / "f", feedback=said(12))
    assert result.voice.themes[0].stake.revenue == 12 * 3 * 100


def test_what_reached_nobody_is_counted(tmp_path):
    feedback = [*said(5), *said(5, "inne zdanie", 10, marketing_told_at="2025-05-20"),
                *said(5, "trzecie zdanie", 20, marketing_told_at="2026-02-01")]
    result = firm(tmp_path / "f", feedback=feedback)
    lost = next(f for f in result.findings if f.function.endswith("not_heard"))
    assert (lost.estimate.value, lost.n) == (10, 15), "told after the as-of date is not told yet"
    share = next(e for e in result.estimates if e.measure == "marketing_within_30")
    assert share.estimate.value == pytest.approx(1 / 3) and share.estimate.low < 1 / 3 < share.estimate.high


def test_solved_blockers_are_those_who_asked_and_lost_or_lapsed(tmp_path):
    leads = [{"lead_id": f"l{k}", "created_at": "2025-03-01", "company_id": f"c{k}", "product_id": "p9"}
             for k in range(3)]
    stages = [{"lead_id": f"l{k}", "stage": "lost", "entered_at": "2025-06-01", "reason": "fit"} for k in range(2)]
    stages += [{"lead_id": "l2", "stage": "won", "entered_at": "2025-06-01", "amount": "10", "currency": "EUR"}]
    result = firm(
        tmp_path / "f", leads=leads, lead_stages=stages, feedback=said(3, roadmap_item_id="r1"),
        roadmap=[item(launched_on="2025-09-01", planned_on="2025-09-01")])
    lost = {b.company for b in result.blocked if b.kind == "lost_lead"}
    assert lost == {"c0", "c1"} and "solved_blockers_launched" in names(result)
    lapsed = {b.company for b in result.blocked if b.kind == "lapsed"}
    assert lapsed == {"c0", "c1", "c2"}, "ordered every two months until June, then no more"
    export = next(t for t in view.of_blockers(result) if hasattr(t, "table"))
    assert export.table.num_rows == 5
    assert any("loss story is not a loss cause" in n.text.render("en")
               for n in view.of_blockers(result) if hasattr(n, "text"))


def test_complaints_of_the_bad_product_are_higher(tmp_path):
    many = [{"feedback_id": f"x{k}", "kind": "complaint", "recorded_at": "2025-07-01", "company_id": f"c{k}",
             "product_id": "p2"} for k in range(40)]
    few = [{**row, "feedback_id": f"y{k}", "product_id": "p1"} for k, row in enumerate(many[:5])]
    result = firm(tmp_path / "f", orders=[*orders(), *orders(product="p2")], feedback=[*many, *few])
    found = {f.subject["product"] for f in result.findings if f.function.endswith(".complaints")}
    assert found == {"p2"}
    displayed(result)


def test_complaints_by_segment_and_the_wait_for_an_answer(tmp_path):
    """Half of the companies are large and complain of every third order, the small ones hardly ever."""
    companies = [{**row, "employees": "900" if k < 30 else "20", "country": "PL"} for k, row in enumerate(COMPANIES)]
    many = [{"feedback_id": f"x{k}", "kind": "complaint", "recorded_at": "2025-07-01T10:00", "company_id": f"c{k}",
             "product_id": "p1", "answered_at": f"2025-07-{2 + k:02d}T10:00" if k < 20 else ""} for k in range(30)]
    many.append({**many[0], "feedback_id": "other", "product_id": "p2"})
    result = firm(tmp_path / "f", companies=companies, feedback=many)
    seen = {s.value: s for s in result.complaints.segments if s.dimension == "size"}
    assert (seen["large"].complaints, seen["large"].orders, seen["small"].complaints) == (30, 90, 0)
    assert seen["large"].compared.verdict is Verdict.HIGHER and not [
        s for s in result.complaints.segments if s.dimension == "country"], "one country is no comparison"
    waited = complained.waited([e for e in result.voice.entries if e.kind == "complaint"])
    assert (waited.n, waited.answered) == (31, 21) and 13 <= waited.median.value <= 16
    assert waited.median.low < waited.median.value < waited.median.high
    assert "Half of the 31 complaints" in complained.in_words(waited).render("en")
    displayed(result)


def test_the_median_wait_is_that_of_a_published_trial():
    """Truth: weeks of remission of Freireich et al. (1963), as Kalbfleisch and Prentice give them: median 23 with the
    drug (12 of 21 still in remission), 8 with placebo; half of all not yet reached gives none."""
    ended, still = (6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
    drug = [SimpleNamespace(kind="complaint", age=99, answer_days=t) for t in ended]
    drug += [SimpleNamespace(kind="complaint", age=t, answer_days=None) for t in still]
    placebo = [SimpleNamespace(kind="complaint", age=99, answer_days=t) for t in (
        1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
    assert complained.waited(drug).median.value == 23 and complained.waited(placebo).median.value == 8
    assert complained.waited(placebo).median.low < 8 < complained.waited(placebo).median.high
    assert complained.waited(drug[9:]).median is None


def _strata(rng, effect, n=4_000):
    """Customers whose chance to order again depends on their stratum, and on a complaint by `effect`; complaints are
    commoner in strata that order more."""
    rows = []
    for orders_, base, share in (("1", 0.35, 0.03), ("2-3", 0.6, 0.08), ("4+", 0.85, 0.2)):
        complained = rng.binomial(n // 3, share)
        for flag, count in ((True, complained), (False, n // 3 - complained)):
            rows.append({"orders": orders_, "since": "90", "complained": flag, "n": count,
                         "again": int(rng.binomial(count, base + effect * flag))})
    return rows


@pytest.mark.parametrize("effect", [0.0, -0.15])
def test_recovery_ordering_again_after_a_complaint_is_compared_with_likes(effect):
    """Good customers complain more, so the crude difference is positive; the stratified interval covers the truth."""
    rng = np.random.default_rng(7)
    found = [complaints.ordered_again(_strata(rng, effect)) for _ in range(200)]
    covered = np.mean([f.difference.low <= effect <= f.difference.high for f in found])
    assert 0.84 <= covered <= 0.955
    assert abs(np.mean([f.difference.value for f in found]) - effect) < 0.01
    if effect:
        assert np.mean([f.verdict is Verdict.LOWER for f in found]) > 0.5
    else:
        assert np.mean([f.verdict in (Verdict.LOWER, Verdict.HIGHER) for f in found]) < 0.1


def test_the_stratified_difference_equals_a_published_formula():
    """Mantel-Haenszel's risk difference written out over single customers (Greenland and Robins 1985)."""
    rows = _strata(np.random.default_rng(1), -0.1)
    top = bottom = 0.0
    for key in {r["orders"] for r in rows}:
        a, b = (next(r for r in rows if r["orders"] == key and r["complained"] is flag) for flag in (True, False))
        weight = a["n"] * b["n"] / (a["n"] + b["n"])
        top += weight * (a["again"] / a["n"] - b["again"] / b["n"])
        bottom += weight
    assert complaints.ordered_again(rows).difference.value == pytest.approx(top / bottom, abs=1e-9)


@pytest.mark.parametrize("feedback", [
    [{"feedback_id": "f1", "kind": "need", "recorded_at": "2025-05-05", "text": "a"}],
    [{"feedback_id": "f1", "kind": "need", "recorded_at": "2025-05-05", "company_id": "c1", "text": "x" * 100_000}],
    [{"feedback_id": "f1", "kind": "complaint", "recorded_at": "2025-05-05", "company_id": "c1", "product_id": "p1",
      "text": "<script>alert(1)</script> jan@example.com +48 601 234 567 Pan Kowalski"}],
    [{"feedback_id": "f1", "kind": "need", "recorded_at": "2025-05-05", "company_id": "c1", "text": "потрібен насос"}],
    [{"feedback_id": "f1", "kind": "need", "recorded_at": "2025-05-05", "company_id": "c1"}],
])
def test_poor_texts_give_a_valid_page(tmp_path, feedback, capsys):
    result = firm(tmp_path / "f", feedback=feedback)
    displayed(result)
    said = " ".join(entry.text for entry in result.voice.entries)
    assert "example.com" not in said and "601" not in said and "Kowalski" not in said and "<script" not in said


def test_without_feedback_and_roadmap_the_page_says_what_is_missing(tmp_path):
    result = firm(tmp_path / "f")
    assert not result.findings and len(result.missing) == 2
    displayed(result)


def test_free_reasons_of_lost_leads_are_read_where_feedback_is_missing(tmp_path):
    leads = [{"lead_id": f"l{k}", "created_at": "2025-03-01", "company_id": f"c{k}"} for k in range(40)]
    stages = [{"lead_id": f"l{k}", "stage": "lost", "entered_at": "2025-06-01",
               "reason": f"hałas urządzenia nr {chr(97 + k % 26)}{k}x"} for k in range(40)]
    result = firm(tmp_path / "f", leads=leads, lead_stages=stages)
    assert result.voice.from_reasons == 40 and len(result.voice.themes[0].customers) >= 30
    displayed(result)


def test_findings_keep_the_published_schema(tmp_path):
    result = firm(tmp_path / "f", roadmap=[item()], roadmap_notices=told(["A"]), feedback=said(12))
    schema = json.loads((resources.files("insights") / "evidence" / "schema" / "findings.json").read_text())
    run = {"id": "x", "as_of": "2025-12-31", "period": ["2025-01-01", "2025-12-31"], "data_hash": "0"}
    jsonschema.Draft202012Validator(schema).validate(
        {"schema": 1, "run": run, "findings": [f.to_json() for f in result.findings]})
    assert len({f.id for f in result.findings}) == len(result.findings)


@needs("maven_crm")
def test_an_export_without_voice_or_roadmap_says_so_and_no_more():
    result = topic.judge(insights.open(str(MAVEN), mapping=str(ROOT / "examples" / "maven_crm" / "mapping.toml")))
    assert not result.findings and len(result.missing) >= 2
    displayed(result)


def test_the_sample_finds_its_planted_themes_and_launches():
    planted = json.loads((ROOT / "data" / "sample" / "truth.json").read_text())["feedback"]
    result = topic.judge(insights.open("sample"))
    found = [{entry.id for entry in theme.entries} for theme in result.voice.themes]
    scores = []
    for name, ids in planted.items():
        if name in ("other", "custom paint"):
            continue
        best = max(found, key=lambda members: len(members & set(ids)))
        scores.append((len(best & set(ids)) / len(best), len(best & set(ids)) / len(ids)))
    precision, recall = np.mean(scores, axis=0)
    assert len(scores) == 5 and precision >= 0.9 and recall >= 0.9
    items = {theme.item for theme in result.voice.themes}
    assert {"R1", "R3", "R4", "R5"} <= items, "the roadmap's items answer the themes that name them"
    asked = {f.function for f in result.findings if ".no_answer" in f.function}
    assert not {f"product_pipeline.no_answer_{words.slug(t.name)}" for t in result.voice.themes if t.item} & asked
    first = view.headlines(result)
    assert 3 <= len(first.decisions) <= 5 and not [f for f in first.works if f.verdict is not Verdict.KEPT]
    assert {f.verdict for f in result.findings if f.clause is not None} == {Verdict.TOO_EARLY}
    assert {f.clause_id for f in result.findings if f.clause is not None} == {"products.new=P15", "products.new=P16"}


def test_one_customer_who_says_a_thing_forty_times_leads_no_list():
    planted = json.loads((ROOT / "data" / "sample" / "truth.json").read_text())["feedback"]
    result = topic.judge(insights.open("sample"))
    paint = {entry.id for entry in result.voice.entries} & set(planted["custom paint"])
    assert len(paint) == 40 and "loud_customer" in names(result)
    top = result.voice.themes[0]
    assert len(top.customers) > 20 and not paint & {entry.id for entry in top.entries}
