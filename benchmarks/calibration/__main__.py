"""Runs the simulations of each skill: false alarms where there is nothing, truths found, small samples owned up to, coverage of intervals.

A skill's simulation is a module of this folder with its name and any of the functions
`null(seed)` (whether it cried wolf), `truth(seed)` (whether it found what was planted), `small(seed)` (whether it said that there is
too little) and `coverage(seed)` (intervals as low, high and the true value).
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHECKS = ("null", "truth", "small", "coverage")
COMMON = ("__init__", "__main__", "desks", "people")


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a check came out true, of how many."""

    skill: str
    check: str
    yes: int
    of: int


def skills() -> list[str]:
    """The simulations that there are."""
    return sorted(path.stem for path in HERE.glob("*.py") if path.stem not in COMMON)


def tally(skill: str, check: str, seeds: int, pool: ProcessPoolExecutor) -> Tally | None:
    """One check of one skill over seeds 0, 1, ...; None where the skill has no such check."""
    if _function(skill, check) is None:
        return None
    found = list(pool.map(_one, [(skill, check, seed) for seed in range(seeds)], chunksize=4))
    return Tally(skill, check, sum(yes for yes, _ in found), sum(of for _, of in found))


def _one(task: tuple[str, str, int]) -> tuple[int, int]:
    skill, check, seed = task
    function = _function(skill, check)
    result: Any = function(seed) if function else ()
    if check != "coverage":
        return int(bool(result)), 1
    intervals = list(result)
    return sum(low <= value <= high for low, high, value in intervals), len(intervals)


def _function(skill: str, check: str) -> Callable[[int], Any] | None:
    return getattr(importlib.import_module(f"benchmarks.calibration.{skill}"), check, None)


def main() -> None:
    """Prints a line for each skill and check."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.add_argument("skills", nargs="*", help="only these (default: all)")
    parser.add_argument("--seeds", type=int, default=200, help="seeded desks of each check (default 200)")
    parser.add_argument("--checks", nargs="+", choices=CHECKS, default=CHECKS, help="only these checks")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    unknown = [name for name in options.skills if name not in skills()]
    if unknown:
        parser.error(f"no simulation of {unknown[0]!r}; there are: {', '.join(skills())}")
    with ProcessPoolExecutor(options.processes) as pool:
        for skill in options.skills or skills():
            for check in options.checks:
                found = tally(skill, check, options.seeds, pool)
                if found is not None:
                    words = {"null": "false alarms", "truth": "truths found", "small": "small samples said"}
                    print(f"{skill:24} {words.get(check, 'intervals that cover'):22} {found.yes:6,} of {found.of:,}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
