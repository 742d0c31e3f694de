"""The .eml files of the outbox: written whole or not at all, and read only if they are still what was written."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from analyst_agent.playbook.whole_files import write_whole

FOLDER = "outbox"


def path_of(playbook: str, month: str, recipient: str, letter_id: str, digest: str) -> str:
    """Where a message is written, relative to the workspace; other content has another name."""
    words = [re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-")[:60] for word in (month, playbook, recipient)]
    return f"{FOLDER}/{'_'.join(word for word in words if word)}_{letter_id[:8]}-{digest[:8]}.eml"


def write(root: Path, path: str, content: bytes) -> None:
    """Writes a message so that after a crash or a power failure it is there whole or not at all. Raises WorkspaceError.

    Nobody but the owner of the files may read it.
    """
    write_whole(root / path, content, path, "Nothing was queued; make room and run again.")


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
