"""Claim marks as weak models write them, made the marks that the claims layer reads."""

from __future__ import annotations

import re

_SEVERAL = re.compile(r"\[\s*(?:claims?\s*)?((?:c\d+)(?:\s*(?:,|;|and|-|–|to)?\s*c\d+)*)\s*\](?!\()", re.IGNORECASE)
_OTHER = re.compile(
    r"(?<![\w\[{])(?:\(\s*(c\d+)\s*\)|<\s*(c\d+)\s*/?>|\{\s*(c\d+)\s*\}|【\s*(c\d+)\s*】)", re.IGNORECASE
)


_LISTED = re.compile(r"(\[c\d+\])\s*[,;]\s*(?=\[c\d)")
_BARE = re.compile(r"(?<![\w.-])(c\d+)(?![\w-])")
_SENTENCE_BEHIND = re.compile(r"(\[c\d+\])(?=[ \t]+[A-Z][\w'’]*[\s,:])")


def usual_marks(text: str) -> str:
    """The text with each claim it refers to as [c1], and a full stop where another sentence follows: a claim is a whole one.

    >>> usual_marks("In short: [C1, c3] and (c2).")
    'In short: [c1] [c3] and [c2].'
    >>> usual_marks("[c1], [c2]; [c3].")
    '[c1] [c2] [c3].'
    >>> usual_marks("Mark: c1")
    'Mark: [c1]'
    >>> usual_marks("[c1] The rest is quiet.")
    '[c1]. The rest is quiet.'
    """
    if not re.search(r"[\[(<{【][^\])>}】]*\bc\d", text, re.IGNORECASE):
        text = _BARE.sub(r"[\1]", text)
    text = _OTHER.sub(lambda m: f"[{(m[1] or m[2] or m[3] or m[4]).lower()}]", text)
    text = _SEVERAL.sub(
        lambda m: " ".join(f"[{one.lower()}]" for one in re.findall(r"c\d+", m[1], re.IGNORECASE)), text
    )
    text = _LISTED.sub(r"\1 ", text)
    return _SENTENCE_BEHIND.sub(r"\1.", text)
