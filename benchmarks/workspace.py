"""The generated helpdesk of a benchmark and its workspace, made once per folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from analyst_agent.demo import DEMO_TODAY, REASON_CODES, generate
from analyst_agent.settings import FILE_NAME
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.loading import load_files

CSV_TABLES = ("accounts", "agents", "tickets", "escalations", "resolutions")
KEYS = ("ticket_id", "account_id", "escalation_id", "resolution_id")
GENERATED = 1_000_000  # tickets that are generated; a larger helpdesk is this one several times


def make_workspace(folder: Path) -> None:
    """The settings of the demo, with its clock and its reason codes."""
    folder.mkdir(parents=True, exist_ok=True)
    codes = "".join(f'"{code}" = "{cause}"\n' for code, cause in REASON_CODES.items())
    (folder / FILE_NAME).write_text(f'[workspace]\ntoday = "{DEMO_TODAY}"\n\n[root_causes]\n{codes}', encoding="utf-8")


def multiply(exports: Path, target: Path, copies: int) -> None:
    """The same helpdesk so many times: tickets, their escalations and resolutions, and accounts under keys of their own, the agents shared."""
    with duckdb.connect() as connection:
        for table in CSV_TABLES:
            source = f"read_csv('{exports / table}.csv', all_varchar = true)"
            present = {name for name, *_ in connection.execute(f"DESCRIBE FROM {source}").fetchall()}
            keys = [key for key in KEYS if key in present]
            renamed = ", ".join(f"nullif(concat({key}, '-', copy), concat('-', copy)) AS {key}" for key in keys)
            wanted = (
                f"SELECT * REPLACE ({renamed}) FROM {source}, range({copies}) AS copies(copy)"
                if keys
                else f"FROM {source}"
            )
            columns = "" if not keys else "SELECT * EXCLUDE (copy) FROM "
            connection.execute(f"COPY ({columns}({wanted})) TO '{target / table}.csv' (HEADER)")


def prepared(folder: Path, tickets: int) -> tuple[Path, Path]:
    """Folders of the CSV files and of a loaded workspace with so many tickets; kept, and used again the next time."""
    exports, workspace = folder / f"exports-{tickets}", folder / f"workspace-{tickets}"
    done = exports / "complete"
    if not done.exists():
        shutil.rmtree(exports, ignore_errors=True)
        exports.mkdir(parents=True)
        if tickets > GENERATED:
            multiply(prepared(folder, GENERATED)[0], exports, round(tickets / GENERATED))
        else:
            generate(exports, tickets=tickets)
        done.touch()
    if not (workspace / "complete").exists():
        shutil.rmtree(workspace, ignore_errors=True)
        make_workspace(workspace)
        load_files(Workspace.open(workspace), [exports])
        (workspace / "complete").touch()
    return exports, workspace
