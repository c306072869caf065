"""Twenty small synthetic firms: intervals hold what was planted, and hardly anything reported is wrong.

The benchmark `key_customer` does the same with two hundred firms of full size and their twins.
"""

import numpy as np
import pytest

import insights
from benchmarks.key_customer import Seen, Truth, _groups
from insights.sample import write
from insights.topics import key_customer_profile as topic

SEEDS, LEADS = range(20), 4_000


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    found = []
    for seed in SEEDS:
        folder = tmp_path_factory.mktemp(f"firm{seed}")
        write(folder, leads=LEADS, seed=seed)
        profile = topic.judge(insights.open(str(folder)))
        one = Seen()
        _groups(profile, Truth(seed, None, profile.days, LEADS), one)
        found.append(one)
    return found


def test_intervals_cover_the_truths_of_each_seed(seen):
    for place in (3, 4):
        hits = np.array([entry[place] for one in seen for entry in one.covered])
        assert len(hits) > 800
        assert 0.80 <= hits.mean() <= 0.97


def test_hardly_any_reported_difference_is_false(seen):
    said = sum(one.said for one in seen)
    assert said > 20 and sum(one.false for one in seen) <= 0.1 * said
