"""Lists of single tickets: who asks for the tickets themselves, which of them, in which order and how many.

What orders and limits a list ("the 12 longest open ...", "top 5 tickets by handle time") is read first and left out; the rest names
conditions as any clause does. A clause that then still asks for a split, a rate, a change or something unknown is no such list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analyst_agent.records import Filter, Intent, Plan, Value
from analyst_agent.semantic.periods import everything
from analyst_agent.understanding import cues, refusals
from analyst_agent.understanding.context import Context, SkillCard
from analyst_agent.understanding.fresh import COUNT, OPEN, with_period
from analyst_agent.understanding.limits import EVENTS, limit_behind
from analyst_agent.understanding.periods_asked import asked_periods
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

TICKETS, RESOLVED_SHARE = "ticket_count", "resolved_share"
MOST = 100
IS_OPEN = Filter("is_open", "=", "open")
_COUNTED = frozenset((COUNT, OPEN, TICKETS, EVENTS))
_PLURAL = r"(?:tickets|cases|incidents|requests|escalations)"
_NOUN = r"(?:tickets?|cases?|incidents?|requests?|escalations?)"
_BETWEEN = (
    r"(?:(?!(?:by|per|of|for|from|with|how|many|number|numbers|count|rate|rates|share|cost|costs|trend|trends|time|times|why|reasons?|causes?|volume|"
    r"that|who|where|when|has|have|is|are|was|were|did|do|does)\b)\w+ ){0,9}?"
)
_NOT_OF_THEM = (
    r"(?! (?:volumes?|counts?|numbers?|trends?|rates?|totals?|costs?|by(?! (?:handle|handling|(?:estimated )?costs?\b))|per|each|over time|tables?|data|stats|statistics|reports?|overview|summary|breakdowns?|"
    r"distribution|history|figures|backlog|load|types?|categor(?:y|ies)|fields?|polic(?:y|ies)|rules?|process|criteria|reasons?|causes?|drivers?|levels?)\b)"
)
_POLITE = r"(?:(?:please|pls|plz|can|could|would|will|you|i|we|want|need|like|would|d|to|kindly|just|hey|hi|hello|ok|now|then|and|also|let|me|us) )*"
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
_NAMED_ORDER = r"(?:newest|oldest|latest|earliest|freshest|most recent(?:ly)?|most expensive|most costly|costliest|slowest|fastest|quickest|longest|last \w+|first \w+|top \w+)"
_FORM = re.compile(
    "|".join((
        rf"^{_POLITE}(?:list|show|display|give|print|pull up|pull|fetch|get|see|have|name|enumerate|export|bring|a list|the list)(?: me| us| out| up)*(?: (?:an? |the |full |complete |whole )*(?:list|few examples|examples|some examples|\w+ examples) of)?(?: all)? {_BETWEEN}{_NOUN}\b{_NOT_OF_THEM}",
        rf"^{_POLITE}(?:a |the )?list (?:of|with) {_BETWEEN}{_PLURAL}\b{_NOT_OF_THEM}",
        rf"^{_POLITE}(?:which|what)(?: are| were| is| was)?(?: the)? {_BETWEEN}{_NOUN}\b{_NOT_OF_THEM}",
        rf"\b(?:ids?|ticket numbers?|case numbers?) (?:of|for) {_BETWEEN}{_PLURAL}\b|\b(?:ticket|case|escalation|incident) (?:ids?|list)\b",
        rf"^{_POLITE}(?:what (?:is|are|was|were) )?(?:the )?(?:\w+ )?{_NAMED_ORDER} {_BETWEEN}{_NOUN}\b{_NOT_OF_THEM}",
        rf"^{_POLITE}(?:all |the )?(?:open |escalated |unresolved )?{_PLURAL} (?:from|of) (?:the )?(?:account|customer|client|company)\b(?! (?:tier|segment|group|type|tenure)s?\b)",
        rf"^{_POLITE}(?:the )?{_BETWEEN}{_PLURAL} (?:that |which )?(?:took|taking|waiting|open|have been|cost)\b.*\b(?:longest|most|shortest)\b",
    ))
)  # fmt: skip
_LISTED = re.compile(
    r"\b(?:list|listed|show|see|display|print|give|gimme|lemme|name|enumerate|ids?|which|individual|single|actual|themselves|one by one|every|oldest|newest|latest|"
    r"longest|most (?:recent|expensive|costly)|costliest|slowest)\b"
)
"""Words of which one stands in every list that is asked for in whatever form; names alone ask for a number."""
_UNRESOLVED = re.compile(
    r"\b(?:unresolved|unsolved|(?:not|never|nt)(?: yet| been| be| get| got)* (?:resolved|solved|closed|fixed))\b"
)
_RESOLVED = re.compile(r"\b(?:resolved|solved|closed|fixed)\b")
_CREATED = word_set("created opened raised logged submitted filed reported received")
_ASIDE = _CREATED | word_set("assigned handled came")
"""Words that say no more than whose tickets they are and that they began."""
_CAUSED = re.compile(r"\b(?:caused by|due to|because of|attributed to|root cause)\b")
_IDS = re.compile(
    r"\b(?:the )?(?:(?:ticket|case|incident|escalation) )?ids? (?:of|for)\b|\b(?:ticket|case|incident) (?:numbers?|list) (?:of|for)\b|\bids?\b|\b(?:(?:some|a few|few) )?examples of\b"
)
_OTHERS = re.compile(
    r"\b(?:urgent\w*|attention|overdue|breach\w*|due|acknowledg\w*|unacknowledged|emerging|similar|like t|need (?:a|an|some|my|our|action|help|to)|needs|needing|"
    r"act on|act upon|chase|before (?:noon|lunch|tonight))\b"
)
"""What the brief of the day, new problems and the story of one ticket tell."""
_THEM = re.compile(
    rf"^{_POLITE}(?:(?:list|show|give|display|see|name|get)(?: me| us)? (?:all |all of )?(?:them|those|these)(?: {_PLURAL}| ones)?(?: all)?|"
    rf"which (?:ones|{_PLURAL})(?: (?:are|were) (?:they|those|these|that))?|what are their ids) $"
)
_ALL = re.compile(
    rf"^{_POLITE}(?:list|show|display|give|print|export|get|see)(?: me| us)? (?:all|every|each)\b|\b(?:complete|full) list\b"
)
_UNITS = word_set(
    "day days week weeks month months quarter quarters year years hour hours minute minutes percent am pm times"
)
_NOT_BEFORE = word_set(
    "tier level priority line group severity sev category team than least most over under above below version release room with after before"
)
_BLOCKING = frozenset(
    {"count", "rate", "compare", "change", "trend", "over_time", "matches_known", "known_issue", "how_doing", "remedy", "volume_or_rate",
     "share_of_escalated", "share_of_tickets", "commonest", "predict", "norm", "should", "procedure", "how_long", "course", "coverage"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ordered:
    """What orders and limits a list, and the clause without these words. limit: 0 where no number is named."""

    order: str
    limit: int
    rest: str


def lists_tickets(skill: SkillCard) -> bool:
    """Whether a skill lists single tickets, by what it takes."""
    return {"which", "order", "limit"} <= set(skill.parameters)


def list_plan(reading: Reading, context: Context, *, called: bool = False) -> Plan | None:
    """The plan of the list that a clause asks for, or None where it asks for none. called: its meaning says so, whatever its form."""
    card = next((skill for skill in context.skills if lists_tickets(skill)), None)
    said = reading.said
    if card is None or reading.due_soon:
        return None
    if _THEM.search(said):
        return _those_discussed(card, context)
    if _OTHERS.search(said) or not (_LISTED if called else _FORM).search(said):
        return None
    ordered = _ordered(reading)
    rest = read(ordered.rest, replace(context, previous=None))
    asked = asked_periods(rest, context.clock)
    if rest.revoked or not _is_of_tickets(rest) or asked.problem is not None or asked.comparison is not None:
        return None
    if called and rest.entities:
        # "Accounts with open escalations": no tickets are to be listed.
        return None
    if rest.unknown:
        return None if called else refusals.unknown_name(rest.unknown[0], context)
    which, conditions = _which(rest, ordered)
    if which is None:
        return None
    options: dict[str, Value] = {} if which == "escalated" else {"which": which}
    options |= {"order": ordered.order} if ordered.order else {}
    options |= {"limit": ordered.limit} if ordered.limit else {}
    where = (*(one for one in rest.filters() if one != IS_OPEN), *conditions)
    plan = Plan(Intent.SKILL, 0.9, skill=card.name, where=where, options=options, notes=tuple(rest.notes))
    return refusals.private(plan, context) or _as_of_now(with_period(plan, asked, context), context)


def _is_of_tickets(rest: Reading) -> bool:
    """Whether nothing but tickets and conditions on them is named."""
    named = rest.weak_metrics or rest.metrics
    loose = set(rest.loose) - _ASIDE
    splits = rest.by or rest.grain or rest.rank or rest.limits or loose or rest.cost_per_hour
    caused = "cause" in rest.cues and not (_CAUSED.search(rest.said) and rest.groups)
    held = {group.dimension for group in rest.groups}
    bare = [name for name in rest.bare if not name.startswith("is_") and name not in held]
    blocking = rest.cues & (_BLOCKING - {"compare"} if rest.conditions else _BLOCKING)
    return bool(named) and not (splits or caused or bare or blocking)


def _which(rest: Reading, ordered: Ordered) -> tuple[str | None, tuple[Filter, ...]]:
    """Which tickets, and the conditions that a rate's name stands for ("reopened"); None where something else is measured."""
    model, filters = rest.lexicon.model, rest.filters()
    others = [name for name in rest.metrics if name not in _COUNTED and name != RESOLVED_SHARE]
    found = tuple(one for name in others if (one := limit_behind(model, name)))
    if len(found) < len(others):
        return None, ()
    named = {*rest.metrics, *rest.weak_metrics}
    is_told = any(one.field in ("is_open", "status") for one in filters)
    is_open = OPEN in named or IS_OPEN in filters or "is_open" in rest.bare
    is_open = is_open or (not is_told and _UNRESOLVED.search(rest.said) is not None)
    of_escalated = bool(
        named & {COUNT, OPEN, EVENTS} or any(model.filterable()[one.field].dataset != "ticket" for one in found)
    )
    if is_open or (ordered.order == "longest_open" and of_escalated):
        return "open", found
    if not of_escalated:
        return ("created" if TICKETS in named else None), found
    if _CREATED & set(rest.loose):
        return None, ()
    is_resolved = RESOLVED_SHARE in named or (not is_told and _RESOLVED.search(rest.said) is not None)
    return ("resolved" if is_resolved else "escalated"), found


