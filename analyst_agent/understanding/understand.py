"""From an English question to a plan: pure, deterministic, and never an exception, whatever the text."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.errors import AmbiguousDate, BadPeriod
from analyst_agent.records import Choice, Intent, Plan
from analyst_agent.understanding import refusals
from analyst_agent.understanding.actions import action_asked
from analyst_agent.understanding.clause import plan_clause
from analyst_agent.understanding.clauses import added_parts, is_heading, split_clauses
from analyst_agent.understanding.context import CAUSES_SKILL, Context
from analyst_agent.understanding.cues import DETERMINERS, POLITE, PREPOSITIONS, PRONOUNS
from analyst_agent.understanding.figures import either_way
from analyst_agent.understanding.foreign import foreign_language
from analyst_agent.understanding.joining import is_compared, joined
from analyst_agent.understanding.occasions import without_occasion
from analyst_agent.understanding.options import is_of_the_day
from analyst_agent.understanding.other_skills import KNOWN_BY_GRAMMAR
from analyst_agent.understanding.premises import asks, with_last_split, with_premises, with_tails
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.windows import with_windows
from analyst_agent.understanding.words import LONGEST_QUESTION, clean, folded_words, word_set

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "last": -1,
    "latter": 2,
    "former": 1,
}
_SMALL = word_set("by the a an of for per please i mean meant")
MOST_PARTS = 3
"""Parts of one question that are answered together; what is beyond is named as left out."""
_OUT_OF_REACH = ("I know no ", "I have no ", refusals.OFF_TOPIC, refusals.FORECAST, refusals.OTHER_DESKS)
"""How a refusal begins that is about a name or thing that is not here, and not about what must not be told or done."""
_ANSWERS = (Intent.SKILL, Intent.QUERY, Intent.KNOWLEDGE, Intent.DESCRIBE)


def understand(question: str, context: Context) -> Plan:
    """What a question asks for: a skill or query with names, values and dates of the model, a document search, a description, a question
    back, or a refusal with its reason.

    The same question and context give the same plan. `plan.notes` says what was assumed or left out; `plan.confidence` (0 to 1) is
    explained in `confidence.py`.
    """
    text = clean(question)
    notes: tuple[str, ...] = ()
    if len(text) > LONGEST_QUESTION:
        text = text[:LONGEST_QUESTION]
        notes = (f"The question was cut to its first {LONGEST_QUESTION:,} characters.",)
    if not re.search(r"\w", text):
        if text.strip("?! ") == "" and "?" in text:
            return Plan(Intent.DESCRIBE, 0.8, reason="capabilities")
        return refusals.refuse(refusals.EMPTY)
    chosen = _chosen(text, context)
    if chosen is not None:
        return chosen
    language = foreign_language(text)
    if language:
        return refusals.refuse(refusals.other_language(language))
    alone = replace(context, previous=None)
    text, occasions = without_occasion(text, lambda part: read(part, alone), context.clock.today)
    text, windows = with_windows(text)
    plan = _whole(text, context)
    return replace(plan, notes=(*notes, *plan.notes, *occasions, *windows))


def _chosen(text: str, context: Context) -> Plan | None:
    """The choice of a question asked back that is typed as its number, its place or its text."""
    if not context.pending:
        return None
    said = re.sub(r"^(?:the|option|number|choice|no|nr|#|please)\b[.\s#]*|[.!)\s]+$", "", text.casefold()).strip()
    said = re.sub(r"^(?:option|number|choice)\s+|\s+(?:one|option|choice)$", "", said)
    place = int(said) if re.fullmatch(r"\d", said) else _ORDINALS.get(said)
    words = {"one": 1, "two": 2, "three": 3, "four": 4, "a": 1, "b": 2, "c": 3, "d": 4}
    place = place if place is not None else words.get(said)
    if place is not None and (place == -1 or 1 <= place <= len(context.pending)):
        return _plan_of(context.pending[place - 1 if place > 0 else -1], context)
    for choice in context.pending:
        if clean(choice.text).casefold().rstrip("?. ") == text.casefold().rstrip("?. "):
            return _plan_of(choice, context)
    begun = [c for c in context.pending if said and clean(c.text).casefold().startswith(f"{said} ")]
    if len(begun) == 1:
        return _plan_of(begun[0], context)
    told = set(folded_words(said)) - _SMALL
    telling = [c for c in context.pending if told and told <= set(folded_words(c.text))]
    return _plan_of(telling[0], context) if len(telling) == 1 else None


def _plan_of(choice: Choice, context: Context) -> Plan:
    return choice.plan if choice.plan is not None else _whole(clean(choice.text), replace(context, pending=()))


def _whole(text: str, context: Context) -> Plan:
    """The plan of a text of one or several clauses: what one plan can hold is taken together, other parts follow as plans of their own."""
    clauses = with_last_split(with_tails(with_premises(split_clauses(text), context), context), context)
    if len(clauses) > 1 and is_heading(text.partition(":")[0]):
        # Each point has the words of the heading before it: those that tell why limit none of them.
        alone = replace(context, previous=None)
        clauses = [without_occasion(one, lambda part: read(part, alone), context.clock.today)[0] for one in clauses]
    if len(clauses) == 1:
        return _answerable_part(_safe(clauses[0], context), clauses[0], context)
    whole = _safe(text, context)
    if whole.skill == CAUSES_SKILL and "volume_or_rate" in read(text, context).cues:
        # "Was it more volume, or was a bigger share escalated?" is one question.
        return whole
    if whole.intent is Intent.CLARIFY and all(_is_form(clause, context) for clause in clauses[1:]):
        # "Where is the rate highest? October 2026": what is asked back keeps the days.
        return _safe(f"{clauses[0].rstrip('?!. ')} {' '.join(clauses[1:])}", context)
    if (
        whole.intent is Intent.SKILL
        and whole.skill not in KNOWN_BY_GRAMMAR
        and not _has_another(whole, clauses, context)
    ):
        # "Which tickets are like it, and how were they solved?" is one question to a skill that answers both.
        return whole
    if _is_action(whole) and not any(asks(clause, context) for clause in clauses):
        # "KI-12 is done. Set its status to fixed.": a statement, and what is to be done about it.
        return whole
    taken: Plan | None = None
    more: list[Plan] = []
    left_out: list[str] = []
    refused: Plan | None = None
    for clause in clauses:
        here = context if taken is None else replace(context, previous=taken)
        plan = _safe(clause, here)
        if taken is not None and plan.intent is Intent.QUERY:
            plan = _with_own_splits(plan, clause, context)
        if plan.intent not in _ANSWERS:
            if plan.intent is Intent.SMALLTALK:
                refused = refused or plan
                continue
            refused = plan if refused is None or refused.intent is Intent.SMALLTALK else refused
            left_out.append(_why_left_out(clause, plan))
        elif taken is None:
            taken, more = plan, [*plan.then]
        else:
            both = joined(taken, plan)
            taken = both or taken
            if both is None and len(more) < MOST_PARTS - 1:
                more.append(replace(plan, notes=()))
                taken = replace(_with_days_of(taken, plan, context), notes=(*taken.notes, *plan.notes))
            elif both is None:
                left_out.append(_why_left_out(clause, plan))
    if taken is not None and left_out and is_compared(taken, whole):
        # "Does it matter how people wrote to us? Escalations by channel": the first part says what the second is split for.
        return whole
    if taken is None:
        return refused or refusals.refuse(refusals.OFF_TOPIC)
    notes = tuple(left_out)
    sure = min(one.confidence for one in (taken, *more)) - (0.1 if left_out else 0.0)
    return replace(taken, notes=(*taken.notes, *notes), confidence=round(sure, 2), then=tuple(more))


def _answerable_part(plan: Plan, text: str, context: Context) -> Plan:
    """ "Escalations in October, and also the weather for Berlin": what can be answered is, and the rest is named as out of reach.

    Only a part that is a question of its own is set aside so: "in EMEA and also in Narnia" stays a refusal. An order beside a question
    ("and also delete all P4 tickets") is named as what cannot be done, and limits no numbers.
    """
    parts = added_parts(text)
    alone = replace(context, previous=None)
    out_of_reach = plan.intent is Intent.REFUSE and plan.reason.startswith(_OUT_OF_REACH)
    acts = (plan.intent in _ANSWERS or _is_action(plan)) and any(_orders(part, alone) for part in parts[1:])
    if len(parts) < 2 or not (out_of_reach or acts):
        return plan
    plans = [_safe(part, alone) for part in parts]
    answered = [one for one in plans if one.intent in _ANSWERS]
    refused = [(part, one) for part, one in zip(parts, plans, strict=True) if one.intent not in _ANSWERS]
    whole = all(_is_question_of_its_own(part, one, alone) for part, one in refused)
    if not answered or not refused or not whole or len(answered) > MOST_PARTS:
        return plan
    first, *more = answered
    notes = tuple(
        _why_left_out(part, one)
        if _is_action(one)
        else f"Left out: {_short(part)!r}. That is not in the data or documents I have."
        for part, one in refused
    )
    sure = round(min(one.confidence for one in answered) - 0.1, 2)
    return replace(first, notes=(*first.notes, *notes), confidence=sure, then=(*first.then, *more))


def _is_question_of_its_own(part: str, plan: Plan, alone: Context) -> bool:
    """Whether a part that is not answered asks for a thing of its own, and is no further condition or measure of the part before."""
    reading = read(part, alone)
    condition = reading.word(0) in PREPOSITIONS | DETERMINERS - {"the", "a", "an", "my", "our"} and not reading.metrics
    ours = reading.names_something or plan.intent is Intent.CLARIFY
    return _is_action(plan) or (len(reading.tokens) >= 3 and not condition and not ours)


def _orders(part: str, alone: Context) -> bool:
    """Whether a part begins as an order with what it is to be done to: "delete all P4 tickets", not "call volume"."""
    reading = read(part, alone)
    said = [word for word in reading.words(0, len(reading.tokens)) if word not in POLITE]
    return (
        action_asked(reading) is not None
        and said[1:2] != []
        and said[1] in DETERMINERS | {"every", "each", "them", "it"}
    )


def _has_another(whole: Plan, clauses: list[str], context: Context) -> bool:
    """Whether a clause asks on its own for what the skill of the whole does not answer; one that leans on a pronoun does not."""
    examples = {
        folded_words(clean(one)) for skill in context.skills if skill.name == whole.skill for one in skill.examples
    }
    if folded_words(" ".join(clauses)) in examples:
        return False
    course = any(skill.name == whole.skill and "grain" in skill.parameters for skill in context.skills)
    asking = [clause for clause in clauses if not _is_form(clause, context)] if course else clauses
    if len(asking) == 1 < len(clauses):
        # "Are escalations getting worse? Show 2025 month by month": the second sentence says how to show it.
        return False
    for clause in clauses:
        if PRONOUNS & set(folded_words(clause)):
            continue
        plan = _safe(re.sub(r"^(?:and|but|also)\s+", "", clause), replace(context, previous=None))
        if plan.intent in (Intent.QUERY, Intent.KNOWLEDGE) or (
            plan.intent is Intent.SKILL and plan.skill != whole.skill
        ):
            return True
    return False


def _is_form(clause: str, context: Context) -> bool:
    """Whether a clause only names days and a unit of time: "show 2025 month by month", "weekly for Q3"."""
    reading = read(clause, replace(context, previous=None))
    says = reading.names_something or reading.loose or reading.unknown or reading.rank
    return bool(reading.grain or reading.periods) and not says and not reading.cues - {"values_of", "rows", "trend"}


def _with_days_of(taken: Plan, plan: Plan, context: Context) -> Plan:
    """ "Are escalations getting worse? Show 2025 by month": days that a later part names are those of a first that names none, but for
    what is about today and yesterday anyway."""
    if any(skill.name == taken.skill and is_of_the_day(skill) for skill in context.skills):
        return taken
    if not taken.period_is_default or plan.period_is_default or plan.period is None:
        return taken
    return replace(taken, period=plan.period, period_is_default=False)


def _with_own_splits(plan: Plan, clause: str, context: Context) -> Plan:
    """A further part that is a number of its own keeps conditions and days of the part before, but not its splits."""
    alone = _safe(re.sub(r"^and\s+", "", clause), replace(context, previous=None))
    if alone.intent is not Intent.QUERY or alone.metrics != plan.metrics:
        return plan
    return replace(plan, by=alone.by, order=alone.order, limit=alone.limit)


def _safe(text: str, context: Context) -> Plan:
    try:
        return plan_clause(text, context)
    except AmbiguousDate as error:
        asked = either_way(text, context, lambda said: _safe(said, context))
        return asked or refusals.refuse(f"{error.message} {error.hint}".strip())
    except BadPeriod as error:
        return refusals.refuse(f"{error.message} {error.hint}".strip())


def _why_left_out(clause: str, plan: Plan) -> str:
    """A part that is not answered, and what is in its way: what cannot be done is not offered to be asked on its own."""
    if _is_action(plan):
        return f"Left out: {_short(clause)!r}. {plan.reason}"
    if plan.reason == refusals.SECRET:
        return f"Left out: {_short(clause)!r}. {refusals.SECRET.removesuffix(refusals.CAN_ASK).strip()}"
    return f"Left out: {_short(clause)!r}. Ask it on its own."


def _is_action(plan: Plan) -> bool:
    return plan.intent is Intent.REFUSE and plan.reason.startswith(refusals.READS_ONLY)


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
