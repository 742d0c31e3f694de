"""`skills`, `trust`: what the analyst can do, and which code of a workspace may be run."""

from __future__ import annotations

from typing import Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say
from analyst_agent.errors import InvalidDefinition, UnknownName


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("skills")(skills)
    app.command("trust")(trust)


def skills(as_json: Json = False) -> None:
    """List the skills, what each is asked about and an example; and those of the workspace that are not used, with the reason."""
    from analyst_agent.workspace.own_skills import listed_skills

    workspace = open_workspace()
    listed = listed_skills(workspace.root, workspace.settings.replace)
    found = [
        {
            "name": one.name,
            "state": one.state,
            "description": one.skill.description if one.skill else one.detail,
            "triggers": list(one.skill.triggers) if one.skill else [],
            "examples": list(one.skill.examples) if one.skill else [],
        }
        for one in listed
    ]
    if as_json:
        print_json({"skills": found})
        return
    rows = [(s["name"], s["state"], s["description"], s["examples"][0] if s["examples"] else "") for s in found]
    print_table(("skill", "state", "what it does", "for example"), rows)


def trust(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Skills of the workspace.")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Withdraw the trust instead.")] = False,
    as_json: Json = False,
) -> None:
    """Trust the code of the workspace's own skills as it is now; without a name, list them. A changed skill is not run until it is trusted again."""
    from analyst_agent.skillkit.own import Trusted, own_folders, read_folder
    from analyst_agent.workspace.own_skills import FOLDER, listed_skills

    workspace = open_workspace()
    workspace.check_may_change("trusting code")
    kept = Trusted()
    for name in names or ():
        if revoke:
            kept.remove(name)
            continue
        path = workspace.root / FOLDER / name
        if not (path / "SKILL.md").is_file() or path.parent != workspace.root / FOLDER:
            raise UnknownName("skill of this workspace", name, own_folders(workspace.root / FOLDER))
        folder = read_folder(path)
        kept.add(folder)
        if not as_json:
            size = sum(len(content) for content in folder.files.values())
            say(f"Trusted: {name}, {len(folder.files)} files, {size:,} bytes, SHA-256 {folder.digest[:16]}")
    own = [one for one in listed_skills(workspace.root, workspace.settings.replace, kept) if one.state != "built-in"]
    rows = [
        {
            "name": one.name,
            "state": one.state,
            "sha256": one.folder.digest if one.folder else "",
            "files": sorted(one.folder.files) if one.folder else [],
            "detail": one.detail,
        }
        for one in own
    ]
    if as_json:
        print_json({"skills": rows, "kept_in": str(kept.path)})
    elif not own:
        say(f"This workspace has no skills of its own. A folder in {FOLDER}/ with SKILL.md and skill.py would be one.")
    elif not names:
        print_table(("skill", "state", "files", "what to do"), [(r["name"], r["state"], ", ".join(r["files"]), r["detail"]) for r in rows])  # fmt: skip
    broken = [one for one in own if one.name in (names or ()) and one.state in ("broken", "not replacing")]
    if broken and not revoke:
        raise InvalidDefinition(f"{broken[0].name} is trusted and not used: {broken[0].detail}", "")
