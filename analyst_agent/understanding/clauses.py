"""Several questions in one text, cut where the next one begins."""

from __future__ import annotations

import re

_ASKS = r"(?:what|which|how|do|does|did|is|are|was|were|why|who|when|where|show|give|tell|compare|list|should|can|could|has|have)"
_ENDS = re.compile(r"(?<=[?!;])\s*(?=[\w<])|(?<=[a-z0-9)\"%][.])\s+(?=[A-Z\"])|\n+")
_AND = re.compile(
    rf",?\s+(?:and|but|also|and also|then|and then|or)\s+(?=(?:(?:between|in|from|by|for|to|with|of|among)\s+)?{_ASKS}\b(?!\s+not\b))",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rf"^(?:(?:for|in|during|over|since)\s[^,:]{{2,40}}[,:]\s*)?(?:(?:so|ok|okay|and|but|please|now|well|hi|hello|hey)\W+)*{_ASKS}\b",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:[\w' ,]{0,30}?\b)?(?:two|three|four|a few|a couple of|some|several|both|(?:the )?following|these|my|2|3|4) (?:\w+ ){0,2}?(?:things|questions|numbers|figures|points|items|asks|requests|kpis)\b(?: (?:please|pls|plz|to (?:know|answer)|needed|i need|we need))?(?P<under>[^:]{2,80})?\s*:\s*"
    r"|^(?:[\w' ]{0,30}?\b)?the following(?: [^:]{0,60})?:\s*",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"(?:[,;.]\s*|\s+)(?:and\s+)?\(?(?:[2-9]|[b-f]|ii|iii|iv)[.)]\s+|\s*;\s*(?:and\s+)?|,?\s+(?:plus|as well as|and also|and then|and secondly|and second)\s+|,\s+(?:also|secondly|second|and finally|and)\s+|\n+",
    re.IGNORECASE,
)
_FIRST = re.compile(r"^\(?(?:1|a|i)[.)]\s+|^(?:first|firstly)[,:]?\s+", re.IGNORECASE)
_ADDED = re.compile(
    r"\s*;\s*(?:and\s+)?|,?\s+(?:and also|as well as|plus|and then|but also)\s+|,\s+(?:and|also)\s+", re.IGNORECASE
)
_JUST_WHY = re.compile(r",?\s+and\s+(?=why\s*\??$)", re.IGNORECASE)


def split_clauses(text: str) -> list[str]:
    """The questions of a text, in order. An "and" cuts only where a question stands on both sides of it.

    >>> split_clauses("What drove escalations last month and do Enterprise customers escalate more?")
    ['What drove escalations last month', 'and do Enterprise customers escalate more?']
    >>> split_clauses("escalation rate in October, and how fast must a P1 be acknowledged?")
    ['escalation rate in October', 'and how fast must a P1 be acknowledged?']
    >>> split_clauses("escalations by region and tier")
    ['escalations by region and tier']
    """
    heading = _HEADING.match(text)
    if heading is not None or _FIRST.match(text):
        listed = listed_parts(text[heading.end() :] if heading is not None else text)
        under = heading["under"] if heading is not None else None
        if len(listed) > 1:
            # "Two numbers for EMEA: ..." holds for both.
            return [f"{under.strip()}: {part}" for part in listed] if under else listed
    found: list[str] = []
    for sentence in _ENDS.split(text):
        rest = sentence.strip()
        while rest:
            cut = next(
                (m for m in _AND.finditer(rest, 4) if _stands_alone(rest[: m.start()], m[0])), None
            ) or _JUST_WHY.search(rest)
            if cut is None or not rest[: cut.start()].strip():
                break
            found.append(rest[: cut.start()].strip())
            # The "and" stays: it lets the second question lean on the first.
            rest = f"and {rest[cut.end() :].strip()}"
        if rest:
            found.append(rest)
    return [c for c in found if re.search(r"\w", c)] or [text]


def is_heading(text: str) -> bool:
    """Whether a text announces several points: "two things for my review", "I need three numbers"."""
    return _HEADING.match(f"{text.rstrip(' :')}:") is not None


def listed_parts(text: str) -> list[str]:
    """The points of an enumeration, in order, without their numbers.

    >>> listed_parts("1) total cost in October; 2) escalations by team")
    ['total cost in October', 'escalations by team']
    """
    parts = [part.strip(" ,;.") for part in _LISTED.split(_FIRST.sub("", text.strip()))]
    return [part for part in parts if re.search(r"\w", part)]


def added_parts(text: str) -> list[str]:
    """What stands on both sides of "and also", "as well as", "plus" or a comma and "and".

    >>> added_parts("escalations in October, and also the weather for Berlin")
    ['escalations in October', 'the weather for Berlin']
    """
    return [part for part in (one.strip() for one in _ADDED.split(text)) if re.search(r"\w", part)]


def _stands_alone(part: str, joint: str) -> bool:
    """A question, or before a comma any phrase of three words: "escalation rate in October, and how fast must ..."."""
    return _is_question(part) or (joint.startswith(",") and len(part.split()) >= 3)


def _is_question(part: str) -> bool:
    return len(part.split()) >= 3 and _BEGINS.match(part.strip()) is not None
