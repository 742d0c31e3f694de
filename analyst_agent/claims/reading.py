"""A sentence read into its mentions (names, metrics, times, numbers, quotations, references) and its clauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from analyst_agent.claims import cues, formats
from analyst_agent.claims.figures import Span, month_span
from analyst_agent.claims.lexicon import Lexicon

Kind = Literal["name", "metric", "time", "badtime", "number", "range", "quote", "reference", "identifier", "vague"]
# Private characters stand for mentions while a sentence is read; numbers have a range of their own.
_FIRST, _FIRST_NUMBER, _MOST = 0xE000, 0xF000, 2000
_MENTION = re.compile("[\ue000-\uf8ff]")
_MONTH = "|".join([*formats.MONTHS, *(m[:3] + r"\.?" for m in formats.MONTHS if m != "May"), r"Sept\.?"])
_NUM = r"(?<![\w.])[-+−~]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
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
_CLAUSE = re.compile(
    r"[,;:()—–|\n]|(?<!\w)(?:and|but|while|whereas|though|although|which|so)(?!\w)|\s-\s", re.IGNORECASE
)
_SEGMENT = re.compile(
    r"(?<!\w)(?=(?:against|versus|vs|than(?!\s*[\uf000-\uf8ff])|compared|from|after|to)(?!\w))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as said: value, decimals shown, unit (of facts; h, min and days stay as said; "" bare), and how precise.

    about: 0 exact, 1 "about", 2 "more than", -2 "less than". tolerance: for fractions in words. sign: -1, 0 or 1 as written.
    """

    value: float
    decimals: int = 0
    unit: str = ""
    about: int = 0
    tolerance: float = 0.0
    sign: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """One recognised piece of a sentence: `payload` is a Number, two Numbers, a Span, a set of names or text, by kind."""

    kind: Kind
    text: str
    payload: object = None


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
        *_time_readers(lexicon),
        (re.compile(rf"({_NUM}){_UNIT}\s*(?:to|–|—|-)\s*({_NUM}){_UNIT}"), _range),
        (re.compile(rf"([$€£]\s?)?({_NUM}){_UNIT}"), _number),
        (re.compile(r"(?<!\w)[A-Za-z]+-?\d[\w.-]*|\d+(?:st|nd|rd|th)(?!\w)"), lambda m: Mention("identifier", m[0])),
        (re.compile(rf"(?<!\w)({fractions})(?!\w)", re.I), _fraction),
        (re.compile(rf"(?<!\w)({'|'.join(cues.MULTIPLES)})(?!\w)", re.I), _multiple),
        (re.compile(rf"(?<!\w)({numbers})(?:[ -](?:and )?({numbers}))*(?!\w)", re.I), _number_words),
    ]


def _interval_level(match: re.Match[str]) -> Mention:
    return Mention("metric", match[0], frozenset())


def _time_readers(lexicon: Lexicon) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]]]:
    day = rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\s*(\d{{4}})?"
    return [
        (re.compile(rf"\b(\d{{1,2}})(?:\s+({_MONTH})(?:\s+(\d{{4}}))?)?\s*(?:to|–|—|-|until)\s*{day}\b"), lexicon_days(lexicon)),
        (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), lexicon_iso(lexicon)),
        (re.compile(rf"\b{day}\b|\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b"), lexicon_day(lexicon)),
        (re.compile(rf"\b({_MONTH})(?!\w)(?:\s+(?:of\s+)?(\d{{4}}))?"), lexicon_month(lexicon)),
        (re.compile(r"\bQ([1-4])(?:\s+(\d{4}))?\b"), lexicon_quarter(lexicon)),
        (re.compile(r"\b(?:last|past|previous|preceding)\s+(\d+)\s+days\b", re.I), lexicon_rolling(lexicon)),
        (re.compile(r"\b(?:last|this|next)\s+(?:month|week|quarter|year)\b", re.I), lexicon_relative(lexicon)),
        (cues.BEFORE, lambda m: _span(m[0], lexicon.comparison)),
        (re.compile(r"\b(?:in|of|since|during|for)\s+((?:19|20)\d{2})\b"), lambda m: _known(m[0], month_span(int(m[1]), 1, 12), lexicon)),
    ]  # fmt: skip


def _span(text: str, span: Span | None) -> Mention:
    return Mention("time", text, span) if span else Mention("badtime", text)


def _known(text: str, span: Span | None, lexicon: Lexicon) -> Mention:
    return _span(text, span if span in lexicon.spans else None)


def _month_number(name: str) -> int:
    return next(i for i, m in enumerate(formats.MONTHS, start=1) if m[:3].lower() == name[:3].lower())


def _date(year: str | int, month: int, day_of_month: str) -> date | None:
    try:
        return date(int(year), month, int(day_of_month))
    except ValueError:
        return None


