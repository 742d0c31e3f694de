"""One clause to one plan: refusals first, then documents, descriptions, follow-ups and data, and meaning where grammar is silent."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding import refusals
from analyst_agent.understanding.actions import action_asked
from analyst_agent.understanding.after_document import number_behind, with_issue_named
from analyst_agent.understanding.clock_plans import limited_by_clock
from analyst_agent.understanding.contacts import asks_for_contacts
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.cues import is_generic
from analyst_agent.understanding.data import data_or_nothing, not_granted
from analyst_agent.understanding.documents import about_the_analyst, description_plan, document_plan
from analyst_agent.understanding.events import told_of_event
from analyst_agent.understanding.extras import with_extras
from analyst_agent.understanding.followups import changed
from analyst_agent.understanding.guesses import plan_by_meaning
from analyst_agent.understanding.misnamed import whose_team
from analyst_agent.understanding.never import beside, told_of_escalated
from analyst_agent.understanding.other_skills import called_instead
from analyst_agent.understanding.outside import asks_for_files, asks_of_other_desks, asks_of_other_talks
from analyst_agent.understanding.people import unranked
from analyst_agent.understanding.periods_asked import asked_periods
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.two_columns import asked_which

_GREETING = re.compile(
    r"^(?:(?:many )?thanks?|thank you|thx|ty|cheers|hello|hi|hey|good (?:morning|afternoon|evening|day)|bye|goodbye|see you|great|cool|nice|perfect|awesome|"
    r"excellent|got it|understood|well done|ok(?:ay)?|alright|great job|good job|that helps|very helpful|much appreciated|appreciated|appreciate it|much obliged|lovely|super|wow)\b",
    re.IGNORECASE,
)
_GREETING_WORDS = re.compile(_GREETING.pattern.removeprefix("^"), re.IGNORECASE)


def plan_clause(text: str, context: Context) -> Plan:
    """The plan of one clause. Raises BadPeriod for an impossible period."""
    text = with_issue_named(text, context)
    reading = read(text, context)
    asked = asked_periods(reading, context.clock)
    early = _refused_early(reading, context)
    if early is not None:
        return early
    if _is_smalltalk(reading):
        return Plan(Intent.SMALLTALK, 0.95)
    if asked.problem is not None:
        raise asked.problem
    reading.notes += [match.note for match in reading.periods if match.note]
    if asked.left_out:
        reading.notes.append(f"Left out: {', '.join(asked.left_out)}; ask for it on its own.")
    final = about_the_analyst(reading)
    if final is not None:
        return final
    known = document_plan(reading, context) or description_plan(reading, context)
    final = None if known else not_granted(reading, context)
    if final is not None:
        return final
    rule = number_behind(reading, context)
    under = replace(context, previous=rule) if rule is not None else _under_discussion(context)
    if known is None and rule is not None:
        known = changed(reading, asked, under) or rule
    plan = known or data_or_nothing(reading, asked, under) or plan_by_meaning(reading, asked, context)
    chosen = unranked(called_instead(plan, reading, asked, under), reading, context)
    chosen = with_extras(whose_team(beside(chosen, reading), reading, context), reading)
    chosen = told_of_event(limited_by_clock(chosen, reading, asked, under), reading)
    escalated_only = told_of_escalated(chosen, context.model)
    if escalated_only:
        return refusals.refuse(refusals.never_escalated(escalated_only))
    return asked_which(chosen, reading, context)


def _under_discussion(context: Context) -> Context:
    """A policy or definition looked up in between does not end the talk about the numbers."""
    previous = context.previous
    data = previous is None or previous.intent in (Intent.SKILL, Intent.QUERY)
    return context if data or context.discussed is None else replace(context, previous=context.discussed)


def _refused_early(reading: Reading, context: Context) -> Plan | None:
    """Injections, secrets and requests to change something, whatever else stands beside them."""
    if "injection" in reading.cues:
        return refusals.refuse(refusals.INJECTION)
    if "secret" in reading.cues or asks_for_contacts(reading):
        return refusals.refuse(refusals.SECRET)
    if asks_for_files(reading):
        return refusals.refuse(refusals.FILES)
    if asks_of_other_talks(reading):
        return refusals.refuse(refusals.OTHER_TALKS)
    if asks_of_other_desks(reading):
        return refusals.refuse(refusals.OTHER_DESKS)
    wanted = action_asked(reading)
    return refusals.action(wanted.verb, wanted.about) if wanted is not None else None


def _is_smalltalk(reading: Reading) -> bool:
    """Thanks and greetings with nothing asked beside them."""
    if (
        reading.names_something
        or reading.periods
        or reading.grain
        or reading.rank
        or reading.cues - {"rate"}
        or len(reading.tokens) > 12
    ):
        return False
    if _GREETING.match(reading.text) is None:
        return False
    rest = _GREETING_WORDS.sub(" ", reading.text.lower())
    return all(is_generic(w) for w in re.findall(r"[a-z]+", rest))
