"""Prints how a server bears many conversations at once (`load`), and whether its memory stays flat over time (`soak`)."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analyst_agent.workspace.starting import make_demo
from benchmarks.serving.desk import QUESTIONS, Asked, Running, conversations, server


def main() -> None:
    """Runs one of the two."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("what", choices=("load", "soak"))
    parser.add_argument("--people", type=int, default=50, help="conversations at once (default 50)")
    parser.add_argument("--questions", type=int, default=12, help="of each, for load (default 12)")
    parser.add_argument("--think", type=float, default=5.0, metavar="SECONDS", help="before each question (default 5)")
    parser.add_argument("--minutes", type=float, default=10.0, help="for soak (default 10)")
    parser.add_argument("--workspace", type=Path, help="a workspace to serve (default: a new demo)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="analyst-serving-") as scratch:
        workspace = options.workspace or Path(scratch) / "demo"
        if options.workspace is None:
            make_demo(workspace)
        with server(workspace) as running:
            _warm(running)
            if options.what == "load":
                _load(running, options.people, options.questions, options.think)
            else:
                _soak(running, options.people, options.think, options.minutes)


def _warm(running: Running) -> None:
    """Each question once: the first of its kind embeds what later ones find again."""
    found = asyncio.run(conversations(running.url, 1, len(QUESTIONS), 0))
    print(f"first of each question: {_line(found)}")


def _load(running: Running, people: int, questions: int, think_s: float) -> None:
    found = asyncio.run(conversations(running.url, people, questions, think_s))
    print(f"{people} conversations, {think_s:g} s of thought: {_line(found)}, {running.memory_mb:.0f} MB")
    slowest = sorted(found, key=lambda one: -one.seconds)[:3]
    for one in slowest:
        print(f"  {one.seconds:5.2f} s  {one.question}")


def _soak(running: Running, people: int, think_s: float, minutes: float) -> None:
    deadline = time.monotonic() + minutes * 60
    round_questions = 6
    memory: list[float] = []
    while time.monotonic() < deadline:
        found = asyncio.run(conversations(running.url, people, round_questions, think_s, seed=len(memory)))
        memory.append(running.memory_mb)
        print(f"{len(memory):3}: {_line(found)}, {memory[-1]:.0f} MB", flush=True)
    third = max(1, len(memory) // 3)
    early, late = statistics.median(memory[third : 2 * third] or memory), statistics.median(memory[-third:])
    print(f"memory in the last third against the middle third: {late / early:.3f}")


def _line(found: Sequence[Asked]) -> str:
    seconds = sorted(one.seconds for one in found)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(Counter(one.status for one in found).items()))
    p95 = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
    return f"{len(found)} questions ({statuses}), median {statistics.median(seconds):.2f} s, p95 {p95:.2f} s"


if __name__ == "__main__":
    main()
