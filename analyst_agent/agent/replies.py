"""Answers that need no number: asking back, refusing, small talk."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.agent.desk import Desk
from analyst_agent.claims.escape import escaped
from analyst_agent.errors import AnalystError
from analyst_agent.masking import one_line
from analyst_agent.parts import Part
from analyst_agent.records import Answer, Intent, Plan, Status

LONGEST_REASON = 1_200
CAN_ASK = "Ask about escalations, their causes and cost, differences between customers, policies or known issues"


def plain_reply(question: str, plan: Plan, desk: Desk) -> Answer:
    """The answer to a plan of intent clarify, refuse or smalltalk."""
    if plan.intent is Intent.CLARIFY:
        choices = tuple(replace(choice, text=one_line(choice.text)) for choice in plan.choices)
        asked = plain(plan.reason) or "This can be meant in several ways."
        text = "\n".join([asked, "", *(f"{i}. {plain(choice.text)}" for i, choice in enumerate(choices, 1))])
        parts = (Part("text", text, asked),)  # a page has the choices to press
        return Answer(question, Status.CLARIFY, text, choices=choices, plan=plan, parts=parts)
    if plan.intent is Intent.SMALLTALK:
        return Answer(
            question,
            Status.ANSWERED,
            f"{plain(plan.reason) or 'Glad to help.'} {CAN_ASK}, for example: {example(desk)}",
            plan=None,
        )
    reason = plain(plan.reason) or "That is not in the data or the documents."
    return Answer(question, Status.REFUSED, f"{reason}\n\n{CAN_ASK}, for example: {example(desk)}", plan=plan)


def refusal(question: str, plan: Plan, error: AnalystError, desk: Desk) -> Answer:
    """The answer when a plan could not be executed: what is wrong and what can be asked instead."""
    return Answer(question, Status.REFUSED, plain(f"{error.message} {error.hint}"), period=plan.period, plan=plan)


def plain(text: str) -> str:
    """A sentence as harmless Markdown: the nearest names it offers are stored values, which somebody else wrote."""
    return escaped(text, LONGEST_REASON)


def example(desk: Desk) -> str:
    """A question that this workspace can answer."""
    for skill in desk.skills.values():
        if skill.examples:
            return skill.examples[0]
    return "How many tickets were escalated last month?"
