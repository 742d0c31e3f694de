"""`ask`, `chat`: questions in plain English."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from analyst_agent.cli.shared import Json, Today, open_workspace, person, print_json, say
from analyst_agent.errors import NotPermitted, UnknownName, WorkspaceError
from analyst_agent.records import Answer, Status
from analyst_agent.workspace import Workspace

WIDEST = 140
Model = Annotated[
    str | None, typer.Option("--model", help="`offline`, or `openai:NAME` with the provider's variables.")
]
Session = Annotated[
    str | None, typer.Option("--session", metavar="ID", help="Continue, or begin, the conversation of this name.")
]


By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who asks, for the audit; unset: the login name.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("ask")(ask)
    app.command("chat")(chat)


def ask(
    question: Annotated[str, typer.Argument(help="For example: What drove escalations last month?")],
    as_json: Json = False,
    session: Session = None,
    model: Model = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", metavar="FILE", help="Write the first chart as .png or .svg.")
    ] = None,
    by: By = "",
    today: Today = None,
) -> None:
    """Ask one question; with --session, as part of a conversation."""
    from analyst_agent.report import answer_json

    if chart is not None:
        _check_chart(chart)
    workspace = open_workspace(today)
    answer = _answer(workspace, question, session, model, by)
    if as_json:
        print_json(answer_json(answer))
    else:
        show(answer)
    if chart is not None:
        _write_chart(answer, chart)
    workspace.close()
    if answer.status is Status.ERROR:
        raise typer.Exit(1)


def chat(session: Session = None, model: Model = None, by: By = "", today: Today = None) -> None:
    """Talk with the analyst; `/right` and `/wrong TEXT` say what you think of an answer. An empty line or Ctrl-D ends it."""
    workspace = open_workspace(today)
    name = session or workspace.conversations.new_id()
    interactive = sys.stdin.isatty()
    say(f"Conversation {name}. Ask, for example: What drove escalations last month? An empty line ends it.")
    while True:
        try:
            question = input("\n> " if interactive else "").strip()
        except (EOFError, KeyboardInterrupt):
            break
        if not question:
            break
        if question.startswith("/"):
            _command(workspace, question, name, by)
        else:
            show(_answer(workspace, question, name, model, by))
    say(f"Continue with `analyst chat --session {name}`.")
    workspace.close()


def _answer(workspace: Workspace, question: str, session: str | None, model: str | None, by: str) -> Answer:
    """The answer within its conversation, which is kept; on a terminal, what happens on the way is shown."""
    from analyst_agent.cli.following import followed
    from analyst_agent.workspace.conversing import converse_events

    return followed(converse_events(workspace, question, session, model, by or person()))


def _command(workspace: Workspace, line: str, session: str, by: str) -> None:
    """Keeps what is said of the last answer."""
    from analyst_agent.workspace.sessions import give_feedback, opened

    word, _, text = line[1:].partition(" ")
    if word not in ("right", "wrong") or (word == "right" and text.strip()):
        say("Write /right, or /wrong and what would be right.")
        return
    try:
        kept = opened(workspace, session, is_whole=True)
    except UnknownName:
        say("Nothing was answered in this conversation yet.")
        return
    given = give_feedback(workspace, kept, None, word, by or person(), text.strip())
    say(f"Kept: the last answer is said to be {given.verdict}.")


def show(answer: Answer) -> None:
    """The answer as text: what was found, tables, a chart of bars, sources; behind a model, what it took."""
    from analyst_agent.report import answer_text

    width = shutil.get_terminal_size((100, 40)).columns if sys.stdout.isatty() else 100
    say(answer_text(answer, max(60, min(width, WIDEST))))
    if answer.usage.model != "offline":
        tokens = answer.usage.input_tokens + answer.usage.output_tokens
        said = f". {answer.usage.fallback}" if answer.usage.fallback else ""
        say(f"\n{answer.usage.model}, {tokens:,} tokens{said}")
        for mending in answer.usage.mended:
            say(f"- {mending}")


def _check_chart(path: Path) -> None:
    """Raises NotPermitted where no picture can be written there, before anything is asked."""
    if path.suffix.lower() not in (".png", ".svg"):
        raise NotPermitted(f"--chart {path.name!r} is neither .png nor .svg.", "Give one of these endings.")
    if not path.parent.is_dir() or path.is_dir():
        raise NotPermitted(f"--chart {str(path)!r}: there is no such folder.", "Give a file in an existing folder.")


def _write_chart(answer: Answer, path: Path) -> None:
    from analyst_agent.report import png, svg

    if not answer.charts:
        say("This answer has no chart.", error=True)
        return
    chart = answer.charts[0]
    picture = png(chart) if path.suffix.lower() == ".png" else svg(chart).encode("utf-8")
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise WorkspaceError(f"Cannot write {path}: {error.strerror}.", "Choose another place.") from error
    say(f"Wrote {path}.", error=True)
