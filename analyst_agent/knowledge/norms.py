"""What documents demand, read from single sentences, items and rows: a duration, share, amount or permission, and its conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from analyst_agent.knowledge.codes import code_terms
from analyst_agent.knowledge.conditions import conditions_of, first_noun, named_in_heading
from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.measures import Measure, measures_in
from analyst_agent.knowledge.passages import plain, sentences
from analyst_agent.knowledge.searching import Passage
from analyst_agent.knowledge.sections import Section
from analyst_agent.knowledge.words import terms

LONGEST_DEMAND = 3_000
"""Characters of a sentence or row; nobody writes a rule longer than this, and reading one takes time that grows with its square."""
Kind = Literal["duration", "working time", "share", "amount", "permission"]
_MAY = re.compile(r"\b(?:may|can|(?:is|are) (?:allowed|permitted|entitled)(?: to)?)\b(?! not\b|not\b)", re.IGNORECASE)
_MAY_NOT = re.compile(
    r"\b(?:(?:may|must|shall|can) not|cannot|mustn't|can't|never|(?:is|are) (?:not (?:allowed|permitted)|forbidden|prohibited))\b(?: to\b)?",
    re.IGNORECASE,
)
_HEDGED = re.compile(r"\b(?:unless|except|only|without|until|before|instead)\b", re.IGNORECASE)
_SAYS_NOTHING = """
within hour minut day week month year work busi calendar least most than more latest maximum minimum per cent percent every
each must shall alway applie apply rule polic escalat ticket customer time target prior
"""
_GENERIC = frozenset(_SAYS_NOTHING.split())
_SPLIT = re.compile(r"(?<=;)\s+")


@dataclass(frozen=True, slots=True)
class Norm:
    """One demand. value: minutes, a share, an amount, or 1 and 0 for what may and may not be done.

    bound: "most" (within, up to), "least", "after", "every" or "" (a bare value). conditions: the priority, level, tier,
    group of customers or time it is limited to; two norms speak of one case only where these are the same. subject: the
    stems that say what it is about, noun: those of the noun before the verb, words: all of sentence and heading.
    statement: the words without value and conditions, to be compared by meaning.
    """

    document: Document
    heading: str
    quote: str
    kind: str
    value: float
    written: str
    bound: str
    conditions: frozenset[str]
    subject: frozenset[str]
    noun: frozenset[str]
    words: frozenset[str]
    statement: str


def norms_of(document: Document) -> list[Norm]:
    """Every demand of a document, in its order."""
    return [norm for section in document.sections for norm in _of_section(document, section)]


def norms_in(passage: Passage, norms: Sequence[Norm]) -> list[Norm]:
    """The norms whose sentence or row stands in a passage."""
    return [
        n
        for n in norms
        if n.document.path == passage.path and n.heading == passage.heading and n.quote in passage.quote
    ]


def _of_section(document: Document, section: Section) -> Iterator[Norm]:
    around = [document.title, *section.headings]
    names = frozenset(name for text in around for name in named_in_heading(text))
    header: list[str] = []
    for block in section.blocks:
        if block.kind == "header":
            header = _cells(block.text)
        elif block.kind == "row" and len(block.text) <= LONGEST_DEMAND:
            yield from _of_row(_Place(document, section, block.text, names), header)
        elif block.kind not in ("code", "row"):
            for sentence in sentences(block.text):
                for clause in _SPLIT.split(sentence) if len(sentence) <= LONGEST_DEMAND else ():
                    yield from _of_clause(_Place(document, section, sentence, names), plain(clause))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a demand stands: quote is the whole sentence or row, names those of title and headings."""

    document: Document
    section: Section
    quote: str
    names: frozenset[str]


