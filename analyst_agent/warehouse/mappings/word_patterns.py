"""Patterns of words, as SQL: `escalat*` matches a text with a word that begins so; `!de escalat*` takes what it matches out again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst_agent.warehouse.raw import literal

_SIGN, _OTHER = r"[\p{L}\p{N}]", r"[^\p{L}\p{N}]"


def is_pattern(text: str) -> bool:
    """Whether a listed value is a pattern and no plain value."""
    return "*" in text or text.startswith("!")


def pattern_sql(text: str, patterns: Sequence[str]) -> str:
    """SQL that is true where the SQL `text` matches a pattern and none of those with a leading `!`; in any case, never NULL.

    The words of a pattern stand one after the other in the text; `*` stands for any characters of a word.
    """
    wanted = [_one(text, p) for p in patterns if not p.startswith("!")]
    barred = [_one(text, p[1:]) for p in patterns if p.startswith("!")]
    found = f"({' OR '.join(wanted) or 'false'})"
    return f"({found} AND NOT ({' OR '.join(barred)}))" if barred else found


def _one(text: str, pattern: str) -> str:
    words = re.findall(r"(?:[^\W_]|\*)+", pattern)
    body = f"{_OTHER}+".join("".join(f"{_SIGN}*" if c == "*" else re.escape(c) for c in word) for word in words)
    return f"coalesce(regexp_matches({text}, {literal(f'(^|{_OTHER}){body}({_OTHER}|$)')}, 'i'), false)"
