"""Phrases for a time of the day or the week ("at weekends", "Monday mornings", "outside business hours", "between 9am and 5pm"), each as a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from analyst_agent.records import Filter
from analyst_agent.semantic.definitions import BUSINESS_HOURS

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SHORT = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_LEAD = r"(?:(?:on|at|over|during|in|within|for) )?(?:(?:the|all|an?|any|every|each) )?"
_OFFICE = r"(?:(?:our|the|normal|regular|usual|standard) ){0,2}(?:business|office|working|work|desk|core)[ -](?:hours?|times?)"
_NO_UNIT = r"(?<!\d )(?<!per )(?<!by )(?<!which )(?<!what )(?<!of the )(?<!two )(?<!three )(?<!four )(?<!five )(?<!few )(?<!many )(?<!each )(?<!every )(?<!other )"
"""Before "working days" that are counted or split by, and limit nothing."""
_TIME = r"(?P<h{0}>\d{{1,2}})(?:(?P<c{0}>[:.])(?P<m{0}>\d\d))? ?(?P<p{0}>[ap]\.?m\b\.?|h\b|o'?clock\b)?"
_PARTS_OF_DAY = {
    r"mornings?": (6, 12),
    r"afternoons?": (12, 18),
    r"evenings?": (18, 22),
    r"nights?(?:[ -]?(?:time|shifts?))?|overnight|nighttimes?": (22, 6),
}
"""From hour to hour, local time."""
_NAMED_ONE = r"(?<!this )(?<!good )(?<!yesterday )(?<!tomorrow )(?<!last )(?<!that )(?<!one )(?<!first )"
_BETWEEN = re.compile(
    rf"\b(?:between|from) {_TIME.format(1)} ?(?:and|to|till|until|through|-|–) ?{_TIME.format(2)}(?![\w/-])"
    rf"|(?<![\w/.-]){_TIME.format(3)} ?(?:-|–|to) ?{_TIME.format(4)}(?![\w/-])"
)
_ONE_SIDED = re.compile(
    rf"\b(?P<after>after|since|later than|past|from) {_TIME.format(1)}(?P<on>(?: onwards?| on)?)(?![\w/-])"
    rf"|\b(?:before|earlier than|until|up to) {_TIME.format(2)}(?![\w/-])"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Where a phrase stands in the text, and its condition; None where it names no whole hours. bare: a range of weekdays, which may
    be a period too."""

    start: int
    end: int
    condition: Filter | None
    bare: bool = False


def find_phrases(text: str) -> list[Phrase]:
    """The phrases of a text in lower case, in order, longest first where they overlap."""
    found = sorted((p for find in _FINDERS for p in find(text)), key=lambda p: (p.start - p.end, p.start))
    kept: list[Phrase] = []
    for phrase in found:
        if not any(phrase.start < other.end and other.start < phrase.end for other in kept):
            kept.append(phrase)
    return sorted(kept, key=lambda p: p.start)


def _days(first: int, last: int) -> Filter:
    """Weekdays from one to another, both included, over the end of the week where it must be."""
    count = (last - first) % 7 + 1
    return Filter("weekday", "in", tuple(DAYS[(first + n) % 7] for n in range(count)))


def hours(first: int, end: int) -> Filter:
    """Hours from one up to another, over midnight where it must be."""
    return Filter("hour", "in", tuple((first + n) % 24 for n in range((end - first) % 24 or 24)))


