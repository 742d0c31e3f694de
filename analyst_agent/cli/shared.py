"""Options that several commands share, and printing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from analyst_agent.errors import BadPeriod
from analyst_agent.workspace import Workspace

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Today = Annotated[
    str | None, typer.Option("--today", metavar="DAY", help="The day to take as today, such as 2026-11-03.")
]


def open_workspace(today: str | None = None) -> Workspace:
    """The workspace at or above the current folder, at the given clock."""
    return Workspace.open(today=parse_day(today))


def parse_day(text: str | None) -> date | None:
    """An ISO day. Raises BadPeriod."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadPeriod(f"--today {text!r} is no day.", "Write it as 2026-11-03.") from error


def print_json(value: Any) -> None:
    """JSON on the output, as one document."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as its content or the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    numeric = None
    listed = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for i, name in enumerate(columns):
        numeric = all(_is_number(row[i]) for row in listed) and bool(listed)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(_visible(cell)) for cell in row))
    console.print(table)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("-", "").replace("%", "").strip().isdigit() or text == ""


def _visible(text: str) -> str:
    """Text without control characters, which a terminal would obey."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)
