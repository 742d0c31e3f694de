"""What lies outside a workspace whatever it holds: the data of other companies, what others asked here, and the files, settings and code of the machine."""

from __future__ import annotations

import re

from analyst_agent.understanding.reading import Reading

_WHO = r"(?:compan(?:y|ies)|clients?|customers?|organi[sz]ations?|tenants?|workspaces?|vendors?|businesses|firms|desks?|helpdesks?|users)"
_SERVE = r"(?:work|serve|support|host|advise)"
_OTHERS = re.compile(
    rf"\byour (?:\w+ )?other (?:\w+ )?{_WHO}\b|\byour (?:\w+ )?(?:tenants|clients|clientele)\b|\b{_WHO} (?:(?:that|which|who|whom) )?you (?:also )?{_SERVE}\b"
    rf"|\bother (?:tenants?|workspaces?|vendors?'?|helpdesks?)\b|\b{_WHO} (?:like (?:us|ours|our own)\b|(?:of )?our size|similar to (?:us|ours))"
    r"|\b(?:industry|market|sector|external|peer)(?:[ -]wide)? (?:averages?|benchmarks?|standards?|norms?|peers?|medians?)\b|\bbenchmark(?:s|ed|ing)? (?:us|ourselves|our)\b"
    r"|\b(?:our|a|the|any) (?:peers|(?:\w+ )?competitors?|(?:\w+ )?rivals?)\b",
    re.IGNORECASE,
)
_SHOWS = re.compile(
    r"^(?:please |can you |could you |now |and )*(?:show|print|open|cat|read|display|dump|list|output|give|send|reveal|view|load|fetch|type|head|tail|ls)\b|\bcontents? of\b|\bwhat(?: is|'s)? (?:written |stored )?in\b|\bwhat does .+ (?:contain|hold|look like)\b",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?<![\w.])[\w-]*\.(?:toml|ya?ml|json|jsonl|ini|cfg|conf|env|py|sql|db|sqlite3?|duckdb|log|sh|pem|key|crt|parquet|npz)\b|(?:^|\s)(?:~|\.{1,2})?/[\w.-]+/[\w./-]+|\b(?:source code|codebase|file ?system|home directory)\b"
    r"|\b(?:config|configuration|settings|environment|system) files?\b|\byour (?:own )?(?:code|config|configuration|settings|files?|logs?)\b",
    re.IGNORECASE,
)


_TALKS = re.compile(
    r"\b(?:did|do|does|has|have|had) (?!(?:i|we)\b)(?:\w+ ){1,4}(?:ask|asked|tell|told|say to|said to|discuss with|talk to) you\b|\bwho (?:else )?(?:has |have )?(?:ask|asked|asks|talked to|used|uses|chatted with)\b.{0,12}\byou\b"
    r"|\b(?:other|another) (?:users?|person|people|colleagues?)(?:'s?|s')? (?:questions?|conversations?|chats?|sessions?|queries)\b|\b(?:my|our) (?:colleague|boss|manager|team ?mate)s?(?:'s?|s')? (?:questions?|conversations?|chats?|sessions?)\b"
    r"|\b(?:questions?|conversations?|chats?|sessions?) of (?:other|another|my colleague|someone|somebody)\b",
    re.IGNORECASE,
)


def asks_of_other_talks(reading: Reading) -> bool:
    """Whether it is asked what somebody else asked here; each conversation is its own."""
    return _TALKS.search(reading.text) is not None


def asks_of_other_desks(reading: Reading) -> bool:
    """Whether other companies are meant, of which nothing is known here. A stored value of such a name is one of ours."""
    match = _OTHERS.search(reading.text)
    return match is not None and not _is_named_here(reading, match)


def asks_for_files(reading: Reading) -> bool:
    """Whether a file, a setting or code is to be shown; a loaded document ("refunds.md") is asked for what it says."""
    match = _FILE.search(reading.text)
    return match is not None and _SHOWS.search(reading.text) is not None and not _is_named_here(reading, match)


def _is_named_here(reading: Reading, match: re.Match[str]) -> bool:
    spans = [(reading.tokens[g.start].start, reading.tokens[g.end - 1].end) for g in reading.groups]
    return any(start <= match.start() and match.end() <= end for start, end in spans)
