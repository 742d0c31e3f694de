"""Prints a table of ratios and seconds; writes benchmarks/results.json only with --write."""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

from analyst_agent.records import Filter, SemanticQuery
from analyst_agent.semantic.compiler import compile_query
from analyst_agent.semantic.expressions import Environment
from analyst_agent.semantic.model import Model, load_model
from analyst_agent.workspace import Workspace
from benchmarks.queries import canonical_lines
from benchmarks.skill_queries import (
    PERIODS,
    SKILLS,
    differences,
    finding_of,
    hand_written,
    open_workspace,
    periods,
    statements,
)
from benchmarks.timing import Line, by_turns, in_child
from benchmarks.workspace import prepared

RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    """Runs every benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--tickets",
        type=int,
        nargs="+",
        default=[1_000_000],
        help="sizes of the generated helpdesk (default: a million)",
    )
    parser.add_argument(
        "--repeats", type=int, default=5, help="measured turns of each query (default 5); loads take a third"
    )
    parser.add_argument(
        "--folder", type=Path, help="where generated data are kept for the next run (default: a temporary one)"
    )
    parser.add_argument("--write", action="store_true", help=f"also write {RESULTS.name} beside this module")
    options = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="analyst-bench-") as scratch:
        for tickets in options.tickets:
            lines = measure(options.folder or Path(scratch), tickets, options.repeats)
            for text in table(lines):
                print(text)
            found.append({"tickets": tickets, "lines": [asdict(line) | {"ratio": line.ratio} for line in lines]})
    if options.write:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def measure(folder: Path, tickets: int, repeats: int) -> list[Line]:
    """Every benchmark at one size."""
    begun = time.perf_counter()
    exports, workspace = prepared(folder, tickets)
    print(
        f"\n{tickets:,} tickets ready in {time.perf_counter() - begun:.0f} s; DuckDB {duckdb.__version__}, {platform.machine()}"
    )
    opened = open_workspace(workspace)
    lines = [*compile_lines(), *canonical_lines(opened, repeats)]
    opened.close()
    lines += [*skill_lines(workspace, repeats), *playbook_lines(workspace)]
    return [*lines, *load_lines(exports, folder, max(1, repeats // 3))]


def compile_lines() -> list[Line]:
    """Milliseconds to compile a query and render its SQL: the median and the slowest of the queries that skills ask."""
    model = load_model()
    seconds: list[float] = []
    for query in (
        SemanticQuery(("escalation_rate",)),
        SemanticQuery(("escalation_rate", "cohort_escalation_rate"), ("tier",)),
        SemanticQuery(("escalation_rate",), ("month", "root_cause"), (Filter("region", "=", "EMEA"),)),
        SemanticQuery(("escalated_ticket_count", "open_escalated_count", "estimated_cost", "mean_resolution_minutes"), ("root_cause",)),
        SemanticQuery(("escalated_ticket_count",), ("root_cause", "account"), (Filter("resolution_type", "=", "refund"),)),
        SemanticQuery(tuple(model.metrics)),
    ):  # fmt: skip
        seconds.append(by_turns({"compile": partial(_compile, model, query)}, 9)["compile"])
    return [
        Line("compile a query, median", median(seconds), aim="under 10 ms"),
        Line("compile a query of every metric at once", max(seconds)),
    ]


def _compile(model: Model, query: SemanticQuery) -> str:
    return compile_query(model, query, Environment()).sql("duckdb")


def playbook_lines(folder: Path) -> list[Line]:
    """A whole run of the monthly report in a process of its own against the queries in it: the first after the load, and one more."""
    lines = []
    for turn in ("first run", "run again"):
        found = in_child("playbook", str(folder), "monthly_escalation_report")
        slowest = sorted((v, k) for k, v in found.items() if k.startswith("step "))[-3:]
        note = f"peak {found['peak_mb']:.0f} MB with all its processes; " + ", ".join(
            f"{k.removeprefix('step ')} {v:.1f} s" for v, k in slowest[::-1]
        )
        lines.append(Line(f"monthly report, {turn}", found["seconds"], found["queries"], "at most 3, under 2 GB", note))
    return lines


def skill_lines(folder: Path, repeats: int) -> list[Line]:
    """Each skill's queries, and the whole of it, against hand-written SQL for the same answer, and the peak memory of asking."""
    workspace = open_workspace(folder)
    lines = []
    for skill in SKILLS:
        for name, period in zip(PERIODS, periods(workspace), strict=True):
            finding = finding_of(workspace, skill, period)
            ours, hand = statements(finding), hand_written(workspace, skill, finding)
            if unlike := differences(workspace, skill, finding, hand):
                raise RuntimeError(f"{skill} and the SQL by hand differ for {name}: {'; '.join(unlike)}")
            turns = {
                "ours": _all(workspace, ours),
                "hand": _all(workspace, hand),
                "whole": partial(finding_of, workspace, skill, period),
            }
            found = by_turns(turns, repeats)
            note = f"{len(ours)} queries against {len(hand)}; the whole call {found['whole'] / found['hand']:.1f} times"
            lines.append(Line(f"{skill}, {name}", found["ours"], found["hand"], "at most 1.3", note))
    workspace.close()
    for skill in SKILLS:
        child = in_child("skill", str(folder), skill)
        lines.append(
            Line(
                f"{skill}, both periods, cold process",
                child["seconds"],
                aim="peak under 2 GB",
                note=f"peak {child['peak_mb']:.0f} MB",
            )
        )
    return lines


def _all(workspace: Workspace, statements: list[str]) -> Callable[[], None]:
    def run() -> None:
        cursor = workspace.warehouse.connection.cursor()
        for sql in statements:
            cursor.execute(sql).fetchall()

    return run


def load_lines(exports: Path, folder: Path, repeats: int) -> list[Line]:
    """Loading, checked and merged, against DuckDB's bare reading of the same files; each turn in processes of their own."""
    turns = [
        (in_child("ours", str(exports), str(folder)), in_child("bare", str(exports), str(folder)))
        for _ in range(repeats)
    ]
    ours, bare = (median(turn[i]["seconds"] for turn in turns) for i in (0, 1))
    peaks = [max(turn[i]["peak_mb"] for turn in turns) for i in (0, 1)]
    later = in_child("later", str(exports), str(folder))
    return [
        Line("load all files", ours, bare, "at most 3", f"peak {peaks[0]:.0f} MB against {peaks[1]:.0f} MB"),
        Line("load the same files again", later["again"], bare, "at most 3"),
        Line("load 1,000 more tickets", later["more"], ours, "a small part of all", "against loading all files"),
    ]


def table(lines: list[Line]) -> list[str]:
    """The report as text."""
    rows = [("", "ratio", "ours", "yardstick", "aim", "")]
    for line in lines:
        ratio = f"{line.ratio:.2f}" if line.ratio is not None else ""
        rows.append((line.what, ratio, _seconds(line.ours_s), _seconds(line.yardstick_s), line.aim, line.note))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.rjust(w) if 0 < i < 4 else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))).rstrip() for row in rows]  # fmt: skip


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


if __name__ == "__main__":
    main()
