"""`skills`, `trust`: what the analyst can do, and which code of a workspace may be run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyst_agent.cli.eval_tables import percent
from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say
from analyst_agent.errors import InvalidDefinition, UnknownName

if TYPE_CHECKING:
    from analyst_agent.state.cards import KeptCard


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("skills")(skills)
    app.command("trust")(trust)


def skills(as_json: Json = False) -> None:
    """List the skills, what each is asked about and an example; and those of the workspace that are not used, with the reason."""
    from analyst_agent.workspace.own_skills import listed_skills
    from analyst_agent.workspace.remembering import kept_cards

    workspace = open_workspace()
    listed = listed_skills(workspace.root, workspace.settings.replace)
    cards = kept_cards()
    found: list[dict[str, Any]] = [
        {
            "name": one.name,
            "state": one.state,
            "description": one.skill.description if one.skill else one.detail,
            "triggers": list(one.skill.triggers) if one.skill else [],
            "examples": list(one.skill.examples) if one.skill else [],
            "evals": [_measured(card, one.name) for card in cards if one.state == "built-in"],
        }
        for one in listed
    ]
    if as_json:
        print_json({"skills": found})
        return
    shown = _card_of(workspace.settings.model, cards)
    rows = [
        (s["name"], s["state"], s["description"], s["examples"][0] if s["examples"] else "", _right(s["evals"], shown))
        for s in found
    ]
    print_table(("skill", "state", "what it does", "for example", "right in evals"), rows)
    if shown is None:
        say("\nNothing is measured here yet: `analyst eval` does, and its card is shown beside the skills.")
    else:
        part = "" if shown.is_whole else ", of chosen cases only"
        say(f"\nMeasured on {shown.day} with the model {shown.model}{part}; the shares with their 95 % interval.")


def _card_of(model: str, cards: Sequence[KeptCard]) -> KeptCard | None:
    """The card of the workspace's model, else that of the offline one."""
    by_model = {card.model: card for card in cards}
    return by_model.get(model) or by_model.get("offline")


def _measured(card: KeptCard, skill: str) -> dict[str, Any]:
    """How a skill did in a model's last run; no cases where none was about it."""
    row: Mapping[str, Any] = next((r for r in card.card.get("by_skill", ()) if r["name"] == skill), {})
    return {
        "model": card.model,
        "day": card.day,
        "is_whole": card.is_whole,
        "cases": row.get("cases", 0),
        "right": row.get("right", 0),
        "interval": row.get("interval"),
    }


def _right(measured: Sequence[Mapping[str, Any]], shown: KeptCard | None) -> str:
    for one in measured:
        if shown is not None and one["model"] == shown.model and one["cases"]:
            return f"{one['right']} of {one['cases']} ({percent(one['interval'])})"
    return "-"


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
