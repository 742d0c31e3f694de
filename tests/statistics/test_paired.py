"""McNemar's exact test against scipy's binomial test, and its edges."""

from __future__ import annotations

import pytest

from analyst_agent.statistics import mcnemar_exact


@pytest.mark.parametrize(("gained", "lost"), [(0, 1), (1, 9), (5, 5), (12, 3), (3, 12), (0, 40), (300, 260)])
def test_it_is_the_binomial_test_of_the_changed_pairs(gained, lost):
    from scipy.stats import binomtest

    assert mcnemar_exact(gained, lost) == pytest.approx(binomtest(gained, gained + lost, 0.5).pvalue, rel=1e-9)


def test_no_change_is_no_evidence():
    assert mcnemar_exact(0, 0) == 1.0
    assert mcnemar_exact(1, 0) == 1.0


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        mcnemar_exact(-1, 2)
