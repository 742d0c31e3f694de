"""A sentence read into its mentions (names, metrics, times, numbers, quotations, references) and its clauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from analyst_agent.claims import cues
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.mentions import Kind, Mention, Number
from analyst_agent.claims.times import time_readers

# Private characters stand for mentions while a sentence is read; numbers have a range of their own.
_FIRST, _FIRST_NUMBER, _MOST = 0xE000, 0xF000, 2000
_MENTION = re.compile("[\ue000-\uf8ff]")
# Scripts without spaces put letters right before a number, and emphasis an underscore; digits of an identifier stand behind Latin ones.
_NUM = r"(?<![\dA-Za-z.])(?<![\dA-Za-z]_)[-+−~]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_UNIT = (
    r"(?:\s*-?(%|per\s?cent\b|percentage[ -]points?\b|points?\b|pp\b|pts?\b|hours?\b|hrs?\b|h\b|minutes?\b|mins?\b|days?\b"
    r"|times\b|-?fold\b|x\b|[A-Z]{3}\b|dollars\b|euros?\b|[kKmM]\b))?"
)
_UNITS = {
    "%": "ratio", "per cent": "ratio", "percent": "ratio", "percentage point": "points", "percentage points": "points",
    "percentage-points": "points", "percentage-point": "points", "point": "points", "points": "points", "pp": "points",
    "pt": "points", "pts": "points", "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "h": "h", "minute": "min",
    "minutes": "min", "min": "min", "mins": "min", "day": "days", "days": "days", "times": "times", "fold": "times",
    "-fold": "times", "x": "times", "dollars": "currency", "euro": "currency", "euros": "currency", "k": "thousand", "m": "million",
}  # fmt: skip
_DOLLARS = ("USD", "AUD", "CAD", "HKD", "NZD", "SGD")
_CURRENCIES = {
    "$": _DOLLARS, "dollars": _DOLLARS, "€": ("EUR",), "euro": ("EUR",), "euros": ("EUR",), "£": ("GBP", "EGP"),
}  # fmt: skip
_CLAUSE = re.compile(
    r"[,;:()—–|\n]|(?<!\w)(?:and|but|while|whereas|though|although|which|so)(?!\w)|\s-\s", re.IGNORECASE
)
_SEGMENT = re.compile(
    r"(?<!\w)(?=(?:against|versus|vs|than(?!\s*[\uf000-\uf8ff])|compared|from|after|to)(?!\w))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clause with no "against", "than", "from" inside; `masked` has one private character for each mention."""

    masked: str
    mentions: tuple[tuple[int, Mention], ...]

    def of(self, kind: Kind) -> list[Mention]:
        """Its mentions of a kind, in order."""
        return [m for _, m in self.mentions if m.kind == kind]

    def before(self, position: int) -> str:
        """The text left of a position."""
        return self.masked[:position]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between commas, brackets, "and", "but" and "while"."""

    segments: tuple[Segment, ...]

    @property
    def masked(self) -> str:
        """Its text with mentions masked."""
        return "".join(s.masked for s in self.segments)

    def of(self, kind: Kind) -> list[Mention]:
        """Its mentions of a kind, in order."""
        return [m for s in self.segments for m in s.of(kind)]


@dataclass(slots=True)
class Sentence:
    """A sentence read: its masked text, its clauses and all mentions in order."""

    text: str
    masked: str = ""
    mentions: list[Mention] = field(default_factory=list)
    clauses: tuple[Clause, ...] = ()

    def of(self, kind: Kind) -> list[Mention]:
        """Its mentions of a kind, in order of appearance."""
        found = [self.mention(c) for c in _MENTION.findall(self.masked)]
        return [m for m in found if m.kind == kind]

    def mention(self, character: str) -> Mention:
        """The mention a private character stands for."""
        code = ord(character)
        return self.mentions[code - (_FIRST_NUMBER if code >= _FIRST_NUMBER else _FIRST)]

    @property
    def own_words(self) -> str:
        """What it says beside its mentions."""
        return _MENTION.sub(" ", self.masked)


def read(text: str, lexicon: Lexicon) -> Sentence:
    """The sentence with its mentions found, quotations first, numbers last, so that digits inside names are no numbers."""
    sentence = Sentence(text, text)
    for pattern, make in _readers(lexicon):
        _mask(sentence, pattern, make)
    sentence.clauses = tuple(_clause(sentence, part) for part in _CLAUSE.split(sentence.masked) if part.strip())
    return sentence


def _mask(sentence: Sentence, pattern: re.Pattern[str], make: Callable[[re.Match[str]], Mention | None]) -> None:
    def replace(match: re.Match[str]) -> str:
        mention = make(match)
        if mention is None or len(sentence.mentions) >= _MOST:
            return match[0]
        sentence.mentions.append(mention)
        first = _FIRST_NUMBER if mention.kind in ("number", "range") else _FIRST
        return chr(first + len(sentence.mentions) - 1)

    sentence.masked = pattern.sub(replace, sentence.masked)


def _clause(sentence: Sentence, part: str) -> Clause:
    segments = []
    for piece in _SEGMENT.split(part):
        found = tuple((m.start(), sentence.mention(m[0])) for m in _MENTION.finditer(piece))
        segments.append(Segment(piece, found))
    return Clause(tuple(segments))


def _readers(lexicon: Lexicon) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]]]:
    numbers = "|".join(sorted(cues.NUMBER_WORDS, key=len, reverse=True))
    fractions = "|".join(re.escape(w) for w in sorted(cues.FRACTIONS, key=len, reverse=True))
    return [
        (re.compile(r"\[(c\d+|f\d+)\]|\{\{\s*([\w-]+)\s*\}\}"), lambda m: Mention("reference", m[0], m[1] or m[2])),
        (re.compile(r"[\"“„«]([^\"“”„«»]*)[\"”»]"), lambda m: Mention("quote", m[0], m[1])),
        (lexicon.pattern, lexicon.mention),
        (re.compile(r"\b95\s?%(?=\s+(?:confidence|interval|CI\b))|\b90th(?=\s+percentile)", re.I), _interval_level),
        *time_readers(lexicon),
        (re.compile(rf"({_NUM}){_UNIT}\s*(?:to|–|—|-)\s*({_NUM}){_UNIT}"), _range),
        (re.compile(rf"([$€£]\s?)?({_NUM}){_UNIT}"), _number),
        (re.compile(r"(?<!\w)[A-Za-z]+-?\d[\w.-]*|\d+(?:st|nd|rd|th)(?!\w)"), lambda m: Mention("identifier", m[0])),
        (re.compile(rf"(?<!\w)({fractions})(?!\w)", re.I), _fraction),
        (re.compile(rf"(?<!\w)({'|'.join(cues.MULTIPLES)})(?!\w)", re.I), _multiple),
        (re.compile(rf"(?<!\w)({numbers})(?:[ -](?:and )?({numbers}))*(?!\w)", re.I), _number_words),
    ]


def _interval_level(match: re.Match[str]) -> Mention:
    return Mention("metric", match[0], frozenset())


def number_of(text: str, unit: str | None, symbol: str | None = None) -> Number:
    """A number as written with its unit."""
    sign = {"-": -1, "−": -1, "+": 1}.get(text[0], 0)
    digits = text.lstrip("+-−~").replace(",", "")
    decimals = len(digits.partition(".")[2])
    value = float(digits)
    known = _UNITS.get(" ".join((unit or "").lower().split()).lstrip("-"), "")
    if unit and not known:
        known = "currency" if unit.isupper() else ""
    money = _currencies(unit, symbol) if symbol or known == "currency" else ()
    if known in ("thousand", "million"):
        scale, places = {"thousand": (1000.0, 3), "million": (1e6, 6)}[known]
        return Number(value * scale, decimals - places, "currency" if symbol else "", 0, 0.0, sign, money)
    return Number(value, decimals, "currency" if symbol else known, 1 if text[0] == "~" else 0, 0.0, sign, money)


def _currencies(unit: str | None, symbol: str | None) -> tuple[str, ...]:
    """The codes that a number's sign, word or code of currency may stand for."""
    said = (symbol or unit or "").strip()
    return _CURRENCIES.get(said.lower(), (said,) if said.isupper() else ())


