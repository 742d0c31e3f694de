"""Mails of runs of everything that went to somebody within their scope: the edition of their region, which is theirs to see, and nothing else of the run."""

from __future__ import annotations

from email.utils import parseaddr

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.state.outbox import Entry
from analyst_agent.warehouse.querying.restrictions import parse_restrictions
from analyst_agent.workspace import Workspace

APART = "; "
"""Between the conditions in an edition's name."""


def editions_for(workspace: Workspace, address: str, playbook: str = "", run: str = "") -> list[Entry]:
    """The reports that went to an address within all restrictions of the workspace, the latest first; none without restrictions.

    playbook, run: only of these.
    """
    if not workspace.restrictions or not address:
        return []
    wanted = address.casefold()
    return [
        one
        for one in workspace.outbox.listed(run=run)
        if parseaddr(one.recipient)[1].casefold() == wanted
        and not one.is_notice
        and (not playbook or one.playbook == playbook)
        and _is_within(workspace, one.edition)
    ]


def edition_for(workspace: Workspace, address: str, name: str) -> Entry:
    """One of them. Raises UnknownName."""
    entry = workspace.outbox.get(name)
    if entry is None or entry not in editions_for(workspace, address, run=entry.run):
        raise UnknownName("mail", name, (), "The page of its run lists its mails.")
    return entry


def _is_within(workspace: Workspace, edition: str) -> bool:
    """Whether an edition was made under every condition that holds for the workspace, or more."""
    try:
        made = [one for text in edition.split(APART) if text for one in parse_restrictions(text, "the edition")]
    except InvalidDefinition:
        return False
    return all(one in made for one in workspace.restrictions)
