"""What one caller may see of a workspace: restrictions from outside, the mark of grants and scope, and rows set aside within them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyst_agent.records import Filter, to_json
from analyst_agent.settings import Grants, MandatoryScope

if TYPE_CHECKING:
    from analyst_agent.warehouse.report import Reject
    from analyst_agent.workspace import Workspace

VARIABLE = "ANALYST_RESTRICT"
"""Conditions of a wrapper that runs the command for somebody; they narrow what the settings allow and never widen it."""

_OBJECT_OF = {
    "accounts": "account", "agents": "agent", "tickets": "ticket", "escalations": "escalated_ticket", "resolutions": "resolution",
}  # fmt: skip
_NAMES_ANOTHER = {"account_id": "account", "agent_id": "agent"}

ROLE = "ANALYST_ROLE"
"""The role of whom such a wrapper runs the command for; it decides whether personal data are masked."""


def callers_restrictions(given: Sequence[Filter | str]) -> tuple[Filter, ...]:
    """The conditions a caller gives, with those of the environment. Raises InvalidDefinition for one that cannot be read."""
    said = os.environ.get(VARIABLE)
    if not given and said is None:
        return ()
    from analyst_agent.warehouse.querying.restrictions import parse_restrictions

    found: list[Filter] = []
    for one in given:
        found += parse_restrictions(one, "restrictions") if isinstance(one, str) else [one]
    if said is not None:
        found += parse_restrictions(said, VARIABLE)
    return tuple(found)


def callers_role(given: str) -> str:
    """The role a caller gives, else that of the environment, "" for none."""
    return (given or os.environ.get(ROLE, "")).strip()


def said_scope(scope: MandatoryScope, restrictions: Sequence[Filter]) -> str:
    """All restrictions in words, as they were given and not yet checked; "" for none."""
    if not scope and not restrictions:
        return ""
    from analyst_agent.warehouse.querying.restrictions import filters_of, scope_text

    return scope_text((*filters_of(scope), *restrictions))


def fingerprint(grants: Grants, restrictions: Sequence[Filter], shows_personal: bool = False) -> str:
    """The mark of what may be seen: equal for equal grants and restrictions in any order, "" where nothing is held back but
    personal data.
    """
    if grants == Grants() and not restrictions and not shows_personal:
        return ""
    granted = {name: sorted(listed) if listed is not None else None for name, listed in to_json(grants).items()}
    held = sorted(json.dumps(to_json(one)) for one in restrictions)
    return hashlib.sha256(
        json.dumps([granted, held, *(["personal"] if shows_personal else [])], sort_keys=True).encode()
    ).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class RowsAside:
    """Rows set aside and fields emptied, as far as they may be shown. withheld: how many may not; reason: why."""

    rejects: tuple[Reject, ...]
    emptied: tuple[Reject, ...]
    withheld: int = 0
    reason: str = ""


def rows_aside(workspace: Workspace) -> RowsAside:
    """What `analyst rejects` may show: a malformed row has no account or region that could be trusted, so that within
    restrictions only the number is told; without a grant, neither its tables nor its columns.
    """
    from analyst_agent.warehouse.set_aside import current_emptied, current_rejects

    rejects, emptied = current_rejects(workspace.root), current_emptied(workspace.root)
    if workspace.scope:
        why = f"Malformed rows cannot be placed within {workspace.scope}, so that only their number is told."
        return RowsAside((), (), len(rejects) + len(emptied), why)
    grants = workspace.settings.grants
    shown = tuple(one for one in rejects if _is_granted(one, grants))
    shown_emptied = tuple(one for one in emptied if _is_granted(one, grants))
    withheld = len(rejects) + len(emptied) - len(shown) - len(shown_emptied)
    return RowsAside(shown, shown_emptied, withheld, "They hold what this analyst is not granted." if withheld else "")


def _is_granted(one: Reject, grants: Grants) -> bool:
    """Whether the entry's table and column are granted. A whole row, or a column of somebody's own, may hold anything."""
    from analyst_agent.warehouse.tables import TABLES

    if all(grants.has_object(name) for name in _OBJECT_OF.values()):
        return True
    table = TABLES.get(one.table)
    if table is None or one.column not in table.names or not grants.has_object(_OBJECT_OF[one.table]):
        return False
    return one.column not in _NAMES_ANOTHER or grants.has_object(_NAMES_ANOTHER[one.column])
