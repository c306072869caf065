"""The key customer profile on the synthetic firm, whose truths are planted."""

import pytest

import insights
from insights.evidence import Verdict
from insights.sample import write
from insights.topics import key_customer_profile as topic

DECIDED = (Verdict.HIGHER, Verdict.LOWER)


def judged(folder):
    return topic.judge(insights.open(str(folder)))


@pytest.fixture(scope="module")
def sample():
    return topic.judge(insights.open("sample"))


def higher(profile, dimension):
    """The groups called higher in any measure."""
    return {f.subject[dimension] for f in profile.findings if f.verdict is Verdict.HIGHER and dimension in f.subject}


def test_the_planted_key_industry_size_and_country_are_found(sample):
    assert "C28" in higher(sample, "industry")
    assert "medium" in higher(sample, "size")
    assert "DE" in higher(sample, "country")


def test_planted_equals_are_not_called_different(sample):
    """No pair of groups with one truth has one member called higher and the other called lower."""
    import json

    from tests.laws.messages import ROOT

    truths = json.loads((ROOT / "data" / "sample" / "truth.json").read_text())["truths"]
    subjects = {t["id"]: t["subject"] for t in truths}
    pairs = [(t["subject"], subjects[t["equal_to"]]) for t in truths if t["equal_to"] in subjects]
    verdict = {(k, g.label, m): c.verdict for k, d in sample.dimensions.items() for g in d.groups
               for m, c in g.compared.items()}
    checked = 0
    for one, other in pairs:
        if len(one) != 1 or not set(one) == set(other) <= set(topic.DIMENSIONS):
            continue
        (key, a), b = next(iter(one.items())), next(iter(other.values()))
        for measure in ("win_rate", "conversion", "margin_per_lead"):
            assert {verdict[key, a, measure], verdict[key, b, measure]} != set(DECIDED)
            checked += 1
    assert checked, "the truth file names no equal pair of a dimension"


def test_no_deal_of_a_single_company_makes_a_winner(sample):
    """The decoy with one huge deal is not among the groups called higher in margin."""
    assert not [f for f in sample.findings if f.verdict is Verdict.HIGHER and f.subject and f.n < 100]


def test_the_null_twin_has_no_winner(tmp_path):
    """Five firms without any planted effect: at most one names a group (a correct policy errs in one of ten)."""
    named = 0
    for seed in range(1, 6):
        write(tmp_path / str(seed), leads=4000, seed=seed, twin="null")
        named += any(f.verdict in DECIDED for f in judged(tmp_path / str(seed)).findings)
    assert named <= 1
