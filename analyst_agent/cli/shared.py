"""Options that several commands share, and printing."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from analyst_agent.errors import BadPeriod, WorkspaceError
from analyst_agent.workspace import Workspace

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Today = Annotated[
    str | None, typer.Option("--today", metavar="DAY", help="The day to take as today, such as 2026-11-03.")
]


# What a terminal obeys or does not show: control characters but line break and tab, bidirectional and zero-width ones.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)


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


def person() -> str:
    """The name under which the person is logged in here."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def write_text(path: Path, text: str) -> None:
    """Writes a file. Raises WorkspaceError where it cannot be."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"Cannot write {path}: {error.strerror}.", "Choose another place.") from error


def say(text: object = "", *, error: bool = False) -> None:
    """A line on the output, or the error stream. The one way to print: names of files, columns and values in it are
    somebody else's, so that what a terminal would obey is replaced. It is out at once, also where another program reads it.
    """
    print(harmless(text), file=sys.stderr if error else sys.stdout, flush=True)


def harmless(text: object) -> str:
    """The text with a replacement sign for everything that a terminal would obey or not show."""
    return _OBEYED.sub("\ufffd", str(text))


def print_json(value: Any) -> None:
    """JSON on the output, as one document; what a terminal would obey is written as an escape."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    print(_OBEYED.sub(lambda found: json.dumps(found.group())[1:-1], text))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table as wide as its content or the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else 160)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    numeric = None
    # A cell is one line: a name with a line break in it cannot pass for a row.
    listed = [["" if cell is None else " ".join(str(cell).splitlines()) for cell in row] for row in rows]
    for i, name in enumerate(columns):
        numeric = all(_is_number(row[i]) for row in listed) and bool(listed)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(_OBEYED.sub("\ufffd", cell)) for cell in row))
    console.print(table)


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("-", "").replace("%", "").strip().isdigit() or text == ""
