"""An answer as plain text with aligned tables and bars, for a terminal, a log or a mail without HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyst_agent.records import Answer, Chart
from analyst_agent.report.cells import EMPTY
from analyst_agent.report.text_chart import SHORTEST_BAR, bar, bar_lengths, columns, padded, text_chart

LONGEST_IN_TABLE = 30
LONGEST_BAR = 40
MOST_BESIDE_BARS = 2
"""Beside more columns of numbers nobody sees which of them the bars show."""
WIDEST_CHART = 80
QUOTED = "│ "
ADVICE = "Do next"
LAST = (ADVICE, "Sources", "Further tables", "Definitions.", "Data generation")
_GAP = "  "
_CONTAINERS = ("table_open", "bullet_list_open", "ordered_list_open", "blockquote_open")
_NUMBER = re.compile(r"^[+-]?\d")
_BRACKET = re.compile(r" \([^()]*\)$")


def answer_text(answer: Answer, width: int = 100, charts: bool = True) -> str:
    """The answer's text, its first chart as bars, and the ways out of an ambiguity as a numbered list. No ANSI codes.

    Bars stand in the table of the same rows where there is room, else under the first table.
    """
    chart = next(iter(answer.charts), None) if charts else None
    parts = [plain_text(answer.answer, width, chart)]
    if answer.choices and plain_text(answer.choices[0].text, width) not in parts[0]:
        parts.append("\n".join(f"{i}. {choice.text}" for i, choice in enumerate(answer.choices, start=1)))
    return "\n\n".join(p for p in parts if p)


def plain_text(markdown: str, width: int = 100, chart: Chart | None = None) -> str:
    """Markdown as text of at most `width` columns: paragraphs wrapped, emphasis and escapes gone, tables aligned.

    What a table has no room for follows as lists before the sources and definitions; a chart stands by the first table.
    """
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)
    blocks: list[str] = []
    notes: list[str] = []
    continues = False
    for block in _blocks(tokens, width, chart):
        if isinstance(block, list):
            notes += block
            continue
        if block.startswith(LAST) and notes:
            blocks += notes
            # Advice that no table shows continues the list under the same heading.
            continues = block == ADVICE and notes[-1].startswith(f"{ADVICE}:")
            notes = []
            if continues:
                continue
        if continues:
            blocks[-1] += f"\n{block}"
            continues = False
            continue
        blocks.append(block)
    if chart and not any(t.type == "table_open" for t in tokens):
        notes.append(text_chart(chart, min(width, WIDEST_CHART)))
    return "\n\n".join(b for b in [*blocks, *notes] if b)


def _blocks(tokens: Sequence[Token], width: int, chart: Chart | None) -> Iterator[str | list[str]]:
    """Each block as text; after a table its long texts as a list of blocks, to be told later."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _closing(tokens, at, token.type.replace("_open", "_close")) if token.type in _CONTAINERS else at
        if token.type == "table_open":
            rows, right = _table(tokens[at:end])
            rows, bars = _with_bars(_brackets_aligned(rows, right), right, chart, width)
            shown, notes = _beside_notes(rows, [*right, *([False] if bars else [])], width)
            yield shown
            if chart and not bars:
                yield text_chart(chart, min(width, WIDEST_CHART))
            chart = None
            yield notes
        elif token.type == "blockquote_open":
            inside = "\n".join(str(b) for b in _blocks(tokens[at + 1 : end], width - len(QUOTED), None))
            yield "\n".join(f"{QUOTED}{line}" for line in inside.splitlines())
        elif token.type in _CONTAINERS:
            yield _list(tokens[at:end], width)
        elif token.type == "inline":
            yield _wrapped(_words(token), width)
        elif token.type in ("fence", "code_block", "html_block"):
            yield token.content.rstrip()
        at = end + 1


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


def _table(tokens: Sequence[Token]) -> tuple[list[list[str]], list[bool]]:
    """The rows, the heading first, and which columns stand to the right."""
    rows: list[list[str]] = []
    right: list[bool] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "th_open":
            right.append("right" in str(token.attrGet("style") or ""))
        elif token.type == "inline":
            rows[-1].append(_words(token))
    return rows, right


def _with_bars(
    rows: list[list[str]], right: Sequence[bool], chart: Chart | None, width: int
) -> tuple[list[list[str]], bool]:
    """The rows with a column of bars, where the chart draws rows of this table in its order and there is room."""
    drawn = bar_lengths(chart) if chart and sum(right) <= MOST_BESIDE_BARS else []
    names = [row[0] for row in rows[1:]]
    whole = sum(max(columns(row[i]) for row in rows) for i in range(len(right))) + _gaps(right)
    wrapped = _width(rows, range(len(right)))
    taken = whole if width - len(_GAP) - whole >= SHORTEST_BAR else wrapped
    room = min(LONGEST_BAR, width - len(_GAP) - taken)
    if not drawn or room < SHORTEST_BAR or [n for n in names if n in dict(drawn)] != [n for n, _ in drawn]:
        return rows, False
    lengths = dict(drawn)
    bars = [bar(lengths[name] * room, room) if name in lengths else "" for name in names]
    return [[*row, drawn] for row, drawn in zip(rows, ["", *bars], strict=True)], True