def _as_of_now(plan: Plan, context: Context) -> Plan:
    """What is open is open now, whenever it was escalated: without a period all loaded data count, and a note says so."""
    if not plan.period_is_default or plan.options.get("which") != "open":
        return plan
    note = "No period was named: what is open now is listed over all loaded data."
    return replace(plan, period=everything(context.clock), period_is_default=False, notes=(*plan.notes, note))


def _those_discussed(card: SkillCard, context: Context) -> Plan | None:
    """ "List them": the tickets that the number before counted."""
    previous = context.previous
    if previous is None or previous.intent is not Intent.QUERY or not set(previous.metrics) <= _COUNTED - {EVENTS}:
        return None
    which = {OPEN: "open", TICKETS: "created"}.get(previous.metrics[0], "escalated") if previous.metrics else None
    if which is None or previous.options:
        return None
    return Plan(
        Intent.SKILL, 0.9, skill=card.name, where=previous.where, period=previous.period, period_is_default=previous.period_is_default,
        options={} if which == "escalated" else {"which": which},
    )  # fmt: skip


def _ordered(reading: Reading) -> Ordered:
    """The order and limit of a clause, and the clause without them and without the word for ids."""
    said = reading.said
    gone: set[int] = set()
    order, of_order = "", set[int]()
    for name, pattern in _ORDER.items():
        if match := pattern.search(said):
            order, of_order = name, set(reading.tokens_in(match.span()))
            break
    for match in _IDS.finditer(said):
        gone |= set(reading.tokens_in(match.span()))
    limit, of_limit, way = _limit(reading, of_order)
    order = order or way
    if order and not limit and not of_limit and _is_one(reading, of_order):
        limit = 1
    if not limit and _ALL.search(said):
        limit = MOST
    return Ordered(order, limit, _without(reading, gone | of_order | of_limit))


