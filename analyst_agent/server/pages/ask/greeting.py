"""What an empty conversation begins with: what is loaded, and questions that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass

from analyst_agent.claims import formats
from analyst_agent.errors import AnalystError
from analyst_agent.records import SemanticQuery
from analyst_agent.workspace import Workspace

MOST = 6
FIRST = (
    "root_cause_trend",
    "segment_comparison",
    "emerging_issues",
    "cost_of_escalations",
    "team_load",
    "known_issue_impact",
)
"""Skills whose first question is shown, as far as they are here, before that of others."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """How many tickets there are, from which to which day ("" where there is none), and the questions."""

    tickets: str
    first: str
    last: str
    examples: tuple[str, ...]


def greeting(workspace: Workspace) -> Greeting:
    """The greeting of a workspace."""
    skills = workspace.skills
    ordered = [name for name in FIRST if name in skills] + [name for name in skills if name not in FIRST]
    examples = tuple(skills[name].examples[0] for name in ordered if skills[name].examples)[:MOST]
    engine = workspace.engine
    if engine.first_day is None or engine.last_day is None:
        return Greeting("", "", "", examples)
    return Greeting(_tickets(workspace), formats.day(engine.first_day), formats.day(engine.last_day), examples)


def _tickets(workspace: Workspace) -> str:
    try:
        [row] = workspace.engine.run(SemanticQuery(("ticket_count",))).rows
    except AnalystError:
        return "Tickets"
    count = row["ticket_count"]
    return f"{formats.count(count)} {formats.plural(count, 'ticket')}" if isinstance(count, int) else "Tickets"
