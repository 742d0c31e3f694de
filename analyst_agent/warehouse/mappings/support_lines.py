"""Lines of support by the names of groups: which line a group is, from the patterns of a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analyst_agent.warehouse.mappings.rule_records import Line


def line_of(name: str, lines: Sequence[Line]) -> int | None:
    """The line of a group: that of the first entry with a pattern that matches, None where none does.

    >>> lines = (Line(1, ("l1", "=support")), Line(2, ("tier 2", "escalation*")))
    >>> [line_of(n, lines) for n in ("EMEA-L1", "Support", "Non-Support", "Tier-2 (Billing)", "Escalations", "Retail1")]
    [1, 1, None, 2, 2, None]
    """
    words = _words(name)
    return next((one.line for one in lines if any(_matches(words, pattern) for pattern in one.groups)), None)


def lines_of(names: Iterable[str], lines: Sequence[Line]) -> dict[str, int | None]:
    """The line of each name."""
    return {name: line_of(name, lines) for name in names}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _matches(words: Sequence[str], pattern: str) -> bool:
    wanted = [re.compile(p) for p in _pattern_words(pattern)]
    if not wanted:
        return False
    if pattern.lstrip().startswith("="):
        return len(words) == len(wanted) and all(w.fullmatch(word) for w, word in zip(wanted, words, strict=True))
    last = len(words) - len(wanted)
    return any(all(w.fullmatch(words[i + j]) for j, w in enumerate(wanted)) for i in range(last + 1))


def _pattern_words(pattern: str) -> list[str]:
    """The words of a pattern as regular expressions; `*` stands for any characters of a word."""
    found = re.findall(r"(?:[^\W_]|\*)+", pattern.casefold())
    return [".*".join(re.escape(piece) for piece in word.split("*")) for word in found if word != "*"]
