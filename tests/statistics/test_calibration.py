"""Calibration against a general optimiser, worked examples, and answers whose probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.api import GLM, add_constant, families

from analyst_agent.statistics import (
    Scaling,
    brier_score,
    cut_for_precision,
    expected_calibration_error,
    platt_scaling,
    wilson_interval,
)


def _answers(seed: int, n: int = 4_000, slope: float = 1.4, intercept: float = -0.5):
    dice = np.random.default_rng(seed)
    scores = dice.normal(size=n)
    return scores, dice.random(n) < 1 / (1 + np.exp(-(intercept + slope * scores)))


def test_it_is_the_logistic_regression_of_statsmodels_on_platts_targets():
    scores, right = _answers(1, 300)
    target = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    theirs = GLM(target, add_constant(scores), family=families.Binomial()).fit().params
    found = platt_scaling(scores, right)
    assert (found.intercept, found.slope) == pytest.approx(tuple(theirs), abs=1e-6)


def test_it_finds_the_curve_the_answers_were_drawn_from():
    found = platt_scaling(*_answers(2))
    assert (found.slope, found.intercept) == pytest.approx((1.4, -0.5), abs=0.15)


def test_weights_are_repeated_answers():
    scores, right = _answers(3, 200)
    double = np.where(right, 2.0, 1.0)
    found = platt_scaling(scores, right, double)
    again = platt_scaling(np.concatenate([scores, scores[right]]), np.concatenate([right, right[right]]))
    assert found.slope == pytest.approx(again.slope, rel=0.02)
    assert found.intercept == pytest.approx(again.intercept, abs=0.05)


def test_answers_that_are_all_right_are_not_certain():
    scaled = platt_scaling(np.linspace(0, 3, 20), np.ones(20, dtype=bool)).probability(np.array([0.0, 3.0]))
    assert scaled == pytest.approx([21 / 22, 21 / 22], abs=1e-3)


def test_a_score_that_says_the_opposite_gives_a_flat_curve():
    scores, right = _answers(4, 500, slope=-2.0, intercept=0.0)
    found = platt_scaling(scores, right)
    assert found.slope == 0
    assert found.probability(np.array([-9.0, 9.0])) == pytest.approx([right.mean()] * 2, abs=0.01)


def test_no_answer_is_refused():
    with pytest.raises(ValueError, match="answers"):
        platt_scaling(np.array([]), np.array([], dtype=bool))


def test_calibration_error_by_hand():
    confidence, right = np.array([0.9, 0.9, 0.2, 0.2]), np.array([True, False, False, False])
    # Two bins of two: |0.9 - 0.5| and |0.2 - 0|, each half of the answers.
    assert expected_calibration_error(confidence, right) == pytest.approx(0.5 * 0.4 + 0.5 * 0.2)
    assert brier_score(confidence, right) == pytest.approx((0.01 + 0.81 + 0.04 + 0.04) / 4)
    assert expected_calibration_error(np.array([1.0]), np.array([True])) == 0


def test_scaled_scores_are_well_calibrated_on_new_answers():
    curve = platt_scaling(*_answers(5))
    scores, right = _answers(6)
    assert expected_calibration_error(curve.probability(scores), right) < 0.03
    assert expected_calibration_error(Scaling(5.0, 2.0).probability(scores), right) > 0.1


def test_the_cut_is_the_lowest_that_keeps_the_precision():
    confidence = np.array([0.95, 0.9, 0.8, 0.7, 0.6, 0.55])
    right = np.array([True, True, False, True, True, False])
    found = cut_for_precision(confidence, right, 0.8, fewest=2)
    assert (found.confidence, found.n, found.precision) == (0.6, 5, pytest.approx(0.8))
    assert found.share == pytest.approx(5 / 6)
    assert found.interval == pytest.approx(wilson_interval(4, 5))
    assert cut_for_precision(confidence, right, 0.8, fewest=2, lowest=0.85).n == 2
    assert cut_for_precision(confidence, right, 0.99, fewest=3) is None


def test_answers_of_one_confidence_are_shown_together_or_not_at_all():
    confidence, right = np.full(10, 0.7), np.array([True] * 7 + [False] * 3)
    assert cut_for_precision(confidence, right, 0.8, fewest=1) is None
    assert cut_for_precision(confidence, right[::-1], 0.7, fewest=1).n == 10
