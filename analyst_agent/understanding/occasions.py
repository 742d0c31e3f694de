"""Why, for whom and before what somebody asks ("we are closing the numbers with finance, how many ..."): it limits no tickets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date

from analyst_agent.understanding.options import names_ticket
from analyst_agent.understanding.reading import Reading

Read = Callable[[str], Reading]
"""How a text is read, so that what it names is known before it is taken for an occasion."""

_EVENT = (
    r"(?:calls?|meetings?|talks?|reviews?|presentations?|decks?|slides?|board|boards|qbrs?|steerco|committee|audits?|memos?|newsletters?|stand-?ups?|"
    r"town ?halls?|off-?sites?|workshops?|one-on-ones?|1:1s?|briefings?|reports?|filings?|budgets?|forecasts?|accruals|planning|"
    r"catch-?ups?|sync|interviews?|visits?|negotiations?|renewals?|lunch|demo|appointments?|close)"
)
_PERSON = r"(?:i|we|they|he|she|somebody|someone|everyone|people|\w+ (?:team|people|guys|department|folks|colleagues|boss|manager|lead|head))"
_ASKS_ME = re.compile(
    r"\b(?:asks?|asked|asking|pinge?d?|pesters?|pestered|bugs|bugged|told|tells|nags?|nagged|pushe[sd]|chase[sd]|remind(?:s|ed)) (?:me|us)\b"
    r"|\b(?:is|are|was|were|keeps?|kept) (?:asking|wondering|curious|waiting|chasing|nagging)\b"
    r"|\b(?:wants?|wanted|would like|d like|needs?|needed) (?:me |us )?(?:to (?:know|see|hear|understand|have)|an? (?:number|figure|answer|update)|it|this|that|these|those|numbers|figures)\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    rf"\b{_PERSON} (?:\w+ ){{0,2}}?(?:is|am|are|m|re|have|has|ve|need|needs|got|will|ll|was|were|had|must|want|sit|meet|present|prepare)\b(?:.*\b{_EVENT}\b|.*\b(?:closing|preparing|presenting|"
    r"meeting|reporting|planning|budgeting|reviewing|talking|writing|drafting|putting together|working on|getting ready|signing off|reconciling|going through)\b|.*\bfor (?:the|my|our|a|an)\b)"
    rf"|^(?:preparing|prepping|presenting|closing|writing|drafting|finishing|meeting|talking|putting together|getting ready|in preparation|it is|this is) .*\b(?:{_EVENT}|with|to|for)\b",
    re.IGNORECASE,
)
_NEWCOMER = re.compile(r"^(?:i|we) ?(?:am|'?m|are|'?re) (?:new|just starting|just learning)\b", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?:for|before|ahead of|prior to|in time for|as part of|preparing) (?:(?:my|our|the|a|an|this|tomorrow's|today's|this afternoon's|\w+day's|next week's) )(?:[\w'-]+ ){{0,5}}?{_EVENT}\b(?: (?:tomorrow|today|later|with|for|on|about|of|next week|this afternoon|at)\b[^,;:.?!]*)?",
    re.IGNORECASE,
)
_SAYS_HOW = re.compile(r"^(?:(?:a |an |one |my |just |another |and |quick |first |next |last |random |stupid |silly |dumb |general )*[\w-]+ ){0,3}(?:questions?|thing|request|favou?r|one)$", re.IGNORECASE)  # fmt: skip
_WANTS_TO_KNOW = re.compile(
    r"^(?P<who>[^,;:.?!]{2,60}?)\b(?:wants?|wanted|would like|needs?|asked|asks|is asking|are asking|keeps? asking|is wondering|was wondering|is curious)"
    r"(?: (?:me|us))?(?: (?:to know|to see|to hear|to understand|about|for))?\s+(?=(?:how|what|which|why|whether|if|when|where)\b|(?:the|our) (?!most|least|longest|fewest|highest|lowest)\w)",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:they|them|their|theirs|those|these)\b|(?<!\bare )(?<!\bwere )(?<!\bis )(?<!\bwas )\bthere\b(?! (?:were|are|was|is|have|had|has)\b)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:[,;:]|(?<=[a-z0-9)])\.|\s[-–—]+)\s+", re.IGNORECASE)
_QUESTION = re.compile(
    r"^(?:(?:so|and|but|now|then|ok|okay|please|well)\s+)*(?:how|what|which|why|when|where|who|whose|is|are|was|were|do|does|did|can|could|show|give|tell|compare|list)\b"
    r"|\b(?:how (?:many|much|often|long)|what (?:is|was|were|are|did|does|share|drove))\b",
    re.IGNORECASE,
)


def without_occasion(text: str, read: Read, today: date) -> tuple[str, tuple[str, ...]]:
    """The text without the parts that only tell the occasion of the question, and a note for each that names something.

    A part is taken out only where another part asks for something, and never one that names a measure or a customer itself: "I need the
    rate for Finance" is a question, and before a call with Acme it is Acme that is asked about. Days of the past that only the occasion
    names ("for the October review") stay. A text that is nothing but an occasion stays as it is.
    """
    found: list[str] = []
    led = _WANTS_TO_KNOW.match(text)
    if led is not None and not _QUESTION.search(led["who"]) and _may_go(led["who"], text[led.end() :], read):
        found.append(led["who"].strip())
        text = text[led.end() :]
    text, said = _without_parts(text, read)
    found += said
    match = _BEFORE.search(text)
    if match is not None:
        rest = f"{text[: match.start()].rstrip(' ,')} {text[match.end() :].lstrip(' ,:')}".strip()
        if _may_go(match[0], rest, read) and not _is_event_a_value(match, text, read):
            found.append(match[0].strip())
            text = rest
    readings = {part: read(part) for part in found}
    if found and not read(text).periods:
        days = [
            m.text for r in readings.values() for m in r.periods if m.period is not None and m.period.start <= today
        ]
        text = " ".join([text.rstrip("?!. "), *days[:1]])
    return text, tuple(
        f"Taken as why you ask, not as a condition: {part!r}." for part, r in readings.items() if r.groups
    )


def _without_parts(text: str, read: Read) -> tuple[str, list[str]]:
    cuts = [0, *(m.end() for m in _PARTS.finditer(text)), len(text)]
    parts = [text[a:b] for a, b in itertools.pairwise(cuts)]
    if len(parts) < 2:
        return text, []
    told = [_is_occasion(_bare(part), read) for part in parts]
    if not any(told) or not any(_asks(_bare(part), read) for part, gone in zip(parts, told, strict=True) if not gone):
        return text, []
    if any(_POINTS_BACK.search(part) for part, gone in zip(parts, told, strict=True) if not gone):
        return text, []
    kept = "".join(part for part, gone in zip(parts, told, strict=True) if not gone).strip(" ,;:-–—")
    return kept, [_bare(part) for part, gone in zip(parts, told, strict=True) if gone]


def _bare(part: str) -> str:
    return re.sub(r"[\s,;:.–—-]+$", "", part.strip())


def _asks(part: str, read: Read) -> bool:
    return _QUESTION.search(part) is not None or _measures(read(part))


def _is_occasion(part: str, read: Read) -> bool:
    if not part or _QUESTION.search(part):
        return False
    if _SAYS_HOW.match(part) or _NEWCOMER.match(part):
        return True
    told = _ASKS_ME.search(part) or _DOING.search(part) or _BEFORE.match(part)
    return told is not None and not _limits(read(part))


def _may_go(part: str, rest: str, read: Read) -> bool:
    """Whether a part may be taken out of a question: what is left asks for something and does not point back ("how many did they have")."""
    return _asks(_bare(rest), read) and not _POINTS_BACK.search(rest) and not _limits(read(part))


def _is_event_a_value(match: re.Match[str], text: str, read: Read) -> bool:
    """Whether what looks like an event is a value of the data: "for the Reports"."""
    reading = read(text)
    values = {i for group in reading.groups if group.end - group.start == 1 for i in range(group.start, group.end)}
    return any(
        re.fullmatch(_EVENT, reading.word(i)) and match.start() <= reading.tokens[i].start < match.end() for i in values
    )


def _limits(reading: Reading) -> bool:
    """Whether a part names what is asked for or whom it is about: a measure, one customer, ticket or known issue."""
    named = reading.issue_spans or any(group.dimension == "account" for group in reading.groups)
    return bool(named) or _measures(reading) or names_ticket(reading)


def _measures(reading: Reading) -> bool:
    """Whether a text names a measure or a thing counted. "Finance numbers" names none."""
    return bool(reading.metrics or reading.weak_metrics or "count" in reading.cues)
