"""Rates that become conditions: what is counted, or measured otherwise, and has at least so many ("reopened", "escalated more than once")."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading

_COUNTS_FROM = re.compile(r"\b\w+\.(?P<field>\w+) > (?P<over>\d+) THEN 1\b")


def became_condition(reading: Reading, mention: Mention) -> bool:
    """ "How many tickets were reopened": a count of what has at least one, not the rate that shares the word."""
    limit = _limit_behind(reading, mention)
    others = [m for m in reading.mentions if m is not mention and m.metrics and not m.values]
    of_these = reading.word(mention.start - 1) in ("of", "for") and any(
        m.weak and m.start == mention.end for m in others
    )
    counted = "count" in reading.cues and any(m.weak for m in others)
    if limit is None or mention.weak or not (counted or (of_these and any(not m.weak for m in others))):
        return False
    reading.conditions.append(limit)
    reading.use(mention.start, mention.end)
    reading.mentions = tuple(m for m in reading.mentions if m is not mention)
    return True


def _limit_behind(reading: Reading, mention: Mention) -> Filter | None:
    """The least number that a rate counts from, where its formula is one ("escalation_count > 1"), as a condition."""
    model = reading.lexicon.model
    for name in mention.metrics:
        match = _COUNTS_FROM.search(model.metrics[name].expression)
        if match and match["field"] in model.filterable():
            return Filter(match["field"], ">=", int(match["over"]) + 1)
    return None


def counts_of_conditions(reading: Reading, metrics: tuple[str, ...], base: str) -> tuple[str, ...]:
    """Tickets with a condition that only escalated tickets have are counted as escalated tickets."""
    model, fields = reading.lexicon.model, reading.lexicon.model.filterable()
    owners = {fields[f.field].dataset for f in reading.conditions if f.field in fields}
    own = [m.name for m in model.metrics.values() if m.dataset in owners and m.expression == "COUNT(*)"]
    swap = bool(own) and model.metrics[own[0]].dataset != model.metrics[base].dataset and "escalated_ticket" in owners
    return tuple(dict.fromkeys(own[0] if swap and m == base else m for m in metrics))
