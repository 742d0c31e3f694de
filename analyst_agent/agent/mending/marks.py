"""Claim marks as weak models write them, made the marks that the claims layer reads."""

from __future__ import annotations

import re

_SEVERAL = re.compile(r"\[\s*(?:claims?\s*)?((?:c\d+)(?:\s*(?:,|;|and|-|–|to)?\s*c\d+)*)\s*\](?!\()", re.IGNORECASE)
_OTHER = re.compile(
    r"(?<![\w\[{])(?:\(\s*(c\d+)\s*\)|<\s*(c\d+)\s*/?>|\{\s*(c\d+)\s*\}|【\s*(c\d+)\s*】)", re.IGNORECASE
)


def usual_marks(text: str) -> str:
    """The text with each claim it refers to as [c1].

    >>> usual_marks("In short: [C1, c3] and (c2).")
    'In short: [c1] [c3] and [c2].'
    """
    text = _OTHER.sub(lambda m: f"[{(m[1] or m[2] or m[3] or m[4]).lower()}]", text)
    return _SEVERAL.sub(
        lambda m: " ".join(f"[{one.lower()}]" for one in re.findall(r"c\d+", m[1], re.IGNORECASE)), text
    )
