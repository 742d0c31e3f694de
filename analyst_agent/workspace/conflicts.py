"""What the granted documents of a workspace say differently about the same case."""

from __future__ import annotations

from analyst_agent.knowledge.contradictions import Contradiction, contradictions
from analyst_agent.workspace import Workspace


def contradictions_of(workspace: Workspace) -> list[Contradiction]:
    """Every pair of demands of two granted documents in force that contradict each other, as they may be shown."""
    documents = workspace.knowledge.contents(workspace.granted_spaces)
    found = contradictions(documents, workspace.knowledge.embedder, workspace.clock.today)
    return [workspace.shown_documents.contradiction(one) for one in found]
