"""A model's own words around claims: bound, repaired once, and the default text where they cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyst_agent.agent.calling import Caller
from analyst_agent.agent.disarm import disarmed
from analyst_agent.agent.events import Event, Wording
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.mending.echoes import without_echoes
from analyst_agent.agent.mending.passages import kept_to_passages
from analyst_agent.agent.narrowing import EXECUTABLE
from analyst_agent.agent.prompting import again_message, again_prompt, system_prompt
from analyst_agent.agent.tools import Bench
from analyst_agent.agent.turns import Asked, Spoken, model_turn, repaired, run_plan
from analyst_agent.agent.views import NOW_ANSWER, model_view
from analyst_agent.claims import bind
from analyst_agent.claims.binding import Bound
from analyst_agent.errors import ModelError
from analyst_agent.records import Grounding
from analyst_agent.report.answer import SEARCH

LONGEST_TEXT = 8_000
"""No answer is longer; a model that writes more than this has lost its way."""
MOST_JOINTS = 20
"""Characters of a text beside its claims that say nothing: spaces, "Mark:"."""
STANDS = "the default text stands."


@dataclass(frozen=True, slots=True)
class Worded:
    """What is to be told: the findings that count, and the model's text (None for the default layout) with its grounding and the ids of
    the claims in it, or no grounding and the reason why.
    """

    ledger: Ledger
    text: str | None = None
    grounding: Grounding | None = None
    said: tuple[str, ...] = ()
    reason: str | None = None


def worded(caller: Caller, asked: Asked, bench: Bench) -> Iterator[Event | Worded]:
    """The exchange with a model, ending in what is to be told of it. Raises ModelError where no model can be used."""
    spoken = Spoken("")
    for event in model_turn(caller, asked, bench):
        if isinstance(event, Spoken):
            spoken = event
        else:
            yield event
    ledger = bench.ledger
    reason = _unusable(spoken.text)
    if not ledger.findings and asked.plan.intent in EXECUTABLE:
        # Found by none of its calls: the proposed plan is run, and the model asked for its words.
        reason = reason or _nothing_found(ledger)
        yield from run_plan(asked.plan, bench)
    if not ledger.findings:
        yield Worded(ledger.own(), reason=reason)
        return
    bound = None if reason else _bound(spoken.text, asked, bench)
    if bound is None or bound.grounding.unbound or not bound.grounding.bound:
        yield Wording(caller.name, again=True)
        bound = _better(bound, caller, spoken, asked, bench)
    if bound is None or not bound.grounding.bound:
        yield Worded(ledger.own(), reason=reason or f"The model's text referred to no claim; {STANDS}")
        return
    # Where every claim is to be told and nothing else, the layout of the default text is easier to read.
    text = None if _says_all(bound, ledger) else disarmed(bound.text)
    yield Worded(_referred_to(bound, ledger), text, bound.grounding, bound.rendered)


def _nothing_found(ledger: Ledger) -> str:
    why = "None of the model's calls could be run;" if ledger.refusals else "The model called no tool;"
    return f"{why} the proposed plan was run and {STANDS}"


def _unusable(text: str) -> str | None:
    if not text.strip():
        return f"The model's answer was empty; {STANDS}"
    if len(text) > LONGEST_TEXT:
        return f"The model wrote {len(text):,} characters, more than any answer needs; {STANDS}"
    return None


def _bound(text: str, asked: Asked, bench: Bench) -> Bound:
    ledger = bench.ledger
    # What qualifies a finding follows the text in any case.
    caveats = (one.text for finding in ledger.findings for one in finding.caveats)
    told = (system_prompt(bench.desk), NOW_ANSWER, again_prompt(), again_message("", ()), *caveats)
    text = without_echoes(text, "\n".join(told), ledger.say)
    if passages := ledger.passages():
        is_alone = all(finding.skill == SEARCH for finding in ledger.findings)
        text = kept_to_passages(text, passages, is_alone, asked.question, ledger.say)
    return bind(text, ledger.merged(), ledger.wording, tuple(ledger.claims))


def _better(first: Bound | None, caller: Caller, spoken: Spoken, asked: Asked, bench: Bench) -> Bound | None:
    """The repaired text, or the first one (None where it could not be used) where the repair failed or left more unbound.

    A model whose first text was covered by claims for the better part is told what was not. From another one only marks are asked for,
    and what it says beside them does not count. None where there is nothing to be used.
    """
    unbound = first.grounding.unbound if first is not None and not _is_astray(first) else ()
    try:
        text = repaired(caller, asked, bench, spoken.text, unbound).text
    except ModelError as error:
        bench.ledger.say(f"The text could not be repaired: {error.message}")
        text = ""
    second = None if _unusable(text) else _bound(text, asked, bench)
    if second is None or _is_worse(second, first):
        text, second = spoken.text, first
    if second is None or not second.grounding.unbound or (unbound and not _is_astray(second)):
        return second
    return _claims_alone(text, asked, bench)


def _is_worse(second: Bound, first: Bound | None) -> bool:
    if first is None or not first.grounding.bound:
        return False
    return second.grounding.bound == 0 or len(second.grounding.unbound) > len(first.grounding.unbound)


def _is_astray(bound: Bound) -> bool:
    """Whether more of a text is covered by no claim than by one."""
    return len(bound.grounding.unbound) > bound.grounding.bound or not bound.grounding.bound


def _claims_alone(text: str, asked: Asked, bench: Bench) -> Bound | None:
    """The claims that a text refers to, without its words; None where it refers to none."""
    known = {claim.id for claim in bench.ledger.claims}
    marks = [mark for mark in dict.fromkeys(re.findall(r"\[(c\d+)\]", text)) if mark in known]
    if not marks:
        return None
    bench.ledger.say("Kept only the claims that the model's text refers to: its words were covered by none.")
    return _bound(" ".join(f"[{mark}]" for mark in marks), asked, bench)


def _says_all(bound: Bound, ledger: Ledger) -> bool:
    """Whether a text is nothing but all the claims that the model was shown."""
    seen = [model_view(found, ledger.claims_at(place)) for place, found in enumerate(ledger.findings)]
    shown = {claim.id for claim in ledger.claims if any(f"[{claim.id}]" in view for view in seen)}
    length = sum(len(claim.text) for claim in ledger.claims if claim.id in bound.rendered)
    return shown.issubset(bound.rendered) and len(bound.text) <= length + len(bound.rendered) + MOST_JOINTS


def _referred_to(bound: Bound, ledger: Ledger) -> Ledger:
    """The findings that the text uses, and those of the question's own plan."""
    of = {claim.id: place for place in range(len(ledger.findings)) for claim in ledger.claims_at(place)}
    of |= {fact.id: place for place, finding in enumerate(ledger.findings) for fact in finding.facts}
    used = {of[one] for one in bound.rendered if one in of}
    used |= set(range(ledger.planned))
    kept = ledger.kept(used) if used else ledger
    kept.raised(bound.rendered)
    return kept


__all__ = ["Worded", "worded"]
