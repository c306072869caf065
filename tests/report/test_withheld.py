"""What is shown to whom."""

import pyarrow as pa
import pytest

import insights
from insights.evidence import Estimate, Interval
from insights.evidence import disclosure as rules
from insights.figures.model import Column, Export, Figure, Note, Table
from insights.language import Count, Country, Money, Share, Text
from insights.report.withheld import for_readers
from insights.topics.headlines import Headlines
from tests.report.material import finding
from tests.tables.firms import write


@pytest.fixture(autouse=True)
def _held_again():
    yield
    rules.hold("internal")


def table(counts, subject="country"):
    estimates = tuple(Estimate("won", {subject: code}, Interval(0.1, 0.05, 0.2), "share", 10 * n, "m", companies=n)
                      for code, n in counts.items())
    return Table(Text("Won"), (Column(Text("Country"), "left"), Column(Text("Companies")), Column(Text("Won"))),
                 tuple((Country(code), Count(n), Share(0.1)) for code, n in counts.items()), estimates=estimates)


def test_the_inside_sees_everything():
    whole = table({"PL": 40, "DE": 12, "CZ": 3})
    assert for_readers(whole, "internal") is whole


def test_the_outside_sees_neither_the_small_group_nor_the_one_that_would_give_it_away():
    shown = for_readers(table({"PL": 40, "DE": 12, "CZ": 3}), "external")
    assert [row[1] and row[1].n for row in shown.rows] == [40, None, None]
    assert all(mark.render("pl") == "nie pokazano" for mark in shown.marks.values())
    assert [e.subject["country"] for e in shown.estimates] == ["PL"], "estimates.json holds no more than the page"


def test_the_drawing_goes_with_the_rows():
    figure = Figure(Text("t"), Text("s"), {}, Text("a"), table({"PL": 40, "DE": 12, "CZ": 3}))
    assert isinstance(for_readers(figure, "external"), Table)
    assert for_readers(figure, "internal") is figure


def test_a_table_of_customers_or_sellers_is_not_shown():
    assert isinstance(for_readers(table({"C1": 40}, "company"), "external"), Note)
    assert isinstance(for_readers(table({"S1": 40}, "seller"), "internal"), Note)


def test_lists_with_names_stay_inside():
    named = Export("late", Text("Late customers"), pa.table({"company_id": ["C1"], "n": [1]}))
    plain = Export("months", Text("Months"), pa.table({"month": ["2026-01"], "n": [1]}))
    assert for_readers(named, "internal") is named and for_readers(plain, "external") is plain
    assert "not written" in for_readers(named, "team").text.render("en")


def test_show_holds_to_the_profile_of_the_firm_that_was_opened(monkeypatch):
    shown = []
    monkeypatch.setattr("insights.report.show._display", lambda kind, html, data: shown.append((kind, html, data)))
    insights.open("sample", profile="external")
    insights.show(table({"PL": 40, "DE": 12, "CZ": 3}))
    [(_kind, html, data)] = shown
    assert "withheld" in html["en"] and ">12<" not in html["en"]
    assert len(data["application/vnd.insights.estimates+json"]) == 1


def test_a_group_that_one_company_dominates_is_withheld_with_the_next_smallest():
    rules.hold("external", [("country", "DE")])
    shown = for_readers(table({"PL": 400, "DE": 50, "CZ": 60, "FR": 90}), "external")
    assert [row[1] and row[1].n for row in shown.rows] == [400, None, None, 90]
    assert {e.subject["country"] for e in shown.estimates} == {"PL", "FR"}
    said = finding(subject={"country": "DE"})
    assert isinstance(for_readers(said, "external"), Note)
    headlines = Headlines(Text("t"), decisions=(said, finding(subject={"country": "PL"})))
    assert [f.subject["country"] for f in for_readers(headlines, "external").decisions] == ["PL"]


def test_outsiders_cannot_subtract_one_report_from_the_next():
    rules.hold("external")
    pages = [Text("{n} lead of {companies}", plural="{n} leads of {companies}", n=n, companies=Count(n)).render("en")
             for n in (81, 82)]
    assert pages == ["80 leads of 80"] * 2, "one company more or less cannot be seen"
    assert Count(24).render("en") == "24" and Money(12_345_678, "PLN", exact=True).render("en") == "12\xa0m\xa0PLN"
    assert [for_readers(finding(n=n), "external").n for n in (486, 487)] == [485, 485]
    shown = for_readers(table({"PL": 412, "DE": 93}), "external")
    assert [(e.n, e.companies) for e in shown.estimates] == [(4120, 410), (930, 95)]
    rules.hold("internal")
    assert Count(81).render("en") == "81"


def test_dominance_is_seen_in_the_firms_own_money(tmp_path):
    sizes = {"DE": 8, "PL": 8, "CZ": 4}
    companies = [(f"{country}{i}", country) for country, n in sizes.items() for i in range(n)]
    orders = [{"order_id": f"o{c}", "company_id": c, "ordered_at": "2026-01-05", "kind": "order", "currency": "EUR",
               "revenue": "9000" if c == "DE0" else "100"} for c, _country in companies]
    write(tmp_path, {"companies": [{"company_id": c, "name": c, "country": country} for c, country in companies],
                     "orders": orders})
    (tmp_path / "insights.toml").write_text('[defaults]\ncurrency = "EUR"\n')
    insights.open(str(tmp_path), profile="external")
    assert rules.confidential() == {("country", "DE"), ("country", "CZ")}, "one customer's 93%, and too few companies"
    insights.open(str(tmp_path))
    assert rules.confidential() == frozenset()
