"""How passages are scored and ordered: likeness of meaning, raised by shared words and codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.embedding import Vectors
from analyst_agent.knowledge.answer_kinds import asked_kinds, fit
from analyst_agent.knowledge.codes import code_terms, mentioned
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.passages import Piece
from analyst_agent.knowledge.vectors import VectorIndex
from analyst_agent.knowledge.words import terms
from analyst_agent.records import Citation

CANDIDATES = 60
WORD_WEIGHT = 0.5
NAMED = 0.5
MENTIONED = 0.4
HEADED = 0.5
FITTING = 0.2
RELEVANT = 0.45
SURE = 0.54
"""Of the best passage: under RELEVANT the documents do not say; under SURE it may be only near the question. SURE is where no
unanswerable question of the tuning half in benchmarks/retrieval passes; the test half bears it out (its results.json)."""
_ASKING = re.compile(
    r"^\W*(?:(?:so|and|please|but)\W+)?(?:what|where|anything|does|do|can you|tell me|show me)?\s*(?:what\s+)?(?:do|does|is|are)?\s*"
    r"(?:our|the|your|any|my|a)?\s*(?:\w+\s+)?(?:polic(?:y|ies)|documents?|documentation|docs|handbook|rules?|knowledge base)\s+"
    r"(?:documents?\s+)?(?:say|says|state|states|mention|mentions|tell us|have to say|prescribe|require)s?\s+"
    r"(?:about|on|regarding|for|concerning|if|when)?\s*",
    re.IGNORECASE,
)
_ACK = re.compile(r"\back(ed|ing|es)?\b", re.IGNORECASE)
"""How people at a desk shorten "acknowledge"."""
_PAST = ("superseded", "obsolete", "archived", "withdrawn", "retired", "replaced", "deprecated", "draft")
PAST_FACTOR = 0.75


@dataclass(frozen=True, slots=True)
class Passage:
    """A verbatim passage of a document. score: 0 to 1, see `Hit.placed`; it orders passages and is no probability.
    relevance: 0 to 1, see `Hit.score`; it says whether the passage speaks to the question."""

    document: str
    title: str
    space: str
    heading: str
    headings: tuple[str, ...]
    quote: str
    score: float
    cosine: float
    product_area: str | None
    status: str | None
    effective: str | None
    path: str
    relevance: float = 0.0

    def citation(self) -> Citation:
        """The passage as the record an answer carries."""
        return Citation(
            document=self.document,
            heading=self.heading or self.title,
            quote=self.quote,
            title=self.title,
            space=self.space,
            score=self.score,
            effective=self.effective,
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its likenesses: cosine of the vectors, words (BM25 in 0..1), the tie of a code (the query names its
    document by id or code, or a code that it mentions), whether the query names its heading, and the share of the kinds of
    answer asked for (a duration, a person, an amount) that it holds."""

    document: Document
    piece: Piece
    cosine: float
    words: float
    tie: float = 0.0
    is_headed: bool = False
    fit: float = 0.0

    @property
    def score(self) -> float:
        """The cosine (0 where negative), lifted in turn by 0.5 x words, by the tie (0.5 for a document named by id or
        code, 0.4 times the share of the query's terms it holds for a passage that mentions a code of the query, such as P1), and where there is a tie by 0.5 for its
        heading; lifting s by w gives s + (1 - s) x w, so it stays below 1. A document that calls itself superseded or a
        draft counts three quarters."""
        score = max(0.0, min(1.0, self.cosine))
        for weight in (WORD_WEIGHT * self.words, self.tie, HEADED * (self.is_headed and self.tie > 0)):
            score += (1 - score) * weight
        return score * (PAST_FACTOR if is_past(self.document.status) else 1.0)

    @property
    def placed(self) -> float:
        """What orders relevant passages: the score, lifted by 0.2 times the share of the asked kinds of answer that it holds.

        Whether the documents speak to the question at all is told by the score alone: a role or a duration stands in many
        passages that do not.
        """
        return self.score + (1 - self.score) * FITTING * self.fit


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage of a document with the ids of its vectors (the whole, then each sentence, item and row) and its document's codes."""

    document: Document
    piece: Piece
    ids: tuple[str, ...]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Query:
    """A question as text and as vector; in_area: whether the entries were limited to one product area."""

    text: str
    vector: Vectors
    in_area: bool = False


