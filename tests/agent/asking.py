"""Asking the demo's analyst with a scripted model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analyst_agent.agent.analyst import Analyst
from analyst_agent.agent.calling import Patience
from analyst_agent.agent.desk import Desk
from analyst_agent.agent.scripted_model import ScriptedModel
from analyst_agent.agent.threads import NO_THREAD, Thread
from analyst_agent.records import Answer, Plan
from analyst_agent.workspace import Workspace

QUESTION = "What drove escalations last month?"
"""Its plan is sure: it is run before the model is asked."""
UNSURE = "Are escalations going up, or is that noise?"
"""Asked with `ask_unsure`, so that the model chooses, however well the question is understood."""
IMPATIENT = Patience(retries=1, first_wait_s=0.01, longest_wait_s=0.1)


def ask(workspace: Workspace, question: str, *script: Any, thread: Thread = NO_THREAD) -> tuple[Answer, ScriptedModel]:
    """The answer, and the model with what it was sent."""
    model = ScriptedModel(script=list(script))
    return Analyst(workspace.desk, "scripted:test", lambda _: model, IMPATIENT).ask(question, thread), model


def ask_unsure(
    workspace: Workspace, question: str, *script: Any, thread: Thread = NO_THREAD
) -> tuple[Answer, ScriptedModel]:
    """As `ask`, with a plan that is not sure enough to be run before the model is asked."""
    model = ScriptedModel(script=list(script))
    analyst = Analyst(workspace.desk, "scripted:test", lambda _: model, IMPATIENT)
    return analyst.ask(question, thread, doubtful(analyst, question, thread)), model


def doubtful(analyst: Analyst, question: str, thread: Thread = NO_THREAD) -> Plan:
    """What the question asks for, half sure of it."""
    return replace(analyst.read(question, thread), confidence=0.5)


def desk_with(workspace: Workspace, **settings: Any) -> Desk:
    """The desk under other settings of the model."""
    return replace(workspace.desk, settings=replace(workspace.desk.settings, **settings))
