"""A model's own words around claims: bound, repaired once, and the default text where they cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analyst_agent.agent.calling import Caller
from analyst_agent.agent.disarm import disarmed
from analyst_agent.agent.events import Event, Wording
from analyst_agent.agent.ledger import Ledger
from analyst_agent.agent.mending.passages import kept_to_passages
from analyst_agent.agent.tools import Bench
from analyst_agent.agent.turns import Asked, Spoken, model_turn, repaired
from analyst_agent.claims import bind
from analyst_agent.claims.binding import Bound
from analyst_agent.errors import ModelError
from analyst_agent.records import Grounding
from analyst_agent.report.answer import SEARCH

LONGEST_TEXT = 8_000
"""No answer is longer; a model that writes more than this has lost its way."""
STANDS = "the default text stands."


@dataclass(frozen=True, slots=True)
class Worded:
    """What is to be told: the findings that count, and the model's text with its grounding, or none and the reason why."""

    ledger: Ledger
    text: str | None = None
    grounding: Grounding | None = None
    reason: str | None = None


def worded(caller: Caller, asked: Asked, bench: Bench) -> Iterator[Event | Worded]:
    """The exchange with a model, ending in what is to be told of it. Raises ModelError where no model can be used."""
    spoken = Spoken("")
    for event in model_turn(caller, asked, bench):
        if isinstance(event, Spoken):
            spoken = event
        else:
            yield event
    reason = _unusable(spoken.text)
    if reason or not bench.ledger.findings:
        yield Worded(bench.ledger.own(), reason=reason)
        return
    bound = _bound(spoken, asked, bench.ledger)
    if bound.grounding.unbound:
        yield Wording(caller.name, again=True)
        bound = _better(bound, caller, spoken, asked, bench)
    if bound.grounding.bound == 0:
        yield Worded(bench.ledger.own(), reason=f"The model's text referred to no claim; {STANDS}")
        return
    yield Worded(_referred_to(bound, bench.ledger), disarmed(bound.text), bound.grounding)


def _unusable(text: str) -> str | None:
    if not text.strip():
        return f"The model's answer was empty; {STANDS}"
    if len(text) > LONGEST_TEXT:
        return f"The model wrote {len(text):,} characters, more than any answer needs; {STANDS}"
    return None


def _bound(spoken: Spoken, asked: Asked, ledger: Ledger) -> Bound:
    text, passages = spoken.text, ledger.passages()
    if passages:
        is_alone = all(finding.skill == SEARCH for finding in ledger.findings)
        text = kept_to_passages(text, passages, is_alone, asked.question, ledger.say)
    return bind(text, ledger.merged(), ledger.wording, tuple(ledger.claims))


def _better(bound: Bound, caller: Caller, spoken: Spoken, asked: Asked, bench: Bench) -> Bound:
    """The repaired text, or the first one where the repair failed or left more unbound."""
    try:
        again = repaired(caller, spoken, bound.grounding.unbound, bench.desk)
    except ModelError as error:
        bench.ledger.say(f"The text could not be repaired: {error.message}")
        return bound
    if _unusable(again.text):
        return bound
    second = _bound(again, asked, bench.ledger)
    is_worse = second.grounding.bound == 0 or len(second.grounding.unbound) > len(bound.grounding.unbound)
    return bound if is_worse and bound.grounding.bound else second


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
