"""Files that are there whole or not at all, after a crash and after a power failure too; only the owner may read them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from time import time

from analyst_agent.errors import WorkspaceError

_LONGEST_WRITE_S = 3600
_UNFINISHED = ".part"


def write_whole(
    path: Path, content: bytes, shown: str = "", hint: str = "Nothing was changed; make room and run again."
) -> None:
    """Writes a file so that a reader, or whoever comes after a crash, sees all of it or what was there before; one that holds the
    same already stays as it is. shown, hint: what the WorkspaceError of a disk that is full or closed names and advises.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(path.parent)
        if path.is_file() and path.read_bytes() == content:
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=_UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise WorkspaceError(f"Cannot write {shown or path}: {error.strerror}.", hint) from error


def _sweep(folder: Path) -> None:
    """Removes what processes that were killed while writing have left."""
    for left in folder.glob(f".*{_UNFINISHED}"):
        with contextlib.suppress(FileNotFoundError):  # another process may sweep at the same time
            if time() - left.stat().st_mtime > _LONGEST_WRITE_S:
                left.unlink()


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
