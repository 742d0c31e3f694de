"""Votes of nearest examples, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analyst_agent.statistics import neighbour_votes, without_own_group


def test_votes_by_hand():
    likeness, classes = np.array([[0.9, 0.8, 0.1]]), np.array([0, 1, 1])
    votes = neighbour_votes(likeness, classes, np.array([1.0, 1.0]), most=2, width=0.1)
    first, second = 1 + 0.25, np.exp(-1) + 0.25
    assert votes[0] == pytest.approx([first / (first + second), second / (first + second)])


def test_an_example_counts_for_as_many_as_it_stands_for():
    likeness, classes = np.array([[0.9, 0.9]]), np.array([0, 1])
    votes = neighbour_votes(likeness, classes, np.array([3.0, 1.0]))
    assert votes[0] == pytest.approx([0.75, 0.25])


def test_order_of_examples_does_not_matter():
    dice = np.random.default_rng(1)
    likeness, classes = dice.random((5, 40)), dice.integers(0, 3, 40)
    mixed = dice.permutation(40)
    one = neighbour_votes(likeness, classes, np.ones(3))
    assert one == pytest.approx(neighbour_votes(likeness[:, mixed], classes[mixed], np.ones(3)))
    assert one.sum(axis=1) == pytest.approx(np.ones(5))


def test_its_own_group_does_not_vote_and_nobody_left_is_no_opinion():
    likeness = without_own_group(np.ones((3, 3)), np.array([0, 0, 1]))
    assert np.isneginf(likeness[0, :2]).all()
    votes = neighbour_votes(likeness, np.array([0, 0, 1]), np.ones(2))
    assert votes[0].argmax() == 1
    assert votes[2].argmax() == 0
    alone = neighbour_votes(np.full((1, 2), -np.inf), np.array([0, 1]), np.ones(2))
    assert alone[0] == pytest.approx([0.5, 0.5])
    assert neighbour_votes(np.zeros((1, 0)), np.array([], dtype=int), np.ones(2))[0] == pytest.approx([0.5, 0.5])
