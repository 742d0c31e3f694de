"""Interleaved repetitions: what is compared runs by turns, so that a busy moment of the machine hits both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: ours, the yardstick (in seconds), their ratio and the aim."""

    what: str
    ours_s: float
    yardstick_s: float | None = None
    aim: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by the yardstick."""
        return self.ours_s / self.yardstick_s if self.yardstick_s else None


def by_turns(candidates: Mapping[str, Callable[[], Any]], repeats: int) -> dict[str, float]:
    """Median seconds of each candidate, after one unmeasured turn."""
    seconds: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(repeats + 1):
        for name, call in candidates.items():
            begun = time.perf_counter()
            call()
            if turn:
                seconds[name].append(time.perf_counter() - begun)
    return {name: median(found) for name, found in seconds.items()}


def in_child(task: str, *arguments: str) -> dict[str, float]:
    """Runs a task of benchmarks.tasks in a process of its own: its seconds and its peak memory in MB."""
    command = [sys.executable, "-m", "benchmarks.tasks", task, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{task} failed: {done.stderr.strip().splitlines()[-1:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