def lexicon_days(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "1 to 31 October 2026", with or without the first month and the years."""

    def make(m: re.Match[str]) -> Mention:
        last_month = _month_number(m[5])
        for start, end in lexicon.spans:
            final = end - timedelta(days=1)
            year = int(m[6] or final.year)
            first_month = _month_number(m[2]) if m[2] else last_month
            first = _date(m[3] or (year if first_month <= last_month else year - 1), first_month, m[1])
            if first == start and _date(year, last_month, m[4]) == final:
                return Mention("time", m[0], (start, end))
        return Mention("badtime", m[0])

    return make


def lexicon_iso(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "2026-10-31"."""
    return lambda m: _one_day(m[0], _date(m[1], int(m[2]), m[3]) if 1 <= int(m[2]) <= 12 else None, lexicon)


def lexicon_day(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "31 October 2026" or "October 31, 2026"."""

    def make(m: re.Match[str]) -> Mention:
        if m[4]:
            return _one_day(m[0], _date(m[6], _month_number(m[4]), m[5]), lexicon)
        years = [m[3]] if m[3] else sorted({str(d.year) for s in lexicon.spans for d in s}, reverse=True)
        days = [_date(y, _month_number(m[2]), m[1]) for y in years]
        known = [d for d in days if d and _edge(d, lexicon)]
        return _one_day(m[0], known[0] if known else None, lexicon)

    return make


def _edge(day: date, lexicon: Lexicon) -> Span | None:
    for start, end in lexicon.spans:
        if day in (start, end - timedelta(days=1)):
            return start, end
    return None


def _one_day(text: str, day: date | None, lexicon: Lexicon) -> Mention:
    if day is not None and (day, day + timedelta(days=1)) in lexicon.spans:
        return Mention("time", text, (day, day + timedelta(days=1)))
    return Mention("badtime", text)


def lexicon_month(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention | None]:
    """ "October 2026", or "October" where only one year's is known. The verb "may" is no month."""

    def make(m: re.Match[str]) -> Mention | None:
        if m[1].lower() == "may" and not m[1][0].isupper():
            return None
        number = _month_number(m[1])
        if m[2]:
            return _known(m[0], month_span(int(m[2]), number), lexicon)
        found = [s for s in lexicon.spans if s == month_span(s[0].year, number)]
        return _span(m[0], max(found) if found else None)

    return make


def lexicon_quarter(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "Q3 2026" or "Q3"."""

    def make(m: re.Match[str]) -> Mention:
        first = int(m[1]) * 3 - 2
        years = [int(m[2])] if m[2] else sorted({s[0].year for s in lexicon.spans}, reverse=True)
        found = [month_span(y, first, 3) for y in years if month_span(y, first, 3) in lexicon.spans]
        return _span(m[0], found[0] if found else None)

    return make


def lexicon_rolling(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "the last 30 days" is the finding's period where that has 30 days, "the previous 30 days" the comparison's."""

    def make(m: re.Match[str]) -> Mention:
        span = lexicon.comparison if m[0].lower().startswith(("prev", "prec")) else lexicon.period
        return _span(m[0], span if span and (span[1] - span[0]).days == int(m[1]) else None)

    return make


def lexicon_relative(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "last month" by the clock, where there is one; otherwise it is not known which is meant."""

    def make(m: re.Match[str]) -> Mention:
        word, unit = m[0].lower().split()
        today = lexicon.today
        if today is None or word == "next" or unit == "week":
            return Mention("badtime", m[0])
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        months = (today.year * 12 + today.month - 1) // length * length - (length if word == "last" else 0)
        span = month_span(months // 12, months % 12 + 1, length)
        to_date = next((s for s in lexicon.spans if word == "this" and s[0] == span[0] and s[1] <= span[1]), span)
        return _known(m[0], to_date, lexicon)

    return make


def number_of(text: str, unit: str | None, symbol: str | None = None) -> Number:
    """A number as written with its unit."""
    sign = {"-": -1, "−": -1, "+": 1}.get(text[0], 0)
    digits = text.lstrip("+-−~").replace(",", "")
    decimals = len(digits.partition(".")[2])
    value = float(digits)
    known = _UNITS.get(" ".join((unit or "").lower().split()).lstrip("-"), "")
    if unit and not known:
        known = "currency" if unit.isupper() else ""
    if known in ("thousand", "million"):
        scale, places = {"thousand": (1000.0, 3), "million": (1e6, 6)}[known]
        return Number(value * scale, decimals - places, "currency" if symbol else "", 0, 0.0, sign)
    return Number(value, decimals, "currency" if symbol else known, 1 if text[0] == "~" else 0, 0.0, sign)


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
