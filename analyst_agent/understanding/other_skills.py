"""Skills that a clause calls for by what it asks, where that outweighs what grammar made of it.

Grammar reads names, splits, conditions and periods; `kinds` says how likely each skill is, from the clause's meaning and words. A
whole query needs a clear lead to give way, a clause that would have been refused little. A workspace's own skills, which the
weights do not know, are called by nearness to their triggers and examples.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from analyst_agent.records import Intent, Plan
from analyst_agent.semantic.model import GRAINS
from analyst_agent.understanding import cues
from analyst_agent.understanding.confidence import SURE
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context, SkillCard
from analyst_agent.understanding.followups import is_follow_up
from analyst_agent.understanding.fresh import causes_plan, other_rate, segments_plan
from analyst_agent.understanding.group_limits import come_back
from analyst_agent.understanding.guesses import ask_dimension
from analyst_agent.understanding.kinds import ELSEWHERE, KNOWLEDGE, MEASURE, likely_kinds, weights
from analyst_agent.understanding.meaning import likenesses
from analyst_agent.understanding.options import (
    is_of_the_day,
    is_too_short_for,
    may_name_ticket,
    names_part,
    names_ticket,
    skill_plan,
)
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.rates_asked import BREACHES
from analyst_agent.understanding.reading import Reading, Unknown
from analyst_agent.understanding.refusals import FORECAST, ROWS
from analyst_agent.understanding.roles import is_handed_over
from analyst_agent.understanding.shapes import focus_group, measures_escalation
from analyst_agent.understanding.ticket_lists import list_plan, lists_tickets
from analyst_agent.understanding.words import Token, clean, folded_words, is_english, stem, word_set

KNOWN_BY_GRAMMAR = (CAUSES_SKILL, SEGMENTS_SKILL)
SHORT = 5
"""Words of a follow-up that grammar alone reads: "show it over time"."""
OWN_NEAR, OWN_LEAD = 0.62, 0.08
"""A skill of the workspace's own is called from this cosine on, when it leads every other kind of question by the margin."""
_WORD = re.compile(r"[a-z]+")
_OPEN = word_set("where which what any anyone anybody who whom")
_JOINS = word_set("the a an our and or s")
_LEADS_ON = (
    (cues.CONNECTIVES - {"why"}) | cues.PREPOSITIONS | cues.DETERMINERS | cues.TOO | cues.NEGATIONS
) | word_set("about if now look looking at is it we take same please ones alone specifically ok do does")
_VERBAL = ("ing", "ed", "ly")
_NAME = re.compile(r"(?<=\s)[A-Z]\w*")
_SMALL = word_set(
    "a an the is are was were be been do does did has have had can could will would should i we us our you your it its they their them there this that these those "
    "of in on at by for to from with per and or not so than then as if what which who how much many any some all one more most me my tell show give"
)


@dataclass(frozen=True, slots=True)
class Call:
    """How strongly a clause calls for a skill: its probability, and its lead in log-odds over what grammar made of the clause."""

    skill: SkillCard
    probability: float
    lead: float


