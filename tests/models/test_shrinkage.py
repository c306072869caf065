"""Truth and recovery of the robust empirical-Bayes intervals."""

import numpy as np
import pytest

from insights.models.shrinkage import critical_value, exact_critical_value, moments, non_coverage, shrink

# Reference values of the authors' own implementation (R package ebci, its tests and vignette).
PUBLISHED = [
    (5.0**2, 3, 0.05, 11.88358367), (1.0, 3, 0.20, 1.8494683), (10.0**2, 3, 0.05, 24.86172217),
    (2.8**2, 8, 0.10, 7.0779747158), (4.0, np.inf, 0.05, 7.216351),
]


@pytest.mark.parametrize("m2, kappa, alpha, value", PUBLISHED)
def test_critical_values_are_the_published_ones(m2, kappa, alpha, value):
    assert exact_critical_value(m2, kappa, alpha) == pytest.approx(value, rel=2e-6)


def test_non_coverage_is_the_published_one():
    assert non_coverage(1, 3, 11.9699639845401) == pytest.approx(6.0216e-05, rel=1e-4)
    assert non_coverage(2.8**2, 8, 7.1324290147839279896) == pytest.approx(0.09805099, rel=1e-6)


def test_without_bias_the_interval_is_the_usual_one():
    assert exact_critical_value(0.0, 3, 0.05) == pytest.approx(1.959964, abs=1e-6)
    # Where the kurtosis does not bind, only the second moment counts.
    assert exact_critical_value(4.0, 20, 0.05) == pytest.approx(exact_critical_value(4.0, np.inf, 0.05), abs=1e-6)


@pytest.mark.parametrize("kappa", [3, 12.3, np.inf])
def test_the_table_between_its_points_is_close_to_the_exact_value(kappa):
    for m2 in (0.01, 0.4, 3.0, 20.0, 900.0):
        assert critical_value(m2, kappa) == pytest.approx(exact_critical_value(m2, kappa), rel=0.03)


def test_the_worst_distribution_is_no_better_than_any_that_was_drawn():
    """The bound holds against an independent search over two-point distributions of the squared bias."""
    from scipy.stats import norm

    def missed(t, chi):
        return norm.cdf(-np.sqrt(t) - chi) + norm.cdf(np.sqrt(t) - chi)

    rng, m2, kappa, chi = np.random.default_rng(3), 1.3, 5.0, 2.9
    bound, best = non_coverage(m2, kappa, chi), 0.0
    for low, p in zip(rng.uniform(0, m2, 4000), rng.uniform(0.01, 0.99, 4000), strict=True):
        high = (m2 - (1 - p) * low) / p
        if (1 - p) * low**2 + p * high**2 <= kappa * m2**2:
            best = max(best, (1 - p) * missed(low, chi) + p * missed(high, chi))
    assert best <= bound + 1e-6
    assert best == pytest.approx(bound, abs=0.002)


def test_outliers_among_many_equals_are_covered_on_average_and_plain_intervals_do_not():
    """One group in twenty departs by five standard errors: robust 90% intervals keep their average promise."""
    rng, hits, plain, n = np.random.default_rng(5), [], [], 200
    for _ in range(40):
        truth = np.where(rng.random(n) < 0.05, 2.5, 0.0)
        error = np.full(n, 0.5)
        seen = truth + rng.normal(0, error)
        found = shrink(seen, error)
        hits.append((found.low <= truth) & (truth <= found.high))
        w = found.mu2 / (found.mu2 + error**2)
        half = 1.645 * np.sqrt(w) * error
        plain.append((np.abs(found.value - truth) <= half)[truth > 0])
    assert np.mean(hits) >= 0.9
    assert np.mean(np.concatenate(plain)) < 0.85


def test_pure_noise_is_shrunk_to_nearly_nothing():
    rng = np.random.default_rng(8)
    seen, error = rng.normal(0, 0.3, 400), np.full(400, 0.3)
    found = shrink(seen, error)
    assert np.abs(found.value).max() < 0.35 * np.abs(seen).max()
    assert moments(seen, error, np.ones(400))[0] < 0.3 * 0.09
