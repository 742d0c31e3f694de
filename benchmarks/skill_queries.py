"""The queries a skill runs, taken from its finding, beside the tightest SQL a person would write for the same answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analyst_agent.records import Citation, Finding, Period, QueryRecord
from analyst_agent.semantic.model import normal_code
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.semantic.rollup import SPLIT
from analyst_agent.skillkit import DocumentedIssue, IssueMatch, PolicyMatch, SkillContext
from analyst_agent.workspace import Workspace
from benchmarks.by_hand.agent_comparison import agent_comparison
from benchmarks.by_hand.cost_of_escalations import cost_of_escalations
from benchmarks.by_hand.customer_journey import customer_journey
from benchmarks.by_hand.daily_brief import daily_brief
from benchmarks.by_hand.emerging_issues import emerging_issues
from benchmarks.by_hand.escalation_trend import escalation_trend
from benchmarks.by_hand.known_issue_impact import known_issue_impact
from benchmarks.by_hand.root_cause_trend import root_cause_trend
from benchmarks.by_hand.satisfaction_impact import satisfaction_impact
from benchmarks.by_hand.segment_comparison import segment_comparison
from benchmarks.by_hand.team_load import team_load
from benchmarks.by_hand.ticket_list import ticket_list
from benchmarks.by_hand.ticket_story import ticket_story

PERIODS = ("last month", "last 12 months")
TOTALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "escalated": ("escalated_ticket_count", "escalation_rate__numerator"),
        "tickets": ("ticket_count", "escalation_rate__denominator", "escalation_rate__n"),
        "resolved": ("resolution_count",),
        "still_open": ("open_escalated_count",),
        "cost": ("estimated_cost",),
        "rated": ("mean_ticket_csat__n",),
        "subject": ("subject",),
        "notes": ("notes",),
    }
)
"""What both sides have to agree on: a column of the SQL by hand, and those of a skill's queries that say the same. Numbers are added
up; of texts the rows are counted."""
BOTH = ("escalated", "tickets")


@dataclass(frozen=True, slots=True)
class Measured:
    """A skill: the SQL by hand for what a finding of it says, the totals that have to agree, and what it is asked with."""

    by_hand: Callable[[Finding, Mapping[str, str]], list[str]]
    totals: tuple[str, ...] = BOTH
    chosen: Mapping[str, Any] = field(default_factory=dict)


# To measure a skill: one line here and a module in by_hand.
SKILLS: Mapping[str, Measured] = MappingProxyType(
    {
        "root_cause_trend": Measured(root_cause_trend, (*BOTH, "cost", "subject", "notes")),
        "segment_comparison": Measured(segment_comparison, BOTH, {"by": "tier"}),
        "escalation_trend": Measured(escalation_trend),
        "emerging_issues": Measured(emerging_issues, (*BOTH, "subject")),
        "known_issue_impact": Measured(known_issue_impact),
        "cost_of_escalations": Measured(cost_of_escalations, (*BOTH, "cost", "subject", "notes")),
        "team_load": Measured(team_load, (*BOTH, "still_open")),
        "agent_comparison": Measured(agent_comparison),
        "satisfaction_impact": Measured(satisfaction_impact, ("rated",)),
        "customer_journey": Measured(customer_journey),
        "ticket_story": Measured(ticket_story, ("subject", "notes")),
        "daily_brief": Measured(daily_brief, (*BOTH, "resolved", "subject")),
        "ticket_list": Measured(ticket_list, ("escalated", "subject")),
    }
)


class NoDocuments:
    """A library that claims known issues and matches none: the skill's queries are measured, not the search in documents."""

    def has_known_issues(self) -> bool:
        """As a workspace with documents says."""
        return True

    def issues(self) -> Sequence[DocumentedIssue]:
        """None to name."""
        return ()

    def match(
        self, texts: Sequence[tuple[str, str]], product_areas: Collection[str] = (), areas: Mapping[str, str] | None = None,
        *, each: bool = False, population: int = 0, most_compared: int | None = None,
    ) -> Sequence[IssueMatch]:  # fmt: skip
        """None."""
        return ()

    def policy_for(self, about: str, product_area: str | None = None) -> PolicyMatch | None:
        """None."""
        return None

    def search(self, query: str, spaces: Sequence[str] = (), limit: int = 4) -> Sequence[Citation]:
        """None."""
        return ()


