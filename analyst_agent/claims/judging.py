"""Whether directions, superlatives, majorities and significance in a sentence are those of its facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from analyst_agent.claims import cues
from analyst_agent.claims.clauses import difference
from analyst_agent.claims.context import Names, directions, metrics_in, names, referring, spans
from analyst_agent.claims.figures import Figure, groups, names_of, span_of
from analyst_agent.claims.fitting import names_fit
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.reading import Clause, Sentence
from analyst_agent.records import Fact

Bound = Mapping[int, Sequence[Figure]]
_TOP_N = re.compile(r"\btop\s*[\uf000-\uf8ff]|\bat (?:the )?(?:most|least)\b|\bmost of|\bmost likely\b", re.I)
_COUNTS = re.compile(
    r"\b(?:most|main|leading|top|biggest|largest|commonest|dominant|leads|fewest|least|rarest|smallest)\b", re.I
)
_TIMES = re.compile(r"\b(?:longest|slowest|shortest|fastest)\b", re.I)
_COSTS = re.compile(r"\b(?:costliest|priciest|cheapest|most\s+expensive|least\s+expensive)\b", re.I)
_ORDINAL = re.compile(rf"\b({'|'.join(cues.ORDINALS)})[ -](?=\w*(?:est|most|worst|best)\b)", re.I)


def wrong_judgements(sentence: Sentence, bound: Bound, lexicon: Lexicon, topic: Names) -> list[str]:
    """A complaint for each direction, superlative, majority or word of significance that no fact bears out."""
    problems = []
    for index, clause in enumerate(sentence.clauses):
        text = clause.masked
        signs = directions(text)
        if signs and not _direction_holds(sentence, index, signs, bound, lexicon, topic):
            problems.append("a direction that is not the facts'")
        if cues.JUDGING.search(text):
            problems.append("better or worse, which the facts do not say")
        stripped = cues.MAJORITY.sub(" ", _TOP_N.sub(" ", text))
        for pattern, highest in ((cues.HIGHEST, True), (cues.LOWEST, False)):
            if pattern.search(stripped) and not _extreme_holds(sentence, index, highest, bound, lexicon, topic):
                problems.append("a superlative that is not the facts'")
        if _says_majority(text, clause) and not _majority_holds(sentence, index, bound, lexicon, topic):
            problems.append("a majority that is not the facts'")
        if not _significance_holds(sentence, index, bound, lexicon, topic):
            problems.append("a significance that is not the facts'")
        if cues.UNCHANGED.search(cues.NOTHING_SHOWN.sub(" ", text)) and not _unchanged_holds(
            sentence, index, bound, lexicon, topic
        ):
            problems.append("an absence of change that the facts do not show")
    return problems


def _associated(sentence: Sentence, index: int, bound: Bound, lexicon: Lexicon, topic: Names) -> list[Fact]:
    """The facts a judgement in a clause is about: of its numbers, its names, its neighbours' numbers, else the whole."""
    if bound.get(index):
        return [f.fact for f in bound[index] if f.role != "n"] or [f.fact for f in bound[index]]
    clause = sentence.clauses[index]
    own = _subject(clause) or (_before(sentence, index) if index else ()) or topic
    if names(clause.of("name")) or not _neighbour(index, bound):
        return _of_names(own, sentence, clause, lexicon)
    return [f.fact for f in bound[_neighbour(index, bound) or 0]]


def _neighbour(index: int, bound: Bound) -> int | None:
    return next((i for i in (index + 1, index - 1) if bound.get(i)), None)


def _subject(clause: Clause) -> Names:
    return next((n for s in clause.segments if not referring(s) and (n := names(s.of("name")))), ())


def _before(sentence: Sentence, index: int) -> Names:
    return next((n for c in reversed(sentence.clauses[:index]) if (n := _subject(c))), ())


def _of_names(own: Names, sentence: Sentence, clause: Clause, lexicon: Lexicon) -> list[Fact]:
    mentioned = metrics_in([clause]) or metrics_in(sentence.clauses)
    times = set(spans(clause.of("time"))) or set(spans(sentence.of("time")))
    found = [f for f in lexicon.facts if names_fit(f, own, own, lexicon) and (own or not names_of(f))]
    if mentioned:
        found = [f for f in found if f.metric in mentioned]
    if times and (placed := [f for f in found if times & set(span_of(f))]):
        found = placed
    return found


