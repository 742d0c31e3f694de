"""Generations of the warehouse: a load builds the next file beside the current one and switches a pointer; readers are never disturbed."""

from __future__ import annotations

import re
import shutil
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from analyst_agent import ways
from analyst_agent.errors import LoadError, NothingLoaded, WorkspaceError
from analyst_agent.warehouse.durable import make_folder, replace_text, synchronise
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
    """The name of the generation in use, such as `gen-000002`, or None before the first load.

    Where the pointer to it is lost or unreadable, the newest complete generation is the one in use: never silently nothing.
    Raises WorkspaceError where the pointer is unreadable and there is none.
    """
    pointer = warehouse_dir(folder) / "current"
    try:
        name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return _newest_complete(folder)
    if _NAME.fullmatch(name):
        return name
    found = _newest_complete(folder)
    if found is None:
        raise WorkspaceError(
            f"{pointer} names no generation: {name[:40]!r}, and no data are beside it.",
            "Restore .analyst/warehouse from a backup, or remove that folder and load all files again.",
        )
    return found


def _newest_complete(folder: Path) -> str | None:
    """The newest generation on disk. A file gets its name only when it is wholly on disk; the mark at its start guards against a damaged one."""
    directory = warehouse_dir(folder)
    names = [m[0] for p in directory.glob("gen-*.duckdb") if (m := _NAME.fullmatch(p.stem))]
    for name in sorted(names, key=_number, reverse=True):
        with (directory / f"{name}.duckdb").open("rb") as stream:
            if stream.read(12)[8:] == b"DUCK":
                return name
    return None


def _number(name: str) -> int:
    return int(name.removeprefix("gen-"))


def generation_file(folder: Path, name: str) -> Path:
    """The DuckDB file of a generation."""
    return warehouse_dir(folder) / f"{name}.duckdb"


def open_current(folder: Path, time_zone: str = "UTC") -> Warehouse:
    """Opens the generation in use, read-only. Raises WorkspaceError when nothing is loaded or its file is gone or unreadable.

    time_zone becomes the zone of every connection of this process to that generation, cursors included; the first one decides.
    """
    import duckdb

    name: str | None = ""
    for _ in range(20):  # a load may remove the generation between reading its name and locking it: then look again
        name = current_generation(folder)
        if name is None:
            raise NothingLoaded("Nothing is loaded yet.", ways.LOAD)
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
    raise _lost(folder, name or "")


def _lost(folder: Path, name: str) -> WorkspaceError:
    """The file of the generation in use is gone. Going back to an older one is a person's decision: it would lose rows."""
    older = _newest_complete(folder)
    back = f" To go on from {older}, which is older, remove .analyst/warehouse/current." if older else ""
    return WorkspaceError(
        f"The data generation {name}, which is in use, has no file any more.",
        f"Restore it from a backup, or remove the folder .analyst/warehouse and load all files again.{back}",
    )


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
    for _ in range(20):
        lock = _reader_lock(generation_file(folder, name))
        try:
            shutil.copyfile(generation_file(folder, name), target)
            return name
        except FileNotFoundError:  # a load may have removed it since its name was read
            name = current_generation(folder) or name
        finally:
            if lock is not None:
                lock.release()
    raise _lost(folder, name or "")


class NextGeneration:
    """The file that a load builds. Nothing is visible to readers before `publish`; `discard` leaves no trace."""

    def __init__(self, folder: Path, wait_s: float) -> None:
        self.folder = folder
        self.directory = warehouse_dir(folder)
        try:
            make_folder(self.directory)
            lock = acquire(self.directory / "load.lock", wait_s=wait_s)
        except OSError as error:
            raise WorkspaceError(
                f"Cannot write into {self.directory}: {error.strerror}.", "Check its permissions."
            ) from error
        if lock is None:
            raise LoadError("Another load into this workspace is running.", "Wait until it has ended, then load again.")
        self._lock = lock
        try:
            self.previous = self._recovered()
            self._clean(keep=self.previous)
            self.name = self._free_name()
            self.path = self.directory / f"{self.name}.building"
            if self.previous is not None:
                shutil.copyfile(generation_file(folder, self.previous), self.path)
        except BaseException:
            lock.release()
            raise

    def _recovered(self) -> str | None:
        """The generation in use, its pointer written again where that was lost. Raises WorkspaceError where its file is gone."""
        name = current_generation(self.folder)
        if name is None:
            return None
        if not generation_file(self.folder, name).exists():
            raise _lost(self.folder, name)
        pointer = self.directory / "current"
        if not pointer.exists() or pointer.read_text(encoding="utf-8", errors="replace").strip() != name:
            replace_text(pointer, f"{name}\n")
        return name

    def publish(self) -> str:
        """Makes the built file the one in use: on disk first, then the pointer in one step. Returns the generation's name.

        The folder is synchronised between the two, so that after a loss of power the pointer never names a file that is not there.
        """
        final = generation_file(self.folder, self.name)
        if self.path.with_name(self.path.name + ".wal").exists():
            raise LoadError(
                "The new data were not written out; nothing was changed.", "Check disk space, then load again."
            )
        _lock_path(final).touch()
        synchronise(self.path)
        self.path.replace(final)
        synchronise(self.directory)
        replace_text(self.directory / "current", f"{self.name}\n")
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
        newest = _number(self.previous) if self.previous else 0
        return f"gen-{max([newest, *taken]) + 1:06d}"

    def _clean(self, keep: str | None) -> None:
        """Removes leftovers of crashed loads and generations that nobody has open."""
        (self.directory / "current.new").unlink(missing_ok=True)
        for path in sorted(self.directory.iterdir()):
            match = _NAME.match(path.name)
            if not match or path.name in (f"{keep}.duckdb", f"{keep}.duckdb.lock"):
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
