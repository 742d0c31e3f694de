"""Whom and when a rule is for: names, groups of customers and times in its words, so that rules for different cases are never compared."""

from __future__ import annotations

import re

from analyst_agent.knowledge.words import STOP_WORDS, stem

_ALWAYS = re.compile(
    r"\b(?:day and night|night and day|around the clock|round the clock|at any hour(?: of any day)?|24/7|every day)\b",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(weekends?|weekdays?|saturdays?|sundays?|mondays?|fridays?|nights?|holidays?|evenings?|out-?of-?hours|office hours|business hours|"
    r"outside|christmas|peak|winter|summer)\b",
    re.IGNORECASE,
)
_GROUPS = re.compile(
    r"\b([a-z][\w-]+)\s+(?:customers?|clients?|users?|accounts?|plans?|contracts?|members?|subscribers?|households?|employees?|agents?|teams?|"
    r"orders?|tickets?|requests?|complaints?|faults?|calls?|incidents?|cases?|cards?|parcels?|invoices?|bills?)\b",
    re.IGNORECASE,
)
_NEVER_GROUPS = """
every one two three all each new open same other another receiving escalated support first next last whole many within
per least most answer resolve close handle acknowledge customer
"""
_NO_GROUP = STOP_WORDS | frozenset(_NEVER_GROUPS.split())
_NAME = re.compile(r"(?<![\w.])[A-Z][a-z]{2,}(?:\s+[A-Z][a-z]{2,})*")
_BEGINS = re.compile(r"(?:^|[.!?:;]\s+|^[-*•]\s+)$")
_CASE = re.compile(r"\b(?:if|when|unless|except|where|provided|during|without)\b", re.IGNORECASE)
_RANKED = re.compile(
    r"\b(class|tier|level|category|type|severity|sev|priority|stage|grade|zone|band|group)\s+([A-Z]|\d{1,2}|[IVX]{1,4})\b(?!\s*\w*\s*(?:minutes|hours|days))"
)
_FIRST_WORDS = re.compile(
    r"^\W*(?:(?:an?|the|every|each|all|any|our)\s+)?((?:[\w'-]+\s+){1,6}?)"
    r"(?:is|are|was|were|may|can|cannot|must|shall|should|will|has|have|never|needs?|costs?|lasts?|arrives?|approves?|decides?|gives?|gets?|"
    r"grants?|answers?|handles?|calls?|accepts?|receives?|acknowledges?|ends?|runs?|takes?|stays?)\b",
    re.IGNORECASE,
)


def conditions_of(text: str) -> frozenset[str]:
    """Names within a sentence, groups of customers, and times, each as a stem.

    >>> sorted(conditions_of("On weekends a business customer gets an answer from Frontline within 8 hours."))
    ['busines', 'frontlin', 'weekend']
    """
    plain = _ALWAYS.sub(" ", text)
    found = {stem(match[1].lower()) for match in _TIMES.finditer(plain)}
    found |= {stem(match[1].lower()) for match in _GROUPS.finditer(plain) if match[1].lower() not in _NO_GROUP}
    for match in _NAME.finditer(plain):
        if not _BEGINS.search(plain[: match.start()]):
            found |= {stem(word.lower()) for word in match[0].split()}
    found |= {f"{match[1].lower()} {match[2].lower()}" for match in _RANKED.finditer(plain)}
    if case := _CASE.search(plain):
        word = case[0].lower()
        following = re.findall(r"[a-z]{4,}", plain[case.end() :].lower())
        found |= {f"{word} {stem(one)}" for one in following[: 1 if word == "during" else 4]}
    return frozenset(found)


def first_noun(text: str) -> frozenset[str]:
    """The stems of what a sentence is about: the words before its verb, empty where none is plain.

    >>> sorted(first_noun("A shift lead may give up to 60 euro.")), sorted(first_noun("We answer within two hours."))
    (['lead', 'shift'], [])
    """
    match = _FIRST_WORDS.match(text)
    words = match[1].lower().split() if match else []
    return frozenset(stem(word) for word in words if word not in STOP_WORDS and not any(c.isdigit() for c in word))


def named_in_heading(text: str) -> frozenset[str]:
    """Names in a title or heading; one that sets capitals everywhere tells nothing by them.

    >>> sorted(named_in_heading("Commitments to Enterprise customers")), sorted(named_in_heading("Rules For All Teams"))
    (['enterpris'], [])
    """
    words = re.findall(r"[A-Za-z][\w-]*", text)
    capitals = [word for word in words[1:] if word[0].isupper() and len(word) > 2]
    if len(words) < 2 or len(capitals) > len(words) / 2:
        return frozenset(stem(m[1].lower()) for m in _TIMES.finditer(text))
    groups = {stem(m[1].lower()) for m in _GROUPS.finditer(text) if m[1].lower() not in _NO_GROUP}
    times = {stem(m[1].lower()) for m in _TIMES.finditer(text)}
    return frozenset({stem(word.lower()) for word in capitals} | groups | times)