def find(query: Query, index: VectorIndex, entries: Sequence[Entry], words: NDArray[np.float64]) -> list[Hit]:
    """The entries nearest in meaning, those nearest in words and those of a document the query names.

    A passage is as near as its nearest vector: the whole or one sentence. words: one score for each entry.
    """
    owner = {identifier: number for number, entry in enumerate(entries) for identifier in entry.ids}
    spaces = {entry.document.space for entry in entries}
    areas = {area_key(entry.document.product_area) for entry in entries} if query.in_area else None
    cosines: dict[int, float] = {}
    for identifier, cosine in index.nearest(query.vector, spaces, areas, min(CANDIDATES, len(owner))).items():
        number = owner[identifier]
        cosines[number] = max(cosine, cosines.get(number, -1.0))
    named = _named(query.text, entries)
    mentioning = _mentioning(query.text, entries)
    by_words = [int(n) for n in np.argsort(-words, kind="stable")[:CANDIDATES] if words[n] > 0]
    missing = sorted({*by_words, *named, *mentioning} - cosines.keys())
    vectors = index.vectors([identifier for n in missing for identifier in entries[n].ids])
    for n in missing:
        cosines[n] = max(float(vectors[identifier] @ query.vector) for identifier in entries[n].ids)
    asked, kinds = set(terms(query.text)), asked_kinds(query.text)
    return [
        Hit(
            entry.document,
            entry.piece,
            cosine,
            float(words[n]),
            NAMED if n in named else MENTIONED * _held(entry, asked) if n in mentioning else 0.0,
            _is_headed(entry.piece, entry.document.title, asked),
            fit(kinds, entry.piece.quote),
        )
        for n, entry, cosine in ((n, entries[n], cosines[n]) for n in sorted(cosines))
    ]


def _named(query: str, entries: Sequence[Entry]) -> set[int]:
    """Entries of the documents whose id is in the query; where no id is, of those that print a code of the query."""
    ids = {n: set(code_terms(entry.document.id)) for n, entry in enumerate(entries)}
    for of_entry in (ids, {n: set(entry.codes) for n, entry in enumerate(entries)}):
        asked = mentioned(query, set().union(*of_entry.values()))
        if asked:
            return {n for n, codes in of_entry.items() if codes & asked}
    return set()


def _mentioning(query: str, entries: Sequence[Entry]) -> set[int]:
    """Entries whose own words hold a code of the query, such as a priority or a level."""
    asked = set(code_terms(query))
    return {n for n, entry in enumerate(entries) if asked & set(code_terms(entry.piece.quote))} if asked else set()


def _held(entry: Entry, asked: set[str]) -> float:
    """The share of the query's terms that a passage holds: "salary of an L2 agent" is not answered by naming L2."""
    held = asked & set(terms(entry.piece.context(entry.document.title)))
    return len(held) / len(asked) if asked else 0.0


def _is_headed(piece: Piece, title: str, asked: set[str]) -> bool:
    heading = set(terms(piece.headings[-1])) if len(piece.headings) > 1 else set()
    # A heading that only repeats its document's title ("Escalate when") tells its passage from no other one there.
    return heading <= asked and bool(heading - set(terms(title)))


def rank(hits: Sequence[Hit], limit: int, threshold: float | None) -> list[Passage]:
    """The best hits at or above the threshold. Among equals (two digits) the one that took effect later comes first."""
    least = RELEVANT if threshold is None else threshold
    kept = [hit for hit in hits if hit.score >= least]
    kept.sort(key=lambda h: (h.document.space, h.document.id, h.piece.headings, h.piece.quote))
    kept.sort(key=lambda h: h.document.effective or "", reverse=True)
    kept.sort(key=lambda h: round(h.placed, 2), reverse=True)
    return [_passage(hit) for hit in kept[:limit]]


def question_of(query: str) -> str:
    """A query without the words that only name the search: "What does our policy say about P1?" asks for "P1"."""
    asked = _ASKING.sub("", query).strip()
    return _ACK.sub(lambda m: f"acknowledg{m[1] or 'e'}", asked or query)


def area_key(area: str | None) -> str:
    """A product area for comparison: `Single sign-on`, `single_sign_on` and `Single Sign On` are one."""
    return "" if area is None else " ".join(area.replace("_", " ").replace("-", " ").casefold().split())


def is_past(status: str | None) -> bool:
    """Whether a document says it is not, or not yet, in force."""
    return status is not None and any(word in status.casefold() for word in _PAST)


def _passage(hit: Hit) -> Passage:
    document = hit.document
    return Passage(
        document=document.id,
        title=document.title,
        space=document.space,
        heading=hit.piece.headings[-1] if hit.piece.headings else "",
        headings=hit.piece.headings,
        quote=hit.piece.quote,
        score=round(hit.placed, 4),
        relevance=round(hit.score, 4),
        cosine=round(hit.cosine, 4),
        product_area=document.product_area,
        status=document.status,
        effective=document.effective,
        path=document.path,
    )
