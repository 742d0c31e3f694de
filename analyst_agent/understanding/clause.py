"""One clause to one plan: refusals first, then documents, descriptions, follow-ups and data, and meaning where grammar is silent."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding import confidence, refusals
from analyst_agent.understanding.context import CAUSES_SKILL, SEGMENTS_SKILL, Context
from analyst_agent.understanding.cues import is_generic
from analyst_agent.understanding.followups import changed, is_follow_up, knowledge_again, leans
from analyst_agent.understanding.fresh import (
    ask_metric,
    ask_which_metric,
    causes_plan,
    data_plan,
    segments_plan,
    with_period,
)
from analyst_agent.understanding.meaning import likenesses, nearest_metrics
from analyst_agent.understanding.periods_asked import Asked, asked_periods
from analyst_agent.understanding.reader import read
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shapes import KNOWLEDGE_CUES, described, wants_causes, wants_document, wants_rows
from analyst_agent.understanding.signals import action_asked
from analyst_agent.understanding.unknown import known_share
from analyst_agent.understanding.words import stems, word_set

_GREETING = re.compile(
    r"^(?:(?:many )?thanks?|thank you|thx|ty|cheers|hello|hi|hey|good (?:morning|afternoon|evening|day)|bye|goodbye|see you|great|cool|nice|perfect|awesome|"
    r"excellent|got it|understood|well done|ok(?:ay)?|alright|great job|good job|that helps|very helpful|much appreciated|appreciated|lovely|super|wow)\b",
    re.IGNORECASE,
)
_GREETING_WORDS = re.compile(_GREETING.pattern.removeprefix("^"), re.IGNORECASE)
_QUESTION_WORDS = word_set(
    "what which why is are do does did was were has have can could tell explain show anything any where"
)
_LITTLE = word_set(
    "are is was were be been the a an our of whose that which who in on for from to do does did we have has had by with after before"
)
_REFUSED = {
    "off_topic": refusals.OFF_TOPIC,
    "forecast": refusals.FORECAST,
    "action": refusals.OFF_TOPIC,
    "secret": refusals.SECRET,
    "injection": refusals.INJECTION,
}


def plan_clause(text: str, context: Context) -> Plan:
    """The plan of one clause. Raises BadPeriod for an impossible period."""
    reading = read(text, context)
    asked = asked_periods(reading, context.clock)
    early = _refused_early(reading, context)
    if early is not None:
        return early
    if _is_smalltalk(reading):
        return Plan(Intent.SMALLTALK, 0.95)
    if asked.problem is not None:
        raise asked.problem
    if asked.left_out:
        reading.notes.append(f"Left out: {', '.join(asked.left_out)}; ask for it on its own.")
    return (
        _about_the_analyst(reading)
        or _document(reading, context)
        or _description(reading, context)
        or _not_granted(reading, context)
        or _data(reading, asked, context)
        or _by_meaning(reading, asked, context)
    )


def _refused_early(reading: Reading, context: Context) -> Plan | None:
    if "injection" in reading.cues:
        return refusals.refuse(refusals.INJECTION)
    if "secret" in reading.cues:
        return refusals.refuse(refusals.SECRET)
    verb = action_asked(reading)
    if verb is not None:
        return refusals.action(verb)
    return None


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


def _document(reading: Reading, context: Context) -> Plan | None:
    """A policy or known-issue question: by its norm words, or a document word that meaning confirms."""
    if "matches_known" in reading.cues and (reading.weak_metrics or _leans_on_data(reading, context)):
        return None
    if wants_document(reading) and not _advice(reading, context):
        return _knowledge(reading, context, confidence.SURE)
    previous = context.previous
    if (
        previous is not None
        and previous.intent is Intent.KNOWLEDGE
        and previous.knowledge_query
        and _is_fragment(reading)
    ):
        again = knowledge_again(reading, previous.knowledge_query)
        return replace(_knowledge(reading, context, 0.8), knowledge_query=again)
    if "document" in reading.cues and not reading.by and not reading.grain and "count" not in reading.cues:
        near = likenesses(reading, context)
        if near["knowledge"] >= confidence.NEAR_KIND - 0.05 and near["knowledge"] >= near["measure"]:
            return _knowledge(reading, context, min(0.9, 0.4 + near["knowledge"] / 2))
    return None


def _advice(reading: Reading, context: Context) -> bool:
    """ "Which problems should I raise": advice from the data, where meaning is nearer to that than to a norm."""
    if reading.cues & KNOWLEDGE_CUES != {"norm"} or "should" not in reading.cues:
        return False
    near = likenesses(reading, context)
    advice = max(near["overview"], near.get(f"skill:{CAUSES_SKILL}", 0.0))
    return advice >= confidence.NEAR_KIND - confidence.MARGIN and advice > near["knowledge"]


def _leans_on_data(reading: Reading, context: Context) -> bool:
    """ "Does this match a known bug?" about a pattern under discussion is answered with evidence from its tickets."""
    pointing = {"this", "these", "that", "those", "it", "they", "them"} & set(reading.words(0, len(reading.tokens)))
    return bool(pointing) and context.previous is not None and context.previous.intent in (Intent.SKILL, Intent.QUERY)


def _is_fragment(reading: Reading) -> bool:
    """Whether a clause only names another value for the document question before."""
    compares = reading.cues & {"more", "compare", "than", "cause", "change"}
    bare = not (reading.metrics or reading.by or reading.rank or reading.periods or compares)
    return bare and bool(reading.groups) and (leans(reading.text) or len(reading.tokens) <= 2)


def _knowledge(reading: Reading, context: Context, sure: float) -> Plan:
    if not context.spaces:
        return refusals.refuse(
            "No knowledge space is granted to this analyst, so there are no documents to search; ask about the data instead."
        )
    named = tuple(s for s in context.spaces if _names_space(s, reading))
    return Plan(Intent.KNOWLEDGE, sure, knowledge_query=reading.text, spaces=named or context.spaces)


def _names_space(space: str, reading: Reading) -> bool:
    """Whether a question names a space by its own words ("known issues"), so that others need not be searched."""
    return set(stems(space)) <= {t.stem for t in reading.tokens}


def _about_the_analyst(reading: Reading) -> Plan | None:
    """What can be asked and how a metric is worked out go before norms: "what can I ask" is no question of permission."""
    what = described(reading)
    if what in ("capabilities", "data") and not reading.cues & {"say", "known_issue", "who_decides"}:
        return Plan(Intent.DESCRIBE, 0.9, reason=what)
    metrics = reading.metrics or reading.weak_metrics
    if what == "definition" and metrics and not reading.cues & {"say", "norm", "known_issue"}:
        return Plan(Intent.DESCRIBE, 0.9, metrics=metrics, reason="definition")
    return None


def _description(reading: Reading, context: Context) -> Plan | None:
    what = described(reading)
    if what is None:
        return None
    if what == "definition":
        return _definition(reading, context)
    if what == "values":
        by = tuple(dict.fromkeys([*reading.bare, *reading.by, *reading.entities]))
        return Plan(Intent.DESCRIBE, 0.9, by=by, reason="values")
    return Plan(Intent.DESCRIBE, 0.9, reason=what)


def _definition(reading: Reading, context: Context) -> Plan | None:
    metrics = reading.metrics or reading.weak_metrics
    fields = tuple(dict.fromkeys([*reading.bare, *reading.by, *[g.dimension for g in reading.groups]]))
    if metrics or fields:
        return Plan(Intent.DESCRIBE, 0.9, metrics=metrics, by=() if metrics else fields, reason="definition")
    if reading.unknown or reading.loose:
        said = reading.unknown[0].text if reading.unknown else reading.loose[0]
        near = nearest_metrics(said, context, 1)
        if near and near[0][1] >= confidence.NEAR_METRIC_WORD:
            return Plan(Intent.DESCRIBE, 0.6, metrics=(near[0][0],), reason="definition")
        return None
    return None


def _not_granted(reading: Reading, context: Context) -> Plan | None:
    return refusals.revoked(reading.revoked, context) if reading.revoked else None


def _data(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A skill or query by grammar and names: a follow-up where the clause leans on the last plan, else on its own."""
    unknown = _unknown(reading, asked, context) or _field_as_metric(reading, context)
    if unknown is not None:
        return unknown
    if "predict" in reading.cues and (reading.names_something or asked.period is not None):
        return refusals.refuse(refusals.FORECAST)
    if "count" in reading.cues and reading.entities and not reading.metrics and not reading.by:
        name = context.model.dimension_label(reading.entities[0])
        return refusals.refuse(
            f"I count tickets, escalations and resolutions, not {name}s; ask for example which {name} has the most escalations."
        )
    if wants_rows(reading):
        return refusals.refuse(refusals.ROWS)
    _metric_by_meaning(reading, context)
    plan: Plan | None = None
    if is_follow_up(reading, asked, context):
        plan = changed(reading, asked, context)
    elif (
        reading.names_something
        or reading.grain
        or reading.rank
        or wants_causes(reading)
        or _names_a_rate(reading)
        or _only_time(reading)
    ):
        plan = _fresh(reading, asked, context)
    elif asked.shift is not None and asked.period is None:
        return refusals.refuse(
            "There is no period under discussion to count from; name one, for example last month or October 2026."
        )
    if plan is None:
        return None
    if plan.intent in (Intent.CLARIFY, Intent.REFUSE):
        return plan
    return _private(plan, context) or replace(plan, confidence=confidence.structural(plan, reading))


