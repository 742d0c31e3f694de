"""What stands beside a question and is none of ours: "... plus a poem", "... and the weather". It is said to be left out, never passed over."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.unknown import unexplained_runs

_ADDED = re.compile(
    r"\b(?:plus|and|also|with|including|&)(?: (?:also|then|please|maybe|perhaps))? (?:an?|one|some|the|your|my) (?:\w+ ){0,3}?\w+\b"
)


def with_extras(plan: Plan, reading: Reading) -> Plan:
    """The plan with a note for each thing that is added to its question and named nowhere in the data."""
    if plan.intent not in (Intent.SKILL, Intent.QUERY):
        return plan
    loose = {i for start, end in unexplained_runs(reading) for i in range(start, end)}
    notes = []
    for match in _ADDED.finditer(reading.said):
        inside = reading.tokens_in(match.span())
        named = [i for i in inside[1:] if i in loose]
        if not named or any(reading.mention_at(i) for i in inside) or inside[-1] not in loose:
            continue
        said = reading.text[reading.tokens[inside[1]].start : reading.tokens[inside[-1]].end]
        if not any(said in note or reading.tokens[inside[-1]].text in note for note in plan.notes):
            notes.append(f"Left out: {said!r}. That is not in the data or documents I have.")
    return replace(plan, notes=(*plan.notes, *notes)) if notes else plan