def _direction_holds(
    sentence: Sentence, index: int, signs: set[int], bound: Bound, lexicon: Lexicon, topic: Names
) -> bool:
    if len(signs) > 1:
        return bool(bound.get(index)) and all(f.role in ("difference", "gap") for f in bound[index])
    sign = next(iter(signs))
    clause = sentence.clauses[index]
    subject, others = (
        _subject(clause) or _before(sentence, index),
        tuple(n for s in clause.segments if referring(s) for n in names(s.of("name"))),
    )
    if any(f.role == "gap" for f in bound.get(index, ())):
        return True
    if subject and others:
        return _pair_holds(subject, others, sign, metrics_in([clause]) or metrics_in(sentence.clauses), lexicon)
    if any(f.role in ("difference", "gap", "moved", "relative") for f in bound.get(index, ())):
        return True
    facts = _associated(sentence, index, bound, lexicon, topic)
    if cues.REST.search(clause.masked):
        facts = [f for f in facts if f.reference != "comparison_period"]
    moved = [f for f in facts if difference(f) is not None]
    hedged = bool(
        cues.NOTHING_SHOWN.search(sentence.masked)
        or cues.NOT_SIGNIFICANT.search(sentence.masked)
        or cues.NOT_TESTED.search(sentence.masked)
    )
    numbered = bool(bound.get(index) or _neighbour(index, bound) is not None)
    if cues.NEGATION.search(cues.HARMLESS_NEGATION.sub(" ", clause.masked)):
        return bool(moved) and all(f.significant is False for f in moved)
    return bool(moved) and all(
        (difference(f) or 0) * sign > 0 and (hedged or numbered or f.significant is True) for f in moved
    )


def _pair_holds(subject: Names, others: Names, sign: int, metrics: frozenset[str], lexicon: Lexicon) -> bool:
    checked = False
    for (metric, *_), members in groups(lexicon.facts).items():
        if metrics and metric not in metrics:
            continue
        firsts = [f for f in members if names_of(f) and names_fit(f, subject, subject, lexicon)]
        seconds = [f for f in members if names_of(f) and names_fit(f, others, others, lexicon)]
        for first in firsts:
            for second in seconds:
                checked = True
                if (_value(first) - _value(second)) * sign <= 0:
                    return False
    return checked


def _extreme_holds(sentence: Sentence, index: int, highest: bool, bound: Bound, lexicon: Lexicon, topic: Names) -> bool:
    clause = sentence.clauses[index]
    rank = next((cues.ORDINALS[m[1].lower()] for m in _ORDINAL.finditer(clause.masked)), 1)
    candidates = _extreme_candidates(sentence, index, bound, lexicon, topic)
    worded = _families(clause)
    candidates = [f for f in candidates if not worded or f.unit in worded]
    metrics = {f.metric for f in candidates}
    if not candidates or (len(metrics) > 1 and not metrics_in([clause])):
        return False
    ranks = [r for f in candidates if (r := _rank(f, lexicon, highest)) is not None]
    return bool(ranks) and all(r == rank for r in ranks)


def _extreme_candidates(sentence: Sentence, index: int, bound: Bound, lexicon: Lexicon, topic: Names) -> list[Fact]:
    clause = sentence.clauses[index]
    own = [f.fact for f in bound.get(index, ()) if f.role == "value"]
    subject = names(clause.of("name"))
    times = spans(clause.of("time"))
    if own:
        return own
    after = [f.fact for f in bound.get(index + 1, ()) if f.role == "value"]
    if after and not subject and not times:
        return after
    if times and not subject:
        held = [f for f in lexicon.facts if set(times) & set(span_of(f)) and not names_of(f)]
        mentioned = metrics_in([clause]) or metrics_in(sentence.clauses)
        return [f for f in held if not mentioned or f.metric in mentioned]
    named = subject or _before(sentence, index) or topic
    if not named:
        return []
    found = _of_names(named, sentence, clause, lexicon)
    mentioned = metrics_in([clause])
    if mentioned or _TIMES.search(clause.masked) or _COSTS.search(clause.masked):
        return [f for f in found if f in after] or found
    if after:
        return [f for f in found if f in after]
    if _COUNTS.search(clause.masked):
        return [f for f in found if f.metric == "escalated_ticket_count"]
    return []


