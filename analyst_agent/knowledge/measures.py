"""Durations, percentages and amounts of money in a sentence, with what bounds them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COUNTED = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_NUMBERS: dict[str, float] = {name: number for number, name in enumerate(_COUNTED.split())}
_NUMBERS |= {"thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90, "half an": 0.5, "a": 1, "an": 1}
_MINUTES = {
    "minute": 1.0,
    "min": 1.0,
    "hour": 60.0,
    "hr": 60.0,
    "h": 60.0,
    "day": 1440.0,
    "week": 10080.0,
    "month": 43830.0,
    "year": 525960.0,
}
_WORKING = "working|business|office|work"
_NUMBER = rf"\d+(?:[.,]\d+)*|{'|'.join(sorted((n for n in _NUMBERS if n not in ('a', 'an')), key=len, reverse=True))}"
_DURATION = re.compile(
    rf"(?<![\w.,-])(?P<number>{_NUMBER}|(?:(?<=within )|(?<=after )|(?<=under ))an?)[\s-]+(?:(?P<working>{_WORKING})[\s-]+|calendar[\s-]+|full[\s-]+)?"
    r"(?P<unit>minute|min|hour|hr|h|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"(?<![\w.,-])(?P<number>\d+(?:\.\d+)?)\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_CURRENCIES = {
    "€": "eur",
    "euro": "eur",
    "euros": "eur",
    "eur": "eur",
    "$": "usd",
    "dollar": "usd",
    "dollars": "usd",
    "usd": "usd",
    "£": "gbp",
    "pound": "gbp",
    "pounds": "gbp",
    "gbp": "gbp",
}
_SIGN = "|".join(re.escape(name) for name in sorted(_CURRENCIES, key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<before>[€$£]|\b(?:eur|usd|gbp)\b)\s?(?P<first>\d[\d.,]*\d|\d)|(?P<second>\d[\d.,]*\d|\d)\s?(?P<after>{_SIGN})(?!\w))",
    re.IGNORECASE,
)
_BOUNDS = (
    (
        "most",
        r"within|at most|not? (?:more|later|longer) than|up to|maximum(?: of)?|max\.?|at the latest|less than|under|in|by",
    ),
    ("least", r"at least|minimum(?: of)?|not? (?:less|earlier|sooner) than"),
    ("after", r"after|longer than|more than|over|older than|exceeds?"),
    ("every", r"every|each"),
)
_BOUND = [
    (name, re.compile(rf"\b(?:{words})\W+(?:the\W+|next\W+|first\W+|only\W+|a\W+)?$", re.IGNORECASE))
    for name, words in _BOUNDS
]
_RATE = re.compile(
    r"^\s*(?:a|an|per|each|every|/)\s?(?:day|week|month|quarter|year|hour|user|customer)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A value in a text and where it stands. kind: `duration` or `working time` in minutes, `share` from 0 to 1, or
    `amount` with its currency; a value for each day or person has that in its kind, since it compares with its like only."""

    start: int
    end: int
    kind: str
    value: float
    written: str
    bound: str


def measures_in(text: str) -> list[Measure]:
    """The values of a text in their order.

    >>> [(m.kind, m.value, m.bound) for m in measures_in("Answer within two hours; pay at least €1,000.")]
    [('duration', 120.0, 'most'), ('amount eur', 1000.0, 'least')]
    """
    found: list[Measure] = []
    for match in _DURATION.finditer(text):
        kind = "working time" if match["working"] else "duration"
        value = _number(match["number"]) * _MINUTES[match["unit"].lower()]
        found.append(_measure(text, match, kind, value))
    found += [_measure(text, match, "share", _number(match["number"]) / 100) for match in _SHARE.finditer(text)]
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"]).lower()
        found.append(_measure(text, match, f"amount {_CURRENCIES[sign]}", _number(match["first"] or match["second"])))
    return sorted(found, key=lambda one: one.start)


def _measure(text: str, match: re.Match[str], kind: str, value: float) -> Measure:
    rate = _RATE.match(text[match.end() :])
    before = re.sub(r"[:,]\s*$", " ", text[: match.start()])
    bound = next((name for name, pattern in _BOUND if pattern.search(before)), "")
    if not bound and re.match(r"\s*(?:at the latest|at most|maximum|or less)\b", text[match.end() :], re.IGNORECASE):
        bound = "most"
    return Measure(
        match.start(), match.end(), f"{kind} {rate[0].split()[-1].lower()}" if rate else kind, value, match[0], bound
    )


def _number(written: str) -> float:
    name = written.lower()
    if name in _NUMBERS:
        return float(_NUMBERS[name])
    # 1,000 and 1.000 are a thousand; 1.5 and 1,5 one and a half.
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written):
        return float(re.sub(r"[.,]", "", written))
    return float(re.sub(r"[.,](?=.*[.,])", "", written).replace(",", "."))
