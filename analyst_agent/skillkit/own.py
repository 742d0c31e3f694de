"""A workspace's own skill folders: their content's hash, who trusted it, and the code run from the very bytes that were hashed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from analyst_agent.errors import InvalidDefinition, WorkspaceError
from analyst_agent.skillkit.registry import CODE_FILE, DESCRIPTION_FILE

VARIABLE = "ANALYST_HOME"
"""Folder of what belongs to the person and not to a workspace; unset: the usual place for configuration."""
LARGEST_BYTES = 5_000_000
MOST_FILES = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True, slots=True)
class Folder:
    """A skill folder as read once. files: content by path within it. digest: SHA-256 over paths and contents."""

    name: str
    path: Path
    digest: str
    files: Mapping[str, bytes] = field(repr=False, default_factory=dict)


def own_folders(folder: Path) -> dict[str, Folder]:
    """The skill folders of a workspace by name, in alphabetical order; nothing of them is run.

    Raises InvalidDefinition for a folder whose name, files or links could not be trusted by their content.
    """
    if not folder.is_dir():
        return {}
    found = [path for path in sorted(folder.iterdir()) if (path / DESCRIPTION_FILE).is_file()]
    return {path.name: read_folder(path) for path in found}


def read_folder(path: Path) -> Folder:
    """A skill folder with its hash. Raises InvalidDefinition."""
    if not _NAME.fullmatch(path.name):
        raise InvalidDefinition(
            f"The skill folder {path.name!r} has no usable name.", "Lower-case letters, digits and underscores, such as refund_watch."
        )  # fmt: skip
    files = _contents(path)
    for needed in (DESCRIPTION_FILE, CODE_FILE):
        if needed not in files:
            raise InvalidDefinition(f"{path.name} has no {needed}.", "A skill is SKILL.md and skill.py.")
    digest = hashlib.sha256()
    for name, content in files.items():
        for part in (name.encode(), content):
            digest.update(len(part).to_bytes(8, "big") + part)
    return Folder(path.name, path, digest.hexdigest(), files)


def _contents(path: Path) -> dict[str, bytes]:
    """Every file but compiled ones, which are never used, by its path; a link could change what it leads to unseen."""
    found: dict[str, bytes] = {}
    size = 0
    if path.is_symlink():
        raise InvalidDefinition(f"The skill folder {path.name} is a link.", "Put the folder itself there.")
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if "__pycache__" in name.split("/"):
            continue
        mode = file.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        if not stat.S_ISREG(mode):
            raise InvalidDefinition(f"{path.name}/{name} is a link or no file.", "Put the file itself there.")
        content = file.read_bytes()
        size += len(content)
        found[name] = content
        if size > LARGEST_BYTES or len(found) > MOST_FILES:
            raise InvalidDefinition(
                f"The skill folder {path.name} holds more than {MOST_FILES} files or {LARGEST_BYTES // 1_000_000} MB.",
                "Keep data elsewhere: a skill is its description and its code.",
            )
    return found


class Trusted:
    """What this person has trusted, by content hash, in a file of their own: a folder that is passed on brings no trust along."""

    def __init__(self, home: Path | None = None) -> None:
        self._path = (home or _home()) / "trusted-skills.json"

    @property
    def path(self) -> Path:
        """The file that keeps it."""
        return self._path

    def __contains__(self, folder: Folder) -> bool:
        return folder.digest in self._read()

    def known_name(self, name: str) -> bool:
        """Whether a folder of that name was trusted with any content: it has changed since."""
        return any(entry.get("name") == name for entry in self._read().values())

    def add(self, folder: Folder, now: datetime | None = None) -> None:
        """Trusts the folder's content as it was read."""
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        self._write({**self._read(), folder.digest: {"name": folder.name, "trusted_at": at}})

    def remove(self, name: str) -> int:
        """Withdraws the trust in every content of that name; how many there were."""
        known = self._read()
        kept = {digest: entry for digest, entry in known.items() if entry.get("name") != name}
        self._write(kept)
        return len(known) - len(kept)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise WorkspaceError(
                f"{self._path} cannot be read, so no skill of a workspace is trusted.", "Correct or remove that file."
            ) from error
        return {str(k): dict(v) for k, v in raw.items() if isinstance(v, dict)} if isinstance(raw, dict) else {}

    def _write(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_suffix(f".{os.getpid()}.tmp")
            draft.write_text(json.dumps(entries, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            raise WorkspaceError(
                f"{self._path} cannot be written: {error.strerror}.", f"Set {VARIABLE} to a folder of yours."
            ) from error


def _home() -> Path:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "escalation-analyst"
