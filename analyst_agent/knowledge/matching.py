"""Which known issues a group of tickets shows: only by evidence in their text or code, never by the product area alone."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyst_agent.embedding import Embeds, default_embedder
from analyst_agent.knowledge.codes import affirmed, denied
from analyst_agent.knowledge.issues import KnownIssue
from analyst_agent.knowledge.searching import area_key
from analyst_agent.knowledge.words import terms
from analyst_agent.masking import one_line

# Calibrated on letters of a demo helpdesk with all codes taken out: tickets of other kinds in the same area stayed below 0.52.
SIMILAR = 0.55
# A ticket of another product area must be that much more alike, and a code in it needs some likeness at all.
OTHER_AREA = 0.10
CODE_IN_OTHER_AREA = 0.30
SHARED_WORDS = 2
COMPARED_AT_MOST = 1_000
EMBEDDED_CHARACTERS = 600
MOST_ISSUES_IN_A_TEXT = 2


@dataclass(frozen=True, slots=True)
class TicketText:
    """A ticket for comparison: `text` is subject, description and notes together. It is compared, never interpreted."""

    ticket_id: str
    text: str
    product_area: str | None = None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why one ticket matches: the code it names, or how alike (cosine) its text is to the issue's symptoms."""

    ticket_id: str
    kind: Literal["code", "similarity"]
    code: str | None = None
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class IssueMatch:
    """A known issue and the tickets that show it.

    All `total` tickets were searched for codes. Of the rest, `compared` were compared by meaning: all of them, or where
    `is_sample` a sample fixed by the texts themselves, and then `matched` is the number found, a lower bound, and
    `estimated` scales the sample up.
    """

    issue: KnownIssue
    total: int
    by_code: int
    by_similarity: int
    compared: int
    estimated: int
    is_sample: bool
    evidence: tuple[Evidence, ...]

    @property
    def matched(self) -> int:
        """How many tickets were found to match."""
        return self.by_code + self.by_similarity

    @property
    def examples(self) -> tuple[Evidence, ...]:
        """The two clearest: by code first, then by likeness."""
        return self.evidence[:2]


def match_known_issues(
    texts: Sequence[TicketText],
    issues: Sequence[KnownIssue],
    *,
    embedder: Embeds | None = None,
    most_compared: int = COMPARED_AT_MOST,
    least_share: float = 0.05,
    fewest: int = 2,
) -> list[IssueMatch]:
    """The known issues that these tickets show, the most frequent first; empty: the pattern is not documented.

    Evidence is a code of the issue in the ticket's text or reason code, not denied there and not one of a list of codes; or,
    where a text names no issue's code, a cosine of at least 0.55 to the symptoms together with two shared words, and no other issue
    more alike. A ticket of another product area needs more. Texts in another language than the documents match by code
    only. An issue shown by fewer than `fewest` tickets among several, or by less than `least_share` of them, is not
    returned: a match speaks about the group. Results do not depend on the order of `texts` or `issues`.
    """
    if not texts or not issues:
        return []
    issues = sorted(issues, key=lambda issue: (issue.id, issue.space))
    ordered = sorted(texts, key=lambda t: t.ticket_id)
    by_code, unnamed = _by_code(ordered, issues, embedder or default_embedder())
    compared, alike = _by_meaning(unnamed, issues, embedder or default_embedder(), most_compared)
    found: list[IssueMatch] = []
    for number, issue in enumerate(issues):
        codes, similar = by_code.get(number, []), alike.get(number, [])
        scaled = len(similar) * len(unnamed) / compared if compared else 0.0
        estimated = len(codes) + round(scaled)
        enough = len(codes) + len(similar) >= min(fewest, len(ordered))
        if enough and estimated >= least_share * len(ordered):
            similar.sort(key=lambda e: (-(e.cosine or 0.0), e.ticket_id))
            found.append(
                IssueMatch(
                    issue=issue,
                    total=len(ordered),
                    by_code=len(codes),
                    by_similarity=len(similar),
                    compared=compared,
                    estimated=estimated,
                    is_sample=compared < len(unnamed),
                    evidence=(*codes, *similar),
                )
            )
    return sorted(found, key=lambda m: (-m.estimated, m.issue.id))


