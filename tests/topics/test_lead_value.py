"""The page's part on the value of leads: what it shows, and what it keeps back."""

from dataclasses import replace

import pytest

import insights
from insights.evidence import Interval
from insights.figures.model import Export, Figure, Note, Table
from insights.language import render
from insights.report.show import show
from insights.topics import lead_value, lead_value_view, lead_value_words
from tests.test_score import worked

PARTS = (lead_value_view.said, lead_value_view.work_these, lead_value_view.gains, lead_value_view.calibrated,
         lead_value_view.drivers)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return lead_value.judge(insights.open(worked(tmp_path_factory.mktemp("firm") / "firm", 1500)), capacity=3)


def shown(result) -> list:
    return [thing for part in PARTS for thing in part(result)]


def test_everything_can_be_shown(result):
    things = shown(result)
    show(things)
    assert {Figure, Table, Export} <= {type(thing) for thing in things}


def test_the_list_is_the_ranking_and_marks_the_week(result):
    export = next(thing for thing in shown(result) if isinstance(thing, Export))
    assert export.name == "leads"
    assert export.table["work_now"].to_pylist()[:4] == [True] * 3 + [False]
    listed = next(thing for thing in shown(result) if isinstance(thing, Table) and len(thing.columns) == 4)
    assert [row[0] for row in listed.rows] == export.table["lead_id"].to_pylist()[:len(listed.rows)]
    assert "partner" in render(listed.rows[0][1], "pl")


def test_the_source_that_was_planted_is_what_tells_winners_from_others(result):
    assert result.importance[0].names == ("source",)
    assert result.importance[0].loss.low > 0
    assert result.judged.area > 0.6


def test_scores_that_later_leads_refute_are_kept_back(result):
    worse = replace(result, judged=replace(result.judged, better=Interval(-0.1, -0.2, -0.05), told=-0.01))
    listed = lead_value_view.work_these(worse)
    assert [type(thing) for thing in listed] == [Note]
    functions = {f.function for f in lead_value_words.findings(worse)}
    assert "lead_conversion.work_first" not in functions
    against = next(f for f in lead_value_words.findings(worse) if f.function.endswith("score_against_table"))
    assert against.verdict == "no_clear_difference"


def test_the_week_against_leads_as_they_come(result):
    week = result.queue
    assert week.capacity == 3
    assert week.ranked.value >= week.in_order.value
    assert week.difference.low <= week.difference.value <= week.difference.high
    assert week.ranked.value <= week.whole.value
    found = next((f for f in result.findings if f.function.endswith("work_first")), None)
    assert found is None or found.impact is None, "what the first leads bring is no gain of putting them first"
