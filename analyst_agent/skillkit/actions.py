"""What to do about a pattern: from the known issue it matches, else the policy that covers it, else what its facts point to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from analyst_agent.masking import one_line
from analyst_agent.records import Citation, Fact, Recommendation, Value
from analyst_agent.skillkit.context import IssueMatch, PolicyMatch, SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.patterns import UNCLASSIFIED, Pattern

CONCENTRATED = 0.5
LONGEST_NAME = 60
MOST_WORDS = 3
MOST_WORDS_OF_A_RELEASE = 4
"""A planned fix of so few words with a digit names a release ("31.4", "Release 31.4 (March)"); a longer one is a sentence about the plan."""
_NAME = re.compile(r"\w[\w &/+'-]*")
_ID = re.compile(r"[\w.:/#&+-]{1,60}")
_WITHOUT_REASON = re.compile(r': [^:"]*$')
_WORDS = re.compile(r"\w+")
# Of a code such as PRC-ROUTING the word of four letters and more says what it is about.
_SPELT = re.compile(r"[A-Za-z]{4,}")


def about(pattern: Pattern) -> str:
    """The words by which the documents are asked about a pattern.

    A policy gap is told in the tickets' own subjects, since what matters is whether a policy settles just that; other
    patterns in a few words, their area and what their most common codes spell.
    """
    codes = [word for fact in pattern.codes[:2] for word in _SPELT.findall(str(fact.dimensions["reason_code"]))]
    told = pattern.typical_subjects if pattern.value == "policy_gap" or not codes else ()
    return " ".join([pattern.area_name, *told, *(codes if not told else [])]).strip()


def recommend(context: SkillContext, pattern: Pattern) -> tuple[Recommendation, tuple[Citation, ...]]:
    """The action with its basis, and the passages it rests on."""
    if pattern.value == UNCLASSIFIED or pattern.value is None:
        # A known issue that some of them match is shown in the table; it cannot speak for tickets without a cause.
        return _from_fact(pattern, *_unclassified(pattern)), ()
    if pattern.explained_by is not None:
        return _from_issue(context, pattern, pattern.explained_by)
    words = about(pattern)
    policy = context.knowledge.policy_for(words, pattern.area_name or None) if words else None
    by_kind = _BY_CAUSE.get(str(pattern.value)) if pattern.dimension == "root_cause" else None
    if by_kind is not None:
        done, citations = by_kind(pattern, policy)
        if done.basis_kind == "fact" and policy is not None and policy.covers:
            action = _WITHOUT_REASON.sub("", done.action).rstrip(".")
            return _from_policy(pattern, policy.citation, f"{action}, as the policy on it says.")
        return done, citations
    if policy is not None and policy.covers:
        return _from_policy(
            pattern, policy.citation, f"Apply {_named(policy.citation)} to these tickets{_in(pattern)}."
        )
    # Named by their value, so that no two patterns share the words of an action and its evidence.
    what, why = ("Review", "") if pattern.dimension == "root_cause" else ("Read", " and record why they escalated")
    action = f"{what} the {stored(pattern.value)} tickets{_in(pattern)}{why}: no document covers them."
    return _from_fact(pattern, action, _where(pattern)), ()


def _from_issue(
    context: SkillContext, pattern: Pattern, issue: IssueMatch
) -> tuple[Recommendation, tuple[Citation, ...]]:
    name = document_name(issue.document)
    workaround, fix = issue.workaround.strip(), issue.planned_fix.strip()
    heading, quote = issue.title, issue.title
    if issue.fixed_on:
        action = f"{name} is marked as fixed ({stored(issue.fixed_on)}) and tickets still match it: check the fix and reopen it."
    elif fix and _is_plan(fix):
        then = f" Until then send its workaround: {words_of(workaround)}." if workaround else ""
        # A release is shipped; a sentence about the plan is passed on as it stands.
        lead = f"Ship the fix that {name} plans" if is_release(fix) else f"Follow the plan for {name}"
        action = f"{lead}: {words_of(fix)}.{then}"
        heading, quote = (issue.workaround_heading, workaround) if workaround else (issue.fix_heading, fix)
    elif workaround:
        action = f"Plan a fix for {name}, which has none yet. Until then send its workaround: {words_of(workaround)}."
        heading, quote = issue.workaround_heading, workaround
    else:
        action = f"Plan a fix for {name} and write down a workaround: the document has neither."
    heading = heading or issue.title
    done = Recommendation(str(pattern.value), action, heading, "document", document=issue.document)
    return done, (_passage(context, issue, heading, quote),)


def _passage(context: SkillContext, issue: IssueMatch, heading: str, quote: str) -> Citation:
    """The passage as indexed, else what the document's front matter says."""
    indexed = context.knowledge.search(f"{issue.document} {issue.title} {heading}", limit=8)
    for found in (*indexed, *issue.citations):
        if found.document == issue.document and found.heading == heading:
            return found
    return Citation(issue.document, heading, quote, issue.title)


def _product_bug(pattern: Pattern, policy: PolicyMatch | None) -> tuple[Recommendation, tuple[Citation, ...]]:
    action = f"File a defect{_in(pattern)} with these tickets as evidence: no known issue explains it."
    return _from_fact(pattern, action, _where(pattern)), ()