def _weekdays(text: str) -> Iterator[Phrase]:
    pair = rf"\b(?:from |on )?(?P<a>{_DAY}|{_SHORT})s? ?(?:to|through|thru|till|until|-|–) ?(?P<b>{_DAY}|{_SHORT})s?\b"
    for m in re.finditer(pair, text):
        yield Phrase(m.start(), m.end(), _days(_place(m["a"]), _place(m["b"])), bare=True)
    part_of_day = "|".join(_PARTS_OF_DAY)
    single = (
        rf"\b{_LEAD}(?P<day>{_DAY})(?:s\b|(?= (?:{part_of_day})\b))|\b(?:on )?(?:an?|any|every|each) (?P<one>{_DAY})\b"
    )
    for m in re.finditer(single, text):
        day = _place(m["day"] or m["one"])
        yield Phrase(m.start(), m.end(), _days(day, day))
    for m in re.finditer(rf"\b{_LEAD}(?<!last )(?<!this )(?<!past )(?<!previous )week-?ends?\b", text):
        yield Phrase(m.start(), m.end(), _days(5, 6))
    working = rf"{_NO_UNIT}\b(?:(?:on|during|in) )?(?:the |normal |regular )?{_NO_UNIT}(?:week-?days|week-?day(?= (?:(?:vs?|versus|and|or|compared (?:to|with)|against) week-?ends?\b|escalat|tickets?|only))|working ?days|workdays|business ?days)\b"
    for m in re.finditer(r"\b(?:per|each|every) (?:working|business|work) ?day\b", text):
        yield Phrase(m.start(), m.end(), _days(0, 4))
    for m in re.finditer(rf"{working}|\bduring the (?:work(?:ing)? ?)?week\b", text):
        yield Phrase(m.start(), m.end(), _days(0, 4))


def _business_hours(text: str) -> Iterator[Phrase]:
    outside = rf"\b(?:outside(?: of)?|out of|after|before or after|not (?:in|during|within)|beyond) {_OFFICE}|\b(?:out[ -]of[ -]|off[ -]|after[ -])hours?\b|\bnon[ -](?:business|office|working)[ -]hours?"
    for m in re.finditer(outside, text):
        yield Phrase(m.start(), m.end(), Filter(BUSINESS_HOURS, "=", "outside"))
    for m in re.finditer(rf"\b(?:during|in|within|inside|at) {_OFFICE}\b|\b(?:business|office)[ -]hours? (?=escalat|tickets?|only|vs?\b|versus)", text):  # fmt: skip
        yield Phrase(m.start(), m.end(), Filter(BUSINESS_HOURS, "=", "inside"))


def _parts_of_day(text: str) -> Iterator[Phrase]:
    for words, (first, end) in _PARTS_OF_DAY.items():
        for m in re.finditer(
            rf"\b{_LEAD}{_NAMED_ONE}\b(?:{words})\b(?! (?:shift plan|report|brief|meeting|call))", text
        ):
            yield Phrase(m.start(), m.end(), hours(first, end))


def _clock_hours(text: str) -> Iterator[Phrase]:
    for m in _BETWEEN.finditer(text):
        one, two = (1, 2) if m["h1"] else (3, 4)
        if not (_says_time(m, one) or _says_time(m, two)):
            continue
        first, end = _hour(m, one, m[f"p{two}"]), _hour(m, two, None)
        known = first is not None and end is not None and first % 24 != end % 24
        yield Phrase(m.start(), m.end(), hours(first % 24, end % 24) if known and first is not None and end is not None else None)  # fmt: skip
    for m in _ONE_SIDED.finditer(text):
        place = 1 if m["h1"] else 2
        if not _says_time(m, place) or (m["after"] == "from" and not m["on"]):
            continue
        hour = _hour(m, place, None)
        if hour is None or hour % 24 == 0:
            yield Phrase(m.start(), m.end(), None)
        else:
            yield Phrase(m.start(), m.end(), hours(hour, 24) if place == 1 else hours(0, hour))


def _says_time(m: re.Match[str], place: int) -> bool:
    return bool(m[f"p{place}"] or (m[f"m{place}"] and m[f"c{place}"] == ":"))


def _hour(m: re.Match[str], place: int, behind: str | None) -> int | None:
    """The hour of a time, 0 to 24; None where it has minutes or is none. behind: "pm" of the time it leads to, as in "1-5pm"."""
    hour, minutes = int(m[f"h{place}"]), int(m[f"m{place}"] or 0)
    half = (m[f"p{place}"] or behind or "").replace(".", "")
    if minutes or hour > 24:
        return None
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour


def _place(word: str) -> int:
    return next(i for i, day in enumerate(DAYS) if day.lower().startswith(word[:3]))


_FINDERS: tuple[Callable[[str], Iterator[Phrase]], ...] = (_weekdays, _business_hours, _parts_of_day, _clock_hours)
