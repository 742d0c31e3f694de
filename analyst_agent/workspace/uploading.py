"""Files that people hand in as documents: looked at first, then kept in the workspace's own folder and added to the knowledge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from analyst_agent.errors import InvalidDefinition, NotGranted
from analyst_agent.knowledge.documents import KINDS, READABLE, Document, read_document
from analyst_agent.knowledge.passages import Piece, cut
from analyst_agent.knowledge.reports import AddReport
from analyst_agent.knowledge.sections import NotReadable
from analyst_agent.masking import one_line
from analyst_agent.playbook.whole_files import write_whole
from analyst_agent.workspace import Workspace

FOLDER = "documents"
LONGEST_NAME = 100
_SPACE = re.compile(r"\w[\w .-]{0,63}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in: the name it was given, which may be anything, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Cutting:
    """What adding a file would make: its document as it may be shown, cut into passages. replaces: what it takes the place of, in
    words, "" for nothing; problem: why it cannot be read.
    """

    name: str
    document: Document | None = None
    passages: tuple[Piece, ...] = ()
    replaces: str = ""
    problem: str = ""


def file_name(given: str) -> str:
    """The name under which an upload is kept: without any path, hidden mark or sign that means something to a system.

    Raises InvalidDefinition where nothing of it is left, or its kind is none that is read.

    >>> file_name("../../etc/Refund policy (v2).md")
    'Refund policy (v2).md'
    """
    last = PurePosixPath(one_line(given).replace("\\", "/")).name
    name = re.sub(r"[^\w .()-]+", "-", last).strip(" .-")
    path = PurePosixPath(name)
    if path.suffix.lower() not in READABLE or not path.stem.strip(" .-"):
        raise InvalidDefinition(f"{one_line(given)[:80]!r} is no file that can be read.", f"Hand in {KINDS}.")
    return path.stem[:LONGEST_NAME].rstrip(" .") + path.suffix.lower()


def looked_at(workspace: Workspace, space: str, uploads: Sequence[Upload]) -> list[Cutting]:
    """How each file would be cut; nothing is kept. Raises InvalidDefinition or NotGranted for the space."""
    _check(workspace, space)
    known = workspace.knowledge.contents(workspace.granted_spaces)
    return [_cutting(workspace, space, one, known) for one in uploads]


def add_uploads(workspace: Workspace, space: str, uploads: Sequence[Upload]) -> AddReport:
    """Keeps the files below `documents/SPACE` and adds them. One of the same name there is replaced, nothing else ever is.

    Raises InvalidDefinition (also for a file that cannot be read; then nothing is kept), NotGranted, or WorkspaceError where a
    file cannot be written.
    """
    unreadable = [one for one in looked_at(workspace, space, uploads) if one.problem]
    if unreadable:
        raise InvalidDefinition(f"{unreadable[0].name}: {unreadable[0].problem}", "Nothing was added; leave it out.")
    names = [file_name(one.name) for one in uploads]
    if len({name.lower() for name in names}) < len(names):
        raise InvalidDefinition("Two of the files have the same name.", "Hand them in one after the other.")
    folder = _folder(workspace.root, space)
    for name, one in zip(names, uploads, strict=True):
        write_whole(
            folder / name, one.content, f"{FOLDER}/{space}/{name}", "Nothing was added; make room and try again."
        )
    return workspace.knowledge.add([folder / name for name in names], space)


def _check(workspace: Workspace, space: str) -> None:
    workspace.check_may_change("adding documents")
    if not _SPACE.fullmatch(space) or space.endswith("."):
        raise InvalidDefinition(f"{space[:80]!r} is no name for a knowledge space.", "Letters, digits and _ - . only.")
    if not workspace.settings.grants.has_space(space):
        raise NotGranted(
            f"The space {space!r} is not granted.", "Add it to knowledge in analyst.toml [analyst.grants]."
        )


def _folder(root: Path, space: str) -> Path:
    """Where a space's uploads lie. Raises InvalidDefinition where a link would lead out of the workspace."""
    folder = root / FOLDER / space
    if not folder.resolve().is_relative_to(root.resolve() / FOLDER):
        raise InvalidDefinition(
            f"The folder of {space!r} leads out of {FOLDER}.", "Remove the link, or use another space."
        )
    return folder


def _cutting(workspace: Workspace, space: str, one: Upload, known: Sequence[Document]) -> Cutting:
    try:
        name = file_name(one.name)
        path = _folder(workspace.root, space) / name
        document = read_document(path.resolve(), space, one.content)
    except InvalidDefinition as error:
        return Cutting(one_line(one.name)[:LONGEST_NAME], problem=f"{error.message} {error.hint}")
    except NotReadable as reason:
        return Cutting(name, problem=f"It cannot be read: {reason}.")
    shown = workspace.shown_documents.whole(document)
    return Cutting(name, shown, tuple(cut(shown)), _replaced(document, known))


def _replaced(document: Document, known: Sequence[Document]) -> str:
    for one in known:
        if one.path == document.path:
            return f"It replaces the file of this name, {one.title}."
        if (one.space, one.id) == (document.space, document.id):
            return f"It takes the place of {one.id}, {one.title}."
    return ""
