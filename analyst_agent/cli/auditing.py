"""`audit`: one line for each answer and each event of accounts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from analyst_agent.cli.shared import Json, open_workspace, parse_day, print_table, say

MOST_ROWS = 100
LONGEST_QUESTION = 60


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("audit")(audit)


def audit(
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Only lines from this day on.")] = None,
    as_json: Json = False,
) -> None:
    """List who asked what, which tools ran, and what it took: one line for each answer, and for each sign-in and change of accounts. With --json one JSON object a line."""
    from analyst_agent.workspace.auditing import audit_lines, said_removed

    workspace = open_workspace()
    lines, removed = audit_lines(workspace, parse_day(since)), said_removed(workspace)
    workspace.close()
    if removed:
        # Beside the output, which with --json holds lines only.
        say(removed, error=True)
    if as_json:
        for line in lines:
            say(json.dumps(line, ensure_ascii=True))
        return
    if not lines:
        say("No answers were given in this time.")
        return
    if len(lines) > MOST_ROWS:
        say(f"The last {MOST_ROWS} of {len(lines):,} lines, all in --json.")
    columns = ("at (UTC)", "who", "question", "status", "tools", "model", "tokens", "cost", "s")
    print_table(columns, [_cells(line) for line in lines[-MOST_ROWS:]])


def _cells(line: dict[str, Any]) -> tuple[object, ...]:
    if "event" in line:
        told = " ".join(str(line[key]) for key in ("about", "role", "token") if line.get(key))
        return (line["at"][:19].replace("T", " "), line["who"], f"{line['event']} {told}".strip(), *("",) * 6)
    question = line["question"] if line["question"] is not None else f"({line['withheld']})"
    cost = "" if line["cost"] is None else f"{line['cost']:.4f} {line['currency']}"
    model = line["model"] + (" (fallback)" if line["fallback"] else "")
    return (
        line["at"][:19].replace("T", " "),
        line["who"],
        question if len(question) <= LONGEST_QUESTION else question[: LONGEST_QUESTION - 1] + "…",
        line["status"],
        ", ".join(tool["name"] for tool in line["tools"] or ()),
        model,
        line["input_tokens"] + line["output_tokens"] or "",
        cost,
        f"{line['seconds']:.2f}",
    )
