"""What orders and limits a list of tickets: "the 12 longest open ...", "top 5 tickets by handle time", "sorted oldest first"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyst_agent.understanding import cues
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

MOST = 100
"""As many as a list has at most: who asks for all of them gets so many."""
PLURAL = r"(?:tickets|cases|incidents|requests|escalations)"
NOUN = r"(?:tickets?|cases?|incidents?|requests?|escalations?)"
POLITE = r"(?:(?:please|pls|plz|can|could|would|will|you|i|we|want|need|like|would|d|to|kindly|just|hey|hi|hello|ok|now|then|and|also|let|me|us) )*"
_END = r"(?:resolve|solve|fix|close|finish|be (?:resolved|solved|fixed|closed)|get (?:resolved|solved|fixed|closed)|resolution)"
_UNSOLVED = r"(?:open|waiting|unresolved|unsolved|pending|outstanding)"
_ORDERS = {
    "longest_open": rf"(?:(?:that|which) )?(?:(?:have|has|are|is|were) )?(?:been )?(?:still )?{_UNSOLVED}(?: for)? (?:the )?longest"
    rf"|longest (?:still )?(?:{_UNSOLVED}|standing|running)|longest waiting (?:and )?open",
    "longest_to_resolve": rf"(?:(?:that|which) )?(?:took|takes?|taking|needed) (?:us |me )?(?:the )?longest(?: (?:time )?(?:to|until) {_END})?"
    rf"|longest to {_END}|(?:(?:with|had) )?(?:the )?longest (?:resolution|solve|solution|resolving) times?|slowest(?: to {_END})?|longest(?! \w+ times?\b)",
    "fastest_to_resolve": rf"(?:(?:that|which) )?(?:took|takes?) (?:us |me )?(?:the )?shortest(?: time)?(?: (?:to|until) {_END})?"
    rf"|(?:fastest|quickest)(?: to {_END})?|(?:(?:with|had) )?(?:the )?shortest (?:resolution|solve) times?",
    "most_handle_time": r"(?:(?:that|which) )?(?:cost|costing|costs) (?:us )?(?:the )?most(?: money)?|most (?:expensive|costly)|costliest|priciest"
    r"|(?:(?:by|with|had|took|taking) )?(?:the )?(?:most|highest|longest) (?:handle|handling) times?|by (?:handle|handling) time|by (?:estimated )?costs?",
    "oldest": r"oldest|earliest|longest ago",
    "newest": r"newest|latest|most recent(?:ly)?|freshest|youngest",
}  # fmt: skip
_ORDER = {
    name: re.compile(rf"\b(?:(?:sorted|sort|ordered|order|ranked) (?:them )?(?:by )?)?(?:the )?(?:{said})(?: first)?\b")
    for name, said in _ORDERS.items()
}
_IDS = re.compile(
    r"\b(?:the )?(?:(?:ticket|case|incident|escalation) )?ids? (?:of|for)\b|\b(?:ticket|case|incident) (?:numbers?|list) (?:of|for)\b|\bids?\b|\b(?:(?:some|a few|few) )?examples of\b"
)
_ALL = re.compile(
    rf"^{POLITE}(?:list|show|display|give|print|export|get|see)(?: me| us)? (?:all|every|each)\b|\b(?:complete|full) list\b"
)
_UNITS = word_set(
    "day days week weeks month months quarter quarters year years hour hours minute minutes percent am pm times"
)
_LIMITS = word_set("top limit max maximum")
_NOT_BEFORE = word_set(
    "tier level priority line group severity sev category team than least most over under above below version release room with after before"
)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What orders and limits a list, and the clause without these words. limit: 0 where no number is named."""

    order: str
    limit: int
    rest: str


def ordered_list(reading: Reading, alone: bool = False) -> Ordered:
    """The order and limit of a clause, and the clause without them and without the word for ids. alone: it names no tickets."""
    said = reading.said
    gone: set[int] = set()
    order, of_order = "", set[int]()
    for name, pattern in _ORDER.items():
        if match := pattern.search(said):
            order, of_order = name, set(reading.tokens_in(match.span()))
            break
    for match in _IDS.finditer(said):
        gone |= set(reading.tokens_in(match.span()))
    limit, of_limit, way = _limit(reading, of_order, alone)
    order = order or way
    if order and not limit and not of_limit and _is_one(reading, of_order):
        limit = 1
    if not limit and _ALL.search(said):
        limit = MOST
    return Ordered(order, limit, _without(reading, gone | of_order | of_limit))


def _limit(reading: Reading, of_order: set[int], alone: bool) -> tuple[int, set[int], str]:
    """The number of tickets named, its words, and the order in "the last 20", "the first 10"."""
    spans = reading.period_spans()
    for i, token in enumerate(reading.tokens):
        number = cues.NUMBER_WORDS.get(token.word, int(token.word) if re.fullmatch(r"\d{1,4}", token.word) else 0)
        if not number or any(start <= i < end for start, end in spans) or reading.word(i + 1) in _UNITS:
            continue
        before = reading.word(i - 1)
        if before in _NOT_BEFORE or not (alone or before in _LIMITS or _counts_tickets(reading, i, of_order)):
            continue
        way = {"last": "newest", "first": "oldest"}.get(before, "")
        return number, {i, i - 1} if way or before in _LIMITS else {i}, way
    return 0, set(), ""


def _counts_tickets(reading: Reading, i: int, of_order: set[int]) -> bool:
    """Whether the noun a number stands before is tickets: "the 12 longest open escalations", not "area 3"."""
    for j in range(i + 1, min(i + 9, len(reading.tokens))):
        if re.fullmatch(NOUN, reading.word(j)):
            return True
        if reading.words(j - 1, j + 1) == ("examples", "of"):
            continue
        if j not in of_order and reading.word(j) in cues.PREPOSITIONS | cues.BY | {"more", "or", "and"}:
            return False
    return False


def _is_one(reading: Reading, of_order: set[int]) -> bool:
    """ "The oldest open escalation", "which ticket took longest": a single one."""
    nouns = [
        token.word for i, token in enumerate(reading.tokens) if i not in of_order and re.fullmatch(NOUN, token.word)
    ]
    return bool(nouns) and not nouns[0].endswith("s")


def _without(reading: Reading, gone: set[int]) -> str:
    """The clause without some of its words."""
    text, at, kept = reading.text, 0, []
    for i in sorted(gone & set(range(len(reading.tokens)))):
        token = reading.tokens[i]
        kept.append(text[at : token.start])
        at = token.end
    return re.sub(r"\s+", " ", "".join([*kept, text[at:]])).strip(" ,:;")
