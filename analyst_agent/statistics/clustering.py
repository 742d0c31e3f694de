"""Groups of things that are alike, from unit vectors and shared tags: average linkage, the same whatever the order of ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Tag:
    """What may be shared besides the vector: has[i, j] says whether row i has the label j; weight is added to the likeness
    of two rows that share a label.
    """

    has: NDArray[np.bool_]
    weight: float


def tag_of(labels: Sequence[object], weight: float) -> Tag:
    """A tag of one label a row; None is no label.

    >>> tag_of(["a", None, "a"], 0.1).has.tolist()
    [[True], [False], [True]]
    """
    return tag_of_sets([() if label is None else (label,) for label in labels], weight)


def tag_of_sets(labels: Sequence[Sequence[object]], weight: float) -> Tag:
    """A tag of any number of labels a row."""
    places: dict[object, int] = {}
    for row in labels:
        for label in row:
            places.setdefault(label, len(places))
    has = np.zeros((len(labels), len(places)), dtype=np.bool_)
    for i, row in enumerate(labels):
        for label in row:
            has[i, places[label]] = True
    return Tag(has, weight)


def likeness(vectors: Matrix, tags: Sequence[Tag], rows: NDArray[Any], columns: NDArray[Any]) -> Matrix:
    """Cosine of each of the rows with each of the columns plus the weights of the tags they share."""
    found: Matrix = (vectors[rows] @ vectors[columns].T).astype(np.float32)
    for tag in tags:
        if tag.has.shape[1]:
            first, second = tag.has[rows].astype(np.float32), tag.has[columns].astype(np.float32)
            found += np.float32(tag.weight) * (first @ second.T > 0)
    return found


def average_linkage(vectors: Matrix, tags: Sequence[Tag], least: float, most: int = 3_000) -> NDArray[np.int64]:
    """A group number for each row, 0, 1, ... in the order of their first rows: groups are joined while their rows are on
    average at least `least` alike (`likeness`).

    vectors: n x d, each row of length 1, or 0 where it says nothing. most: so many rows, the first, are grouped; each of
    the others joins the group it is on average most like, or stays alone where none is alike enough. Memory grows with
    the square of `most` (72 MB for 3,000). Source: Sokal and Michener 1958, Univ. Kansas Sci. Bull. 38, 1409 (UPGMA);
    Everitt et al. 2011, Cluster Analysis, chapter 4.
    """
    count = len(vectors)
    if any(len(tag.has) != count for tag in tags):
        raise ValueError("a tag needs a row for each vector")
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    head = np.arange(min(count, most))
    labels = np.zeros(count, dtype=np.int64)
    labels[head] = _joined(likeness(vectors, tags, head, head), least)
    following = int(labels[head].max()) + 1
    membership = np.zeros((len(head), following), dtype=np.float32)
    membership[head, labels[head]] = 1
    sizes = membership.sum(axis=0)
    for start in range(len(head), count, most):
        rows = np.arange(start, min(count, start + most))
        means = likeness(vectors, tags, rows, head) @ membership / sizes
        best = means.argmax(axis=1)
        for row, group, mean in zip(rows, best, means[np.arange(len(rows)), best], strict=True):
            is_alike = mean >= least
            labels[row] = group if is_alike else following
            following += not is_alike
    return in_order(labels)


def in_order(labels: NDArray[Any]) -> NDArray[np.int64]:
    """The same groups, numbered in the order in which they first occur.

    >>> in_order(np.array([7, 7, 3])).tolist()
    [0, 0, 1]
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    numbered: NDArray[np.int64] = rank[inverse]
    return numbered


def _joined(alike: Matrix, least: float) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(alike) == 1:
        return np.zeros(1, dtype=np.int64)
    # The tags may lift a likeness above 1; a distance counted from the largest possible one stays positive.
    top = float(alike.max())
    distances = np.maximum(0.0, top - alike[np.triu_indices(len(alike), 1)].astype(np.float64))
    found: NDArray[np.int64] = fcluster(linkage(distances, "average"), top - least, "distance").astype(np.int64)
    return found - 1
