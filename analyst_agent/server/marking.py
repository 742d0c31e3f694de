"""Passages as a page shows them: without the bars of their tables, the words of a query marked."""

from __future__ import annotations

import re

from analyst_agent.knowledge.words import terms

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")


def legible(quote: str) -> str:
    """A passage without the bars around the rows of its tables.

    >>> legible("Within:\\n| P1 | 15 minutes |")
    'Within:\\nP1 | 15 minutes'
    """
    return "\n".join(
        line.removeprefix("| ").removesuffix(" |") if line.startswith("| ") else line for line in quote.splitlines()
    )


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is a word of the query in whatever ending.

    >>> marked("Acknowledge within 15 minutes.", "acknowledged how fast")
    [('Acknowledge', True), (' within 15 minutes.', False)]
    """
    wanted = set(terms(query))
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _WORD.finditer(text):
        if wanted.isdisjoint(terms(found[0])):
            continue
        if found.start() > end:
            parts.append((text[end : found.start()], False))
        parts.append((found[0], True))
        end = found.end()
    return [*parts, (text[end:], False)] if end < len(text) else parts
