"""What kind of answer a question asks for, a duration, a person or an amount, and whether a passage holds one."""

from __future__ import annotations

import re

from analyst_agent.knowledge.measures import measures_in

_KINDS = {
    "duration": r"\bhow (?:long|fast|soon|quickly|late|often|many (?:minutes|hours|days|weeks|months))\b|\b(?:deadline|time limit|by when|turnaround|time ?frame|how much time)\b|\bwhen (?:must|do|does|should|will|is|are)\b|\btargets?\b",
    "person": r"\bwho(?:m|se)?\b|\b(?:sign(?:s|ed)?[ -]?off|approv\w+|authori[sz]\w+|in charge|responsible)\b",
    "amount": r"\bhow (?:much|large|big|high)\b|\b(?:limits?|maximum|ceiling|threshold|up to)\b|[€$£]\s?\d|\b\d[\d.,]*\s?(?:dollars?|euros?|pounds?|usd|eur|gbp|bucks)\b",
}  # fmt: skip
KINDS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _KINDS.items()}
_ROLE = re.compile(
    r"\b(?:managers?|leads?|leaders?|directors?|desks?|teams?|agents?|officers?|engineers?|owners?|liaison|supervisors?|heads? of|controllers?|administrators?|"
    r"committee|board|legal|finance|management|coordinators?|L[1-3])\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.-])\d[\d.,]*(?![\w-])")


def asked_kinds(query: str) -> frozenset[str]:
    """The kinds of answer that a question asks for; none where it leaves them open.

    >>> sorted(asked_kinds("who can sign off a refund of 800 dollars"))
    ['amount', 'person']
    """
    return frozenset(name for name, pattern in KINDS.items() if pattern.search(query))


def holds(kind: str, quote: str) -> bool:
    """Whether a passage holds an answer of a kind: a duration, somebody's role, or an amount or bare number."""
    if kind == "person":
        return _ROLE.search(quote) is not None
    found = {one.kind for one in measures_in(quote)}
    if kind == "duration":
        return bool(found & {"duration", "working time"})
    return "amount" in found or _NUMBER.search(quote) is not None


def fit(kinds: frozenset[str], quote: str) -> float:
    """The share of the asked kinds that a passage holds, 0 where none is asked."""
    return sum(holds(kind, quote) for kind in kinds) / len(kinds) if kinds else 0.0
