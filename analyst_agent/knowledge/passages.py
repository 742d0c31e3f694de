"""Sections cut into passages: verbatim pieces of up to 600 characters that end with a sentence, item or row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyst_agent.knowledge.documents import Document
from analyst_agent.knowledge.sections import Block, Section

PASSAGE_CHARACTERS = 600
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[*_`]*[A-Z0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|no|nos|dr|mr|mrs|ms|st|inc|ltd|fig|sec)|\b[A-Z])\.$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One passage of a document before it is scored: its heading path and the quote."""

    headings: tuple[str, ...]
    quote: str
    units: tuple[str, ...] = ()

    def context(self, title: str) -> str:
        """The passage as embedded: title and headings say what it is about, the quote comes without Markdown marks."""
        heading = [h for h in self.headings if h != title]
        return plain(". ".join([title, *heading]) + ": " + self.quote)

    def views(self, title: str) -> list[str]:
        """Every text that is embedded for it: the whole, then each sentence, item and row under its nearest heading, so
        that one telling sentence is found among others, then the heading alone and below its title: who wrote it has
        said there what the passage is about."""
        heading = self.headings[-1] if self.headings else title
        single = [plain(f"{heading}: {unit}") for unit in self.units] if len(self.units) > 1 else []
        named = [plain(heading), plain(". ".join(dict.fromkeys([title, *self.headings])))]
        return list(dict.fromkeys([self.context(title), *single, *named]))


def plain(text: str) -> str:
    """Text without emphasis marks, backticks and table bars."""
    return " ".join(re.sub(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)|\|", " ", text).split())


def cut(document: Document) -> list[Piece]:
    """The passages of a document in its order; together they hold every visible block."""
    return [Piece(section.headings, *cut) for section in document.sections for cut in _quotes(section)]


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph, none lost, each as written.

    >>> sentences("Refunds take 5 days. See e.g. Billing. Done")
    ['Refunds take 5 days.', 'See e.g. Billing.', 'Done']
    """
    parts: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : end.start()].rstrip()):
            parts.append(text[start : end.end()].strip())
            start = end.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


@dataclass(frozen=True, slots=True)
class _Unit:
    kind: str
    joint: str
    text: str


def _quotes(section: Section) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Greedy packing of the section's units into quotes, each with its units; a table that is cut repeats its header."""
    header = ""
    quote = ""
    units: list[str] = []
    for unit in _units(section.blocks):
        if quote and len(quote) + len(unit.joint) + len(unit.text) > PASSAGE_CHARACTERS:
            yield quote, tuple(units)
            quote = header if unit.kind == "row" else ""
            quote += ("\n" if quote else "") + unit.text
            units = []
        else:
            quote += (unit.joint if quote else "") + unit.text
        if unit.kind != "header":
            # The column names make a row readable on its own.
            units.append(f"{header} {unit.text}" if unit.kind == "row" else unit.text)
        if unit.kind != "row":
            header = unit.text if unit.kind == "header" else ""
    if quote:
        yield quote, tuple(units)


def _units(blocks: Sequence[Block]) -> Iterator[_Unit]:
    """The smallest units and how each joins the one before: sentences by a space, blocks by a new line."""
    for block in blocks:
        joint = "\n"
        for part in sentences(block.text) if block.kind in ("text", "item") else [block.text]:
            for short in _shortened(part):
                yield _Unit(block.kind, joint, short)
                joint = " "


def _shortened(text: str) -> Iterator[str]:
    """A unit longer than a passage, cut between words."""
    start = 0
    while len(text) - start > PASSAGE_CHARACTERS:
        end = text.rfind(" ", start, start + PASSAGE_CHARACTERS)
        end = end if end > start else start + PASSAGE_CHARACTERS
        yield text[start:end]
        start = end + len(text[end : end + PASSAGE_CHARACTERS]) - len(text[end : end + PASSAGE_CHARACTERS].lstrip())
    if rest := text[start:].strip():
        yield rest