def _of_clause(place: _Place, text: str) -> Iterator[Norm]:
    found = measures_in(text)
    bare = text
    for one in reversed(found):
        bare = f"{bare[: one.start]} {bare[one.end :]}"
    # "After two hours there are ten minutes of rest": the first value is a condition of the second.
    after = [one for one in found if one.bound == "after"]
    cases = frozenset(f"after {one.value:g}" for one in after) if len(after) < len(found) else frozenset()
    for one, codes in zip(found, _codes_of(text, found), strict=True):
        if codes is None or (cases and one in after):
            continue
        for code in codes or ("",):
            conditions = place.names | conditions_of(text) | cases | ({code} if code else frozenset())
            yield _norm(place, text, one, conditions, bare)
    yield from _permission(place, text)


def _codes_of(text: str, found: Sequence[Measure]) -> list[tuple[str, ...] | None]:
    """For each value the codes it is for: those in brackets after it, else those before it since the last value, else, of
    a single value, those after it. None where the text has codes and none can be told to be this value's."""
    result: list[tuple[str, ...] | None] = []
    everywhere = code_terms(text)
    start = 0
    for number, one in enumerate(found):
        end = found[number + 1].start if number + 1 < len(found) else len(text)
        bracket = re.match(r"\s*\(([^)]*)\)", text[one.end : end])
        after = code_terms(bracket[1]) if bracket else []
        before = code_terms(text[start : one.start])
        chosen = after or before or (code_terms(text[one.end :]) if len(found) == 1 else [])
        result.append(tuple(dict.fromkeys(chosen)) if chosen or not everywhere else None)
        start = one.end + (bracket.end() if bracket else 0)
    return result


def _of_row(place: _Place, header: Sequence[str]) -> Iterator[Norm]:
    """A row's first cell says for whom or what, its others the values, each under the name of its column."""
    cells = [plain(cell) for cell in _cells(place.quote)]
    if len(cells) < 2:
        return
    for number, cell in enumerate(cells[1:], start=1):
        column = header[number] if number < len(header) else ""
        found = measures_in(f"{column}: {cell}" if column else cell)
        found = [one for one in found if one.start >= len(column)]
        if len(found) != 1:
            continue
        codes = tuple(dict.fromkeys(code_terms(cells[0])))
        conditions = place.names | conditions_of(cells[0]) | conditions_of(cell)
        if not codes:
            conditions |= set(terms(cells[0]))
        for code in codes or ("",):
            yield _norm(place, "", found[0], conditions | ({code} if code else frozenset()), column)


def _norm(place: _Place, clause: str, one: Measure, conditions: frozenset[str], bare: str) -> Norm:
    """clause: the words it stands in, "" for a cell of a row."""
    document, section = place.document, place.section
    heading = "" if section.heading == document.title else section.heading
    # What is allowed is told by the sentence alone; a heading names the matter of several.
    about = bare if one.kind == "permission" else f"{heading} {bare}"
    return Norm(
        document=document,
        heading=section.heading,
        quote=place.quote,
        kind=one.kind,
        value=one.value,
        written=one.written,
        bound=one.bound,
        conditions=conditions,
        subject=_subject(about, conditions),
        noun=first_noun(clause),
        words=frozenset(terms(f"{heading} {clause or f'{bare} {plain(place.quote)}'}")),
        statement=" ".join(f"{heading}: {_uncoded(bare)}".split()),
    )


def _permission(place: _Place, text: str) -> Iterator[Norm]:
    """One sentence that plainly allows or forbids; where it hedges ("only", "unless") it is no plain rule."""
    forbids, allows = _MAY_NOT.search(text), _MAY.search(text)
    if bool(forbids) == bool(allows) or _HEDGED.search(text) or "?" in text:
        return
    match = forbids or allows
    assert match is not None
    bare = f"{text[: match.start()]} {text[match.end() :]}"
    conditions = place.names | conditions_of(text) | frozenset(code_terms(text))
    one = Measure(0, 0, "permission", float(allows is not None), match[0].lower(), "")
    yield _norm(place, text, one, conditions, bare)


def _uncoded(text: str) -> str:
    return re.sub(r"\b[A-Za-z]{1,3}-?\d+\b", " ", text)


def _subject(text: str, conditions: frozenset[str]) -> frozenset[str]:
    stems = {stem for stem in terms(text) if not any(c.isdigit() for c in stem)}
    return frozenset(stems - conditions - _GENERIC)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