def called_instead(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan:
    """The plan of the skill that the clause calls for, where the call outweighs what grammar made of the clause; else the plan."""
    told = next((skill for skill in context.skills if "ticket" in skill.parameters), None)
    if told is not None and names_ticket(reading) and plan.intent is not Intent.SMALLTALK:
        return skill_plan(told.name, SURE, reading, asked, context)
    if plan.intent in (Intent.SMALLTALK, Intent.DESCRIBE) or plan.then or reading.only_points():
        return plan
    if plan.intent is Intent.KNOWLEDGE and plan.knowledge_query != reading.text:
        # "And P3?" repeats the question that the documents answered before.
        return plan
    own = _example_of(reading, context) or _due_call(plan, reading, context) or _own_call(plan, reading, context)
    call = own or strongest_call(plan, reading, context)
    if call is not None and come_back(reading) and stem("repeated") in own_words(call.skill):
        return skill_plan(call.skill.name, SURE, reading, asked, context)
    if call is None or plan.skill == call.skill.name or _is_final(plan, call, reading):
        return plan
    if own is None and not _outweighs(call, plan, reading, asked, context):
        return plan
    if lists_tickets(call.skill):
        return list_plan(reading, context, called=True) or plan
    made = _plan_of(call, reading, asked, context)
    aside = [
        f"Left aside, as it names nothing I know: {one.text!r}."
        for one in reading.unknown
        if _is_plain_noun(one, reading)
    ]
    made = replace(made, notes=(*made.notes, *aside, *_not_held(made, reading)))
    return _kept(made, plan) if is_follow_up(reading, asked, context) else made


def _not_held(made: Plan, reading: Reading) -> list[str]:
    """What a skill does not do of what was asked: an order and number of rows by a field, a rate that is none of the metrics."""
    model = reading.lexicon.model
    told = [f"There is no metric called {one.text!r}." for one in reading.unknown if one.place == "metric"]
    fields = [m.fields[0] for m in reading.mentions if m.fields and not (m.metrics or m.values or m.dimensions)]
    if reading.rank is not None and fields and made.skill not in KNOWN_BY_GRAMMAR:
        label = model.filterable()[fields[0]].label if fields[0] in model.filterable() else fields[0]
        told.append(f"Left out: the order by {label}; accounts can be ranked by a metric, not by a field of theirs.")
    return told


def strongest_call(plan: Plan, reading: Reading, context: Context) -> Call | None:
    """The built-in skill that a clause calls for most; None where none is installed or the clause cannot be about what it is about."""
    kinds = likely_kinds(reading, context)
    skills = [
        s for s in context.skills if s.name in kinds and not ("ticket" in s.parameters and not may_name_ticket(reading))
    ]
    if not skills:
        return None
    best = max(skills, key=lambda skill: kinds[skill.name])
    if best.name != plan.skill and lists_tickets(best) and list_plan(reading, context, called=True) is None:
        # What is no list of tickets is one of the other kinds, however near it comes to one.
        skills = [skill for skill in skills if skill is not best]
        rest = math.log1p(-min(math.exp(kinds[best.name]), 0.999))
        kinds = {name: value - rest for name, value in kinds.items() if name != best.name}
        if not skills:
            return None
        best = max(skills, key=lambda skill: kinds[skill.name])
    return Call(best, math.exp(kinds[best.name]), kinds[best.name] - _of_plan(plan, kinds))


def _of_plan(plan: Plan, kinds: Mapping[str, float]) -> float:
    """The log-probability of the kind of question that grammar took the clause for; where it made nothing of it, of any but a skill."""
    if plan.intent is Intent.SKILL:
        return kinds.get(plan.skill or "", kinds[ELSEWHERE])
    if plan.intent in (Intent.QUERY, Intent.KNOWLEDGE):
        return kinds[MEASURE if plan.intent is Intent.QUERY else KNOWLEDGE]
    return max(kinds[kind] for kind in (MEASURE, KNOWLEDGE, ELSEWHERE))


def _outweighs(call: Call, plan: Plan, reading: Reading, asked: Asked, context: Context) -> bool:
    """Whether the call's lead is as large as the plan of grammar is whole. The thresholds were set on the questions of
    tests/understanding, the evals and benchmarks/routing/tuned_on.jsonl, so that none of these measures them.
    """
    needed, likely = _needed(call, plan, reading, asked, context), 0.75 if plan.intent is Intent.CLARIFY else 0.5
    if _is_bare(reading) and plan.intent is not Intent.REFUSE:
        needed += 3.0
    if is_follow_up(reading, asked, context):
        if _only_narrows(reading) or (len(reading.tokens) <= SHORT and not _unsaid(reading)):
            return False
        # Who names what is counted leans less on what was said before.
        needed, likely = needed + (1.0 if reading.metrics else 1.5), 0.8
    return call.lead >= needed and call.probability >= likely


def _needed(call: Call, plan: Plan, reading: Reading, asked: Asked, context: Context) -> float:
    if "course" in reading.cues and "grain" in call.skill.parameters and plan.intent in (Intent.QUERY, Intent.SKILL):
        # "Over the course of the year" asks for nothing but that.
        return 0.0
    if plan.intent is Intent.QUERY:
        by_time = _splits_measure_by_time(call.skill, plan, reading)
        if plan.options or by_time or _has_another_course(call.skill, plan, reading) or _tells_a_way(plan):
            # A share or a limit on the rows is held by a query alone.
            return math.inf
        if _cannot_hold(call.skill, plan, reading):
            return 6.0
        if _measures_otherwise(plan) or _sets_days_against(plan, reading):
            return 6.0
        whole = 2.0 * bool(reading.conditions) + (plan.order != () or asked.comparison is not None)
        plain = set(reading.metrics) <= set(reading.weak_metrics)
        if (
            plain
            and reading.grain
            and "grain" in call.skill.parameters
            and reading.cues & {"change", "trend", "over_time"}
        ):
            # "Getting worse? By month": whether it changes is asked, and the unit only says how to look at it.
            return 1.0 + whole
        return (1.0 if _unsaid(reading) else 2.0) + whole
    if plan.intent is Intent.SKILL:
        if not plan.period_is_default and is_too_short_for(call.skill.name, plan.period, context):
            return 6.0
        if any(skill.name == plan.skill and lists_tickets(skill) for skill in context.skills):
            # Its form says that tickets are to be listed.
            return 4.0
        return 2.0 if plan.comparison is None and not plan.focus else 3.0
    if plan.intent is Intent.KNOWLEDGE:
        if reading.cues & {"target", "norm", "procedure", "who_decides"}:
            return 3.0
        return 2.0 if call.skill.name in KNOWN_BY_GRAMMAR else 1.0
    if plan.intent is Intent.CLARIFY:
        return 0.5 if _unsaid(reading) else 1.5
    if plan.reason == FORECAST and "horizon" not in call.skill.parameters:
        return 6.0
    return 1.5 if plan.reason == ROWS else 0.5


def _measures_otherwise(plan: Plan) -> bool:
    """ "Are we meeting our SLA": a rate that no skill is about."""
    return plan.metrics == (BREACHES,)


def _sets_days_against(plan: Plan, reading: Reading) -> bool:
    """ "Is CSAT better than a year ago": a measure of two periods, which a query sets side by side."""
    named = set(reading.metrics) - set(reading.weak_metrics)
    against = any(p.role in ("comparison", "shift") for p in reading.periods)
    return (
        against
        and plan.comparison is not None
        and bool(named)
        and all(reading.lexicon.model.metrics[m].unit != "currency" for m in named)
        and not measures_escalation(reading, plan.metrics)
    )


def _cannot_hold(skill: SkillCard, plan: Plan, reading: Reading) -> bool:
    """Whether the query asks for what the skill does not give: another measure, a split by time, rows ordered by an amount of money."""
    if skill.name in KNOWN_BY_GRAMMAR and not measures_escalation(reading, plan.metrics):
        return skill.name == CAUSES_SKILL or not other_rate(plan.metrics, reading.lexicon.model)
    if "reduction" in skill.parameters and names_part(reading):
        return False
    by_time = any(name in GRAINS for name in plan.by) and "grain" not in skill.parameters
    return by_time or ("cost_per_hour" in skill.parameters and bool(plan.order or len(plan.by) > 1))


def _splits_measure_by_time(skill: SkillCard, plan: Plan, reading: Reading) -> bool:
    """ "The monthly cost": a measure by units of time is a whole question, of which a skill without a course would drop the half."""
    if "reduction" in skill.parameters and names_part(reading):
        # "What do we save per year if we cut 20 %" is about the year ahead.
        return False
    by_time = any(name in GRAINS for name in plan.by) and "grain" not in skill.parameters
    return by_time and bool(set(reading.metrics) - set(reading.weak_metrics))


def _has_another_course(skill: SkillCard, plan: Plan, reading: Reading) -> bool:
    """ "First response time trend": by units of time, of which the skill about escalations over time tells nothing."""
    named = set(reading.metrics) - set(reading.weak_metrics)
    by_time = any(name in GRAINS for name in plan.by) and "grain" in skill.parameters
    return by_time and bool(named) and not measures_escalation(reading, plan.metrics)


def _tells_a_way(plan: Plan) -> bool:
    """ "From Frontline to Billing": one path, of which a skill about teams would tell all others too."""
    ends = {one.field.partition("_")[0] for one in plan.where if is_handed_over(one.field)}
    return ends == {"from", "to"}


def _unsaid(reading: Reading) -> bool:
    """Whether a word of the clause is neither explained by a name, value or period nor everyday English."""
    return any(
        token.word not in _SMALL
        and not token.is_number
        and not cues.is_generic(token.word)
        and i not in _explained(reading)
        for i, token in enumerate(reading.tokens)
    )


def _is_bare(reading: Reading) -> bool:
    """Whether a clause is names and values and nothing else ("group 70 escalations"), which asks for their number."""
    explained = _explained(reading)
    return all(i in explained or token.word in cues.PREPOSITIONS | _JOINS for i, token in enumerate(reading.tokens))


def _only_narrows(reading: Reading) -> bool:
    """Whether a follow-up says no more than whom or which days it is about ("what about the Business tier only?")."""
    explained = _explained(reading)
    asks = (
        reading.by or reading.bare or reading.rank or reading.grain or set(reading.metrics) - set(reading.weak_metrics)
    )
    return not asks and all(i in explained or token.word in _LEADS_ON for i, token in enumerate(reading.tokens))


def _explained(reading: Reading) -> set[int]:
    spans = [(mention.start, mention.end) for mention in reading.mentions]
    found = {i for start, end in (*spans, *reading.period_spans(), *reading.issue_spans) for i in range(start, end)}
    return found | reading.used


def _plan_of(call: Call, reading: Reading, asked: Asked, context: Context) -> Plan:
    sure = round(min(0.9, max(0.5, call.probability)), 2)
    name = call.skill.name
    if name == CAUSES_SKILL:
        return replace(causes_plan(reading, asked, context), confidence=sure)
    if name == SEGMENTS_SKILL:
        is_open = bool(_OPEN & set(reading.words(0, len(reading.tokens))))
        if not (reading.by or reading.bare or focus_group(reading) or is_open):
            return ask_dimension(reading, asked, context)
        if is_open and not (reading.by or reading.bare or focus_group(reading)):
            return _scan(reading, asked, context, sure)
        return replace(segments_plan(reading, asked, context), confidence=sure)
    _let_go(reading, own_words(call.skill))
    made = skill_plan(name, sure, reading, asked, context)
    return replace(made, notes=(*reading.notes, *made.notes))


def _scan(reading: Reading, asked: Asked, context: Context, sure: float) -> Plan:
    """Segments of every kind, where it is asked which or where: nothing is compared by one field alone."""
    return replace(segments_plan(reading, asked, context), by=(), notes=tuple(reading.notes), confidence=sure)


def _kept(made: Plan, plan: Plan) -> Plan:
    """A skill called in a follow-up keeps the conditions and days under discussion, which grammar has carried over."""
    if plan.intent not in (Intent.SKILL, Intent.QUERY):
        return made
    where = (*(one for one in plan.where if one.field not in {own.field for own in made.where}), *made.where)
    if made.focus is not None:
        where = tuple(one for one in where if one.value != made.focus)
    if made.period_is_default and not plan.period_is_default:
        made = replace(made, period=plan.period, comparison=plan.comparison, period_is_default=False)
    return replace(made, where=where)


def _example_of(reading: Reading, context: Context) -> Call | None:
    """A skill whose SKILL.md gives the very clause as an example: who copies it gets that skill."""
    said = reading.words(0, len(reading.tokens))
    skill = next((s for s in context.skills if said in {folded_words(clean(example)) for example in s.examples}), None)
    return Call(skill, SURE, math.inf) if skill is not None else None


def _due_call(plan: Plan, reading: Reading, context: Context) -> Call | None:
    """The skill about today, where it is asked what is due soon; what is to be done then stands in the documents."""
    if not reading.due_soon or plan.intent is Intent.KNOWLEDGE:
        return None
    skill = next((one for one in context.skills if is_of_the_day(one)), None)
    return Call(skill, SURE, math.inf) if skill is not None else None


def _own_call(plan: Plan, reading: Reading, context: Context) -> Call | None:
    """A skill that the weights do not know, where the clause is nearer to its phrases than to any other kind of question."""
    own = {f"skill:{skill.name}": skill for skill in context.skills if skill.name not in weights().kinds}
    if not own:
        return None
    near = likenesses(reading, context)
    name = max(own, key=lambda key: near.get(key, 0.0))
    lead = near.get(name, 0.0) - max(value for key, value in near.items() if key != name)
    if near.get(name, 0.0) < OWN_NEAR or lead < OWN_LEAD or plan.order or reading.conditions:
        return None
    return Call(own[name], near[name], lead)


def _is_final(plan: Plan, call: Call, reading: Reading) -> bool:
    """Whether something is named that is not there: left out of a skill's conditions, it would make a wrong answer."""
    if plan.intent not in (Intent.REFUSE, Intent.CLARIFY):
        return False
    if plan.reason == ROWS and lists_tickets(call.skill):
        # What cannot be listed is not made a list of something else.
        return True
    own = own_words(call.skill)
    return "not granted" in plan.reason or any(_is_name(one, reading, own) for one in reading.unknown)


def _is_name(one: Unknown, reading: Reading, own: frozenset[str]) -> bool:
    if one.dimension or one.place in ("condition", "measure", "none"):
        return True
    said = [token for token in reading.tokens[one.start : one.end] if token.stem not in own]
    if any(token.quoted or (token.capital and not _is_acronym(token)) for token in said):
        return True
    if _is_plain_noun(one, reading):
        return False
    strange = [t for t in said if not (t.word in _SMALL or cues.is_generic(t.word) or t.stem in weights().vocabulary)]
    return any(not is_english(t.word) or (one.place != "metric" and not t.word.endswith(_VERBAL)) for t in strange)


def _is_plain_noun(one: Unknown, reading: Reading) -> bool:
    """ "For the accrual", "in the summer": a noun of everyday English behind an article; "the gold customers" is a name."""
    following = reading.mention_at(one.end)
    names = following is not None and (bool(following.metrics) or bool(following.dimensions))
    article = reading.word(one.start - 1) in cues.DETERMINERS | {"no"}
    return article and not names and all(is_english(t.word) for t in reading.tokens[one.start : one.end])


def _is_acronym(token: Token) -> bool:
    """Whether it is one that people use of any desk ("SLA"), not a name ("US")."""
    return token.text.isupper() and token.word not in _SMALL and token.stem in weights().vocabulary


def own_words(skill: SkillCard) -> frozenset[str]:
    """Stems of the skill's triggers and examples, without the names in them."""
    phrases = [_NAME.sub(" ", phrase) for phrase in (*skill.triggers, *skill.examples)]
    return frozenset(stem(w) for phrase in phrases for w in _WORD.findall(phrase.lower()) if w not in _SMALL)


def _let_go(reading: Reading, own: frozenset[str]) -> None:
    """Takes conditions back that are plain words of the skill's own: "new" in "any new problems" is no status."""
    reading.groups = [
        group for group in reading.groups
        if not (
            group.end - group.start == 1 and (token := reading.tokens[group.start]).stem in own and not (token.capital or token.quoted)
        )
    ]  # fmt: skip
