"""Names that do not exist, and metrics put in words of their own."""

from __future__ import annotations

from analyst_agent.records import Plan
from analyst_agent.understanding import confidence, refusals
from analyst_agent.understanding.asking import ask_which_metric
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.documents import knowledge_plan
from analyst_agent.understanding.flows import sets_flows_against
from analyst_agent.understanding.followups import leans
from analyst_agent.understanding.meaning import likenesses, nearest_metrics
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading, Unknown
from analyst_agent.understanding.words import word_set

_LITTLE = word_set(
    "are is was were be been the a an our of whose that which who in on for from to do does did we have has had by with after before"
)


def unknown_plan(reading: Reading, asked: Asked, context: Context) -> Plan | None:
    """A refusal or question back for the first unknown name, unless the whole is a question of another kind."""
    for one in reading.unknown:
        kinds = likenesses(reading, context)
        ahead = kinds["knowledge"] > kinds["measure"] + confidence.MARGIN
        split = reading.by or reading.grain or reading.rank
        if kinds["knowledge"] >= confidence.NEAR_KIND and ahead and not reading.metrics and not split:
            return knowledge_plan(reading, context, min(0.8, 0.3 + kinds["knowledge"] / 2))
        asides = leans(reading.text) and context.previous is not None and one.place == "value"
        if asides and not (reading.metrics or reading.groups):
            return refusals.unknown_name(one, context)
        if not reading.names_something and not reading.periods and not reading.mentions and is_elsewhere(kinds):
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


def field_as_metric(reading: Reading, context: Context) -> Plan | None:
    """A number field that is asked for like a metric ("revenue by region")."""
    for mention in reading.mentions:
        only_number = mention.fields and not (mention.metrics or mention.dimensions or mention.values)
        if (
            only_number
            and reading.word(mention.start - 1) in ("by", "per", "across")
            and mention.start not in reading.used
        ):
            said = reading.text[reading.tokens[mention.start].start : reading.tokens[mention.end - 1].end]
            return refusals.unknown_name(Unknown(said, "dimension", mention.start, mention.end), context)
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


def is_elsewhere(kinds: dict[str, float]) -> bool:
    """Whether a text is nearer to talk of other things than to any question about the data."""
    others = max(
        kinds[k] for k in ("off_topic", "smalltalk", "capabilities", "data", "secret", "injection", "forecast")
    )
    return others > _ours(kinds) or max(_ours(kinds), others) < 0.25


def metric_by_meaning(reading: Reading, context: Context) -> None:
    """A metric put in other words: taken when loose words are left and its phrases are near enough."""
    if set(reading.metrics) - set(reading.weak_metrics) or "count" in reading.cues or sets_flows_against(reading):
        return
    if not reading.loose and not ("how_long" in reading.cues and not reading.metrics):
        return
    if not (reading.loose or reading.names_something):
        # "How long did it take": of what is not said.
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
