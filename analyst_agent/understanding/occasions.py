"""Why, for whom and before what somebody asks ("we are closing the numbers with finance, how many ..."): it limits no tickets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date

from analyst_agent.understanding.actions import action_asked
from analyst_agent.understanding.clauses import is_heading
from analyst_agent.understanding.contacts import asks_for_contacts
from analyst_agent.understanding.cues import PREPOSITIONS
from analyst_agent.understanding.options import names_ticket
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.unknown import unexplained_runs
from analyst_agent.understanding.words import Token, is_english

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
_AS_ASKED = re.compile(
    r"^as [^,;:.?!]{2,60}? (?:asked|wondered|said|requested|mentioned|suggested|wanted)\b", re.IGNORECASE
)
_TELLS = re.compile(
    r"\b(?:i|we|he|she|you|they|it)\b|\b(?:i|we|he|she|you|they|it|that|there|here)'?(?:m|s|re|ve|ll|d)\b|\b(?:am|is|are|was|were|has|have|had|keeps?|kept|will|would|must|might)\b|^(?:my|our)\b",
    re.IGNORECASE,
)
"""A sentence about somebody or something, and no name or condition set before the question."""
_FOR_OURS = re.compile(
    r"^(?:for|before|ahead of|in preparation (?:of|for)|as part of|towards?) (?:my|our)\b", re.IGNORECASE
)
_HARMLESS = frozenset(("how_doing", "norm", "should", "target", "document", "capability"))
"""Cues that a mere remark may carry ("the lift is broken", "I must hand in a plan")."""
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
        before, behind = text[: match.start()].rstrip(" ,"), text[match.end() :].lstrip(" ,")
        # "Two things for my review: ..." stays a heading.
        rest = f"{before}{behind}" if before and behind.startswith(":") else f"{before} {behind.lstrip(' :')}".strip()
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
        f"Taken as why you ask, not as a condition: {part!r}."
        for part, r in readings.items()
        if r.groups or any(one.place == "value" for one in r.unknown)
    )


def _without_parts(text: str, read: Read) -> tuple[str, list[str]]:
    cuts = [0, *(m.end() for m in _PARTS.finditer(text)), len(text)]
    parts = [text[a:b] for a, b in itertools.pairwise(cuts)]
    if len(parts) < 2:
        return text, []
    told = [_is_occasion(_bare(part), read) for part in parts]
    leading = next((i for i, part in enumerate(parts) if _asks(_bare(part), read)), 0)
    told = [
        gone or (i < leading and _only_tells(_bare(part), read))
        for i, (part, gone) in enumerate(zip(parts, told, strict=True))
    ]
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
    if told is None:
        return False
    reading = read(part)
    # "I want it by region" says how.
    return not (_limits(reading) or reading.by)


def _only_tells(part: str, read: Read) -> bool:
    """Whether a part before the question is a remark that limits nothing, whatever words it holds: "I'm doing the shift plan".

    It names no measure, value, field, unit of time or person, asks for nothing and orders nothing. "In Narnia" or "for the gold
    customers" is no remark: an unknown name there is asked about.
    """
    if not part or _QUESTION.search(part) or is_heading(part) or part.lower().startswith(("if ", "suppose", "assum")):
        return False
    asked_by = _AS_ASKED.match(part) is not None
    if not (asked_by or _TELLS.search(part) or _FOR_OURS.match(part)):
        return False
    reading = read(part)
    if reading.word(0) in PREPOSITIONS and not _FOR_OURS.match(part):
        # "Of all the bugs we documented": what it is asked of.
        return False
    if _limits(reading) or _names_more_than_compounds(reading) or reading.grain or reading.rank:
        return False
    if reading.cues - _HARMLESS:
        return False
    if action_asked(reading) is not None or asks_for_contacts(reading):
        return False
    return asked_by or not any(_may_be_name(token) for token in _unsaid(reading))


def _names_more_than_compounds(reading: Reading) -> bool:
    """Whether something of the model or data is named; the last word of "shift plan" is no field."""
    named = (
        reading.metrics or reading.weak_metrics or reading.groups or reading.conditions or reading.by or reading.revoked
    )
    if named or reading.cost_per_hour is not None:
        return True
    ends = {end for _, end in unexplained_runs(reading)}
    # Also agents and customers, whom the question may be about: "this agent says they get the nasty ones, does the mix confirm that".
    fields = [m for m in reading.mentions if m.dimensions]
    return any(field.start not in ends for field in fields)


def _unsaid(reading: Reading) -> list[Token]:
    """The words that nothing explains."""
    return [token for start, end in unexplained_runs(reading) for token in reading.tokens[start:end]]


def _may_be_name(token: Token) -> bool:
    """Whether an unexplained word may be the name of somebody that is asked about: capitalised, quoted, or no English."""
    return token.quoted or token.capital or not is_english(token.word)


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
