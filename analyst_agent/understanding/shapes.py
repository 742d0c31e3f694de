"""What kind of answer a reading calls for: causes, a comparison of segments, a plain number, a document or a description."""

from __future__ import annotations

import re

from analyst_agent.understanding import cues
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.words import word_set

KNOWLEDGE_CUES = frozenset({"norm", "coverage", "procedure", "who_decides", "known_issue", "say", "target"})
MEASURE_CUES = frozenset({"count"})
_WHY = re.compile(r"\bwhy\b|\bwhat (?:caused|causes|is causing|drove|drives|is driving)\b", re.IGNORECASE)
_PLACES = word_set("in from at within")
_ASKS_WHY = word_set(
    "why what which cause causes reasons drivers explain systemic recurring pattern patterns theme themes root culprit culprits behind drives drove driving"
)


def measures_escalation(reading: Reading, metrics: tuple[str, ...] | None = None) -> bool:
    """Whether nothing but the number or rate of escalations is asked."""
    model = reading.lexicon.model
    counted = {m.numerator for m in model.metrics.values() if m.is_ratio}
    return all(m in counted or model.metrics[m].is_ratio for m in (reading.metrics if metrics is None else metrics))


def wants_document(reading: Reading) -> bool:
    """Whether a norm, a procedure or a known issue is asked for, rather than what happened."""
    found = reading.cues & KNOWLEDGE_CUES
    if not found or (reading.cues & {"remedy", "how_doing"} and not found & {"known_issue", "say", "who_decides"}):
        return False
    measured = bool(reading.cues & MEASURE_CUES) or bool(reading.by) or reading.grain is not None
    if measured and not found & {"say", "who_decides", "coverage"}:
        return False
    return not (found == {"target"} and _past(reading))


_DONE = word_set("was were had did has have handled escalated")


def asks_who(reading: Reading) -> bool:
    """ "Who is paged", "who approves": a rule about roles; a ranking of people ("who handled most") or what they did is none."""
    words = reading.words(0, len(reading.tokens))
    if "who" not in words or reading.by or reading.grain or any(p.role == "period" for p in reading.periods):
        return False
    after = words[words.index("who") + 1 :][:1]
    if (
        not after
        or after[0] in _DONE
        or after[0].endswith("ed")
        or reading.cues & {"count", "share_of_escalated", "share_of_tickets"}
    ):
        return False
    return not any(reading.tokens[r.at].word in cues.RANKED and after for r in (reading.rank,) if r is not None)


def _past(reading: Reading) -> bool:
    """Whether the clause is about something that happened in a period."""
    return any(p.role == "period" for p in reading.periods) or "rate" in reading.cues


def wants_causes(reading: Reading) -> bool:
    """Whether reasons are asked for: not a split by a named field, not a count."""
    by = [d for d in reading.by if d != "root_cause"]
    if "volume_or_rate" in reading.cues and not by and reading.grain is None:
        return True
    causes = "root_cause" in (*reading.by, *reading.bare, *(g.dimension for g in reading.groups))
    if "share_of_escalated" in reading.cues and causes and not by and reading.grain is None:
        return measures_escalation(reading)
    if "matches_known" in reading.cues and reading.weak_metrics and not by:
        return True
    if by or ("count" in reading.cues and "cause" not in reading.cues):
        return False
    if (
        reading.rank is not None
        and ("root_cause" in reading.by)
        and reading.metrics
        and not measures_escalation(reading)
    ):
        return False
    if "cause" in reading.cues:
        asks_why = any(t.word in _ASKS_WHY for t in reading.tokens)
        split = (
            "root_cause" in reading.by
            and not _WHY.search(reading.text)
            and any(w in cues.BY for w in reading.words(0, len(reading.tokens)))
        )
        return (
            not split
            and reading.grain is None
            and (asks_why or measures_escalation(reading))
            and not _other_bare(reading)
        )
    if reading.cues & {"how_doing", "remedy"}:
        return (
            reading.grain is None and not reading.bare and measures_escalation(reading) and "count" not in reading.cues
        )
    if reading.cues & {"trend", "change"} and not reading.bare and reading.grain is None:
        about = _about_escalations(reading) or (not reading.metrics and bool(reading.groups))
        return about and measures_escalation(reading)
    return False


