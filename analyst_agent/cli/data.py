"""`load`, `rejects`: bringing a helpdesk's export in, every row accounted for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from analyst_agent.cli.progress import load_bar
from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say
from analyst_agent.cli.suggesting import suggest_mapping
from analyst_agent.errors import LoadError

COUNTS = ("rows_read", "inserted", "updated", "unchanged", "folded", "set_aside")
MOST_COLUMNS = 20
MOST_ROWS = 200


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
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose a mapping for unknown files; load nothing.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="With --suggest: write the mapping to this new file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Load files into the workspace; rows that cannot be used are set aside and reported."""
    from analyst_agent.workspace.loading import load_files

    if source and mapping:
        raise LoadError("--source and --mapping were both given.", "Give one of them.")
    if suggest and (source or mapping):
        raise LoadError(
            "--suggest guesses a mapping; one was given.", "Leave out --suggest, or --source and --mapping."
        )
    if out and not suggest:
        raise LoadError("--out is for the mapping that --suggest proposes.", "Add --suggest.")
    workspace = open_workspace()
    workspace.check_may_change("loading")
    workspace.check_embedded()
    if suggest:
        suggest_mapping(workspace, paths, out, as_json=as_json)
        return
    with load_bar(not as_json) as bar:
        report = load_files(workspace, paths, source=source, mapping=mapping, dry_run=dry_run, watcher=bar)
    if as_json:
        print_json(report.to_dict())
        return
    rows = [[f.file, f.table, *(f"{getattr(f, c):,}" for c in COUNTS)] for f in report.files]
    rows.append(["total", "", *(f"{report.totals[c]:,}" for c in COUNTS)])
    print_table(("file", "table", *(c.replace("_", " ") for c in COUNTS)), rows)
    for line in _notes(report, known_layout=bool(source)):
        say(line)


def _some(names: Sequence[str]) -> str:
    """The first names in words, the rest counted."""
    cut = len(names) - MOST_COLUMNS
    return ", ".join(names[:MOST_COLUMNS]) + (f" and {cut:,} more, all in --json" if cut > 0 else "")


def _notes(report: object, known_layout: bool) -> list[str]:
    """What to know of a load. Of a known layout, columns that are not used are no news: they are counted, not named."""
    from analyst_agent.warehouse.report import LoadReport

    assert isinstance(report, LoadReport)
    aside: dict[str, list[str]] = {}
    for one in report.left_aside:
        aside.setdefault(one.reason, []).append(one.file)
    notes = [
        f"Left aside: {files[0]}: {reason}"
        if len(files) == 1
        else f"Left aside, since {reason.removesuffix('.')}: {_some(files)}."
        for reason, files in aside.items()
    ]
    notes += [f"{file.file}: {file.note}" for file in report.files if file.note]
    unused = [file for file in report.files if file.unknown_columns]
    if known_layout and unused:
        shown = _some([f"{file.file} ({len(file.unknown_columns):,})" for file in unused])
        notes.append(f"Columns that the source does not use, their names in --json: {shown}.")
    elif unused:
        notes += [f"{file.file}: columns not used: {_some(file.unknown_columns)}" for file in unused]
    notes += report.remarks
    totals = report.totals
    for text, count in (
        ("Escalations derived from the events of the log", totals["escalations_found"]),
        ("Escalations that follow from the histories", report.escalations_derived),
        ("Resolutions that follow from the histories", report.resolutions_derived),
        ("Unchanged rows that are older than what is stored", totals["stale"]),
        ("Optional values that cannot be read and were emptied (see `analyst rejects`)", totals["emptied"]),
        ("Tickets kept without account fields, since their account is not loaded", report.unknown_accounts),
        ("Tickets kept without agent fields, since their agent is not loaded", report.unknown_agents),
        ("Rows set aside earlier that have found their ticket", report.adopted),
        ("Stored rows set aside because their ticket changed", report.withdrawn),
        ("Rows set aside now (see `analyst rejects`)", report.rejects),
    ):
        if count:
            notes.append(f"{text}: {count:,}.")
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
    from analyst_agent.workspace.scope import rows_aside

    workspace = open_workspace()
    workspace.check_embedded()
    aside = rows_aside(workspace)
    if as_json:
        withheld = {"withheld": {"count": aside.withheld, "reason": aside.reason}} if aside.withheld else {}
        print_json({"rejects": to_json(aside.rejects), "emptied": to_json(aside.emptied)} | withheld)
        return
    columns = ("file", "line", "column", "value", "reason")
    if aside.withheld:
        say(f"Rows set aside and fields emptied that are not shown: {aside.withheld:,}. {aside.reason}")
    elif not aside.rejects:
        say("No row is set aside.")
    for title, rows in (("Rows set aside", aside.rejects), ("Fields emptied, their rows kept", aside.emptied)):
        if rows:
            cut = f", the first {MOST_ROWS} shown, all in --json" if len(rows) > MOST_ROWS else ""
            say(f"{title}: {len(rows):,}{cut}")
            print_table(columns, [[getattr(r, c) for c in columns] for r in rows[:MOST_ROWS]])
