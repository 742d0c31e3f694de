"""Times that are asked in units or by their verb: "average days to resolve", "hours until we acknowledge", "days to close by team", "closing time"."""

from __future__ import annotations

import re

from analyst_agent.understanding.reading import Reading

_UNIT = r"(?:minutes?|mins?|hours?|hrs?|days?|weeks?|times?|long|quick|quickly|fast|soon)"
_COUNTED = re.compile(
    rf"\b(?:\d[\d.,]*|an?|one|two|three|four|five|six|ten|few|half|in|within|under|over|than|last|next|past|first|this|every|each|per|same|as) {_UNIT}$"
)
"""A span that is given, and not asked for: "within 3 days"."""
_FILL = r"(?:(?:be|get|been|being|getting|is|are|was|were|has|have|had|we|us|i|they|it|them|someone|somebody|anyone|anybody|gets|becomes|an?|the|our|their|agents?|tickets?|cases?|ones|escalations?|escalated|p\d) )*"
_ENDING = r"(?:resolv\w+|solv\w+|clos\w+|fix\w*|settl\w+|finish\w*|complet\w+|resolution|closure|solution)"
_VERBS = {
    "mean_resolution_minutes": _ENDING,
    "mean_first_response_minutes": r"(?:(?:first|initial) )?(?:respon\w+|answer\w*|repl(?:y|ies|ied))",
    "mean_minutes_to_acknowledge": r"(?:acknowledg\w+|ack(?:ed)?|pick(?:s|ed)? up)",
    "mean_time_to_escalation": r"escalat\w+(?! (?:tickets?|cases?|ones|issues|p\d|was|were|is|are|to be)\b)",
}
_ASKED = {
    name: re.compile(rf"\b(?P<unit>{_UNIT})(?: \w+){{0,9}}? (?:to|until|till|before) {_FILL}{verb}\b")
    for name, verb in _VERBS.items()
}
_NOUNS = {
    "mean_resolution_minutes": re.compile(
        r"\bhow long (?:\w+ ){1,8}?(?:stay|stays|remain|remains|sit|sits|kept|keep|left)(?: \w+)? open\b|\b(?:resolve|resolving|close|closing|closure|fix|fixing|solve|solving|solution|resolution) (?:times?|durations?|hours|days|minutes|speed)\b"
    ),
    "mean_first_response_minutes": re.compile(
        r"\b(?:mean|average|avg|median|typical) (?:first |initial )?(?:repl(?:y|ies)|responses?)\b(?! (?:rate|count|team))|\bhow (?:soon|quick|quickly|fast)(?: \w+){0,5}? (?:answer\w*|respond\w*|repl(?:y|ies|ied))\b"
    ),
    "mean_minutes_to_acknowledge": re.compile(
        r"\b(?:acknowledge|acknowledging|ack) (?:times?|durations?|hours|minutes|speed)\b"
    ),
}


def time_asked(reading: Reading) -> str:
    """The mean time that is asked for, as a metric's name; "" where none is. Its words are marked."""
    said, model = reading.said, reading.lexicon.model
    found: list[tuple[int, str, re.Match[str]]] = []
    for name, pattern in (*_NOUNS.items(), *_ASKED.items()):
        for match in pattern.finditer(said):
            unit = match.end("unit") if "unit" in pattern.groupindex else -1
            if name in model.metrics and (unit < 0 or _COUNTED.search(said[:unit]) is None):
                found.append((len(match[0]), name, match))
    if not found:
        return ""
    _, name, match = min(found, key=lambda one: one[0])
    reading.mentions = tuple(
        m
        for m in reading.mentions
        if not ("is_open" in m.dimensions and set(range(m.start, m.end)) <= set(reading.tokens_in(match.span())))
    )
    verb = reading.tokens_in(match.span())[-1]
    reading.groups = [group for group in reading.groups if (group.start, group.end) != (verb, verb + 1)]
    reading.used.update(i for i in reading.tokens_in(match.span()) if reading.mention_at(i) is None)
    return name
