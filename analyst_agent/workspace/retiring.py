"""Taking a document out of the knowledge: answers no longer find it; its file is kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analyst_agent.errors import UnknownName, WorkspaceError
from analyst_agent.workspace import PRIVATE, Workspace
from analyst_agent.workspace.uploading import FOLDER

KEPT = Path(PRIVATE) / "retired"
"""Where files that were handed in lie once their documents are retired, so that no later add brings them back."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A document that was taken out. file: where its file is now, relative to the workspace where it lies in it; was_moved: whether
    it was put there, since people had handed it in; a file of somebody's own folder stays where it is.
    """

    name: str
    title: str
    space: str
    file: str
    was_moved: bool


def retire(workspace: Workspace, space: str, name: str) -> Retired:
    """Takes out the granted document that is shown under that name.

    Raises UnknownName, NotGranted within a restriction, or WorkspaceError where its file cannot be moved; then it is in force as before.
    """
    workspace.check_may_change("retiring documents")
    shown = workspace.shown_documents
    known = {
        shown.name(one.id): one for one in workspace.knowledge.contents(workspace.granted_spaces) if one.space == space
    }
    if name not in known:
        raise UnknownName("document", name, known, "The page of all documents lists them.")
    document, root = known[name], workspace.root.resolve()
    path = Path(document.path)
    was_moved = path.is_relative_to(root / FOLDER) and path.is_file()
    moved = _moved(root, path) if was_moved else path
    try:
        workspace.knowledge.remove(document.space, document.id)
    except BaseException:
        if was_moved:
            os.replace(moved, path)
        raise
    file = str(moved.relative_to(root)) if moved.is_relative_to(root) else str(moved)
    return Retired(name, shown.text(document.title), space, file, was_moved)


def _moved(root: Path, path: Path) -> Path:
    """The file among those retired, under a name that none there has."""
    folder = root / KEPT / path.parent.relative_to(root / FOLDER)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, to = 1, folder / path.name
        while to.exists():
            number += 1
            to = folder / f"{path.stem} ({number}){path.suffix}"
        os.replace(path, to)
    except OSError as error:
        raise WorkspaceError(
            f"{path.name} cannot be put among the retired files: {error.strerror}.",
            "Check that the workspace's folder can be written.",
        ) from error
    return to