def _other_bare(reading: Reading) -> bool:
    """Whether a field other than the cause itself is what is asked for ("which reason codes")."""
    return any(d != "root_cause" for d in reading.by)


def _about_escalations(reading: Reading) -> bool:
    model = reading.lexicon.model
    counted = {m.numerator for m in model.metrics.values() if m.is_ratio}
    return bool(set(reading.metrics) & counted) or any(model.metrics[m].numerator in counted for m in reading.metrics)


def wants_segments(reading: Reading, has_comparison_period: bool) -> bool:
    """Whether it is asked if kinds of customers or tickets differ in how they escalate."""
    if has_comparison_period or reading.grain is not None or "count" in reading.cues or reading.conditions:
        return False
    if not reading.cues & {"compare", "more", "than"} or not measures_escalation(reading):
        return False
    if reading.rank is not None and not reading.cues & {"compare"}:
        return False
    if "over_time" in reading.cues and not _set_against_others(reading):
        return False
    model = reading.lexicon.model
    plain_counts = reading.metrics and all(model.metrics[m].is_count for m in reading.metrics)
    if plain_counts and set(reading.metrics) == {_ticket_count(reading)}:
        return False
    some_customers = bool(reading.entities) and bool(reading.metrics) and bool(reading.cues & {"more", "compare"})
    named = [d for d in (*reading.by, *reading.bare) if d != "root_cause"]
    return bool(named or focus_group(reading)) or some_customers


def _set_against_others(reading: Reading) -> bool:
    """Whether something is measured by others of its kind ("worse than Starter", "than the rest") and not by its own past."""
    values = [(g.dimension, v) for g in reading.groups if not g.negated for v in g.values]
    pair = any(len([v for d, v in values if d == name]) > 1 for name, _ in values)
    others = bool(set(reading.words(0, len(reading.tokens))) & {"others", "other", "rest", "elsewhere", "else"})
    return pair or others


def _ticket_count(reading: Reading) -> str:
    denominators = [m.denominator for m in reading.lexicon.model.metrics.values() if m.is_ratio]
    return max(denominators, key=denominators.count) if denominators else ""


def focus_group(reading: Reading) -> ValueGroup | None:
    """The values a comparison is about: a pair, else the group that is no circumstance ("in EMEA"), else the first."""
    groups = [g for g in reading.groups if not g.negated]
    for group in groups:
        if len({v for g in groups if g.dimension == group.dimension for v in g.values}) > 1:
            return group
    if "elsewhere" in reading.words(0, len(reading.tokens)):
        groups = sorted(groups, key=lambda g: reading.word(g.start - 1) not in _PLACES)
        return groups[0] if groups else None
    for group in groups:
        if reading.word(group.start - 1) not in ("in", "from", "by", "via", "during", "within", "on", "through"):
            return group
    return groups[0] if groups else None


def wants_rows(reading: Reading) -> bool:
    """Whether single tickets are asked for rather than their number."""
    if (
        "rows" not in reading.cues
        or reading.by
        or reading.bare
        or reading.grain
        or reading.rank
        or "count" in reading.cues
    ):
        return False
    return set(reading.metrics) <= {_ticket_count(reading), "escalated_ticket_count"} and "more" not in reading.cues


def described(reading: Reading) -> str | None:
    """What is to be described: definition, values, schema or capabilities; None where nothing is."""
    if (
        "mean" in reading.cues
        and not any(p.role == "period" for p in reading.periods)
        and not reading.cues & {"trend", "change"}
    ):
        return "definition"
    named = [*reading.bare, *reading.by]
    counted = (
        "count" in reading.cues or reading.rank is not None or reading.groups or reading.conditions or reading.periods
    )
    if "values_of" in reading.cues and (named or reading.entities) and not counted and not reading.metrics:
        return "values"
    if "capability" in reading.cues and not reading.names_something:
        return "capabilities"
    if (
        "schema" in reading.cues
        and not counted
        and not reading.by
        and not set(reading.metrics) - {_ticket_count(reading)}
    ):
        return "data"
    return None
