"""A count within some days that no date places: "three or more escalations within 90 days" is read as the last 90 days, and said so."""

from __future__ import annotations

import re

from analyst_agent.understanding.cues import NUMBER_WORDS

_NUMBER = rf"(?:\d+|{'|'.join(NUMBER_WORDS)})"
_COUNTED = re.compile(
    rf"\b(?:{_NUMBER}\+?(?: or (?:more|fewer|less))? (?:times|escalations?|escalated tickets|tickets)|escalat\w+[^.?!]{{0,40}}\b(?:twice|repeatedly|more than once))\b",
    re.I,
)
_WINDOW = re.compile(
    rf"\b(?:within (?:(?:any|a|an|one|the same) )?|in )(?P<span>(?P<number>{_NUMBER})?[ -]?(?P<unit>day|week|month|year)s?)\b(?! (?:of|from|after|before|to|since)\b)",
    re.I,
)
_TOOK = re.compile(
    r"resol|solv|clos|answer|respon|acknowledg|fix|handl|finish|reopen|breach|react|creat|open(?:ed|ing)\b", re.I
)
_ONE_UNIT = {"day": "day", "week": "7 days", "month": "30 days", "year": "12 months"}


def with_windows(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with such a window placed at the data's end, and a note of each.

    >>> with_windows("accounts with three or more escalations within 90 days")
    ('accounts with three or more escalations in the last 90 days', ('"within 90 days" is read as the last 90 days.',))
    >>> with_windows("how many of the 30 escalations were resolved within 3 days")
    ('how many of the 30 escalations were resolved within 3 days', ())
    """
    notes: list[str] = []
    for match in reversed(list(_WINDOW.finditer(text))):
        counted = [one for one in _COUNTED.finditer(text) if one.end() <= match.start()]
        between = text[counted[-1].end() : match.start()] if counted else ""
        has_number = match["number"] is not None or not match[0].lower().startswith("in ")
        if not counted or not has_number or len(between) > 60 or _TOOK.search(between) or _TOOK.search(counted[-1][0]):
            continue
        span = match["span"] if match["number"] else _ONE_UNIT[match["unit"].lower()]
        text = f"{text[: match.start()]}in the last {span}{text[match.end() :]}"
        notes.insert(0, f'"{match[0]}" is read as the last {span}.')
    return text, tuple(notes)
