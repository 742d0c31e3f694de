"""Writes the demo helpdesk as five CSV files in the canonical columns, month by month, so that memory stays small."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from analyst_agent.demo import arrivals, export, lifecycle, people, story


def generate(folder: Path, *, seed: int = story.SEED, tickets: int = story.TICKETS) -> dict[str, int]:
    """Writes accounts, agents, tickets, escalations and resolutions to `folder`: the same bytes everywhere.

    `folder` is made if absent; files of these names in it are replaced. `tickets` is their exact number (0 or more);
    the story and its shares do not depend on it. Returns the number of rows by table.
    """
    if tickets < 0:
        raise ValueError(f"tickets must be at least 0, not {tickets}")
    folder.mkdir(parents=True, exist_ok=True)
    accounts, agents = people.make_accounts(seed), people.make_agents(seed)
    exporter = export.Exporter(seed, accounts, agents)
    with ExitStack() as files:
        writers = {name: _Table(files, folder / f"{name}.csv", columns) for name, columns in COLUMNS.items()}
        writers["accounts"].write(accounts.rows)
        writers["agents"].write(agents.rows)
        for number, (_, days) in enumerate(arrivals.months(tickets)):
            batch = arrivals.arrive(seed, number, days, accounts, agents)
            rows = exporter.export(batch, lifecycle.run(seed, batch, accounts, agents))
            writers["tickets"].write(rows.tickets)
            writers["escalations"].write(rows.escalations)
            writers["resolutions"].write(rows.resolutions)
        return {name: writer.row_count for name, writer in writers.items()}


COLUMNS: dict[str, tuple[str, ...]] = {
    "accounts": people.ACCOUNT_COLUMNS,
    "agents": people.AGENT_COLUMNS,
    "tickets": export.TICKET_COLUMNS,
    "escalations": export.ESCALATION_COLUMNS,
    "resolutions": export.RESOLUTION_COLUMNS,
}
"""The columns of each file: the canonical ones, all of them."""


class _Table:
    """One CSV file with a header; line ends and encoding do not depend on the platform."""

    def __init__(self, files: ExitStack, path: Path, columns: tuple[str, ...]) -> None:
        file = files.enter_context(path.open("w", encoding="utf-8", newline=""))
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(columns)
        self.row_count = 0

    def write(self, rows: Iterable[list[str]]) -> None:
        counted = list(rows)
        self._writer.writerows(counted)
        self.row_count += len(counted)
