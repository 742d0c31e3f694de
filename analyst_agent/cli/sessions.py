"""`sessions`: conversations listed, shown and exported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say, write_text
from analyst_agent.masking import one_line
from analyst_agent.records import to_json

sessions = typer.Typer(help="Conversations: list, show or export them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="ID", help="Its id, or the beginning of it.")]
LONGEST_QUESTION = 80


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(sessions, name="sessions")


@sessions.command("list")
def list_sessions(as_json: Json = False) -> None:
    """List conversations, the last continued first; go on with one by `analyst ask --session ID` or `analyst chat --session ID`."""
    from analyst_agent.workspace.sessions import listed

    workspace = open_workspace()
    found = listed(workspace)
    workspace.close()
    if as_json:
        print_json({"sessions": to_json(found)})
    elif not found:
        say("No conversations yet. Begin one with `analyst ask` or `analyst chat`.")
    else:
        rows = [
            (one.conversation, one.turns, one.last_at[:16].replace("T", " "), _short(one.question)) for one in found
        ]
        print_table(("conversation", "turns", "last asked (UTC)", "first question"), rows)


@sessions.command("show")
def show_session(name: Name, as_json: Json = False) -> None:
    """Show a conversation: its questions, answers, and what people said of them."""
    from analyst_agent.report import plain_text
    from analyst_agent.workspace.sessions import opened, provenance, remarks, session_json, withheld_note

    workspace = open_workspace()
    session = opened(workspace, name)
    if as_json:
        print_json(session_json(session, workspace))
    else:
        if session.withheld:
            say(withheld_note(session) + "\n")
        for turn in session.turns:
            say(f"{turn.number}> {turn.question}")
            say(f"   {plain_text(provenance(turn, workspace), 200)}")
            for line in remarks(session, turn.number, workspace):
                say(f"   {one_line(line)}")
            say(f"\n{plain_text(str(turn.answer.get('answer', '')), 100)}\n")
    workspace.close()


@sessions.command("export")
def export_session(
    name: Name,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write; unset: the output.")] = None,
) -> None:
    """Write a conversation as Markdown: questions, answers, data generation, model and date."""
    from analyst_agent.workspace.sessions import opened, session_markdown

    workspace = open_workspace()
    text = session_markdown(opened(workspace, name), workspace)
    workspace.close()
    if file is None:
        say(text.rstrip("\n"))
    else:
        write_text(file, text)
        say(f"Wrote {file}.", error=True)


def _short(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_QUESTION else line[: LONGEST_QUESTION - 1] + "…"
