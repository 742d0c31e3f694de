"""The `analyst` command: its subcommands and the one place where an error becomes two lines and an exit code."""

from __future__ import annotations

import json
import os
import sys
from types import TracebackType
from typing import Any

import typer

from analyst_agent import __version__
from analyst_agent.cli import (
    asking,
    auditing,
    data,
    discovering,
    documents,
    evaluating,
    labelling,
    mailing,
    people,
    playbooks,
    querying,
    recommending,
    serving,
    sessions,
    setting_up,
    skills,
    vouching,
)
from analyst_agent.cli.shared import say
from analyst_agent.errors import AnalystError

app = typer.Typer(
    name="analyst",
    help="Ask why support tickets escalate; get numbers, the known issue, the policy and what to do.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for room in (
    setting_up, data, asking, serving, people, sessions, vouching, querying, discovering, skills, recommending, playbooks, mailing, documents, labelling, evaluating, auditing
):  # fmt: skip
    room.register(app)


@app.callback(invoke_without_command=True)
def root(version: bool = typer.Option(False, "--version", help="Print the version.", is_eager=True)) -> None:
    """Ask why support tickets escalate; get numbers, the known issue, the policy and what to do."""
    if version:
        say(__version__)
        raise typer.Exit


def run(arguments: list[str] | None = None) -> None:
    """Runs a command and exits: 0 done, 1 failed, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    if not os.environ.get("ANALYST_DEBUG"):
        sys.excepthook = _unexpected
    try:
        # Calling `app` itself would put Typer's own hook, which prints a traceback, in place of ours.
        typer.main.get_command(app)(words)
    except AnalystError as error:
        report(error, "--json" in words)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def report(error: AnalystError, as_json: bool) -> None:
    """Two lines on the error stream, or one JSON record on the output."""
    if as_json:
        say(json.dumps(_record(error)))
    say(f"analyst: {error.message}", error=True)
    if error.hint:
        say(f"         {error.hint}", error=True)


def _unexpected(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """A fault of the program itself, told in two lines; the whole trace is for those who ask for it."""
    text = " ".join(str(error).split())[:200]
    say(f"analyst: A fault in the analyst itself: {kind.__name__}: {text}", error=True)
    say("         Set ANALYST_DEBUG=1 and run again for the details to report.", error=True)


def _record(error: AnalystError) -> dict[str, Any]:
    return {"status": "error", "error": error.to_dict()}


if __name__ == "__main__":
    run()