def _policy_gap(pattern: Pattern, policy: PolicyMatch | None) -> tuple[Recommendation, tuple[Citation, ...]]:
    codes = _codes(pattern)
    if policy is not None and policy.covers:
        action = (
            f"Check why {_named(policy.citation)} is not applied{_in(pattern)}{codes}, and decide what it leaves open."
        )
        return _from_policy(pattern, policy.citation, action)
    if policy is not None:
        name = words_of(policy.citation.title or policy.citation.document)
        action = f"Decide the missing rule{_in(pattern)}{codes}: the closest policy, {name}, does not cover it."
        return _from_policy(pattern, policy.citation, action)
    action = f"Write the missing rule{_in(pattern)}{codes}: no policy speaks of it."
    return _from_fact(pattern, action, _where(pattern)), ()


def _training_gap(pattern: Pattern, policy: PolicyMatch | None) -> tuple[Recommendation, tuple[Citation, ...]]:
    team = pattern.team
    if team is not None and _holds(team, pattern.count):
        name = stored(team.dimensions.get("from_team") or team.dimensions.get("team"))
        return _from_fact(
            pattern, f"Repeat the training{_in(pattern)} for the team {name}: most come from it.", team
        ), ()
    action = f"Train all teams{_in(pattern)}: the tickets come from no single one."
    return _from_fact(pattern, action, _where(pattern)), ()


def _process_failure(pattern: Pattern, policy: PolicyMatch | None) -> tuple[Recommendation, tuple[Citation, ...]]:
    path = pattern.hand_over
    if path is None:
        return _from_fact(pattern, f"Review how these tickets are handed over{_in(pattern)}.", _where(pattern)), ()
    where = f" from {stored(path.dimensions['from_team'])} to {stored(path.dimensions['to_team'])}{_in(pattern)}"
    return _from_fact(pattern, f"Fix the hand-over{where}: it is the most common path.", path), ()


def _documentation_gap(pattern: Pattern, policy: PolicyMatch | None) -> tuple[Recommendation, tuple[Citation, ...]]:
    action = f"Rewrite the documentation{_in(pattern)}{_codes(pattern)}, starting from the subjects of these tickets."
    return _from_fact(pattern, action, _where(pattern)), ()


_BY_CAUSE: Mapping[str, Callable[[Pattern, PolicyMatch | None], tuple[Recommendation, tuple[Citation, ...]]]] = {
    "product_bug": _product_bug,
    "policy_gap": _policy_gap,
    "training_gap": _training_gap,
    "process_failure": _process_failure,
    "documentation_gap": _documentation_gap,
}


def _unclassified(pattern: Pattern) -> tuple[str, Fact]:
    codes = [stored(fact.dimensions["reason_code"]) for fact in pattern.codes]
    if codes:
        return f"Give the reason codes {', '.join(codes)} a root cause in analyst.toml [root_causes].", pattern.codes[0]
    return "Record a reason code or root cause when a ticket is escalated.", pattern.count


def _from_fact(pattern: Pattern, action: str, fact: Fact) -> Recommendation:
    return Recommendation(str(pattern.value), action, fact.id, "fact", fact=fact.id)


def _from_policy(pattern: Pattern, citation: Citation, action: str) -> tuple[Recommendation, tuple[Citation, ...]]:
    heading = citation.heading or citation.title
    return Recommendation(str(pattern.value), action, heading, "document", document=citation.document), (citation,)


def _where(pattern: Pattern) -> Fact:
    return pattern.area or pattern.count


def _in(pattern: Pattern) -> str:
    return f" in {stored(pattern.area_name)}" if pattern.area_name else ""


def _codes(pattern: Pattern) -> str:
    return f" (code {stored(pattern.codes[0].dimensions['reason_code'])})" if pattern.codes else ""


def stored(value: Value) -> str:
    """A stored value within an action: plain where it is a short name, else quoted and cut, so that a sentence in a field
    of the helpdesk cannot pass for advice of the analyst's.

    >>> stored("Data import"), stored("Send all the money to x.")
    ('Data import', '"Send all the money to x."')
    """
    text = one_line(str(value))
    if _NAME.fullmatch(text) and len(text) <= LONGEST_NAME and len(_WORDS.findall(text)) <= MOST_WORDS:
        return text
    short = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1].rstrip()}…"
    return '"' + short.replace('"', "'") + '"'


def words_of(text: str) -> str:
    """The words of a document within a sentence of the analyst's: in quotation marks, on one line.

    >>> words_of('Split the range.')
    '"Split the range"'
    """
    return '"' + one_line(text).replace('"', "'").rstrip(".") + '"'


def document_name(name: str) -> str:
    """The id of a document, plain where it is one word, else in quotation marks.

    >>> document_name("KI-12"), document_name("All is well")
    ('KI-12', '"All is well"')
    """
    return one_line(name) if _ID.fullmatch(one_line(name)) else words_of(name)


def _holds(part: Fact, whole: Fact) -> bool:
    return number(part.value) >= CONCENTRATED * number(whole.value)


def _named(citation: Citation) -> str:
    title = citation.title or citation.document
    heading = "" if citation.heading in ("", title) else f" ({words_of(citation.heading)})"
    return f"{words_of(title)}{heading}"


def is_release(text: str) -> bool:
    """Whether a planned fix names a release; else it is a sentence about the plan.

    >>> is_release("Release 31.4 (March)"), is_release("The team tests a new viewer. No date yet")
    (True, False)
    """
    words = text.split()
    return len(words) <= MOST_WORDS_OF_A_RELEASE and any(c.isdigit() for c in text)


def _is_plan(text: str) -> bool:
    return not text.strip().lower().startswith(("none", "no fix", "not planned", "tbd", "n/a", "unknown"))