def _beside_notes(rows: Sequence[Sequence[str]], right: Sequence[bool], width: int) -> tuple[str, list[str]]:
    """The table, and what it has no room for as lists by its first column: long texts first, then any text, never a number."""
    kept = list(range(len(right)))
    notes: list[tuple[int, str]] = []
    longest = [max((columns(row[i]) for row in rows[1:]), default=0) for i in kept]
    for at in sorted(kept[1:], key=lambda i: -longest[i]):
        if right[at] or (
            _least_width(rows, kept) <= width and (longest[at] <= LONGEST_IN_TABLE or _width(rows, kept) <= width)
        ):
            continue
        kept.remove(at)
        said = [(row[0], row[at]) for row in rows[1:] if row[at] not in ("", EMPTY)]
        lines = [_wrapped(f"{name}: {text}", width, "- ", "  ") for name, text in said]
        notes.append((at, "\n".join([f"{rows[0][at][:1].upper()}{rows[0][at][1:]}:", *lines])))
    shown = [
        aligned([[row[i] for i in part] for row in rows], [right[i] for i in part], width)
        for part in _parted(rows, kept, width)
    ]
    return "\n\n".join(shown), [text for _, text in sorted(notes)]


def _parted(rows: Sequence[Sequence[str]], kept: Sequence[int], width: int) -> list[list[int]]:
    """The columns as one table or, where their words do not fit, as several that each begin with the first column."""
    parts = [[kept[0]]]
    for at in kept[1:]:
        if len(parts[-1]) > 1 and _least_width(rows, [*parts[-1], at]) > width:
            parts.append([kept[0]])
        parts[-1].append(at)
    return parts


def _width(rows: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    """The width of the table with no line of its body broken; a heading may wrap."""
    return sum(max(*_longest_word(rows[0][i]), *(columns(row[i]) for row in rows[1:])) for i in kept) + _gaps(kept)


def _least_width(rows: Sequence[Sequence[str]], kept: Sequence[int]) -> int:
    """The width of the table with every word on a line of its own; numbers are not broken."""
    return sum(_least(rows, i) for i in kept) + _gaps(kept)


def _gaps(kept: Sequence[object]) -> int:
    return len(_GAP) * (len(kept) - 1)


def _least(rows: Sequence[Sequence[str]], at: int) -> int:
    """The narrowest a column can be: its longest word, a cell that begins with a digit counting as one word."""
    cells = ([columns(row[at])] if _NUMBER.match(row[at]) else _longest_word(row[at]) for row in rows[1:])
    return max([*_longest_word(rows[0][at]), *(n for cell in cells for n in cell)])


def _longest_word(text: str) -> list[int]:
    return [0, max((columns(w) for w in text.split()), default=0)]


def aligned(rows: Sequence[Sequence[str]], right: Sequence[bool], width: int = 100) -> str:
    """Rows (the first is the heading) in columns; where the table is wider than `width` first headings wrap, then texts.

    A word is never broken. Notes in brackets behind numbers stand in a line of their own, so that the numbers align.
    """
    rows = _brackets_aligned(rows, right)
    widths = [max(columns(row[i]) for row in rows) for i in range(len(right))]
    whole = [max([*_longest_word(rows[0][i]), *(columns(row[i]) for row in rows[1:])]) for i in range(len(right))]
    least = [_least(rows, i) for i in range(len(right))]
    room = width - _gaps(range(len(right)))
    for floor in (whole, least):
        while sum(widths) > room and (can := [i for i, w in enumerate(widths) if w > floor[i]]):
            widths[max(can, key=lambda i: widths[i] - floor[i])] -= 1
    lines: list[str] = []
    for index, row in enumerate(rows):
        cells = [_cell_lines(text, widths[i]) for i, text in enumerate(row)]
        for line in range(max(len(c) for c in cells)):
            shown = [padded(c[line] if line < len(c) else "", widths[i], right[i]) for i, c in enumerate(cells)]
            lines.append(_GAP.join(shown).rstrip())
        if index == 0:
            lines.append(_GAP.join("─" * w for w in widths).rstrip())
    return "\n".join(lines)


def _brackets_aligned(rows: Sequence[Sequence[str]], right: Sequence[bool]) -> list[list[str]]:
    made = [[text.rstrip() for text in row] for row in rows]
    for at in (i for i, is_right in enumerate(right) if is_right):
        tails = [m[0] if (m := _BRACKET.search(row[at])) else "" for row in made[1:]]
        longest = max((columns(t) for t in tails), default=0)
        if longest and len(set(tails)) > 1:
            for row, tail in zip(made[1:], tails, strict=True):
                row[at] += " " * (longest - columns(tail))
    return made


def _cell_lines(text: str, width: int) -> list[str]:
    if columns(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
