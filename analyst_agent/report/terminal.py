"""An answer as plain text with aligned tables and bars, for a terminal, a log or a mail without HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyst_agent.records import Answer
from analyst_agent.report.tables import EMPTY
from analyst_agent.report.text_chart import columns, padded, text_chart

MOST_CHARTS = 1
LONGEST_IN_TABLE = 30
SLIVER = 8
_GAP = "  "


def answer_text(answer: Answer, width: int = 100, charts: bool = True) -> str:
    """The answer's text, its first chart as bars, and the ways out of an ambiguity as a numbered list. No ANSI codes."""
    parts = [plain_text(answer.answer, width)]
    if charts:
        parts += [text for c in answer.charts[:MOST_CHARTS] if (text := text_chart(c, width))]
    if answer.choices:
        parts.append("\n".join(f"{i}. {choice.text}" for i, choice in enumerate(answer.choices, start=1)))
    return "\n\n".join(p for p in parts if p)


def plain_text(markdown: str, width: int = 100) -> str:
    """Markdown as text of at most `width` columns: paragraphs wrapped, emphasis and escapes gone, tables aligned."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)
    blocks: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "table_open":
            end = _closing(tokens, at, "table_close")
            blocks.append(_table(tokens[at:end], width))
            at = end
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            end = _closing(tokens, at, token.type.replace("open", "close"))
            blocks.append(_list(tokens[at:end], width))
            at = end
        elif token.type == "inline":
            blocks.append(_wrapped(_words(token), width))
        elif token.type in ("fence", "code_block", "html_block"):
            blocks.append(token.content.rstrip())
        at += 1
    return "\n\n".join(b for b in blocks if b)


def _words(token: Token) -> str:
    pieces = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type == "image":
            pieces.append(child.content)
        else:
            pieces.append(child.content)
    return "".join(pieces).strip()


def _closing(tokens: Sequence[Token], start: int, kind: str) -> int:
    level = tokens[start].level
    return next(i for i in range(start + 1, len(tokens)) if tokens[i].type == kind and tokens[i].level == level)


def _list(tokens: Sequence[Token], width: int) -> str:
    lines = []
    number = 0
    ordered = tokens[0].type == "ordered_list_open"
    for token in tokens:
        if token.type == "inline":
            number += 1
            mark = f"{number}. " if ordered else "- "
            lines.append(_wrapped(_words(token), width, mark, " " * len(mark)))
    return "\n".join(lines)


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> str:
    # A number stays on one line with its per cent sign.
    text = re.sub(r"(?<=\d) %", "\u00a0%", text)
    filled = textwrap.fill(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return filled.replace("\u00a0", " ")


def _table(tokens: Sequence[Token], width: int) -> str:
    rows: list[list[str]] = []
    right: list[bool] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            right.append("right" in str(token.attrGet("style") or ""))
        elif token.type == "inline":
            rows[-1].append(_words(token))
    return _beside_notes(rows, right, width)


def _beside_notes(rows: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> str:
    """The table; where it is too wide, its long texts follow as a list by the first column instead of in slivers."""
    kept = list(range(len(right)))
    notes: list[str] = []
    for at in sorted(kept[1:], key=lambda i: -max(columns(row[i]) for row in rows)):
        longest = max(columns(row[at]) for row in rows[1:]) if len(rows) > 1 else 0
        if longest <= LONGEST_IN_TABLE or _width(rows, kept) <= width:
            continue
        kept.remove(at)
        said = [(row[0], row[at]) for row in rows[1:] if row[at] not in ("", EMPTY)]
        lines = [_wrapped(f"{name}: {text}", width, "- ", "  ") for name, text in said]
        notes.append("\n".join([f"{rows[0][at][:1].upper()}{rows[0][at][1:]}:", *lines]))
    shown = aligned([[row[i] for i in kept] for row in rows], [right[i] for i in kept], width)
    return "\n\n".join([shown, *notes])


def _width(rows: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    return sum(max(columns(row[i]) for row in rows) for i in kept) + len(_GAP) * (len(kept) - 1)


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool], width: int = 100) -> str:
    """Rows (the first is the heading) in columns; text columns wrap inside their cell where the table is wider than `width`."""
    widths = [max(columns(row[i]) for row in rows) for i in range(len(right))]
    least = [max(columns(w) for row in rows for w in [*row[i].split(), ""]) for i in range(len(right))]
    room = width - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        # Words are kept whole as long as that is possible at all.
        can = [i for i in range(len(widths)) if widths[i] > least[i]] or [i for i, w in enumerate(widths) if w > SLIVER]
        if not can:
            break
        widths[max(can, key=lambda i: widths[i])] -= 1
    lines: list[str] = []
    for index, row in enumerate(rows):
        cells = [_cell_lines(text, widths[i]) for i, text in enumerate(row)]
        for line in range(max(len(c) for c in cells)):
            shown = [padded(c[line] if line < len(c) else "", widths[i], right[i]) for i, c in enumerate(cells)]
            lines.append(_GAP.join(shown).rstrip())
        if index == 0:
            lines.append(_GAP.join("─" * w for w in widths))
    return "\n".join(lines)


def _cell_lines(text: str, width: int) -> list[str]:
    if columns(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]
