"""How far a confidence can be believed: scores to probabilities, the error of these, and the score from which answers are shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.statistics.intervals import Interval, wilson_interval

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scaling:
    """A score becomes the probability 1 / (1 + exp(-(intercept + slope * score))). slope is never negative."""

    slope: float
    intercept: float

    def probability(self, scores: Floats) -> Floats:
        """The calibrated probability of each score."""
        return _logistic(self.intercept + self.slope * np.asarray(scores, dtype=float))


@dataclass(frozen=True, slots=True)
class Cut:
    """Answers of at least `confidence` are shown. share: part of all that is; precision: part of these that is right, with its
    95 % interval; n: how many answers that rests on.
    """

    confidence: float
    share: float
    precision: float
    interval: Interval
    n: int


def platt_scaling(scores: Floats, correct: Bools, weights: Floats | None = None) -> Scaling:
    """The logistic curve from a score to the probability of being right, by Newton's method with halved steps.

    scores and correct: one of each answer, from cross-validation. weights: how many answers each stands for. The targets are
    drawn in from 0 and 1 as Platt proposes, so that answers that are all right do not make certainty. A score that does not go
    with being right gives a flat curve at the share of right answers. Raises ValueError where there is no answer.
    Source: Platt 1999, Advances in Large Margin Classifiers, 61; the algorithm of Lin, Lin and Weng 2007, Mach. Learn. 68,
    267; for fewer than about 1,000 answers it is preferable to isotonic regression: Niculescu-Mizil and Caruana 2005, ICML.
    """
    x, right, w = _checked(scores, correct, weights)
    w = w * (_effective(w) / w.sum())
    positive, negative = float(w[right].sum()), float(w[~right].sum())
    target = np.where(right, (positive + 1) / (positive + 2), 1 / (negative + 2))
    flat = Scaling(0.0, float(np.log((positive + 1) / (negative + 1))))
    slope, intercept = 0.0, flat.intercept
    loss = _loss(slope, intercept, x, target, w)
    for _ in range(100):
        p = _logistic(intercept + slope * x)
        error, curve = w * (p - target), w * p * (1 - p)
        gradient = np.array([(error * x).sum(), error.sum()])
        if np.abs(gradient).max() < 1e-8:
            break
        hessian = np.array([[(curve * x * x).sum(), (curve * x).sum()], [(curve * x).sum(), curve.sum()]])
        step = np.linalg.solve(hessian + 1e-10 * np.eye(2), gradient)
        size = 1.0
        while size > 1e-8:
            tried = slope - size * step[0], intercept - size * step[1]
            new = _loss(*tried, x, target, w)
            if new < loss:
                slope, intercept, loss = float(tried[0]), float(tried[1]), new
                break
            size /= 2
        else:
            break
    return Scaling(slope, intercept) if slope > 0 else flat


def expected_calibration_error(
    confidence: Floats, correct: Bools, weights: Floats | None = None, bins: int = 10
) -> float:
    """Mean distance between confidence and share of right answers over bins of equal width, each by its weight.

    Source: Naeini, Cooper and Hauskrecht 2015, AAAI, 2901. Raises ValueError where there is no answer.
    """
    p, right, w = _checked(confidence, correct, weights)
    place = np.minimum((p * bins).astype(int), bins - 1)
    error = 0.0
    for one in np.unique(place):
        inside = place == one
        error += abs(float((w[inside] * (p[inside] - right[inside])).sum()))
    return error / float(w.sum())


def brier_score(confidence: Floats, correct: Bools, weights: Floats | None = None) -> float:
    """Mean squared distance between confidence and outcome. Source: Brier 1950, Mon. Weather Rev. 78, 1."""
    p, right, w = _checked(confidence, correct, weights)
    return float(np.average((p - right) ** 2, weights=w))


def cut_for_precision(
    confidence: Floats,
    correct: Bools,
    precision: float,
    fewest: int,
    lowest: float = 0.5,
    weights: Floats | None = None,
) -> Cut | None:
    """The lowest confidence, not below `lowest`, from which on at least that share of the answers is right; None where there is
    none with at least `fewest` answers.

    The interval is Wilson's with Kish's effective number of answers. Raises ValueError where there is no answer.
    """
    p, right, w = _checked(confidence, correct, weights)
    order = np.argsort(-p, kind="stable")
    shown, good = np.cumsum(w[order]), np.cumsum((w * right)[order])
    last_of_value = np.append(p[order][1:] != p[order][:-1], True)
    count = np.arange(1, len(order) + 1)
    fits = last_of_value & (p[order] >= lowest) & (count >= fewest) & (good / shown >= precision - 1e-12)
    if not fits.any():
        return None
    last = int(np.flatnonzero(fits)[-1])
    effective = _effective(w[order][: last + 1])
    share = float(good[last] / shown[last])
    return Cut(
        float(p[order][last]),
        float(shown[last] / w.sum()),
        share,
        wilson_interval(min(share * effective, effective), effective),
        last + 1,
    )


def _logistic(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)), dtype=float)


def _loss(slope: float, intercept: float, x: Floats, target: Floats, w: Floats) -> float:
    z = intercept + slope * x
    return float((w * (np.logaddexp(0, z) - target * z)).sum())


def _effective(weights: Floats) -> float:
    """Kish's effective number of answers of unequal weight. Source: Kish 1965, Survey Sampling, 11.2."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def _checked(values: Floats, correct: Bools, weights: Floats | None) -> tuple[Floats, Bools, Floats]:
    x, right = np.asarray(values, dtype=float), np.asarray(correct, dtype=bool)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    if not len(x) or not len(x) == len(right) == len(w):
        raise ValueError("there must be answers, and as many of them as outcomes and weights")
    if not (w >= 0).all() or not w.sum() > 0:
        raise ValueError("weights must not be negative, nor all 0")
    return x, right, w
