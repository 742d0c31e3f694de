"""`recommendations`: what was recommended, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, parse_day, person, print_json, print_table, say
from analyst_agent.errors import UnknownName
from analyst_agent.records import to_json

if TYPE_CHECKING:
    from analyst_agent.state.recommendations import Kept

recommendations = typer.Typer(help="What was recommended: list it, and mark what was done.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(recommendations, name="recommendations")


@recommendations.command("list")
def list_recommendations(
    mark: Annotated[str | None, typer.Option("--mark", help="Only those: done, not_done, dropped or unknown.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only of periods that end after this day.")] = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List what answers recommended, the latest period first, with what became of it."""
    from analyst_agent.semantic.periods import build, describe
    from analyst_agent.state.recommendations import MARKS

    if mark is not None and mark not in MARKS:
        raise UnknownName("mark", mark, MARKS)
    workspace = open_workspace()
    found = workspace.recommendations.listed(mark, parse_day(since))
    if as_json:
        print_json({"recommendations": to_json(found)})
    elif not found:
        say("Nothing was recommended yet. Ask for example: What drove escalations last month?")
    else:
        causes = workspace.model.root_causes
        rows = [
            (
                one.id,
                describe(build(one.start, one.end)),
                one.pattern.replace("_", " ").capitalize() if one.pattern in causes else one.pattern,
                one.action,
                _became(one),
            )
            for one in found
        ]
        print_table(("id", "period", "pattern", "action", "became of it"), rows)


@recommendations.command("mark")
def mark_recommendation(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")],
    mark: Annotated[str, typer.Argument(metavar="MARK", help="done, not_done, dropped or unknown.")],
    by: Annotated[str, typer.Option("--by", help="Who says so; unset: the login name.")] = "",
    note: Annotated[str, typer.Option("--note", help="What was done, or why not.")] = "",
    as_json: Json = False,
) -> None:
    """Say what became of a recommendation; what was said before is kept."""
    workspace = open_workspace()
    who = by or person()
    kept = workspace.recommendations.mark(name, mark.replace("-", "_"), who, note)
    if as_json:
        print_json(to_json(kept))
    else:
        say(f"{kept.id} is {kept.mark.replace('_', ' ')}: {kept.action}")


def _became(one: Kept) -> str:
    said = [one.mark.replace("_", " ")]
    if one.marks:
        last = one.marks[-1]
        said += [last.at[:10], last.by, last.note]
    return ", ".join(part for part in said if part)
