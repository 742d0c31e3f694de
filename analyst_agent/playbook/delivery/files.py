"""The .eml files of the outbox: written whole or not at all, and read only if they are still what was written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from time import time

from analyst_agent.errors import WorkspaceError

FOLDER = "outbox"
_LONGEST_WRITE_S = 3600


def path_of(playbook: str, month: str, recipient: str, letter_id: str, digest: str) -> str:
    """Where a message is written, relative to the workspace; other content has another name."""
    words = [re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-")[:60] for word in (month, playbook, recipient)]
    return f"{FOLDER}/{'_'.join(word for word in words if word)}_{letter_id[:8]}-{digest[:8]}.eml"


def write(root: Path, path: str, content: bytes) -> None:
    """Writes a message so that after a crash or a power failure it is there whole or not at all. Raises WorkspaceError.

    Nobody but the owner of the files may read it.
    """
    place = root / path
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        _sweep(place.parent)
        if place.is_file() and place.read_bytes() == content:
            return
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)
    except OSError as error:
        raise WorkspaceError(
            f"Cannot write {path}: {error.strerror}.", "Nothing was queued; make room and run again."
        ) from error


def read(root: Path, path: str, sha256: str) -> bytes | str:
    """The bytes of a message; where they are not those that were written, a sentence that says so."""
    try:
        content = (root / path).read_bytes()
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if digest_of(content) != sha256:
        return f"{path} was changed after it was written"
    return content


def digest_of(content: bytes) -> str:
    """The SHA-256 of a message."""
    return hashlib.sha256(content).hexdigest()


def _sweep(folder: Path) -> None:
    """Removes what processes that were killed while writing have left."""
    for left in folder.glob(".*.part"):
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
