"""A firm's data are checked once a run: what one process has checked, the others read."""

import pytest

import insights
from insights.problems import NoInput
from insights.sources import PLACE
from insights.topics import key_customer_profile as topic
from tests.topics.firms import segmented


@pytest.fixture
def handed(tmp_path, monkeypatch):
    """A firm whose checked tables were handed over, and what it said before."""
    data = segmented(tmp_path / "firm", {"C28": 0.3, "C10": 0.1})
    said = [f.to_json() for f in topic.judge(insights.open(data)).findings]
    firm = insights.open(data)
    folder = tmp_path / "checked"
    firm.hand_over(data, "", folder)
    monkeypatch.setenv(PLACE, str(folder))
    return data, firm.as_of.isoformat(), said


def test_findings_are_the_same_from_what_was_handed_over(handed, tmp_path):
    data, as_of, said = handed
    for path in (tmp_path / "firm").glob("*.csv"):
        path.write_text("no,longer\nthe,same\n")
    firm = insights.open(data, as_of=as_of)
    assert [f.to_json() for f in topic.judge(firm).findings] == said


def test_another_day_is_read_from_the_data_themselves(handed):
    data, _as_of, said = handed
    firm = insights.open(data, as_of="2025-06-30")
    assert [f.to_json() for f in topic.judge(firm).findings] != said


def test_what_was_handed_over_cannot_be_written(handed):
    data, as_of, _said = handed
    firm = insights.open(data, as_of=as_of)
    with pytest.raises(Exception, match="read-only"):
        firm.checked.engine.execute("create table more as select 1 as x")


def test_data_that_are_not_there_are_named(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoInput, match="nowhere is not there"):
        insights.open("nowhere")