def _families(clause: Clause) -> tuple[str, ...]:
    if _COSTS.search(clause.masked):
        return ("currency",)
    return ("minutes",) if _TIMES.search(clause.masked) else ()


def _rank(fact: Fact, lexicon: Lexicon, highest: bool) -> int | None:
    """1 for the extreme one of its group, 0 where another has the same value, None where there is no other."""
    for members in groups(lexicon.facts).values():
        if fact in members:
            if len(members) < 2:
                return None
            mine = _value(fact)
            beyond = [f for f in members if (_value(f) > mine if highest else _value(f) < mine)]
            tied = [f for f in members if _value(f) == mine and f is not fact]
            return 0 if tied else len(beyond) + 1
    return None


def _says_majority(text: str, clause: Clause) -> bool:
    halves = [m for m in clause.of("number") if m.text.strip().lower() == "half"]
    return bool(
        cues.MAJORITY.search(text) or (halves and re.search(r"\b(?:more than|over)\s*[\uf000-\uf8ff]", text, re.I))
    )


def _majority_holds(sentence: Sentence, index: int, bound: Bound, lexicon: Lexicon, topic: Names) -> bool:
    """Whether the most specific facts it can be about are more than half of what they are part of."""
    named = names(sentence.clauses[index].of("name"))
    facts = [f.fact for f in bound.get(index, ()) if f.role == "value"]
    if not facts and named:
        said = frozenset().union(*named, *_before(sentence, index), *topic)
        its = frozenset().union(*named)
        facts = [f for f in lexicon.facts if names_of(f) and names_of(f) <= said and its & names_of(f)]
    elif not facts:
        facts = [f.fact for f in bound.get(index - 1, bound.get(index + 1, ())) if f.role == "value"]
    shares = [f for f in facts if f.metric == "share_of_escalations"]
    counts = [f for f in facts if f.unit == "count" and f.metric in ("escalated_ticket_count", "known_issue_matches")]
    most = max((len(names_of(f)) for f in counts), default=0)
    if shares and most < 2:
        return all(_value(f) > 0.5 for f in shares)
    chosen = [f for f in counts if len(names_of(f)) == most]
    return bool(chosen) and all(_is_majority(f, lexicon) for f in chosen)


def _is_majority(fact: Fact, lexicon: Lexicon) -> bool:
    if fact.metric == "known_issue_matches":
        return bool(fact.n) and _value(fact) * 2 > (fact.n or 0)
    parents = [
        f for f in lexicon.facts
        if f.metric == fact.metric and f.period == fact.period and len(f.dimensions) == len(fact.dimensions) - 1
        and f.dimensions.items() <= fact.dimensions.items()
    ]  # fmt: skip
    return bool(parents) and all(_value(fact) * 2 > _value(p) for p in parents)


def _significance_holds(sentence: Sentence, index: int, bound: Bound, lexicon: Lexicon, topic: Names) -> bool:
    text = sentence.clauses[index].masked
    said: bool | None
    if cues.NOT_SIGNIFICANT.search(text) or cues.NOTHING_SHOWN.search(text):
        said = False
    elif cues.NOT_TESTED.search(text):
        said = None
    elif cues.SIGNIFICANT.search(text):
        said = True
    else:
        return True
    facts = _associated(sentence, index, bound, lexicon, topic)
    if cues.REST.search(text):
        facts = [f for f in facts if f.reference != "comparison_period"]
    if said is None:
        return bool(facts) and all(f.significant is None for f in facts)
    tested = [f for f in facts if difference(f) is not None]
    return bool(tested) and all(f.significant is said for f in tested)


def _unchanged_holds(sentence: Sentence, index: int, bound: Bound, lexicon: Lexicon, topic: Names) -> bool:
    facts = [f for f in _associated(sentence, index, bound, lexicon, topic) if difference(f) is not None]
    return bool(facts) and all(difference(f) == 0 for f in facts)


def _value(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else 0.0
