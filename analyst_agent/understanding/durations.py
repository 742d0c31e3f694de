"""How long something took, as a condition on each ticket: "resolved in under a day", "answered within 4 hours", "open for over a week"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from analyst_agent.records import Filter
from analyst_agent.understanding.cues import NUMBER_WORDS
from analyst_agent.understanding.reading import Limit, Reading, Unknown

_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
_NUMBER = rf"(?P<number>\d+(?:[.,]\d+)?|an?|half an?|{'|'.join(NUMBER_WORDS)})"
_UNIT = r"(?:full |whole |calendar )?(?P<unit>min(?:ute)?s?|hours?|hrs?|h|days?|d|weeks?|wks?)"
_LONG = rf"{_NUMBER} {_UNIT}\b(?! (?:ago|before|after|later|earlier|old|of)\b(?! (?:creation|being|opening|arrival|their|its|the)\b))"
_HOW = {
    "<": r"(?:in |within )?(?:(?:less|fewer|faster|quicker|sooner|shorter) than|under|below)",
    "<=": r"(?:in |within )?(?:(?:no|not) (?:later|more|longer) than|at most|up to)|within|inside|in",
    ">=": r"(?:for |after |in )?at least|(?:no|not) less than",
    ">": r"(?:for |after |in )?(?:(?:more|longer|later|greater) than|over)|beyond|exceed(?:s|ed|ing)?|after",
}
_ANY = "|".join(_HOW.values())
_OPPOSITE = {"<": ">=", "<=": ">", ">=": "<", ">": "<="}
_NOT = r"(?P<not>(?:not|nt|never) (?:\w+ )?)?"
_EVENTS = {
    "solved": r"(?:resolved?|resolves|solved?|solves|closed?|closes|fixed?|settled|sorted out|dealt with|resolution)",
    "answered": r"(?:answer(?:ed)?|respond(?:ed)?(?: to)?|repl(?:y|ied)(?: to)?|(?:first |initial )?(?:response|reply))",
    "raised": r"(?:escalated?|escalates)",
    "taken": r"(?:acknowledged?|acked|picked up)",
}
_FIELDS = {
    "solved": ("escalation_to_resolution_minutes", "creation_to_resolution_minutes"),
    "answered": ("first_response_minutes", "first_response_minutes"),
    "raised": ("creation_to_escalation_minutes", "creation_to_escalation_minutes"),
    "taken": ("escalation_to_acknowledgement_minutes", "escalation_to_acknowledgement_minutes"),
}
"""The time behind an event: of an escalated ticket, and of any."""
_MEANS = {
    "solved": "{}_resolution_minutes",
    "answered": "{}_first_response_minutes",
    "raised": "mean_time_to_escalation",
    "taken": "mean_minutes_to_acknowledge",
}
_HAPPENED = {
    name: re.compile(rf"\b{_NOT}{verb} (?:by us |again |only |just )?(?P<how>{_ANY}) {_LONG}")
    for name, verb in _EVENTS.items()
}
_TOOK = re.compile(
    rf"\b{_NOT}(?:took|takes?|taking|needed|waited|waiting) (?:us )?(?P<how>{_ANY}) {_LONG}"
    rf"(?: (?:to|until|till|for)(?: (?:be|get|an?|the|their|its))*(?: (?P<verb>{'|'.join(_EVENTS.values())})\b)?)?"
)
_EXACTLY = re.compile(rf"\b(?:took|take|takes|needed) (?:us |them )?(?:exactly |about |around )?\d+ {_UNIT}\b")
"""A time without a word that says more or less: it limits nothing that can be told."""
_OPEN_WORD = r"(?:open|unresolved|unsolved|pending|waiting|stuck|unclosed|backlog)"
_AGED = (
    re.compile(rf"\b(?P<open>{_OPEN_WORD}) (?P<how>{_ANY}) {_LONG}"),
    re.compile(rf"\b(?P<how>(?:older|younger|newer) than) {_LONG}"),
)
_OPEN = re.compile(rf"\b(?:{_OPEN_WORD}|not (?:yet )?(?:been )?(?:resolved|solved|closed))\b")
_COUNTED = re.compile(
    r"\b(?:how many|number|count|share|percent|percentage|fraction|portion|proportion|tickets?|cases?|incidents?|issues?|escalations?|escalated|ones|p\d)\b"
)
_RULE = re.compile(
    r"\b(?:must|should|may|have to|has to|need to|needs to|allowed|polic(?:y|ies)|rules?|required|supposed|expected|promised?)\b"
)
_OF_GROUPS = re.compile(
    r"\b(?:which|what) (?:\w+ )?(?:teams?|agents?|regions?|areas?|tiers?|customers?|accounts?|categor(?:y|ies)|segments?)\b"
)
_FROM_CREATION = re.compile(
    r"^ ?(?:of|from|after|since) (?:(?:their|its|the|being) )?(?:creat|open|arriv|submi|coming in|fil|report)"
)


_JOINED = re.compile(
    rf"\b(?:(?:joined|signed up|onboarded|came on board|became customers?|started|bought)(?: with)?(?: us)?|customers? (?:for|of|since)) (?P<how>{_ANY}|in the last) {_NUMBER} {_UNIT}(?: ago)?\b"
)
TENURE = "tenure_band"


def read_tenure(reading: Reading) -> None:
    """ "Accounts that joined less than 90 days ago": told by the bands of tenure, of which that is a part."""
    match = _JOINED.search(reading.said)
    if match is None or TENURE not in reading.lexicon.model.dimensions():
        return
    inside = reading.tokens_in(match.span())
    if any(s <= i < e for i in inside for s, e in reading.period_spans()):
        return
    said = reading.text[reading.tokens[inside[0]].start : reading.tokens[inside[-1]].end]
    _take(reading, inside)
    if TENURE not in reading.by:
        reading.by.append(TENURE)
    reading.notes.append(f"{said!r} is told by {reading.lexicon.model.dimension_label(TENURE)}, in its bands.")


def read_durations(reading: Reading, today: date) -> None:
    """Adds the condition that a time between two events makes, and marks its words.

    A rule about times ("must be answered within") is none, nor is a limit on the mean of a group ("teams that take over 3 days").
    """
    said = reading.said
    if _OF_GROUPS.search(said) and not _RULE.search(said):
        _limit_groups(reading)
    if _RULE.search(said) or _OF_GROUPS.search(said) or not _COUNTED.search(said):
        return
    for pattern in _AGED:
        match = pattern.search(said)
        if match is not None and _OPEN.search(said):
            _read_age(reading, match, today)
            return
    for event, pattern in _HAPPENED.items():
        match = pattern.search(said)
        if match is not None and _read_time(reading, event, match):
            return
    exact = _EXACTLY.search(said)
    if exact is not None and _TOOK.search(said) is None:
        inside = reading.tokens_in(exact.span())
        text = reading.text[reading.tokens[inside[0]].start : reading.tokens[inside[-1]].end]
        reading.unknown.append(Unknown(text, "condition", inside[0], inside[-1] + 1))
        reading.use(inside[0], inside[-1] + 1)
    match = _TOOK.search(said)
    if match is not None:
        verb = match["verb"] or "resolve"
        _read_time(reading, next(name for name, words in _EVENTS.items() if re.fullmatch(words, verb)), match)


def _limit_groups(reading: Reading) -> None:
    """ "Which areas take longer than 30 hours to resolve": the mean of each area, or its median where that is said."""
    match = _TOOK.search(reading.said)
    verb = match["verb"] if match is not None else None
    event = next((name for name, words in _EVENTS.items() if verb and re.fullmatch(words, verb)), "")
    kind = "median" if re.search(r"\b(?:median|typical\w*)\b", reading.said) else "mean"
    metric = _MEANS.get(event, "").format(kind)
    if match is None or match["not"] or metric not in reading.lexicon.model.metrics:
        return
    inside = reading.tokens_in(match.span())
    said = reading.text[reading.tokens[inside[0]].start : reading.tokens[inside[-1]].end]
    reading.limits.append(Limit(metric, _operator(match["how"]), _minutes(match), said))
    _take(reading, inside)


def _read_time(reading: Reading, event: str, match: re.Match[str]) -> bool:
    inside = reading.tokens_in(match.span())
    if any(s <= i < e for i in inside for s, e in reading.period_spans()):
        return False
    of_escalated, of_any = _FIELDS[event]
    since_creation = _FROM_CREATION.search(reading.said[match.end() :])
    field = of_escalated if _is_of_escalated(reading) and not since_creation else of_any
    if field not in reading.lexicon.model.filterable():
        return False
    op = _operator(match["how"])
    minutes = _minutes(match)
    value = int(minutes) if minutes.is_integer() else minutes
    reading.conditions.append(Filter(field, _OPPOSITE[op] if match["not"] else op, value))
    if match["not"]:
        label = reading.lexicon.model.dimension_label(field)
        reading.notes.append(
            f"Only where the {label} is known: those where it has not happened yet are not among them."
        )
    # "Escalated" stays what is counted.
    _take(reading, [i for i in inside if not reading.word(i).startswith("escalat")])
    return True


def _read_age(reading: Reading, match: re.Match[str], today: date) -> None:
    """ "Open for more than 14 days": escalated, or created, before the day so long ago; the words that say open stay."""
    days = int(_minutes(match) // _MINUTES["d"])
    if days < 1:
        return
    young = match["how"].startswith(("younger", "newer")) or (
        not match["how"].startswith("older") and _operator(match["how"]).startswith("<")
    )
    field = "escalated_at" if _is_of_escalated(reading) else "created_at"
    reading.conditions.append(Filter(field, ">=" if young else "<", f"{today - timedelta(days=days)} 00:00:00"))
    _take(reading, [i for i in reading.tokens_in(match.span()) if not _OPEN.fullmatch(reading.word(i))])


def _is_of_escalated(reading: Reading) -> bool:
    return any(token.word.startswith("escalat") for token in reading.tokens)


def _operator(how: str) -> str:
    return next(op for op, words in _HOW.items() if re.fullmatch(words, how))


def _take(reading: Reading, places: list[int]) -> None:
    reading.used.update(places)
    reading.mentions = tuple(m for m in reading.mentions if not any(m.start <= i < m.end for i in places))


def _minutes(match: re.Match[str]) -> float:
    said = match["number"].replace(",", ".")
    amount = (
        0.5 if said.startswith("half") else 1.0 if said in ("a", "an") else float(NUMBER_WORDS.get(said, 0) or said)
    )
    return amount * _MINUTES[match["unit"][0]]
