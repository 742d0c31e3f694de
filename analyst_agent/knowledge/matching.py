"""Which known issues a group of tickets shows: only by evidence in their text or code, never by the product area alone."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analyst_agent.embedding import Embeds, default_embedder
from analyst_agent.knowledge.codes import affirmed, denied
from analyst_agent.knowledge.issues import KnownIssue
from analyst_agent.knowledge.searching import area_key
from analyst_agent.knowledge.words import terms
from analyst_agent.masking import one_line
from analyst_agent.statistics import Drawn

# Calibrated on letters of a demo helpdesk with all codes taken out: tickets of other kinds in the same area stayed below 0.52.
SIMILAR = 0.55
# A ticket of another product area must be that much more alike, and a code in it needs some likeness at all.
OTHER_AREA = 0.10
CODE_IN_OTHER_AREA = 0.30
SHARED_WORDS = 2
COMPARED_AT_MOST = 600
EMBEDDED_CHARACTERS = 600
LEAST_SHARE, FEWEST = 0.05, 2
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

    drawn: of how many tickets the texts are, what words and codes decided at once, and how many of the undecided ones were
    compared by meaning: all of them, or a part that the tickets' ids fix. Where it is not whole, `matched` is the number found
    in the sample only, and the number in all tickets is `drawn.estimate` with `drawn.interval()`.
    """

    issue: KnownIssue
    by_code: int
    by_similarity: int
    drawn: Drawn
    evidence: tuple[Evidence, ...]

    @property
    def is_sample(self) -> bool:
        """Whether some tickets were left out, so that the number is an estimate."""
        return not self.drawn.is_whole

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
    population: int = 0,
    most_compared: int = COMPARED_AT_MOST,
    least_share: float = LEAST_SHARE,
    fewest: int = FEWEST,
) -> list[IssueMatch]:
    """The known issues that these tickets show, the most frequent first; empty: the pattern is not documented.

    population: how many tickets `texts` are a random sample of; without it they are all. most_compared: different texts that
    are compared by meaning; of more, so many that their tickets' ids choose.

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
    whole = max(population, len(ordered))
    by_code, unclear = _by_code(ordered, issues)
    undecided, compared, more = _by_meaning(unclear, issues, embedder or default_embedder(), most_compared)
    found: list[IssueMatch] = []
    for number, issue in enumerate(issues):
        sure, others = by_code.get(number, []), more.get(number, [])
        drawn = Drawn(whole, len(ordered), len(sure), undecided, compared, len(others))
        enough = len(sure) + len(others) >= min(fewest, len(ordered))
        if enough and drawn.estimate >= least_share * whole:
            codes = sorted([*sure, *(e for e in others if e.kind == "code")], key=lambda e: e.ticket_id)
            similar = [e for e in others if e.kind == "similarity"]
            similar.sort(key=lambda e: (-(e.cosine or 0.0), e.ticket_id))
            found.append(IssueMatch(issue, len(codes), len(similar), drawn, (*codes, *similar)))
    return sorted(found, key=lambda m: (-m.drawn.estimate, m.issue.id))


@dataclass(frozen=True, slots=True)
class _Unclear:
    """A ticket whose words and codes do not decide it. named: issues of other areas whose code it names, with the code."""

    ticket: TicketText
    named: Mapping[int, str]


def _by_code(
    texts: Sequence[TicketText], issues: Sequence[KnownIssue]
) -> tuple[dict[int, list[Evidence]], list[_Unclear]]:
    """Evidence by code for each issue, and the tickets that it does not settle."""
    owners: dict[str, set[int]] = defaultdict(set)
    for number, issue in enumerate(issues):
        for code in issue.codes:
            owners[code].add(number)
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    unclear: list[_Unclear] = []
    for ticket in texts:
        named: dict[int, str] = {}
        for code in sorted(affirmed(f"{one_line(ticket.text)} | {ticket.reason_code or ''}", owners.keys())):
            for number in owners[code]:
                named.setdefault(number, code)
        if not named or len(named) > MOST_ISSUES_IN_A_TEXT:
            # A list of codes is no evidence for each of them.
            unclear.append(_Unclear(ticket, {}))
            continue
        elsewhere = {number: code for number, code in named.items() if _other_area(ticket, issues[number])}
        for number in sorted(named.keys() - elsewhere.keys()):
            evidence[number].append(Evidence(ticket.ticket_id, "code", code=named[number]))
        if elsewhere:
            unclear.append(_Unclear(ticket, elsewhere))
    return evidence, unclear


def _by_meaning(
    tickets: Sequence[_Unclear], issues: Sequence[KnownIssue], embedder: Embeds, most: int
) -> tuple[int, int, dict[int, list[Evidence]]]:
    """How many tickets their words leave undecided, how many of these were compared, and the evidence found in them."""
    words = [_telling_words(issue, issues) for issue in issues]
    groups: dict[str, list[_Unclear]] = defaultdict(list)
    for one in tickets:
        groups[_head(one.ticket)].append(one)
    undecided: dict[str, list[_Unclear]] = {}
    for text, group in groups.items():
        # Whoever names no issue and shares no two words with any is decided: it could not match.
        is_alike = bool(text) and any(_shares(set(terms(text)), w) for w in words)
        if kept := [one for one in group if one.named or is_alike]:
            undecided[text] = kept
    total = sum(map(len, undecided.values()))
    if len(undecided) > most:
        undecided = _chosen_by_id(undecided, most)
    texts = sorted(undecided)
    if not texts:
        return total, 0, {}
    likeness = embedder.embed(texts) @ embedder.embed([issue.symptom_text for issue in issues]).T
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for text, cosines in zip(texts, likeness, strict=True):
        best = int(np.argmax(cosines))
        cosine = float(cosines[best])
        is_like = cosine >= SIMILAR and _shares(set(terms(text)), words[best]) and not denied(text, issues[best].codes)
        for one in undecided[text]:
            for number, code in one.named.items():
                if float(cosines[number]) >= CODE_IN_OTHER_AREA:
                    evidence[number].append(Evidence(one.ticket.ticket_id, "code", code=code))
            if not one.named and is_like and cosine >= SIMILAR + OTHER_AREA * _other_area(one.ticket, issues[best]):
                evidence[best].append(Evidence(one.ticket.ticket_id, "similarity", cosine=round(cosine, 3)))
    return total, sum(map(len, undecided.values())), evidence


def _chosen_by_id(groups: Mapping[str, Sequence[_Unclear]], most: int) -> dict[str, list[_Unclear]]:
    """Tickets in the order of their ids' hashes, as many as have `most` different texts: chance, the same every time.

    Tickets are drawn and not texts, so that what many tickets say alike counts as often as they say it.
    """
    listed = [(_hash(one.ticket.ticket_id), text, one) for text, group in groups.items() for one in group]
    chosen: dict[str, list[_Unclear]] = {}
    for _, text, one in sorted(listed, key=lambda each: each[0]):
        if text not in chosen and len(chosen) == most:
            break
        chosen.setdefault(text, []).append(one)
    return chosen


def _hash(ticket_id: str) -> bytes:
    return hashlib.sha256(ticket_id.encode("utf-8", "replace")).digest()


def _telling_words(issue: KnownIssue, issues: Iterable[KnownIssue]) -> Mapping[str, int]:
    """The words of an issue's symptoms without the names of product areas, which every ticket of the area shares."""
    areas = {word for other in issues for word in terms(other.product_area or "")}
    return Counter(word for word in terms(issue.symptom_text) if word not in areas)


def _shares(said: AbstractSet[str], words: Mapping[str, int]) -> bool:
    return len(said & words.keys()) >= SHARED_WORDS


def _other_area(ticket: TicketText, issue: KnownIssue) -> bool:
    return bool(
        ticket.product_area and issue.product_area and area_key(ticket.product_area) != area_key(issue.product_area)
    )


def _head(ticket: TicketText) -> str:
    return one_line(ticket.text)[:EMBEDDED_CHARACTERS]
