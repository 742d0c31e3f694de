"""Which conditions make the part whose share is asked: "share of EMEA's escalations that came by phone" is phone's part of EMEA's."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.words import word_set

OPEN_METRIC = "open_escalated_count"
_SHARE = re.compile(
    r"\b(?:share|shares|percentage|percent|proportion|fraction|portion|part|ratio|how much) of\b|\b(?:share|percentage|percent|proportion|fraction|portion|%)",
    re.IGNORECASE,
)
_UNSOLVED = re.compile(
    r"\b(?:never|not|nt|un)(?: (?:yet|been|being|be|get|got|ever))* ?(?:resolved|solved|closed|fixed)\b|\bunresolved\b"
)
_VERBS = word_set(
    "is are was were be been came come comes had have has involve involved concern concerned went go goes belong belonged got get due originated "
    "that which who where with relate related stem stemmed fall fell make made mention"
)
_BESIDE = word_set("in for within among at during")


def asks_portion(reading: Reading) -> bool:
    """Whether a share is asked for in so many words."""
    return _SHARE.search(reading.text) is not None


def part_of(reading: Reading, where: tuple[Filter, ...]) -> tuple[str, ...]:
    """The fields whose conditions make the part: what is said of the things counted, else the last that is named; empty where nothing is."""
    limits = tuple(dict.fromkeys(one.field for one in where if one in reading.conditions))
    said = [group for group in _behind_verb(reading) if reading.word(group.start - 1) not in _BESIDE]
    if said:
        return (said[0].dimension,)
    if limits:
        return limits
    return (reading.groups[-1].dimension,) if reading.groups else ()


def _behind_verb(reading: Reading) -> list[ValueGroup]:
    counted = next((m.end for m in reading.mentions if m.metrics and m.weak), 0)
    verb = next((i for i in range(counted, len(reading.tokens)) if reading.word(i) in _VERBS), None)
    groups = sorted(reading.groups, key=lambda group: group.start)
    return [] if verb is None else [group for group in groups if group.start > verb]


def condition_as_part(
    metrics: tuple[str, ...], where: tuple[Filter, ...], reading: Reading
) -> tuple[tuple[Filter, ...], tuple[str, ...]] | None:
    """ "What percentage is still open", "what share was resolved within a day": the conditions and the fields of the part, where the metric
    read would be the number of open ones, or the share resolved among those resolved in time; else None."""
    model = reading.lexicon.model
    if metrics == (OPEN_METRIC,) and "is_open" in model.filterable() and asks_portion(reading):
        return (*where, Filter("is_open", "=", "open")), ("is_open",)
    if metrics == ("resolved_share",) and "is_open" in model.filterable() and _UNSOLVED.search(reading.said):
        return (*where, Filter("is_open", "=", "open")), ("is_open",)
    timed = tuple(one.field for one in where if one.field.endswith("resolution_minutes"))
    return (where, timed) if timed and metrics == ("resolved_share",) else None