def _by_code(
    texts: Sequence[TicketText], issues: Sequence[KnownIssue], embedder: Embeds
) -> tuple[dict[int, list[Evidence]], list[TicketText]]:
    """Evidence by code for each issue, and the tickets that name no issue."""
    owners: dict[str, set[int]] = defaultdict(set)
    for number, issue in enumerate(issues):
        for code in issue.codes:
            owners[code].add(number)
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    unnamed: list[TicketText] = []
    elsewhere: list[tuple[TicketText, int, str]] = []
    for ticket in texts:
        named: dict[int, str] = {}
        for code in sorted(affirmed(f"{one_line(ticket.text)} | {ticket.reason_code or ''}", owners.keys())):
            for number in owners[code]:
                named.setdefault(number, code)
        if not named or len(named) > MOST_ISSUES_IN_A_TEXT:
            # A list of codes is no evidence for each of them.
            unnamed.append(ticket)
            continue
        for number, code in sorted(named.items()):
            if _other_area(ticket, issues[number]):
                elsewhere.append((ticket, number, code))
            else:
                evidence[number].append(Evidence(ticket.ticket_id, "code", code=code))
    if elsewhere:
        symptoms = embedder.embed([issue.symptom_text for issue in issues])
        vectors = embedder.embed([_head(ticket) for ticket, _, _ in elsewhere])
        for (ticket, number, code), vector in zip(elsewhere, vectors, strict=True):
            if float(vector @ symptoms[number]) >= CODE_IN_OTHER_AREA:
                evidence[number].append(Evidence(ticket.ticket_id, "code", code=code))
    return evidence, unnamed


def _by_meaning(
    texts: Sequence[TicketText], issues: Sequence[KnownIssue], embedder: Embeds, most: int
) -> tuple[int, dict[int, list[Evidence]]]:
    """How many tickets were compared, and for each issue those more like it than like any other and alike enough."""
    groups: dict[str, list[TicketText]] = defaultdict(list)
    for ticket in texts:
        groups[_head(ticket)].append(ticket)
    chosen = sorted(groups, key=lambda text: hashlib.sha256(text.encode("utf-8", "replace")).digest())[:most]
    compared = sum(len(groups[text]) for text in chosen)
    words = [_telling_words(issue, issues) for issue in issues]
    # Whoever shares no two words with any issue is not embedded: it could not match.
    worth = [text for text in chosen if text and any(_shares(text, w) for w in words)]
    if not worth:
        return compared, {}
    likeness = embedder.embed(worth) @ embedder.embed([issue.symptom_text for issue in issues]).T
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for text, cosines in zip(worth, likeness, strict=True):
        best = int(np.argmax(cosines))
        cosine = float(cosines[best])
        if cosine < SIMILAR or not _shares(text, words[best]) or denied(text, issues[best].codes):
            continue
        for ticket in groups[text]:
            if cosine >= SIMILAR + OTHER_AREA * _other_area(ticket, issues[best]):
                evidence[best].append(Evidence(ticket.ticket_id, "similarity", cosine=round(cosine, 3)))
    return compared, evidence


def _telling_words(issue: KnownIssue, issues: Iterable[KnownIssue]) -> Mapping[str, int]:
    """The words of an issue's symptoms without the names of product areas, which every ticket of the area shares."""
    areas = {word for other in issues for word in terms(other.product_area or "")}
    return Counter(word for word in terms(issue.symptom_text) if word not in areas)


def _shares(text: str, words: Mapping[str, int]) -> bool:
    return len(set(terms(text)) & words.keys()) >= SHARED_WORDS


def _other_area(ticket: TicketText, issue: KnownIssue) -> bool:
    return bool(
        ticket.product_area and issue.product_area and area_key(ticket.product_area) != area_key(issue.product_area)
    )


def _head(ticket: TicketText) -> str:
    return one_line(ticket.text)[:EMBEDDED_CHARACTERS]
