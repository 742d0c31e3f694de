"""Scores `analyst discover`: the given sets and planted tables by whether the pattern is among the first five, and tables with none by alarms.

python -m benchmarks.discovery [--seeds 10] [--nulls 200]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analyst_agent.discovery import discover
from analyst_agent.records import Finding, Statement
from benchmarks.discovery_tables import PLANTED, Expected, null_table, shuffled

EXPECTED = Path(__file__).with_name("discovery_expected.yml")
DATA = Path(os.environ.get("ANALYST_TEST_DATA") or Path(__file__).parents[2] / "shared" / "data") / "insight_bench"

SHAPES = ("independent", "shuffled", "repeated", "accounts")


def is_hit(finding: Finding, told: Statement, wanted: Expected) -> bool:
    """Whether one told pattern is the expected one: its sort, its columns, the value it names and its direction."""
    said = told.arguments
    columns = set(said.get("columns", ()))
    pattern = "change" if said.get("pattern") == "period_volume" else said.get("pattern")
    plain = columns | {c.split(' has "')[0] for c in columns}
    if pattern not in wanted.patterns or not _is_about(said, plain, wanted):
        return False
    first = finding.fact(told.facts[0])
    names = [str(v) for v in (*first.dimensions.values(), *(said.get("within") or {}).values(), *columns)]
    if wanted.value and not any(wanted.value.casefold() in n.casefold() for n in names):
        return False
    gap = first.difference if first.difference is not None else float(first.value or 0)
    return not wanted.direction or (gap > 0) == (wanted.direction == "up")


def _is_about(said: Any, columns: set[str], wanted: Expected) -> bool:
    """Whether each wanted column is among those of the finding, or is named by it as one that says nearly the same."""
    every = columns | set(said.get("also", ()))
    return all(every & set(group) for group in wanted.columns)


def place(finding: Finding, wanted: Expected) -> int | None:
    """At which place the pattern is told, from 1; None where it is not."""
    told = [s for s in finding.statements if s.kind == "discovered"]
    return next((i for i, s in enumerate(told, 1) if is_hit(finding, s, wanted)), None)


def given_sets(folder: Path = DATA) -> dict[str, list[tuple[str, bool, int | None]]]:
    """Of each given set: its insights, whether it is the one that must be found, and its place among the first five."""
    plan = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    found: dict[str, list[tuple[str, bool, int | None]]] = {}
    for name, parts in plan.items():
        finding = discover(folder / f"{name}.csv", 5)
        for key in ("must", "more"):
            for one in parts.get(key, ()):
                wanted = Expected(
                    tuple(one["patterns"]),
                    tuple(tuple(g) for g in one["columns"]),
                    one.get("value", ""),
                    one.get("direction", ""),
                )
                found.setdefault(name, []).append((one["insight"], key == "must", place(finding, wanted)))
    return found


def of_table(table: pd.DataFrame, top: int = 5) -> Finding:
    """The finding of a table, through a file as a user has it."""
    with tempfile.TemporaryDirectory(prefix="analyst-bench-") as scratch:
        path = Path(scratch) / "table.csv"
        table.to_csv(path, index=False)
        return discover(path, top)


def planted(seeds: int, only: Sequence[str] = ()) -> dict[str, list[int | None]]:
    """Of each kind of planted pattern, its places over seeds."""
    places: dict[str, list[int | None]] = {}
    for name, make in PLANTED.items():
        if not only or name in only:
            made = [make(np.random.default_rng(seed)) for seed in range(seeds)]
            places[name] = [place(of_table(one.table), one.expected) for one in made]
    return places


def nulls(count: int) -> tuple[int, Counter[str]]:
    """How many tables without a pattern got a finding, and of which sorts."""
    alarms, sorts = 0, Counter[str]()
    for seed in range(count):
        finding = of_table(null_table(seed), 3)
        # In the fourth shape an account has its own mix by construction: what names the account is true.
        told = [s for s in finding.statements if s.kind == "discovered"]
        told = [s for s in told if seed % 4 != 3 or "caller_id" not in s.arguments["columns"]]
        alarms += bool(told)
        sorts.update(f"{SHAPES[seed % 4]}: {s.arguments['pattern']} {s.arguments['columns']}" for s in told)
    return alarms, sorts


def shuffled_sets(seeds: int, folder: Path = DATA) -> int:
    """Of the given sets with every column shuffled, how many got a finding that relates columns; what one column's own spread
    shows is untouched by shuffling."""
    alarms = 0
    for path in sorted(folder.glob("flag-*.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        for seed in range(seeds):
            finding = of_table(shuffled(table, np.random.default_rng(seed)), 5)
            told = [s for s in finding.statements if s.kind == "discovered" and s.arguments["pattern"] != "share"]
            alarms += any("rows" not in s.arguments["columns"] for s in told)
    return alarms


def main() -> None:
    """Prints a line for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discovery", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="tables of each planted kind (default 10)")
    parser.add_argument("--nulls", type=int, default=200, help="tables without a pattern (default 200)")
    parser.add_argument("--only", nargs="*", default=[], help="only these planted kinds")
    options = parser.parse_args()
    if DATA.is_dir() and not options.only:
        for name, insights in given_sets().items():
            for insight, must, at in insights:
                print(
                    f"{name:10} {'must' if must else 'more':5} {'place ' + str(at) if at else 'not found':10} {insight}"
                )
        if options.nulls:
            sets = len(list(DATA.glob("flag-*.csv")))
            print(f"given sets shuffled: {shuffled_sets(8)} of {8 * sets} relate columns")
    for kind, places in planted(options.seeds, options.only).items():
        print(
            f"{kind:26} {sum(p is not None for p in places):3} of {len(places)}, first {sum(p == 1 for p in places)}, {places}",
            flush=True,
        )
    if options.nulls:
        alarms, sorts = nulls(options.nulls)
        print(f"no pattern: {alarms} alarms of {options.nulls}")
        for sort, count in sorts.most_common(20):
            print(f"    {count} {sort}")


if __name__ == "__main__":
    main()
