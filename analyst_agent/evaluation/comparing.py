"""Two eval runs compared case by case: what became right, what became wrong, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyst_agent.statistics import mcnemar_exact, wilson_interval

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """One of the two: model and day, and of the cases compared how many were right, with the Wilson interval of the share."""

    model: str
    day: str
    right: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cases asked in both runs with the same questions. gained, lost: ids that became right and wrong; p_value: McNemar's exact
    test, two-sided. before_only, after_only: asked in one run alone; changed: their questions are others now.
    """

    cases: int
    before: Run
    after: Run
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    p_value: float
    before_only: tuple[str, ...] = ()
    after_only: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """The comparison of two result documents. A case whose own SQL is broken counts as not right; a skipped one was not asked."""
    first, second = _asked(before), _asked(after)
    both = [name for name in first if name in second]
    changed = tuple(name for name in both if first[name]["turns"] != second[name]["turns"])
    same = [name for name in both if name not in changed]
    gained = tuple(n for n in same if second[n]["right"] and not first[n]["right"])
    lost = tuple(n for n in same if first[n]["right"] and not second[n]["right"])
    return Comparison(
        len(same),
        _run(before, [first[n] for n in same]),
        _run(after, [second[n] for n in same]),
        gained,
        lost,
        mcnemar_exact(len(gained), len(lost)),
        tuple(n for n in first if n not in second),
        tuple(n for n in second if n not in first),
        changed,
    )


def _asked(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {str(one["id"]): one for one in document["cases"] if not one.get("skipped")}


def _run(document: Mapping[str, Any], cases: list[Mapping[str, Any]]) -> Run:
    right = sum(bool(one["right"]) for one in cases)
    card = document["card"]
    return Run(str(card["model"]), str(card["day"]), right, wilson_interval(right, len(cases)) if cases else None)
