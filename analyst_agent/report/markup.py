"""Our Markdown as HTML or plain words. It may hold what customers wrote: no raw HTML, no link, no picture can come of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from analyst_agent.masking import visible

RULES = ("list", "blockquote", "heading", "emphasis", "backticks", "escape", "entity", "newline")
_BREAK = "\u200c"
"""Zero width; mail programs make links of what looks like an address, and stop at it."""
_SCHEME = re.compile(r"(?i)\b(https?|ftps?|mailto|javascript|data|file|tel|sms)(?=:\S)")
_LONGEST_WORD = 40
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Around a span: characters that nothing visible has."""
_MARKED = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.DOTALL)
_MARKS = re.compile(f"([{_OPEN}{_CLOSE}])")
_LONG = re.compile(rf"(\S{{{_LONGEST_WORD}}})(?=\S)")
_PER_CENT = re.compile(r"(?<=\d) (?=%)")
_DOMAIN = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")


def html_of_markdown(text: str) -> str:
    """Paragraphs, lists, quotations and emphasis as HTML; anything else stays as it is written."""
    return str(_markdown().render(_visible(text))).strip()


def inline_html(text: str) -> str:
    """One line of Markdown as HTML: emphasis and code, nothing else."""
    return str(_markdown().renderInline(_visible(text)))


def inline_plain(text: str) -> str:
    """One line of Markdown as the words a reader sees.

    >>> inline_plain(r"**3** of \\[x\\](http\\://a.io) \\<b>")
    '3 of [x](http://a.io) <b>'
    """
    tokens = _markdown().parseInline(_visible(text))
    return "".join(_words(child) for token in tokens for child in token.children or ())


def marked_html(
    text: str, spans: Sequence[tuple[int, int]], marked: Callable[[int, str], str], *, inline: bool = False
) -> str:
    """Markdown as HTML, with what `marked` makes of each span of the text in its place, which gets the span's number and its HTML.

    text: already visible, see `masking.visible`; spans: from and to, in order, none within another.
    """
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], _OPEN, text[start:end], _CLOSE]
        at = end
    source = "".join([*pieces, text[at:]]).replace("\t", " ")
    made = str(_markdown().renderInline(source) if inline else _markdown().render(source)).strip()
    numbers = iter(range(len(spans)))
    return _MARKED.sub(lambda found: marked(next(numbers), found[1]), made)


def unlinked(text: str) -> str:
    """Plain text in which no mail program sees an address to make a link of; it looks the same."""
    return _DOMAIN.sub(f"{_BREAK}.", _SCHEME.sub(rf"\1{_BREAK}", text))


def plain_html(text: str) -> str:
    """Plain text, of whomever, as HTML that shows it: a number stays with its per cent sign, a word of any length can be broken."""
    text = _PER_CENT.sub("\u00a0", unlinked(_visible(text)))
    return escapeHtml(_LONG.sub("\\1\u200b", text))


def _visible(text: str) -> str:
    return visible(text).replace("\t", " ")


def _words(token: Token) -> str:
    return " " if token.type in ("softbreak", "hardbreak") else token.content


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("zero", {"html": False}).enable(list(RULES))
    made.add_render_rule("text", _text)
    return made


def _text(_renderer: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return "".join(p if _MARKS.match(p) else plain_html(p) for p in _MARKS.split(tokens[at].content) if p)
