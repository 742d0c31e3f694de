"""Who asks: a person signed in, a token, or whoever sits at this machine as long as there are no accounts; and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analyst_agent.errors import NotGranted, UnknownName
from analyst_agent.settings.serving import ROLES

LEADER, LEAD, OPERATIONS, ADMIN = ROLES
Permission = Literal["ask", "run", "send", "curate", "administer"]
"""ask: questions, overview, documents, runs within one's scope; run: playbooks into the outbox; send: activate, resume, approve and
send; curate: load data, add documents, verify readings, export rows set aside; administer: people, everybody's tokens, the audit.
"""
MAY: dict[str, frozenset[Permission]] = {
    LEAD: frozenset({"ask"}),
    LEADER: frozenset({"ask", "run"}),
    OPERATIONS: frozenset({"ask", "run", "send", "curate"}),
    ADMIN: frozenset({"ask", "run", "send", "curate", "administer"}),
}
LOCAL = "local"
"""The owner of what is asked at this machine without an account."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever a request is from. owner: the account's id, whose conversations are seen; name: what the audit and the page show.

    restrictions: conditions on every number, such as `region = EMEA`; what they narrow nobody can widen in a request.
    session: the mark of the browser's session, "" for a token or without accounts.
    """

    owner: str
    name: str
    role: str
    restrictions: tuple[str, ...] = ()
    session: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it."""
        return permission in MAY.get(self.role, frozenset())

    def check(self, permission: Permission) -> None:
        """Raises NotGranted where the role does not allow it."""
        if not self.may(permission):
            allowed = [role for role in ROLES if permission in MAY[role]]
            raise NotGranted(f"The role {self.role!r} may not do this.", f"Ask somebody who is {' or '.join(allowed)}.")


def checked_role(role: str) -> str:
    """The role. Raises UnknownName where there is none of that name."""
    if role not in ROLES:
        raise UnknownName("role", role, ROLES)
    return role


def at_most(role: str, most: str) -> str:
    """The role, or `most` where that may do less; each role may do what the one below it may.

    >>> at_most("admin", "leader"), at_most("lead", "leader")
    ('leader', 'lead')
    """
    return role if MAY[role] <= MAY[most] else most
