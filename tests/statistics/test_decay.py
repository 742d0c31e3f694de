"""Half-lives against statsmodels, the shapes in which none can be told, and whether a problem goes on."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import binom, t

from analyst_agent.statistics import continues, decay_after

WEEKS = np.arange(-12, 14) + 0.5
DAYS = np.where(np.arange(26) == 3, 4.0, 7.0)


def _counts(seed: int, half_life: float, level: float = 1.5) -> np.ndarray:
    mean = level * DAYS * np.exp(-log(2) / half_life * np.maximum(WEEKS, 0))
    return np.random.default_rng(seed).poisson(mean)


@pytest.mark.parametrize("seed", range(4))
def test_slope_and_interval_are_those_of_a_quasi_poisson_regression(seed):
    counts = _counts(seed, 3.0)
    found = decay_after(counts, DAYS, WEEKS)
    design = np.column_stack([np.ones(26), np.maximum(WEEKS, 0)])
    fitted = sm.GLM(counts, design, family=sm.families.Poisson(), offset=np.log(DAYS)).fit()
    spread = max(1.0, fitted.pearson_chi2 / 24)
    half = t.ppf(0.975, 24) * fitted.bse[1] * np.sqrt(spread)
    assert found.slope == pytest.approx(fitted.params[1], rel=1e-4)
    assert found.level == pytest.approx(np.exp(fitted.params[0]), rel=1e-4)
    assert found.dispersion == pytest.approx(spread)
    assert found.slope_interval == pytest.approx((fitted.params[1] - half, fitted.params[1] + half), rel=1e-4)
    assert found.half_life == pytest.approx(log(2) / -fitted.params[1])


def test_what_does_not_fall_has_no_half_life_and_what_may_not_fall_no_upper_end():
    rising = decay_after([5] * 12 + [9] * 14, [7.0] * 26, WEEKS)
    assert rising.half_life is None
    assert rising.interval is None
    flat = decay_after([5, 4] * 6 + [4, 5] * 7, [7.0] * 26, WEEKS)
    assert flat.interval is None or flat.interval[1] == inf


def test_too_little_to_fit_is_none():
    assert decay_after([1, 2], [7.0, 7.0], [-0.5, 0.5]) is None
    assert decay_after([0] * 12 + [1] * 14, [7.0] * 26, WEEKS) is None
    assert decay_after([5] * 12 + [0] * 14, [7.0] * 26, WEEKS) is None
    with pytest.raises(ValueError, match="one value a stretch"):
        decay_after([1, 2], [7.0], [0.5])


def test_going_on_is_the_binomial_tail_above_the_residue():
    ratio, p_value = continues(20, 84, 9, 56, 0.1)
    share = 0.1 * 56 / (0.1 * 56 + 84)
    assert ratio == pytest.approx((9 / 56) / (20 / 84))
    assert p_value == pytest.approx(binom.sf(8, 29, share))
    assert continues(20, 84, 0, 56, 0.1) == (0.0, 1.0)
    assert continues(0, 84, 3, 56, 0.1)[0] is None
