"""The queries a skill runs, taken from its finding, beside the tightest SQL a person would write for the same answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analyst_agent.records import Citation, Finding, Period
from analyst_agent.semantic.model import normal_code
from analyst_agent.semantic.period_grammar import parse_period
from analyst_agent.skillkit import DocumentedIssue, IssueMatch, PolicyMatch, SkillContext
from analyst_agent.workspace import Workspace
from benchmarks import by_hand

SKILLS = ("root_cause_trend", "segment_comparison")
PERIODS = ("last month", "last 12 months")


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
        *, each: bool = False,
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
    chosen: Mapping[str, Any] = {"by": "tier"} if skill == "segment_comparison" else {}
    found: Finding = workspace.skills[skill].function(context, period=period, **chosen)
    return found


def queries_of(workspace: Workspace, skill: str, period: Period) -> list[str]:
    """SQL of the queries it ran."""
    return [record.sql for record in finding_of(workspace, skill, period).queries]


def hand_written(workspace: Workspace, skill: str, finding: Finding) -> list[str]:
    """A person's SQL for the same answer."""
    period = finding.period
    if period is None:
        raise ValueError(f"{skill} found no period")
    if skill == "segment_comparison":
        return by_hand.segment_comparison(period, _examined(finding))
    [texts] = [q.semantic["period"] for q in finding.queries if "subject" in q.semantic["by"]]
    examined = Period(date.fromisoformat(texts["start"]), date.fromisoformat(texts["end"]))
    return by_hand.root_cause_trend(period, finding.comparison, examined, stored_codes(workspace))


def _examined(finding: Finding) -> list[tuple[str, str, tuple[str, ...]]]:
    """The combinations that the skill looked at by account: the dimension of one value, the other and its values."""
    found = []
    for record in finding.queries:
        for one in record.semantic["where"]:
            if one["op"] == "in" and len(record.semantic["by"]) == 2:
                found.append((record.semantic["by"][0], one["field"], tuple(one["value"])))
    return found


def stored_codes(workspace: Workspace) -> dict[str, str]:
    """Reason codes as these tables spell them, in lower case, with their root cause: what a person would write into the SQL."""
    cursor = workspace.warehouse.connection.cursor()
    found = cursor.execute(
        "SELECT DISTINCT lower(reason_code) FROM escalated_tickets WHERE reason_code <> ''"
    ).fetchall()
    known = workspace.model.reason_codes
    return {code: known[normal_code(code)] for (code,) in sorted(found) if normal_code(code) in known}


def total_escalated(workspace: Workspace, statements: Sequence[str]) -> int:
    """Escalated tickets as the first column `escalated` of the statements adds up to: that both sides answer the same."""
    cursor = workspace.warehouse.connection.cursor()
    for sql in statements:
        cursor.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        for name in ("escalated", "escalated_ticket_count", "escalation_rate__numerator"):
            if name in names:
                return sum(int(row[names.index(name)] or 0) for row in rows)
    raise ValueError("no statement counts escalated tickets")