def _number(match: re.Match[str]) -> Mention:
    return Mention("number", match[0], number_of(match[2], match[3], match[1]))


def _range(match: re.Match[str]) -> Mention:
    unit = match[4] or match[2]
    return Mention("range", match[0], (number_of(match[1], match[2] or unit), number_of(match[3], unit)))


def _fraction(match: re.Match[str]) -> Mention:
    return Mention("number", match[0], Number(cues.FRACTIONS[match[1].lower()], 4, "fraction", 0, 0.02))


def _multiple(match: re.Match[str]) -> Mention:
    value = cues.MULTIPLES[match[1].lower()]
    return Mention("number", match[0], Number(value, 4, "times", 0, value * 0.05))


def _number_words(match: re.Match[str]) -> Mention | None:
    parts = re.split(r"[ -]+", match[0].lower().replace(" and ", " "))
    if parts == ["one"] and not re.match(r"\s+(?:ticket|escalat|account|customer)", match.string[match.end() :]):
        return None
    total, current = 0, 0
    for part in parts:
        n = cues.NUMBER_WORDS[part]
        if n in (12, 100) and part in ("dozen", "hundred"):
            current = max(current, 1) * n
        elif n >= 1000:
            total, current = total + max(current, 1) * n, 0
        else:
            current += n
    tail = re.match(_UNIT, match.string[match.end() :], re.IGNORECASE)
    unit = _UNITS.get((tail[1] or "").lower(), "") if tail else ""
    return Mention("number", match[0], Number(float(total + current), 0, unit))
