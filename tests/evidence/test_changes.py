"""What changed between two runs, and what is only noise."""

import numpy as np

from insights.evidence.changes import compare, definition


def entry(identity="key.won[country=DE]", value=0.10, half=0.02, verdict="higher", **more):
    low_high = None if half is None else [value - half, value + half]
    return {"id": identity, "topic": identity.split(".")[0], "value": value, "interval": low_high, "verdict": verdict,
            "unit": "share", "method": {"en": "m"}, "evidence": {"sql": "select 1"}, "status": "new", **more}


def statuses(before, after):
    return {c.id: c.status for c in compare(before, after)}


def test_a_change_within_the_intervals_is_noise_and_one_beyond_is_named():
    before = [entry("t.a", 0.10), entry("t.b", 0.10), entry("t.c", 0.10)]
    after = [entry("t.a", 0.11), entry("t.b", 0.20), entry("t.d", 0.10)]
    assert statuses(before, after) == {"t.a": "standing", "t.b": "changed", "t.d": "new", "t.c": "gone"}


def test_a_verdict_that_turns_to_its_opposite_is_a_change_and_one_that_fades_is_none():
    assert statuses([entry("t.a")], [entry("t.a", verdict="lower")]) == {"t.a": "changed"}
    [faded] = compare([entry("t.a")], [entry("t.a") | {"verdict": "too_few_to_say", "value": None, "interval": None}])
    assert faded.status == "standing" and faded.told_before and not faded.told


def test_an_exact_count_moves_without_having_changed_beyond_noise():
    [change] = compare([entry("t.n", 100, None, None)], [entry("t.n", 101, None, None)])
    assert change.status == "standing" and change.moved


def test_an_exact_count_moves_with_the_plan_beside_it_and_not_with_its_dates():
    def said(plan, day):
        return entry("t.n", 3934, None, None, statement={"en": f"3,934 against a plan of {plan} (up to {day})."})

    [moved] = compare([said("4,000", "30 September 2026")], [said("6,000", "30 September 2026")])
    [same] = compare([said("4,000", "30 September 2026")], [said("4,000", "31 October 2026")])
    assert moved.moved and not same.moved


def test_topics_that_one_run_did_not_ask_are_not_gone():
    assert statuses([entry("t.a"), entry("other.b")], [entry("t.a")]) == {"t.a": "standing"}


def test_what_was_gone_before_is_not_gone_again():
    assert statuses([entry("t.a"), entry("t.b", status="gone")], [entry("t.a")]) == {"t.a": "standing"}


def test_what_a_published_run_carries_as_gone_is_gone():
    """findings.json of the later run lists what is gone, with that status."""
    after = [entry("t.a"), entry("t.b", status="gone")]
    assert statuses([entry("t.a"), entry("t.b")], after) == {"t.a": "standing", "t.b": "gone"}


def test_a_counted_matter_that_comes_or_goes_is_no_noise():
    def late(identity):
        return entry(identity, 199, None, None, action={"en": "Confirm the date."})

    found = {c.id: (c.status, c.counted) for c in compare(
        [late("t.told"), entry("t.a"), entry("t.b")], [late("t.late"), entry("t.a"), entry("t.c")])}
    assert found == {"t.late": ("new", True), "t.a": ("standing", False), "t.c": ("new", False),
                     "t.told": ("gone", True), "t.b": ("gone", False)}


def test_another_query_is_another_definition_and_other_dates_in_it_are_not():
    one = entry(evidence={"sql": "select sum(x) from t where d < cast('2026-01-01' as date) and n > 30"})
    later = entry(evidence={"sql": "select sum(x) from t where d < cast('2026-02-01' as date) and n > 30"})
    other = entry(evidence={"sql": "select sum(y) from t where d < cast('2026-01-01' as date) and n > 30"})
    assert definition(one) == definition(later) != definition(other)
    assert [c.redefined for c in compare([one], [other])] == [True]


def test_of_many_findings_that_only_vary_by_chance_hardly_any_is_called_changed():
    """Simulated: 40 unchanged shares, drawn anew for both runs; the false alarms stay under one run in ten."""
    rng = np.random.default_rng(1)
    z, alarms = 1.645, 0
    for _run in range(200):
        error = rng.uniform(0.005, 0.03, 40)
        one, other = (0.1 + error * rng.standard_normal(40) for _ in range(2))
        before = [entry(f"t.f{i}", float(one[i]), float(z * error[i])) for i in range(40)]
        after = [entry(f"t.f{i}", float(other[i]), float(z * error[i])) for i in range(40)]
        alarms += any(status == "changed" for status in statuses(before, after).values())
    assert alarms / 200 <= 0.15
