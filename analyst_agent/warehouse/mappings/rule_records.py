"""What is derived from stored changes, as records: rules of escalation, resolutions, and times and counts of a ticket."""

from __future__ import annotations

from dataclasses import dataclass

RULES = ("line_raised", "raised", "becomes", "added", "changes", "overdue", "target")
UNTIL = ("resolved_at", "first_response_at", "closed_at")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of support and the patterns of its groups' names."""

    line: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a ticket counts as escalated. Which of the fields are used depends on `rule`; see docs/sources.md."""

    reason: str
    rule: str
    field: str = ""
    values: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    times: int = 0
    due: str = ""
    until: str = ""
    policy: str = ""
    targets: str = ""
    priority: str = ""
    trigger: str = "agent"
    level: str = ""
    root_cause: str = ""
    team: str = "team"


@dataclass(frozen=True, slots=True)
class Becomes:
    """A field and the values meant, compared without case."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """All that a mapping derives; what is None is not derived."""

    lines: tuple[Line, ...] = ()
    escalations: tuple[Rule, ...] = ()
    resolutions: Becomes | None = None
    closed: Becomes | None = None
    reopened: Becomes | None = None
    first_response: Becomes | None = None
    replies: Becomes | None = None

    @property
    def of_tickets(self) -> dict[str, Becomes]:
        """The ticket columns that are derived, each with what it is derived from."""
        found = {
            "resolved_at": self.resolutions,
            "closed_at": self.closed,
            "reopen_count": self.reopened,
            "first_response_at": self.first_response,
            "customer_reply_count": self.replies,
        }
        return {name: rule for name, rule in found.items() if rule is not None}
