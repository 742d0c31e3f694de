"""The granted documents as people read them: listed with their last use, one of them whole, passages that speak to a query."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.errors import NotGranted, UnknownName
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.passages import cut
from analyst_agent.knowledge.searching import Passage
from analyst_agent.state.uses import Use
from analyst_agent.workspace import Workspace

MOST_PASSAGES = 12


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in a list. use: when it was last cited in an answer; None where it never was."""

    id: str
    title: str
    space: str
    product_area: str
    status: str
    effective: str
    passages: int
    use: Use | None = None


def listed_documents(workspace: Workspace) -> list[ListedDocument]:
    """The granted documents, by space and id."""
    uses = workspace.uses.of(workspace.fingerprint if workspace.restrictions else None)
    text = workspace.shown_documents.text
    found = []
    for one in _granted(workspace):
        name = workspace.shown_documents.name(one.id)
        use = uses.get((one.space, name)) or uses.get(("", name))
        area, status, effective = (text(said or "") for said in (one.product_area, one.status, one.effective))
        found.append(ListedDocument(name, text(one.title), one.space, area, status, effective, len(cut(one)), use))
    return found


def document_of(workspace: Workspace, space: str, name: str) -> Document:
    """A granted document, as it may be shown. Raises UnknownName."""
    known = [one for one in _granted(workspace) if one.space == space]
    for one in known:
        if workspace.shown_documents.name(one.id) == name:
            return workspace.shown_documents.whole(one)
    named = [workspace.shown_documents.name(one.id) for one in known]
    raise UnknownName("document", name, named, "The page of all documents lists them.")


def passages_on(workspace: Workspace, query: str, space: str = "") -> list[Passage]:
    """Passages that speak to a query, best first; none where the documents do not say. space: only this one.

    Raises NotGranted or UnknownName for a space.
    """
    found = workspace.knowledge.search(query, spaces=_spaces(workspace, space), limit=MOST_PASSAGES)
    return [workspace.shown_documents.passage(one) for one in found]


def spaces_of(workspace: Workspace) -> list[str]:
    """The granted spaces that hold a document."""
    return workspace.knowledge.spaces(workspace.granted_spaces)


def _granted(workspace: Workspace) -> list[Document]:
    return workspace.knowledge.contents(workspace.granted_spaces)


def _spaces(workspace: Workspace, space: str) -> tuple[str, ...] | None:
    if not space:
        return workspace.granted_spaces
    if not workspace.settings.grants.has_space(space):
        raise NotGranted(f"The space {space!r} is not granted.", "Ask the workspace's owner.")
    if space not in spaces_of(workspace):
        raise UnknownName("space", space, spaces_of(workspace))
    return (space,)
