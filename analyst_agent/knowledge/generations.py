"""An index as generations: the next is built beside the current one, then a small pointer file is switched."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from analyst_agent.errors import LoadError

_NAME = re.compile(r"index-(\d{6,})")
WRITER_WAIT_S = 120.0


class Generations:
    """The folder of an index: `current` names the generation in use, `index-000001` and so on hold the generations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> str | None:
        """The name of the generation in use, None before the first."""
        try:
            name = (self.folder / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return name if _NAME.fullmatch(name) and (self.folder / name).is_dir() else None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writers' lock, across processes; a crash frees it. Raises LoadError when another keeps it too long."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # SQLite's file lock works on every system and is freed by the operating system when a process dies.
        with closing(sqlite3.connect(self.folder / "writer.lock", timeout=WRITER_WAIT_S, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise LoadError(
                    "Another process is adding documents to this workspace.", "Wait until it ends, then run this again."
                ) from error
            yield
            lock.execute("ROLLBACK")

    @contextmanager
    def next(self) -> Iterator[Path]:
        """A new, empty generation; it becomes the current one when the block ends well and is removed when it does not.

        To be called while `writing`. The generation before the new one is kept for readers in the middle of a search;
        readers look at the pointer before each search, so older ones are unused and removed.
        """
        before = self.current()
        number = max((int(match[1]) for match in map(_NAME.fullmatch, self._names()) if match), default=0) + 1
        path = self.folder / f"index-{number:06d}"
        path.mkdir()
        try:
            yield path
        except BaseException:
            shutil.rmtree(path)
            raise
        pointer = self.folder / "current.next"
        pointer.write_text(path.name + "\n", encoding="ascii")
        os.replace(pointer, self.folder / "current")
        for name in self._names():
            if _NAME.fullmatch(name) and name not in (path.name, before):
                shutil.rmtree(self.folder / name)

    def _names(self) -> list[str]:
        return sorted(entry.name for entry in self.folder.iterdir())
