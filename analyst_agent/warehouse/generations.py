"""Generations of the warehouse: a load builds the next file beside the current one and switches a pointer; readers are never disturbed."""

from __future__ import annotations

import os
import re
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from analyst_agent.errors import LoadError, WorkspaceError
from analyst_agent.warehouse.locks import FileLock, acquire

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OPENING = threading.Lock()
_NAME = re.compile(r"gen-(\d{6,})")
_READ_ONLY = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@dataclass(slots=True)
class Warehouse:
    """A read-only connection to one generation. It can read no file and change no setting; close it, or use it in `with`."""

    connection: DuckDBPyConnection
    generation: str
    path: Path
    _lock: FileLock | None = field(default=None, repr=False)

    def cursor(self) -> DuckDBPyConnection:
        """A connection of its own on the same generation, for one request among several."""
        return self.connection.cursor()

    def close(self) -> None:
        """Frees the generation; once nobody uses it and a newer one exists, the next load removes it."""
        self.connection.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def warehouse_dir(folder: Path) -> Path:
    """Where the generations of a workspace lie."""
    return folder / ".analyst" / "warehouse"


def current_generation(folder: Path) -> str | None:
    """The name of the generation in use, such as `gen-000002`, or None before the first load."""
    pointer = warehouse_dir(folder) / "current"
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    if not _NAME.fullmatch(name):
        raise WorkspaceError(f"{pointer} names no generation: {name[:40]!r}.", "Remove that file and load again.")
    return name


def generation_file(folder: Path, name: str) -> Path:
    """The DuckDB file of a generation."""
    return warehouse_dir(folder) / f"{name}.duckdb"


def open_current(folder: Path, time_zone: str = "UTC") -> Warehouse:
    """Opens the generation in use, read-only. Raises WorkspaceError when nothing is loaded or its file is gone or unreadable.

    time_zone becomes the zone of every connection of this process to that generation, cursors included; the first one decides.
    """
    import duckdb

    name = None
    for _ in range(20):  # a load may remove the generation between reading its name and locking it: then look again
        name = current_generation(folder)
        if name is None:
            raise WorkspaceError("Nothing is loaded yet.", "Run `analyst load PATH` with your helpdesk's export.")
        path = generation_file(folder, name)
        lock = _reader_lock(path)
        if not path.exists():
            if lock is not None:
                lock.release()
            continue
        try:
            connection = duckdb.connect(str(path), read_only=True, config=dict(_READ_ONLY))
        except duckdb.Error as error:
            if lock is not None:
                lock.release()
            raise WorkspaceError(
                f"The loaded data in {path.name} cannot be opened: {str(error).splitlines()[0]}.",
                "Remove the folder .analyst/warehouse and load your files again.",
            ) from error
        _lock_settings(connection, time_zone)
        return Warehouse(connection, name, path, lock)
    raise WorkspaceError(f"The generation {name} that is in use has no file.", "Load your files again.")


def _lock_settings(connection: DuckDBPyConnection, time_zone: str) -> None:
    """Sets the zone and forbids further changes. Connections of one process to one file share these, so it is done once for all."""
    with _OPENING:
        locked = connection.execute("SELECT current_setting('lock_configuration')").fetchone()
        if not (locked and locked[0]):
            connection.execute(f"SET GLOBAL TimeZone = {_literal(time_zone)}")
            connection.execute("SET lock_configuration = true")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _reader_lock(path: Path) -> FileLock | None:
    try:
        return acquire(_lock_path(path), shared=True, wait_s=5)
    except FileNotFoundError:
        return None


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def copy_current(folder: Path, target: Path) -> str | None:
    """Copies the generation in use, if there is one, to `target` and returns its name. Writes nothing into the workspace."""
    name = current_generation(folder)
    if name is None:
        return None
    lock = _reader_lock(generation_file(folder, name))
    try:
        shutil.copyfile(generation_file(folder, name), target)
    finally:
        if lock is not None:
            lock.release()
    return name


class NextGeneration:
    """The file that a load builds. Nothing is visible to readers before `publish`; `discard` leaves no trace."""

    def __init__(self, folder: Path, wait_s: float) -> None:
        self.folder = folder
        self.directory = warehouse_dir(folder)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = acquire(self.directory / "load.lock", wait_s=wait_s)
        except OSError as error:
            raise WorkspaceError(
                f"Cannot write into {self.directory}: {error.strerror}.", "Check its permissions."
            ) from error
        if lock is None:
            raise LoadError("Another load into this workspace is running.", "Wait until it has ended, then load again.")
        self._lock = lock
        self.previous = current_generation(folder)
        self._clean(keep=self.previous)
        self.name = self._free_name()
        self.path = self.directory / f"{self.name}.building"
        if self.previous is not None:
            shutil.copyfile(generation_file(folder, self.previous), self.path)

    def publish(self) -> str:
        """Makes the built file the one in use: on disk first, then the pointer in one step. Returns the generation's name."""
        final = generation_file(self.folder, self.name)
        _lock_path(final).touch()
        _sync(self.path)
        self.path.replace(final)
        pointer = self.directory / "current.new"
        pointer.write_text(self.name + "\n", encoding="utf-8")
        _sync(pointer)
        pointer.replace(self.directory / "current")
        _sync(self.directory)
        self._clean(keep=self.name)
        return self.name

    def discard(self) -> None:
        """Removes what was built; the generation in use stays."""
        for leftover in self.directory.glob(f"{self.path.name}*"):
            leftover.unlink()

    def release(self) -> None:
        """Lets the next load begin."""
        self._lock.release()

    def _free_name(self) -> str:
        taken = [int(m[1]) for p in self.directory.iterdir() if (m := _NAME.match(p.name))]
        newest = int(self.previous.removeprefix("gen-")) if self.previous else 0
        return f"gen-{max([newest, *taken]) + 1:06d}"

    def _clean(self, keep: str | None) -> None:
        """Removes leftovers of crashed loads and generations that nobody has open."""
        for path in sorted(self.directory.iterdir()):
            match = _NAME.match(path.name)
            if not match or match[0] == keep:
                continue
            if path.suffix == ".duckdb":
                _remove_unused(path)
            elif path.suffix != ".lock" or not path.with_suffix("").exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _remove_unused(path: Path) -> None:
    lock = acquire(_lock_path(path))
    if lock is None:
        return
    with lock:
        try:
            path.unlink(missing_ok=True)
        except PermissionError:  # Windows: somebody has it open
            return
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        _lock_path(path).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Waits until the file (or the folder's entries) is on disk."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
