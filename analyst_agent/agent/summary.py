"""A model's words for the opening of a report: claims in an order of its choosing, joined by a few words, or nothing of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from analyst_agent.agent.calling import Caller
from analyst_agent.agent.disarm import disarmed
from analyst_agent.agent.models import untraced
from analyst_agent.claims import Claim, Wording, bind
from analyst_agent.errors import ModelError
from analyst_agent.records import Finding

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

LONGEST_TEXT = 2_000
MOST_WORDS_BESIDE = 12
"""In a sentence, beside its claims. What a claim's mark does not bring is little, whatever it says."""
STANDS = "The default text stands."
_DENYING = re.compile(
    r"(?i)\b(?:no|not|never|none|nor|neither|false|untrue|wrong|unlike|except|without|cannot|\w+n['\u2019]t)\b"
)
"""Beside a claim such a word may turn it into its opposite."""
_MARK = re.compile(r"\[(c\d+)\]|\{\{(c\d+)\}\}")
_END = re.compile(r"(?<=[.!?\]])\s+(?=[\[A-Z{])|\n+")


@dataclass(frozen=True, slots=True)
class Summary:
    """text: the model's, in Markdown, every clause of it bound; None where the default text stands, and why. model: whose it is."""

    text: str | None
    model: str
    reason: str = ""


def summarised(caller: Caller, claims: Sequence[Claim], finding: Finding, wording: Wording) -> Summary:
    """What the first of the caller's models that answers makes of the claims, after one repair at most. Raises nothing that a
    model can cause.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    listed = "\n".join(f"[{claim.id}] {claim.text}" for claim in claims)
    prompt = files("analyst_agent.agent").joinpath("prompts/summary.md").read_text(encoding="utf-8")
    messages: list[BaseMessage] = [SystemMessage(Template(prompt).substitute(claims=listed)), HumanMessage("Write it.")]
    problems: list[str] = []
    try:
        for _ in range(2):
            said = _said(caller, messages)
            text, problems = _checked(said, claims, finding, wording)
            if not problems:
                return Summary(text, caller.name)
            wrong = "\n".join(f"- {one}" for one in problems)
            messages = [
                *messages,
                HumanMessage(f"You wrote:\n{said[:LONGEST_TEXT]}\n\nIt cannot be used:\n{wrong}\nWrite it anew."),
            ]
    except ModelError as error:
        return Summary(None, caller.name, f"{error.message} {STANDS}")
    return Summary(None, caller.name, f"The summary of {caller.name} was not used: {problems[0]} {STANDS}")


def _said(caller: Caller, messages: Sequence[BaseMessage]) -> str:
    with untraced():
        reply = caller.call(lambda model, seconds: model.invoke(list(messages), timeout=seconds))
    return str(reply.text).strip()


def _checked(text: str, claims: Sequence[Claim], finding: Finding, wording: Wording) -> tuple[str, list[str]]:
    """The text with its claims filled in, and what is wrong with it, in sentences; nothing where it can be mailed."""
    if not text:
        return "", ["It is empty."]
    if len(text) > LONGEST_TEXT:
        return "", [f"It has {len(text):,} characters, more than an opening needs."]
    known = {claim.id for claim in claims}
    marks = [one or other for one, other in _MARK.findall(text)]
    problems = [f"There is no claim {mark}." for mark in dict.fromkeys(marks) if mark not in known]
    for sentence in filter(None, map(str.strip, _END.split(text))):
        own = _MARK.sub(" ", sentence)
        beside = len(own.split())
        if not _MARK.search(sentence):
            problems.append(f"A sentence refers to no claim: {sentence[:120]!r}.")
        elif beside > MOST_WORDS_BESIDE:
            problems.append(f"A sentence has {beside} words beside its claims: {sentence[:120]!r}.")
        elif denied := _DENYING.search(own):
            problems.append(f"{denied[0]!r} stands beside a claim: {sentence[:120]!r}.")
    bound = bind(text, finding, wording, tuple(claims))
    problems += [f"No fact bears out {part[:120]!r}." for part in bound.grounding.unbound]
    return disarmed(bound.text), problems
