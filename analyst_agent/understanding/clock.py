"""Times of the day or week that a clause limits numbers to, and two of them that it sets against each other."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from analyst_agent.records import Filter
from analyst_agent.semantic.definitions import BUSINESS_HOURS
from analyst_agent.understanding.clock_times import DAYS, Phrase, find_phrases
from analyst_agent.understanding.reading import Reading

_MEASURED = re.compile(
    r"\b(?:how many|how much|number|count|share|percent|percentage|fraction|rates?|tickets?|tix|cases?|incidents?|escalat\w+|escs?|csat|"
    r"average|avg|mean|median|cost|came in|come in|p\d|re-?open\w*|breach\w*|volume|backlog|time to|response times?|handle time)\b"
)
_RULE = re.compile(
    r"\b(?:must|should|may|shall|allowed|supposed|required|polic\w+|rules?|procedures?|on call|on-call|who (?:is|do|should|can|answers|covers)|staffed|reachable|how do (?:i|we))\b"
)
_COMPARES = re.compile(
    r"\b(?:more|fewer|less|higher|lower|worse|better|busier|quieter|slower|faster|compare|differ\w*|different|effect|spike\w*|peak\w*)\b(?! than (?:\d|one|two|three|four|five|ten))"
)
_COMPARE = re.compile(r"\b(?:compare|comparison|difference|differ)\b")
_CREATED = re.compile(r"\b(?:created|opened|submitted|logged|filed|received)\s*$")
_AGAINST = re.compile(r"\b(?:vs|v|versus|than|against|compared (?:to|with))\b")
_COUNTED_HOURS = re.compile(r"(?:\d|\b(?:one|two|three|four|five|ten)) (working|business|office)[ -](days?|hours)\b")
"""Working days and hours as a measure of time: "within 5 working days"."""
_UNIT = {"weekday": "weekday", BUSINESS_HOURS: "hour", "hour": "hour"}
_OWN_TIME = "Weekday and hour are those of each number's own time, in the workspace's time zone: an escalation's is when the ticket was escalated."


def read_clock(reading: Reading) -> None:
    """Makes conditions of the phrases, and marks their words. Where only one is named and a comparison is asked ("more at weekends"),
    they stay: it is told by a split."""
    text = reading.text.lower()
    if _MEASURED.search(text) is None or _RULE.search(text):
        return
    counted = _COUNTED_HOURS.search(text)
    if counted is not None:
        reading.clock_problem = (
            f"I count calendar time, and no {counted[1]} {counted[2]}; ask for example for 24 hours, or 7 days."
        )
        return
    phrases = [one for one in find_phrases(text) if not _is_in_period(one, reading, text)]
    if any(one.bare for one in phrases) and len(phrases) == 1 and not _other_periods(phrases[0], reading):
        return
    if not phrases:
        return
    merged = _merged(phrases, text)
    compared = _COMPARES.search(text) is not None and not any(p.role == "comparison" for p in reading.periods)
    if len(merged) == 1 and compared and _AGAINST.search(text) is None:
        return
    for one in phrases:
        _take(one, reading)
        # The tickets created then, whenever they were escalated.
        reading.by_creation = reading.by_creation or _CREATED.search(text[: one.start]) is not None
        if text.startswith(("per ", "each ", "every "), one.start) and text[one.start : one.end].endswith("day"):
            reading.grain = reading.grain or "day"
    if None in merged:
        said = next(reading.text[one.start : one.end] for one in phrases if one.condition is None)
        reading.clock_problem = f"I can limit numbers to whole hours of the day, and {said!r} is none; ask for example for those between 9:00 and 17:00."
        return
    conditions = [one for one in merged if one is not None]
    if len({one.field for one in conditions}) < len(conditions) or _are_sides(phrases, text, conditions):
        reading.sides = tuple(conditions)
    elif len(conditions) == 1 and compared:
        reading.sides = (conditions[0], _others(conditions[0]))
    else:
        reading.conditions += conditions
    reading.notes.append(_OWN_TIME)


def _is_in_period(one: Phrase, reading: Reading, text: str) -> bool:
    """Whether a phrase is part of a period ("last weekend", "Monday 2 November"), or is one: "overnight" alone is the last night."""
    if text[one.start : one.end].strip() == "overnight" and not reading.periods:
        return True
    return any(
        match.span[0] <= one.start and one.end <= match.span[1] and match.span != (one.start, one.end)
        for match in reading.periods
    )


def _other_periods(one: Phrase, reading: Reading) -> bool:
    return any(match.span[1] <= one.start or one.end <= match.span[0] for match in reading.periods)


def _merged(phrases: list[Phrase], text: str) -> list[Filter | None]:
    """One condition for the weekdays or hours that are listed ("Mondays and Tuesdays")."""
    merged: list[Filter | None] = []
    for number, one in enumerate(phrases):
        between = text[phrases[number - 1].end : one.start].strip(" ,") if number else "-"
        last = merged[-1] if merged else None
        listed = between in ("", "or", "&") or (between == "and" and not _COMPARE.search(text))
        if listed and last is not None and one.condition is not None and last.field == one.condition.field != BUSINESS_HOURS:  # fmt: skip
            order = DAYS if last.field == "weekday" else tuple(range(24))
            values = {*last.value, *one.condition.value}
            merged[-1] = replace(last, value=tuple(value for value in order if value in values))
        elif one.condition is None or one.condition not in merged:
            merged.append(one.condition)
    return merged


def _are_sides(phrases: list[Phrase], text: str, conditions: list[Filter]) -> bool:
    """ "At night and on weekends": two times that are no one; each is told. "Monday mornings" are one."""
    between = [text[one.end : two.start].strip(" ,") for one, two in itertools.pairwise(phrases)]
    joined = any(re.search(r"\b(?:and|or|vs|v|versus|than|against|compared)\b|&", gap) for gap in between)
    return len(conditions) > 1 and joined


def _others(one: Filter) -> Filter:
    """All other times."""
    if one.field == BUSINESS_HOURS:
        return replace(one, value="outside" if one.value == "inside" else "inside")
    order = DAYS if one.field == "weekday" else tuple(range(24))
    return replace(one, value=tuple(value for value in order if value not in one.value))


def _take(one: Phrase, reading: Reading) -> None:
    """Its words are explained, and name nothing else and no period."""
    places = [i for i, token in enumerate(reading.tokens) if token.start < one.end and one.start < token.end]
    reading.used.update(places)
    reading.clock_words.update(places)
    reading.mentions = tuple(m for m in reading.mentions if not any(m.start <= i < m.end for i in places))
    reading.periods = tuple(p for p in reading.periods if p.span[1] <= one.start or one.end <= p.span[0])


def split_instead(reading: Reading) -> None:
    """ "Are there more escalations on Mondays": one time against all others is told by a split."""
    text = reading.text.lower()
    if reading.clock_words or reading.grain is not None or _MEASURED.search(text) is None or _RULE.search(text):
        return
    for one in find_phrases(text):
        if one.condition is None or one.bare or _is_in_period(one, reading, text):
            continue
        _take(one, reading)
        reading.grain = _UNIT[one.condition.field]
        reading.notes.append(f"Given by {'day of the week' if reading.grain == 'weekday' else 'hour'}: {reading.text[one.start : one.end].strip()!r} against the others.")  # fmt: skip
        return
