"""Several questions in one text, cut where the next one begins."""

from __future__ import annotations

import re

_ASKS = r"(?:what|which|how|do|does|did|is|are|was|were|why|who|when|where|show|give|tell|compare|list|should|can|could|has|have)"
_ENDS = re.compile(r"(?<=[?!;])\s*(?=[\w<])|(?<=[a-z0-9)\"%][.])\s+(?=[A-Z\"])|\n+")
_AND = re.compile(
    rf",?\s+(?:and|but|also|and also|then|and then|or)\s+(?=(?:(?:between|in|from|by|for|to|with|of|among)\s+)?{_ASKS}\b(?!\s+not\b))",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rf"^(?:(?:for|in|during|over|since)\s[^,:]{{2,40}}[,:]\s*)?(?:(?:so|ok|okay|and|but|please|now|well|hi|hello|hey)\W+)*{_ASKS}\b",
    re.IGNORECASE,
)
_JUST_WHY = re.compile(r",?\s+and\s+(?=why\s*\??$)", re.IGNORECASE)


def split_clauses(text: str) -> list[str]:
    """The questions of a text, in order. An "and" cuts only where a question stands on both sides of it.

    >>> split_clauses("What drove escalations last month and do Enterprise customers escalate more?")
    ['What drove escalations last month', 'and do Enterprise customers escalate more?']
    >>> split_clauses("escalation rate in October, and how fast must a P1 be acknowledged?")
    ['escalation rate in October', 'and how fast must a P1 be acknowledged?']
    >>> split_clauses("escalations by region and tier")
    ['escalations by region and tier']
    """
    found: list[str] = []
    for sentence in _ENDS.split(text):
        rest = sentence.strip()
        while rest:
            cut = next(
                (m for m in _AND.finditer(rest, 4) if _stands_alone(rest[: m.start()], m[0])), None
            ) or _JUST_WHY.search(rest)
            if cut is None or not rest[: cut.start()].strip():
                break
            found.append(rest[: cut.start()].strip())
            # The "and" stays: it lets the second question lean on the first.
            rest = f"and {rest[cut.end() :].strip()}"
        if rest:
            found.append(rest)
    return [c for c in found if re.search(r"\w", c)] or [text]


def _stands_alone(part: str, joint: str) -> bool:
    """A question, or before a comma any phrase of three words: "escalation rate in October, and how fast must ..."."""
    return _is_question(part) or (joint.startswith(",") and len(part.split()) >= 3)


def _is_question(part: str) -> bool:
    return len(part.split()) >= 3 and _BEGINS.match(part.strip()) is not None
