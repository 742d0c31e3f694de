"""Markdown and plain text to sections: a heading path and the visible blocks below it, as they read in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from analyst_agent.knowledge.hidden import Visibility, without_comments
from analyst_agent.knowledge.sections import Block, Section, grouped
from analyst_agent.masking import one_line, visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def read_markdown(text: str) -> list[Section]:
    """The sections of a Markdown text in its order, those without visible text left out."""
    return _Reader(_parser().parse(without_comments(visible(text)))).sections()


def read_text(text: str) -> list[Section]:
    """The sections of a plain text: paragraphs by blank lines, list lines as items, underlined lines as headings."""
    path: tuple[str, ...] = ()
    pairs: list[tuple[tuple[str, ...], Block]] = []
    seen = without_comments(visible(text))
    if re.search(r"</?[a-zA-Z][^<>]*>", seen):
        seen = Visibility().feed(seen)
    for paragraph in re.split(r"\n\s*\n", seen):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        while len(lines) >= 2 and re.fullmatch(r"[=\-~]{3,}", lines[1]):
            path = (lines[0],) if lines[1][0] == "=" else (*path[:1], lines[0])
            lines = lines[2:]
        pairs += [(path, block) for block in _plain_blocks(lines)]
    return grouped(pairs)


def _plain_blocks(lines: Sequence[str]) -> Iterator[Block]:
    sentence: list[str] = []
    for line in lines:
        is_item = bool(re.match(r"(?:[-*•]|\d{1,3}[.)])\s+\S", line))
        if is_item and sentence:
            yield _block_of(sentence)
            sentence = []
        sentence.append(line)
    if sentence:
        yield _block_of(sentence)


def _block_of(lines: Sequence[str]) -> Block:
    text = one_line(" ".join(lines))
    return Block("item" if re.match(r"(?:[-*•]|\d{1,3}[.)])\s", text) else "text", text)


class _Reader:
    """One pass over the parser's tokens: the heading path, the list item, and whether raw HTML hides the place."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._html = Visibility()
        self._path: list[tuple[int, str]] = []
        self._marker = ""
        self._pairs: list[tuple[tuple[str, ...], Block]] = []

    def sections(self) -> list[Section]:
        position = 0
        while position < len(self._tokens):
            position += self._take(position)
        return grouped(self._pairs)

    def _take(self, position: int) -> int:
        """Handle the token at `position`; how many tokens were used."""
        token = self._tokens[position]
        if token.type == "html_block":
            for paragraph in self._html.feed(token.content).split("\n"):
                self._add("text", one_line(paragraph))
        elif token.type == "heading_open":
            self._heading(int(token.tag[1:]), self._tokens[position + 1])
            return 3
        elif token.type in ("fence", "code_block"):
            for line in token.content.split("\n"):
                self._add("code", "" if self._html.is_hidden else visible(line).rstrip())
        elif token.type == "tr_open":
            return self._row(position)
        elif token.type == "list_item_open":
            self._marker = f"{token.info}{token.markup} " if token.info else f"{token.markup} "
        elif token.type == "inline":
            kind, text = ("item" if self._marker else "text"), self._inline(token)
            self._add(kind, self._marker + text if text else "")
            self._marker = ""
        return 1

    def _heading(self, level: int, inline: Token) -> None:
        text = re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", self._inline(inline))
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        if text:
            self._path.append((level, text))

    def _row(self, position: int) -> int:
        cells: list[str] = []
        is_header = False
        used = 0
        while self._tokens[position + used].type != "tr_close":
            token = self._tokens[position + used]
            is_header = is_header or token.type == "th_open"
            if token.type == "inline":
                cells.append(self._inline(token))
            used += 1
        if any(cells):
            self._add("header" if is_header else "row", f"| {' | '.join(cells)} |")
        return used + 1

    def _add(self, kind: str, text: str) -> None:
        self._pairs.append((tuple(heading for _, heading in self._path), Block(kind, text)))

    def _inline(self, token: Token) -> str:
        """The visible text of a paragraph with its emphasis marks; links are their text, images and tags nothing."""
        depth = self._html.mark()
        parts: list[str] = []
        for child in token.children or ():
            if child.type == "html_inline":
                parts.append(self._html.feed(child.content).replace("\n", " "))
            elif not self._html.is_hidden:
                parts.append(_child_text(child))
        self._html.back_to(depth)
        # A comment that is never closed shows as text; its author meant to hide what follows.
        return one_line("".join(parts).split("<!--", 1)[0])


def _child_text(child: Token) -> str:
    if child.type == "code_inline":
        return f"{child.markup}{child.content}{child.markup}"
    if child.type in ("softbreak", "hardbreak"):
        return " "
    if child.type in ("strong_open", "strong_close", "em_open", "em_close"):
        return child.markup
    return child.content if child.type in ("text", "text_special") else ""
