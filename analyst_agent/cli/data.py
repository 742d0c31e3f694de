"""`load`, `rejects`: bringing a helpdesk's export in, every row accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table
from analyst_agent.errors import LoadError

COUNTS = ("rows_read", "inserted", "updated", "unchanged", "folded", "set_aside")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("load")(load)
    app.command("rejects")(rejects)


def load(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="A folder or files: CSV, JSON Lines or Parquet.")
    ],
    source: Annotated[str | None, typer.Option("--source", help="A built-in mapping; see `analyst sources`.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Your own mapping, a YAML file; see docs/sources.md.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and count, write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Load files into the workspace; rows that cannot be used are set aside and reported."""
    from analyst_agent.warehouse.load import load as load_files

    if source and mapping:
        raise LoadError("--source and --mapping were both given.", "Give one of them.")
    workspace = open_workspace()
    report = load_files(
        workspace.root, paths, settings=workspace.settings, source=source, mapping=mapping, dry_run=dry_run, derived=workspace.derived
    )  # fmt: skip
    if as_json:
        print_json(report.to_dict())
        return
    rows = [[f.file, f.table, *(f"{getattr(f, c):,}" for c in COUNTS)] for f in report.files]
    rows.append(["total", "", *(f"{report.totals[c]:,}" for c in COUNTS)])
    print_table(("file", "table", *(c.replace("_", " ") for c in COUNTS)), rows)
    for line in _notes(report):
        print(line)


def _notes(report: object) -> list[str]:
    from analyst_agent.warehouse.report import LoadReport

    assert isinstance(report, LoadReport)
    notes = [f"Left aside: {one.file}: {one.reason}" for one in report.left_aside]
    for file in report.files:
        if file.note:
            notes.append(f"{file.file}: {file.note}")
        if file.unknown_columns:
            notes.append(f"{file.file}: columns not used: {', '.join(file.unknown_columns)}")
    totals = report.totals
    for count, text in (
        (totals["escalations_found"], "escalations derived from the events of the log"),
        (totals["stale"], "of the unchanged rows are older than what is stored"),
        (totals["emptied"], "optional fields held a value that cannot be read and were emptied; see `analyst rejects`"),
        (report.unknown_accounts, "tickets name an account that is not loaded; they are kept without account fields"),
        (report.unknown_agents, "tickets name an agent that is not loaded; they are kept without agent fields"),
        (report.adopted, "rows set aside earlier have found their ticket"),
        (report.withdrawn, "stored rows were set aside because their ticket changed"),
        (report.rejects, "rows are set aside now; see `analyst rejects`"),
    ):
        if count:
            notes.append(f"{count:,} {text}.")
    if report.dry_run:
        notes.append("Dry run: nothing was written.")
    elif not report.changed:
        notes.append(f"Nothing changed; data generation {report.generation or 'none'} stays in use.")
    else:
        notes.append(f"Data generation {report.generation} is in use.")
    return notes


def rejects(as_json: Json = False) -> None:
    """List what is set aside now: file, line, column, value and reason."""
    from analyst_agent.records import to_json
    from analyst_agent.warehouse.set_aside import current_emptied, current_rejects

    workspace = open_workspace()
    found, emptied = current_rejects(workspace.root), current_emptied(workspace.root)
    if as_json:
        print_json({"rejects": [to_json(r) for r in found], "emptied": [to_json(r) for r in emptied]})
        return
    columns = ("file", "line", "column", "value", "reason")
    if not found:
        print("No row is set aside.")
    for title, rows in (("Rows set aside", found), ("Fields emptied, their rows kept", emptied)):
        if rows:
            print(f"{title}: {len(rows):,}")
            print_table(columns, [[getattr(r, c) for c in columns] for r in rows])
