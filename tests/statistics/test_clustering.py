"""Groups of alike rows against scipy's own linkage, worked examples, and their independence of what does not matter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import average, fcluster
from scipy.spatial.distance import pdist

from analyst_agent.statistics import average_linkage, tag_of, tag_of_sets
from analyst_agent.statistics.clustering import in_order, likeness


def _unit(rows: object) -> np.ndarray:
    array = np.asarray(rows, dtype=np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return in_order(one).tolist() == in_order(other).tolist()


@pytest.mark.parametrize("seed", range(5))
def test_without_tags_it_is_average_linkage_on_cosine_distances(seed):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(6, 12))
    vectors = _unit(centres[rng.integers(0, 6, 80)] + 0.35 * rng.normal(size=(80, 12)))
    expected = fcluster(average(pdist(vectors.astype(float), "cosine")), 1 - 0.6, "distance")
    assert _same(average_linkage(vectors, (), 0.6), expected)


def test_a_shared_tag_joins_what_the_vectors_alone_do_not():
    vectors = _unit([[1, 0], [0.5, 0.9], [1, 0.02]])
    codes = tag_of_sets([("RPT-504",), ("RPT-504", "X-1"), ()], 0.5)
    assert average_linkage(vectors, (), 0.8).tolist() == [0, 1, 0]
    assert average_linkage(vectors[:2], (codes_of(codes, 2),), 0.8).tolist() == [0, 0]
    assert likeness(vectors, (codes,), np.array([0]), np.array([1, 2]))[0] == pytest.approx(
        [0.4856 + 0.5, 0.9998], abs=1e-3
    )


def codes_of(tag, rows):
    from analyst_agent.statistics import Tag

    return Tag(tag.has[:rows], tag.weight)


def test_no_label_is_shared_with_no_label():
    tag = tag_of([None, None, "a"], 1.0)
    vectors = _unit([[1, 0], [0, 1], [0, 1]])
    assert likeness(vectors, (tag,), np.arange(2), np.arange(2))[0, 1] == 0


def test_the_order_of_rows_does_not_change_who_is_with_whom():
    rng = np.random.default_rng(3)
    vectors = _unit(rng.normal(size=(5, 8))[rng.integers(0, 5, 60)] + 0.2 * rng.normal(size=(60, 8)))
    order = rng.permutation(60)
    there = average_linkage(vectors, (), 0.7)[order]
    assert _same(there, average_linkage(vectors[order], (), 0.7))


def test_beyond_the_most_rows_join_the_group_they_are_like_or_stay_alone():
    vectors = _unit([[1, 0, 0], [0.99, 0.1, 0], [0, 1, 0], [1, 0.05, 0], [0, 0.05, 1], [0.02, 0, 1]])
    assert average_linkage(vectors, (), 0.8, most=3).tolist() == [0, 0, 1, 0, 2, 3]
    assert average_linkage(vectors, (), 0.8).tolist() == [0, 0, 1, 0, 2, 2]


def test_nothing_one_and_a_row_that_says_nothing():
    assert average_linkage(np.zeros((0, 3), dtype=np.float32), (), 0.5).tolist() == []
    assert average_linkage(_unit([[1, 0]]), (), 0.5).tolist() == [0]
    assert average_linkage(np.zeros((2, 3), dtype=np.float32), (), 0.5).tolist() == [0, 1]
    with pytest.raises(ValueError, match="a row for each vector"):
        average_linkage(_unit([[1, 0]]), (tag_of(["a", "b"], 0.1),), 0.5)
