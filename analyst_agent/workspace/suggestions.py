"""Questions that may follow an answer: made of what it shows, each one that the analyst understands where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.agent.narrowing import EXECUTABLE, is_sure
from analyst_agent.claims.formats import is_number
from analyst_agent.errors import AnalystError
from analyst_agent.masking import one_line
from analyst_agent.records import Plan, Status
from analyst_agent.state.conversations import Turn
from analyst_agent.workspace import Workspace
from analyst_agent.workspace.conversing import thread_of

MOST = 3
NAMED = ("product_area", "tier", "segment", "region", "root_cause", "team", "category")
"""Dimensions of whose values a question may go on."""


def suggested(workspace: Workspace, turns: Sequence[Turn]) -> tuple[str, ...]:
    """At most three questions that go on from the last turn, none of which was asked before; none where it is no answer."""
    if not turns or turns[-1].status != Status.ANSWERED or turns[-1].plan is None:
        return ()
    thread, analyst = thread_of(turns), workspace.analyst("offline")
    asked = {turn.question.casefold().rstrip(" ?") for turn in turns}
    found: list[str] = []
    for question in _candidates(turns[-1]):
        if question.casefold().rstrip(" ?") in asked:
            continue
        try:
            plan = analyst.read(question, thread)
        except AnalystError:
            continue
        if plan.intent in EXECUTABLE and is_sure(plan) and not _is_same(plan, turns[-1].plan):
            found.append(question)
        if len(found) == MOST:
            break
    return tuple(found)


def _candidates(turn: Turn) -> list[str]:
    largest = _largest(turn)
    skill = next(iter(turn.answer.get("skills") or ()), "")
    made = [f"And only for {largest}?"] if largest else []
    made += ["And the month before?", "Do Enterprise customers escalate more?", "And by region?", "What did it cost?"]
    if skill != "root_cause_trend":
        made.append("What drove escalations last month?")
    return [*made, "Which known issues do they match?", "And by product area?"]


def _largest(turn: Turn) -> str:
    """The value named first in the first table, as it is stored."""
    for table in turn.answer.get("tables") or ():
        columns, rows = table["columns"], table["rows"]
        if columns and columns[0]["key"] in NAMED and len(rows) > 1 and any(is_number(cell) for cell in rows[0]):
            value = rows[0][0]
            return one_line(str(value)).replace("_", " ") if value not in (None, "unclassified") else ""
    return ""


def _is_same(one: Plan, other: Plan) -> bool:
    return (one.skill, one.metrics, one.by, one.where, one.period, one.focus) == (
        other.skill,
        other.metrics,
        other.by,
        other.where,
        other.period,
        other.focus,
    )