def open_workspace(folder: Path) -> Workspace:
    """The loaded workspace of a benchmark."""
    return Workspace.open(folder)


def periods(workspace: Workspace) -> list[Period]:
    """The periods that are measured."""
    found = [parse_period(text, workspace.clock) for text in PERIODS]
    return [period for period in found if isinstance(period, Period)]


def finding_of(workspace: Workspace, skill: str, period: Period) -> Finding:
    """What the skill finds."""
    context = SkillContext(workspace.engine, workspace.clock, workspace.settings, NoDocuments())
    chosen = {"ticket": _ticket(workspace)} if skill == "ticket_story" else SKILLS[skill].chosen
    found: Finding = workspace.skills[skill].function(context, period=period, **chosen)
    return found


def statements(finding: Finding) -> list[str]:
    """What the skill's queries ran: several that were read together are one statement."""
    return list(dict.fromkeys(record.sql for record in finding.queries))


def hand_written(workspace: Workspace, skill: str, finding: Finding) -> list[str]:
    """A person's SQL for the same answer."""
    return SKILLS[skill].by_hand(finding, stored_codes(workspace))


def stored_codes(workspace: Workspace) -> dict[str, str]:
    """Reason codes as these tables spell them, in lower case, with their root cause: what a person would write into the SQL."""
    cursor = workspace.warehouse.connection.cursor()
    found = cursor.execute(
        "SELECT DISTINCT lower(reason_code) FROM escalated_tickets WHERE reason_code <> ''"
    ).fetchall()
    known = workspace.model.reason_codes
    return {code: known[normal_code(code)] for (code,) in sorted(found) if normal_code(code) in known}


def differences(workspace: Workspace, skill: str, finding: Finding, hand: Sequence[str]) -> list[str]:
    """The totals on which the skill's queries and the SQL by hand do not agree, each with both numbers; empty where they say the same."""
    ours = [record.sql for record in sorted(finding.queries, key=lambda one: _remoteness(one, finding.period))]
    found = []
    for name in SKILLS[skill].totals:
        sums = _total(workspace, ours, TOTALS[name]), _total(workspace, hand, (name,))
        if sums[0] is None or sums[1] is None or not math.isclose(*sums, rel_tol=1e-9):
            found.append(f"{name} is {sums[0]} against {sums[1]} by hand")
    return found


def _remoteness(record: QueryRecord, period: Period | None) -> tuple[bool, int]:
    """Queries of all that was asked about before those of another period or of a part."""
    asked = record.semantic["period"]
    days = asked and (asked["start"], asked["end"])
    return period is None or days != (str(period.start), str(period.end)), len(record.semantic["where"])


def _total(workspace: Workspace, statements: Sequence[str], names: Sequence[str]) -> float | None:
    """The sum of a number in the first statement that has it, or the rows of all statements that have a text; None where none has."""
    cursor = workspace.warehouse.connection.cursor()
    rows_of_texts = None
    for sql in statements:
        cursor.execute(sql)
        columns = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        if SPLIT in columns:
            rows = [row for row in rows if row[columns.index(SPLIT)] == 0]  # the others are sums of these
        for name in (name for name in names if name in columns):
            values = [row[columns.index(name)] for row in rows if row[columns.index(name)] is not None]
            if not any(isinstance(value, str) for value in values):
                return float(sum(values))
            rows_of_texts = (rows_of_texts or 0) + len(rows)
    return rows_of_texts


def _ticket(workspace: Workspace) -> str:
    """A ticket that was escalated as often as any."""
    cursor = workspace.warehouse.connection.cursor()
    row = cursor.execute(
        "SELECT ticket_id FROM escalated_tickets ORDER BY escalation_count DESC, ticket_id LIMIT 1"
    ).fetchone()
    if row is None:
        raise ValueError("no ticket was escalated")
    return str(row[0])
