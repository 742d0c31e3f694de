"""What the documents say, as an answer: the passage that fits best first, quoted, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst_agent.claims.escape import cited, delimited, escaped, identified
from analyst_agent.parts import Item, Part
from analyst_agent.records import Citation, Finding

MOST_FURTHER = 2
NEARLY_AS_RELEVANT = 0.93
SURELY_ABOUT = 2
"""Words a line must share with the question to be taken out of its passage."""
LEAST_QUOTED = 60
LONGEST_LINE = 400
MOST_LINES = 9
SILENT = "The documents do not say. Ask about a policy, a commitment to customers or a known issue by the words it would use."
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")
_RULE = re.compile(r"^[\s|:\-]+$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,2}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“])")
_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "many",
        "may",
        "me",
        "much",
        "must",
        "need",
        "of",
        "on",
        "or",
        "our",
        "shall",
        "should",
        "so",
        "tell",
        "that",
        "the",
        "their",
        "there",
        "they",
        "this",
        "to",
        "us",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "whom",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)


def passages_of(finding: Finding, question: str = "") -> list[Part]:
    """The best passage as a quotation with its source, and at most two others that fit nearly as well.

    question: its words choose what is quoted of a long passage; the whole passages are in the answer's citations.
    """
    if not finding.citations:
        return [Part("text", SILENT)]
    ranked = sorted(finding.citations, key=lambda c: -(c.score or 0.0))
    best, words = ranked[0], _stems(question)
    close = [c for c in ranked[1:] if best.score and (c.score or 0.0) >= NEARLY_AS_RELEVANT * best.score]
    return [
        Part("passage", f"{_quoted(one, words)}\n\n{_source(one)}", _quoted(one, words), items=(source_item(one),))
        for one in [best, *close[:MOST_FURTHER]]
    ]


def source_item(one: Citation) -> Item:
    """Where a passage stands, with what leads to it."""
    return Item(where_it_stands(one), "", one.space, one.document, one.heading)


def where_it_stands(one: Citation) -> str:
    """Document, title, heading, what keeps it from being in force, and the day it came into force, as harmless text."""
    names = [identified(one.document)]
    names += [cited(n) for n in dict.fromkeys((one.title, one.heading)) if n and n != one.document]
    verb = "dated" if one.standing else "in force from"
    since = f", {verb} {escaped(one.effective)}" if one.effective else ""
    standing = f", {delimited(one.standing)}" if one.standing else ""
    return ", ".join(names) + standing + since


def passage_lines(quote: str) -> list[str]:
    """A passage as sentences, list items and table rows, each row as "P1: 15 minutes"."""
    found: list[str] = []
    heads: list[str] | None = None
    for line in quote.splitlines():
        row = _ROW.match(line)
        if row is None:
            heads = None
            found += [s for s in _SENTENCE.split(_ITEM.sub("", line).strip()) if s]
            continue
        cells = [c.strip() for c in row[1].split("|")]
        if heads is None:
            heads = cells
        elif not _RULE.match(line):
            found.append(_row_line(heads, cells))
    return found


def _row_line(heads: Sequence[str], cells: Sequence[str]) -> str:
    if len(cells) < 2:
        return " ".join(cells)
    if len(cells) == 2:
        return f"{cells[0]}: {cells[1]}"
    named = [f"{heads[i].lower()} {c}" if i < len(heads) else c for i, c in enumerate(cells[1:], start=1) if c]
    return f"{cells[0]}: {', '.join(named)}"


def _quoted(one: Citation, words: frozenset[str]) -> str:
    lines = passage_lines(one.quote)
    chosen = _chosen(lines, words)
    shown: list[str] = []
    for index, line in enumerate(chosen):
        gap = index and lines.index(line) != lines.index(chosen[index - 1]) + 1
        shown.append(f"> {'… ' if gap else ''}{escaped(line, LONGEST_LINE)}")
    return "\n>\n".join(shown)


def _chosen(lines: Sequence[str], words: frozenset[str]) -> list[str]:
    """The lines that share most words with the question, in their order; all of them where none is surely about it."""
    different = list(dict.fromkeys(lines))
    if not words:
        return different[:MOST_LINES]
    shared = {line: len(words & _stems(line)) for line in different}
    most = max(shared.values(), default=0)
    coded = [line for line in different if {w for w in words & _stems(line) if any(c.isdigit() for c in w)}]
    if most < SURELY_ABOUT:
        # Who names a priority means its row.
        return coded[:MOST_LINES] or different[:MOST_LINES]
    best = sorted((line for line in different if shared[line] == most), key=different.index)
    # A row of a table names its subject in one word; it answers as well as a sentence that shares two.
    rows = [line for line in different if line not in best and ": " in line[:40] and shared[line]]
    chosen = {*best[:2], *rows[:2]}
    if not chosen & set(best) or sum(map(len, chosen)) < LEAST_QUOTED:
        near = [line for line in different if line not in chosen and shared[line] >= max(1, most - 1)]
        chosen |= set(near[:1])
    return [line for line in different if line in chosen]


def _source(one: Citation) -> str:
    return f"Source: {where_it_stands(one)}."


def _stems(text: str) -> frozenset[str]:
    found = (w.lower() for w in _WORD.findall(text))
    return frozenset(stem(w) for w in found if w not in _COMMON)


def stem(word: str) -> str:
    """A crude stem: enough to see that "acknowledged" and "acknowledges" are one word."""
    for ending in ("ments", "ment", "ations", "ation", "ings", "ing", "ers", "ed", "es", "s"):
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            word = word.removesuffix(ending)
            break
    return word[:8].removesuffix("e")
