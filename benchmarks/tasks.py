"""What runs in a process of its own, so that its peak memory is its own: loading, bare reading, the queries of a skill."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from analyst_agent.warehouse.backends.embedded import Embedded
from benchmarks.memory import own_peak, tree_peak
from benchmarks.skill_queries import finding_of, open_workspace, periods
from benchmarks.workspace import CSV_TABLES, make_workspace


def load_ours(exports: Path, folder: Path) -> None:
    """Checks, merges and materialises into a new workspace, and makes ready what its first answers wait for."""
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.loading import load_files

    make_workspace(folder)
    load_files(Workspace.open(folder), [exports])


def load_bare(exports: Path, folder: Path) -> None:
    """DuckDB's read_csv into tables of a file: no check, no key, no merge."""
    with duckdb.connect(str(folder / "bare.duckdb")) as connection:
        for table in CSV_TABLES:
            connection.execute(f"CREATE TABLE {table} AS FROM read_csv('{exports / table}.csv')")


def load_later(exports: Path, folder: Path) -> dict[str, float]:
    """Seconds of loading the same files again, and of loading a thousand more tickets, in a workspace that has them all."""
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.loading import load_files

    load_ours(exports, folder)
    more = folder / "more" / "tickets.csv"
    more.parent.mkdir()
    rows = "".join(f"MORE-{n},2026-10-31T12:00:00Z,P3,email\n" for n in range(1000))
    more.write_text(f"ticket_id,created_at,priority,channel\n{rows}", encoding="utf-8")
    found = {}
    for name, path in (("again", exports), ("more", more)):
        begun = time.perf_counter()
        load_files(Workspace.open(folder), [path])
        found[name] = time.perf_counter() - begun
    return found


def run_skill(workspace: Path, skill: str) -> None:
    """The queries of a skill over the last month and the last twelve."""
    opened = open_workspace(workspace)
    for period in periods(opened):
        finding_of(opened, skill, period)


def run_playbook(workspace: Path, name: str) -> dict[str, float]:
    """Seconds of a whole run of a playbook, charts and mail included, and of its queries alone: every statement that it sent to
    the engine, sent again afterwards with nothing else going on. The peak memory is that of the run with the processes it starts.
    """
    from analyst_agent.workspace import Workspace
    from analyst_agent.workspace.playbooks import find_playbook
    from analyst_agent.workspace.playing import Play, period_of, run

    opened = Workspace.open(workspace)
    playbook = find_playbook(opened, name)
    # A different variable each time: the mail is put into the outbox anew.
    given = {"recipients": [f"bench-{time.time_ns()}@example.com"]}
    play = Play.of(opened, playbook, period_of(playbook, opened.clock), given, "outbox")
    begun = time.perf_counter()
    with tree_peak() as peak, statements_sent() as sent:
        done = run(play)
    seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    for statement in sent:
        opened.engine.backend.execute(statement)
    queries = time.perf_counter() - begun
    steps = {step.step: step.seconds or 0.0 for step in done.steps}
    play.close()
    opened.close()
    return {
        "seconds": seconds,
        "queries": queries,
        "statements": len(sent),
        "peak_mb": peak.mb,
        **{f"step {k}": v for k, v in steps.items()},
    }


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """The statements that are sent to the embedded engine within it, in their order."""
    sent: list[str] = []
    execute = Embedded.execute

    def noting(self: Embedded, sql: str) -> list[tuple[Any, ...]]:
        sent.append(sql)
        return execute(self, sql)

    Embedded.execute = noting  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        Embedded.execute = execute  # type: ignore[method-assign]


def main(task: str, first: str, second: str = "") -> None:
    """Runs one task and prints seconds and peak memory as JSON."""
    begun = time.perf_counter()
    if task == "later":
        with tempfile.TemporaryDirectory(prefix="analyst-bench-", dir=second or None) as scratch:
            print(json.dumps(load_later(Path(first), Path(scratch))))
        return
    if task == "playbook":
        print(json.dumps(run_playbook(Path(first), second)))
        return
    if task == "skill":
        run_skill(Path(first), second)
    else:
        with tempfile.TemporaryDirectory(prefix="analyst-bench-", dir=second or None) as scratch:
            begun = time.perf_counter()
            {"ours": load_ours, "bare": load_bare}[task](Path(first), Path(scratch))
            seconds = time.perf_counter() - begun
            _say(seconds)
        return
    _say(time.perf_counter() - begun)


def _say(seconds: float) -> None:
    print(json.dumps({"seconds": seconds, "peak_mb": own_peak()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
