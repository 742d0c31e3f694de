"""Whether a document covers a pattern: what a recommendation may rest on, or the nearest document that does not cover it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.searching import Passage, is_past
from analyst_agent.knowledge.store import KnowledgeStore
from analyst_agent.knowledge.words import inverse_frequency, terms

COVERED = 0.50
TERMS_COVERED = 0.60
CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covers`: the passage that covers the pattern, or None; `nearest`: the most relevant one, covering or not."""

    covers: Passage | None
    nearest: Passage | None


def policy_for(
    store: KnowledgeStore, pattern: str, *, product_area: str | None = None, spaces: Collection[str] | None
) -> Passage | None:
    """The passage that covers a pattern, None where no granted document does. See `coverage_of`."""
    return coverage_of(store, pattern, product_area=product_area, spaces=spaces).covers


def coverage_of(
    store: KnowledgeStore, pattern: str, *, product_area: str | None = None, spaces: Collection[str] | None
) -> Coverage:
    """Look for the document that covers a pattern, told in a few words ("partial-month refund", "hand-over without note").

    Being about the same thing is not enough: a page on refunds of full months is very like a question about partial ones. So the
    passage must score at least 0.5 and, with its headings, hold at least 60 % of the pattern's words, weighted by how
    rare they are among the granted documents. Documents of another product area and superseded ones cover nothing.
    """
    documents = store.contents(spaces)
    found = store.search(pattern, spaces=spaces, product_area=product_area, limit=CANDIDATES)
    wanted = sorted(set(terms(pattern)))
    found_in = Counter(term for document in documents for term in set(terms(_text(document))))
    weights = inverse_frequency(found_in, len(documents), wanted)
    total = sum(weights.values())
    for passage in found:
        words = set(terms(" ".join([passage.document, passage.title, *passage.headings, passage.quote])))
        held = sum(weights[term] for term in wanted if term in words)
        if total and passage.relevance >= COVERED and held >= TERMS_COVERED * total and not is_past(passage.status):
            return Coverage(passage, found[0])
    return Coverage(None, found[0] if found else None)


def _text(document: Document) -> str:
    parts: Sequence[str] = [document.id, document.title, *(" ".join((*s.headings, s.text)) for s in document.sections)]
    return " ".join(parts)
