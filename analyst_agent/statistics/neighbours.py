"""Names by nearest examples: the votes of those most alike, each by how alike it is and how many it stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def neighbour_votes(likeness: Floats, classes: Ints, weights: Floats, most: int = 25, width: float = 0.1) -> Floats:
    """Share of the votes that each class gets from the `most` examples most like each thing; n x classes, rows adding up to 1.

    likeness: n x examples, cosines; -inf for an example that must not vote (the thing itself, its group). classes: of each
    example, 0 to K - 1. weights: how many of its class one example stands for, by class. An example votes with
    exp((likeness - best) / width) times that; half an average vote is spread over the classes by their weights, so that one
    neighbour alone is no certainty. A thing without any example gets equal shares. Order of the examples does not matter
    beyond ties of likeness. Source: distance-weighted nearest neighbours, Dudani 1976, IEEE Trans. Syst. Man Cybern. 6, 325.
    """
    n, k = len(likeness), len(weights)
    shares = np.full((n, k), 1.0 / k)
    if likeness.shape[1] == 0:
        return shares
    chosen = np.argsort(-likeness, axis=1, kind="stable")[:, :most]
    near = np.take_along_axis(likeness, chosen, axis=1)
    usable = np.isfinite(near).any(axis=1)
    best = np.where(usable, near[:, 0], 0.0)
    strength = np.where(np.isfinite(near), np.exp(np.minimum((near - best[:, None]) / width, 0.0)), 0.0)
    votes = np.stack([(strength * (classes[chosen] == c)).sum(axis=1) * weights[c] for c in range(k)], axis=1)
    votes += 0.5 * weights.mean() * weights / weights.sum()
    shares[usable] = votes[usable] / votes[usable].sum(axis=1, keepdims=True)
    return shares


def without_own_group(likeness: Floats, groups: NDArray[np.int64]) -> Floats:
    """The likeness of examples among each other without those of the same group, for leaving one group out at a time."""
    return np.where(groups[:, None] == groups[None, :], -np.inf, likeness)
