"""`init`, `settings`, `doctor`: making a workspace and looking at it."""

from __future__ import annotations

import json
from operator import attrgetter
from pathlib import Path
from typing import Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say
from analyst_agent.errors import WorkspaceError
from analyst_agent.settings import FILE_NAME, described, field_of


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("init")(init)
    app.command("settings")(settings)
    app.command("doctor")(doctor)


def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to make it.")] = Path("."),
    demo: Annotated[
        bool, typer.Option("--demo", help="Generate and load the demo helpdesk and its documents.")
    ] = False,
) -> None:
    """Make a workspace; with --demo, one with a generated helpdesk and documents to ask about."""
    from analyst_agent.workspace.starting import make_demo, make_workspace

    existing = folder / FILE_NAME
    if demo:
        say(make_demo(folder))
        return
    if existing.exists():
        raise WorkspaceError(f"{existing} exists already.", "Nothing was changed; load data with `analyst load PATH`.")
    make_workspace(folder)
    go = "" if folder == Path() else f"cd {folder}, then "
    say(f"Made {existing}. Next: {go}`analyst load PATH` with your export.")


def settings(as_json: Json = False) -> None:
    """List every setting, its value here and what it means."""
    workspace = open_workspace()
    from analyst_agent.records import to_json

    rows = []
    for section, key, default, doc in described():
        value = attrgetter(field_of(section, key))(workspace.settings)
        rows.append(
            {"section": section, "key": key, "value": to_json(value), "default": to_json(default), "meaning": doc}
        )
    if as_json:
        print_json({"file": str(workspace.root / FILE_NAME), "settings": rows, "scope": workspace.scope})
        return
    say(workspace.root / FILE_NAME)
    shown = [(f"[{r['section']}] {r['key']}", _short(r["value"]), r["meaning"]) for r in rows]
    print_table(("setting", "value", "meaning"), shown)
    if workspace.scope:
        say(f"\nWithin the scope {workspace.scope}.")


def doctor(as_json: Json = False) -> None:
    """Check the workspace: data, how fresh and complete they are, definitions, documents, model and what is missing."""
    from analyst_agent.workspace.checkup import check_up
    from analyst_agent.workspace.condition import condition_json, gaps_of, known_coverage

    workspace = open_workspace()
    report = check_up(workspace)
    has_data = not any(c["check"] == "data" and c["state"] == "failed" for c in report)
    known = known_coverage(workspace) if has_data else None
    if as_json:
        print_json({"checks": report, **(condition_json(workspace, known) if has_data else {})})
    else:
        print_table(("check", "state", "detail"), [(c["check"], c["state"], c["detail"]) for c in report])
        gaps = gaps_of(known) if known is not None else []
        if gaps:
            say()
            rows = [(f"{g.table}.{g.column}", f"{g.share:.1%}".replace("%", " %"), g.text) for g in gaps]
            print_table(("column", "with a value", "within the data"), rows)
    if any(c["state"] == "failed" for c in report):
        raise typer.Exit(1)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
