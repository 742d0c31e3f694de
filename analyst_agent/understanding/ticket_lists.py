"""Lists of single tickets: who asks for the tickets themselves, which of them, in which order and how many.

What orders and limits a list ("the 12 longest open ...", "top 5 tickets by handle time") is read first and left out; the rest names
conditions as any clause does. A clause that then still asks for a split, a rate, a change or something unknown is no such list.
"""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Filter, Intent, Plan, Value
from analyst_agent.semantic.periods import everything
from analyst_agent.understanding import refusals
from analyst_agent.understanding.context import Context, SkillCard
from analyst_agent.understanding.fresh import COUNT, OPEN
from analyst_agent.understanding.limits import EVENTS, limit_behind
from analyst_agent.understanding.list_order import NOUN, PLURAL, POLITE, Ordered, ordered_list
from analyst_agent.understanding.periods_asked import asked_periods
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shaping import with_period
from analyst_agent.understanding.words import word_set

TICKETS, RESOLVED_SHARE = "ticket_count", "resolved_share"
IS_OPEN = Filter("is_open", "=", "open")
_COUNTED = frozenset((COUNT, OPEN, TICKETS, EVENTS))
_BETWEEN = (
    r"(?:(?!(?:by|per|of|for|from|with|how|many|number|numbers|count|rate|rates|share|cost|costs|trend|trends|time|times|why|reasons?|causes?|volume|"
    r"that|who|where|when|has|have|is|are|was|were|did|do|does)\b)\w+ ){0,9}?"
)
_NOT_OF_THEM = (
    r"(?! (?:volumes?|counts?|numbers?|trends?|rates?|totals?|costs?|by(?! (?:handle|handling|(?:estimated )?costs?\b))|per|each|over time|tables?|data|stats|statistics|reports?|overview|summary|breakdowns?|"
    r"distribution|history|figures|backlog|load|types?|categor(?:y|ies)|fields?|polic(?:y|ies)|rules?|process|criteria|reasons?|causes?|drivers?|levels?)\b)"
)
_NAMED_ORDER = r"(?:newest|oldest|latest|earliest|freshest|most recent(?:ly)?|most expensive|most costly|costliest|slowest|fastest|quickest|longest|last \w+|first \w+|top \w+)"
_FORM = re.compile(
    "|".join((
        rf"^{POLITE}(?:list|show|display|give|print|pull up|pull|fetch|get|see|(?<=\bi )have|(?<=\bwe )have|name|enumerate|export|bring|a list|the list)(?: me| us| out| up)*(?: (?:an? |the |full |complete |whole )*(?:list|few examples|examples|some examples|\w+ examples) of)?(?: all)? {_BETWEEN}{NOUN}\b{_NOT_OF_THEM}",
        rf"^{POLITE}(?:a |the )?list (?:of|with) {_BETWEEN}{PLURAL}\b{_NOT_OF_THEM}",
        rf"^{POLITE}(?:which|what)(?: are| were| is| was)?(?: the)? {_BETWEEN}{NOUN}\b{_NOT_OF_THEM}",
        rf"\b(?:ids?|ticket numbers?|case numbers?) (?:of|for) {_BETWEEN}{PLURAL}\b|\b(?:ticket|case|escalation|incident) (?:ids?|list)\b",
        rf"^{POLITE}(?:what (?:is|are|was|were) )?(?:the )?(?:\w+ )?{_NAMED_ORDER} {_BETWEEN}{NOUN}\b{_NOT_OF_THEM}",
        rf"^{POLITE}(?:all |the )?(?:open |escalated |unresolved )?{PLURAL} (?:from|of) (?:the )?(?:account|customer|client|company)\b(?! (?:tier|segment|group|type|tenure)s?\b)",
        rf"^{POLITE}(?:the )?{_BETWEEN}{PLURAL} (?:that |which )?(?:took|taking|waiting|open|have been|cost)\b.*\b(?:longest|most|shortest)\b",
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
_ASIDE = _CREATED | word_set("assigned handled came themselves individually")
"""Words that say no more than whose tickets they are and that they began."""
_CAUSED = re.compile(r"\b(?:caused by|due to|because of|attributed to|root cause)\b")
_OTHERS = re.compile(
    r"\b(?:urgent\w*|attention|overdue|breach\w*|due|acknowledg\w*|unacknowledged|emerging|similar|like t|need (?:a|an|some|my|our|action|help|to)|needs|needing|"
    r"act on|act upon|chase|before (?:noon|lunch|tonight))\b"
)
"""What the brief of the day, new problems and the story of one ticket tell."""
_THEM = re.compile(
    rf"^{POLITE}(?:(?:list|show|give|display|see|name|get)(?: me| us)? (?:all |all of )?(?:them|those|these)(?: {PLURAL}| ones)?(?: all)?|"
    rf"which (?:ones|{PLURAL})(?: (?:are|were) (?:they|those|these|that))?|what are their ids) $"
)
_ARRANGES = re.compile(r"^(?:\w+ ){0,9}$")
_ARRANGING = word_set(
    "list show give display see name get sort sorted order ordered by me us the them those these ones one all of in first only just please pls and now then to"
)
_HOW_MANY = re.compile(
    rf"^{POLITE}how many(?: (?:are|is|were) (?:there|they|those|these|it|that)| of (?:them|those)| in all| {PLURAL})* $"
)
_WHICH_COUNTED: dict[tuple[str, ...], str] = {(COUNT,): "escalated", (OPEN,): "open", (TICKETS,): "created"}
_BLOCKING = frozenset(
    {"count", "rate", "compare", "change", "trend", "over_time", "matches_known", "known_issue", "how_doing", "remedy", "volume_or_rate",
     "share_of_escalated", "share_of_tickets", "commonest", "predict", "norm", "should", "procedure", "how_long", "course", "coverage"}
)  # fmt: skip


def lists_tickets(skill: SkillCard) -> bool:
    """Whether a skill lists single tickets, by what it takes."""
    return {"which", "order", "limit"} <= set(skill.parameters)


def list_plan(reading: Reading, context: Context, *, called: bool = False) -> Plan | None:
    """The plan of the list that a clause asks for, or None where it asks for none. called: its meaning says so, whatever its form."""
    card = next((skill for skill in context.skills if lists_tickets(skill)), None)
    said = reading.said
    if card is None or reading.due_soon:
        return None
    those = _those_discussed(reading, card, context)
    if those is not None or _THEM.search(said):
        return those
    if _OTHERS.search(said) or not (_LISTED if called else _FORM).search(said):
        return None
    ordered = ordered_list(reading)
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
    """What is open is open now, whenever it was created or escalated: without a period all loaded data count, and a note says so."""
    is_open = plan.options.get("which") == "open" or plan.options.get("order") == "longest_open"
    if not plan.period_is_default or not is_open:
        return plan
    note = "No period was named: what is open now is listed over all loaded data."
    return replace(plan, period=everything(context.clock), period_is_default=False, notes=(*plan.notes, note))


def _those_discussed(reading: Reading, card: SkillCard, context: Context) -> Plan | None:
    """ "List them", "the oldest first", "show me 50": the tickets that were counted or listed before, arranged as is said now."""
    previous = context.previous
    if previous is None or not _ARRANGES.search(reading.said):
        return None
    ordered = ordered_list(reading, alone=True)
    says = _THEM.search(reading.said) or ordered.order or ordered.limit
    if not says or not (_THEM.search(reading.said) or set(re.findall(r"\w+", ordered.rest.lower())) <= _ARRANGING):
        return None
    options: dict[str, Value] = {"order": ordered.order} if ordered.order else {}
    options |= {"limit": ordered.limit} if ordered.limit else {}
    if previous.skill == card.name:
        return replace(previous, options={**previous.options, **options}, notes=(), confidence=0.9, then=())
    if previous.intent is not Intent.QUERY or previous.options or previous.metrics[:1] not in _WHICH_COUNTED:
        return None
    if not _THEM.search(reading.said) and (previous.by or not ordered.order):
        # "The slowest", "only five" of what is split are rows of the split.
        return None
    which = _WHICH_COUNTED[previous.metrics[:1]]
    return Plan(
        Intent.SKILL, 0.9, skill=card.name, where=previous.where, period=previous.period, period_is_default=previous.period_is_default,
        options=options if which == "escalated" else {"which": which, **options},
    )  # fmt: skip


def number_of_those(reading: Reading, context: Context) -> Plan | None:
    """The number of the tickets that were listed before, where a number or split of them is asked for now; None where none is."""
    previous = context.previous
    listed = previous is not None and any(one.name == previous.skill and lists_tickets(one) for one in context.skills)
    if previous is None or not listed or not (reading.by or reading.grain or _HOW_MANY.search(reading.said)):
        return None
    which = previous.options.get("which", "escalated")
    [metrics] = [counted for counted, name in _WHICH_COUNTED.items() if name == which] or [(COUNT,)]
    resolved = [replace(IS_OPEN, value="resolved")] if which == "resolved" else []
    return Plan(
        Intent.QUERY, 0.9, metrics=metrics, where=(*previous.where, *resolved), period=previous.period,
        period_is_default=previous.period_is_default,
    )  # fmt: skip
