"""What a question leans on when the one before was put to the documents: the issue it named, or the number its rule is about."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.periods_asked import default_period
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.reading import Reading

_POINTS = re.compile(r"\b(?:(?:this|that|the|the same) (?:known )?(?:issue|bug|problem|defect)|it|this|that)(?!\s+(?:(?:\w+ )?(?:take|took)|is|was|week|month|quarter|year|day)\b)\b", re.IGNORECASE)  # fmt: skip
_MEASURES = frozenset(("how_long", "count", "rate"))


def with_issue_named(text: str, context: Context) -> str:
    """ "And how many escalations does it cause?" after a question about one known issue: the issue in place of the pronoun."""
    previous = context.previous
    if previous is None or previous.intent is not Intent.KNOWLEDGE or not previous.knowledge_query:
        return text
    written = re.findall(r"\bKI-?\d+\b", previous.knowledge_query, re.IGNORECASE)
    # However it was typed, an issue is named as its document names it.
    ids = {one.upper(): one for one in (*written, *context.issues)}
    named = [
        one
        for one in ids
        if re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", previous.knowledge_query, re.IGNORECASE)
    ]
    if len(named) != 1 or any(one in text.upper() for one in ids):
        return text
    return _POINTS.sub(lambda _: ids[named[0]], text, count=1)


def number_behind(reading: Reading, context: Context) -> Plan | None:
    """The measure that a rule asked about before is of, as what is under discussion for "and how long did it really take?"."""
    previous = context.previous
    if previous is None or previous.intent is not Intent.KNOWLEDGE or not previous.knowledge_query:
        return None
    if reading.metrics or not reading.cues & _MEASURES:
        return None
    rule = read(previous.knowledge_query, replace(context, previous=None))
    metrics = tuple(m for m in rule.metrics if m not in rule.weak_metrics)
    if not metrics:
        return None
    period = default_period(context.clock, None)
    return Plan(Intent.QUERY, metrics=metrics[:1], where=rule.filters(), period=period, period_is_default=True)
