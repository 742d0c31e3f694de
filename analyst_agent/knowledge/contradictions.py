"""Contradictions between documents: two rules about one subject, for the same case, that set different values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analyst_agent.embedding import Embeds
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.norms import Norm, norms_of
from analyst_agent.knowledge.standing import marked, standing_of

SAME_MEANING = 0.60
SAME_PERMISSION = 0.72
SHARED_SUBJECT = 0.6
SHARED_PERMISSION = 0.8
DIFFERS_BY = 0.05
"""Thresholds: cosine of the two statements without their values and conditions, for values and for permissions; the share of
the subject's words of the shorter statement that the other has; and how far values differ that are not a matter of
rounding ("one month" is 30 days)."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two norms that cannot both hold. newer: the one that took effect later, None where a day is missing or the same."""

    first: Norm
    second: Norm

    @property
    def newer(self) -> Norm | None:
        """The norm of the document that took effect later."""
        days = self.first.document.effective, self.second.document.effective
        if not all(days) or days[0] == days[1]:
            return None
        return self.first if str(days[0]) > str(days[1]) else self.second


def contradictions(
    documents: Sequence[Document], embedder: Embeds, today: date, among: Sequence[Norm] | None = None
) -> list[Contradiction]:
    """Every pair of norms of two documents in force that contradict each other.

    Documents that call themselves superseded or drafts, that another says it supersedes, or that are not yet in force are
    left out. among: only pairs with one of these norms, which comes first in the pair.
    """
    standing = [d for d in marked(documents) if not standing_of(d.status, d.effective, today)]
    norms = [n for d in standing for n in norms_of(d)]
    places = None if among is None else {(n.document.path, n.heading, n.quote) for n in among}
    chosen = [n for n in norms if places is None or (n.document.path, n.heading, n.quote) in places]
    pairs = [
        (a, b)
        for a in chosen
        for b in norms
        if a.document.path != b.document.path
        and _may_contradict(a, b)
        and (among is not None or a.document.path < b.document.path)
    ]
    if not pairs:
        return []
    texts = list(dict.fromkeys(n.statement for pair in pairs for n in pair))
    vectors = dict(zip(texts, embedder.embed(texts), strict=True))
    found: list[Contradiction] = []
    for a, b in pairs:
        least = SAME_PERMISSION if a.kind == "permission" else SAME_MEANING
        if float(vectors[a.statement] @ vectors[b.statement]) >= least and not _agrees_elsewhere(a, b, norms):
            found.append(Contradiction(a, b))
    return _each_once(found)


def _may_contradict(a: Norm, b: Norm) -> bool:
    """Same kind, case, bound and subject, other value."""
    if a.kind != b.kind or a.conditions != b.conditions or not _differ(a, b) or not _bounds_meet(a.bound, b.bound):
        return False
    if a.noun and b.noun and not (a.noun & b.words or b.noun & a.words):
        return False
    least = SHARED_PERMISSION if a.kind == "permission" else SHARED_SUBJECT
    smaller = min(len(a.subject), len(b.subject))
    return smaller > 0 and len(a.subject & b.subject) >= least * smaller


def _differ(a: Norm, b: Norm) -> bool:
    return abs(a.value - b.value) > DIFFERS_BY * max(a.value, b.value)


def _bounds_meet(one: str, other: str) -> bool:
    """A bare value in a table is a limit as its column says; "every hour" and "after an hour" are other kinds of rule."""
    return one == other or (not one and other in ("most", "least")) or (not other and one in ("most", "least"))


def _agrees_elsewhere(a: Norm, b: Norm, norms: Sequence[Norm]) -> bool:
    """Whether one of the documents also sets the other's value for the case, as steps of one procedure do."""
    return any(
        n.kind == a.kind
        and n.conditions == a.conditions
        and not _differ(n, other)
        and len(n.subject & other.subject) >= 1
        for mine, other in ((a, b), (b, a))
        for n in norms
        if n.document.path == mine.document.path and n.heading == mine.heading
    )


def _each_once(found: Sequence[Contradiction]) -> list[Contradiction]:
    """One for each pair of documents, kind, case and pair of values: a table and the sentence below it say the same."""
    kept: dict[tuple[object, ...], Contradiction] = {}
    for one in found:
        a, b = one.first, one.second
        kept.setdefault((a.document.path, b.document.path, a.kind, a.conditions, a.value, b.value), one)
    return list(kept.values())
