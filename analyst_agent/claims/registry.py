"""The table of claim kinds, and a finding's default text as claims in order."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, ModuleType

from analyst_agent.claims.clauses import clause
from analyst_agent.claims.kinds import (
    artefacts,
    briefs,
    causes,
    costs,
    course,
    discovery,
    emerging,
    followed,
    inferred,
    issues,
    journeys,
    like_and_combined,
    lists,
    opening,
    patterns,
    people,
    qualifications,
    satisfaction,
    segments,
    stories,
    ticket_lists,
)
from analyst_agent.claims.records import Claim, Kind, Request
from analyst_agent.claims.wording import Wording
from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.records import Finding, Statement

# Rooms of the kinds that a single skill asks for; each holds a table KINDS, and where
# there are any BESIDE_TABLE (shorter wordings), OPENING (what comes before the tables), OF_PATTERNS (what is said of one pattern).
_ROOMS: tuple[ModuleType, ...] = (
    artefacts,
    briefs,
    causes,
    costs,
    course,
    discovery,
    emerging,
    followed,
    inferred,
    issues,
    journeys,
    like_and_combined,
    people,
    satisfaction,
    stories,
    ticket_lists,
)

# there are any BESIDE_TABLE (shorter wordings) and OPENING (what comes before the tables).


# To add a kind: one function from a Request to a clause, and one line here or in its room.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "headline": opening.headline,
        "value": opening.value,
        "change": opening.change,
        "comparison": opening.comparison,
        "pattern": patterns.pattern,
        "pattern_change": patterns.pattern_change,
        "known_issue": patterns.known_issue,
        "not_documented": patterns.not_documented,
        "segment_above": segments.against_rest,
        "segment_below": segments.against_rest,
        "no_difference_shown": segments.no_difference_shown,
        "too_few": segments.too_few,
        "extreme": lists.extreme,
        "split": lists.split,
        "open": qualifications.still_open,
        "unclassified": qualifications.unclassified,
        "unknown_time": qualifications.unknown_time,
        "imputed": qualifications.imputed,
        "censored": qualifications.censored,
        **{kind: wording for room in _ROOMS for kind, wording in room.KINDS.items()},
    }
)

# What a passage of a document is referred to by; its quotation stands in the answer in any case.
PASSAGE = "passage"

# Kinds that an answer opens with, before its tables.
OPENING = frozenset({"headline", "value", "change", "comparison", "extreme", "split"}).union(
    *(getattr(room, "OPENING", frozenset()) for room in _ROOMS)
)

# Kinds that say something of one pattern: told as a bullet under its name.
OF_PATTERNS = frozenset({"pattern", "pattern_change", "known_issue", "not_documented"}).union(
    *(getattr(room, "OF_PATTERNS", frozenset()) for room in _ROOMS)
)

# Shorter wordings of kinds whose first fact stands in a table of the same answer; "" says nothing more.
BESIDE_TABLE: Mapping[str, Kind] = MappingProxyType(
    {
        "pattern": patterns.pattern_beside_table,
        "pattern_change": patterns.change_beside_table,
        "known_issue": patterns.known_issue_beside_table,
        "split": lambda _: "",
        "unclassified": lambda _: "",
        **{kind: wording for room in _ROOMS for kind, wording in getattr(room, "BESIDE_TABLE", {}).items()},
    }
)

# What an answer begins with, before its table.


def claims_of(finding: Finding, wording: Wording) -> tuple[Claim, ...]:
    """The finding's statements as claims c1, c2, ... in their order.

    A kind that its facts do not fit is told fact by fact, so nothing is left out; a qualification of zero tickets is
    no claim. Raises UnknownName for a kind that does not exist, InvalidDefinition for a fact the finding lacks.
    """
    wording = wording.of(finding)
    texts = [(one, _text(one, finding, wording)) for one in finding.statements]
    told = [(one, text) for one, text in texts if text]
    return tuple(
        Claim(f"c{i}", one.kind, text, one.facts, _beside_table(one, finding, wording))
        for i, (one, text) in enumerate(told, start=1)
    )


def claims_of_facts(finding: Finding, wording: Wording) -> tuple[Claim, ...]:
    """A claim for each fact on its own, with the fact's id: what a model may refer to beyond the statements."""
    words = wording.of(finding)
    return tuple(Claim(f.id, "fact", ended(clause(f, words)), (f.id,)) for f in finding.facts)


def _text(statement: Statement, finding: Finding, wording: Wording) -> str:
    if statement.kind not in KINDS:
        raise UnknownName("kind of statement", statement.kind, KINDS)
    try:
        facts = tuple(finding.fact(i) for i in statement.facts)
    except KeyError as error:
        raise InvalidDefinition(
            f"The statement {statement.kind!r} of {finding.skill} names the fact {error}, which its finding lacks.",
            "A skill may only state facts it returns.",
        ) from error
    text = KINDS[statement.kind](Request(facts, statement.arguments, finding, wording))
    if not text and not _is_nothing(statement, finding):
        text = "; ".join(clause(fact, wording) for fact in facts)
    return ended(text) if text else ""


def _beside_table(statement: Statement, finding: Finding, wording: Wording) -> str | None:
    if statement.kind not in BESIDE_TABLE:
        return None
    facts = tuple(finding.fact(i) for i in statement.facts)
    text = BESIDE_TABLE[statement.kind](Request(facts, statement.arguments, finding, wording))
    return ended(text) if text else ""


def _is_nothing(statement: Statement, finding: Finding) -> bool:
    return all(finding.fact(i).value in (0, None) for i in statement.facts) and statement.kind in (
        "unknown_time",
        "imputed",
    )


def ended(text: str) -> str:
    """A sentence with its full stop."""
    return text if text.endswith((".", "?")) else f"{text}."