def _limit(reading: Reading, of_order: set[int]) -> tuple[int, set[int], str]:
    """The number of tickets named, its words, and the order in "the last 20", "the first 10"."""
    spans = reading.period_spans()
    for i, token in enumerate(reading.tokens):
        number = cues.NUMBER_WORDS.get(token.word, int(token.word) if re.fullmatch(r"\d{1,4}", token.word) else 0)
        if not number or any(start <= i < end for start, end in spans) or reading.word(i + 1) in _UNITS:
            continue
        if reading.word(i - 1) in _NOT_BEFORE or not _counts_tickets(reading, i, of_order):
            continue
        before = reading.word(i - 1)
        way = {"last": "newest", "first": "oldest"}.get(before, "")
        return number, {i, i - 1} if way or before == "top" else {i}, way
    return 0, set(), ""


def _counts_tickets(reading: Reading, i: int, of_order: set[int]) -> bool:
    """Whether the noun a number stands before is tickets: "the 12 longest open escalations", not "area 3"."""
    for j in range(i + 1, min(i + 9, len(reading.tokens))):
        if re.fullmatch(_NOUN, reading.word(j)):
            return True
        if reading.words(j - 1, j + 1) == ("examples", "of"):
            continue
        if j not in of_order and reading.word(j) in cues.PREPOSITIONS | cues.BY | {"more", "or", "and"}:
            return False
    return False


def _is_one(reading: Reading, of_order: set[int]) -> bool:
    """ "The oldest open escalation", "which ticket took longest": a single one."""
    nouns = [
        token.word for i, token in enumerate(reading.tokens) if i not in of_order and re.fullmatch(_NOUN, token.word)
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
