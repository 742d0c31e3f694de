"""What the documents say to a question as a finding: passages, what contradicts them, and whether the data bear them out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyst_agent.knowledge.contradictions import Contradiction
from analyst_agent.knowledge.norms import Norm
from analyst_agent.practice import practice_of
from analyst_agent.records import Caveat, Citation, Finding
from analyst_agent.skillkit import SkillContext
from analyst_agent.skillkit.actions import document_name, words_of
from analyst_agent.warehouse.querying.engine import Engine

MOST_CONTRADICTIONS = 3
_ANSWERS = re.compile(
    r"\b(?:answer(?:ed|ing)?|repl(?:y|ied|ying)|respond(?:ed|ing)?|(?:get|got) back to)\b", re.IGNORECASE
)
_HOW_SOON = re.compile(
    r"\b(?:how (?:long|fast|quick(?:ly)?|soon|much time)|within|by when|deadline|targets?|minutes|hours|times?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Passages, best first; whether the best surely speaks to the question; the demands of the best; what contradicts them."""

    citations: tuple[Citation, ...] = ()
    is_sure: bool = True
    demands: tuple[Norm, ...] = ()
    opposed: tuple[Contradiction, ...] = ()


def searched(query: str) -> str:
    """The words to look for: how soon somebody must answer is told under "first response"."""
    asks = _ANSWERS.search(query) is not None and _HOW_SOON.search(query) is not None
    return f"{query} first response" if asks and "response" not in query.casefold() else query


def lookup_finding(found: LookedUp, context: SkillContext, engine: Engine) -> Finding:
    """The finding of a question to the documents."""
    if not found.citations:
        silent = Caveat("The documents do not say.", "documents_silent")
        return Finding("What the documents say", "search_knowledge", None, caveats=(silent,))
    practice = practice_of(context, found.demands, engine.values_index())
    unsure = Caveat("No passage surely answers this; the nearest is quoted.", "documents_unsure")
    best = found.citations[0].score
    return Finding(
        title="What the documents say",
        skill="search_knowledge",
        period=None,
        definitions=practice.definitions,
        facts=practice.facts,
        citations=_with_opposed(found, best),
        caveats=(*(() if found.is_sure else (unsure,)), *_contradictions(found.opposed), *practice.caveats),
        queries=practice.queries,
    )


def _with_opposed(found: LookedUp, best: float | None) -> tuple[Citation, ...]:
    """The passages with those that contradict them, which are quoted as prominently."""
    known = {(c.document, c.heading) for c in found.citations}
    opposed = [_citation(one.second, best) for one in found.opposed[:MOST_CONTRADICTIONS]]
    new = [c for c in dict.fromkeys(opposed) if (c.document, c.heading) not in known]
    raised = {(c.document, c.heading) for c in opposed}
    kept = [replace(c, score=best) if (c.document, c.heading) in raised else c for c in found.citations]
    return (*kept, *new)


def _citation(norm: Norm, score: float | None) -> Citation:
    document = norm.document
    return Citation(
        document.id,
        norm.heading or document.title,
        norm.quote,
        document.title,
        document.space,
        score,
        document.effective,
    )


def _contradictions(opposed: Sequence[Contradiction]) -> Iterator[Caveat]:
    for one in opposed[:MOST_CONTRADICTIONS]:
        yield Caveat(
            f"The documents contradict each other: {_said(one.first)}, but {_said(one.second)}. {_which(one)}",
            "contradiction",
        )


def _said(norm: Norm) -> str:
    """The value, or the words that allow or forbid; the sentence itself is quoted as a passage, fenced for a model."""
    return f"{document_name(norm.document.id)}, {words_of(norm.heading or norm.document.title)}, says {words_of(norm.written)}"


def _which(one: Contradiction) -> str:
    newer = one.newer
    if newer is None:
        return "Neither says that it is the newer one."
    return f"{document_name(newer.document.id)} is newer, in force from {newer.document.effective}; decide which holds."