def _names_a_rate(reading: Reading) -> bool:
    """ "What was the rate last month": a rate, but of what."""
    return "rate" in reading.cues and any(t.word in ("rate", "rates") for t in reading.tokens) and not reading.loose


def _only_time(reading: Reading) -> bool:
    """A period and nothing else that matters."""
    return any(p.role == "period" for p in reading.periods) and len(reading.tokens) <= 6 and known_share(reading) == 1.0


def _private(plan: Plan, context: Context) -> Plan | None:
    if context.personal_allowed:
        return None
    fields = context.model.filterable()
    for name in (*plan.by, *(f.field for f in plan.where)):
        if name in fields and fields[name].personal:
            return refusals.refuse(
                f"Answers about a single {fields[name].label} are not allowed here; ask by team, region or another field instead."
            )
    return None


def _fresh(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    plan = data_plan(reading, asked, context)
    if plan is not None:
        return _reasons_by_meaning(plan, reading, asked, context) or plan
    if "rate" in reading.cues and not reading.metrics:
        return ask_metric(reading.filters(), tuple(reading.by), asked.period, context, rates=True)
    named = [*reading.by, *(d for d in reading.bare if not d.startswith("is_"))]
    by = tuple(dict.fromkeys([*named, *([reading.grain] if reading.grain else [])]))
    if not (reading.filters() or by or _only_time(reading)):
        return None
    near = likenesses(reading, context)
    segments, causes = near.get(f"skill:{SEGMENTS_SKILL}", 0.0), near.get(f"skill:{CAUSES_SKILL}", 0.0)
    if (
        by
        and segments >= confidence.NEAR_KIND
        and segments > near["measure"] + 2 * confidence.MARGIN
        and not reading.grain
    ):
        return segments_plan(reading, asked, context)
    if not by and max(near["overview"], causes) >= confidence.NEAR_KIND and context.has_skill(CAUSES_SKILL):
        return causes_plan(reading, asked, context)
    if reading.loose and max(near["off_topic"], near["secret"]) > max(near["measure"], near["overview"], 0.35):
        return None
    return ask_metric(reading.filters(), by, asked.period, context)


def _reasons_by_meaning(plan: Plan, reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A whole question that names nothing but "escalations" and asks for no number: reasons, where meaning says so."""
    plain = plan.intent is Intent.QUERY and not (plan.by or plan.order or reading.conditions or plan.comparison)
    weak = set(plan.metrics) <= set(reading.weak_metrics) and not reading.cues & {"count", "rate", "how_long"}
    if not (plain and weak and reading.word(0) in _QUESTION_WORDS and context.has_skill(CAUSES_SKILL)):
        return None
    near = likenesses(reading, context)
    causes = max(near["overview"], near.get(f"skill:{CAUSES_SKILL}", 0.0))
    return causes_plan(reading, asked, context) if causes >= confidence.NEAR_KIND and causes > near["measure"] else None


def _unknown(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A refusal or question back for the first unknown name, unless the whole is a question of another kind."""
    for one in reading.unknown:
        kinds = likenesses(reading, context)
        ahead = kinds["knowledge"] > kinds["measure"] + confidence.MARGIN
        split = reading.by or reading.grain or reading.rank
        if kinds["knowledge"] >= confidence.NEAR_KIND and ahead and not reading.metrics and not split:
            return _knowledge(reading, context, min(0.8, 0.3 + kinds["knowledge"] / 2))
        if not reading.names_something and not reading.periods and not reading.mentions and _elsewhere(kinds):
            return None
        if kinds["off_topic"] >= confidence.NEAR_KIND and kinds["off_topic"] > _ours(kinds) + confidence.FAR_AHEAD:
            return refusals.refuse(refusals.OFF_TOPIC)
        if one.place == "metric" and not reading.metrics:
            ranked = nearest_metrics(one.text, context)
            if ranked and ranked[0][1] >= confidence.NEAR_METRIC:
                near = [n for n, score in ranked if score >= confidence.NEAR_METRIC]
                return ask_which_metric(one.text, [n for n, _ in ranked[: max(2, len(near))]], reading, asked, context)
        return refusals.unknown_name(one, context)
    return None


def _field_as_metric(reading: Reading, context: Context) -> Plan | None:
    """A number field that is asked for like a metric ("revenue by region")."""
    if reading.metrics:
        return None
    for mention in reading.mentions:
        if mention.fields and not (mention.metrics or mention.dimensions or mention.values):
            label = context.model.dimension_label(mention.fields[0])
            return refusals.refuse(
                f"The {label} can limit which tickets count but is no metric; ask for example for the escalation rate with {label} above a number."
            )
    return None


def _ours(kinds: dict[str, float]) -> float:
    """The nearest that a text comes to a question about the data."""
    return max(
        v for k, v in kinds.items() if k in ("measure", "overview", "knowledge", "definition") or k.startswith("skill:")
    )


def _elsewhere(kinds: dict[str, float]) -> bool:
    """Whether a text is nearer to talk of other things than to any question about the data."""
    others = max(
        kinds[k] for k in ("off_topic", "smalltalk", "capabilities", "data", "secret", "injection", "forecast")
    )
    return others > _ours(kinds) or max(_ours(kinds), others) < 0.25


def _metric_by_meaning(reading: Reading, context: Context) -> None:
    """A metric put in other words: taken when loose words are left and its phrases are near enough."""
    if set(reading.metrics) - set(reading.weak_metrics) or "count" in reading.cues:
        return
    if not reading.loose and not ("how_long" in reading.cues and not reading.metrics):
        return
    silent = {i for s, e in reading.period_spans() for i in range(s, e)}
    silent |= {i for g in reading.groups for i in range(g.start, g.end)}
    for m in reading.mentions:
        if m.weak or reading.lexicon.is_entity(reading.words(m.start, m.end)):
            silent.update(range(m.start, m.end))
    said = " ".join(t.word for i, t in enumerate(reading.tokens) if i not in silent and t.word not in _LITTLE)
    near = nearest_metrics(said, context, 1) if said else []
    if near and near[0][1] >= confidence.NEAR_METRIC:
        reading.metrics = (near[0][0],)
        reading.notes.append(f"Read as {context.model.metrics[near[0][0]].label}.")


def _by_meaning(reading: Reading, asked: Asked, context: Context) -> Plan:
    """Where grammar found nothing: the kind of question whose sentences are nearest."""
    if known_share(reading) < confidence.READABLE and not reading.names_something:
        near = likenesses(reading, context)
        if max(near.values()) < confidence.NEAR_KIND:
            return refusals.refuse(refusals.LANGUAGE if len(reading.tokens) > 1 else refusals.OFF_TOPIC)
    near = likenesses(reading, context)
    kind, score = max(near.items(), key=lambda item: item[1])
    sure = round(min(0.8, max(0.3, score)), 2)
    if score >= confidence.NEAR_KIND:
        if kind.startswith("skill:"):
            skill = kind.removeprefix("skill:")
            if skill == CAUSES_SKILL or reading.by or reading.bare:
                by = tuple([*reading.by, *reading.bare][:1]) if skill != CAUSES_SKILL else ()
                return with_period(
                    Plan(Intent.SKILL, sure, skill=skill, by=by, where=reading.filters()), asked, context
                )
            if skill not in ("segment_comparison",):
                return with_period(Plan(Intent.SKILL, sure, skill=skill, where=reading.filters()), asked, context)
            return ask_dimension(reading, asked, context)
        if kind == "overview" and context.has_skill(CAUSES_SKILL):
            return replace(causes_plan(reading, asked, context), confidence=sure)
        if kind == "knowledge":
            return _knowledge(reading, context, sure)
        if kind in ("capabilities", "data", "definition"):
            return Plan(
                Intent.DESCRIBE,
                sure,
                reason={"capabilities": "capabilities", "data": "data", "definition": "data"}[kind],
            )
        if kind == "smalltalk" and score >= confidence.NEAR_TALK:
            return Plan(Intent.SMALLTALK, sure)
        if kind in _REFUSED:
            return refusals.refuse(_REFUSED[kind], sure)
    if (
        {"how_doing", "remedy"} & reading.cues
        and context.has_skill(CAUSES_SKILL)
        and near["overview"] >= near["off_topic"]
    ):
        return replace(causes_plan(reading, asked, context), confidence=0.6)
    if reading.unknown and not _elsewhere(near):
        return refusals.unknown_name(reading.unknown[0], context)
    if reading.periods and known_share(reading) >= 0.8 and near["off_topic"] < 0.3:
        return ask_metric(reading.filters(), (), asked.period, context)
    return refusals.refuse(refusals.OFF_TOPIC, 0.8)


def ask_dimension(reading: Reading, asked: Asked, context: Context) -> Plan:
    """Asks back by what to compare, where segments are to be compared and none is named."""
    from analyst_agent.records import Choice
    from analyst_agent.understanding.sentences import sentence

    base = with_period(Plan(Intent.SKILL, 0.9, skill=SEGMENTS_SKILL, where=reading.filters()), asked, context)
    names = [
        d
        for d in ("tier", "region", "segment", "product_area")
        if d in context.model.dimensions() and context.values.get(d)
    ]
    choices = tuple(Choice(sentence(replace(base, by=(d,)), context.model), replace(base, by=(d,))) for d in names)
    return Plan(Intent.CLARIFY, 0.6, where=reading.filters(), choices=choices, reason="Compared by what?")
