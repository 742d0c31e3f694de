"""Where a number stands in its sentence: the names, times, metrics, directions and references around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyst_agent.claims import cues
from analyst_agent.claims.figures import Pair, Span
from analyst_agent.claims.mentions import Mention
from analyst_agent.claims.reading import Clause, Segment, Sentence

Names = tuple[frozenset[Pair], ...]
_REFERRING = re.compile(r"^(?:against|versus|vs|than|compared)\b", re.IGNORECASE)
_BOUND = re.compile(r"\b(?:more|less|fewer) than\s*$", re.IGNORECASE)
_FROM = re.compile(r"^from\b", re.IGNORECASE)
_BOUND_BY_NUMBER = re.compile(
    r"\b(?:more than|less than|fewer than|at most|at least|up to|over|above|below|under)\s*(?=[\uf000-\uf8ff])", re.I
)
_NOT_DIRECTIONS = re.compile(
    r"\b(?:more than (?:noise|half|chance)|most of|no more|any more|what is more|once more|more importantly|level of|"
    r"largely|up to date|follow(?:ing)? up|break(?:ing)? down|broken down|open up|set up)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """Around one number: names and times that are its own, names said earlier, and the words of its segment and clause."""

    names: Names
    earlier: Names
    times: tuple[Span, ...]
    metrics: frozenset[str]
    carried_metrics: frozenset[str]
    segment: Segment
    clause: Clause
    before: str
    after: str
    others: Names
    sentence: Sentence
    is_compared: bool = False
    compared_times: tuple[Span, ...] = ()

    @property
    def next_names(self) -> Names:
        """The name that follows the number directly, as in "412 product bugs"."""
        after = self.after.lstrip()
        if not after or not "\ue000" <= after[0] < "\uf000":
            return ()
        return names([m for m in [self.sentence.mention(after[0])] if m.kind == "name"])

    @property
    def is_whole(self) -> bool:
        """Whether the number is what a part is taken of ("171 of 412") or said to be the total."""
        return bool(cues.WHOLE.search(self.before) or cues.OVERALL.search(self.segment.masked))

    @property
    def is_reference(self) -> bool:
        """Whether "against", "than", "from" or "after" stands directly before it."""
        return bool(cues.REFERENCE.search(self.before)) and not _BOUND.search(self.before)

    @property
    def signs(self) -> set[int]:
        """Directions said in its segment, else in its clause."""
        return directions(self.segment.masked) or directions(self.clause.masked)


def places(sentence: Sentence, topic: Names = ()) -> list[tuple[int, Mention, Place]]:
    """Every number and range of the sentence with the index of its clause and what stands around it."""
    found: list[tuple[int, Mention, Place]] = []
    carried, said = topic, list(topic)
    compared: Names = ()
    times: tuple[Span, ...] = ()
    metrics: frozenset[str] = frozenset()
    compared_times: tuple[Span, ...] = ()
    for index, clause in enumerate(sentence.clauses):
        compared_times = spans(m for s in clause.segments if referring(s) for m in s.of("time")) or compared_times
        for at, segment in enumerate(clause.segments):
            for position, mention in segment.mentions:
                if mention.kind not in ("number", "range"):
                    continue
                own_times = spans(segment.of("time")) or spans(_earlier(clause, at, "time")) or times
                own_metrics = _metrics(segment.of("metric")) or _metrics(clause.of("metric"))
                found.append(
                    (
                        index,
                        mention,
                        Place(
                            names=_own_names(clause, at) or (compared if referring(segment) and compared else carried),
                            earlier=(*said, *names(clause.of("name"))),
                            times=own_times,
                            metrics=own_metrics,
                            carried_metrics=metrics,
                            segment=segment,
                            clause=clause,
                            before=segment.before(position),
                            after=segment.masked[position + 1 :],
                            others=_referring_names(clause),
                            sentence=sentence,
                            compared_times=compared_times,
                            is_compared=bool(referring(segment) and compared and not _own_names(clause, at)),
                        ),
                    )
                )
        plain = [s for s in clause.segments if not _REFERRING.match(s.masked)]
        carried = next((n for s in reversed(plain) if (n := names(s.of("name")))), carried)
        times = next((t for s in reversed(plain) if (t := spans(s.of("time")))), times)
        compared = _referring_names(clause) or compared
        metrics = _metrics(clause.of("metric")) or metrics
        said.extend(names(clause.of("name")))
    return found


def names(mentions: Iterable[Mention]) -> Names:
    """What each name mention may mean."""
    return tuple(m.payload for m in mentions if isinstance(m.payload, frozenset))


def spans(mentions: Iterable[Mention]) -> tuple[Span, ...]:
    """The days each time mention covers."""
    return tuple(m.payload for m in mentions if isinstance(m.payload, tuple))


def metrics_in(clauses: Sequence[Clause]) -> frozenset[str]:
    """Every metric the clauses may name."""
    return frozenset().union(*(_metrics(c.of("metric")) for c in clauses)) if clauses else frozenset()


def directions(text: str) -> set[int]:
    """1 for words that say more, -1 for words that say less; bounds such as "more than 5" are no direction."""
    for pattern in (
        cues.SIGNIFICANT,
        cues.NOT_SIGNIFICANT,
        cues.MAJORITY,
        _NOT_DIRECTIONS,
        _BOUND_BY_NUMBER,
        cues.BEFORE,
    ):
        text = pattern.sub(" ", text)
    text = cues.JUDGING.sub(" ", text)
    return ({1} if cues.UP.search(text) else set()) | ({-1} if cues.DOWN.search(text) else set())


def referring(segment: Segment) -> bool:
    """Whether the segment says what something is compared with."""
    return bool(_REFERRING.match(segment.masked))


def _own_names(clause: Clause, at: int) -> Names:
    segments = clause.segments
    if own := names(segments[at].of("name")):
        return own
    for later in segments[at + 1 :]:
        if _FROM.match(later.masked) and not later.of("number") and (found := names(later.of("name"))):
            return found
    for earlier in reversed(segments[:at]):
        if not referring(earlier) and (found := names(earlier.of("name"))):
            return found
    return ()


def _earlier(clause: Clause, at: int, kind: str) -> list[Mention]:
    if referring(clause.segments[at]) or _FROM.match(clause.segments[at].masked):
        return []
    return [
        m
        for s in clause.segments[:at]
        if not referring(s) and not _FROM.match(s.masked)
        for _, m in s.mentions
        if m.kind == kind
    ]


def _referring_names(clause: Clause) -> Names:
    return tuple(n for s in clause.segments if referring(s) for n in names(s.of("name")))


def _metrics(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset().union(*(m.payload for m in mentions if isinstance(m.payload, frozenset)))
