"""The schedule's commands over playbooks that are lines of a file, and a runner that writes what it ran into another."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import typer

from analyst_agent.cli import scheduling
from analyst_agent.errors import InvalidDefinition
from analyst_agent.playbook.schedule.records import Outcome, Scheduled
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.scheduling import Bench

PLAYBOOKS = "playbooks.txt"
RUNS = "runs.txt"


def listed(workspace: Workspace) -> Sequence[Scheduled]:
    """A line is "name: schedule"."""
    lines = (workspace.root / PLAYBOOKS).read_text(encoding="utf-8").splitlines()
    return [Scheduled(line.partition(": ")[0], line.partition(": ")[2], "month") for line in lines]


def run(name: str, as_of: date, due: datetime, caught_up: int, stop: Callable[[], bool]) -> Outcome:
    """`slow` waits to be told to stop; `fails` fails."""
    with Path(RUNS).open("a", encoding="utf-8") as file:
        file.write(f"{name} {as_of} {caught_up}\n")
    if name == "fails":
        raise InvalidDefinition("The step trend is wrong.", "Correct it.")
    if name == "slow":
        print("running", flush=True)
        while not stop():
            sys.stdin.readline()
        return Outcome("stopped", "run-1")
    return Outcome("done", "run-1")


def app() -> typer.Typer:
    """The commands."""
    made, playbook = typer.Typer(), typer.Typer()
    made.add_typer(playbook, name="playbook")
    scheduling.register(made, playbook, lambda: Bench(Workspace.open(), listed, run))
    return made


if __name__ == "__main__":
    app()()
