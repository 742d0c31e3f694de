"""Plans that search documents or describe the data and the analyst itself."""

from __future__ import annotations

from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding import confidence, refusals
from analyst_agent.understanding.context import CAUSES_SKILL, DOCUMENT_SPACES, Context
from analyst_agent.understanding.followups import knowledge_again, leans
from analyst_agent.understanding.meaning import likenesses, nearest_metrics
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shapes import KNOWLEDGE_CUES, asks_who, described, wants_document
from analyst_agent.understanding.words import stems

POLICIES, ISSUES = DOCUMENT_SPACES


def document_plan(reading: Reading, context: Context) -> Plan | None:
    """A policy or known-issue question: by its norm words, or a document word that meaning confirms."""
    if "matches_known" in reading.cues and _are_issues_withheld(context):
        return refusals.withheld(ISSUES, "Known issues", context)
    if "matches_known" in reading.cues and (reading.weak_metrics or _leans_on_data(reading, context)):
        return None
    if wants_document(reading) and not _advice(reading, context):
        return knowledge_plan(reading, context, confidence.SURE)
    if asks_who(reading):
        near = likenesses(reading, context)
        if near["knowledge"] >= 0.25 and near["knowledge"] >= near["off_topic"] - confidence.MARGIN:
            return knowledge_plan(reading, context, 0.85)
    previous = context.previous
    if (
        previous is not None
        and previous.intent is Intent.KNOWLEDGE
        and previous.knowledge_query
        and _is_fragment(reading)
    ):
        again = knowledge_again(reading, previous.knowledge_query)
        return replace(knowledge_plan(reading, context, 0.8), knowledge_query=again)
    if "document" in reading.cues and not reading.by and not reading.grain and "count" not in reading.cues:
        near = likenesses(reading, context)
        if near["knowledge"] >= confidence.NEAR_KIND - 0.05 and near["knowledge"] >= near["measure"]:
            return knowledge_plan(reading, context, min(0.9, 0.4 + near["knowledge"] / 2))
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


def knowledge_plan(reading: Reading, context: Context, sure: float) -> Plan:
    """A search of the granted spaces, or of the one a question names."""
    if "known_issue" in reading.cues and _are_issues_withheld(context):
        return refusals.withheld(ISSUES, "Known issues", context)
    if reading.cues & KNOWLEDGE_CUES and "known_issue" not in reading.cues and _are_policies_withheld(context):
        return refusals.withheld(POLICIES, "Policies", context)
    if not context.spaces:
        return refusals.refuse(
            "No knowledge space is granted to this analyst, so there are no documents to search; ask about the data instead."
        )
    named = tuple(s for s in context.spaces if _names_space(s, reading))
    return Plan(Intent.KNOWLEDGE, sure, knowledge_query=reading.text, spaces=named or context.spaces)


def _are_issues_withheld(context: Context) -> bool:
    """Whether known issues are not granted, and no other granted space holds one."""
    return ISSUES in context.withheld and not context.issues


def _are_policies_withheld(context: Context) -> bool:
    """Whether policies are not granted, and no granted space but that of known issues could hold one."""
    return POLICIES in context.withheld and set(context.spaces) <= {ISSUES}


def _names_space(space: str, reading: Reading) -> bool:
    """Whether a question names a space by its own words ("known issues"), so that others need not be searched."""
    return set(stems(space)) <= {t.stem for t in reading.tokens}


def about_the_analyst(reading: Reading) -> Plan | None:
    """What can be asked and how a metric is worked out go before norms: "what can I ask" is no question of permission."""
    what = described(reading)
    if what in ("capabilities", "data") and not reading.cues & {"say", "known_issue", "who_decides"}:
        return Plan(Intent.DESCRIBE, 0.9, reason=what)
    metrics = reading.metrics or reading.weak_metrics
    if what == "definition" and metrics and not reading.cues & {"say", "norm", "known_issue"}:
        return Plan(Intent.DESCRIBE, 0.9, metrics=metrics, reason="definition")
    return None


def description_plan(reading: Reading, context: Context) -> Plan | None:
    """A definition, the values of a field, or what can be asked."""
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
