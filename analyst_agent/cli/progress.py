"""Shows how far a load is, on a terminal's error stream: a bar over the bytes of all files, the file at hand, and the phase with its rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analyst_agent.cli.shared import harmless
from analyst_agent.warehouse.progress import Phase

if TYPE_CHECKING:
    from rich.progress import Progress

WORDS: dict[Phase, str] = {
    "reading": "reading",
    "checking": "checking",
    "merging": "merging",
    "settling": "settling what was set aside",
    "deriving": "building the derived tables",
    "publishing": "switching to the new data",
    "comparing": "comparing what tickets say",
}
# How far through a file each phase begins, in fourths: measured on a million tickets, where reading is half of it.
_BEGUN: dict[Phase, int] = {"reading": 0, "checking": 2, "merging": 3}


class LoadBar:
    """Watches a load and moves a bar."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=None, phase="")
        self._done = self._size = self._read = 0

    def begin(self, file_count: int, byte_count: int) -> None:
        """Sets the length of the bar."""
        self._bar.update(self._task, total=byte_count, description=f"{file_count} file{'s' * (file_count != 1)}")

    def file(self, name: str, byte_count: int) -> None:
        """Names the file; what came before is done."""
        self._done += self._size
        self._size, self._read = byte_count, 0
        self._bar.update(self._task, completed=self._done, description=harmless(name), refresh=True)

    def advance(self, byte_count: int) -> None:
        """Reading moves the bar through the first half of the file's part."""
        self._read = min(self._size, self._read + byte_count)
        self._bar.update(self._task, completed=self._done + self._read // 2)

    def phase(self, name: Phase, row_count: int = 0) -> None:
        """Names the phase."""
        rows = f" {row_count:,} row{'s' * (row_count != 1)}" if row_count else ""
        self._bar.update(self._task, phase=WORDS[name] + rows, refresh=True)
        if name in _BEGUN:
            self._bar.update(self._task, completed=self._done + self._size * _BEGUN[name] // 4)
        else:
            self._bar.update(self._task, completed=self._done + self._size, description="all files")


@contextmanager
def load_bar(is_wanted: bool) -> Iterator[LoadBar | None]:
    """A bar that is gone when the load has ended; None where the error stream is no terminal or nobody wants one."""
    if not (is_wanted and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[phase]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True, markup=False, highlight=False), transient=True) as bar:
        yield LoadBar(bar)
