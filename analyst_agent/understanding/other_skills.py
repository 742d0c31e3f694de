"""Skills beyond the two that grammar knows: called for by their own phrases, in meaning and in the words that tell them apart.

A clause speaks for a skill by its nearness to the skill's triggers and examples, and by words that are that skill's and that
nothing else in the clause explains: in "how many tickets ping-pong between teams" the metric and the field are explained,
"ping-pong" is not. What grammar has read without it decides how much must speak for the skill: a whole query needs much, a
clause that would have been refused little.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding.confidence import SURE
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context, SkillCard
from analyst_agent.understanding.cues import DOCUMENT
from analyst_agent.understanding.followups import is_follow_up
from analyst_agent.understanding.meaning import likenesses, prototypes
from analyst_agent.understanding.options import (
    is_of_the_day,
    is_too_short_for,
    may_name_ticket,
    names_ticket,
    skill_plan,
)
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.refusals import ROWS
from analyst_agent.understanding.words import stem, word_set

KNOWN_BY_GRAMMAR = (CAUSES_SKILL, SEGMENTS_SKILL)
WEIGHT = 0.06
"""What a unit of log-odds of the words counts beside the cosine."""
MOST_WORDS = 6.0
LEAST_NEAR, NEARLY_ITS_OWN = 0.48, 0.96
OF_THE_DAY = 0.3
_WORD = re.compile(r"[a-z]+")
_NAME = re.compile(r"(?<=\s)[A-Z]\w*")
_SMALL = word_set(
    "a an the is are was were be been do does did has have had can could will would should i we us our you your it its they their them there this that these those "
    "of in on at by for to from with per and or not so than then as if what which who how much many any some all one more most me my tell show give"
)


@dataclass(frozen=True, slots=True)
class Call:
    """How strongly a clause calls for a skill. nearness: cosine to its nearest phrase. words: log-odds of its own words that
    nothing else explains. lead: nearness and words together, less the nearness of the nearest other kind of question.
    """

    skill: SkillCard
    nearness: float
    words: float
    lead: float


def called_instead(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan:
    """The plan of the skill that the clause calls for, where the call outweighs what grammar made of the clause; else the plan."""
    told = next((skill for skill in context.skills if "ticket" in skill.parameters), None)
    if told is not None and names_ticket(reading) and plan.intent is not Intent.SMALLTALK:
        return skill_plan(told.name, SURE, reading, asked, context)
    call = strongest_call(reading, context)
    if call is None or plan.skill == call.skill.name or _is_final(plan, call, reading):
        return plan
    needed = 0.1 if is_follow_up(reading, asked, context) else 0.0
    if not is_called(replace(call, lead=call.lead - needed), plan, reading, context):
        return plan
    sure = round(min(0.9, max(0.5, call.nearness)), 2)
    _let_go(reading, own_words(call.skill))
    made = skill_plan(call.skill.name, sure, reading, asked, context)
    return replace(made, notes=(*reading.notes, *made.notes))


def strongest_call(reading: Reading, context: Context) -> Call | None:
    """The skill that a clause calls for most; None where no other skill is installed."""
    others = {skill.name: skill for skill in context.skills if skill.name not in KNOWN_BY_GRAMMAR}
    if not others:
        return None
    # As it stands, too: a word of the skill's own ("refunds") may be a value, whose place its dimension's name would take.
    near, plain = likenesses(reading, context), likenesses(reading, context, reading.text)
    near = {kind: max(value, plain[kind]) for kind, value in near.items()}
    # What is ahead is no reason to refuse where a skill looks ahead.
    looks_ahead = any("horizon" in skill.parameters for skill in others.values())
    rivals = [
        v for k, v in near.items() if k.removeprefix("skill:") not in others and not (looks_ahead and k == "forecast")
    ]
    odds = _log_odds(tuple((s.name, (*s.triggers, *s.examples)) for s in context.skills))
    calls = []
    for name, skill in others.items():
        if "ticket" in skill.parameters and not may_name_ticket(reading):
            continue
        words = sum(odds[name].get(word, 0.0) for word in _unexplained(reading, own_words(skill)))
        nearness = near.get(f"skill:{name}", 0.0)
        lead = nearness + WEIGHT * min(words, MOST_WORDS) - max(rivals)
        # The days were taken out of what is compared: "today" speaks for a skill that is about today.
        lead += OF_THE_DAY if is_of_the_day(skill) and _says_day(reading, context) else 0.0
        calls.append(Call(skill, nearness, words, lead))
    return max(calls, key=lambda call: call.lead, default=None)


def is_called(call: Call, plan: Plan, reading: Reading, context: Context) -> bool:
    """Whether the call outweighs what grammar made of the clause. The thresholds were set on 600 questions that other plans
    answer and 75 paraphrases that call for a skill.
    """
    if plan.intent in (Intent.SMALLTALK, Intent.DESCRIBE) or call.nearness < LEAST_NEAR:
        return False
    if plan.intent is Intent.KNOWLEDGE:
        if reading.cues & {"target", "norm", "procedure", "who_decides"}:
            return call.lead >= 0.5 and call.words >= 4.0
        return call.nearness >= 0.6 and (call.words >= 4.0 or call.lead >= 0.6) and call.lead >= 0.15
    if call.nearness >= NEARLY_ITS_OWN:
        return True
    is_ahead = plan.period is not None and plan.period.start > context.clock.today
    if plan.intent is Intent.QUERY and not is_ahead:
        return _outweighs_query(call, plan, reading)
    if plan.intent is Intent.SKILL:
        return _outweighs_skill(call, plan, reading, context)
    if plan.reason == ROWS:
        return call.lead >= 0.5
    return call.lead >= 0.15 and (call.words >= 1.0 or call.nearness >= 0.75)


def _outweighs_query(call: Call, plan: Plan, reading: Reading) -> bool:
    if plan.order or reading.conditions or plan.cost_per_hour:
        return call.words >= 4.0 and call.lead >= 0.7
    if plan.by or plan.comparison:
        strong = call.words >= 2.5 and call.lead >= 0.5
        return strong or call.lead >= 0.62 or (call.words >= 6.0 and call.lead >= 0.45)
    return call.lead >= 0.45 or (call.nearness >= 0.92 and call.words >= 1.2)


def _outweighs_skill(call: Call, plan: Plan, reading: Reading, context: Context) -> bool:
    asks_why = "cause" in reading.cues or "how come" in reading.text.lower()
    is_short = not plan.period_is_default and is_too_short_for(call.skill.name, plan.period, context)
    if plan.comparison is not None or is_short or plan.focus or (asks_why and not reading.issue_spans):
        return call.words >= 4.0 and call.lead >= 0.6
    if "matches_known" in reading.cues:
        return call.words >= 4.0 and call.lead >= 0.5
    if is_of_the_day(call.skill):
        return call.lead >= 0.32
    return call.words >= 1.8 and call.lead >= (0.24 if call.words >= 4.0 else 0.32)


def _says_day(reading: Reading, context: Context) -> bool:
    """Whether today or yesterday is named."""
    days = [match.period for match in reading.periods if match.period is not None]
    return any(day.end >= context.clock.today and day.days <= 2 and day.start <= context.clock.today for day in days)


def _is_final(plan: Plan, call: Call, reading: Reading) -> bool:
    """Whether something is named that is not there: left out of a skill's conditions, it would make a wrong answer."""
    if plan.intent not in (Intent.REFUSE, Intent.CLARIFY):
        return False
    if "not granted" in plan.reason or any(one.dimension for one in reading.unknown):
        return True
    own = own_words(call.skill)
    return any(
        stem(word) not in own
        for one in reading.unknown
        for word in _WORD.findall(one.text.lower())
        if word not in _SMALL
    )


