"""`knowledge`: adding, listing and searching documents."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyst_agent.cli.shared import Json, open_workspace, print_json, print_table, say
from analyst_agent.errors import NotGranted
from analyst_agent.masking import one_line
from analyst_agent.records import to_json
from analyst_agent.workspace import Workspace

if TYPE_CHECKING:
    from analyst_agent.knowledge.contradictions import Contradiction

MOST_NAMED = 5
knowledge = typer.Typer(help="Policies and known issues: add, list, search.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(knowledge, name="knowledge")


@knowledge.command("add")
def add(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, or a folder whose sub-folders name the spaces.")
    ],
    space: Annotated[str | None, typer.Option("--space", help="Put everything into this space.")] = None,
    as_json: Json = False,
) -> None:
    """Add or refresh documents; what did not change is not indexed again."""
    workspace = open_workspace()
    workspace.check_may_change("adding documents")
    report = workspace.knowledge.add(paths, space)
    if as_json:
        left_aside = {"left_aside": to_json(report.left_aside), "generation": report.generation}
        print_json({"entries": to_json(report.entries), "counts": report.counts, **left_aside})
        return
    for entry in report.entries:
        if entry.outcome != "unchanged":
            say(f"{entry.outcome:9} {one_line(entry.path)}" + (f": {one_line(entry.reason)}" if entry.reason else ""))
    say(", ".join(f"{count} {outcome}" for outcome, count in report.counts.items() if count) or "No document found.")
    for why, listed in groupby(sorted(report.left_aside, key=lambda one: one.reason), key=lambda one: one.reason):
        names = [one_line(Path(one.path).name) for one in listed]
        named = ", ".join(names[:MOST_NAMED]) + (" and others" if len(names) > MOST_NAMED else "")
        say(f"{len(names)} left aside ({why}): {named}. Name what is to be read by its own path.")


@knowledge.command("conflicts")
def conflicts(as_json: Json = False) -> None:
    """List what the documents in force say differently about the same case: deadlines, shares, amounts, permissions."""
    from analyst_agent.workspace.conflicts import contradictions_of

    workspace = open_workspace()
    found = contradictions_of(workspace)
    if as_json:
        print_json({"conflicts": [_conflict(one) for one in found]})
    elif not found:
        say("No two documents in force were found to contradict each other.")
    for one in () if as_json else found:
        for norm in (one.first, one.second):
            since = f", in force from {norm.document.effective}" if norm.document.effective else ""
            newer = " (newer)" if norm is one.newer else ""
            say(f"{norm.document.id}, {norm.heading or norm.document.title}{since}{newer}\n  {norm.quote}")
        say("")


def _conflict(one: Contradiction) -> dict[str, object]:
    sides = [
        {
            "document": n.document.id,
            "heading": n.heading or n.document.title,
            "quote": n.quote,
            "effective": n.document.effective,
        }
        for n in (one.first, one.second)
    ]
    return {"rules": sides, "newer": one.newer.document.id if one.newer else None}


@knowledge.command("list")
def list_documents(as_json: Json = False) -> None:
    """List the documents, by space."""
    workspace = open_workspace()
    shown = workspace.shown_documents
    found = [
        replace(d, id=shown.name(d.id), title=shown.text(d.title), status=shown.text(d.status or "") or None)
        for d in workspace.knowledge.documents(workspace.granted_spaces)
    ]
    if as_json:
        print_json({"documents": to_json(found)})
    elif not found:
        say("No documents. Add some with `analyst knowledge add DIR`.")
    else:
        columns = ("space", "id", "title", "product area", "status", "effective")
        print_table(columns, [(d.space, d.id, d.title, d.product_area, d.status, d.effective) for d in found])


@knowledge.command("search")
def search(
    query: Annotated[str, typer.Argument(help="What is looked for.")],
    space: Annotated[str | None, typer.Option("--space", help="Search this space only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50)] = 5,
    as_json: Json = False,
) -> None:
    """Passages that speak to a query, with document and heading."""
    workspace = open_workspace()
    passages = workspace.knowledge.search(query, spaces=_spaces(workspace, space), limit=limit)
    found = [workspace.shown_documents.passage(one) for one in passages]
    if as_json:
        print_json({"query": query, "passages": to_json(found)})
    elif not found:
        say("The documents do not say.")
    for passage in () if as_json else found:
        say(f"{passage.document}: {passage.title} / {passage.heading}  (score {passage.score:.2f})")
        say("\n".join(f"  {line}" for line in passage.quote.splitlines()) + "\n")


def _spaces(workspace: Workspace, space: str | None) -> tuple[str, ...] | None:
    if space is None:
        return workspace.granted_spaces
    if not workspace.settings.grants.has_space(space):
        raise NotGranted(
            f"The space {space!r} is not granted.", "Add it to knowledge in analyst.toml [analyst.grants]."
        )
    known = workspace.knowledge.spaces(workspace.granted_spaces)
    if space not in known:
        from analyst_agent.errors import UnknownName

        raise UnknownName("space", space, known)
    return (space,)
