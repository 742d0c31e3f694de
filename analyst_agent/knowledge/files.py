"""Which files a `knowledge add` means and in which space each belongs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyst_agent.errors import InvalidDefinition, LoadError


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be read into a space; space None: it lies in no space, for the reason given."""

    path: Path
    space: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The files meant, each once, and the folders named: a document of theirs whose file is gone is dropped.

    left_aside: files and folders that are not looked at, each with the reason.
    """

    files: tuple[Candidate, ...]
    folders: tuple[Path, ...]
    left_aside: tuple[tuple[Path, str], ...] = ()


def select_files(paths: Sequence[Path], space: str | None) -> Selection:
    """Files in the order of their paths. Raises LoadError (no such path) or InvalidDefinition (a bad space name)."""
    if space is not None and not re.fullmatch(r"\w[\w .-]{0,63}", space):
        raise InvalidDefinition(f"{space!r} is no name for a knowledge space.", "Letters, digits and _ - . only.")
    found: dict[Path, Candidate] = {}
    folders: list[Path] = []
    for given in paths:
        path = given.expanduser().resolve()
        if path.is_dir():
            folders.append(path)
            found |= {c.path: c for c in _in_folder(path, space)}
        elif path.is_file():
            found[path] = Candidate(path, space or path.parent.name)
        else:
            raise LoadError(f"No file or folder {str(given)!r}.", "Nothing was changed. Give the path of documents.")
    aside = {path: why for folder in folders for path, why in _left_aside(folder) if path not in found}
    return Selection(tuple(found[path] for path in sorted(found)), tuple(folders), tuple(sorted(aside.items())))


def _in_folder(folder: Path, space: str | None) -> list[Candidate]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _is_hidden(path, folder)]
    outside = [path for path in files if not path.resolve().is_relative_to(folder)]
    files = [path for path in files if path not in outside]
    has_spaces = any(path.parent != folder for path in files)
    candidates = [
        Candidate(path, None, "is a link out of the folder; add what it points to by its own path") for path in outside
    ]
    for path in files:
        if space is not None:
            candidates.append(Candidate(path, space))
        elif path.parent != folder:
            candidates.append(Candidate(path, path.relative_to(folder).parts[0]))
        elif has_spaces:
            candidates.append(Candidate(path, None, "lies beside the spaces, in none of them; name one with --space"))
        else:
            candidates.append(Candidate(path, folder.name))
    return candidates


def _left_aside(folder: Path) -> Iterator[tuple[Path, str]]:
    """The outermost hidden files and folders, and links to folders; what lies in them is not looked through."""
    for parent, folders, files in os.walk(folder):
        yield from ((Path(parent, name), "is hidden") for name in (*folders, *files) if _hides(name))
        folders[:] = [name for name in folders if not _hides(name)]
        yield from (
            (Path(parent, name), "is a link to a folder") for name in folders if Path(parent, name).is_symlink()
        )


def _hides(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(_hides(part) for part in path.relative_to(folder).parts)
