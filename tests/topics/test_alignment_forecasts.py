"""Forecasts of earlier reports, scored when their time has come."""

import datetime as dt

import pytest

import insights
from insights.figures.model import Note, Table
from insights.language import render
from insights.topics import alignment_forecasts as forecasts
from insights.topics import alignment_report as topic
from insights.topics.alignment_changes import Earlier
from tests.topics.firms import segmented


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    return insights.open(segmented(tmp_path_factory.mktemp("firm") / "data", {"C28": 0.3, "C10": 0.1}))


def entry(identity, value, interval, unit="count"):
    return {"id": identity, "value": value, "interval": interval, "unit": unit}


def test_a_run_notes_what_it_forecasts_and_for_when():
    noted = forecasts.made(dt.date(2026, 9, 30), [
        entry("kpi_alignment.forecast", 56.0, [38.0, 82.0]), entry("kpi_alignment.other", 1.0, [0.5, 2.0]),
        entry("customer_base.expected", 4e6, [3e6, 6e6], "PLN"), entry("customer_base.expected", None, None)])
    assert [(n["measure"], n["start"], n["end"]) for n in noted] == [
        ("won", "2026-10-01", "2027-01-01"), ("base", "2026-10-01", "2027-10-01")]
    middle = forecasts.made(dt.date(2026, 11, 15), [entry("kpi_alignment.forecast", 5.0, [3.0, 8.0])])
    assert middle[0]["start"] == "2026-10-01", "the quarter that is running"
    fiscal = forecasts.made(dt.date(2026, 10, 31), [entry("kpi_alignment.forecast", 5.0, [3.0, 8.0])], 2)
    assert (fiscal[0]["start"], fiscal[0]["end"]) == ("2026-11-01", "2027-02-01")


def noted(value, low, high, *, made_on="2025-06-30", start="2025-07-01", end="2025-10-01", measure="won"):
    return {"measure": measure, "made_on": made_on, "start": start, "end": end, "value": value, "interval": [low, high],
            "unit": "count" if measure == "won" else "EUR"}


def test_forecasts_are_scored_by_what_the_records_say_once_their_time_is_over(firm):
    won = firm.row("select count(*) as n from lead_grain where won_on between '2025-07-01' and '2025-09-30'")["n"]
    assert won > 5
    found = forecasts.scored(firm, [
        noted(won + 1, won - 2, won + 9), noted(3 * won, 2 * won, 4 * won, made_on="2025-06-29"),
        noted(9, 1, 99, start="2025-12-01", end="2026-03-01"),
        noted(9, 1, 99, made_on=firm.as_of.isoformat(), start="2025-10-01", end="2026-01-01")])
    assert [(f.came, f.held) for f in found] == [(won, True), (won, False)], "neither too early, nor of today"


def test_what_customers_of_a_day_brought_in_the_year_after_it(firm):
    day = "2024-12-31"
    nobody = forecasts.scored(firm, [noted(5, 1, 9, made_on=day, start="2025-01-01", end="2026-01-01", measure="base")])
    assert [f.came for f in nobody] == [0.0], "nobody was a customer on that day"


def test_the_document_shows_the_score_in_both_languages_and_says_where_there_is_none(firm):
    document = topic.document(firm, [], Earlier(as_of="2025-09-30", months={}, forecasts=[
        noted(1, 0, 3), noted(1, 0, 3, made_on="2025-05-31")]))
    table = next(thing for thing in document.trust() if isinstance(thing, Table))
    finding = next(thing for thing in document.trust() if getattr(thing, "function", "").endswith("forecasts_scored"))
    assert "2 forecasts of earlier reports" in finding.statement.render("en")
    assert finding.statement.render("pl").startswith("Z rzeczywistością można porównać 2 prognozy")
    assert finding.estimate.value == 0 and finding.n == 2
    assert [render(row[-1], "pl") for row in table.rows] == ["powyżej przedziału"] * 2
    none = topic.document(firm, [], Earlier(as_of="2025-09-30", months={})).trust()
    assert any(isinstance(t, Note) and "No earlier forecast" in t.text.render("en") for t in none)
