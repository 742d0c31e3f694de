"""Rates that become conditions: what is counted, or measured otherwise, and has at least so many ("reopened", "escalated more than once")."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.semantic.model import Model
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.reading import Reading

EVENTS = "escalation_event_count"
_COUNTS_FROM = re.compile(r"\b\w+\.(?P<field>\w+) > (?P<over>\d+) THEN 1\b")


def became_condition(reading: Reading, mention: Mention) -> bool:
    """ "How many tickets were reopened": a count of what has at least one, not the rate that shares the word."""
    limit = next((one for name in mention.metrics if (one := limit_behind(reading.lexicon.model, name))), None)
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


def limit_behind(model: Model, metric: str) -> Filter | None:
    """The least number that a rate counts from, where its formula is one ("escalation_count > 1"), as a condition."""
    match = _COUNTS_FROM.search(model.metrics[metric].expression)
    if match and match["field"] in model.filterable():
        return Filter(match["field"], ">=", int(match["over"]) + 1)
    return None


def times_escalated(reading: Reading, metrics: tuple[str, ...]) -> tuple[str, ...]:
    """What "escalated two times or more" asks for: with a share the rate of re-escalation, else a number; "how many times was it
    escalated" asks for single escalations."""
    model = reading.lexicon.model
    said = " ".join(reading.words(0, len(reading.tokens)))
    often = [one for one in reading.conditions if one.field == TIMES and one.op != "missing"]
    if not often:
        events = EVENTS in model.metrics and re.search(r"\bhow many times\b.*\bescalat(?:ed|e|es)\b", said) is not None
        return (EVENTS,) if events and "how_long" not in reading.cues else metrics
    if set(metrics) - {"escalation_rate", "escalated_ticket_count", "ticket_count", "mean_time_to_escalation"}:
        return metrics
    share = "rate" in reading.cues or reading.cues & {"share_of_escalated", "share_of_tickets"}
    again = [one for one in often if (one.op, one.value) in ((">=", 2), (">", 1))]
    if share and again and "re_escalation_rate" in model.metrics:
        reading.conditions = [one for one in reading.conditions if one not in often]
        return ("re_escalation_rate",)
    if share:
        reading.notes.append("Given as a number: a share can be told of those escalated more than once.")
    return ("escalated_ticket_count",)


def counts_of_conditions(reading: Reading, metrics: tuple[str, ...], base: str) -> tuple[str, ...]:
    """Tickets with a condition that only escalated tickets have are counted as escalated tickets."""
    model, fields = reading.lexicon.model, reading.lexicon.model.filterable()
    owners = {fields[f.field].dataset for f in reading.conditions if f.field in fields and f.op != "missing"}
    own = [m.name for m in model.metrics.values() if m.dataset in owners and m.expression == "COUNT(*)"]
    swap = bool(own) and model.metrics[own[0]].dataset != model.metrics[base].dataset and "escalated_ticket" in owners
    return tuple(dict.fromkeys(own[0] if swap and m == base else m for m in metrics))