def own_words(skill: SkillCard) -> frozenset[str]:
    """Stems of the skill's triggers and examples, without the names in them."""
    phrases = [_NAME.sub(" ", phrase) for phrase in (*skill.triggers, *skill.examples)]
    return frozenset(word for phrase in phrases for word in _stems(phrase))


def _is_own(reading: Reading, start: int, end: int, own: frozenset[str]) -> bool:
    """Whether a value is a plain word of the skill's own: "new" in "any new problems" is no status."""
    token = reading.tokens[start]
    return end - start == 1 and token.stem in own and not (token.capital or token.quoted)


def _let_go(reading: Reading, own: frozenset[str]) -> None:
    """Takes conditions back that are the skill's own words."""
    reading.groups = [g for g in reading.groups if not _is_own(reading, g.start, g.end, own)]


def _unexplained(reading: Reading, own: frozenset[str]) -> frozenset[str]:
    """Stems of the clause that are part of no name, value or period."""
    explained: set[int] = set()
    for mention in reading.mentions:
        named = mention.metrics or mention.dimensions
        if named or (mention.values and not _is_own(reading, mention.start, mention.end, own)):
            explained.update(range(mention.start, mention.end))
    for start, end in (*reading.period_spans(), *reading.issue_spans):
        explained.update(range(start, end))
    left = [t for i, t in enumerate(reading.tokens) if i not in explained and t.word not in _SMALL]
    return frozenset(t.stem for t in left if t.stem not in DOCUMENT)


@lru_cache(maxsize=8)
def _log_odds(skills: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, Mapping[str, float]]:
    """For each skill the words of its phrases with the log-odds of standing in one of them rather than in another sentence."""
    counts = {name: Counter(w for phrase in phrases for w in _stems(phrase)) for name, phrases in skills}
    sizes = {name: len(phrases) for name, phrases in skills}
    for kind, sentences in prototypes().items():
        counts[f"kind:{kind}"] = Counter(w for sentence in sentences for w in _stems(sentence))
        sizes[f"kind:{kind}"] = len(sentences)
    all_counts: Counter[str] = Counter()
    for one in counts.values():
        all_counts.update(one)
    total = sum(sizes.values())
    found: dict[str, dict[str, float]] = {}
    for name, _ in skills:
        inside, outside = sizes[name], total - sizes[name]
        found[name] = {
            word: odds
            for word, n in counts[name].items()
            if (odds := math.log((n + 0.5) / (inside + 1)) - math.log((all_counts[word] - n + 0.5) / (outside + 1))) > 0
        }
    return found


def _stems(phrase: str) -> frozenset[str]:
    return frozenset(stem(w) for w in _WORD.findall(phrase.lower()) if w not in _SMALL)
