"""A sample of eval cases that anyone draws again: every subject in proportion, the same cases for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from analyst_agent.errors import NotPermitted
from analyst_agent.evaluation.cases import DRAFT
from analyst_agent.evaluation.expectations import Case


def sample(cases: Sequence[Case], count: int, seed: int = 1) -> tuple[Case, ...]:
    """So many of the cases, in their own order; all where there are no more. Drafts are none.

    Stratified by subject with proportional allocation, remainders to the largest fractions, and at least one case of each subject
    where there are enough. Within a subject the lowest hashes of seed and id are taken, so that another case, or another order of
    the files, changes as little as possible. Raises NotPermitted for a count below 1.
    """
    if count < 1:
        raise NotPermitted(f"A sample of {count} cases is none.", "Give at least 1.")
    asked = [case for case in cases if case.tier != DRAFT]
    if count >= len(asked):
        return tuple(asked)
    strata: dict[str, list[Case]] = {}
    for case in asked:
        strata.setdefault(case.subject, []).append(case)
    sizes = _sizes({name: len(held) for name, held in strata.items()}, count)
    chosen = {
        case.id for name, held in strata.items() for case in sorted(held, key=lambda c: _rank(c, seed))[: sizes[name]]
    }
    return tuple(case for case in asked if case.id in chosen)


def _sizes(held: dict[str, int], count: int) -> dict[str, int]:
    """How many to take of each stratum; `count` is below their sum."""
    least = 1 if count >= len(held) else 0
    left, spare = count - least * len(held), sum(held.values()) - least * len(held)
    shares = {name: (size - least) * left / spare for name, size in held.items()}
    sizes = {name: least + int(share) for name, share in shares.items()}
    by_fraction = sorted(shares, key=lambda name: (int(shares[name]) - shares[name], name))
    for name in by_fraction[: count - sum(sizes.values())]:
        sizes[name] += 1
    return sizes


def _rank(case: Case, seed: int) -> str:
    return sha256(f"{seed}:{case.id}".encode()).hexdigest()
