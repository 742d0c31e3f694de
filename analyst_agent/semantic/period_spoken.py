"""Days and years that are spoken: "the first of September", "October the twenty-third", "twenty twenty-six", in figures."""

from __future__ import annotations

import re

from analyst_agent.semantic.period_words import MONTH, number

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_DAYS = {word: n for n, word in enumerate(_ORDINALS, 1)} | {"thirtieth": 30, "thirty first": 31}
_DAYS |= {f"twenty {word}": 20 + n for n, word in enumerate(_ORDINALS[:9], 1)}
_WORDS = "(?:" + "|".join(w.replace(" ", r"[\s-]") for w in sorted(_DAYS, key=len, reverse=True)) + ")"
_DAY, _TO = f"(?P<day>{_WORDS})", r"\s+(?:and|to|through|thru|until|till)\s+(?:the\s+)?"
_EDGE, _END = r"(?<![a-z0-9_])", r"(?![a-z0-9_])"
_NO_PART = rf"{_END}(?!\s+(?:quarter|half|week|weekend|day|month|time)s?{_END})"
_SPOKEN_DAYS = (
    rf"{_EDGE}{_DAY}(?=(?:{_TO}{_WORDS})?\s+(?:day\s+)?(?:of\s+)?{MONTH}{_END})",
    rf"{_EDGE}{MONTH}\s+(?:the\s+)?{_DAY}{_NO_PART}",
    rf"{_EDGE}{MONTH}\s+(?:the\s+)?{_WORDS}{_TO}{_DAY}{_NO_PART}",
)
_PATTERNS = tuple(re.compile(pattern) for pattern in _SPOKEN_DAYS)
_YEAR = re.compile(
    rf"{_EDGE}(?:twenty|two\s+thousand(?:\s+and)?)[\s-]+(?P<rest>(?:twenty|thirty)(?:[\s-](?:{'|'.join(_ONES)}))?){_END}"
)


def spoken(chars: str) -> list[tuple[int, int, str]]:
    """Where a day of a month or a year is spoken in a lower-case text, and the figures that stand for it, in order.

    >>> spoken("since the first of september twenty twenty-six")
    [(10, 15, '1st'), (29, 46, '2026')]
    """
    days = [(m.start("day"), m.end("day"), _day(m["day"])) for pattern in _PATTERNS for m in pattern.finditer(chars)]
    years = [(m.start(), m.end(), str(2000 + int(number(m["rest"])))) for m in _YEAR.finditer(chars)]
    return sorted({*days, *years})


def _day(words: str) -> str:
    day = _DAYS[re.sub(r"[\s-]", " ", words)]
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
